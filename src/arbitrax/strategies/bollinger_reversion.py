"""Bollinger band reversion.

Source: the bands of John Bollinger, "Bollinger on Bollinger Bands", 2001. To buy below the lower one and leave at the
average is common use of them; he himself warns that the touch of a band is no signal.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.indicators import bollinger
from arbitrax.strategies.holding import held
from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats


class BollingerReversion(Strategy):
    """Buy when the close falls below the lower band, leave when it is back at the average; optionally mirrored."""

    window: int = parameter(20, low=2, high=1000, doc="bars in the average and its deviation")
    deviations: float = parameter(2.0, low=0.1, high=10, doc="distance of the bands from the average")
    short: bool = parameter(False, doc="also short above the upper band, until back at the average")

    @property
    def warmup(self) -> int:
        """The window must be full."""
        return self.window

    def lines(self, bars: "Bars") -> "dict[str, Floats]":
        """Return the average and its bands."""
        bands = bollinger(bars.close, self.window, self.deviations)
        return {f"SMA {self.window}": bands.middle, "Lower band": bands.lower, "Upper band": bands.upper}

    def signals(self, bars: "Bars") -> "Floats":
        """Return 1 from entry to exit, 0 elsewhere, -1 for the mirror image; NaN before the bands are known."""
        close = bars.close
        bands = bollinger(close, self.window, self.deviations)
        weights = np.full(len(close), np.nan)
        weights[close >= bands.middle] = 0.0
        weights[close < bands.lower] = 1.0
        if self.short:
            mirrored = np.full(len(close), np.nan)
            mirrored[close <= bands.middle] = 0.0
            mirrored[close > bands.upper] = -1.0
            weights = held(weights) + held(mirrored)
        weights[: self.warmup - 1] = np.nan
        return weights
