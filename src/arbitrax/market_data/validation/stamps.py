"""What a stamp says: rules 14, 15, 16 and 21."""

from math import gcd

import numpy as np

from arbitrax.domain.dates import time_text
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.calendars import OUTSIDE
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import UNKNOWN, Rows, Verdict, number, verdict

DELAY = 30 * MINUTE
"""How long after the close a delayed feed may still lack the last trades."""


def multi_day_bar(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 21: bars longer than a day from a vendor, all refused: ours are made from daily ones."""
    if rows.length <= DAY or rows.bars.source == "file":
        return []
    said = f"a {rows.bars.interval} bar of {rows.bars.source}, whose adjustment cannot be checked; ask for 1d"
    return verdict(
        "multi_day_bar", Level.ERROR, np.arange(len(rows)), lambda row: f"{rows.when(row)} is {said} and resample."
    )


def partial_bar(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 14: stamps that start no bar. The newest is a bar in the making and dropped (INFO), others are set aside.

    A stamp starts a bar if it lies on the grid of its length (half hours for longer ones, as exchanges open at 09:30),
    or a constant time off it, as most rows do. The newest row is partial too when it starts after the end of what was
    asked for, or at the very time of the newest quote and not with the others.
    """
    timestamp = rows.bars.timestamp
    if not len(rows) or not rows.intraday or not rows.length:
        return []
    grid = gcd(rows.length, 30 * MINUTE)
    phase = timestamp % grid
    off = phase != 0
    if off.any():
        values, counts = np.unique(phase[off], return_counts=True)
        usual = values[counts.argmax()]
        if 2 * counts.max() > len(rows):
            off = phase != usual
    newest = int(timestamp.argmax())
    partial = bool(off[newest])
    if context.last_quote is not None and timestamp[newest] == context.last_quote:
        flat = rows.bars.high[newest] == rows.bars.low[newest]
        partial |= bool(flat and not rows.bars.volume[newest] > 0)
    if context.requested is not None and timestamp[newest] >= context.requested[1]:
        partial = True
    off[newest] = False
    return [
        *verdict(
            "partial_bar",
            Level.INFO,
            np.array([newest] if partial else [], dtype=np.int64),
            lambda row: f"{time_text(int(timestamp[row]))} is a bar in the making and was left out.",
            drop=True,
        ),
        *verdict(
            "partial_bar",
            Level.ERROR,
            off,
            lambda row: f"{time_text(int(timestamp[row]))} starts no {rows.bars.interval} bar.",
        ),
    ]


def not_final(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 15: sorted bars that had not ended when they were received: kept as not final (INFO).

    A daily bar ends with its session; without a calendar with its date in UTC. A feed may lag: up to half an hour
    after the close a bar counts as final only if a quote was made at the close or later.
    """
    now = context.now if context.now is not None else context.last_quote
    if now is None or not len(rows) or rows.length > DAY:
        return []
    timestamp = rows.bars.timestamp
    recent = np.flatnonzero(timestamp >= now - 4 * DAY)
    if not len(recent):
        return []
    end = timestamp[recent] + rows.length
    calendar = context.calendar
    if calendar is not None and not rows.intraday:
        session = rows.session(calendar)[recent]
        end = np.where(session >= 0, calendar.table.close[np.maximum(session, 0)], end)
    quote = context.last_quote
    lagging = (now < end + DELAY) & (quote < end) if quote is not None and not rows.intraday else np.zeros(1, np.bool_)
    return verdict(
        "not_final",
        Level.INFO,
        recent[(now < end) | lagging],
        lambda row: f"{rows.when(row)} had not ended at {time_text(now)}.",
    )


def time_zone(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 16: stamps on another clock than UTC (ERROR).

    Daily and longer bars carry a date: one with a time of day was stamped by a clock that is not the exchange's. Of
    intraday bars that mostly keep to the sessions, a day that does not, and would if all its bars were whole half
    hours earlier or later, was stamped by another clock: one without its daylight saving, or without a zone.
    """
    timestamp = rows.bars.timestamp
    if not rows.intraday:
        return verdict(
            "time_zone",
            Level.ERROR,
            timestamp % DAY != 0,
            lambda row: f"{time_text(int(timestamp[row]))} is no date, so it is not known which day the bar is of.",
        )
    return _shifted(rows, context)


def _shifted(rows: Rows, context: Context) -> list[Verdict]:
    calendar = context.calendar
    if calendar is None or not rows.length or not len(rows) or calendar.name == "24/7":
        return []
    session = rows.session(calendar)
    outside = session == OUTSIDE
    if not outside.any():
        return []
    timestamp, table = rows.bars.timestamp, calendar.table
    dates = rows.session_date(context)
    starts = np.flatnonzero(np.concatenate(([True], dates[1:] != dates[:-1])))
    ends = np.append(starts[1:], len(rows))
    shift = np.zeros(len(starts), dtype=np.int64)
    for day in np.flatnonzero(np.add.reduceat(outside, starts)).tolist():
        first, end = int(starts[day]), int(ends[day])
        which = int(table.date.searchsorted(dates[first]))
        if which >= len(table) or table.date[which] != dates[first] or session[first] == UNKNOWN:
            continue
        shift[day] = _clock_error(
            int(timestamp[first]),
            int(timestamp[end - 1]) + rows.length,
            int(table.open[which]),
            int(table.close[which]),
        )
    shifted = shift != 0
    if not shifted.any():
        return []
    by_row = np.repeat(shift, ends - starts)
    return verdict(
        "time_zone",
        Level.ERROR,
        by_row != 0,
        lambda row: (
            f"{rows.when(row)} seems to be {number(abs(by_row[row]) / HOUR)} h "
            f"{'late' if by_row[row] > 0 else 'early'}: its day would fit {calendar.name} but for that."
        ),
    )


def _clock_error(first: int, end: int, open_: int, close: int) -> int:
    """Return how far a day's bars are ahead of their session, if they fill it but for a shift; else 0.

    first, end: start of the first and end of the last bar; all in ns.
    """
    slack = 15 * MINUTE
    error = round((first - open_) / (30 * MINUTE)) * 30 * MINUTE
    if not error or abs(error) > 14 * HOUR:
        return 0
    return error if abs(first - error - open_) <= slack and abs(end - error - close) <= slack else 0
