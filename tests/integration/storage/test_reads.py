"""Reads of a range and of the newest bars, as Arrow, from many threads, and through a Valkey that may fail."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psycopg
import pytest
import valkey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import DAY
from arbitrax.services.catalogue_ports import Repair
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import MAX_CONNECTIONS
from arbitrax.storage.postgres.quality_store import PostgresQualityStore
from arbitrax.storage.redis.recent_bars import EXPIRY, REST_SECONDS, RecentBars, key

MINUTE = 60 * 10**9
TODAY = 20_000
NOW = TODAY * DAY + 20 * 3600 * 10**9
RECEIVED = NOW


def minute_bars(first_day: int, days: int, seed: int = 1, symbol: str = "AAPL") -> Bars:
    """Ten bars a day from 14:30, none on each third day."""
    numbers = np.array([day for day in range(first_day, first_day + days) if day % 3])
    stamps = (numbers[:, None] * DAY + (870 + np.arange(10)) * MINUTE).ravel()
    close = np.round(np.random.default_rng(seed).uniform(10, 500, len(stamps)), 4)
    return Bars(symbol, "1m", stamps, close, close * 1.5, close / 3, close, np.floor(close * 1000))


def store(bar_store, *series: Bars, received: int = RECEIVED) -> None:
    bar_store.store(series, source="x", received=received, rows_done=lambda _rows: None)


def test_a_range_and_the_newest_bars_are_those_of_the_whole_series(bar_store, make_bars) -> None:
    bars = make_bars(rows=500)
    store(bar_store, make_bars("AAA"), bars, make_bars("ZZZ"), replace(bars, interval="1w"))
    for start, end in (
        (0, 500 * DAY),
        (7 * DAY, 300 * DAY),
        (7 * DAY + 1, 300 * DAY + 1),
        (-DAY, 0),
        (None, DAY),
        (9 * DAY, None),
    ):
        found = bar_store.load_range("AAPL", "1d", start, end)
        wanted = bars.between(start, end)
        if not len(wanted):
            wanted = replace(wanted, adj_close=None)
        assert found.bars.content_hash() == wanted.content_hash()
        assert found.as_of == RECEIVED
    for rows in (1, 250, 500, 10_000):
        assert bar_store.latest("AAPL", "1d", rows).bars.content_hash() == bars.take(slice(-rows, None)).content_hash()
    assert bar_store.load_range("NONE", "1d", 0, DAY) is None
    assert bar_store.latest("AAPL", "1h", 5) is None


def test_many_series_come_as_one_arrow_table(bar_store, make_bars) -> None:
    adjusted, plain = make_bars("B", rows=30), make_bars("A", rows=20, adjusted=False)
    store(bar_store, adjusted, plain)
    table = bar_store.load_arrow(["B", "NONE", "A"], "1d")
    assert table.column("symbol").to_pylist() == ["B"] * 30 + ["A"] * 20
    assert table.column("timestamp").cast("int64").to_pylist() == [*adjusted.timestamp, *plain.timestamp]
    assert table.column("close").to_pylist() == [*adjusted.close, *plain.close]
    assert table.column("adj_close").to_pylist() == [*adjusted.adj_close, *[None] * 20]
    assert str(table.schema.field("timestamp").type) == "timestamp[ns, tz=UTC]"
    assert len(bar_store.load_arrow(["NONE"], "1d")) == 0


def test_threads_read_at_once_each_by_a_connection_and_no_more_than_allowed(bar_store, make_bars, postgres_url) -> None:
    bars = make_bars()
    store(bar_store, bars)

    def read(_number: int) -> str:
        return bar_store.load_range("AAPL", "1d", 0, 100 * DAY).bars.content_hash()

    with ThreadPoolExecutor(2 * MAX_CONNECTIONS) as pool:
        assert set(pool.map(read, range(400))) == {bars.content_hash()}
    with psycopg.connect(postgres_url) as connection:
        (open_ones,) = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert 1 <= open_ones <= MAX_CONNECTIONS


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recent(cache_url, clock):
    made = RecentBars(cache_url, clock=lambda: NOW, monotonic=clock)
    yield made
    made.close()


@pytest.fixture
def server(cache_url):
    with valkey.Valkey.from_url(cache_url) as client:
        yield client


@pytest.fixture
def cached_store(database, recent) -> PostgresBarStore:
    return PostgresBarStore(database, recent=recent)


def month(cached: PostgresBarStore) -> Bars:
    return cached.load_range("AAPL", "1m", (TODAY - 30) * DAY, (TODAY + 1) * DAY).bars


def hide(postgres_url: str) -> None:
    """Let the prices vanish without the series changing: whoever still sees them has them from Valkey."""
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DELETE FROM historical_prices")


def test_recent_days_are_read_from_valkey_once_stored(cached_store, server, postgres_url) -> None:
    bars = minute_bars(TODAY - 60, 61)
    store(cached_store, bars)
    names = sorted(name.decode() for name in server.keys("cache:historical:*"))
    assert len(names) == 45
    assert names[-1] == "cache:historical:AAPL:2024-10-04" == key("AAPL", TODAY)
    assert set(server.hgetall(names[-1])) == {b"1m", b"1m:version"}
    assert all(0 < server.ttl(name) <= EXPIRY.total_seconds() for name in names)
    hide(postgres_url)
    wanted = bars.between((TODAY - 30) * DAY, None)
    assert month(cached_store).content_hash() == wanted.content_hash()
    start, end = (TODAY - 2) * DAY + 875 * MINUTE, TODAY * DAY + 872 * MINUTE
    part = cached_store.load_range("AAPL", "1m", start, end)
    assert part.bars.content_hash() == bars.between(start, end).content_hash()
    assert len(cached_store.load_range("AAPL", "1m", (TODAY - 50) * DAY, TODAY * DAY).bars) == 0  # too long ago


def test_what_valkey_lost_is_read_from_postgresql_and_kept_again(cached_store, server, postgres_url) -> None:
    bars = minute_bars(TODAY - 60, 61)
    store(cached_store, bars)
    server.flushdb()
    wanted = bars.between((TODAY - 30) * DAY, None).content_hash()
    assert month(cached_store).content_hash() == wanted
    hide(postgres_url)
    assert month(cached_store).content_hash() == wanted


def revised(bars: Bars, places: slice) -> Bars:
    close = bars.close.copy()
    close[places] *= 1.25
    return replace(bars, close=close)


def test_a_revision_is_seen_at_once_and_the_other_days_stay_cached(cached_store, server, postgres_url) -> None:
    bars = minute_bars(TODAY - 60, 61)
    store(cached_store, bars)
    changed = revised(bars, slice(-5, None))
    server.hset(key("AAPL", TODAY - 10), "1m:version", "someone else's")
    store(cached_store, changed.take(slice(-10, None)))
    assert server.hget(key("AAPL", TODAY - 10), "1m:version") == b"someone else's"
    versions = {server.hget(key("AAPL", day), "1m:version") for day in range(TODAY - 9, TODAY + 1)}
    assert len(versions) == 1
    assert month(cached_store).content_hash() == changed.between((TODAY - 30) * DAY, None).content_hash()
    hide(postgres_url)
    assert month(cached_store).content_hash() == changed.between((TODAY - 30) * DAY, None).content_hash()


def test_a_writer_that_knows_no_valkey_and_a_repair_are_seen_at_once(cached_store, database, recent) -> None:
    bars = minute_bars(TODAY - 60, 61)
    store(cached_store, bars)
    month(cached_store)
    changed = revised(bars, slice(-300, -290))
    store(PostgresBarStore(database), changed)
    wanted = changed.between((TODAY - 30) * DAY, None)
    assert month(cached_store).content_hash() == wanted.content_hash()
    quality = PostgresQualityStore(database, recent=recent)
    found = quality.propose(Repair("phantom", "no such bars", changed, changed.take(slice(0, -7))), received=NOW)
    quality.apply(found.id, who="ann", received=NOW)
    assert month(cached_store).content_hash() == wanted.take(slice(0, -7)).content_hash()


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b'{"timestamp":[1],"open":[],"high":[],"low":[],"close":[],"volume":[]}']
)
def test_a_damaged_value_counts_as_none(cached_store, server, damage) -> None:
    bars = minute_bars(TODAY - 60, 61)
    store(cached_store, bars)
    server.hset(key("AAPL", TODAY - 1), "1m", damage)
    assert month(cached_store).content_hash() == bars.between((TODAY - 30) * DAY, None).content_hash()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "unix:///nowhere/valkey.sock", "nonsense"])
def test_a_dead_valkey_fails_neither_writes_nor_reads_and_is_left_alone_for_a_while(database, clock, url) -> None:
    recent = RecentBars(url, clock=lambda: NOW, monotonic=clock)
    cached = PostgresBarStore(database, recent=recent)
    bars = minute_bars(TODAY - 60, 61)
    store(cached, bars)
    for _ in range(3):
        assert month(cached).content_hash() == bars.between((TODAY - 30) * DAY, None).content_hash()
        clock.now += REST_SECONDS + 1
    recent.close()


def test_a_valkey_that_comes_back_is_used_again(database, recent, server, clock, postgres_url) -> None:
    cached = PostgresBarStore(database, recent=recent)
    bars = minute_bars(TODAY - 60, 61)
    server.config_set("maxmemory", 1)
    try:
        store(cached, bars)
        assert server.dbsize() == 0
    finally:
        server.config_set("maxmemory", 0)
    month(cached)
    assert server.dbsize() == 0  # still resting
    clock.now += REST_SECONDS + 1
    month(cached)
    assert server.dbsize() == 31
    hide(postgres_url)
    assert len(month(cached)) > 0


PARTS = st.tuples(st.integers(TODAY - 50, TODAY), st.integers(1, 20), st.integers(0, 3), st.booleans())


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(parts=st.lists(PARTS, min_size=1, max_size=6))
def test_reads_through_valkey_equal_reads_past_it_whatever_was_written(cached_store, database, server, parts) -> None:
    server.flushdb()
    symbol = f"S{time.perf_counter_ns()}"
    plain = PostgresBarStore(database)
    for first, days, seed, through_cache in parts:
        bars = minute_bars(first, days, seed, symbol).between(None, (TODAY + 1) * DAY)
        store(cached_store if through_cache else plain, bars)
        for start, end in (((TODAY - 40) * DAY, (TODAY + 1) * DAY), ((TODAY - 5) * DAY, TODAY * DAY)):
            ours, theirs = (each.load_range(symbol, "1m", start, end) for each in (cached_store, plain))
            assert (ours is None) == (theirs is None)
            if theirs is not None:
                assert ours.as_of == theirs.as_of
                assert ours.bars.content_hash() == theirs.bars.content_hash()
