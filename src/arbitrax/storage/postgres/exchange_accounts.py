"""Accounts of the exchange for its clients: `arbitrax.trading.recorded.Records`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from arbitrax.exchange.identifiers import order_number, order_uuid
from arbitrax.exchange.journal import NO_EVENTS, START
from arbitrax.exchange.recording.ports import Mark
from arbitrax.exchange.records import Code
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.exchange_records import WORDS, order_of, position_of, read_mark, to_ms
from arbitrax.storage.postgres.exchange_rows import CODES
from arbitrax.storage.postgres.sql import statement
from arbitrax.trading.recorded import FirstOutcome, RecordedAccount, Wanted
from arbitrax.trading.registry import Account

MONEY = ("exchange_positions_find", "exchange_orders_open_count", "exchange_paid")
"""Statements for positions, the number of open orders, and what was paid in."""


class PostgresAccounts:
    """Reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accounts(
        self, shard: int, asked: Sequence[tuple[Account, Wanted]], *, primary: bool = False
    ) -> list[RecordedAccount]:
        """Return accounts of a shard at one moment: one snapshot of the database, one round trip however many."""
        numbers = [order_uuid(wanted.order) for _, wanted in asked if wanted.order is not None]
        keys: dict[str, Any] = {
            "shard": shard,
            "accounts": list({account.id for account, wanted in asked if wanted.money}),
        }
        source = self._database.connection() if primary else self._database.reading()
        with source as connection, connection.pipeline(), connection.transaction():
            connection.execute(statement("read_one_snapshot"))
            mark = connection.execute(statement("exchange_mark_find"), keys)
            finds: list[dict[str, Any]] = [_orders(shard, numbers=numbers)] if numbers else []
            finds += [_orders(shard, *each) for each in asked if each[1].open or each[1].client is not None]
            of_orders = [connection.execute(statement("exchange_orders_find"), each) for each in finds]
            of_money = [connection.execute(statement(name), keys) for name in MONEY] if keys["accounts"] else []
        at = mark.fetchone()
        several = iter(each.fetchall() for each in of_orders)
        one_by_one = {row[0]: row for row in next(several)} if numbers else {}
        positions, counts, paid = (each.fetchall() for each in of_money) if of_money else ([], [], [])
        count_of, paid_of = dict(counts), dict(paid)

        def rows(account: Account, wanted: Wanted) -> list[tuple[Any, ...]]:
            if wanted.order is None:
                return next(several) if wanted.open or wanted.client is not None else []
            row = one_by_one.get(order_uuid(wanted.order))
            return [row] if row is not None and row[1] == account.number else []

        return [
            RecordedAccount(
                Mark(0, START, NO_EVENTS) if at is None else read_mark(at),
                [order_of(row) for row in rows(account, wanted)],
                int(count_of.get(account.id, 0)),
                [position_of(row) for row in positions if row[0] == account.number] if wanted.money else [],
                int(paid_of.get(account.id, 0)),
            )
            for account, wanted in asked
        ]

    def first_outcomes(self, ids: Sequence[tuple[UUID, str]]) -> list[FirstOutcome | None]:
        """Return what became of client order ids: one look into an index each, one round trip for all."""
        keys = {"accounts": [account for account, _ in ids], "clients": [client for _, client in ids]}
        outcomes: list[FirstOutcome | None] = [None] * len(ids)
        with self._database.connection() as connection:
            for place, id, status, reason, body, ended in connection.execute(statement("exchange_outcomes_find"), keys):
                code = CODES[reason] if status == "rejected" else Code.OK
                outcomes[place - 1] = FirstOutcome(order_number(id), code, body, to_ms(ended))
        return outcomes


def _orders(
    shard: int, account: Account | None = None, wanted: Wanted | None = None, numbers: Sequence[UUID] | None = None
) -> dict[str, Any]:
    """Return what `exchange_orders_find` is asked for: certain orders, or an account's."""
    return WORDS | {
        "shard": shard,
        "account": None if account is None else account.id,
        "everything": wanted is None or not wanted.open,
        "orders": numbers,
        "client": None if wanted is None else wanted.client,
    }
