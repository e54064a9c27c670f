"""`arbitrax exchange configure|instruments|accounts|give|deposit|withdraw`: what it trades, for whom, with what."""

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from cyclopts import App, Parameter

from arbitrax.cli.console import Json, complain, show, show_json, table
from arbitrax.domain.errors import ConflictError, InputError, StoreUnavailableError
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from arbitrax.services.cash_movements import CashMoved
    from arbitrax.trading.gateway import Gateway

MovementId = Annotated[
    str | None,
    Parameter(name="--id", help="Your own id of it: sent again under it, it is executed once. Left out: a new one."),
]


def add_commands(app: App) -> None:
    """Add the commands to `arbitrax exchange`."""
    for each in (configure, instruments, accounts, give, deposit, withdraw):
        app.command(each)


def configure(file: Path | None = None, /, *, json: Json = False) -> int:
    """Bring the exchange to what a TOML file says: instruments, their rules and sessions, accounts, cash and limits.

    Without a file that is a sample market: AAPL and BTC-USD, accounts demo and maker, as in examples/exchange.toml.
    Applying a file again changes nothing. Symbols, ticks, lots and cash units never change.
    """
    from importlib.resources import files

    from arbitrax.bootstrap import open_gateway, open_store
    from arbitrax.domain.ids import new_uuid
    from arbitrax.services.exchange_configuration import Configured, register
    from arbitrax.services.exchange_configuration import configure as apply
    from arbitrax.trading.exchange_settings import read_settings_file

    source = files("arbitrax.samples") / "exchange.toml" if file is None else file
    try:
        content = source.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from None
    wanted = read_settings_file(content, source.name)
    settings = read_settings()

    with open_store(settings, seed=False) as store:
        found = register(wanted, store.registry, lambda: new_uuid(time.time_ns()))

    async def run() -> Configured:
        async with open_gateway(settings, {wanted.shard}) as (gateway, journal):
            _require_open(gateway, wanted.shard)
            return await apply(wanted, *found, gateway.channels[wanted.shard], journal)

    done = asyncio.run(run())
    if json:
        show_json(done)
    else:
        names = [*done.instruments, *done.accounts]
        show(f"Configured: {', '.join(names) or 'nothing'}; {done.unchanged} unchanged.")
    return 0


def instruments(*, json: Json = False) -> int:
    """List what the exchange trades."""
    from arbitrax.bootstrap import open_store

    with open_store(read_settings(), seed=False) as store:
        found = store.registry.instruments()
    if json:
        show_json(found)
    elif not found:
        show("No instruments yet; `arbitrax exchange configure` makes a sample market.")
    else:
        rows = [
            (
                each.symbol,
                each.currency,
                str(each.shard),
                str(each.number),
                each.tick_size,
                each.lot_size,
                each.cash_unit,
            )
            for each in found
        ]
        show(table(None, ("symbol", "currency", "shard", "number", "tick", "lot", "unit of cash"), rows, left=2))
    return 0


def accounts(*, json: Json = False) -> int:
    """List the exchange's accounts."""
    from arbitrax.bootstrap import open_store

    with open_store(read_settings(), seed=False) as store:
        found = store.registry.accounts()
    if json:
        show_json([msgspec.to_builtins(each) | {"text": each.text} for each in found])
    elif not found:
        show("No accounts yet; `arbitrax exchange configure` makes a sample market.")
    else:
        rows = [(each.name, each.text, each.kind, each.currency, str(each.shard), str(each.number)) for each in found]
        show(table(None, ("account", "id", "kind", "currency", "shard", "number"), rows, left=4))
    return 0


def give(account: str, user: str, /, *, json: Json = False) -> int:
    """Make an account of the operator's a user's, for good: arbitrax exchange give demo ada."""
    from arbitrax.bootstrap import open_store
    from arbitrax.cli.user import operator
    from arbitrax.services.identity_ports import Actor
    from arbitrax.services.mutations import Answer, Change
    from arbitrax.trading.registry import Registry

    with open_store(read_settings(), seed=False) as store:
        owner, to = Registry((), store.registry.accounts()).account(account), store.users.named(user)

        def effect() -> Change:
            if not store.registry.give_account(owner.id, to.id):
                raise ConflictError(f"The account {owner.name} is another user's.")
            return Change(Answer(200), owner.text, {"user": to.name})

        store.mutations.make(Actor(operator()[0]), "account.give", effect)
    if json:
        show_json({"account": owner.text, "name": owner.name, "owner": to.name})
    else:
        show(f"The account {owner.name} is {to.name}'s.")
    return 0


def deposit(account: str, amount: str, /, *, id: MovementId = None, json: Json = False) -> int:
    """Pay cash into an account: arbitrax exchange deposit demo 2500.00 --id august."""
    return _move("deposit", account, amount, id, json=json)


def withdraw(account: str, amount: str, /, *, id: MovementId = None, json: Json = False) -> int:
    """Take cash out of an account; exit code 4 when it is not there, or set aside for orders."""
    return _move("withdrawal", account, amount, id, json=json)


def _move(kind: Literal["deposit", "withdrawal"], account: str, amount: str, name: str | None, *, json: bool) -> int:
    from arbitrax.bootstrap import open_gateway, open_movement_notes, read_registry
    from arbitrax.services.cash_movements import move_cash

    settings = read_settings()
    owner = read_registry(settings).account(account)

    async def run() -> "CashMoved":
        async with open_gateway(settings, {owner.shard}) as (gateway, journal):
            _require_open(gateway, owner.shard)
            return await move_cash(
                owner,
                kind,
                amount,
                id=name or f"cli-{os.urandom(10).hex()}",
                channel=gateway.channels[owner.shard],
                notes=open_movement_notes(journal),
            )

    done = asyncio.run(run())
    if json:
        show_json(done)
    elif done.refused is not None:
        complain(f"The {kind} {done.id} was refused: {done.refused.sentence}")
    else:
        what = f"{done.amount} {done.currency}"
        said = f"Deposited {what} to {done.account}" if kind == "deposit" else f"Withdrew {what} from {done.account}"
        show(f"{said}, id {done.id}{'; that was done before' if done.repeated else ''}.")
    return done.refused.exit_code if done.refused is not None else 0


def _require_open(gateway: "Gateway", shard: int) -> None:
    from arbitrax.trading.refusals import NO_WORKER

    if (closed := gateway.closed(shard)) is not None:
        refusal, sentence = closed
        start = f" Start one: arbitrax serve exchange --shard {shard}." if refusal is NO_WORKER else ""
        raise StoreUnavailableError(f"{sentence}{start}")
