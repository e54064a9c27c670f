"""Messages of instruments and bars."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from arbitrax.api.messages.fields import (
    Currency,
    Interval,
    MaybeCurrency,
    MaybePrice,
    MaybeStep,
    Price,
    Quantity,
    Source,
    Step,
    Symbol,
)
from arbitrax.domain.assets import AssetType
from arbitrax.domain.dates import to_datetime
from arbitrax.services.catalogue_ports import CatalogueEntry, StoredQuality
from arbitrax.trading.registry import Instrument


class SymbolMessage(Struct, frozen=True):
    """A symbol an instrument had: from a day until before another."""

    symbol: Symbol
    start: date
    end: date | None


class CoverageMessage(Struct, frozen=True):
    """What is stored of an instrument in an interval."""

    interval: Interval
    rows: int
    first: datetime
    last: datetime
    source: Source
    quality_score: float | None


class TradingMessage(Struct, frozen=True):
    """How an instrument trades on the paper exchange."""

    shard: int
    tick_size: Step
    lot_size: Step
    currency: Currency


class InstrumentMessage(Struct, frozen=True):
    """An instrument: what is known and stored of it, and how it trades here (null: it does not)."""

    symbol: Symbol
    name: Annotated[str | None, Meta(examples=["Apple Inc."])]
    asset_type: AssetType
    exchange: Annotated[str | None, Meta(examples=["XNAS"])]
    currency: MaybeCurrency
    tick_size: MaybeStep
    lot_size: MaybeStep
    symbols: list[SymbolMessage]
    coverage: list[CoverageMessage]
    trading: TradingMessage | None


class BarMessage(Struct, frozen=True):
    """A bar; `timestamp` is its start, of a daily or longer one the session's date at 00:00 UTC."""

    timestamp: datetime
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Quantity
    adj_close: MaybePrice


class BarPage(Struct, frozen=True):
    """A page of bars, oldest first."""

    symbol: Symbol
    interval: Interval
    data: list[BarMessage]
    next_cursor: str | None
    has_more: bool


class QualityLineMessage(Struct, frozen=True):
    """What one rule says of a series."""

    rule: Annotated[str, Meta(examples=["gap"])]
    level: Literal["error", "warn", "info"]
    count: int
    """Rows or places concerned."""
    first: datetime
    last: datetime
    reason: Annotated[str, Meta(examples=["2 sessions have no bar."])]
    times: list[datetime]
    """Of those concerned, the first thousand."""


class QualityMessage(Struct, frozen=True):
    """How far a series can be trusted."""

    symbol: Symbol
    interval: Interval
    rows: int
    score: float
    """100 for a series without a doubt, down to 0; docs/data-quality.md has the formula."""
    counts: dict[str, int]
    """Rows concerned, by level."""
    lines: list[QualityLineMessage]
    as_of: datetime
    """Of the series as it was then."""
    made_at: datetime


def quality_message(found: StoredQuality) -> QualityMessage:
    """Return the message of a quality report."""
    report = found.report
    return QualityMessage(
        symbol=report.symbol,
        interval=report.interval,
        rows=report.rows,
        score=report.score,
        counts=report.counts,
        lines=[
            QualityLineMessage(
                rule=each.rule,
                level=each.level.value,
                count=each.count,
                first=to_datetime(each.first),
                last=to_datetime(each.last),
                reason=each.reason,
                times=[to_datetime(at) for at in each.times],
            )
            for each in report.lines
        ],
        as_of=to_datetime(found.as_of),
        made_at=found.made,
    )


def instrument_message(entry: CatalogueEntry, traded: Instrument | None) -> InstrumentMessage:
    """Return an instrument's message."""
    asset = entry.asset
    return InstrumentMessage(
        symbol=asset.symbol,
        name=asset.name,
        asset_type=asset.asset_type,
        exchange=asset.exchange,
        currency=asset.currency,
        tick_size=None if asset.tick_size is None else format(asset.tick_size, "f"),
        lot_size=None if asset.lot_size is None else format(asset.lot_size, "f"),
        symbols=[SymbolMessage(each.symbol, each.start, each.end) for each in entry.symbols],
        coverage=[
            CoverageMessage(each.interval, each.rows, each.first, each.last, each.source, each.score)
            for each in entry.coverage
        ],
        trading=None
        if traded is None
        else TradingMessage(traded.shard, traded.tick_size, traded.lot_size, traded.currency),
    )
