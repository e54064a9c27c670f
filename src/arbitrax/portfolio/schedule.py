"""When a portfolio is rebalanced.

The first session of a period, or its n-th, is known when it comes. Its last is not: that a Friday ends the month is
knowledge of the calendar. Counted from the end, sessions therefore come from the exchange's calendar where one is
given, else from the data's own times: those of later bars, never their prices.
"""

from typing import TYPE_CHECKING, Literal

import numpy as np

from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY

if TYPE_CHECKING:
    from arbitrax.domain.bars import Int64s

Period = Literal["day", "week", "month", "quarter", "year"]

PERIODS: "dict[str, int]" = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
"""Periods, and the most sessions of each."""
MONDAY = 3
"""Days from the Monday before 1970-01-01, a Thursday."""


def rebalance_bars(
    timestamp: "Int64s",
    every: Period | int = "month",
    *,
    on: Literal["first", "last"] | int = "first",
    offset: int = 0,
    sessions: "Int64s | None" = None,
) -> "Int64s":
    """Return the rows at whose close the portfolio is decided anew, ascending, shape (decisions,).

    timestamp: (bars,) int64 ns UTC, ascending. every: a period, or a number of bars. on: ``first``, ``last``, or a
    session of the period, 1 for its first and -1 for its last; a period with fewer sessions has no rebalance. offset:
    bars to wait after it. sessions: (sessions,) int64 ns UTC, days of the exchange's calendar.

    Weeks start on Monday, days at 00:00 UTC: pass ``timestamp - cut`` to cut them elsewhere. Of intraday bars the
    first of the session is taken, or the last when counted from the end. The data's first bar begins its period.
    Where the calendar has a session without a bar, the next bar is taken.

    Without ``sessions`` the data's last period has no known end, so ``last`` has no row there, also when its last bar
    happens to be the last session; with ``sessions`` it has one if these go beyond the period. So a live strategy
    uses ``first`` or gives ``sessions``.

    Raises:
        InputError: no such period or session, a number of bars below 1, an offset below 0, or times out of order.
    """
    if isinstance(offset, bool) or offset < 0:
        raise InputError(
            f"A rebalance cannot wait {offset} bars; use 0 or more, or on=-2 for the session before the last."
        )
    bars = len(timestamp)
    if not isinstance(every, str):
        if isinstance(every, bool) or every < 1 or on != "first":
            raise InputError(f"Rebalancing every {every} bars on={on!r}: use 1 or more bars, and leave out on.")
        return np.arange(offset, bars, every, dtype=np.int64)
    if every not in PERIODS:
        raise InputError(f"'{every}' is no rebalance period; use one of {', '.join(PERIODS)}, or a number of bars.")
    number = {"first": 1, "last": -1}.get(on, 0) if isinstance(on, str) else on if isinstance(on, int) else 0
    if number == 0:
        raise InputError(f"on={on!r} names no session; use 'first', 'last', 2 for the second, -2 for the last but one.")
    if abs(number) > PERIODS[every]:
        raise InputError(f"on={on} names no session: a {every} has at most {PERIODS[every]}; use one of these.")
    if not bars:
        return np.empty(0, np.int64)
    if (timestamp[1:] <= timestamp[:-1]).any():
        raise InputError("The times of a rebalance schedule do not ascend; give each bar's, oldest first.")

    day = timestamp // DAY
    starts = np.concatenate(([0], np.flatnonzero(day[1:] != day[:-1]) + 1))
    own = day[starts]
    calendar = own if sessions is None else np.unique(np.asarray(sessions, dtype=np.int64) // DAY)
    wanted = _sessions(calendar, every, number)
    at = own.searchsorted(wanted[wanted >= own[0]])
    at = at[at < len(own)]
    rows = starts[at] if number > 0 else np.concatenate((starts[1:], [bars]))[at] - 1
    if number < 0 and (timestamp % DAY).any():
        rows = rows[rows < bars - 1]  # an intraday session at the end of the data may go on
    rows = np.unique(rows) + offset
    return rows[rows < bars].astype(np.int64, copy=False)


def _sessions(days: "Int64s", every: Period, number: int) -> "Int64s":
    """Return the n-th day of each period that has as many; from the end only of periods followed by another."""
    if not len(days):
        return days
    key = _period(days, every)
    starts = np.concatenate(([0], np.flatnonzero(key[1:] != key[:-1]) + 1))
    ends = np.concatenate((starts[1:], [len(days)]))
    if number > 0:
        at = starts + number - 1
        return days[at[at < ends]]
    at = ends[:-1] + number
    return days[at[at >= starts[:-1]]]


def _period(days: "Int64s", every: Period) -> "Int64s":
    """Return a number for each day that days of one period share."""
    if every == "day":
        return days
    if every == "week":
        return (days + MONDAY) // 7
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // {"month": 1, "quarter": 3, "year": 12}[every]
