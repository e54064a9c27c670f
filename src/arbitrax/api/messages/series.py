"""Messages of stored series."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from arbitrax.api.messages.fields import IngestionId, Interval, Source, Symbol
from arbitrax.domain.corporate_actions import ActionKind
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.ids import encode
from arbitrax.services.catalogue_ports import StoredQuarantine
from arbitrax.services.ingestion_records import INGESTION
from arbitrax.services.ports import StoredAction
from arbitrax.services.series import Doubt, Part, SeriesCoverage, SeriesEntry, SeriesQuality, State, doubt_of, doubts

MOST_SET_ASIDE = 500
_Score = Annotated[float | None, Meta(examples=[98.25])]
_Count = Annotated[int, Meta(examples=[2])]
_Rule = Annotated[str, Meta(examples=["jump"])]
_Reason = Annotated[str, Meta(examples=["2000-09-29: the close is 51.9% below the one before."])]


class DoubtCounts(Struct, frozen=True):
    """Times with a doubt, by its kind; what is only worth knowing is not counted."""

    gaps: _Count
    """Sessions, or stretches of minutes, without a bar."""
    duplicates: _Count
    spikes: _Count
    others: _Count


class LastIngestion(Struct, frozen=True):
    """What brought some of a series last."""

    id: IngestionId
    at: datetime


class SeriesMessage(Struct, frozen=True):
    """The stored bars of a symbol at an interval."""

    symbol: Symbol
    interval: Interval
    source: Source
    rows: Annotated[int, Meta(examples=[3268])]
    first: datetime
    last: datetime
    changed_at: datetime
    """When the newest of its bars was received."""
    quality_score: _Score
    """100: nothing to doubt; null: it was never judged."""
    doubts: DoubtCounts | None
    last_ingestion: LastIngestion | None
    """null: it came from files."""


class CoveragePart(Struct, frozen=True):
    """Sessions in a row that are alike. `first` and `last` are what an ingestion takes as its start and end."""

    first: date
    last: date
    state: State
    sessions: Annotated[int, Meta(examples=[21])]
    bars: Annotated[int, Meta(examples=[21])]
    expected: Annotated[int, Meta(examples=[21])]
    """Bars there would be if each session had every one."""


class SeriesCoverageMessage(Struct, frozen=True):
    """Where a series has bars, oldest first."""

    symbol: Symbol
    interval: Interval
    calendar: Annotated[str | None, Meta(examples=["XNYS"])]
    """null: nobody knows when it trades, or a bar is longer than a day; then pauses of more than four days, or of two
    bars, are missing."""
    parts: list[CoveragePart]
    sessions_behind: Annotated[int | None, Meta(examples=[12])]
    """Sessions that are over since its last bar; null without a calendar."""


class FindingMessage(Struct, frozen=True):
    """What a rule says of a series."""

    rule: _Rule
    level: Literal["error", "warn", "info"]
    kind: Doubt
    count: _Count
    first: datetime
    last: datetime
    reason: _Reason
    """Of the first of them."""
    times: list[datetime]
    """Of those concerned, the first thousand."""


class SetAsideMessage(Struct, frozen=True):
    """A row that was not stored."""

    at: datetime
    source: Source
    received_at: datetime
    rules: Annotated[list[str], Meta(examples=[["price_not_positive"]])]
    reason: _Reason
    row: Annotated[dict[str, float | str | None], Meta(examples=[{"open": 0.0, "close": 187.25}])]
    """As it was received."""


class CorporateActionMessage(Struct, frozen=True):
    """What a company did to its shares."""

    kind: ActionKind
    ex_date: date
    ratio: Annotated[float | None, Meta(examples=[7.0])]
    """New shares for one old."""
    amount: Annotated[float | None, Meta(examples=[3.05])]
    """Cash for a share."""
    currency: Annotated[str | None, Meta(examples=["USD"])]
    source: Source


class SeriesQualityMessage(Struct, frozen=True):
    """What there is to doubt of a series."""

    symbol: Symbol
    interval: Interval
    rows: Annotated[int, Meta(examples=[3268])]
    score: Annotated[float, Meta(examples=[98.25])]
    as_of: datetime
    doubts: DoubtCounts
    findings: list[FindingMessage]
    """Worst first."""
    set_aside: list[SetAsideMessage]
    """Oldest first, the first five hundred."""
    set_aside_count: _Count
    actions: list[CorporateActionMessage]


def series_message(entry: SeriesEntry) -> SeriesMessage:
    """Return a series' message."""
    last = None
    if entry.ingestion is not None and entry.ingested is not None:
        last = LastIngestion(encode(INGESTION, entry.ingestion), entry.ingested)
    return SeriesMessage(
        symbol=entry.symbol,
        interval=entry.interval,
        source=entry.source,
        rows=entry.rows,
        first=entry.first,
        last=entry.last,
        changed_at=entry.changed,
        quality_score=entry.score,
        doubts=None if entry.counts is None else _doubts(entry.counts),
        last_ingestion=last,
    )


def coverage_message(found: SeriesCoverage) -> SeriesCoverageMessage:
    """Return the message of a coverage."""
    return SeriesCoverageMessage(
        found.symbol, found.interval, found.calendar, [_part(each) for each in found.parts], found.behind
    )


def quality_message(found: SeriesQuality) -> SeriesQualityMessage:
    """Return the message of a quality report."""
    report = found.report
    return SeriesQualityMessage(
        symbol=report.symbol,
        interval=report.interval,
        rows=report.rows,
        score=report.score,
        as_of=to_datetime(found.as_of),
        doubts=_doubts({f"{each.rule} {each.level.value}": each.count for each in report.lines}),
        findings=[
            FindingMessage(
                rule=each.rule,
                level=each.level.value,
                kind=doubt_of(each.rule, each.level.value),
                count=each.count,
                first=to_datetime(each.first),
                last=to_datetime(each.last),
                reason=each.reason,
                times=[to_datetime(at) for at in each.times],
            )
            for each in report.lines
        ],
        set_aside=[_set_aside(each) for each in found.set_aside[:MOST_SET_ASIDE]],
        set_aside_count=len(found.set_aside),
        actions=[_action(each) for each in found.actions],
    )


def _doubts(counts: dict[str, int]) -> DoubtCounts:
    found = doubts(counts)
    return DoubtCounts(found["gap"], found["duplicate"], found["spike"], found["other"])


def _part(part: Part) -> CoveragePart:
    first, last = date.fromisoformat(part.first), date.fromisoformat(part.last)
    return CoveragePart(first, last, part.state, part.sessions, part.bars, part.expected)


def _set_aside(each: StoredQuarantine) -> SetAsideMessage:
    row = each.row
    return SetAsideMessage(
        to_datetime(row.timestamp), each.source, each.received, row.rule.split(", "), row.reason, row.row
    )


def _action(each: StoredAction) -> CorporateActionMessage:
    action = each.action
    day = to_datetime(action.ex_date).date()
    return CorporateActionMessage(action.kind, day, action.ratio, action.amount, action.currency, each.source)
