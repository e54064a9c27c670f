"""Donchian channel breakout in the way of the turtles.

Source: Curtis Faith, "The Original Turtle Rules", 2003, chapters 3 (N and the unit), 4 (the shorter of the two systems,
entries of 20 days), 5 (stops of 2 N) and 6 (exits of 10 days); the channel is Richard Donchian's. A breakout is seen at
the close and not inside the bar. Left out are the units that are added every N / 2, the rule that skips a breakout
after one that won, and the limits on related markets.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import ParameterError
from arbitrax.indicators import atr, donchian
from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.signals import Exits, Signals
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats

MOST = 0.99
"""Largest distance of a stop, as a share of the price."""


class DonchianBreakout(Strategy):
    """Buy a close above the highest high of the bars before, leave below their lowest low; sized by the true range."""

    entry: int = parameter(20, low=1, high=1000, doc="bars before, whose highest high a close must exceed to buy")
    exit: int = parameter(10, low=1, high=1000, doc="bars before, below whose lowest low a close leaves")
    average: int = parameter(20, low=2, high=500, doc="days of N, the average true range; its weight is 1 / average")
    risk: float = parameter(0.01, low=0.0001, high=1, doc="share of equity that a move of N against it costs")
    stop: float = parameter(2.0, low=0, high=100, doc="distance of the stop from the entry, in N; 0: none")
    max_weight: float = parameter(1.0, low=0.01, high=100, doc="largest share of equity in a position")
    short: bool = parameter(True, doc="also the mirror image: sell a close below the lowest low")

    def check(self) -> None:
        """Refuse an exit that is later than the next entry."""
        if self.exit > self.entry:
            raise ParameterError(f"DonchianBreakout: exit = {self.exit} must not be longer than entry = {self.entry}.")

    @property
    def warmup(self) -> int:
        """The channel of the bars before the present one, and N, must be known."""
        return max(self.entry, self.average) + 1

    def lines(self, bars: "Bars") -> "dict[str, Floats]":
        """Return the channels of the bars before, that closes are held against."""
        entry, leave = (donchian(bars.high, bars.low, window) for window in (self.entry, self.exit))
        return {
            f"Highest {self.entry}": _before(entry.upper),
            f"Lowest {self.entry}": _before(entry.lower),
            f"Lowest {self.exit}": _before(leave.lower),
        }

    def signals(self, bars: "Bars") -> Signals:
        """Return entries and exits, the share of equity of each entry, and its stop."""
        close = bars.close
        span = atr(bars.high, bars.low, close, self.average)
        known = span > 0
        entry, leave = (donchian(bars.high, bars.low, window) for window in (self.entry, self.exit))
        up = known & (close > _before(entry.upper))
        down = known & (close < _before(entry.lower))
        share = np.divide(span, close, out=np.full(len(close), np.nan), where=known)
        size = np.minimum(self.risk / share, self.max_weight)
        return Signals(
            entries=up,
            exits=known & (close < _before(leave.lower)),
            short_entries=down if self.short else None,
            short_exits=known & (close > _before(leave.upper)) if self.short else None,
            size=size,
            attached=Exits(stop_loss=np.minimum(self.stop * share, MOST)) if self.stop else Exits(),
        )


def _before(line: "Floats") -> "Floats":
    """Return the line as of one bar earlier, (bars,), NaN at the first."""
    return np.concatenate(([np.nan], line[:-1]))
