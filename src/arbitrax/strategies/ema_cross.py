"""Exponential moving average crossover.

Source: the double crossover method of John J. Murphy, "Technical Analysis of the Financial Markets", 1999, chapter 9,
on exponential averages. Each starts at the mean of its first window.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import ParameterError
from arbitrax.indicators import ema
from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats


class EmaCross(Strategy):
    """Long while the fast exponential average of closes is above the slow one, else flat (or short)."""

    fast: int = parameter(12, low=1, high=1000, doc="window of the fast average; its weight is 2 / (window + 1)")
    slow: int = parameter(26, low=2, high=5000, doc="window of the slow average")
    short: bool = parameter(False, doc="go short below instead of flat")

    def check(self) -> None:
        """Refuse windows that cannot cross."""
        if self.fast >= self.slow:
            raise ParameterError(f"EmaCross: fast = {self.fast} must be smaller than slow = {self.slow}.")

    @property
    def warmup(self) -> int:
        """The slow window must be full."""
        return self.slow

    def lines(self, bars: "Bars") -> "dict[str, Floats]":
        """Return both averages."""
        return {f"EMA {window}": ema(bars.close, window) for window in (self.fast, self.slow)}

    def signals(self, bars: "Bars") -> "Floats":
        """Return 1 above, 0 or -1 below; a tie counts as below, NaN before both averages are warm."""
        fast, slow = ema(bars.close, self.fast), ema(bars.close, self.slow)
        weights = np.where(fast > slow, 1.0, -1.0 if self.short else 0.0)
        weights[np.isnan(fast) | np.isnan(slow)] = np.nan
        return weights
