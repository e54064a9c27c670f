"""Cross-sectional momentum rotation.

Source: Jegadeesh and Titman, "Returns to Buying Winners and Selling Losers", Journal of Finance 48(1), 1993, with the
return of twelve months that leaves out the latest, as in Fama and French, "Multifactor Explanations of Asset Pricing
Anomalies", Journal of Finance 51(1), 1996. The whole portfolio turns each month; theirs overlap.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import ParameterError
from arbitrax.portfolio import equal_weight, rank_top, rebalance_bars, returns_over
from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.signals import Rebalance
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats
    from arbitrax.domain.panel import Panel

PERIODS = ("week", "month", "quarter", "year")


class CrossSectionalMomentum(Strategy):
    """Hold the symbols that rose most over the past year without its latest month, in equal parts; decided monthly."""

    least_symbols = 2

    lookback: int = parameter(252, low=2, high=5000, doc="bars back to where the return starts")
    skip: int = parameter(21, low=0, high=1000, doc="latest bars that the return leaves out")
    fraction: float = parameter(0.1, low=0.001, high=1, doc="share of the ranked symbols to hold, at least one")
    count: int = parameter(0, low=0, high=100_000, doc="symbols to hold; 0 takes the fraction")
    short: bool = parameter(False, doc="also short as many of the worst, half of equity either way")
    every: str = parameter("month", choices=PERIODS, doc="when to decide: at the first bar of each")

    def check(self) -> None:
        """Refuse a return without a length, and winners that are losers too."""
        if self.skip >= self.lookback:
            raise ParameterError(
                f"CrossSectionalMomentum: skip = {self.skip} must be smaller than lookback = {self.lookback}."
            )
        if self.short and not self.count and self.fraction > 0.5:
            raise ParameterError(
                f"CrossSectionalMomentum: fraction = {self.fraction:g} with short makes symbols winners and losers at "
                "once; use at most 0.5."
            )

    @property
    def warmup(self) -> int:
        """The return starts ``lookback`` bars before the bar that decides."""
        return self.lookback + 1

    def portfolio(self, panel: "Panel") -> Rebalance:
        """Return equal weights of the winners at the start of each period; NaN for a symbol without a bar there."""
        rows = rebalance_bars(panel.timestamp, self.every)  # type: ignore[arg-type]
        rows = rows[rows >= self.warmup - 1]
        score = returns_over(panel.close, self.lookback, self.skip, rows)
        winners = self._best(score)
        if self.short:
            losers = self._best(score, ascending=True)
            # Fewer symbols than both sides want: one that is on both is on none.
            both = winners & losers
            weights = equal_weight(winners & ~both, gross=0.5) - equal_weight(losers & ~both, gross=0.5)
        else:
            weights = equal_weight(winners)
        weights[np.isnan(panel.close[rows])] = np.nan
        return Rebalance(rows, weights)

    def _best(self, score: "Floats", *, ascending: bool = False) -> "NDArray[np.bool_]":
        if self.count:
            return rank_top(score, self.count, ascending=ascending)
        return rank_top(score, fraction=self.fraction, ascending=ascending)
