"""The engine that commands and replays run: the one place that says which implementation it is."""

from arbitrax.exchange.reference import MatchingEngine

__all__ = ["MatchingEngine"]
