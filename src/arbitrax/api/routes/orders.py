"""Orders on the paper exchange. The client order id is the idempotency key: the exchange decides by it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode
from weakref import WeakValueDictionary

from litestar import Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody, Parameter

from arbitrax.api.conditions import is_known, require_match, state_tag
from arbitrax.api.messages.orders import (
    CancelAllAfter,
    Cancelled,
    NewOrder,
    OrderChange,
    OrderMessage,
    OrderOutcome,
    ValidationMessage,
    moment,
    order_message,
    outcome_message,
    recorded_order_message,
    validation_message,
)
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.parameters import AccountName, ClientOrderId, OrderId, Symbol, nanoseconds_of
from arbitrax.api.problems import FieldError, RequestError
from arbitrax.api.requests import IDEMPOTENCY_KEY, GatewayRequest
from arbitrax.domain.errors import UnknownNameError, within
from arbitrax.trading.acting import ACTING
from arbitrax.trading.orders import Done, OrderState, Outcome, Refused, Side, Unknown
from arbitrax.trading.registry import Account

if TYPE_CHECKING:
    from arbitrax.trading.exchange_broker import ExchangeBroker

PATH = "/api/v1/orders"
_CLIENT = re.compile(r"[!-~]{1,32}")
_PRICES, _QUANTITIES = ("price", "stop", "distance", "offset"), ("quantity", "display")
_REFUSED_FIELDS = {
    "order.symbol_unknown": ("symbol",),
    "order.account_unknown": ("account",),
    "order.client_id_used": ("client_order_id",),
    "order.client_id_misdated": ("client_order_id",),
    "order.price_not_positive": _PRICES,
    "order.price_out_of_band": _PRICES,
    "order.price_off_tick": _PRICES,
    "order.quantity_not_positive": ("quantity",),
    "order.quantity_too_large": ("quantity",),
    "order.quantity_off_lot": _QUANTITIES,
}
"""Which fields of an order the codes of the exchange's refusals name."""
_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
"""Orders that conditional changes are made of at this moment."""
MaybeSymbol = Annotated[Symbol | None, Parameter(description="Of this symbol only.")]
MaybeSide = Annotated[Side | None, Parameter(description="Of this side only.")]
Deadline = Annotated[
    str | None,
    Parameter(
        max_length=40,
        description="With a client order id: that of the order, as an answer 202 has it in its address.",
    ),
]
Status = Annotated[Literal["open", "all"], Parameter(description="open: as of now; all: also what ended, as recorded.")]


@post(
    PATH, opt={"access": "trade"}, tags=["orders"], operation_id="add_order", status_code=201, summary="Submit an order"
)
async def add_order(request: GatewayRequest, data: JSONBody[NewOrder]) -> Response[OrderOutcome]:
    """Submit an order, and say what became of it at once: it rests, it filled, or both.

    Needs a `client_order_id`, in the body or as `Idempotency-Key`: the same order again has the first outcome, whatever
    happened in between, with `Idempotent-Replayed: true`; how the order is by now is at its address. An outcome that is
    not known in time is answered 202, with the address where it will be.
    """
    client = client_order_id(request, data.client_order_id)
    account, broker, received = await _acting(request, data.account, "account")
    with within("symbol"):
        await request.parts.desk.know({data.symbol})
    found = await broker.submit(account.text, data.order(client))
    return _answer(found, account, client, received, given=data, created=True)


@post(
    f"{PATH}/validations",
    opt={"access": "trade"},
    tags=["orders"],
    operation_id="validate_order",
    status_code=200,
    summary="Say what would become of an order",
)
async def validate_order(request: GatewayRequest, data: JSONBody[NewOrder]) -> ValidationMessage:
    """Let the exchange make every check of an order, and say what each finds: nothing is sent, journaled or counted.

    The checks are the matching engine's own, on its own state at `as_of`. Those that an earlier one made meaningless,
    of an unknown account say, are left out. What is refused is refused with the `code` of the first one that failed.
    """
    client = maybe_client_order_id(request, data.client_order_id)
    account = await _account(request, data.account, "account")
    desk = request.parts.desk
    with within("symbol"):
        await desk.know({data.symbol})
    return validation_message(await (await desk.broker()).validate(account.text, data.order(client)), account)


@get(PATH, opt={"access": "read"}, tags=["orders"], operation_id="list_orders", summary="List orders")
async def list_orders(
    request: GatewayRequest,
    *,
    account: AccountName = None,
    client_order_id: ClientOrderId = None,
    deadline: Deadline = None,
    status: Status = "open",
    limit: Limit = DEFAULT,
    cursor: Cursor = None,
) -> Response[Page[OrderMessage]]:
    """Return an account's orders, newest first; or the one that was sent under a client order id.

    One that was refused is found too, with the `reason`. While nothing is known of a client order id the answer is 202
    with an empty page, never 404: the order may be on its way. The address that comes with a 202 has the `deadline` of
    the order; once that is over and the exchange has not got it, it is refused for good: 409 `order.stale`.
    """
    owner = await _account(request, account)
    broker = await request.parts.desk.broker()
    if client_order_id is not None:
        until = nanoseconds_of("deadline", deadline)
        found = await broker.find(owner.text, client_order_id, deadline=None if until is None else until // 1_000_000)
        if isinstance(found, OrderState):
            return Response(Page([order_message(found, owner, linked=True)], None, False))
        require_done(found)
        return Response(Page([], None, False), status_code=202, headers={"Retry-After": "1"})
    below = read_cursor(cursor, int)
    if status == "all":
        rows = await request.run(request.parts.store.recorded_orders.orders, owner.id, below=below, limit=limit + 1)
        listed = await request.parts.desk.listed({each.symbol for each in rows if each.symbol is not None})
        return Response(
            page(
                rows,
                limit,
                lambda each: recorded_order_message(each, owner, listed.get(each.symbol or "")),
                lambda each: each.number,
            )
        )
    newest = reversed(await broker.open_orders(owner.text))
    rest = [each for each in newest if below is None or number(each) < below]
    return Response(page(rest[: limit + 1], limit, lambda each: order_message(each, owner, linked=True), number))


@get(
    f"{PATH}/{{order:str}}",
    opt={"access": "read", "conditional": True},
    tags=["orders"],
    operation_id="get_order",
    summary="Get an order",
)
async def get_order(
    request: GatewayRequest, order: FromPath[OrderId], account: AccountName = None
) -> Response[OrderMessage]:
    """Return an order as it is now. Its ETag changes with its terms, its fills and its status: 304 if you have it.

    `recorded_at` is not part of that.
    """
    owner = await _account(request, account)
    found = await _found(await request.parts.desk.broker(), owner, order)
    headers = {"ETag": order_tag(found)}
    if is_known(request, headers["ETag"]):
        unchanged: Response[Any] = Response(None, status_code=304, headers=headers)
        return unchanged
    return Response(order_message(found, owner, linked=True), headers=headers)


@patch(
    f"{PATH}/{{order:str}}",
    opt={"access": "trade", "if_match": "maybe"},
    tags=["orders"],
    operation_id="change_order",
    summary="Change an order",
)
async def change_order(
    request: GatewayRequest, order: FromPath[OrderId], data: JSONBody[OrderChange], account: AccountName = None
) -> Response[OrderOutcome]:
    """Change quantity, price or trigger of an open order, one or several; it keeps its id, so nothing replaces it.

    With `If-Match` only if the order is as it was when the ETag was given.
    """
    owner, broker, received = await _acting(request, account)
    async with _turn(request, order):
        await _require_match(request, broker, owner, order)
        found = await broker.amend(owner.text, order, quantity=data.quantity, price=data.price, stop=data.stop)
    return _answer(found, owner, None, received, given=data)


@delete(
    f"{PATH}/{{order:str}}",
    opt={"access": "trade", "cancel": True, "if_match": "maybe"},
    tags=["orders"],
    operation_id="cancel_order",
    status_code=200,
    summary="Cancel an order",
)
async def cancel_order(
    request: GatewayRequest, order: FromPath[OrderId], account: AccountName = None
) -> Response[OrderOutcome]:
    """Cancel what is open of an order. With `If-Match` only if it is as it was when the ETag was given."""
    owner, broker, received = await _acting(request, account)
    async with _turn(request, order):
        await _require_match(request, broker, owner, order)
        found = await broker.cancel(owner.text, order)
    return _answer(found, owner, None, received)


@delete(
    PATH,
    opt={"access": "trade", "cancel": True},
    tags=["orders"],
    operation_id="cancel_orders",
    status_code=200,
    summary="Cancel all orders",
)
async def cancel_orders(
    request: GatewayRequest, account: AccountName = None, symbol: MaybeSymbol = None, side: MaybeSide = None
) -> Response[Cancelled]:
    """Cancel an account's orders, of a symbol or all, of a side or both.

    While it is not known which, the answer is 202 with the address of the orders that are open.
    """
    owner, broker, _ = await _acting(request, account)
    if symbol is not None:
        await request.parts.desk.instrument(symbol)
    return _cancelled(await broker.cancel_all(owner.text, symbol=symbol, side=side), owner)


@post(
    f"{PATH}/cancel_all_after",
    opt={"access": "trade", "cancel": True},
    tags=["orders"],
    operation_id="cancel_all_after",
    status_code=200,
    summary="Set the dead-man switch",
)
async def cancel_all_after(request: GatewayRequest, data: JSONBody[CancelAllAfter]) -> Response[Cancelled]:
    """Cancel all orders of an account after a while, unless this is sent again before; 0 turns it off.

    Sent again under the same `Idempotency-Key` it does nothing: to go on waiting leave that out, or take a new one.
    """
    owner, broker, _ = await _acting(request, data.account, "account")

    async def send() -> Response[Cancelled]:
        ACTING.set(request.origin)
        return _cancelled(await broker.cancel_after(owner.text, data.milliseconds), owner)

    return await request.command(send)


def client_order_id(request: GatewayRequest, given: str | None) -> str:
    """Return the client order id of the body or the header.

    Raises:
        RequestError: there is none, or there are two.
    """
    header = request.headers.get(IDEMPOTENCY_KEY)
    if header is None and given is None:
        detail = "An order needs a client_order_id, here or as the header Idempotency-Key."
        raise RequestError(422, detail, [FieldError("/client_order_id", "order.client_order_id", detail)])
    return maybe_client_order_id(request, given)


def maybe_client_order_id(request: GatewayRequest, given: str | None) -> str:
    """Return the client order id of the body or the header; empty: there is none.

    Raises:
        RequestError: there are two.
    """
    header = request.headers.get(IDEMPOTENCY_KEY)
    if header is not None and not _CLIENT.fullmatch(header):
        detail = "The Idempotency-Key of an order is its client_order_id: 1 to 32 visible ASCII characters."
    elif header is not None and given is not None and header != given:
        detail = "client_order_id and Idempotency-Key differ; send one of them."
    else:
        return header or given or ""
    raise RequestError(422, detail, [FieldError("/client_order_id", "order.client_order_id", detail)])


def require_done(found: Outcome, given: NewOrder | OrderChange | None = None) -> Done | Unknown:
    """Return an outcome that is no refusal.

    given: the body, of which a refusal may be about a field.

    Raises:
        RequestError: it is one.
    """
    if isinstance(found, Refused):
        field = found.field or _field(found.code, given)
        headers = {"Retry-After": "1"} if found.http_status in (429, 503) else {}
        if found.repeated:
            headers["Idempotent-Replayed"] = "true"
        raise RequestError(
            found.http_status,
            found.sentence,
            [FieldError(f"/{field}", found.code, found.sentence)] if field else None,
            headers,
            code=found.code,
            retryable=found.retryable,
        )
    return found


def _field(code: str, given: NewOrder | OrderChange | None) -> str:
    """Return the field of a body that a refusal is about; empty: none, or it could be one of several."""
    named = [each for each in _REFUSED_FIELDS.get(code, ()) if getattr(given, each, None) is not None]
    return named[0] if len(named) == 1 else ""


def order_tag(order: OrderState) -> str:
    """Return the ETag of an order."""
    return state_tag(order.quantity, order.price, order.stop, order.triggered, order.filled, order.status, order.reason)


def number(order: OrderState) -> int:
    """Return the engine's number of an order."""
    return int(order.order[4:], 16)


async def _account(request: GatewayRequest, name: str | None, *where: str) -> Account:
    """Return an account; ``where`` the body names it, if it does."""
    with within(*where):
        return await request.parts.desk.account(name, request.principal.sees)


async def _acting(request: GatewayRequest, name: str | None, *where: str) -> tuple[Account, ExchangeBroker, int]:
    """Return account, broker and the time now; what is sent from here on is on behalf of who asks."""
    account = await _account(request, name, *where)
    broker = await request.parts.desk.broker()
    ACTING.set(request.origin)
    return account, broker, broker.now()


async def _found(broker: ExchangeBroker, owner: Account, order: str) -> OrderState:
    found = await broker.order(owner.text, order)
    if found is None:
        raise UnknownNameError(f"The account {owner.name} has no order {order}.")
    return found


async def _require_match(request: GatewayRequest, broker: ExchangeBroker, owner: Account, order: str) -> None:
    if "if-match" in request.headers:
        require_match(request, order_tag(await _found(broker, owner, order)))


@asynccontextmanager
async def _turn(request: GatewayRequest, order: str) -> AsyncIterator[None]:
    """Let conditional changes of an order pass one after the other: what the second one read is not there any more."""
    if "if-match" not in request.headers:
        yield
        return
    async with _turns.setdefault(order, asyncio.Lock()):
        yield


def _answer(
    found: Outcome,
    account: Account,
    client: str | None,
    received: int,
    *,
    given: NewOrder | OrderChange | None = None,
    created: bool = False,
) -> Response[OrderOutcome]:
    done = require_done(found, given)
    message = outcome_message(done, account, client, received=received, linked=True)
    if isinstance(done, Unknown):
        where = _where_it_will_be(account, done, client)
        return Response(message, status_code=202, headers={"Location": where, "Retry-After": "1"})
    headers = {"Location": f"{PATH}/{done.order}?account={account.text}"} if created else {}
    if done.repeated:
        headers["Idempotent-Replayed"] = "true"
    return Response(message, status_code=201 if created else 200, headers=headers)


def _where_it_will_be(account: Account, found: Unknown, client: str | None) -> str:
    query = {"account": account.text}
    if found.order is not None:
        return f"{PATH}/{found.order}?{urlencode(query)}"
    if client is not None:
        query["client_order_id"] = client
        if found.deadline is not None:
            query["deadline"] = moment(found.deadline).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{PATH}?{urlencode(query)}"


def _cancelled(found: Outcome, account: Account) -> Response[Cancelled]:
    done = require_done(found)
    if isinstance(done, Unknown):
        headers = {"Location": _where_it_will_be(account, done, None), "Retry-After": "1"}
        return Response(Cancelled(account.text, None), status_code=202, headers=headers)
    return Response(Cancelled(account.text, list(done.cancelled)), status_code=200)


ROUTES: list[Any] = [
    add_order,
    validate_order,
    list_orders,
    get_order,
    change_order,
    cancel_order,
    cancel_orders,
    cancel_all_after,
]
