"""The port for ingestions on PostgreSQL: what was asked, which chunks are done, and saving a chunk whole.

Two things keep two processes from one ingestion. Opening takes an advisory lock for as long as the process lives. And
each opening raises the run's ``epoch``: should a process lose its lock with its connection, and another take over, then
nothing of the first is stored any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import errors

from arbitrax.domain.errors import InputError, StoreError
from arbitrax.domain.ids import new_uuid
from arbitrax.services.catalogue_ports import (
    Chunk,
    ChunkContent,
    IngestionRequest,
    IngestionSummary,
    OpenIngestion,
)
from arbitrax.services.ports import RowsDone, StoreCounts
from arbitrax.services.series_rights import OPERATOR, Writer
from arbitrax.storage.postgres.action_store import store_actions
from arbitrax.storage.postgres.asset_store import describe
from arbitrax.storage.postgres.bar_rows import canonical
from arbitrax.storage.postgres.committed import after_commit
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.holders import hold
from arbitrax.storage.postgres.quarantine import set_aside
from arbitrax.storage.postgres.series_writer import Written, write_series
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds, utc

if TYPE_CHECKING:
    from arbitrax.storage.parquet.bar_cache import BarCache
    from arbitrax.storage.postgres.connection import Connection
    from arbitrax.storage.redis.recent_bars import RecentBars

PATIENCE = "5s"
"""How long opening waits for the lock: the server may need a moment to notice that its last holder was killed."""


class _Hold(Struct):
    """What this process has of an open ingestion: the session with its lock, and the epoch it writes in."""

    session: ExitStack
    epoch: int
    job: UUID | None


class PostgresIngestionStore:
    """Ingestions in PostgreSQL; bars go the way of `PostgresBarStore`."""

    def __init__(self, database: Database, cache: BarCache | None = None, recent: RecentBars | None = None) -> None:
        self._database = database
        self._cache = cache
        self._recent = recent
        self._held: dict[UUID, _Hold] = {}

    def open(
        self,
        request: IngestionRequest,
        plan: Callable[[], Sequence[Chunk]],
        *,
        received: int,
        job: UUID | None = None,
    ) -> OpenIngestion:
        """Continue the unfinished ingestion of an equal request, or start one with the chunks of ``plan``.

        Times finer than a microsecond are cut off.

        Raises:
            InputError: another process is at it, or this one is.
        """
        text = msgspec.json.encode(request)
        digest = hashlib.sha256(text).digest()
        with ExitStack() as stack:
            session = stack.enter_context(self._database.session())
            _lock(session, int.from_bytes(digest[:8], signed=True), request)
            keys = {"request_hash": digest.hex(), "source": request.source, "request": text.decode()}
            found = session.execute(statement("ingestion_find"), keys).fetchone()
            chunks = [] if found is not None else list(plan())
            with session.transaction():
                if found is None:
                    run = new_uuid(received)
                    begun = {"id": run, "started_at": moment(received), "job": job}
                    session.execute(statement("ingestion_add"), keys | begun)
                    session.execute(statement("chunks_add"), {"id": run, **_columns(chunks)})
                    epoch = 1
                else:
                    run = found[0]
                    epoch = _value(session, "ingestion_take_up", {"id": run})
                waiting = session.execute(statement("chunks_waiting"), {"id": run}).fetchall()
                done = _value(session, "chunks_done", {"id": run})
            self._held[run] = _Hold(stack.pop_all(), epoch, job)
        return OpenIngestion(run, request, tuple(_chunk(row) for row in waiting), done)

    def save(
        self,
        ingestion: OpenIngestion,
        chunk: Chunk,
        content: ChunkContent,
        *,
        received: int,
        rows_done: RowsDone,
        writer: Writer = OPERATOR,
    ) -> StoreCounts:
        """Store bars, actions, quarantined rows, what is known of the asset, and that the chunk is done.

        One transaction: after a crash the chunk is done with all of it, or not done at all. Saving it again changes
        nothing more.

        Raises:
            NotYourSeries: the writer may not change the series.
        """
        bars = canonical(content.bars)
        keys = self._keys(ingestion, chunk)
        source = ingestion.request.source
        written: Written | None = None
        with self._database.connection() as connection, connection.transaction():
            self._claim(connection, keys)
            if _value(connection, "chunk_lock", keys):
                rows_done(len(bars))
                return StoreCounts(0, 0, len(bars))
            since = _first_day(content)
            asset = hold(connection, chunk.symbol, since=since, received=received)
            if content.asset is not None:
                describe(connection, asset, content.asset)
            # Actions first: every writer takes the asset before its series.
            if content.actions:
                store_actions(connection, content.actions, source=source, received=received)
            counts = StoreCounts(0, 0, 0)
            if len(bars):
                written = write_series(
                    connection,
                    bars,
                    source=source,
                    received=received,
                    rows_done=rows_done,
                    writer=writer,
                    is_final=content.is_final,
                    of_vendor=True,
                    fills=content.fills,
                )
                counts = written.counts
            set_aside(
                connection,
                content.quarantined,
                run=ingestion.id,
                asset=asset,
                interval=chunk.interval,
                source=source,
                received=received,
            )
            done = msgspec.structs.asdict(counts) | {"asset": asset, "done_at": moment(received)}
            connection.execute(statement("chunk_done"), keys | done | {"quarantined": len(content.quarantined)})
        if written is not None:
            after_commit(self._database, self._cache, self._recent, [(bars, written)])
        return counts

    def fail(self, ingestion: OpenIngestion, chunk: Chunk, reason: str) -> None:
        """Note why a chunk could not be had; it stays waiting for the next try."""
        with self._database.connection() as connection:
            connection.execute(statement("chunk_failed"), self._keys(ingestion, chunk) | {"error": reason})

    def finish(self, ingestion: OpenIngestion, *, received: int, error: str | None = None) -> None:
        """End the ingestion: finished, or failed with the sentence; one with waiting chunks stays resumable."""
        keys = {"id": ingestion.id, "epoch": self._hold(ingestion).epoch}
        with self._database.connection() as connection:
            connection.execute(statement("ingestion_finish"), {**keys, "error": error, "finished_at": moment(received)})
        self._held.pop(ingestion.id).session.close()

    def covered(self, symbol: str, interval: str, source: str) -> list[tuple[int, int]]:
        """Return the ranges [start, end) that chunks of a source have brought, joined, oldest first.

        Bars that are not final yet are cut out, a microsecond each: they are to be had again.
        """
        keys = {"symbol": symbol, "interval": interval, "source": source}
        with self._database.connection() as connection:
            rows = connection.execute(statement("chunks_covered"), keys).fetchall()
        return [(nanoseconds(start), nanoseconds(end)) for start, end in rows]

    def newest(self, limit: int, *, after: UUID | None = None) -> list[IngestionSummary]:
        """Return the newest ingestions first, those older than one."""
        return self._summaries({"limit": limit, "after": after, "only": None})

    def find(self, ingestion: UUID) -> IngestionSummary | None:
        """Return an ingestion by its id."""
        return next(iter(self._summaries({"limit": 1, "after": None, "only": ingestion})), None)

    def _summaries(self, keys: dict[str, Any]) -> list[IngestionSummary]:
        # A standby knows nothing of the locks.
        with self._database.connection() as connection:
            rows = connection.execute(statement("ingestions_newest"), keys).fetchall()
        return [_summary(row) for row in rows]

    def _hold(self, ingestion: OpenIngestion) -> _Hold:
        hold = self._held.get(ingestion.id)
        if hold is None:
            raise InputError("This ingestion is not open here; open it before saving to it.")
        return hold

    def _keys(self, ingestion: OpenIngestion, chunk: Chunk) -> dict[str, Any]:
        hold = self._hold(ingestion)
        return {
            "id": ingestion.id,
            "epoch": hold.epoch,
            "job": hold.job,
            "symbol": chunk.symbol,
            "interval": chunk.interval,
            "start": moment(chunk.start),
            "end": moment(chunk.end),
        }

    @staticmethod
    def _claim(connection: Connection, keys: dict[str, Any]) -> None:
        """Hold the run, so that nobody takes it up before this save is over; refuse if somebody has already."""
        if not _value(connection, "ingestion_is_ours", keys):
            raise StoreError(  # trying again would not help
                "This process lost its connection to PostgreSQL, and another has taken up the ingestion; let that one "
                "go on."
            )


def _lock(session: Connection, key: int, request: IngestionRequest) -> None:
    _value(session, "ingestion_lock_patience", {"patience": PATIENCE})
    try:
        session.execute(statement("ingestion_lock"), {"key": key})
    except errors.LockNotAvailable:
        listed = ", ".join(request.symbols[:3]) + (", ..." if len(request.symbols) > 3 else "")
        raise InputError(
            f"Another process is ingesting {listed} ({request.interval}) from {request.source} right now; wait for it, "
            "or stop it, and try again."
        ) from None


def _value(connection: Connection, name: str, keys: dict[str, Any]) -> Any:
    """Return the only value of a statement, None without a row."""
    row = connection.execute(statement(name), keys).fetchone()
    return None if row is None else row[0]


def _columns(chunks: Sequence[Chunk]) -> dict[str, Any]:
    return {
        "symbols": [each.symbol for each in chunks],
        "intervals": [each.interval for each in chunks],
        "starts": [moment(each.start) for each in chunks],
        "ends": [moment(each.end) for each in chunks],
    }


def _chunk(row: tuple[Any, ...]) -> Chunk:
    symbol, interval, start, end = row
    return Chunk(symbol, interval, nanoseconds(start), nanoseconds(end))


def _first_day(content: ChunkContent) -> date | None:
    times = [int(each) for each in content.bars.timestamp[:1]] + [each.ex_date for each in content.actions]
    return moment(min(times)).date() if times else None


def _summary(row: tuple[Any, ...]) -> IngestionSummary:
    run, asked, source, status, chunks, done, added, updated, unchanged, quarantined, error, started, finished = row
    request = msgspec.convert(asked or {}, _Asked)
    return IngestionSummary(
        id=run,
        source=source,
        symbols=request.symbols,
        interval=request.interval,
        status=status,
        chunks=chunks,
        chunks_done=done,
        added=added,
        updated=updated,
        unchanged=unchanged,
        quarantined=quarantined,
        error=error,
        started=utc(started),
        finished=None if finished is None else utc(finished),
    )


class _Asked(Struct):
    """What the list of ingestions shows of a request; of one noted before requests were, nothing."""

    symbols: tuple[str, ...] = ()
    interval: str = ""
