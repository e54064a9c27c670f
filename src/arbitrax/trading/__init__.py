"""Orders on their way to an exchange, and what comes back: the Broker port and the client of the paper exchange."""
