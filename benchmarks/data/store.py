"""Rows a second into PostgreSQL: first load and a re-ingest that changes nothing, chunk by chunk as ingestion does."""

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import DAY
from arbitrax.services.catalogue_ports import Chunk, ChunkContent, IngestionRequest
from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.storage.parquet.bar_cache import BarCache
from arbitrax.storage.postgres import schema
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.ingestion_store import PostgresIngestionStore
from benchmarks.data.stored import SESSION, SOURCE, minutes

ROUNDS = 3
SESSIONS = 1_260
CHUNK_SESSIONS = 126
FIRST_LOAD, UNCHANGED = 100_000, 150_000
"""Rows a second that are wanted."""


@contextmanager
def new_database() -> Iterator[tuple[EmbeddedServers, Database]]:
    """Start servers of our own, with an empty database of this release."""
    home = Path(tempfile.mkdtemp(prefix="arbitrax-bench-"))
    home.chmod(0o711)
    try:
        with EmbeddedServers(home) as servers:
            schema.upgrade(servers.postgres_url())
            with Database(servers.postgres_url()) as database:
                yield servers, database
    finally:
        shutil.rmtree(home, ignore_errors=True)


def ingest(ingestions: PostgresIngestionStore, bars: Bars) -> float:
    """Save bars in chunks of half a year of minutes; return the seconds it took."""
    step = CHUNK_SESSIONS * SESSION
    parts = [bars.take(slice(first, first + step)) for first in range(0, len(bars), step)]
    chunks = [
        Chunk(bars.symbol, bars.interval, int(part.timestamp[0]), int(part.timestamp[-1]) + 60 * 10**9)
        for part in parts
    ]
    request = IngestionRequest(SOURCE, (bars.symbol,), bars.interval, chunks[0].start, chunks[-1].end)
    started = time.perf_counter()
    open_ingestion = ingestions.open(request, lambda: chunks, received=time.time_ns())
    for chunk, part in zip(chunks, parts, strict=True):
        content = ChunkContent(part)
        ingestions.save(open_ingestion, chunk, content, received=time.time_ns(), rows_done=lambda _rows: None)
    ingestions.finish(open_ingestion, received=time.time_ns())
    return time.perf_counter() - started


def rows() -> Iterator[tuple[str, float, int | None]]:
    """Yield what was measured, rows a second (median of the rounds), and what is wanted."""
    today = time.time_ns() // DAY
    rates: dict[str, list[float]] = {"first load": [], "the same again": []}
    with new_database() as (_, database), tempfile.TemporaryDirectory() as folder:
        ingestions = PostgresIngestionStore(database)
        for number in range(ROUNDS):
            bars = minutes(f"M{number}", today, SESSIONS, number)
            for name in ("first load", "the same again"):
                rates[name].append(len(bars) / ingest(ingestions, bars))
        symbols = [f"M{number}" for number in range(ROUNDS)]
        for name, cache in (("uncached", None), ("cached", BarCache(Path(folder)))):
            store = PostgresBarStore(database, cache)
            for _ in range(ROUNDS):
                started = time.perf_counter()
                table = store.load_arrow(symbols, "1m")
                seconds = time.perf_counter() - started
            rates[name] = [len(table) / seconds]
    yield "first load", statistics.median(rates["first load"]), FIRST_LOAD
    yield "re-ingest that changes nothing", statistics.median(rates["the same again"]), UNCHANGED
    yield "all bars as Arrow from PostgreSQL", rates["uncached"][0], None
    yield "all bars as Arrow from the bar cache", rates["cached"][0], None


def main() -> None:
    print(f"Ingestion of {SESSIONS * SESSION:,} one-minute bars in chunks, embedded PostgreSQL, median of {ROUNDS}")
    for name, rate, wanted in rows():
        print(f"{name:<46} {rate:12,.0f} rows/s" + (f"   (wanted: {wanted:,})" if wanted else ""))


if __name__ == "__main__":
    main()
