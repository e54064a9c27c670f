"""The port for corporate actions on PostgreSQL: rows are added, never changed, so that any past can be read again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from arbitrax.domain.corporate_actions import ActionKind, CorporateAction, in_order
from arbitrax.domain.dates import start_of_day, to_datetime
from arbitrax.domain.errors import StoreError
from arbitrax.domain.ids import new_uuid
from arbitrax.services.ports import StoreCounts, StoredAction, StoredActions
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.holders import hold
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds, utc

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection

_ONE_TICK = timedelta(microseconds=1)


class PostgresActionStore:
    """Corporate actions in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def store(self, actions: Sequence[CorporateAction], *, source: str, received: int) -> StoreCounts:
        """Add what a source has not said before, all in one transaction; ``received`` in ns UTC."""
        with self._database.connection() as connection, connection.transaction():
            return store_actions(connection, actions, source=source, received=received)

    def withdraw(self, symbol: str, kind: ActionKind, ex_date: int, *, received: int, restore: bool = False) -> bool:
        """Let an action count no more, or again; return False when there is none in the other state."""
        with self._database.connection() as connection, connection.transaction():
            found = connection.execute(statement("actions_lock"), {"symbol": symbol}).fetchone()
            if found is None:
                return False
            keys = {
                "id": new_uuid(received),
                "asset": found[0],
                "kind": kind,
                "ex_date": _date(ex_date),
                "restore": restore,
                "ts_recv": _after(received, found[1]),
            }
            return connection.execute(statement("actions_withdraw"), keys).rowcount == 1

    def load(self, symbol: str, *, as_of: int | None = None) -> StoredActions:
        """Return a symbol's actions, none for one nobody knows; as they were known at ``as_of`` when given."""
        keys = {"symbol": symbol, "as_of": None if as_of is None else moment(as_of)}
        with self._database.reading() as connection, connection.cursor(binary=True) as cursor:
            rows = cursor.execute(statement("actions_as_of"), keys).fetchall()
        known = [StoredAction(_action(symbol, row), source=row[7], received=utc(row[8])) for row in rows if not row[6]]
        order = {each: place for place, each in enumerate(in_order(each.action for each in known))}
        known.sort(key=lambda each: order[each.action])
        return StoredActions(tuple(known), max((nanoseconds(row[8]) for row in rows), default=0))


def store_actions(
    connection: Connection, actions: Sequence[CorporateAction], *, source: str, received: int
) -> StoreCounts:
    """Add what a source has not said before, inside the caller's transaction."""
    added = updated = 0
    # One order for everyone, so that two writers never wait for each other.
    for symbol in sorted({each.symbol for each in actions}):
        own = [each for each in in_order(actions) if each.symbol == symbol]
        asset, stamp = _locked(connection, own, received)
        known = _said_by(connection, asset, symbol, source)
        new = [each for each in own if known.get((each.kind, each.ex_date)) != each]
        _add(connection, new, asset=asset, source=source, stamp=stamp, received=received)
        changed = sum((each.kind, each.ex_date) in known for each in new)
        added, updated = added + len(new) - changed, updated + changed
    return StoreCounts(added=added, updated=updated, unchanged=len(actions) - added - updated)


def _locked(connection: Connection, own: Sequence[CorporateAction], received: int) -> tuple[UUID, datetime]:
    """Make the asset of actions exist, lock it, and return it with the time of what is about to be said."""
    symbol = own[0].symbol
    asset = hold(connection, symbol, since=_date(own[0].ex_date), received=received)
    found = connection.execute(statement("actions_lock"), {"symbol": symbol}).fetchone()
    if found is None or found[0] != asset:  # only if someone deletes or renames assets meanwhile
        raise StoreError(f"{symbol} was deleted or renamed while its corporate actions were being stored; try again.")
    return asset, _after(received, found[1])


def _after(received: int, newest: datetime | None) -> datetime:
    """Return when something was received: later than all before it, so that reading as of then stays the same."""
    return moment(received) if newest is None else max(moment(received), newest + _ONE_TICK)


def _said_by(connection: Connection, asset: UUID, symbol: str, source: str) -> dict[tuple[str, int], CorporateAction]:
    """Return what a source said last, withdrawn or not: repeating it does not bring it back."""
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(statement("actions_of_source"), {"asset": asset, "source": source}).fetchall()
    said = [_action(symbol, row) for row in rows]
    return {(each.kind, each.ex_date): each for each in said}


def _add(
    connection: Connection,
    actions: Sequence[CorporateAction],
    *,
    asset: UUID,
    source: str,
    stamp: datetime,
    received: int,
) -> None:
    rows = [
        {
            "id": new_uuid(received),
            "asset": asset,
            "kind": each.kind,
            "ex_date": _date(each.ex_date),
            "ratio": _decimal(each.ratio),
            "amount": _decimal(each.amount),
            "currency": each.currency,
            "pay_date": None if each.pay_date is None else _date(each.pay_date),
            "source": source,
            "ts_recv": stamp,
        }
        for each in actions
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement("actions_add"), rows)


def _action(symbol: str, row: tuple[Any, ...]) -> CorporateAction:
    """Return the action of a row that starts with kind, ex_date, ratio, amount, currency, pay_date."""
    kind, ex_date, ratio, amount, currency, pay_date, *_ = row
    return CorporateAction(
        symbol=symbol,
        kind=kind,
        ex_date=start_of_day(ex_date.isoformat()),
        ratio=ratio,
        amount=amount,
        currency=currency,
        pay_date=None if pay_date is None else start_of_day(pay_date.isoformat()),
    )


def _date(ns: int) -> date:
    return to_datetime(ns).date()


def _decimal(value: Any) -> Decimal | None:
    """Return the shortest decimal that reads back as the same float64."""
    return None if value is None else Decimal(repr(float(value)))
