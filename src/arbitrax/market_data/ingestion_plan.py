"""Which ranges of a series are still to be fetched, told by what was fetched and by when the exchange trades.

A range is [start, end) in ns UTC; of daily and longer bars it counts their dates.
"""

from collections.abc import Iterable

from arbitrax.domain.errors import RangeError
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.market_data.calendars import Calendar

Range = tuple[int, int]


def missing_ranges(
    wanted: Range, covered: Iterable[Range], *, interval: str, now: int, calendar: Calendar | None = None
) -> list[Range]:
    """Return the parts of ``wanted`` that no covered range holds and that have begun at ``now``, oldest first.

    With a calendar, parts in which the exchange does not trade are left out: a weekend is not missing. Parts that the
    calendar does not know stay.
    """
    start, end = wanted[0], min(wanted[1], now + 1)
    found = []
    for first, last in sorted(covered):
        if start < min(first, end):
            found.append((start, min(first, end)))
        start = max(start, last)
    if start < end:
        found.append((start, end))
    return [each for each in found if calendar is None or _trades(calendar, each, interval, now)]


def settled_until(last: int, as_of: int, *, interval: str, calendar: Calendar | None) -> int:
    """Return the end of what needs no second look: before the last stored bar, or after it if it was over.

    ``last`` is the bar's start, ``as_of`` when the newest change of the series was received. A day is over with its
    session; without a calendar nobody knows when that is.
    """
    if is_intraday(interval):
        over = last + nanoseconds(interval)
    elif nanoseconds(interval) == DAY and calendar is not None:
        try:
            sessions = calendar.sessions(last, last + DAY)
        except RangeError:
            return last
        over = int(sessions.close[-1]) if len(sessions) else last + DAY
    else:
        return last
    return last + nanoseconds(interval) if as_of >= over else last


def cut(covered: Iterable[Range], until: int) -> list[Range]:
    """Return what of the ranges lies before ``until``."""
    return [(start, min(end, until)) for start, end in covered if start < until]


def _trades(calendar: Calendar, part: Range, interval: str, now: int) -> bool:
    start, end = part
    try:
        if not is_intraday(interval):
            # A week's bar has the date of its Monday, whatever day the first session is.
            table = calendar.sessions(start // DAY * DAY, (end - 1) // DAY * DAY + nanoseconds(interval))
            return bool((table.open <= now).any())
        table = calendar.sessions(start // DAY * DAY - DAY, (end // DAY + 2) * DAY)
    except RangeError:
        return True
    return bool(((table.open < min(end, now)) & (table.close > start)).any())
