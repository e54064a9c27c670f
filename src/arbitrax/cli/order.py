"""`arbitrax order`: orders on the paper exchange, through a running worker."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from arbitrax.cli import order_view
from arbitrax.cli.console import Json, complain, notice, show, show_json, table
from arbitrax.cli.gateway import Url, address, asked
from arbitrax.domain.errors import InputError
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from arbitrax.cli.remote.orders import RemoteBroker
    from arbitrax.storage.postgres.exchange_orders import RecordedOrder
    from arbitrax.trading.exchange_broker import ExchangeBroker
    from arbitrax.trading.orders import OrderState, Outcome, Refused, Unknown
    from arbitrax.trading.registry import Registry

    Ask = Callable[[ExchangeBroker | RemoteBroker, Any], Awaitable[Outcome | list[OrderState] | OrderState]]

Side = Literal["buy", "sell"]
TimeInForce = Literal["gtc", "day", "gtd", "ioc", "fok"]
SelfTrade = Literal["cancel_newest", "cancel_oldest", "cancel_both", "decrement"]
AccountName = Annotated[str | None, Parameter(name="--account", help="Name or id; left out: the only one there is.")]
ClientId = Annotated[str | None, Parameter(name="--client-id", help="Your own id of it; left out: a new one.")]

OPTIONS = {
    "price": "--limit",
    "stop": "--stop",
    "distance": "--trail",
    "display": "--display",
    "offset": "--peg",
    "funds": "--funds",
    "time_in_force": "--tif",
    "expires_at": "--expire",
    "post_only": "--post-only",
    "slide": "--slide",
    "on_quote": "--on-quote",
    "reduce_only": "--reduce-only",
}
"""Fields of an order by what sets them here."""
LOST_COLUMNS = ("order", "client order id", "symbol", "side", "quantity", "filled", "sent")

app = App(
    name="order",
    help="Send, change, cancel and list orders on the paper exchange. Exit 4: refused by risk, 5: outcome unknown.",
)


@app.command
def submit(
    symbol: str,
    side: Side,
    quantity: str | None = None,
    /,
    *,
    limit: Annotated[str | None, Parameter(help="Limit price; without it the order is at the market.")] = None,
    stop: Annotated[str | None, Parameter(help="Trigger price.")] = None,
    trail: Annotated[str | None, Parameter(help="Distance of a trailing stop.")] = None,
    display: Annotated[str | None, Parameter(help="Quantity that an iceberg shows.")] = None,
    peg: Annotated[str | None, Parameter(help="Distance to stay behind the best price, up to --limit.")] = None,
    funds: Annotated[str | None, Parameter(help="Cash to spend at the market, in place of a quantity.")] = None,
    tif: Annotated[TimeInForce | None, Parameter(help="Time in force; ioc at the market, else gtc.")] = None,
    expire: Annotated[str | None, Parameter(help="End of a gtd order: 2026-01-31T20:00:00Z.")] = None,
    post_only: Annotated[bool, Parameter(negative="", help="Refuse rather than trade at once.")] = False,
    slide: Annotated[bool, Parameter(negative="", help="Post-only: one tick behind instead.")] = False,
    on_quote: Annotated[bool, Parameter(negative="", help="A stop watches the quote, not the trades.")] = False,
    reduce_only: Annotated[bool, Parameter(negative="", help="Only close the position.")] = False,
    self_trade: Annotated[SelfTrade, Parameter(help="When two orders of yours would trade.")] = "cancel_newest",
    account: AccountName = None,
    client_id: ClientId = None,
    url: Url = None,
    json: Json = False,
) -> int:
    """Submit an order: arbitrax order submit AAPL buy 10 --limit 100.50."""
    from arbitrax.trading.client_ids import new_client_order_id
    from arbitrax.trading.orders import NewOrder

    chosen = _type(limit=limit, stop=stop, trail=trail, display=display, peg=peg)
    order = NewOrder(
        symbol=symbol,
        side=side,
        quantity=quantity,
        type=chosen,
        price=limit,
        time_in_force=tif or ("ioc" if chosen == "market" else "gtc"),
        stop=stop,
        distance=trail,
        display=display,
        offset=peg,
        funds=funds,
        expire=None if expire is None else _milliseconds(expire),
        post_only=post_only,
        slide=slide,
        on_quote=on_quote,
        reduce_only=reduce_only,
        self_trade=self_trade,
        client_order_id=client_id or new_client_order_id(time.time_ns() // 1_000_000),
    )
    return _run(account, lambda broker, owner: broker.submit(owner, order), url=url, json=json)


@app.command
def amend(
    order: str,
    /,
    *,
    quantity: Annotated[str | None, Parameter(help="New total, what has filled included.")] = None,
    limit: Annotated[str | None, Parameter(help="New limit price.")] = None,
    stop: Annotated[str | None, Parameter(help="New trigger price.")] = None,
    account: AccountName = None,
    url: Url = None,
    json: Json = False,
) -> int:
    """Change an order, what is left out stays; less quantity at the same price keeps its place in the queue."""
    return _run(
        account,
        lambda broker, owner: broker.amend(owner, order, quantity=quantity, price=limit, stop=stop),
        url=url,
        json=json,
    )


@app.command
def cancel(
    order: str | None = None,
    /,
    *,
    all: Annotated[bool, Parameter(name="--all", negative="", help="All of the account.")] = False,
    symbol: Annotated[str | None, Parameter(help="With --all: of this symbol only.")] = None,
    side: Annotated[Side | None, Parameter(help="With --all: of this side only.")] = None,
    account: AccountName = None,
    url: Url = None,
    json: Json = False,
) -> int:
    """Cancel an order by its id, or all of an account."""
    if (order is None) != all:
        raise InputError("Give the id of one order, or --all.")
    if not all and (symbol is not None or side is not None):
        raise InputError("--symbol and --side choose among orders; they go with --all.")
    if order is not None:
        one = order
        return _run(account, lambda broker, owner: broker.cancel(owner, one), url=url, json=json)
    return _run(account, lambda broker, owner: broker.cancel_all(owner, symbol=symbol, side=side), url=url, json=json)


@app.command(name="list")
def list_orders(*, account: AccountName = None, url: Url = None, json: Json = False) -> int:
    """List an account's open orders."""
    code = _run(account, lambda broker, owner: broker.open_orders(owner), url=url, json=json)
    if address(url, read_settings()) is not None:
        return code
    if count := len(_lost(account)):
        notice(
            f"The exchange lost {count} orders, or fills of them, that it had told: `arbitrax order lost` names them."
        )
    return code


@app.command
def lost(*, account: AccountName = None, json: Json = False) -> int:
    """List what the exchange told of an account's orders and then lost, with its machine's power: it never happened.

    An order that `arbitrax order list` still shows lost fills only. Nothing is lost with ARBITRAX_DURABILITY=power.
    """
    found = _lost(account)
    if json:
        show_json(found)
    else:
        rows = [
            (
                each.id,
                each.client_order_id or "-",
                each.symbol or "-",
                each.side or "-",
                f"{each.quantity:f}",
                f"{each.filled_quantity:f}",
                f"{each.created_at:%Y-%m-%d %H:%M:%S}",
            )
            for each in found
        ]
        show(table(None, LOST_COLUMNS, rows, left=4) if rows else "Nothing was lost.")
    return 0


@app.command
def find(client_id: str, /, *, account: AccountName = None, url: Url = None, json: Json = False) -> int:
    """Say what became of the order that was sent under a client order id."""
    return _run(account, lambda broker, owner: broker.find(owner, client_id), url=url, json=json)


def _type(
    *, limit: str | None, stop: str | None, trail: str | None, display: str | None, peg: str | None
) -> 'Literal["limit", "market", "stop", "stop_limit", "trailing_stop", "iceberg", "peg"]':
    """Return the type of order that prices and quantities make."""
    given = [name for name, value in (("stop", stop), ("trail", trail), ("display", display), ("peg", peg)) if value]
    if len(given) > 1:
        raise InputError(f"--{given[0]} and --{given[1]} make two kinds of order; give one of them.")
    if stop is not None:
        return "stop" if limit is None else "stop_limit"
    if trail is not None:
        return "trailing_stop"
    if display is not None:
        return "iceberg"
    if peg is not None:
        return "peg"
    return "market" if limit is None else "limit"


def _milliseconds(text: str) -> int:
    from datetime import UTC, datetime

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"--expire {text} is no time; write it like 2026-01-31T20:00:00Z.") from None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _run(account: str | None, ask: "Ask", *, url: str | None, json: bool) -> int:
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote.orders import RemoteBroker

            return _show(asyncio.run(_asked(ask, RemoteBroker(gateway), account)), json=json, remote=True)
    from arbitrax.bootstrap import open_broker, open_store

    settings = read_settings()
    with open_store(settings, seed=False) as store:
        from arbitrax.trading.registry import Registry

        registry = Registry(store.registry.instruments(), store.registry.accounts())
    owner = _account(registry, account)

    async def run() -> "Outcome | list[OrderState] | OrderState":
        async with open_broker(settings, registry, {registry.account(owner).shard}) as broker:
            return await ask(broker, owner)

    return _show(asyncio.run(run()), json=json)


async def _asked(ask: "Ask", broker: "RemoteBroker", account: str | None) -> "Outcome | list[OrderState] | OrderState":
    return await ask(broker, account)


def _lost(account: str | None) -> "Sequence[RecordedOrder]":
    from arbitrax.bootstrap import open_store, read_registry

    settings = read_settings()
    registry = read_registry(settings)
    with open_store(settings, seed=False) as store:
        return store.recorded_orders.lost(registry.account(_account(registry, account)).id)


def _account(registry: "Registry", account: str | None) -> str:
    if account is not None:
        return registry.account(account).name
    if not registry.accounts:
        raise InputError("The exchange has no accounts yet; `arbitrax exchange configure` makes a sample market.")
    if len(registry.accounts) > 1:
        raise InputError(f"There are several accounts; choose with --account: {', '.join(registry.accounts)}.")
    return next(iter(registry.accounts))


def _show(found: "Outcome | list[OrderState] | OrderState", *, json: bool, remote: bool = False) -> int:
    from arbitrax.trading.orders import Done, OrderState, Refused, Unknown

    if isinstance(found, Refused | Unknown):
        return _show_failure(found, json=json, remote=remote)
    if json:
        show_json(found)
    elif isinstance(found, Done):
        show(*_lines(found))
    else:
        orders = [found] if isinstance(found, OrderState) else found
        rows = [order_view.row(each) for each in orders]
        show(table(None, order_view.COLUMNS, rows, left=order_view.WORDS) if rows else "No open orders.")
        if isinstance(found, OrderState) and found.reason is not None:
            notice(f"It is {found.status}: {found.reason}.")
    return 0


def _show_failure(found: "Refused | Unknown", *, json: bool, remote: bool) -> int:
    if json:
        show_json(found)
    else:
        complain(_as_option(found))
        if found.client_order_id:
            notice(f"Its client order id is {found.client_order_id}.")
        if not remote and getattr(found, "code", "").startswith("exchange."):
            notice("`arbitrax exchange status` says what runs, and how to start the rest.")
    return found.exit_code


def _as_option(found: "Refused | Unknown") -> str:
    """Return the sentence with the option's name, where it begins with that of the order's field."""
    field = getattr(found, "field", "")
    option = OPTIONS.get(field)
    return found.sentence if option is None else found.sentence.replace(field, option, 1)


def _lines(done: "Outcome") -> list[str]:
    from arbitrax.trading.orders import Done

    assert isinstance(done, Done)  # noqa: S101 - the caller looked
    if done.order is None:
        return [f"{len(done.cancelled)} orders cancelled."]
    lines = [f"{done.order}: {'sent before, and then ' if done.repeated else ''}{done.status}"]
    if done.quantity is not None:
        lines[0] += f", {done.filled} of {done.quantity} filled"
    if done.reason is not None:
        lines[0] += f" ({done.reason})"
    if done.client_order_id:
        lines[0] += f", client order id {done.client_order_id}"
    return lines + [f"  {each.side} {each.quantity} at {each.price}" for each in done.fills]
