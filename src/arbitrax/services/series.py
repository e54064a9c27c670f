"""Stored series: what there is, where it has bars and where it lacks some, and what there is to doubt of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

import numpy as np
from msgspec import Struct

from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import RangeError
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.market_data.calendars import Calendar, SessionTable
from arbitrax.market_data.validation.findings import QualityReport
from arbitrax.services.catalogue_ports import MarketStores, StoredQuarantine
from arbitrax.services.chunks import calendar_of
from arbitrax.services.ports import StoredAction
from arbitrax.services.quality import judge_series
from arbitrax.services.stored_bars import load_series

State = Literal["present", "partial", "missing"]
Doubt = Literal["gap", "duplicate", "spike", "other"]
LONGEST_PAUSE = 4 * DAY
"""Without a calendar: longer without a bar, or two bars' lengths, some are taken to be missing."""
MOST_PARTS = 2_000
DOUBTS: dict[str, Doubt] = {
    "session": "gap", "intraday_gap": "gap", "duplicate_timestamp": "duplicate", "wick": "spike", "jump": "spike",
}  # fmt: skip


class SeriesEntry(Struct, frozen=True):
    """A stored series."""

    symbol: str
    interval: str
    rows: int
    first: datetime
    last: datetime
    source: str
    changed: datetime
    """When the newest of its bars was received."""
    score: float | None
    """Of the newest quality report; None: there is none."""
    judged: datetime | None
    counts: dict[str, int] | None
    """Times concerned, by rule and level, such as "session warn"."""
    ingestion: UUID | None
    """That brought some of it last; None: it came from files."""
    ingested: datetime | None


class SeriesCatalogue(Protocol):
    """Lists stored series."""

    def page(self, text: str | None, after: tuple[str, str] | None, limit: int) -> list[SeriesEntry]:
        """Return series by symbol and interval, those after one, whose symbol or name holds a text."""


class Part(Struct, frozen=True):
    """Sessions in a row that are alike: from the first one's date to the last one's, YYYY-MM-DD."""

    first: str
    last: str
    state: State
    sessions: int
    bars: int
    expected: int
    """Bars that the sessions would have if each had every one."""


class SeriesCoverage(Struct, frozen=True):
    """Where a series has bars."""

    symbol: str
    interval: str
    calendar: str | None
    """None: nobody knows when it trades, or its bars are longer than a day; then pauses of more than four days, or of
    two bars, are missing."""
    parts: tuple[Part, ...]
    behind: int | None
    """Sessions that are over since its last bar, up to now; None without a calendar."""


class SeriesQuality(Struct, frozen=True):
    """What there is to doubt of a series."""

    report: QualityReport
    as_of: int
    """Of the series, ns UTC."""
    set_aside: tuple[StoredQuarantine, ...]
    actions: tuple[StoredAction, ...]


def doubt_of(rule: str, level: str) -> Doubt:
    """Return the kind of doubt that a rule has: a bar where there is no session is no gap."""
    return "other" if rule == "session" and level != "warn" else DOUBTS.get(rule, "other")


def doubts(counts: dict[str, int]) -> dict[Doubt, int]:
    """Return how many times each kind of doubt concerns, of counts by rule and level."""
    found: dict[Doubt, int] = {"gap": 0, "duplicate": 0, "spike": 0, "other": 0}
    for name, count in counts.items():
        rule, _, level = name.partition(" ")
        found[doubt_of(rule, level)] += count if level != "info" else 0
    return found


def coverage_of(
    stores: MarketStores, symbol: str, interval: str, *, start: int | None, end: int | None, now: int
) -> SeriesCoverage:
    """Return where a series has bars against its exchange's sessions. Times are ns UTC.

    From its first bar to its last, or in [start, end); a session with some of its bars is partial.

    Raises:
        UnknownNameError: there is no such series.
        RangeError: start lies after end, or the exchange's calendar does not know these dates.
    """
    bars = load_series(stores.bars, symbol, interval).bars
    times = bars.timestamp
    found = stores.assets.find(symbol)
    exchange = None if found is None else calendar_of(found.asset)
    begin = int(times[0]) if start is None else start
    finish = int(times[-1]) + 1 if end is None else end
    if begin >= finish:
        raise RangeError("The start of the coverage lies after its end; exchange them.")
    if exchange is None or nanoseconds(interval) > DAY:
        longest = max(LONGEST_PAUSE, 2 * nanoseconds(interval))
        return SeriesCoverage(symbol, interval, None, tuple(_by_pauses(times, begin, finish, longest)), None)
    sessions = _over(_sessions(exchange, begin, finish), now)
    counts, expected = _counted(exchange, sessions, times, interval)
    parts = _parts(sessions.date, counts, expected)
    behind = _over(_sessions(exchange, int(times[-1]) // DAY * DAY + DAY, now), now)
    return SeriesCoverage(symbol, interval, exchange.name, tuple(parts), len(behind))


def quality_of(stores: MarketStores, symbol: str, interval: str, *, now: int) -> SeriesQuality:
    """Return what there is to doubt of a series as it is now; judged anew if it has changed since.

    Raises:
        UnknownNameError: there is no such series.
    """
    stored = load_series(stores.bars, symbol, interval)
    known = stores.quality.report(symbol, interval)
    report = None if known is None or known.as_of != stored.as_of else known.report
    if report is None:
        report = judge_series(stores, symbol, interval, now=now)
        assert report is not None  # noqa: S101 - there are bars
    aside, actions = stores.quality.quarantined(symbol, interval), stores.actions.load(symbol).known
    return SeriesQuality(report, stored.as_of, tuple(aside), actions)


def _sessions(exchange: Calendar, start: int, end: int) -> SessionTable:
    """Return the sessions whose date lies in [start's day, end), as far as the calendar knows."""
    begin, finish = max(start // DAY * DAY, exchange.first), min(end, exchange.last)
    return exchange.sessions(begin, finish) if begin < finish else exchange.table.take(slice(0, 0))


def _over(sessions: SessionTable, now: int) -> SessionTable:
    """Leave out sessions that go on, or are to come."""
    return sessions.take(slice(0, int(sessions.close.searchsorted(now, "right"))))


def _counted(
    exchange: Calendar, sessions: SessionTable, times: np.ndarray, interval: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return how many bars each session has and would have, shape (sessions,) int64."""
    if not len(sessions):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    inside = times[(times >= exchange.first) & (times < exchange.last)]
    place = exchange.session_of(inside, interval)
    first = int(exchange.table.date.searchsorted(sessions.date[0]))
    counted = np.bincount(place[place >= first] - first, minlength=len(sessions))[: len(sessions)].astype(np.int64)
    if not is_intraday(interval):
        return np.minimum(counted, 1), np.ones(len(sessions), np.int64)
    length = nanoseconds(interval)
    open_for = sessions.close - sessions.open - (sessions.break_end - sessions.break_start)
    return counted, np.maximum(-(-open_for // length), 1)


def _parts(dates: np.ndarray, counts: np.ndarray, expected: np.ndarray) -> list[Part]:
    """Join sessions in a row that are alike; where there are too many parts, also such that are not, as partial."""
    if not len(dates):
        return []
    states = np.where(counts == 0, 0, np.where(counts < expected, 1, 2))
    ends = np.append(np.flatnonzero(np.diff(states)) + 1, len(states))
    if len(ends) > MOST_PARTS:
        ends = ends[np.linspace(0, len(ends) - 1, MOST_PARTS).round().astype(np.int64)]
    found, begin = list[Part](), 0
    for end in ends.tolist():
        here = states[begin:end]
        state: State = "present" if here.min() == 2 else "missing" if here.max() == 0 else "partial"
        first, last = date_text(int(dates[begin])), date_text(int(dates[end - 1]))
        had, could = int(counts[begin:end].sum()), int(expected[begin:end].sum())
        found.append(Part(first, last, state, end - begin, had, could))
        begin = end
    return found


def _by_pauses(times: np.ndarray, begin: int, finish: int, longest: int) -> list[Part]:
    """Return parts without a calendar: bars, and pauses between them that are longer than ``longest``."""
    inside = times[(times >= begin) & (times < finish)]
    found, place = list[Part](), 0
    edges = np.concatenate(([begin], inside, [finish]))
    for pause in np.flatnonzero(np.diff(edges) > longest).tolist():
        found += _present(inside[place:pause])
        found.append(_pause(int(edges[pause]) + (DAY if pause else 0), int(edges[pause + 1]) - 1))
        place = pause
    return found + _present(inside[place:])


def _present(times: np.ndarray) -> list[Part]:
    if not len(times):
        return []
    days = len(np.unique(times // DAY))
    return [Part(date_text(int(times[0])), date_text(int(times[-1])), "present", days, len(times), len(times))]


def _pause(first: int, last: int) -> Part:
    return Part(date_text(first), date_text(max(first, last)), "missing", 0, 0, 0)
