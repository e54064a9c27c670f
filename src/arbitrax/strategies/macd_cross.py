"""MACD crossing its signal line.

Source: Gerald Appel, "Technical Analysis: Power Tools for Active Investors", 2005, chapter 8.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import ParameterError
from arbitrax.indicators import macd
from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats


class MacdCross(Strategy):
    """Long while the MACD, the fast less the slow exponential average, is above its own average, else flat or short."""

    fast: int = parameter(12, low=1, high=1000, doc="window of the fast average")
    slow: int = parameter(26, low=2, high=5000, doc="window of the slow average")
    signal: int = parameter(9, low=1, high=1000, doc="window of the average of their difference")
    short: bool = parameter(False, doc="go short below instead of flat")

    def check(self) -> None:
        """Refuse windows that cannot cross."""
        if self.fast >= self.slow:
            raise ParameterError(f"MacdCross: fast = {self.fast} must be smaller than slow = {self.slow}.")

    @property
    def warmup(self) -> int:
        """The slow window must be full, and then the signal's of differences."""
        return self.slow + self.signal - 1

    def oscillators(self, bars: "Bars") -> "dict[str, dict[str, Floats]]":
        """Return the MACD, in the unit of the prices but around 0, and its signal line."""
        found = macd(bars.close, self.fast, self.slow, self.signal)
        name = f"MACD {self.fast} {self.slow}"
        return {name: {name: found.macd, f"signal {self.signal}": found.signal}}

    def signals(self, bars: "Bars") -> "Floats":
        """Return 1 above, 0 or -1 below; a tie counts as below, NaN before the signal line is warm."""
        lines = macd(bars.close, self.fast, self.slow, self.signal)
        weights = np.where(lines.macd > lines.signal, 1.0, -1.0 if self.short else 0.0)
        weights[np.isnan(lines.signal)] = np.nan
        return weights
