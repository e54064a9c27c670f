"""The gateway: it parses, authorises, calls services, and answers."""
