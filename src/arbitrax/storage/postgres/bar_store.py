"""The port for bars on PostgreSQL, with the Parquet cache in front of reads.

``price_series`` has one row a symbol and interval. Its lock makes writers of a series take turns, its ``as_of`` grows
with every change, and its ``content_hash`` is the key of the cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg import IsolationLevel, errors

from arbitrax.domain.bars import Bars
from arbitrax.services.ports import RowsDone, SeriesInfo, StoreCounts, StoredSeries
from arbitrax.storage.parquet.bar_cache import BarCache
from arbitrax.storage.postgres.arrays import return_arrays
from arbitrax.storage.postgres.bar_rows import bars_of, canonical
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.series_writer import Written, write_series
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds, utc

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection


class PostgresBarStore:
    """Bars in PostgreSQL; a `BarCache` spares later reads the prices' way through it."""

    def __init__(self, database: Database, cache: BarCache | None = None) -> None:
        self._database = database
        self._cache = cache

    def store(self, series: Sequence[Bars], *, source: str, received: int, rows_done: RowsDone) -> list[StoreCounts]:
        """Insert or update raw bars, all of the series in one transaction; ``received`` in ns UTC."""
        checked = [canonical(bars) for bars in series]
        written: list[tuple[Bars, Written]] = []
        # One order for everyone, so that two writers of the same series never wait for each other.
        order = sorted(range(len(checked)), key=lambda place: (checked[place].symbol, checked[place].interval))
        counts = [StoreCounts(0, 0, 0)] * len(checked)
        with self._database.connection() as connection, connection.transaction():
            for place in order:
                if len(bars := checked[place]):
                    done = write_series(connection, bars, source=source, received=received, rows_done=rows_done)
                    counts[place] = done.counts
                    written.append((bars, done))
        if self._cache is not None:
            keep_current(self._cache, written)
        return counts

    def load(self, symbol: str, interval: str, *, as_of: int | None = None, cached: bool = True) -> StoredSeries | None:
        """Return all bars of a series, or None when there is none; as they were known at ``as_of`` when given."""
        with self._database.connection() as connection:
            keys: dict[str, Any] = {"symbol": symbol, "interval": interval}
            found = connection.execute(statement("series_find"), keys).fetchone()
            if found is None:
                return None
            newest, content_hash = nanoseconds(found[1]), found[2]
            if as_of is not None and as_of < newest:
                return _known_at(connection, symbol, interval, found[0], as_of)
            if cached and self._cache is not None and content_hash is not None:
                bars = self._cache.get(content_hash, symbol, interval)
                if bars is not None:
                    return StoredSeries(bars, newest)
            current = _current(connection, symbol, interval)
            if current is not None and self._cache is not None and cached:
                self._fill_cache(connection, current, found[0])
            return current

    def load_many(self, symbols: Sequence[str], interval: str) -> Iterator[StoredSeries | None]:
        """Give the current bars of each symbol in turn, None for one that has none; not of one moment of the store."""
        with self._database.connection() as connection:
            keys = {"symbols": list(symbols), "interval": interval}
            rows = connection.execute(statement("series_find_many"), keys).fetchall()
        found = {symbol: (nanoseconds(as_of), content_hash) for symbol, as_of, content_hash in rows}
        for symbol in symbols:
            newest, content_hash = found.get(symbol, (0, None))
            bars = None
            if self._cache is not None and content_hash is not None:
                bars = self._cache.get(content_hash, symbol, interval)
            if bars is not None:
                yield StoredSeries(bars, newest)
            else:
                yield self.load(symbol, interval) if symbol in found else None

    def _fill_cache(self, connection: Connection, series: StoredSeries, asset: UUID) -> None:
        assert self._cache is not None  # noqa: S101 -- for the type checker
        content_hash = series.bars.content_hash()
        self._cache.put(content_hash, series.bars)
        keys = {
            "asset": asset,
            "interval": series.bars.interval,
            "as_of": moment(series.as_of),
            "content_hash": content_hash,
        }
        with suppress(errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege):  # a replica, a reader's role
            connection.execute(statement("series_note_hash"), keys)

    def catalogue(self) -> list[SeriesInfo]:
        """Return every series, by symbol and interval."""
        with self._database.connection() as connection:
            return [
                SeriesInfo(symbol, interval, rows, utc(first), utc(last), source, utc(as_of))
                for symbol, interval, rows, first, last, source, as_of in connection.execute(statement("series_list"))
            ]


def keep_current(cache: BarCache, written: Sequence[tuple[Bars, Written]]) -> None:
    """Bring the cache up to date with what was committed."""
    for bars, done in written:
        if done.outdated is not None:
            cache.drop(done.outdated)
        if done.is_new:  # whoever imports a series is about to read it
            cache.put(bars.content_hash(), bars)


def _current(connection: Connection, symbol: str, interval: str) -> StoredSeries | None:
    # One snapshot for both statements: a writer may commit between them.
    with _snapshot(connection):
        keys: dict[str, Any] = {"symbol": symbol, "interval": interval}
        found = connection.execute(statement("series_find"), keys).fetchone()
        if found is None:
            return None
        keys["asset"] = found[0]
        bars = _selected(connection, "bars_current", keys)
    return StoredSeries(bars, nanoseconds(found[1]))


def _known_at(connection: Connection, symbol: str, interval: str, asset: UUID, as_of: int) -> StoredSeries | None:
    keys = {"asset": asset, "symbol": symbol, "interval": interval, "as_of": moment(as_of)}
    with _snapshot(connection):
        found = connection.execute(statement("bars_as_of_newest"), keys).fetchone()
        if found is None or found[0] is None:
            return None
        bars = _selected(connection, "bars_as_of", keys)
    return StoredSeries(bars, nanoseconds(found[0])) if len(bars) else None


def _selected(connection: Connection, name: str, keys: dict[str, Any]) -> Bars:
    with connection.cursor(binary=True) as cursor:
        return_arrays(cursor)
        return bars_of(
            cursor.execute(statement(name), keys).fetchone() or (None,) * 7, keys["symbol"], keys["interval"]
        )


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
