"""The port for bars on PostgreSQL, with the Parquet cache in front of reads.

``price_series`` has one row a symbol and interval. Its lock makes writers of a series take turns, its ``as_of`` grows
with every change, and its ``content_hash`` is the key of the cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg import IsolationLevel, errors

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import DataError, StoreError
from arbitrax.domain.ids import new_uuid
from arbitrax.services.ports import RowsDone, SeriesInfo, StoreCounts, StoredSeries
from arbitrax.storage.parquet.bar_cache import BarCache
from arbitrax.storage.postgres.bar_rows import HEADER, TRAILER, bars_of, canonical, copy_rows
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds, utc

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection

_ONE_TICK = timedelta(microseconds=1)


class PostgresBarStore:
    """Bars in PostgreSQL; a `BarCache` spares later reads the prices' way through it."""

    def __init__(self, database: Database, cache: BarCache | None = None) -> None:
        self._database = database
        self._cache = cache

    def store(self, series: Sequence[Bars], *, source: str, received: int, rows_done: RowsDone) -> list[StoreCounts]:
        """Insert or update raw bars, all of the series in one transaction; ``received`` in ns UTC."""
        checked = [canonical(bars) for bars in series]
        fresh: list[Bars] = []
        # One order for everyone, so that two writers of the same series never wait for each other.
        order = sorted(range(len(checked)), key=lambda place: (checked[place].symbol, checked[place].interval))
        counts = [StoreCounts(0, 0, 0)] * len(checked)
        outdated: list[str] = []
        with self._database.connection() as connection, connection.transaction():
            for place in order:
                if len(checked[place]):
                    write = _Write(connection, checked[place], source, received, rows_done)
                    counts[place] = write.run()
                    outdated += write.outdated
                    fresh += [checked[place]] if write.is_new else []
        if self._cache is not None:
            for content_hash in outdated:
                self._cache.drop(content_hash)
            for bars in fresh:  # whoever imports a series is about to read it
                self._cache.put(bars.content_hash(), bars)
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


def _current(connection: Connection, symbol: str, interval: str) -> StoredSeries | None:
    # One snapshot for both statements: a writer may commit between them.
    with _snapshot(connection):
        keys: dict[str, Any] = {"symbol": symbol, "interval": interval}
        found = connection.execute(statement("series_find"), keys).fetchone()
        if found is None:
            return None
        data = copy_out(connection, "bars_current", {"asset": found[0], "interval": interval})
    return StoredSeries(bars_of(data, symbol, interval), nanoseconds(found[1]))


def _known_at(connection: Connection, symbol: str, interval: str, asset: UUID, as_of: int) -> StoredSeries | None:
    keys = {"asset": asset, "interval": interval, "as_of": moment(as_of)}
    with _snapshot(connection):
        found = connection.execute(statement("bars_as_of_newest"), keys).fetchone()
        if found is None or found[0] is None:
            return None
        data = copy_out(connection, "bars_as_of", keys)
    return StoredSeries(bars_of(data, symbol, interval), nanoseconds(found[0]))


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


def copy_out(connection: Connection, name: str, keys: dict[str, Any]) -> bytes:
    """Return everything a ``COPY ... TO STDOUT`` statement sends."""
    with connection.cursor() as cursor, cursor.copy(statement(name), keys) as copy:
        return b"".join(copy)


class _Write:
    """Writing one series inside the caller's transaction."""

    def __init__(self, connection: Connection, bars: Bars, source: str, received: int, rows_done: RowsDone) -> None:
        self._connection = connection
        self._bars = bars
        self._source = source
        self._received = received
        self._rows_done = rows_done
        self.outdated: list[str] = []
        """Content hashes that no longer are what the series holds."""
        self.is_new = False
        """Whether the series had no bars before, so that it now is what was given."""

    def run(self) -> StoreCounts:
        bars = self._bars
        asset, rows, as_of, content_hash, may_skip_checks = self._locked()
        received = moment(self._received) if as_of is None else max(moment(self._received), as_of + _ONE_TICK)
        if rows == 0:
            self._load_first(asset, received, may_skip_checks=may_skip_checks)
            self.is_new = True
            self._note(asset, received, added=len(bars), content_hash=bars.content_hash())
            return StoreCounts(added=len(bars), updated=0, unchanged=0)
        if rows == len(bars) and content_hash is not None and content_hash == bars.content_hash():
            self._rows_done(len(bars))
            return StoreCounts(added=0, updated=0, unchanged=len(bars))
        counts = self._merge(asset, rows, received)
        if counts.added or counts.updated:
            self._note(asset, received, added=counts.added, content_hash=None)
            self.outdated += [content_hash] if content_hash is not None else []
        return counts

    def _locked(self) -> tuple[UUID, int, datetime | None, str | None, bool]:
        """Make asset and series exist, lock the series, and return what it is."""
        keys = {
            "id": new_uuid(self._received),
            "symbol": self._bars.symbol,
            "interval": self._bars.interval,
            "source": self._source,
        }
        for name in ("asset_add", "series_add"):
            self._connection.execute(statement(name), keys)
        found = self._connection.execute(statement("series_lock"), keys).fetchone()
        if found is None:  # only if someone deletes assets meanwhile
            raise StoreError(f"{self._bars.symbol} was deleted while it was being stored; try again.")
        return found

    def _load_first(self, asset: UUID, received: datetime, *, may_skip_checks: bool) -> None:
        """Copy straight into the table.

        Checking the foreign key of each row doubles the time. `_locked` holds the one asset they all name, which is
        all that the check does, so it is left out where the server lets us.
        """
        if may_skip_checks:
            self._connection.execute(statement("foreign_keys_off"))
        self._copy("bars_copy", asset, received)
        if may_skip_checks:
            self._connection.execute(statement("foreign_keys_on"))

    def _merge(self, asset: UUID, rows: int, received: datetime) -> StoreCounts:
        """Copy beside the table, keep what changes as revisions, then update and insert."""
        execute = self._connection.execute
        keys = {"asset": asset, "interval": self._bars.interval}
        execute(statement("staging_create"))
        self._copy("staging_copy", asset, received)
        execute(statement("staging_analyze"))
        self._settle_adjusted_closes(keys, rows)
        updated = execute(statement("bars_keep_revisions"), keys).rowcount
        if updated:
            execute(statement("bars_update"), keys)
        added = execute(statement("bars_insert"), keys).rowcount
        execute(statement("staging_drop"))
        return StoreCounts(added=added, updated=updated, unchanged=len(self._bars) - added - updated)

    def _settle_adjusted_closes(self, keys: dict[str, Any], rows: int) -> None:
        """Keep stored adjusted closes that still hold, and refuse a series that would have them on some bars only."""
        execute = self._connection.execute
        name = f"{self._bars.symbol} {self._bars.interval}"
        is_stored = execute(statement("series_is_adjusted"), keys).fetchone() == (True,)
        is_given = self._bars.adj_close is not None
        if is_stored == is_given:
            return
        kept = execute(statement("staging_keep_adjusted"), keys).rowcount if is_stored else 0
        if kept == len(self._bars):
            return
        replaced = execute(statement("staging_count_replaced"), keys).fetchone()
        if kept == 0 and replaced == (rows,):
            return  # the whole series changes from one kind to the other
        if is_stored:
            lacking = len(self._bars) - kept
            raise DataError(
                f"{name} is stored with adjusted closes, but {lacking} of the rows to store "
                f"{'has' if lacking == 1 else 'have'} none; import a file that has them, or use another symbol."
            )
        raise DataError(
            f"{name} is stored without adjusted closes, but the rows to store have them and do not replace all that is "
            "stored; import a file that does, or one without them, or use another symbol."
        )

    def _copy(self, name: str, asset: UUID, received: datetime) -> None:
        with self._connection.cursor() as cursor, cursor.copy(statement(name)) as copy:
            copy.write(HEADER)
            for data, rows in copy_rows(self._bars, asset=asset, source=self._source, received=received):
                copy.write(data)
                self._rows_done(rows)
            copy.write(TRAILER)

    def _note(self, asset: UUID, received: datetime, *, added: int, content_hash: str | None) -> None:
        keys = {
            "asset": asset,
            "interval": self._bars.interval,
            "source": self._source,
            "as_of": received,
            "added": added,
            "first": moment(int(self._bars.timestamp[0])),
            "last": moment(int(self._bars.timestamp[-1])),
            "content_hash": content_hash,
        }
        self._connection.execute(statement("series_update"), keys)
