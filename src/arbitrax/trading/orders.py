"""What goes to a broker and what comes back: frozen messages; amounts are decimal strings, times ISO-8601 UTC."""

from typing import Literal, TypeAlias

from msgspec import Struct

Side: TypeAlias = Literal["buy", "sell"]
OrderType: TypeAlias = Literal["limit", "market", "stop", "stop_limit", "trailing_stop", "iceberg", "peg"]
TimeInForce: TypeAlias = Literal["gtc", "day", "gtd", "ioc", "fok"]
SelfTrade: TypeAlias = Literal["cancel_newest", "cancel_oldest", "cancel_both", "decrement"]
Status: TypeAlias = Literal["open", "filled", "cancelled", "refused"]


class NewOrder(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An order to submit; `arbitrax.exchange.commands.submit` says what the fields mean, in ticks and lots."""

    symbol: str
    side: Side
    quantity: str | None = None
    type: OrderType = "limit"
    price: str | None = None
    time_in_force: TimeInForce = "gtc"
    stop: str | None = None
    distance: str | None = None
    """Of a trailing stop."""
    display: str | None = None
    """Of an iceberg."""
    offset: str | None = None
    """Of a peg."""
    funds: str | None = None
    """Cash that a market buy spends instead of a quantity."""
    expire: int | None = None
    """Of "gtd": ms since 1970."""
    post_only: bool = False
    slide: bool = False
    on_quote: bool = False
    reduce_only: bool = False
    cancel_on_disconnect: bool = False
    self_trade: SelfTrade = "cancel_newest"
    client_order_id: str = ""
    """1 to 32 printable ASCII characters; the key by which its outcome is found later."""


class Fill(Struct, frozen=True):
    """A trade of an order."""

    id: str
    """``fill_`` and 26 characters that sort by time."""
    order: str
    side: Side
    quantity: str
    price: str
    maker: bool


class Done(Struct, frozen=True, tag="done"):
    """The exchange did it. ``order`` and ``status`` are of the order it was about, if any."""

    order: str | None = None
    client_order_id: str = ""
    status: Status | None = None
    quantity: str | None = None
    filled: str | None = None
    open: str | None = None
    reason: str | None = None
    """Why it ended, a code, when it did."""
    fills: tuple[Fill, ...] = ()
    cancelled: tuple[str, ...] = ()
    """Orders that `cancel_all` ended."""
    repeated: bool = False
    """It was done before: all else is as it was then; how the order is by now `Broker.order` knows."""
    journaled: int | None = None
    """When the command was journaled, ms since 1970."""
    executed: int | None = None
    """When the exchange had executed it, ms by the journal's clock; None: it is not known any more."""


class Refused(Struct, frozen=True, tag="refused"):
    """Nothing was done, and nothing will be."""

    code: str
    sentence: str
    order: str | None = None
    client_order_id: str = ""
    http_status: int = 422
    retryable: bool = False
    exit_code: int = 1
    repeated: bool = False
    """It was refused before."""
    field: str = ""
    """What of the order is wrong, as the gateway calls it; empty: that is not said."""


class Unknown(Struct, frozen=True, tag="unknown"):
    """Not known yet whether it was done: ask by the client order id, or send the same again under it."""

    client_order_id: str
    sentence: str
    exit_code: int = 5
    order: str | None = None
    """The order that it is about; None: a new one."""
    deadline: int | None = None
    """Ms by the journal's clock: what is journaled later is not executed."""


Outcome: TypeAlias = Done | Refused | Unknown


class CheckState(Struct, frozen=True):
    """What a check found of an order that is not sent."""

    name: str
    passed: bool
    code: str | None = None
    """What the order would be refused with because of it."""
    sentence: str | None = None
    value: str | None = None
    limit: str | None = None
    """None: it has none."""


class Validation(Struct, frozen=True, kw_only=True):
    """What would become of an order: nothing was sent."""

    accepted: bool
    code: str | None
    """Of the first check that failed: what the order would be refused with."""
    sentence: str | None
    time: int
    """As of when, ms since 1970 by the journal."""
    repeats: str | None = None
    """The order that was sent under its client order id and says the same: sending it does nothing more."""
    fills: str | None = None
    """What would trade at once; None: that cannot be said."""
    checks: tuple[CheckState, ...]
    """In the order in which they are made."""


class OrderState(Struct, frozen=True):
    """An order as of now."""

    order: str
    symbol: str
    side: Side
    price: str | None
    """Its limit; None: at the market."""
    quantity: str
    open: str
    filled: str
    status: Status
    reason: str | None = None
    client_order_id: str = ""
    type: str | None = None
    """None: it was refused, and asked for what has no word."""
    time_in_force: str | None = None
    stop: str | None = None
    """Its trigger; of a trailing stop once it has triggered."""
    distance: str | None = None
    """Of a trailing stop."""
    display: str | None = None
    """Of an iceberg."""
    offset: str | None = None
    """Of a peg."""
    expire: int | None = None
    """Of "gtd": ms since 1970; those after 2262 as the last of it that has nanoseconds in 64 bits."""
    reduce_only: bool = False
    triggered: int | None = None
    """When a stop became an order in the book, ms since 1970; None: it waits, or is none."""
    average_price: str | None = None
    """Of its fills."""
    fee: str = "0"
    """Below 0: a rebate."""
    created: int = 0
    """Ms since 1970, by the journal."""
    ended: int | None = None
    recorded: int | None = None
    """When the recorder stored it last; None: not yet."""


class PositionState(Struct, frozen=True):
    """What an account holds of a symbol."""

    symbol: str
    quantity: str
    """Below 0: short."""
    cost: str
    """Cash paid for it; below 0: received."""
    realised: str
    fees: str


class AccountState(Struct, frozen=True):
    """An account's cash."""

    account: str
    name: str
    currency: str
    cash: str
    open_orders: int
    buying_power: str | None = None
    """What new orders may set aside; on margin it may be below 0. None: the exchange's worker did not say."""
    killed: bool | None = None
    """Whether the kill switch is on."""


class AccountUpdate(Struct, frozen=True):
    """What happened to an account; the first one of a follower is how it is: open orders, positions, cash."""

    entry: str
    """Up to which entry of the journal."""
    after: str
    """After which entry what happened did; the same as ``entry`` where nothing did."""
    orders: tuple[OrderState, ...]
    """As they are now; ended ones for the last time."""
    fills: tuple[Fill, ...]
    positions: tuple[PositionState, ...]
    cash: str


class DepthLevel(Struct, frozen=True):
    """A price of the book and the quantity shown at it."""

    price: str
    quantity: str


class BookDepth(Struct, frozen=True):
    """The best levels of both sides, best first."""

    symbol: str
    bids: tuple[DepthLevel, ...]
    asks: tuple[DepthLevel, ...]
    last: str | None
    """Price of the last trade."""
