"""`arbitrax exchange transfer|transfers`: cash between accounts, also of two shards."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from arbitrax.cli.console import Json, complain, show, show_json, table
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from arbitrax.services.cash_transfers import CashTransfers
    from arbitrax.trading.registry import Registry
    from arbitrax.trading.transfers import Transfer, TransferStore

MOST = 50
COLUMNS = ("transfer", "from", "to", "amount", "state", "why")


def add_commands(app: App) -> None:
    """Add the commands to `arbitrax exchange`."""
    for each in (transfer, transfers):
        app.command(each)


def transfer(
    source: str,
    target: str,
    amount: str,
    /,
    *,
    id: Annotated[str | None, Parameter(name="--id", help="Your own id of it; left out: a new one.")] = None,
    json: Json = False,
) -> int:
    """Move cash from an account to another, also of another shard: arbitrax exchange transfer demo demo-1 2500.

    Only what is not set aside for open orders can leave. The same id again never moves it twice: it finishes the
    transfer, should something have ended in between, and says what became of it. Exit code 4: refused.
    """
    name = id or f"cli-{os.urandom(10).hex()}"

    async def ask(service: "CashTransfers", _: "TransferStore", registry: "Registry") -> "list[Transfer]":
        return [await service.move(name, registry.account(source), registry.account(target), amount)]

    (found,), names = _run(ask)
    if json:
        show_json(_row(found, names))
    elif found.state == "done":
        show(f"{found.id}: {found.amount} moved from {names[found.source]} to {names[found.target]}.")
    if found.state == "done":
        return 0
    if not json:
        who = names[found.target] if found.state == "returned" else names[found.source]
        complain(f"{found.id}: account {who} refused ({found.reason}); nothing was moved.")
    return 4


def transfers(
    *,
    finish: Annotated[bool, Parameter(negative="", help="Finish those that are under way.")] = False,
    json: Json = False,
) -> int:
    """List the newest transfers of cash, or finish what somebody began and did not see the end of."""

    async def ask(service: "CashTransfers", store: "TransferStore", _: "Registry") -> "list[Transfer]":
        return [await service.finish(each) for each in await asyncio.to_thread(store.unfinished)]

    found, names = _run(ask) if finish else _read()
    rows = [_row(each, names) for each in found]
    if json:
        show_json(rows)
    else:
        show(table(None, COLUMNS, [tuple(each.values()) for each in rows], left=3) if rows else "No transfers.")
    return 0


def _row(found: "Transfer", names: dict[object, str]) -> dict[str, str]:
    values = (found.id, names[found.source], names[found.target], found.amount, found.state, found.reason)
    return dict(zip(COLUMNS, values, strict=True))


def _run(
    ask: "Callable[[CashTransfers, TransferStore, Registry], Awaitable[list[Transfer]]]",
) -> "tuple[list[Transfer], dict[object, str]]":
    from arbitrax.bootstrap import open_transfers

    async def run() -> "tuple[list[Transfer], dict[object, str]]":
        async with open_transfers(read_settings()) as (service, store, registry):
            return await ask(service, store, registry), _names(registry)

    return asyncio.run(run())


def _read() -> "tuple[list[Transfer], dict[object, str]]":
    from arbitrax.bootstrap import open_store, read_registry

    settings = read_settings()
    with open_store(settings, seed=False) as store:
        return list(store.transfers.newest(MOST)), _names(read_registry(settings))


def _names(registry: "Registry") -> dict[object, str]:
    return {each.id: each.name for each in registry.accounts.values()}
