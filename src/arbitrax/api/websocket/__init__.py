"""The web socket: market data, one's own orders, runs."""
