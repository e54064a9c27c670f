"""Pairs trading of two cointegrated symbols.

Source: Vidyamurthy, "Pairs Trading: Quantitative Methods and Analysis", 2004; the entry at two deviations is that of
Gatev, Goetzmann and Rouwenhorst, "Pairs Trading: Performance of a Relative-Value Arbitrage Rule", Review of Financial
Studies 19(3), 2006. At each close the first symbol's price is regressed on the second's over the last ``window``
bars: the slope is the hedge ratio, the last residual in deviations the score. A trade begins only where the window
passes the test of Engle and Granger (Econometrica 55(2), 1987) at MacKinnon's critical value (2010); its weights stay
until it ends.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import ParameterError, StrategyError
from arbitrax.strategies.cointegration import critical_value, engle_granger, rolling_regression
from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats
    from arbitrax.domain.panel import Panel


class PairsTrading(Strategy):
    """Sell the spread of two cointegrated symbols when it is wide and buy it when it is narrow, until it is back."""

    least_symbols = 2
    most_symbols = 2

    window: int = parameter(120, low=20, high=5000, doc="bars of the regression and of the test")
    entry: float = parameter(2.0, low=0.1, high=10, doc="deviations from which a trade begins")
    exit: float = parameter(0.5, low=0, high=10, doc="deviations within which it ends")
    stop: float = parameter(4.0, low=0.1, high=100, doc="deviations beyond which it ends as a loss")
    significance: str = parameter(
        "5%", choices=("1%", "5%", "10%", "off"), doc="of the cointegration test that allows an entry; off: no test"
    )
    lags: int = parameter(1, low=0, high=20, doc="lagged changes in the test")
    gross: float = parameter(1.0, low=0.01, high=100, doc="share of equity in both legs together")

    def check(self) -> None:
        """Refuse thresholds out of order, and a window that its test cannot use."""
        if not self.exit < self.entry < self.stop:
            raise ParameterError(
                f"PairsTrading: exit = {self.exit:g}, entry = {self.entry:g} and stop = {self.stop:g} must ascend."
            )
        if self.window < 2 * self.lags + 3:
            raise ParameterError(
                f"PairsTrading: window = {self.window} is too short for lags = {self.lags}; use at least "
                f"{2 * self.lags + 3} bars."
            )

    @property
    def warmup(self) -> int:
        """The window must be full."""
        return self.window

    def portfolio(self, panel: "Panel") -> "Floats":
        """Return weights where a trade begins or ends, (bars, 2); NaN elsewhere, also where one symbol has no bar."""
        if len(panel.symbols) != 2:
            raise StrategyError(
                f"PairsTrading trades two symbols, and {len(panel.symbols)} were given; give it a pair, such as "
                "--symbol AAPL,MSFT."
            )
        weights = np.full(panel.close.shape, np.nan)
        rows = np.flatnonzero(~np.isnan(panel.close).any(axis=1))
        y, x = np.ascontiguousarray(panel.close[rows].T)
        found = rolling_regression(y, x, self.window)
        entries = self._entries(y, x, found.slope, found.score)
        # In units: one of the first against the slope of the second; as shares of equity, `gross` in all.
        hedge = found.slope * x
        share = self.gross / (y + np.abs(hedge))
        for bar, side in _trades(found.score.tolist(), entries.tolist(), self.exit, self.stop):
            weights[rows[bar]] = (side * share[bar] * y[bar], -side * share[bar] * hedge[bar]) if side else (0.0, 0.0)
        return weights

    def _entries(self, y: "Floats", x: "Floats", slope: "Floats", score: "Floats") -> "NDArray[np.bool_]":
        """Return where a trade may begin: a wide spread that is hedged by selling, and the test passed."""
        wide = (np.abs(score) >= self.entry) & (np.abs(score) <= self.stop) & (slope > 0)
        if self.significance == "off":
            return wide
        at = np.flatnonzero(wide)
        statistic = engle_granger(y, x, self.window, at, lags=self.lags)
        limit = critical_value(self.significance, self.window, lags=self.lags)  # type: ignore[arg-type]
        wide[at] = statistic < limit
        return wide


def _trades(score: list[float], entries: list[bool], leave: float, stop: float) -> "list[tuple[int, int]]":
    """Return the bars at which a position begins, 1 or -1, and at which it ends, 0.

    A spread that was stopped out is left alone until it has been within ``leave`` once.
    """
    found: list[tuple[int, int]] = []
    side, waits = 0, False
    for bar, now in enumerate(score):
        if side:
            stopped = -side * now > stop
            if stopped or -side * now <= leave:
                found.append((bar, 0))
                side, waits = 0, stopped
        elif waits:
            waits = not abs(now) <= leave
        elif entries[bar]:
            side = -1 if now > 0 else 1
            found.append((bar, side))
    return found
