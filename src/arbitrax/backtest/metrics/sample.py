"""What metrics are computed from: returns, drawdowns, exposure and trades of a run, each once, when first needed."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arbitrax.backtest.holdings import trade_returns
from arbitrax.backtest.metrics.definition import Basis, UndefinedError
from arbitrax.domain.dates import date_text
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.kernels import performance
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.sessions import (
    Annualisation,
    Sessions,
    annualisation,
    exchange_annualisation,
    exchange_sessions,
    split_sessions,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats, Int64s

VAR_WINDOW = 250
"""Returns from which each forecast of the VaR backtest is made: the year of the Basel rules."""


class Moments(msgspec.Struct, frozen=True):
    """What one pass over the returns tells."""

    count: int
    mean: float
    deviation: float
    """Of the sample, divided by N - 1."""
    skew: float | None
    """Third moment over the second to the power 3/2, both divided by N; None when nothing varies."""
    kurtosis: float | None
    """Fourth moment over the squared second, 3 for a normal distribution; None when nothing varies."""
    downside: float
    """Root mean square of what is below the risk-free return, over all N."""
    above: float
    below: float
    """Sums of what lies above and below the risk-free return."""
    lost: float
    """Sum of the losses."""


class Drawdown(msgspec.Struct, frozen=True):
    """What one pass over the equity tells of its drawdowns."""

    deepest: float
    days: float
    """The longest one."""
    ulcer: float
    """Root mean square of the drawdown at every bar."""
    under: float
    """Share of bars below a peak."""


class Exposure(msgspec.Struct, frozen=True):
    """What one pass over exposure and equity tells."""

    held: float
    """Share of bars with a position."""
    mean_leverage: float
    most_leverage: float
    mean_equity: float


class Sample:
    """What metrics are computed from; each part once, when first needed."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.time = result.bars.timestamp
        self.equity = result.equity_curve

    @cached_property
    def sessions(self) -> Sessions | None:
        """The sessions of intraday bars."""
        interval = self.result.bars.interval
        if not is_intraday(interval):
            return None
        if self.result.spec.calendar is None:
            return split_sessions(self.time, interval)
        first, last = (int(self.time[at]) for at in (0, -1))
        return exchange_sessions(self.time, interval, calendar(self.result.spec.calendar, start=first, end=last))

    @cached_property
    def year(self) -> Annualisation:
        """How returns are annualised."""
        interval = self.result.bars.interval
        if self.result.spec.calendar is None or nanoseconds(interval) > DAY:
            return annualisation(self.time, interval, self.sessions)
        return exchange_annualisation(interval, calendar(self.result.spec.calendar))

    @cached_property
    def ends(self) -> Int64s:
        """The bar at whose close each return ends, (returns,)."""
        if self.sessions is None or not self.year.by_session:
            return np.arange(1, len(self.time))
        return self.sessions.ends

    @cached_property
    def returns(self) -> Floats:
        """Return per bar, or per session for intraday bars; those after bankruptcy are left out."""
        every = self._returns(self.equity)
        return every if self.result.bankrupt_bar is None else every[~np.isnan(every)]

    @cached_property
    def sorted_returns(self) -> Floats:
        """The same, ascending."""
        return np.sort(self.returns)

    @cached_property
    def benchmark_returns(self) -> Floats:
        """The benchmark's, over the same periods."""
        return self._returns(self.result.benchmark_curve)[: len(self.returns)]

    def _returns(self, curve: Floats) -> Floats:
        joined = self.sessions is not None and self.year.by_session
        # The run starts at the first bar's close; a first session counts from there.
        points = np.concatenate((curve[:1], curve[self.ends])) if joined else curve
        out = np.empty(max(len(points) - 1, 0))
        performance.simple_returns(np.ascontiguousarray(points), out)
        return out

    @cached_property
    def moments(self) -> Moments:
        """Moments of the returns.

        Raises:
            UndefinedError: there are fewer than two.
        """
        n = len(self.returns)
        if n < 2:
            raise UndefinedError(f"{n} return{'s are' if n != 1 else ' is'} too few")
        mean, second, third, fourth, squares, above, below, lost = performance.moments(self.returns, self.risk_free)
        # Equal returns differ in their last bits: equity is rounded.
        varies = second > 0 and math.sqrt(second / n) > 1e-14 * (1 + abs(mean))
        return Moments(
            count=n,
            mean=mean,
            deviation=math.sqrt(second / (n - 1)) if varies else 0.0,
            skew=third / n / (second / n) ** 1.5 if varies else None,
            kurtosis=fourth / n / (second / n) ** 2 if varies else None,
            downside=math.sqrt(squares / n),
            above=above,
            below=below,
            lost=lost,
        )

    @property
    def risk_free(self) -> float:
        """The risk-free return of one period."""
        return self.result.spec.risk_free / self.year.periods

    @cached_property
    def drawdown(self) -> Drawdown:
        """The drawdowns of the equity."""
        deepest, longest, squares, under = performance.drawdown(self.equity, self.time)
        bars = len(self.equity)
        return Drawdown(deepest, longest / DAY, math.sqrt(squares / bars), under / bars)

    @cached_property
    def exposure(self) -> Exposure:
        """How much was held."""
        held, total, most, equity = performance.leverage(self.result.exposure_curve, self.equity)
        bars = len(self.equity)
        return Exposure(held / bars, total / bars, most, equity / bars)

    @property
    def days(self) -> float:
        """Calendar days from the first bar to the last."""
        return float(self.time[-1] - self.time[0]) / DAY

    @cached_property
    def closed(self) -> NDArray[np.void]:
        """The records of closed trades.

        Raises:
            UndefinedError: there are none.
        """
        records = self.result.trade_records
        closed = records[records["is_open"] == 0]
        if not len(closed):
            raise UndefinedError("no trade was closed")
        return closed

    @cached_property
    def pnl(self) -> Floats:
        """Profit of each closed trade."""
        return np.ascontiguousarray(self.closed["pnl"])

    @cached_property
    def trade_returns(self) -> Floats:
        """Profit of each closed trade as a fraction of what was put in."""
        return trade_returns(self.result.spec, self.closed)

    @cached_property
    def words(self) -> dict[Basis, str]:
        """What each basis is, in words."""
        first, last = (date_text(int(self.time[at])) for at in (0, -1))
        period = "session" if self.sessions is not None and self.year.by_session else "bar"
        count = len(self.returns)
        bars = f"{len(self.time):,} bars, {first} to {last}"
        returns = f"{count:,} returns, one a {period}, {first} to {last}"
        trades = self.result.trade_records
        closed = int(np.count_nonzero(trades["is_open"] == 0))
        return {
            "returns": returns,
            "bars": bars,
            "trades": f"{closed:,} closed trades ({len(trades) - closed:,} still open), {first} to {last}",
            "fills": f"{len(self.result.fill_records):,} fills on {bars}",
            "pairs": f"{returns}, each beside the benchmark's",
            "forecasts": f"{max(count - VAR_WINDOW, 0):,} forecasts, each from the {VAR_WINDOW} returns before it",
        }
