"""What a client may ask over the socket, and the envelope of what it gets."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, Struct

from arbitrax.api.messages.orders import (
    MOST_DELAY,
    AccountText,
    Decimal,
    Lots,
    OrderTerms,
    SymbolText,
)
from arbitrax.trading.orders import Side

MOST_ORDERS = 200
MOST_SYMBOLS = 100
RequestId: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)] | Annotated[str, Meta(max_length=64)] | None
ChannelName = Annotated[
    str,
    Meta(
        pattern=r"^(book|trades|prices|statistics|bars\.1[sm]|orders|fills|positions|account|jobs|exchange"
        r"|runs\.[a-z]{2,4}_[0-9A-Za-z]{26})$(?!\n)"
    ),
]
OrderText = Annotated[str, Meta(pattern=r"^ord_[0-9a-f]{16}$(?!\n)")]


class Ask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="op"):
    """What every request has: the answer carries the same id."""

    id: RequestId = None


class Authenticate(Ask, frozen=True, kw_only=True, tag="authenticate"):
    """Say who asks; again with a new token before the old one ends."""

    token: Annotated[str, Meta(max_length=2048)]
    cancel_on_disconnect: bool = False
    """Orders sent over this socket go when it ends."""


class Subscribe(Ask, frozen=True, kw_only=True, tag="subscribe"):
    """Follow a channel."""

    channel: ChannelName
    symbols: Annotated[list[SymbolText], Meta(max_length=MOST_SYMBOLS)] = []
    account: AccountText | None = None
    depth: Literal[10, 50, "full"] = 10


class Unsubscribe(Ask, frozen=True, kw_only=True, tag="unsubscribe"):
    """Leave a channel."""

    channel: ChannelName
    symbols: Annotated[list[SymbolText], Meta(max_length=MOST_SYMBOLS)] = []
    account: AccountText | None = None


class List(Ask, frozen=True, kw_only=True, tag="list"):
    """Name what is followed."""


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """The last message a client has of a channel and symbol."""

    channel: ChannelName
    symbol: SymbolText
    seq: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    epoch: Annotated[int, Meta(ge=0, le=2**31)] = 0
    depth: Literal[10, 50, "full"] = 10


class Resume(Ask, frozen=True, kw_only=True, tag="resume"):
    """Go on after messages one has, on any gateway."""

    positions: Annotated[list[Position], Meta(min_length=1, max_length=MOST_SYMBOLS)]


class Ping(Ask, frozen=True, kw_only=True, tag="ping"):
    """Ask for a pong."""


class Submit(Ask, frozen=True, kw_only=True, tag="submit"):
    """Submit orders that enter in this order; each needs its client_order_id."""

    orders: Annotated[list[OrderTerms], Meta(min_length=1, max_length=MOST_ORDERS)]
    account: AccountText | None = None


class Validate(Ask, frozen=True, kw_only=True, tag="validate"):
    """Say what every check of an order would find; nothing is sent."""

    order: OrderTerms
    account: AccountText | None = None


class Amend(Ask, frozen=True, kw_only=True, tag="amend"):
    """Change an order."""

    order: OrderText
    quantity: Lots | None = None
    price: Decimal | None = None
    stop: Decimal | None = None
    account: AccountText | None = None


class Cancel(Ask, frozen=True, kw_only=True, tag="cancel"):
    """Cancel orders by their ids."""

    orders: Annotated[list[OrderText], Meta(min_length=1, max_length=MOST_ORDERS)]
    account: AccountText | None = None


class CancelAll(Ask, frozen=True, kw_only=True, tag="cancel_all"):
    """Cancel an account's orders."""

    account: AccountText | None = None
    symbol: SymbolText | None = None
    side: Side | None = None


class CancelAllAfter(Ask, frozen=True, kw_only=True, tag="cancel_all_after"):
    """Set the dead-man switch."""

    milliseconds: Annotated[int, Meta(ge=0, le=MOST_DELAY)]
    account: AccountText | None = None


Trade: TypeAlias = Submit | Validate | Amend | Cancel | CancelAll | CancelAllAfter
Request: TypeAlias = Authenticate | Subscribe | Unsubscribe | List | Resume | Ping | Trade
CANCELS = (Cancel, CancelAll, CancelAllAfter)


class Envelope(Struct, frozen=True):
    """A message of a channel (W3)."""

    channel: str
    type: Literal["snapshot", "delta", "event", "resync_required"]
    symbol: str
    seq: int
    prev_seq: int | None
    ts_event: str
    ts_sent: str
    data: Any


@lru_cache(maxsize=256)
def written_time(ms: int) -> str:
    """Return ms since 1970 as ISO 8601."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%dT%H:%M:%S}.{ms % 1000:03}Z"
