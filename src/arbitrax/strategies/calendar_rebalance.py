"""Calendar rebalancing to fixed weights.

Source: the constant mix of Perold and Sharpe, "Dynamic Strategies for Asset Allocation", Financial Analysts Journal
44(1), 1988, restored by the calendar.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import ParameterError, StrategyError, did_you_mean
from arbitrax.portfolio import rebalance_bars
from arbitrax.portfolio.returns import MAX_AGE
from arbitrax.strategies.parameters import parameter
from arbitrax.strategies.signals import Rebalance
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Bars, Floats, Int64s
    from arbitrax.domain.panel import Panel

PERIODS = ("week", "month", "quarter", "year")


class CalendarRebalance(Strategy):
    """Bring each symbol back to its weight at the first bar of each month or quarter."""

    every: str = parameter("month", choices=PERIODS, doc="at the first bar of each")
    weights: str = parameter("", doc="such as AAPL=0.6,IBM=0.4, the others 0; empty: equal weights of what trades")
    invested: float = parameter(1.0, low=0, high=100, doc="share of equity that equal weights sum to; the rest is cash")

    def check(self) -> None:
        """Refuse weights that cannot be read."""
        self.named_weights()

    def signals(self, bars: "Bars") -> Rebalance:
        """Return the weight of the only symbol at the start of each period."""
        rows = rebalance_bars(bars.timestamp, self.every)  # type: ignore[arg-type]
        return Rebalance(rows, self._targets((bars.symbol,), np.ones((len(rows), 1), np.bool_))[:, 0])

    def portfolio(self, panel: "Panel") -> Rebalance:
        """Return the weights at the start of each period, NaN for a symbol without a bar there."""
        rows = rebalance_bars(panel.timestamp, self.every)  # type: ignore[arg-type]
        weights = self._targets(panel.symbols, _trading(panel.close, rows))
        weights[np.isnan(panel.close[rows])] = np.nan
        return Rebalance(rows, weights)

    def named_weights(self) -> dict[str, float]:
        """Return the weights by symbol, as far as they are named.

        Raises:
            ParameterError: the text is no list of symbol=weight.
        """
        found: dict[str, float] = {}
        for part in filter(None, map(str.strip, self.weights.split(","))):
            symbol, _, number = (each.strip() for each in part.partition("="))
            try:
                weight = float(number)
            except ValueError:
                weight = float("nan")
            if not symbol or not np.isfinite(weight) or symbol in found:
                raise ParameterError(
                    f"CalendarRebalance: '{part}' in weights is not understood; give each symbol once with its share "
                    "of equity, such as AAPL=0.6,IBM=0.4."
                )
            found[symbol] = weight
        return found

    def _targets(self, symbols: tuple[str, ...], trading: "NDArray[np.bool_]") -> "Floats":
        """Return weights, (decisions, symbols); trading: which symbols trade at each decision.

        Raises:
            StrategyError: a weight is named of a symbol that the run does not have.
        """
        named = self.named_weights()
        if not named:
            count = trading.sum(axis=1, keepdims=True)
            return trading * np.divide(self.invested, count, out=np.zeros(count.shape), where=count > 0)
        for symbol in named:
            if symbol not in symbols:
                raise StrategyError(
                    f"CalendarRebalance: weights names {symbol}, which is not among the symbols of the run"
                    f"{did_you_mean(symbol, symbols)}."
                )
        return np.tile([named.get(symbol, 0.0) for symbol in symbols], (len(trading), 1))


def _trading(close: "Floats", rows: "Int64s") -> "NDArray[np.bool_]":
    """Return which symbols had a bar within the week before each row, (decisions, symbols)."""
    numbers = np.arange(len(close))[:, None]
    last = np.maximum.accumulate(np.where(np.isnan(close), -MAX_AGE - 1, numbers), axis=0)
    return numbers[rows] - last[rows] <= MAX_AGE
