"""Read latencies with 20 million rows stored and 50 reads a second offered over 16 connections.

Reads are offered at fixed times, whether or not earlier ones are done, and a latency counts from the time at which a
read was due: a slow answer that makes others wait is counted for all of them (no coordinated omission).

    python -m benchmarks.data.reads [ROWS]
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from arbitrax.domain.intervals import DAY
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.redis.recent_bars import RecentBars
from benchmarks.data.store import new_database
from benchmarks.data.stored import MONTH_ROWS, SESSION, days_until, fill

ROWS = 20_000_000
RATE = 50.0
CONNECTIONS = 16
SECONDS = 20.0
LATEST = 500
YEAR = 252

Read = Callable[[], None]


class Kind:
    """A kind of read: its name, what is wanted at the 95th percentile in ms, and the reads to choose from."""

    def __init__(self, name: str, wanted: float, reads: Sequence[Read]) -> None:
        self.name = name
        self.wanted = wanted
        self.reads = reads


def offer(kinds: Sequence[tuple[Kind, float]], seed: int = 7) -> dict[str, np.ndarray]:
    """Offer reads of each kind at its share of `RATE`, at random of their own; return latencies in ms by kind."""
    random = np.random.default_rng(seed)
    count = int(RATE * SECONDS)
    chosen = random.choice(len(kinds), count, p=[share for _, share in kinds])
    plan = [(number / RATE, kinds[kind][0], int(random.integers(2**31))) for number, kind in enumerate(chosen)]
    found: dict[str, list[float]] = {kind.name: [] for kind, _ in kinds}
    position = iter(plan)
    turn = threading.Lock()
    started = time.perf_counter() + 0.1

    def work() -> None:
        while True:
            with turn:
                due, kind, choice = next(position, (0.0, None, 0))
            if kind is None:
                return
            time.sleep(max(0.0, started + due - time.perf_counter()))
            kind.reads[choice % len(kind.reads)]()
            found[kind.name].append(1000 * (time.perf_counter() - started - due))

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {name: np.array(values) for name, values in found.items()}


def kinds_of(database: Database, cache_url: str, symbols: Sequence[str], today: int) -> dict[str, Kind]:
    plain = PostgresBarStore(database)
    cached = PostgresBarStore(database, recent=RecentBars(cache_url))
    daily = [symbol for symbol in symbols if symbol.startswith("D")]
    intraday = [symbol for symbol in symbols if symbol.startswith("M")]
    days = days_until(today, 252 * 9)
    random = np.random.default_rng(3)

    def range_of(store: PostgresBarStore, symbol: str, interval: str, span: tuple[int, int], rows: int) -> Read:
        def read() -> None:
            found = store.load_range(symbol, interval, *span)
            assert found is not None
            assert len(found.bars) == rows

        return read

    def newest(symbol: str, interval: str) -> Read:
        def read() -> None:
            found = plain.latest(symbol, interval, LATEST)
            assert found is not None
            assert len(found.bars) == LATEST

        return read

    def year(symbol: str) -> Read:
        last = int(random.integers(YEAR, len(days)))
        span = int(days[last - YEAR]) * DAY, int(days[last]) * DAY
        return range_of(plain, symbol, "1d", span, YEAR)

    month = days_until(today, MONTH_ROWS // SESSION)
    span = int(month[0]) * DAY, today * DAY
    minute_reads = [range_of(plain, symbol, "1m", span, MONTH_ROWS) for symbol in intraday]
    both = [*((symbol, "1d") for symbol in daily[::10]), *((symbol, "1m") for symbol in intraday)]
    return {
        "year": Kind("one year of daily bars, PostgreSQL", 10, [year(symbol) for symbol in daily]),
        "latest": Kind("latest 500 bars, PostgreSQL", 10, [newest(*each) for each in both]),
        "month": Kind("a month of minutes, PostgreSQL", 60, minute_reads),
        "recent": Kind(
            "a month of minutes, Valkey",
            10,
            [range_of(cached, symbol, "1m", span, MONTH_ROWS) for symbol in intraday[:20]],
        ),
    }


def rows(stored_rows: int = ROWS) -> Iterator[tuple[str, np.ndarray, float]]:
    """Yield kind of read, its latencies in ms, and what is wanted at p95."""
    today = time.time_ns() // DAY
    with new_database() as (servers, database):
        symbols, seconds, stored = fill(database, stored_rows, today)
        with database.connection() as connection:
            connection.execute("VACUUM ANALYZE historical_prices")
        print(f"{stored:,} rows of {len(symbols):,} series stored in {seconds:.0f} s by 2 writers", flush=True)
        kinds = kinds_of(database, servers.cache_url(), symbols, today)
        for read in kinds["recent"].reads:  # as after an ingestion
            read()
        mixed = [(kinds["year"], 0.4), (kinds["latest"], 0.4), (kinds["month"], 0.2)]
        offer(mixed)  # connections open, plans prepared
        for name, latencies in offer(mixed).items():
            yield f"mixed: {name}", latencies, next(kind.wanted for kind, _ in mixed if kind.name == name)
        for kind in kinds.values():
            yield f"alone: {kind.name}", offer([(kind, 1.0)])[kind.name], kind.wanted


def main() -> None:
    stored = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    print(f"{RATE:.0f} reads/s offered over {CONNECTIONS} connections, {SECONDS:.0f} s a line; embedded servers; ms")
    for name, latencies, wanted in rows(stored):
        p50, p95, p99 = np.percentile(latencies, [50, 95, 99])
        print(f"{name:<46} p50 {p50:7.1f}   p95 {p95:7.1f}   p99 {p99:7.1f}   (wanted: p95 {wanted:.0f})", flush=True)


if __name__ == "__main__":
    main()
