"""The port for the exchange's registry on PostgreSQL."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec.structs import asdict

from arbitrax.domain.errors import DataError
from arbitrax.domain.ids import new_uuid
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.sql import statement
from arbitrax.trading.registry import Account, Instrument

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection


class PostgresRegistryStore:
    """Instruments and accounts in PostgreSQL; numbers are given out one process at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def instruments(self) -> list[Instrument]:
        """Return all."""
        with self._database.connection() as connection:
            return _instruments(connection)

    def accounts(self) -> list[Account]:
        """Return all paper accounts on shards."""
        with self._database.connection() as connection:
            return _accounts(connection)

    def lock(self) -> None:
        """Let nobody else add anything."""
        with self._database.connection() as connection:
            connection.execute(statement("exchange_registry_lock"))

    def add_instruments(self, instruments: list[Instrument]) -> list[Instrument]:
        """Add those whose symbols are new, and assets for them."""
        with self._database.connection() as connection, connection.transaction():
            connection.execute(statement("exchange_registry_lock"))
            known = {each.symbol: each for each in _instruments(connection)}
            for wanted in instruments:
                found = known.get(wanted.symbol)
                if found is not None:
                    _require_same(found, wanted, ("shard", "tick_size", "lot_size", "currency", "cash_unit"))
                    continue
                scale = _currency(connection, wanted.shard, wanted.currency, wanted.cash_unit)
                connection.execute(statement("asset_add"), {"id": new_uuid(time.time_ns()), "symbol": wanted.symbol})
                connection.execute(statement("exchange_instrument_add"), asdict(wanted) | {"cash_scale": scale})
            known = {each.symbol: each for each in _instruments(connection)}
        return [known[each.symbol] for each in instruments]

    def add_accounts(self, accounts: list[Account]) -> list[Account]:
        """Add those whose names are new."""
        with self._database.connection() as connection, connection.transaction():
            connection.execute(statement("exchange_registry_lock"))
            known = {(each.owner, each.name): each for each in _accounts(connection)}
            for wanted in accounts:
                found = known.get((wanted.owner, wanted.name))
                if found is not None:
                    _require_same(found, wanted, ("shard", "currency", "cash_unit", "kind"))
                    continue
                _currency(connection, wanted.shard, wanted.currency, wanted.cash_unit)
                connection.execute(statement("exchange_account_add"), asdict(wanted))
            known = {(each.owner, each.name): each for each in _accounts(connection)}
        return [known[each.owner, each.name] for each in accounts]

    def give_account(self, account: UUID, owner: UUID) -> bool:
        """Make an account of the operator's a user's."""
        with self._database.connection() as connection:
            keys = {"account": account, "owner": owner}
            return connection.execute(statement("exchange_account_give"), keys).rowcount == 1


def _instruments(connection: Connection) -> list[Instrument]:
    rows = connection.execute(statement("exchange_instruments")).fetchall()
    return [
        Instrument(symbol, shard, number, tick, lot, _unit(scale), currency)
        for symbol, shard, number, tick, lot, scale, currency in rows
    ]


def _accounts(connection: Connection) -> list[Account]:
    rows = connection.execute(statement("exchange_accounts")).fetchall()
    return [
        Account(id, name, shard, number, currency, _unit(scale), kind, owner)
        for id, name, shard, number, currency, scale, kind, owner in rows
    ]


def _currency(connection: Connection, shard: int, currency: str, unit: str) -> str:
    """Note what a unit of cash of a currency is; return its scale."""
    keys: dict[str, Any] = {"shard": shard, "currency": currency, "cash_scale": f"1{'0' * len(unit.partition('.')[2])}"}
    connection.execute(statement("exchange_currency_add"), keys)
    found = connection.execute(statement("exchange_currency_find"), keys).fetchone()
    if found is None or _unit(found[0]) != unit:
        known = None if found is None else _unit(found[0])
        raise DataError(
            f"Shard {shard} counts {currency} in units of {known}, which cannot change; use it in place of {unit}."
        )
    return keys["cash_scale"]


def _unit(scale: str) -> str:
    """Return the unit of cash behind units per one of the currency: ``"10000"`` is ``"0.0001"``."""
    digits = scale.rstrip("0") if "." not in scale else scale.rstrip("0").rstrip(".").rstrip("0")
    zeros = len(scale.partition(".")[0]) - 1
    if digits != "1":
        raise DataError(f"{scale} units of cash in one of a currency are no power of ten; the registry is damaged.")
    return f"0.{'0' * (zeros - 1)}1" if zeros else "1"


def _require_same(found: Instrument | Account, wanted: Instrument | Account, names: tuple[str, ...]) -> None:
    label = found.symbol if isinstance(found, Instrument) else found.name
    for name in names:
        have, given = getattr(found, name), getattr(wanted, name)
        if have != given:
            raise DataError(f"{label} has {name} {have}, which cannot change; use it in place of {given}.")
