"""Ingest regularly: after the close of each session of a calendar, what is missing until then."""

from datetime import date

from msgspec import Struct

from arbitrax.domain.dates import start_of_day, to_datetime
from arbitrax.domain.errors import InputError, UnknownNameError, did_you_mean
from arbitrax.domain.intervals import DAY, MINUTE, nanoseconds
from arbitrax.market_data.calendars import Calendar, calendar
from arbitrax.market_data.providers.choice import check_source
from arbitrax.market_data.synthetic import SOURCE as SYNTHETIC
from arbitrax.services.catalogue_ports import Schedule, ScheduleStore

AUTO = "auto"
"""The source that stands for whichever vendor is configured."""
AFTER_CLOSE = 30 * MINUTE
"""Vendors need a while until a session's bars are final."""
LOOK_AHEAD = 30 * DAY


class Due(Struct, frozen=True):
    """When a schedule is to be done next, ns UTC, and for which session."""

    at: int
    session: date


def add_schedule(schedules: ScheduleStore, schedule: Schedule) -> None:
    """Add a schedule, or replace the one of its name.

    Raises:
        InputError: it lacks a name or symbols, or its source is none or lacks the interval.
        UnknownNameError: its calendar is none.
    """
    if not schedule.name or schedule.name != schedule.name.strip():
        raise InputError(f"'{schedule.name}' is no name for a schedule; give it one, without blanks around.")
    if bool(schedule.symbols) == bool(schedule.watchlist):
        raise InputError("A schedule ingests symbols or a watchlist; give one of the two.")
    nanoseconds(schedule.interval)
    if schedule.source not in (AUTO, SYNTHETIC):
        check_source(schedule.source, schedule.interval)
    calendar(schedule.calendar)
    schedules.put(schedule)


def find_schedule(schedules: ScheduleStore, name: str) -> Schedule:
    """Return a schedule by its name.

    Raises:
        UnknownNameError: there is none.
    """
    known = {each.name: each for each in schedules.list()}
    if name not in known:
        hint = did_you_mean(name, known) or "; `arbitrax data schedule list` shows them."
        raise UnknownNameError(f"There is no schedule '{name}'{hint}")
    return known[name]


def next_due(schedule: Schedule, *, now: int) -> Due | None:
    """Return what is to be done next: the newest session that is over and was not done, else the one to come.

    Sessions that were missed in between need no turn of their own: what is missing is fetched at once. None when the
    calendar knows no session in the days to come.
    """
    exchange: Calendar = calendar(schedule.calendar)
    sessions = exchange.sessions(now // DAY * DAY - LOOK_AHEAD, now // DAY * DAY + LOOK_AHEAD)
    if not len(sessions):
        return None
    ready = sessions.close + AFTER_CLOSE
    over = int((ready <= now).sum())
    done = -1 if schedule.last_done is None else start_of_day(schedule.last_done.isoformat())
    place = over - 1 if over and int(sessions.date[over - 1]) > done else over
    if place >= len(sessions):
        return None
    return Due(int(ready[place]), to_datetime(int(sessions.date[place])).date())
