"""Reading bars of one series: each read is of one moment of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg import IsolationLevel

from arbitrax.services.ports import StoredSeries
from arbitrax.storage.postgres.arrays import return_arrays
from arbitrax.storage.postgres.bar_rows import bars_of
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection

Found = tuple[UUID, StoredSeries]
"""An asset and bars of it."""


def read_range(
    connection: Connection, symbol: str, interval: str, start: int | None = None, end: int | None = None
) -> Found | None:
    """Return the bars with ``start <= timestamp < end`` (ns UTC; None leaves that side open), None without a series."""
    keys = {
        "start": "-infinity" if start is None else _at_or_after(start),
        "end": "infinity" if end is None else _at_or_after(end),
    }
    return _found(connection, "bars_range", symbol, interval, keys)


def read_latest(connection: Connection, symbol: str, interval: str, rows: int) -> Found | None:
    """Return the newest bars, at most ``rows``; None without a series."""
    return _found(connection, "bars_latest", symbol, interval, {"rows": rows})


def read_as_of(connection: Connection, symbol: str, interval: str, asset: UUID, as_of: int) -> StoredSeries | None:
    """Return the bars as they were known at a time, or None when there were none."""
    keys = {"asset": asset, "interval": interval, "as_of": moment(as_of)}
    with _snapshot(connection):
        found = connection.execute(statement("bars_as_of_newest"), keys).fetchone()
        if found is None or found[0] is None:
            return None
        bars = bars_of(_row(connection, "bars_as_of", keys), symbol, interval)
    return StoredSeries(bars, nanoseconds(found[0])) if len(bars) else None


def _found(connection: Connection, name: str, symbol: str, interval: str, keys: dict[str, Any]) -> Found | None:
    row = _row(connection, name, keys | {"symbol": symbol, "interval": interval})
    if row is None:
        return None
    asset, as_of, *arrays = row
    return asset, StoredSeries(bars_of(arrays, symbol, interval), nanoseconds(as_of))


def _row(connection: Connection, name: str, keys: dict[str, Any]) -> Any:
    with connection.cursor(binary=True) as cursor:
        return_arrays(cursor)
        return cursor.execute(statement(name), keys).fetchone()


def _at_or_after(ns: int) -> Any:
    """Return the first whole microsecond that is not before a time."""
    return moment(ns + 999)


@contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    """Read in a transaction that sees one moment of the database."""
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    try:
        with connection.transaction():
            yield
    finally:
        if not connection.closed:
            connection.isolation_level = None
            connection.read_only = None


def only_bars(found: Found | None) -> StoredSeries | None:
    """Leave out whose they are."""
    return None if found is None else found[1]
