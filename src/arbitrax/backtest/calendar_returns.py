"""Returns by calendar month and year, by the dates of the run's own sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from arbitrax.backtest.metrics import Sample

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats, Int64s


class CalendarReturns(Struct, frozen=True, eq=False):
    """Arrays of shape (periods,), oldest first; NaN where a period began with nothing."""

    period: Int64s
    """Months since January 1970, or years."""
    run: Floats
    benchmark: Floats


def monthly_returns(result: Result) -> CalendarReturns:
    """Return the change over each calendar month in which the run has a bar; the first from the first close."""
    return _changes(result, _months(result))


def yearly_returns(result: Result) -> CalendarReturns:
    """Return the change over each calendar year in which the run has a bar; the first from the first close."""
    return _changes(result, _months(result) // 12 + 1970)


def _months(result: Result) -> Int64s:
    """Return the month of each bar's session, months since January 1970, (bars,)."""
    sessions, bars = Sample(result).sessions, len(result.equity_curve)
    if sessions is None:
        days = result.bars.timestamp.astype("datetime64[ns]").astype("datetime64[D]")
    else:
        # An overnight session belongs to the day it ends on.
        lengths = np.diff(sessions.ends, prepend=-1)
        days = np.repeat(sessions.days, lengths)[:bars].astype("datetime64[D]")
    return np.asarray(days.astype("datetime64[M]").astype(np.int64))


def _changes(result: Result, period: Int64s) -> CalendarReturns:
    ends = np.append(np.flatnonzero(np.diff(period)), len(period) - 1)
    found = []
    for curve in (result.equity_curve, result.benchmark_curve):
        points = np.concatenate((curve[:1], curve[ends]))
        before, after = points[:-1], points[1:]
        found.append(np.divide(after, before, out=np.full(len(ends), np.nan), where=before > 0) - 1)
    return CalendarReturns(period[ends], *found)
