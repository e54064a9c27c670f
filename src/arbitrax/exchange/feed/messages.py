"""Messages of the feed, as they stand in its streams and go to clients: JSON, decimals as strings.

``seq`` counts a symbol's public events within an ``epoch`` (of the tape: its trades), up to and with the message. Both
follow from the journal, whoever computes them and whenever. A message may cover several events; ``prev_seq`` is the
``seq`` of the message before it, so nobody misses one without noticing.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

LevelChange = tuple[str, str, str]
"""Price, quantity now ("0": the level is gone), quantity before."""
ClientLevel = tuple[str, str]
"""Price, quantity."""


class Channel(StrEnum):
    """What can be subscribed to of a symbol."""

    DEPTH = "l2"
    ORDERS = "l3"
    TRADES = "trades"
    BBO = "bbo"
    STATISTICS = "statistics"


class Message(Struct, frozen=True, tag_field="type"):
    """What all have."""

    symbol: str
    epoch: int
    seq: int
    time: int
    """Ms since 1970, by the journal."""


class DepthChange(Message, frozen=True, tag="change"):
    """In the stream ``l2``: levels that changed, best first; none, if what changed changed back."""

    prev_seq: int
    bids: Sequence[LevelChange]
    asks: Sequence[LevelChange]
    crc: int
    """See `checksum`: of the book with this change."""


class Delta(Message, frozen=True, tag="delta"):
    """To a client: what changed since the message ``prev_seq``, which is the last this client got."""

    prev_seq: int
    bids: Sequence[ClientLevel]
    asks: Sequence[ClientLevel]
    crc: int


class Snapshot(Message, frozen=True, tag="snapshot"):
    """To a client: all levels it subscribed to, best first; they replace what it has."""

    bids: Sequence[ClientLevel]
    asks: Sequence[ClientLevel]
    crc: int


class Trade(Struct, frozen=True, array_like=True):
    """One trade: ``number`` counts those of the symbol in the epoch, ``taker`` is buy, sell or auction."""

    number: int
    price: str
    quantity: str
    taker: str
    time: int
    """Ms since 1970, by the journal."""


class Trades(Message, frozen=True, tag="trades"):
    """The tape: one trade at least."""

    trades: Sequence[Trade]
    prev_seq: int
    """The trade before the first; to a client the last it got: where that is older, it was too slow."""


class Bbo(Message, frozen=True, tag="bbo"):
    """Best bid and offer with what is shown there; None: there is none."""

    bid: ClientLevel | None
    ask: ClientLevel | None


class Statistics(Message, frozen=True, tag="statistics"):
    """Of the day (UTC): prices are None before its first trade, ``last`` is of any day."""

    phase: str
    """continuous, auction, halted or closed."""
    day: str
    last: str | None
    open: str | None
    high: str | None
    low: str | None
    vwap: str | None
    volume: str
    count: int


class OrderOperation(Struct, frozen=True, array_like=True):
    """``add`` puts an order at the back of its level (and takes it from where it was), ``set`` keeps its place."""

    operation: str
    order: str
    side: str
    price: str
    """Empty unless added."""
    quantity: str
    """What it shows; ``"0"`` when the operation is ``remove``."""


class OrderChanges(Message, frozen=True, tag="orders"):
    """In the channel ``l3``: what became of orders, in order; nothing, where no order that is shown changed."""

    prev_seq: int
    operations: Sequence[OrderOperation]


class OrderSnapshot(Message, frozen=True, tag="order_snapshot"):
    """In the channel ``l3``: every order shown, each queue in its order, as of ``seq``."""

    operations: Sequence[OrderOperation]
