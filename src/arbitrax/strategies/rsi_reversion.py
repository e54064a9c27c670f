"""RSI mean reversion.

Source: J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978, chapter VI.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import ParameterError
from arbitrax.indicators import rsi
from arbitrax.strategies.holding import held
from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats


class RsiReversion(Strategy):
    """Buy when the RSI falls below ``oversold``, leave when it rises above ``exit``; optionally the mirror image."""

    window: int = parameter(14, low=2, high=500, doc="bars of Wilder's smoothing")
    oversold: float = parameter(30.0, low=1, high=50, doc="enter long below this RSI")
    exit: float = parameter(55.0, low=1, high=99, doc="leave a long above this RSI")
    short: bool = parameter(False, doc="also short above 100 - oversold, until below 100 - exit")

    def check(self) -> None:
        """Refuse an exit that lies at or below the entry."""
        if self.exit <= self.oversold:
            raise ParameterError(f"RsiReversion: exit = {self.exit:g} must be above oversold = {self.oversold:g}.")

    @property
    def warmup(self) -> int:
        """The first RSI needs ``window`` changes."""
        return self.window + 1

    def oscillators(self, bars: "Bars") -> "dict[str, dict[str, Floats]]":
        """Return the RSI between the levels that decide."""
        levels = {"enter": self.oversold, "exit": self.exit}
        if self.short:
            levels |= {"short": 100 - self.oversold, "cover": 100 - self.exit}
        name = f"RSI {self.window}"
        lines = {name: rsi(bars.close, self.window)}
        return {name: lines | {label: np.full(len(bars), level) for label, level in levels.items()}}

    def signals(self, bars: "Bars") -> "Floats":
        """Return 1 from entry to exit, 0 elsewhere, -1 for the mirror image."""
        index = rsi(bars.close, self.window)
        weights = np.full(len(index), np.nan)
        weights[index > self.exit] = 0.0
        weights[index < self.oversold] = 1.0
        if not self.short:
            return weights
        mirrored = np.full(len(index), np.nan)
        mirrored[index < 100 - self.exit] = 0.0
        mirrored[index > 100 - self.oversold] = -1.0
        weights = held(weights) + held(mirrored)
        weights[: self.warmup - 1] = np.nan
        return weights
