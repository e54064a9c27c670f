"""The port for bars on PostgreSQL, with caches in front of reads.

``price_series`` has one row a symbol and interval. Its lock makes writers of a series take turns, its ``as_of`` grows
with every change, and its ``content_hash`` is the key of the cache of whole series.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec.structs import replace
from psycopg import errors

from arbitrax.domain.bars import Bars
from arbitrax.services.ports import JudgedBars, RowsDone, SeriesInfo, StoreCounts, StoredSeries
from arbitrax.services.series_rights import OPERATOR, SeriesOrigin, Writer
from arbitrax.storage.parquet.bar_cache import BarCache
from arbitrax.storage.postgres.bar_reads import only_bars, read_as_of, read_latest, read_range
from arbitrax.storage.postgres.bar_rows import canonical
from arbitrax.storage.postgres.committed import after_commit
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.holders import hold
from arbitrax.storage.postgres.quarantine import set_aside
from arbitrax.storage.postgres.series_writer import Written, write_series
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds, utc
from arbitrax.storage.redis.recent_bars import RecentBars, version

if TYPE_CHECKING:
    import pyarrow as pa


class PostgresBarStore:
    """Bars in PostgreSQL. A `BarCache` spares reads of whole series the way through it, a `RecentBars` of days."""

    def __init__(self, database: Database, cache: BarCache | None = None, recent: RecentBars | None = None) -> None:
        self._database = database
        self._cache = cache
        self._recent = recent
        self._shared = database.shared()

    def store(
        self,
        series: Sequence[Bars],
        *,
        source: str,
        received: int,
        rows_done: RowsDone,
        writer: Writer = OPERATOR,
        replace_source: bool = False,
    ) -> list[StoreCounts]:
        """Insert or update raw bars, all of the series in one transaction; ``received`` in ns UTC.

        replace_source: they take the place of all bars of a series of another source.

        Raises:
            NotYourSeries: the writer may not change a series.
            OtherSource: a series is of another source; nothing was stored.
        """
        return self.store_judged(
            [JudgedBars(bars) for bars in series],
            source=source,
            received=received,
            rows_done=rows_done,
            writer=writer,
            replace_source=replace_source,
        )

    def store_judged(
        self,
        series: Sequence[JudgedBars],
        *,
        source: str,
        received: int,
        rows_done: RowsDone,
        writer: Writer = OPERATOR,
        replace_source: bool = False,
    ) -> list[StoreCounts]:
        """Do as `store`, and keep the rows that were set aside of each series in the same transaction."""
        checked = [replace(each, bars=canonical(each.bars)) for each in series]
        written: list[tuple[Bars, Written]] = []
        # One order for everyone, so that two writers of the same series never wait for each other.
        order = sorted(range(len(checked)), key=lambda at: (checked[at].bars.symbol, checked[at].bars.interval))
        counts = [StoreCounts(0, 0, 0)] * len(checked)
        with self._database.connection() as connection, connection.transaction():
            for place in order:
                judged, bars = checked[place], checked[place].bars
                if len(bars):
                    done = write_series(
                        connection,
                        bars,
                        source=source,
                        received=received,
                        rows_done=rows_done,
                        is_final=judged.is_final,
                        writer=writer,
                        replace_source=replace_source,
                    )
                    counts[place] = done.counts
                    written.append((bars, done))
                if judged.quarantined:
                    set_aside(
                        connection,
                        judged.quarantined,
                        run=None,
                        asset=hold(connection, bars.symbol, since=None, received=received),
                        interval=bars.interval,
                        source=source,
                        received=received,
                    )
        after_commit(self._database, self._cache, self._recent, written)
        return counts

    def origins(self, symbol: str) -> dict[str, SeriesOrigin]:
        """Return by interval where a symbol's bars are from."""
        # Not of a replica: what is behind would let through what is refused.
        with self._database.connection() as connection:
            found = connection.execute(statement("series_origins"), {"symbol": symbol}).fetchall()
        return {interval: SeriesOrigin(symbol, interval, source, owner) for interval, source, owner in found}

    def load(self, symbol: str, interval: str, *, as_of: int | None = None, cached: bool = True) -> StoredSeries | None:
        """Return all bars of a series, or None when there is none; as they were known at ``as_of`` when given."""
        then = None if as_of is None else moment(as_of)
        keys: dict[str, Any] = {"symbol": symbol, "interval": interval, "as_of": then}
        # A replica may not have got to ``as_of`` yet, and would give what was known before.
        lend = self._database.reading if as_of is None else self._database.connection
        with lend() as connection:
            found = connection.execute(statement("series_find"), keys).fetchone()
            if found is None:
                return None
            newest, content_hash, is_former = nanoseconds(found[1]), *found[2:]
            if as_of is not None and (as_of < newest or is_former):
                return read_as_of(connection, symbol, interval, found[0], as_of)
            if cached and self._cache is not None and content_hash is not None:
                bars = self._cache.get(content_hash, symbol, interval)
                if bars is not None:
                    return StoredSeries(bars, newest)
            current = read_range(connection, symbol, interval)
        if current is None:
            return None
        asset, stored = current
        if self._cache is not None and cached:
            self._fill_cache(self._cache, stored, asset)
        return stored

    async def versions(self, series: Sequence[tuple[str, str]]) -> list[int | None]:
        """Return what `load` would give as ``as_of`` of each (symbol, interval), None for one without bars."""
        found: dict[tuple[str, str], int] = {}
        for interval in {interval for _, interval in series}:
            keys = {"symbols": [symbol for symbol, of in series if of == interval], "interval": interval}
            for symbol, as_of, _ in await self._shared.rows("series_find_many", keys):
                found[symbol, interval] = nanoseconds(as_of)
        return [found.get(each) for each in series]

    def load_many(self, symbols: Sequence[str], interval: str) -> Iterator[StoredSeries | None]:
        """Give the current bars of each symbol in turn, None for one that has none; not of one moment of the store."""
        with self._database.reading() as connection:
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

    def load_range(self, symbol: str, interval: str, start: int | None, end: int | None) -> StoredSeries | None:
        """Return the bars with ``start <= timestamp < end`` (ns UTC; None leaves that side open), None if no series."""
        with self._database.reading() as connection:
            days = None if self._recent is None else self._recent.days(interval, start, end)
            if self._recent is None or days is None:
                return only_bars(read_range(connection, symbol, interval, start, end))
            keys: dict[str, Any] = {"symbol": symbol, "interval": interval, "as_of": None}
            found = connection.execute(statement("series_find"), keys).fetchone()
            if found is None:
                return None
            bars = self._recent.get(symbol, interval, days, version(found[0], nanoseconds(found[1])))
            if bars is not None:
                return StoredSeries(bars.between(start, end), nanoseconds(found[1]))
            whole = read_range(connection, symbol, interval, *days.span)
        if whole is None:
            return None
        asset, stored = whole
        self._recent.put(stored.bars, days, version(asset, stored.as_of))
        return StoredSeries(stored.bars.between(start, end), stored.as_of)

    def latest(self, symbol: str, interval: str, rows: int) -> StoredSeries | None:
        """Return the newest bars, at most ``rows``, oldest first; None if no series."""
        with self._database.reading() as connection:
            return only_bars(read_latest(connection, symbol, interval, rows))

    def load_arrow(self, symbols: Sequence[str], interval: str) -> pa.Table:
        """Return all bars of many symbols as one table, by symbol and time; symbols without bars have no rows.

        Columns: symbol (dictionary), timestamp (ns, UTC), open, high, low, close, volume, adj_close (NULL without).
        """
        from arbitrax.storage.parquet.bar_table import bar_table

        return bar_table([each.bars for each in self.load_many(symbols, interval) if each is not None])

    def _fill_cache(self, cache: BarCache, series: StoredSeries, asset: UUID) -> None:
        content_hash = series.bars.content_hash()
        cache.put(content_hash, series.bars)
        keys = {
            "asset": asset,
            "interval": series.bars.interval,
            "as_of": moment(series.as_of),
            "content_hash": content_hash,
        }
        # A standby, and a reader's role.
        refused = suppress(errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege)
        with self._database.connection() as connection, refused:
            connection.execute(statement("series_note_hash"), keys)

    def catalogue(self) -> list[SeriesInfo]:
        """Return every series, by symbol and interval."""
        with self._database.reading() as connection:
            return [
                SeriesInfo(symbol, interval, rows, utc(first), utc(last), source, utc(as_of))
                for symbol, interval, rows, first, last, source, as_of in connection.execute(statement("series_list"))
            ]
