"""What the gateway does in a second, and how long it takes, against the same on other servers."""
