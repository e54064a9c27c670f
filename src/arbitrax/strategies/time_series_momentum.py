"""Time-series momentum with volatility targeting.

Source: Moskowitz, Ooi and Pedersen, "Time Series Momentum", Journal of Financial Economics 104(2), 2012: the
volatility of section 2.4, equation (1), and the positions of equation (5), decided once a month. The squares' weights
there fall by 60 / 61 a day; the same weights are here of exponential averages that start at a mean. The paper targets
40% in each of 58 futures with leverage; here a weight ends at ``max_weight``, and n symbols have a share of 1 / n each.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.indicators import ema
from arbitrax.portfolio import rebalance_bars, returns_over, volatility_target
from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.signals import Rebalance
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats, Int64s
    from arbitrax.domain.panel import Panel

PERIODS = ("week", "month", "quarter")


class TimeSeriesMomentum(Strategy):
    """Follow the sign of the past year's return, the more the lower the volatility; decided monthly."""

    lookback: int = parameter(252, low=2, high=5000, doc="bars of the past return")
    target: float = parameter(0.40, low=0.01, high=5, doc="yearly volatility aimed at in each symbol")
    center_of_mass: int = parameter(60, low=2, high=1000, doc="mean age, in bars, of the squares in the volatility")
    periods: float = parameter(252, low=1, high=1e6, doc="bars a year (the paper: 261)")
    max_weight: float = parameter(1.0, low=0.01, high=100, doc="largest weight, before it is shared between symbols")
    short: bool = parameter(True, doc="short a symbol that fell; else leave it")
    every: str = parameter("month", choices=PERIODS, doc="when to decide: at the first bar of each")

    @property
    def warmup(self) -> int:
        """The past return and the volatility must both be known."""
        return max(self.lookback, self._window) + 1

    def signals(self, bars: "Bars") -> Rebalance:
        """Return ``sign(past return) * min(target / volatility, max_weight)`` at the start of each period."""
        rows = self._rows(bars.timestamp)
        change = returns_over(bars.close[:, None], self.lookback, 0, rows)[:, 0]
        return Rebalance(rows, self._weights(change, self.volatility(bars.close)[rows]))

    def portfolio(self, panel: "Panel") -> Rebalance:
        """Return the same for each symbol, an equal share of equity each; NaN where a symbol has no bar."""
        rows = self._rows(panel.timestamp)
        change = returns_over(panel.close, self.lookback, 0, rows)
        volatility = np.full(panel.close.shape, np.nan)
        for column in range(len(panel.symbols)):
            own = np.flatnonzero(~np.isnan(panel.close[:, column]))
            volatility[own, column] = self.volatility(np.ascontiguousarray(panel.close[own, column]))
        return Rebalance(rows, self._weights(change, volatility[rows]) / len(panel.symbols))

    def volatility(self, close: "Floats") -> "Floats":
        """Return the yearly volatility at each close, (bars,): the root of the weighted mean of (r - mean r)^2."""
        change = np.full(len(close), np.nan)
        change[1:] = close[1:] / close[:-1] - 1.0
        # With weights that sum to 1 the mean square deviation is the mean square less the squared mean.
        variance = ema(change * change, self._window) - ema(change, self._window) ** 2
        return np.sqrt(np.maximum(variance, 0.0) * self.periods)

    @property
    def _window(self) -> int:
        """Window of the exponential average with that centre of mass: its weight 2 / (window + 1) is 1 / (1 + c)."""
        return 2 * self.center_of_mass + 1

    def _rows(self, timestamp: "Int64s") -> "Int64s":
        rows = rebalance_bars(timestamp, self.every)  # type: ignore[arg-type]
        return rows[rows >= self.warmup - 1]

    def _weights(self, change: "Floats", volatility: "Floats") -> "Floats":
        side = np.sign(change) if self.short else (change > 0) + 0.0 * change
        return side * volatility_target(volatility, self.target, max_leverage=self.max_weight)
