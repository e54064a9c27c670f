"""Simple moving average crossover.

Source: the double crossover of Brock, Lakonishok and LeBaron, "Simple Technical Trading Rules and the Stochastic
Properties of Stock Returns", Journal of Finance 47(5), 1992.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import ParameterError
from arbitrax.indicators import sma
from arbitrax.indicators.crossings import compare_moving_averages
from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats


class SmaCross(Strategy):
    """Long while the fast average of closes is above the slow one, else flat (or short)."""

    fast: int = parameter(10, low=1, high=1000, doc="bars in the fast average")
    slow: int = parameter(30, low=2, high=5000, doc="bars in the slow average")
    short: bool = parameter(False, doc="go short below instead of flat")

    def check(self) -> None:
        """Refuse windows that cannot cross."""
        if self.fast >= self.slow:
            raise ParameterError(f"SmaCross: fast = {self.fast} must be smaller than slow = {self.slow}.")

    @property
    def warmup(self) -> int:
        """The slow window must be full."""
        return self.slow

    def lines(self, bars: "Bars") -> "dict[str, Floats]":
        """Return both averages."""
        return {f"SMA {window}": sma(bars.close, window) for window in (self.fast, self.slow)}

    def signals(self, bars: "Bars") -> "Floats":
        """Return 1 above, 0 or -1 below; a tie counts as below."""
        above = compare_moving_averages(bars.close, self.fast, self.slow) > 0
        weights = np.where(above, 1.0, -1.0 if self.short else 0.0)
        weights[: self.warmup - 1] = np.nan
        return weights
