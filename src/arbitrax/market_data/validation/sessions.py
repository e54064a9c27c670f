"""Bars against the sessions of their exchange: rules 12, 13 and 22. Without a calendar they say nothing."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.dates import date_text, time_text
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.calendars import ALWAYS, OUTSIDE, SessionTable
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, counted, verdict

if TYPE_CHECKING:
    from arbitrax.domain.bars import Int64s

FAR = 12 * HOUR
"""No exchange trades longer than this before its open or after its close."""
LONG = 0.05
"""Share of a session above which a gap is flagged whatever the symbol."""


def bar_without_session(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 12: a bar on a weekend or holiday (ERROR). Bars before the open or after the close are legal."""
    calendar = context.calendar
    if calendar is None or not len(rows) or not len(calendar.table) or rows.length > DAY:
        return []
    wrong = rows.session(calendar) == OUTSIDE
    if rows.intraday and wrong.any():
        at = np.flatnonzero(wrong)
        timestamp, table = rows.bars.timestamp[at], calendar.table
        following = table.open.searchsorted(timestamp)
        close = table.close[np.maximum(following - 1, 0)]
        open_ = table.open[np.minimum(following, len(table) - 1)]
        wrong = at[(timestamp - close >= FAR) & (open_ - timestamp > FAR)]
    return verdict(
        "session",
        Level.ERROR,
        wrong,
        lambda row: (
            f"{rows.when(row)} is a {_weekday(int(rows.bars.timestamp[row]))} without a session of {calendar.name}."
        ),
    )


def session_missing(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 12: a session between the first and the last row that has none (WARN)."""
    calendar = context.calendar
    if calendar is None or rows.length > DAY:
        return []
    session = rows.session(calendar)
    held = session[session >= 0]
    if not len(held):
        return []
    held = held[np.concatenate(([True], held[1:] != held[:-1]))]
    present = np.zeros(int(held[-1] - held[0]) + 1, dtype=np.bool_)
    present[held - held[0]] = True
    absent = np.flatnonzero(~present) + held[0]
    if not len(absent):
        return []
    dates = calendar.table.date[absent]
    total = f"{len(absent):,} of {counted(len(present), 'session')}"
    return [
        Verdict(
            "session",
            Level.WARN,
            np.empty(0, dtype=np.int64),
            lambda n: f"{date_text(int(dates[n]))} is a session of {calendar.name} without a bar ({total} in all).",
            times=dates,
        )
    ]


def intraday_gap(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 13: minutes without a bar inside a session, midday break left out.

    INFO, as nobody may have traded; WARN if a gap is longer than a twentieth of the session, or the symbol is liquid.
    """
    calendar = context.calendar
    if calendar is None or not rows.intraday or not rows.length or len(rows) < 2:
        return []
    timestamp = rows.bars.timestamp
    apart = np.flatnonzero(timestamp[1:] - timestamp[:-1] > rows.length)
    if not len(apart):
        return []
    session = rows.session(calendar)
    before, after = session[apart], session[apart + 1]
    at = apart[(before >= 0) & (before == after)]
    held, table = session[at], calendar.table
    start, end = timestamp[at] + rows.length, timestamp[at + 1]
    gap = end - start - _overlap(start, end, table, held)
    at, gap, held = at[gap > 0], gap[gap > 0], held[gap > 0]
    open_time = table.close[held] - table.open[held] - (table.break_end[held] - table.break_start[held])
    long = gap > LONG * open_time if not context.liquid else np.ones(len(at), dtype=np.bool_)
    length = dict(zip((at + 1).tolist(), gap.tolist(), strict=True))

    def words(row: int) -> str:
        return f"{length[row] / MINUTE:.10g} minutes without a bar end at {rows.when(row)}."

    return [
        *verdict("intraday_gap", Level.WARN, at[long] + 1, words),
        *verdict("intraday_gap", Level.INFO, at[~long] + 1, words),
    ]


def auction_bar(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 22: among bars of regular hours, one at the instant of the close that other sessions do not have, or none.

    A source puts the closing auction into a bar of its own, into the last minute, or nowhere; mixing them is worth
    knowing. Silent where bars go on after the close.
    """
    calendar = context.calendar
    if calendar is None or not rows.intraday or not rows.length:
        return []
    session = rows.session(calendar)
    outside = np.flatnonzero(session == OUTSIDE)
    if not len(outside) or calendar.name == ALWAYS:
        return []
    held = np.unique(session[session >= 0])
    at_close = outside[np.isin(rows.bars.timestamp[outside], calendar.table.close[held])]
    later = len(outside) - len(at_close)
    if not len(at_close) or later > len(at_close):
        return []
    with_bar = np.isin(calendar.table.close[held], rows.bars.timestamp[at_close])
    if with_bar.mean() <= 0.5:
        return verdict(
            "auction_bar",
            Level.INFO,
            at_close,
            lambda row: f"{rows.when(row)} is a bar at the close itself, which most sessions do not have.",
        )
    lacking = calendar.table.close[held[~with_bar]]
    if not len(lacking):
        return []
    none = np.empty(0, dtype=np.int64)
    return [
        Verdict(
            "auction_bar",
            Level.INFO,
            none,
            lambda n: f"{time_text(int(lacking[n]))} is a close without the bar that most sessions have there.",
            times=lacking,
        )
    ]


def _overlap(
    start: "Int64s",
    end: "Int64s",
    table: SessionTable,
    held: "Int64s",
) -> "Int64s":
    """Return how much of each [start, end) lies in the midday break of its session."""
    shared = np.minimum(end, table.break_end[held]) - np.maximum(start, table.break_start[held])
    return np.maximum(shared, 0)


def _weekday(timestamp: int) -> str:
    return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[(timestamp // DAY + 3) % 7]
