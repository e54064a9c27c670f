"""When an exchange trades: its sessions, half days, breaks and time zone, as exchange_calendars knows them.

The exchanges most used come from tables that NumPy alone reads (`arbitrax.market_data.session_tables`); the others, and
dates outside the tables, from the library itself, which is imported only then. Every time is int64 ns UTC; a session's
date is its own 00:00 UTC, as a daily bar has it.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import RangeError, UnknownNameError, did_you_mean
from arbitrax.domain.intervals import DAY, MINUTE, is_intraday, nanoseconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Int64s

    Flags = NDArray[np.bool_]

TABLES = Path(__file__).parent / "session_tables"
ALWAYS = "24/7"
_ALWAYS_FROM, _ALWAYS_TO = 1900, 2200
OUTSIDE = -1
"""The session id of a bar outside every session."""


class SessionTable(msgspec.Struct, frozen=True, eq=False):
    """Sessions oldest first; arrays of shape (sessions,)."""

    date: "Int64s"
    open: "Int64s"
    """The first instant of trading."""
    close: "Int64s"
    """The instant after the last of trading."""
    break_start: "Int64s"
    """Of the midday break; a session without one has both at its close."""
    break_end: "Int64s"
    half_day: "Flags"
    """Whether it closes earlier than usual."""

    def __len__(self) -> int:
        return len(self.date)

    def take(self, rows: slice) -> "SessionTable":
        """Return the sessions a slice selects."""
        return SessionTable(*(getattr(self, name)[rows] for name in self.__struct_fields__))


class Calendar(msgspec.Struct, frozen=True, eq=False):
    """The sessions of one exchange. A session's id is its position in ``table``."""

    name: str
    timezone: str
    """IANA name of the exchange's clock."""
    table: SessionTable
    first: int
    """Start and end (exclusive) of the dates it knows: outside them it cannot tell a holiday from a session."""
    last: int

    def sessions(self, start: int, end: int) -> SessionTable:
        """Return the sessions whose date lies in [start, end).

        Raises:
            RangeError: the calendar does not know all of these dates.
        """
        self._require(start, end - 1)
        return self.table.take(slice(*(int(at) for at in self.table.date.searchsorted((start, end)))))

    @property
    def half_days(self) -> "Int64s":
        """Dates of the sessions that close early."""
        return self.table.date[self.table.half_day]

    def session_of(self, timestamp: "Int64s", interval: str) -> "Int64s":
        """Return the session id of each bar, shape (bars,); `OUTSIDE` (-1) where there is none.

        A daily bar belongs to the session of its date, a longer one to the first session in it. An intraday bar
        belongs to the session in which it starts, midday break included, or else to the one that opens before it ends:
        an hourly bar from 09:00 holds an open at 09:30. A bar that starts at the close or later is outside.

        Raises:
            RangeError: bars lie outside the dates the calendar knows.
        """
        if not len(timestamp):
            return np.empty(0, dtype=np.int64)
        # An evening session may start on the calendar day before its date.
        self._require(int(timestamp.min()), int(timestamp.max()))
        length = nanoseconds(interval)
        if not len(self.table):
            return np.full(len(timestamp), OUTSIDE, dtype=np.int64)
        if not is_intraday(interval):
            return self._next(self.table.date, timestamp, length)
        started = self.table.open.searchsorted(timestamp, "right") - 1
        inside = (started >= 0) & (timestamp < self.table.close[started])
        return np.where(inside, started, self._next(self.table.open, timestamp, length))

    def session_date_of(self, timestamp: "Int64s", interval: str) -> "Int64s":
        """Return the date of each bar's session, ns, shape (bars,); a bar outside has that of the nearest one.

        So bars before the open count for the session to come, and those after the close for the one that is over:
        a split takes effect between the two.

        Raises:
            RangeError: bars lie outside the dates the calendar knows.
        """
        if not is_intraday(interval):
            return timestamp // DAY * DAY
        session = self.session_of(timestamp, interval)
        following = np.clip(self.table.open.searchsorted(timestamp), 1, len(self.table) - 1)
        before, after = timestamp - self.table.close[following - 1], self.table.open[following] - timestamp
        nearest = np.where(before < after, following - 1, following)
        return self.table.date[np.where(session == OUTSIDE, nearest, session)]

    def opens_session(self, timestamp: "Int64s", interval: str) -> "Flags":
        """Return which bars hold the open of their session by the calendar, shape (bars,).

        If that bar is missing, none does: what is missing cannot be known before it is. A daily or longer bar holds
        the open and the close of its sessions.
        """
        session = self.session_of(timestamp, interval)
        if not is_intraday(interval):
            return session != OUTSIDE
        return (session != OUTSIDE) & (timestamp <= self._at(self.table.open, session))

    def closes_session(self, timestamp: "Int64s", interval: str) -> "Flags":
        """Return which bars hold the last instant of their session by the calendar, that of a half day included."""
        session = self.session_of(timestamp, interval)
        if not is_intraday(interval):
            return session != OUTSIDE
        return (session != OUTSIDE) & (timestamp + nanoseconds(interval) >= self._at(self.table.close, session))

    def _next(self, starts: "Int64s", timestamp: "Int64s", length: int) -> "Int64s":
        """Return the first session that starts in [timestamp, timestamp + length), or OUTSIDE."""
        following = starts.searchsorted(timestamp)
        known = np.minimum(following, len(starts) - 1)
        return np.where((following == known) & (starts[known] < timestamp + length), known, OUTSIDE)

    def _at(self, column: "Int64s", session: "Int64s") -> "Int64s":
        return column[np.maximum(session, 0)] if len(column) else session

    def _require(self, start: int, end: int) -> None:
        if start < self.first - DAY or end >= self.last + DAY:
            raise RangeError(
                f"The calendar {self.name} holds {date_text(self.first)} to {date_text(self.last - DAY)}, not all of "
                f"{date_text(start)} to {date_text(end)}; ask for these dates with calendar('{self.name}', start=, "
                "end=), or shorten the range."
            )


def calendar(name: str, *, start: int | None = None, end: int | None = None) -> Calendar:
    """Return the calendar of an exchange by its name there, such as XNYS, NASDAQ, XLON, CMES or 24/7.

    Without ``start`` and ``end`` (ns, their dates included) it holds what the table does, or the library by default.

    Raises:
        UnknownNameError: no exchange has that name.
        RangeError: the library does not know the exchange on these dates.
    """
    start, end = (None if at is None else at // DAY * DAY for at in (start, end))
    canonical, known = exchange_named(name), _exchanges()
    if start is not None and end is not None and start > end:
        raise RangeError(f"The calendar's start {date_text(start)} is after its end {date_text(end)}; exchange them.")
    if canonical == ALWAYS:
        return _always()
    if canonical in known.timezones:
        tabled = _from_table(canonical, known.timezones[canonical])
        if (start is None or start >= tabled.first) and (end is None or end < tabled.last):
            return tabled
        start = tabled.first if start is None else start
        end = tabled.last - DAY if end is None else end
    return read_library(canonical, start, end)


def exchange_named(name: str) -> str:
    """Return the name under which an exchange is known here.

    Raises:
        UnknownNameError: no exchange has that name.
    """
    known = _exchanges()
    canonical = known.aliases.get(name, name)
    if canonical in known.names:
        return canonical
    hint = did_you_mean(name, [*known.names, *known.aliases])
    raise UnknownNameError(
        f"'{name}' is not an exchange{hint or '; use its MIC, such as XNYS, XLON or XTKS, or 24/7.'}"
    )


class _Exchanges(msgspec.Struct, frozen=True):
    """What ``exchanges.json`` says."""

    library: str
    timezones: dict[str, str]
    aliases: dict[str, str]
    names: tuple[str, ...]


@cache
def _exchanges() -> _Exchanges:
    return msgspec.json.decode((TABLES / "exchanges.json").read_bytes(), type=_Exchanges)


@cache
def _from_table(name: str, timezone: str) -> Calendar:
    with np.load(TABLES / f"{name}.npz") as stored:
        date = stored["day"].astype(np.int64) * DAY
        times = {
            column: date + stored[column].astype(np.int64) * MINUTE
            for column in ("open", "close", "break_start", "break_end")
            if column in stored
        }
        half_day = stored["half_day"]
    table = SessionTable(
        date,
        times["open"],
        times["close"],
        times.get("break_start", times["close"]),
        times.get("break_end", times["close"]),
        half_day,
    )
    return Calendar(name, timezone, _read_only(table), int(date[0]), int(date[-1]) + DAY)


@cache
def _always() -> Calendar:
    """Return the calendar of markets that never close: every day of three centuries."""
    years = np.array([_ALWAYS_FROM, _ALWAYS_TO]) - 1970
    first, last = years.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    date = np.arange(first, last, dtype=np.int64) * DAY
    end = date + DAY
    table = SessionTable(date, date, end, end, end, np.zeros(len(date), dtype=np.bool_))
    return Calendar(ALWAYS, "UTC", _read_only(table), int(date[0]), int(end[-1]))


def _read_only(table: SessionTable) -> SessionTable:
    """Protect what all callers share."""
    for name in table.__struct_fields__:
        getattr(table, name).flags.writeable = False
    return table


def read_library(name: str, start: int | None, end: int | None) -> Calendar:
    """Return an exchange's calendar from exchange_calendars itself, which takes a second or two to import.

    Raises:
        RangeError: the library does not know the exchange on these dates.
    """
    import warnings

    import exchange_calendars
    import pandas as pd
    from exchange_calendars.errors import NoSessionsError

    bounds = {side: pd.Timestamp(date_text(at)) for side, at in (("start", start), ("end", end)) if at is not None}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of pandas to the library; no user can act on it
            known = exchange_calendars.get_calendar(name, **bounds)
    except NoSessionsError:
        raise RangeError(f"{name} has no session between these dates; ask for a longer range.") from None
    except ValueError as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise RangeError(
            f"exchange_calendars cannot tell the sessions of {name}: {reason}; shorten the range."
        ) from None
    schedule = known.schedule

    def column(label: str) -> "Int64s":
        return schedule[label].to_numpy(dtype="datetime64[ns]").astype(np.int64)

    date = schedule.index.to_numpy(dtype="datetime64[ns]").astype(np.int64)
    close = column("close")
    pause, resume = column("break_start"), column("break_end")
    none = schedule["break_start"].isna().to_numpy()
    table = SessionTable(
        date,
        column("open"),
        close,
        np.where(none, close, pause),
        np.where(none, close, resume),
        schedule.index.isin(known.early_closes),
    )
    first = int(date[0]) if start is None else start
    last = (int(date[-1]) if end is None else end) + DAY
    return Calendar(name, str(known.tz), table, first, last)
