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


class PostgresAccounts:
    """Reads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def account(self, account: Account, wanted: Wanted, *, primary: bool = False) -> RecordedAccount:
        """Return an account at one moment, in one snapshot of the database."""
        keys: dict[str, Any] = {
            "shard": account.shard,
            "account": account.id,
            "everything": not wanted.open,
            "order": None if wanted.order is None else order_uuid(wanted.order),
            "client": wanted.client,
        }
        source = self._database.connection() if primary else self._database.reading()
        with source as connection, connection.transaction():
            connection.execute(statement("read_one_snapshot"))
            found = connection.execute(statement("exchange_mark_find"), keys).fetchone()
            count = connection.execute(statement("exchange_orders_open_count"), keys).fetchone()
            orders: list[tuple[Any, ...]] = []
            if wanted != Wanted():
                orders = connection.execute(statement("exchange_orders_find"), keys | WORDS).fetchall()
            positions = connection.execute(statement("exchange_positions_find"), keys).fetchall()
            paid = connection.execute(statement("exchange_paid"), keys).fetchone()
        return RecordedAccount(
            Mark(0, START, NO_EVENTS) if found is None else read_mark(found),
            [order_of(each) for each in orders],
            0 if count is None else int(count[0]),
            [position_of(each) for each in positions],
            0 if paid is None else int(paid[0]),
        )

    def first_outcomes(self, ids: Sequence[tuple[UUID, str]]) -> list[FirstOutcome | None]:
        """Return what became of client order ids: one look into an index each, one round trip for all."""
        keys = {"accounts": [account for account, _ in ids], "clients": [client for _, client in ids]}
        outcomes: list[FirstOutcome | None] = [None] * len(ids)
        with self._database.connection() as connection:
            for place, id, status, reason, body, ended in connection.execute(statement("exchange_outcomes_find"), keys):
                code = CODES[reason] if status == "rejected" else Code.OK
                outcomes[place - 1] = FirstOutcome(order_number(id), code, body, to_ms(ended))
        return outcomes
