"""Buy and hold: the yardstick."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats


class BuyAndHold(Strategy):
    """Buy at the second bar's open and keep it."""

    weight: float = parameter(1.0, low=-1, high=1, doc="share of equity; negative is short")

    def signals(self, bars: "Bars") -> "Floats":
        """Return the same weight at every bar, which makes one order."""
        return np.full(len(bars), self.weight)
