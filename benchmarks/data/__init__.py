"""How fast market data comes in, in bars a second."""
