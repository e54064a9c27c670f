"""What was traded of a symbol today."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86_400_000
"""Milliseconds. A day is one of UTC, by the time of the journal."""


@dataclass(slots=True)
class DayStatistics:
    """Prices in ticks, volume in lots, turnover in ticks x lots; 0 before the first trade."""

    day: int = 0
    """Days since 1970."""
    open: int = 0
    high: int = 0
    low: int = 0
    last: int = 0
    volume: int = 0
    turnover: int = 0
    count: int = 0

    def trade(self, ms: int, price: int, lots: int) -> None:
        """Take a trade in."""
        if self.day != ms // DAY or not self.count:
            self.day, self.open, self.high, self.low = ms // DAY, price, price, price
            self.volume = self.turnover = self.count = 0
        self.last = price
        self.high, self.low = max(self.high, price), min(self.low, price)
        self.volume += lots
        self.turnover += price * lots
        self.count += 1
