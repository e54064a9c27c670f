"""Which phase a calendar's sessions put a symbol in, and when it changes: by the generated tables, NumPy alone.

Before the open an auction collects orders, the open uncrosses it, a midday break halts. The close begins the closing
auction, whose end uncrosses it and closes, as in London, Frankfurt and Hong Kong: no time of continuous trading is lost
to it. A market that never closes has no phases to go through.
"""

from typing import TYPE_CHECKING

from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.exchange.records import Kind
from arbitrax.exchange.service.phases import PhaseChange

if TYPE_CHECKING:
    from arbitrax.market_data.calendars import Calendar

AUCTION_BEFORE_OPEN = 15 * MINUTE
CLOSING_AUCTION = 5 * MINUTE
"""After the close."""
NANOSECONDS = 1_000_000
"""Of a millisecond."""
LONGEST_CLOSURE = 30 * DAY
"""No exchange of the tables has been closed for longer, but in wars."""


def next_phase(calendar: "Calendar", now: int) -> PhaseChange | None:
    """Return the first change after ``now``, ms; None when the calendar knows none within a month, or never closes.

    Raises:
        RangeError: the calendar does not know these dates.
    """
    return next((each for each in changes_around(calendar, now) if each.time > now), None)


def last_phase(calendar: "Calendar", now: int) -> PhaseChange | None:
    """Return the newest change at or before ``now``, ms: what holds now, for one who was away; the same errors."""
    return next((each for each in reversed(changes_around(calendar, now)) if each.time <= now), None)


def changes_around(calendar: "Calendar", now: int) -> list[PhaseChange]:
    """Return the changes from a month before ``now``, ms, to a month after it, by time; the same errors."""
    day = now * NANOSECONDS // DAY * DAY
    first, last = max(day - LONGEST_CLOSURE, calendar.first), min(day + LONGEST_CLOSURE, calendar.last)
    if not calendar.first <= day < calendar.last:
        first, last = day, day + DAY  # let the calendar say so
    sessions = calendar.sessions(first, last)
    found: list[PhaseChange] = []
    closed = 0
    for place in range(len(sessions)):
        opens, closes = int(sessions.open[place]), int(sessions.close[place])
        pause, resume = int(sessions.break_start[place]), int(sessions.break_end[place])
        if opens > closed + MINUTE:  # else one session runs on into the next
            found.append(_change(max(opens - AUCTION_BEFORE_OPEN, closed + NANOSECONDS), Kind.AUCTION))
            found.append(_change(opens, Kind.UNCROSS))
        elif found:
            del found[-2:]  # the closing auction
        if pause < resume:
            found += [_change(pause, Kind.HALT), _change(resume, Kind.RESUME)]
        closed = closes + CLOSING_AUCTION
        found += [_change(closes, Kind.AUCTION), _change(closed, Kind.CLOSE)]
    return found if _ever_closes(found) else []


def _ever_closes(found: list[PhaseChange]) -> bool:
    return any(each.kind in (Kind.UNCROSS, Kind.HALT) for each in found[2:])


def _change(at: int, kind: Kind) -> PhaseChange:
    return PhaseChange(at // NANOSECONDS, kind)
