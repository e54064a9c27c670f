"""Messages of instruments and bars."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

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
from arbitrax.services.catalogue_ports import CatalogueEntry
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
    complete_until: datetime | None
    """Of the exchange's trades: all before this moment are in the bars; those after it may be. Null of stored bars."""


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
