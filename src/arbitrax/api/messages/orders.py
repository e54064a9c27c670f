"""Messages of orders, fills, positions, accounts and books. Prices, quantities and cash are decimal strings."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from arbitrax.api.messages.fields import Currency, MaybePrice, Price, Quantity, Symbol, UserId
from arbitrax.api.parameters import SYMBOL
from arbitrax.domain.ids import encode
from arbitrax.exchange.identifiers import fill_text
from arbitrax.exchange.records import Code, Flag
from arbitrax.services.identity_ports import USER
from arbitrax.storage.postgres.exchange_orders import RecordedFill, RecordedOrder
from arbitrax.trading import orders as broker
from arbitrax.trading.refusals import REFUSALS
from arbitrax.trading.registry import Account, Instrument

_ORDER = "ord_0001000000000001"
AccountId = Annotated[str, Meta(examples=["acc_01J8ZQ4M8K3T5V7X9Y1B3D5F7H"])]
OrderId = Annotated[str, Meta(examples=[_ORDER])]
FillId = Annotated[str, Meta(examples=["fill_000408001DHMG2ZK000000000T"])]
"""Sorts by the time of the event in which it traded."""
MaybeOrderId = Annotated[str | None, Meta(examples=[_ORDER])]
ClientOrderId = Annotated[str, Meta(max_length=32, pattern=r"^[!-~]{1,32}$(?!\n)", examples=["t_019ac3f2b71_a1"])]
AccountText = Annotated[str, Meta(min_length=1, max_length=64, pattern=SYMBOL, examples=["demo"])]
SymbolText = Annotated[str, Meta(min_length=1, max_length=64, pattern=SYMBOL, examples=["AAPL"])]
Decimal = Annotated[str, Meta(max_length=40, pattern=r"^-?[0-9]+(\.[0-9]+)?$(?!\n)", examples=["187.25"])]
Lots = Annotated[str, Meta(max_length=40, pattern=r"^[0-9]+(\.[0-9]+)?$(?!\n)", examples=["10"])]
Time = Annotated[datetime, Meta(tz=True)]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MOST_DELAY = 86_400_000
NOTHING = decimal.Decimal(0)
_CLIENT_ID_USED = REFUSALS[Code.CLIENT_ID_USED].code


class OrderTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an order says, without whose it is."""

    symbol: SymbolText
    side: broker.Side
    quantity: Lots | None = None
    """None: a market buy that spends `funds`."""
    type: broker.OrderType = "limit"
    price: Decimal | None = None
    """Its limit."""
    time_in_force: broker.TimeInForce | None = None
    """Left out: ioc at the market, else gtc."""
    expires_at: Time | None = None
    """Of gtd."""
    stop: Decimal | None = None
    """Trigger price."""
    distance: Decimal | None = None
    """Of a trailing stop."""
    display: Lots | None = None
    """What an iceberg shows."""
    offset: Decimal | None = None
    """Of a peg: how far behind the best price it stays."""
    funds: Decimal | None = None
    """Cash that a market buy spends instead of a quantity."""
    post_only: bool = False
    slide: bool = False
    """Post-only: one tick behind instead of refused."""
    on_quote: bool = False
    """A stop watches the quote, not the trades."""
    reduce_only: bool = False
    self_trade: broker.SelfTrade = "cancel_newest"
    client_order_id: ClientOrderId | None = None
    """Its idempotency key: unique in the account. May be sent as the header Idempotency-Key instead."""

    def order(self, client_order_id: str, *, cancel_on_disconnect: bool = False) -> broker.NewOrder:
        """Return what the broker takes."""
        default: broker.TimeInForce = "ioc" if self.type == "market" else "gtc"
        return broker.NewOrder(
            symbol=self.symbol,
            side=self.side,
            quantity=self.quantity,
            type=self.type,
            price=self.price,
            time_in_force=self.time_in_force or default,
            stop=self.stop,
            distance=self.distance,
            display=self.display,
            offset=self.offset,
            funds=self.funds,
            expire=None if self.expires_at is None else (self.expires_at - _EPOCH) // timedelta(milliseconds=1),
            post_only=self.post_only,
            slide=self.slide,
            on_quote=self.on_quote,
            reduce_only=self.reduce_only,
            cancel_on_disconnect=cancel_on_disconnect,
            self_trade=self.self_trade,
            client_order_id=client_order_id,
        )


class NewOrder(OrderTerms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order to submit."""

    account: AccountText | None = None
    """Id or name; left out: the only one there is."""


class OrderChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of an order; less quantity at the same price keeps its place in the queue."""

    quantity: Lots | None = None
    """The new total, what has filled included; at or below that, 0 too, the rest is cancelled.

    What is left out stays; something must be given.
    """
    price: Decimal | None = None
    stop: Decimal | None = None


class CancelAllAfter(Struct, frozen=True, forbid_unknown_fields=True):
    """The dead-man switch of an account."""

    milliseconds: Annotated[int, Meta(ge=0, le=MOST_DELAY, examples=[60000])]
    """All orders go unless it is set again in time; 0 turns it off."""
    account: AccountText | None = None


class CheckMessage(Struct, frozen=True):
    """What a check found."""

    name: Annotated[str, Meta(examples=["buying_power"])]
    passed: bool
    code: Annotated[str | None, Meta(examples=["risk.no_buying_power"])]
    """What the order would be refused with because of it."""
    detail: str | None
    value: Annotated[str | None, Meta(examples=["1872.5000"])]
    """Of the order; null where the check is not about a number."""
    limit: Annotated[str | None, Meta(examples=["1000.0000"])]
    """null: it has none."""


class ValidationMessage(Struct, frozen=True):
    """What would become of an order if it were sent now."""

    account: AccountId
    accepted: bool
    code: Annotated[str | None, Meta(examples=["risk.no_buying_power"])]
    """Of the first check that failed: what the order would be refused with."""
    detail: str | None
    repeats: MaybeOrderId
    """The order that was sent under this client order id and says the same."""
    fills_at_once: Annotated[str | None, Meta(examples=["4"])]
    """What would trade at once; null: that cannot be said."""
    as_of: datetime
    """By the exchange's time: a moment later it may be different."""
    checks: list[CheckMessage]
    """All of them, in the order in which the exchange makes them."""


class FillOfOrder(Struct, frozen=True):
    """A trade of an order."""

    id: FillId
    order: OrderId
    side: broker.Side
    quantity: Quantity
    price: Price
    maker: bool


class OrderLinks(Struct, frozen=True):
    """Where there is more about an order."""

    order: Annotated[str, Meta(examples=[f"/api/v1/orders/{_ORDER}?account=acc_01J8ZQ4M8K3T5V7X9Y1B3D5F7H"])]
    fills: Annotated[str, Meta(examples=[f"/api/v1/fills?account=acc_01J8ZQ4M8K3T5V7X9Y1B3D5F7H&order={_ORDER}"])]
    account: Annotated[str, Meta(examples=["/api/v1/accounts/acc_01J8ZQ4M8K3T5V7X9Y1B3D5F7H"])]


class OrderOutcome(Struct, frozen=True):
    """What became of a command about an order."""

    status: Literal["open", "filled", "cancelled", "refused", "unknown"]
    """`unknown`: not known yet; ask by the client order id, or send the same again."""
    id: MaybeOrderId
    account: AccountId
    client_order_id: Annotated[str | None, Meta(examples=["t_019ac3f2b71_a1"])]
    quantity: Annotated[str | None, Meta(examples=["10"])] = None
    filled_quantity: Annotated[str | None, Meta(examples=["4"])] = None
    open_quantity: Annotated[str | None, Meta(examples=["6"])] = None
    reason: Annotated[str | None, Meta(examples=["order.no_liquidity"])] = None
    """Why it ended, when it did."""
    fills: list[FillOfOrder] = []
    detail: str | None = None
    repeated: bool = False
    """It was sent before: all but `received_at` is as it was told then."""
    deadline: datetime | None = None
    """Of what is unknown: later it is not executed any more; `GET /api/v1/orders` takes it along."""
    received_at: datetime | None = None
    """When the gateway had this request; all times are by the journal's clock."""
    journaled_at: datetime | None = None
    """When the command was journaled: from then on nothing loses it."""
    executed_at: datetime | None = None
    """When the exchange had executed it."""
    links: OrderLinks | None = None
    """By REST."""


class Cancelled(Struct, frozen=True):
    """Which orders were cancelled; null: not known yet."""

    account: AccountId
    orders: list[OrderId] | None


class OrderMessage(Struct, frozen=True):
    """An order as it is."""

    id: OrderId
    account: AccountId
    client_order_id: Annotated[str | None, Meta(examples=["t_019ac3f2b71_a1"])]
    """null also of one that was refused because another order has its id."""
    symbol: Symbol
    side: broker.Side
    type: Annotated[str | None, Meta(examples=["limit"])]
    time_in_force: Annotated[str | None, Meta(examples=["gtc"])]
    price: MaybePrice
    stop: MaybePrice
    """Trigger price; of a trailing stop once it has triggered."""
    distance: Annotated[str | None, Meta(examples=["1.50"])]
    """Of a trailing stop."""
    display: Annotated[str | None, Meta(examples=["2"])]
    """What an iceberg shows."""
    offset: Annotated[str | None, Meta(examples=["0.02"])]
    """Of a peg: how far behind the best price it stays."""
    expires_at: datetime | None
    """Of gtd."""
    reduce_only: bool
    triggered_at: datetime | None
    """When a stop was triggered: from then on it is an order like others; null: it waits, or is none."""
    quantity: Quantity
    filled_quantity: Quantity
    open_quantity: Quantity
    average_price: MaybePrice
    fee: Annotated[str, Meta(examples=["0.0094"])]
    status: broker.Status
    reason: Annotated[str | None, Meta(examples=["ended.by_owner"])]
    created_at: datetime
    """When its command was journaled."""
    ended_at: datetime | None
    recorded_at: datetime | None = None
    """When the recorder stored it last; null: not yet."""
    links: OrderLinks | None = None
    """By REST."""


class FillMessage(Struct, frozen=True):
    """One side of a match, as recorded."""

    id: FillId
    order: OrderId
    account: AccountId
    symbol: Symbol
    side: broker.Side
    quantity: Quantity
    price: Price
    fee: Annotated[str, Meta(examples=["0.0094"])]
    maker: bool
    phase: Annotated[str, Meta(examples=["continuous"])]
    at: datetime


class PositionMessage(Struct, frozen=True):
    """What an account holds of a symbol."""

    account: AccountId
    symbol: Symbol
    quantity: Annotated[str, Meta(examples=["-10"])]
    """Below 0: short."""
    cost: Annotated[str, Meta(examples=["1872.5"])]
    """Cash paid for it; below 0: received."""
    realised: Annotated[str, Meta(examples=["12.5"])]
    fees: Annotated[str, Meta(examples=["0.0094"])]


class AccountMessage(Struct, frozen=True):
    """A paper account."""

    id: AccountId
    name: Annotated[str, Meta(examples=["demo"])]
    owner: UserId | None
    """null: the operator's."""
    kind: Literal["cash", "margin"]
    currency: Currency
    shard: int


class AccountDetail(Struct, frozen=True):
    """A paper account and its cash."""

    id: AccountId
    name: Annotated[str, Meta(examples=["demo"])]
    owner: UserId | None
    kind: Literal["cash", "margin"]
    currency: Currency
    shard: int
    cash: Annotated[str, Meta(examples=["100000.0000"])]
    open_orders: int
    buying_power: Annotated[str | None, Meta(examples=["98127.5000"])]
    """What new orders may set aside, below 0 on an overdrawn margin account; null: the exchange does not say now."""
    killed: bool | None
    """The kill switch is on: no new orders; null: the exchange does not say now."""


class KillSwitch(Struct, frozen=True):
    """What the kill switch did."""

    account: AccountId
    killed: bool | None
    """Whether it is on now; null: not known yet."""
    orders: list[OrderId] | None
    """Which orders it cancelled; null: not known yet."""


class NewAccount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paper account to open."""

    name: Annotated[
        str, Meta(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]*$(?!\n)", examples=["paper"])
    ]
    cash: Annotated[str, Meta(max_length=24, pattern=r"^[0-9]+(\.[0-9]+)?$(?!\n)", examples=["100000"])] = "100000"
    """Deposited once, in the currency of the market."""
    kind: Literal["cash", "margin"] = "cash"
    """cash buys what it can pay and sells what it holds; margin also sells short."""


class AccountOwner(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose an account becomes."""

    user: Annotated[str, Meta(pattern=r"^usr_[0-9A-Za-z]{26}$(?!\n)", examples=["usr_01J8ZQ4M8K3T5V7X9Y1B3D5F7H"])]


class BookMessage(Struct, frozen=True):
    """The best levels of a book, best first, as [price, quantity]."""

    symbol: Symbol
    epoch: int
    seq: int
    """Public events of the symbol in the epoch, up to this book."""
    at: datetime
    bids: Annotated[list[tuple[str, str]], Meta(examples=[[["187.24", "300"]]])]
    asks: Annotated[list[tuple[str, str]], Meta(examples=[[["187.26", "500"]]])]
    last: MaybePrice
    """Price of the last trade."""
    phase: Annotated[str, Meta(examples=["continuous"])]
    crc: int
    """CRC-32 of the best 10 levels of both sides."""


def moment(ms: int) -> datetime:
    """Return ms since 1970 as a time."""
    return _EPOCH + timedelta(milliseconds=ms)


def order_links(order: str, account: Account) -> OrderLinks:
    """Return where there is more about an order."""
    return OrderLinks(
        f"/api/v1/orders/{order}?account={account.text}",
        f"/api/v1/fills?account={account.text}&order={order}",
        f"/api/v1/accounts/{account.text}",
    )


def _client(client: str | None, reason: str | None) -> str | None:
    """Return the client order id of an order; one that was refused because another has it does not have it."""
    return None if reason == _CLIENT_ID_USED else client or None


def order_message(order: broker.OrderState, account: Account, *, linked: bool = False) -> OrderMessage:
    """Return an order's message."""
    return OrderMessage(
        id=order.order,
        account=account.text,
        client_order_id=_client(order.client_order_id, order.reason),
        symbol=order.symbol,
        side=order.side,
        type=order.type,
        time_in_force=order.time_in_force,
        price=order.price,
        stop=order.stop,
        distance=order.distance,
        display=order.display,
        offset=order.offset,
        expires_at=None if order.expire is None else moment(order.expire),
        reduce_only=order.reduce_only,
        triggered_at=None if order.triggered is None else moment(order.triggered),
        quantity=order.quantity,
        filled_quantity=order.filled,
        open_quantity=order.open,
        average_price=order.average_price,
        fee=order.fee,
        status=order.status,
        reason=order.reason,
        created_at=moment(order.created),
        ended_at=None if order.ended is None else moment(order.ended),
        recorded_at=None if order.recorded is None else moment(order.recorded),
        links=order_links(order.order, account) if linked else None,
    )


def recorded_order_message(order: RecordedOrder, account: Account, instrument: Instrument | None) -> OrderMessage:
    """Return the message of an order as it is recorded, in the words it had while it was open.

    ``instrument``: None of one that was refused because there is no such.
    """
    price, lots = (_plain, _plain) if instrument is None else (instrument.prices.text, instrument.quantities.text)
    ended = order.ended_at is not None
    words: dict[str, broker.Status] = {"rejected": "refused", "filled": "filled", "open": "open"}
    default: broker.Status = "open" if order.status == "partially_filled" else "cancelled"
    reason = None if order.reason == "none" else REFUSALS[Code[order.reason.upper()]].code
    return OrderMessage(
        id=order.id,
        account=account.text,
        client_order_id=_client(order.client_order_id, reason),
        symbol=order.symbol or "",
        side="sell" if order.side == "sell" else "buy",
        type=order.order_type,
        time_in_force=order.time_in_force,
        price=_maybe(price, order.limit_price),
        stop=_maybe(price, order.stop_price),
        distance=_maybe(price, order.trail),
        display=_maybe(lots, order.display_quantity),
        offset=_maybe(price, order.peg_offset),
        expires_at=None if order.expires is None else moment(order.expires // 1_000_000),
        reduce_only=bool(order.flags & Flag.REDUCE_ONLY),
        triggered_at=order.triggered_at,
        quantity=lots(order.quantity),
        filled_quantity=lots(order.filled_quantity),
        open_quantity=lots(NOTHING if ended else order.quantity - order.filled_quantity),
        average_price=_maybe(_plain if instrument is None else instrument.mean_text, order.average_price),
        fee=(_plain if instrument is None else instrument.cash.text)(order.fee),
        status=words.get(order.status, default),
        reason=reason,
        created_at=order.created_at,
        ended_at=order.ended_at,
        recorded_at=order.recorded_at.replace(microsecond=order.recorded_at.microsecond // 1000 * 1000),
        links=order_links(order.id, account),
    )


def _plain(value: decimal.Decimal) -> str:
    return f"{value.normalize():f}"


def _maybe(write: Callable[[decimal.Decimal], str], value: decimal.Decimal | None) -> str | None:
    return None if value is None else write(value)


def recorded_fill_message(fill: RecordedFill, account: Account, instrument: Instrument) -> FillMessage:
    """Return the message of a side of a match."""
    return FillMessage(
        id=fill_text(fill.id.int),
        order=fill.order,
        account=account.text,
        symbol=fill.symbol,
        side="buy" if fill.quantity > 0 else "sell",
        quantity=instrument.quantities.text(abs(fill.quantity)),
        price=instrument.prices.text(fill.price),
        fee=instrument.cash.text(fill.fee),
        maker=fill.is_maker,
        phase=fill.phase,
        at=fill.filled_at,
    )


def fill_of_order(fill: broker.Fill) -> FillOfOrder:
    """Return a fill's message."""
    return FillOfOrder(fill.id, fill.order, fill.side, fill.quantity, fill.price, fill.maker)


def outcome_message(
    found: broker.Done | broker.Unknown,
    account: Account,
    client: str | None,
    *,
    received: int,
    linked: bool = False,
) -> OrderOutcome:
    """Return the message of what was done, or is not known yet. ``received``: ms by the journal's clock."""
    if isinstance(found, broker.Unknown):
        return OrderOutcome(
            "unknown",
            found.order,
            account.text,
            client,
            detail=found.sentence,
            deadline=None if found.deadline is None else moment(found.deadline),
            received_at=moment(received),
        )
    return OrderOutcome(
        status=found.status or "open",
        id=found.order,
        account=account.text,
        client_order_id=found.client_order_id or client,
        quantity=found.quantity,
        filled_quantity=found.filled,
        open_quantity=found.open,
        reason=found.reason,
        fills=[fill_of_order(each) for each in found.fills],
        repeated=found.repeated,
        received_at=moment(received),
        journaled_at=None if found.journaled is None else moment(found.journaled),
        executed_at=None if found.executed is None else moment(found.executed),
        links=order_links(found.order, account) if linked and found.order is not None else None,
    )


def validation_message(found: broker.Validation, account: Account) -> ValidationMessage:
    """Return the message of a dry run."""
    return ValidationMessage(
        account=account.text,
        accepted=found.accepted,
        code=found.code,
        detail=found.sentence,
        repeats=found.repeats,
        fills_at_once=found.fills,
        as_of=moment(found.time),
        checks=[
            CheckMessage(each.name, each.passed, each.code, each.sentence, each.value, each.limit)
            for each in found.checks
        ],
    )


def position_message(position: broker.PositionState, account: Account) -> PositionMessage:
    """Return a position's message."""
    return PositionMessage(
        account.text, position.symbol, position.quantity, position.cost, position.realised, position.fees
    )


def account_message(account: Account) -> AccountMessage:
    """Return an account's message."""
    return msgspec.convert(
        {
            "id": account.text,
            "name": account.name,
            "owner": None if account.owner is None else encode(USER, account.owner),
            "kind": account.kind,
            "currency": account.currency,
            "shard": account.shard,
        },
        AccountMessage,
    )


def account_detail(account: Account, state: broker.AccountState) -> AccountDetail:
    """Return an account's message with its cash."""
    return AccountDetail(
        **msgspec.structs.asdict(account_message(account)),
        cash=state.cash,
        open_orders=state.open_orders,
        buying_power=state.buying_power,
        killed=state.killed,
    )
