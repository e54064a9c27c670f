"""Public market data of the exchange, made of its events alone (docs/concepts/market-data-feed.md)."""
