"""The rows a rule looks at, and what it says of some of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.domain.dates import date_text, time_text
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.market_data.calendars import OUTSIDE, Calendar
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.validation.findings import Context, Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s

    Flags = NDArray[np.bool_]

UNKNOWN = -2
"""The session id of a row on a date that the calendar does not know."""


def number(value: float) -> str:
    """Return a number as messages show it."""
    return f"{float(value):.10g}"


def counted(count: int, noun: str) -> str:
    """Return ``1 row``, ``2 rows``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a candidate; what several rules need of them is worked out once."""

    bars: CandidateBars
    received: "Int64s"
    """(rows,) position of each in the candidate as it was received."""
    sessions: "dict[str, Int64s]" = field(default_factory=dict, init=False, repr=False)
    """Session ids by the name of the calendar, once known."""
    memo: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    """What was worked out for just these rows, by name."""

    def __len__(self) -> int:
        return len(self.bars)

    def take(self, rows: Any) -> "Rows":
        """Return the rows that a slice, mask or index array selects."""
        taken = Rows(self.bars.take(rows), self.received[rows])
        taken.sessions.update({name: known[rows] for name, known in self.sessions.items()})
        return taken

    @cached_property
    def intraday(self) -> bool:
        """Whether the rows carry instants."""
        return is_intraday(self.bars.interval)

    @cached_property
    def length(self) -> int:
        """Length of a bar, ns; 0 for counted ones."""
        return nanoseconds(self.bars.interval)

    def when(self, row: int) -> str:
        """Return the row's time as messages show it."""
        return self.time_text(int(self.bars.timestamp[row]))

    def time_text(self, timestamp: int) -> str:
        """Return a time as messages show it: the date of daily bars, else the instant."""
        return time_text(timestamp) if self.intraday else date_text(timestamp)

    @cached_property
    def top(self) -> "Floats":
        """(rows,) the greater of open and close."""
        return np.maximum(self.bars.open, self.bars.close)

    @cached_property
    def bottom(self) -> "Floats":
        """(rows,) the lesser of open and close."""
        return np.minimum(self.bars.open, self.bars.close)

    def session(self, calendar: Calendar) -> "Int64s":
        """Return the session id of each row: `OUTSIDE` where there is none, `UNKNOWN` beyond the calendar's dates."""
        found = self.sessions.get(calendar.name)
        if found is None:
            timestamp = self.bars.timestamp
            known = (timestamp >= calendar.first) & (timestamp < calendar.last)
            if known.all():
                found = calendar.session_of(timestamp, self.bars.interval)
            else:
                found = np.full(len(timestamp), UNKNOWN, dtype=np.int64)
                found[known] = calendar.session_of(timestamp[known], self.bars.interval)
            self.sessions[calendar.name] = found
        return found

    def session_date(self, context: Context) -> "Int64s":
        """Return the session date of each row, ns: of intraday rows by the calendar, else their date in UTC."""
        timestamp, calendar = self.bars.timestamp, context.calendar
        if not self.intraday or calendar is None or not len(calendar.table):
            return timestamp // DAY * DAY
        session = self.session(calendar)
        date = calendar.table.date[np.maximum(session, 0)]
        outside = np.flatnonzero(session == OUTSIDE)
        if len(outside):
            date[outside] = calendar.session_date_of(timestamp[outside], self.bars.interval)
        unknown = session == UNKNOWN
        if unknown.any():
            date[unknown] = timestamp[unknown] // DAY * DAY
        return date


@dataclass(frozen=True, eq=False, slots=True)
class Verdict:
    """What a rule says of rows, or of times that have none."""

    rule: str
    level: Level
    at: "Int64s"
    """Positions in the rows that were looked at."""
    say: Callable[[int], str]
    """Words for the row at a position; for times without rows the n-th of them."""
    times: "Int64s | None" = None
    """ns UTC of what has no row."""
    drop: bool = False
    """Whether the rows are left out though the level is not ERROR, as those of identical duplicates."""
    keep_record: bool = False
    """Whether rows left out so are nevertheless set aside to be looked at."""


Rule = Callable[[Rows, Context], list[Verdict]]


def verdict(rule: str, level: Level, wrong: "Flags | Int64s", say: Callable[[int], str], **more: Any) -> list[Verdict]:
    """Return a verdict on the rows a mask or index array selects; none if there are none."""
    at = np.flatnonzero(wrong) if wrong.dtype == np.bool_ else wrong.astype(np.int64, copy=False)
    return [Verdict(rule, level, at, say, **more)] if len(at) else []
