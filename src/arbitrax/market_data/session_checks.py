"""Compare bars with the sessions of their exchange: what trades when nobody does, and what is missing."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.dates import date_text, time_text
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.market_data.calendars import OUTSIDE, Calendar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Bars


def check_sessions(bars: "Bars", calendar: Calendar) -> tuple[str, ...]:
    """Return a sentence for each way in which bars and sessions disagree; nothing is changed.

    Counted are bars outside every session, intraday bars in a midday break, and sessions between the first and the
    last bar that have none (not for bars longer than a day).

    Raises:
        RangeError: bars lie outside the dates the calendar knows.
    """
    if not len(bars):
        return ()
    timestamp = bars.timestamp
    session = calendar.session_of(timestamp, bars.interval)
    outside = session == OUTSIDE
    intraday = is_intraday(bars.interval)
    where = "outside the sessions, as before the open or after the close" if intraday else "on days without a session"
    notices = [_counted(bars, outside, f"{where} of {calendar.name}")]
    if intraday:
        held = np.maximum(session, 0)
        in_break = (
            ~outside & (timestamp >= calendar.table.break_start[held]) & (timestamp < calendar.table.break_end[held])
        )
        notices.append(_counted(bars, in_break, f"in the midday break of {calendar.name}"))
    if nanoseconds(bars.interval) <= DAY:
        notices.append(_missing(bars, calendar, np.unique(session[~outside])))
    return tuple(notice for notice in notices if notice)


def _counted(bars: "Bars", chosen: "NDArray[np.bool_]", where: str) -> str:
    count = int(np.count_nonzero(chosen))
    if not count:
        return ""
    shown = time_text if is_intraday(bars.interval) else date_text
    first = shown(int(bars.timestamp[int(chosen.argmax())]))
    return f"{bars.symbol} has {_number(count, 'bar')} {where} (first {first})."


def _missing(bars: "Bars", calendar: Calendar, held: "NDArray[np.int64]") -> str:
    if not len(held):
        return ""
    absent = np.setdiff1d(np.arange(held[0], held[-1] + 1), held)
    if not len(absent):
        return ""
    total = int(held[-1] - held[0]) + 1
    return (
        f"{bars.symbol} has no bar in {len(absent)} of {_number(total, 'session')} of {calendar.name} "
        f"(first {date_text(int(calendar.table.date[absent[0]]))})."
    )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
