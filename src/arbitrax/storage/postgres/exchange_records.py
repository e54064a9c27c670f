"""The recorder's port on PostgreSQL: rows and the mark of a shard, one transaction each time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from psycopg import sql

from arbitrax.domain.errors import DataError, StoreUnavailableError
from arbitrax.exchange.identifiers import event_of, first_event, order_number
from arbitrax.exchange.journal import NO_EVENTS, START, EntryId
from arbitrax.exchange.recording.order_record import Answer, OrderRecord
from arbitrax.exchange.recording.ports import Changes, Instrument, Mark, Store
from arbitrax.exchange.recording.position_record import PositionRecord
from arbitrax.exchange.records import InstrumentFlag, SelfTrade, TimeInForce, Type
from arbitrax.storage.postgres import exchange_rows as rows
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import nanoseconds

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection

WORDS = {
    "types": [each.name.lower() for each in Type],
    "times_in_force": [each.name.lower() for each in TimeInForce],
    "self_trades": [each.name.lower() for each in SelfTrade],
}
"""What the numbers of commands are called in the tables."""
_TYPES, _TIMES_IN_FORCE, _SELF_TRADES = (
    {word: number for number, word in enumerate(words)} for words in WORDS.values()
)
MARK = 4
"""Columns of a mark, with which rows of reads begin."""
OPEN = {"account": None, "everything": False, "client": None}
"""What `exchange_orders_find` is asked for the open orders of all accounts."""
_MS = 1_000_000


class OutrunError(StoreUnavailableError):
    """Another recorder of the shard was faster: what it stored is to be loaded."""

    code = "recorder.outrun"


class PostgresRecords:
    """A shard in PostgreSQL."""

    def __init__(self, database: Database, shard: int) -> None:
        self._database = database
        self._keys = {"shard": shard}
        self._shard = shard

    def mark(self) -> Mark:
        """Return up to where it is recorded."""
        with self._database.connection() as connection:
            found = connection.execute(statement("exchange_mark_find"), self._keys).fetchone()
        return Mark(0, START, NO_EVENTS) if found is None else read_mark(found)

    def instruments(self) -> Mapping[int, Instrument]:
        """Return what the symbol numbers are."""
        with self._database.connection() as connection:
            found = connection.execute(statement("exchange_instruments_find"), self._keys).fetchall()
        return {number: Instrument(value, not flags & InstrumentFlag.NO_ACCOUNTS) for number, value, flags in found}

    def accounts(self) -> Set[int]:
        """Return the numbers of accounts."""
        with self._database.connection() as connection:
            return {each for (each,) in connection.execute(statement("exchange_accounts_find"), self._keys)}

    def open_orders(self) -> Sequence[OrderRecord]:
        """Return what is open."""
        with self._database.connection() as connection:
            found = connection.execute(statement("exchange_orders_find"), self._keys | OPEN).fetchall()
        return orders_of(found)

    def positions(self) -> Sequence[PositionRecord]:
        """Return every position, closed ones too."""
        with self._database.connection() as connection:
            found = connection.execute(statement("exchange_positions_find"), self._keys | {"accounts": None}).fetchall()
        return [position_of(row) for row in found]

    def prepare(self, changes: Changes) -> Store:
        """Write the rows of what happened, which may go on meanwhile; return what stores them.

        That raises:
            OutrunError: the first mark is not the one that is stored. Nothing is changed.
            DataError: the database refuses a row: one with its id is there, say.
        """
        orders = "".join(rows.order_lines(changes.new_orders, is_new=True))
        tables = {
            "incoming_orders": orders + "".join(rows.order_lines(changes.orders, is_new=False)),
            "incoming_fills": "".join(rows.fill_lines(changes.fills)),
            "incoming_trips": "".join(rows.trip_lines(changes.trips)),
            "incoming_payments": "".join(rows.payment_lines(changes.payments)),
            "incoming_positions": "".join(rows.position_lines(changes.positions)),
            "incoming_requests": "".join(rows.request_lines(changes.requests)),
        }
        counts = {
            "exchange_orders_insert": len(changes.new_orders),
            "exchange_orders_update": len(changes.orders),
            "exchange_fills_insert": len(changes.fills),
            "exchange_trips_insert": len(changes.trips),
            "exchange_payments_insert": len(changes.payments),
            "exchange_positions_upsert": len(changes.positions),
            "exchange_requests_insert": len(changes.requests),
        }
        return partial(self._store, tables, counts)

    def _store(self, tables: Mapping[str, str], counts: Mapping[str, int], before: Mark, after: Mark) -> None:
        with self._database.connection() as connection, connection.transaction():
            may_skip_checks = self._begin(connection, before)
            for table, text in tables.items():
                _copy(connection, table, text)
            if may_skip_checks:  # half of the work: every row has two or three keys, the same few again and again
                connection.execute(statement("exchange_hold"), self._keys)
                connection.execute(statement("foreign_keys_off"))
            for name, count in counts.items():
                self._put(connection, name, count)
            connection.execute(statement("exchange_mark_set"), self._keys | _fields(after))

    def changed_since(self, entry: EntryId) -> tuple[Set[int], EntryId]:
        """Return orders from before an entry's end that changed after it, and the entry of the first acceptance."""
        with self._database.connection() as connection:
            found = connection.execute(statement("exchange_changed_since"), self._lost(connection, entry)).fetchall()
        first = min((event_of(event).entry for _, event in found), default=START)
        return {order_number(order) for order, _ in found}, first

    def orphan(self, before: Mark, after: Mark, restored: Sequence[OrderRecord]) -> int:
        """Mark what happened after ``after`` as if it had never been; orders that changed since are as given.

        Returns:
            How many orders and fills are orphaned.
        """
        with self._database.connection() as connection, connection.transaction():
            self._begin(connection, before)
            lost = self._lost(connection, after.entry)
            count = sum(
                connection.execute(statement(name), lost).rowcount
                for name in ("exchange_orphan_orders", "exchange_orphan_fills")
            )
            connection.execute(statement("exchange_orphan_trips"), lost)
            connection.execute(statement("exchange_orphan_payments"), lost)
            _copy(connection, "incoming_orders", "".join(rows.order_lines(restored, is_new=False)))
            self._put(connection, "exchange_orders_update", len(restored))
            moved = connection.execute(statement("exchange_positions_moved"), lost).fetchall()
            again = [self._position(connection, *each) for each in moved]
            positions = [each for each in again if each.last_event]
            _copy(connection, "incoming_positions", "".join(rows.position_lines(positions)))
            self._put(connection, "exchange_positions_upsert", len(positions))
            connection.execute(statement("exchange_mark_set"), self._keys | _fields(after))
        return count

    def _begin(self, connection: Connection, before: Mark) -> bool:
        """Take the shard's turn, and say whether the keys of rows need not be checked one by one."""
        connection.execute(statement("exchange_mark_begin"), self._keys | _fields(Mark(0, START, NO_EVENTS)))
        found = connection.execute(statement("exchange_mark_lock"), self._keys).fetchone()
        assert found is not None  # noqa: S101 -- it was begun
        if read_mark(found) != before:
            raise OutrunError(f"Another recorder has stored events of shard {self._shard}; one is enough.")
        if connection.execute(statement("exchange_staging_exists")).fetchone() == (None,):
            connection.execute(statement("exchange_staging"))
        return bool(found[4])

    def _put(self, connection: Connection, name: str, count: int) -> None:
        if not count:
            return
        stored = connection.execute(statement(name), self._keys | WORDS).rowcount
        if stored != count:
            raise DataError(
                f"Of {count:,} rows of shard {self._shard} {count - stored:,} have no place in the database "
                f"({name}): an instrument, an account or an order has been removed; restore it."
            )

    def _position(self, connection: Connection, account: int, symbol: int) -> PositionRecord:
        """Return a position as its fills make it."""
        position = PositionRecord(account, symbol)
        keys = self._keys | {"account": account, "symbol": symbol}
        for event, lots, price, fee, order, at, tick_value in connection.execute(
            statement("exchange_fills_of_position"), keys
        ):
            position.trade(
                lots,
                price,
                int(fee),
                tick_value=tick_value,
                order=order_number(order),
                event=event.int,
                time=nanoseconds(at) // _MS,
            )
        return position

    def _lost(self, connection: Connection, entry: EntryId) -> dict[str, Any]:
        """Return the ranges of ids of events after an entry, one an epoch."""
        found = connection.execute(statement("exchange_mark_find"), self._keys).fetchone()
        epochs = range(0 if found is None else found[0] + 1)
        firsts = [first_event(each, self._shard, EntryId(entry.ms, entry.seq + 1)) for each in epochs]
        lasts = [first_event(each, self._shard + 1, START) - 1 for each in epochs]
        return self._keys | {"firsts": [f"{each:032x}" for each in firsts], "lasts": [f"{each:032x}" for each in lasts]}


def _copy(connection: Connection, table: str, text: str) -> None:
    if text:
        with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
            copy.write(text)


def read_mark(row: tuple[Any, ...]) -> Mark:
    """Return the mark that a row begins with."""
    epoch, ms, seq, running = row[:MARK]
    return Mark(epoch, EntryId(ms, seq), int(running, 16))


def _fields(mark: Mark) -> dict[str, Any]:
    return {"epoch": mark.epoch, "ms": mark.entry.ms, "seq": mark.entry.seq, "hash": f"{mark.hash:016x}"}


def to_ms(at: datetime | None) -> int | None:
    """Return a time as ms since 1970."""
    return None if at is None else nanoseconds(at) // _MS


def position_of(row: tuple[Any, ...]) -> PositionRecord:
    """Return the position of a row of `exchange_positions_find`."""
    position = PositionRecord(*map(int, row[:12]))
    position.trip_order, position.trip_began, position.last_event = row[12], to_ms(row[13]), row[14].int
    return position


def orders_of(rows: Iterable[tuple[Any, ...]]) -> list[OrderRecord]:
    """Return the orders of rows of `exchange_orders_find`."""
    return [_order_of(row[MARK:]) for row in rows if row[MARK] is not None]


def _order_of(row: tuple[Any, ...]) -> OrderRecord:
    words: list[Any] = [_TYPES.get(row[4]), _TIMES_IN_FORCE.get(row[5]), _SELF_TRADES.get(row[6])]
    order = OrderRecord(order_number(row[0]), *row[1:4], *words, *row[7:15])
    expires, order.client, created, event, last_event, order.filled, paid, fees, traded, triggered, *end = row[15:]
    ended, order.refused, reason, recorded, executed, *answer = end
    order.executed, order.answer = to_ms(executed), None if answer[0] is None else Answer(*answer)
    order.recorded = to_ms(recorded)
    order.ended, order.reason = to_ms(ended), rows.CODES[reason]
    order.expires = None if expires is None else expires // _MS
    order.created, order.traded, order.triggered = nanoseconds(created) // _MS, to_ms(traded), to_ms(triggered)
    order.event, order.last_event = event.int, last_event.int
    order.paid, order.fees = int(paid), int(fees)
    return order
