"""The engine under `OrderBook` and `MatchingEngine`, chosen in this one place."""

from arbitrax.exchange.reference import MatchingEngine as MatchingCore

__all__ = ["MatchingCore"]
