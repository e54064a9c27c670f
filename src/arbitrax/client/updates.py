"""What a stream yields, by channel (docs/websocket.md). Prices, quantities and cash are decimal strings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Struct

from arbitrax.client.messages import ExchangeMessage, FillOfOrder, OrderMessage, PositionMessage
from arbitrax.exchange.feed.messages import Trade

T = TypeVar("T")


class Update(Struct, Generic[T], frozen=True):
    """A message of a channel. A ``snapshot`` says how it is, whatever came before; an ``event`` what happened."""

    channel: str
    type: Literal["snapshot", "event"]
    symbol: str
    """Of an account's channel its id, of a run's the run, of jobs the user, of the exchange ``exchange``."""
    seq: int
    at: datetime
    data: T


class Quote(Struct, frozen=True):
    """Best bid and offer, as (price, quantity); None: there is none."""

    bid: tuple[str, str] | None
    ask: tuple[str, str] | None


class Statistics(Struct, frozen=True):
    """Of the day (UTC); prices are None before its first trade, ``last`` is of any day."""

    phase: str
    day: str
    last: str | None
    open: str | None
    high: str | None
    low: str | None
    vwap: str | None
    volume: str
    count: int


class TradeBar(Struct, frozen=True):
    """The trades of a second or minute; told again as it grows, and once more when it is ``closed``."""

    start: datetime
    open: str
    high: str
    low: str
    close: str
    volume: str
    trades: int
    closed: bool


class Cash(Struct, frozen=True):
    """An account's cash."""

    cash: str
    currency: str


class JobChange(Struct, frozen=True):
    """How a job is now: a ``backtest``, an ``ingestion``, or a ``reproduction``, which has the id of its backtest."""

    kind: str
    id: str
    status: str
    cancel_asked: bool


class RunNews(Struct, frozen=True):
    """News of a backtest or ingestion: ``progress``, ``equity`` (a tile of the curve), ``log`` or ``done``."""

    kind: str
    fields: dict[str, Any]


def _run_news(data: Mapping[str, Any]) -> RunNews:
    return RunNews(str(data["kind"]), {name: value for name, value in data.items() if name != "kind"})


_ROWS: dict[str, Any] = {
    "trades": list[Trade],
    "orders": list[OrderMessage],
    "fills": list[FillOfOrder],
    "positions": list[PositionMessage],
    "jobs": list[JobChange],
}
_WHOLE: dict[str, Any] = {
    "prices": Quote,
    "statistics": Statistics,
    "account": Cash,
    "exchange": ExchangeMessage,
}


def data_of(channel: str, data: Mapping[str, Any]) -> Any:
    """Return the data of a message as what its channel yields."""
    if channel in _ROWS:
        return msgspec.convert(data[channel], _ROWS[channel])
    if channel in _WHOLE:
        return msgspec.convert(data, _WHOLE[channel])
    if channel.startswith("bars."):
        return msgspec.convert(data, TradeBar)
    return _run_news(data) if channel.startswith("runs.") else data
