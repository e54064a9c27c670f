"""Accounts of the exchange for its clients: `arbitrax.trading.recorded.Records`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from arbitrax.exchange.identifiers import order_number, order_uuid
from arbitrax.exchange.journal import NO_EVENTS, START
from arbitrax.exchange.recording.ports import Fill, Mark
from arbitrax.exchange.records import Code
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.exchange_records import MARK, orders_of, position_of, read_mark, to_ms
from arbitrax.storage.postgres.exchange_rows import CODES
from arbitrax.storage.postgres.sql import statement
from arbitrax.trading.recorded import FirstOutcome, RecordedAccount, Wanted
from arbitrax.trading.registry import Account

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection

_COUNTED = 3
"""Columns of `exchange_money_find` between the mark and a position: account, open orders, what was paid in."""


class PostgresAccounts:
    """Reads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shared = {primary: database.shared(primary=primary) for primary in (False, True)}

    async def orders(
        self, shard: int, asked: Sequence[tuple[Account, int]], *, primary: bool = False
    ) -> list[RecordedAccount]:
        """Return orders by their numbers, all at one moment: one statement."""
        ids = [order_uuid(number) for _, number in asked]
        found = await self._shared[primary].rows("exchange_orders_by_id", {"shard": shard, "orders": ids})
        mark = read_mark(found[0]) if found else Mark(0, START, NO_EVENTS)
        by_id = {row[MARK]: row for row in found}
        rows = [by_id.get(id) for id in ids]
        return [
            _recorded(mark, [row] if row is not None and row[MARK + 1] == account.number else [], [])
            for (account, _), row in zip(asked, rows, strict=True)
        ]

    def accounts(
        self, shard: int, asked: Sequence[tuple[Account, Wanted]], *, primary: bool = False
    ) -> list[RecordedAccount]:
        """Return accounts of a shard at one moment: a statement, or a snapshot where several are needed."""
        money = list({account.id for account, wanted in asked if wanted.money})
        finds: list[dict[str, Any]] = [
            {"shard": shard, "account": account.id, "everything": not wanted.open, "client": wanted.client}
            for account, wanted in asked
            if wanted.open or wanted.client is not None
        ]
        source = self._database.connection() if primary else self._database.reading()
        with source as connection, _one_moment(connection, len(finds) + bool(money)):
            found = [connection.execute(statement("exchange_orders_find"), each).fetchall() for each in finds]
            counted = []
            if money:
                keys = {"shard": shard, "accounts": money}
                counted = connection.execute(statement("exchange_money_find"), keys).fetchall()
        first = next((rows[0] for rows in (*found, counted) if rows), None)
        mark = Mark(0, START, NO_EVENTS) if first is None else read_mark(first)
        several, of_account = iter(found), defaultdict[int, list[tuple[Any, ...]]](list)
        for row in counted:
            of_account[row[MARK]].append(row)
        return [
            _recorded(
                mark,
                next(several) if wanted.open or wanted.client is not None else [],
                of_account[account.number] if wanted.money else [],
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

    def fills(self, order: int, first: int, last: int) -> list[Fill]:
        """Return the fills of an order from one event to another; not of a replica, which may not have them yet."""
        keys = {"order": order_uuid(order), "first": UUID(int=first), "last": UUID(int=last)}
        with self._database.connection() as connection:
            found = connection.execute(statement("exchange_fills_of_order"), keys).fetchall()
        return [
            Fill(id.int, account, order, symbol, lots, price, fee, is_auction, to_ms(at) or 0)
            for id, account, symbol, lots, price, fee, is_auction, at in found
        ]


@contextmanager
def _one_moment(connection: Connection, statements: int) -> Iterator[None]:
    """Let several statements see the same; one does by itself."""
    if statements < 2:
        yield
        return
    with connection.transaction():
        connection.execute(statement("read_one_snapshot"))
        yield


def _recorded(mark: Mark, orders: list[tuple[Any, ...]], money: list[tuple[Any, ...]]) -> RecordedAccount:
    """Return an account of its rows of `exchange_orders_find` and `exchange_money_find`."""
    _, count, paid = money[0][MARK : MARK + _COUNTED] if money else (0, 0, 0)
    positions = [position_of((row[MARK], *row[MARK + _COUNTED :])) for row in money if row[MARK + _COUNTED] is not None]
    return RecordedAccount(mark, orders_of(orders), int(count), positions, int(paid))
