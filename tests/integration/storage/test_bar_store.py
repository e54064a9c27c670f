"""Bars in and out of PostgreSQL: exact, idempotent, with their past, all or nothing."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import numpy as np
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import arbitrax
from arbitrax.domain.bars import COLUMNS, Bars
from arbitrax.domain.errors import DataError
from arbitrax.domain.intervals import DAY
from arbitrax.services.ports import StoreCounts
from arbitrax.storage.postgres.bar_rows import HEADER, TRAILER, copy_rows
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.times import moment

RECEIVED = 1_700_000_000_000_000_000


def store(bar_store: PostgresBarStore, *series: Bars, received: int = RECEIVED, source: str = "a.csv"):
    return bar_store.store(series, source=source, received=received, rows_done=lambda _rows: None)


def assert_same(found: Bars, wanted: Bars) -> None:
    assert (found.symbol, found.interval, found.basis) == (wanted.symbol, wanted.interval, wanted.basis)
    for name in COLUMNS:
        ours, theirs = getattr(found, name), getattr(wanted, name)
        assert (ours is None) == (theirs is None), name
        if ours is not None:
            assert ours.dtype == theirs.dtype, name
            assert ours.tobytes() == theirs.tobytes(), name


@pytest.mark.parametrize("adjusted", [True, False])
@pytest.mark.parametrize("cached", [True, False])
def test_bars_come_back_bit_for_bit(bar_store, make_bars, adjusted, cached) -> None:
    bars = make_bars(rows=3000, adjusted=adjusted)
    assert store(bar_store, bars) == [StoreCounts(3000, 0, 0)]
    for _ in range(2):
        found = bar_store.load("AAPL", "1d", cached=cached)
        assert_same(found.bars, bars)
        assert found.as_of == RECEIVED


PRICES = st.floats(min_value=0, exclude_min=True, allow_infinity=False)


@given(st.lists(PRICES, min_size=1, max_size=200))
def test_any_double_comes_back_from_the_server_and_is_its_repr(postgres_server: str, values: list[float]) -> None:
    column = np.array(values)
    bars = Bars("X", "1d", np.arange(len(values), dtype=np.int64) * DAY, column, column, column, column, column, column)
    with psycopg.connect(postgres_server) as connection:
        connection.execute(
            "CREATE TEMP TABLE t (a UUID, i TEXT, at TIMESTAMPTZ, o NUMERIC, h NUMERIC, l NUMERIC, c NUMERIC, "
            "v NUMERIC, j NUMERIC, s TEXT, f BOOL, r TIMESTAMPTZ)"
        )
        with connection.cursor() as cursor, cursor.copy("COPY t FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(HEADER)
            for data, _ in copy_rows(bars, asset=UUID(int=1), source="s", received=moment(RECEIVED)):
                copy.write(data)
            copy.write(TRAILER)
        rows = connection.execute("SELECT o::float8, o, o::text FROM t ORDER BY at").fetchall()
        connection.rollback()
    assert [row[0] for row in rows] == values
    assert [row[1] for row in rows] == [Decimal(repr(value)) for value in values]
    assert [float(row[2]) for row in rows] == values


def test_storing_again_changes_nothing_whether_the_hash_is_known_or_not(bar_store, make_bars, postgres_url) -> None:
    bars = make_bars()
    store(bar_store, bars)
    for known in (True, False):
        if not known:
            with psycopg.connect(postgres_url) as connection:
                connection.execute("UPDATE price_series SET content_hash = NULL")
        assert store(bar_store, bars, received=RECEIVED + 10**9) == [StoreCounts(0, 0, 100)]
        found = bar_store.load("AAPL", "1d", cached=False)
        assert_same(found.bars, bars)
        assert found.as_of == RECEIVED


def test_changes_and_additions_are_counted_and_the_past_stays_readable(bar_store, make_bars) -> None:
    versions = [make_bars()]
    store(bar_store, versions[0])
    changed = versions[0].close.copy()
    changed[[3, 50]] = 42.0, 1 / 3
    versions.append(replace(versions[0], close=changed))
    assert store(bar_store, versions[1], received=RECEIVED + 2000) == [StoreCounts(0, 2, 98)]
    versions.append(replace(versions[1], adj_close=versions[1].adj_close * 2))
    assert store(bar_store, versions[2], received=RECEIVED + 9000) == [StoreCounts(0, 100, 0)]
    tail = make_bars(rows=10, first=95, seed=2)
    assert store(bar_store, tail, received=RECEIVED + 20_000) == [StoreCounts(5, 5, 0)]
    for version, as_of in zip(versions, (RECEIVED, RECEIVED + 2000, RECEIVED + 9000), strict=True):
        for moment_then in (as_of, as_of + 1999):
            then = bar_store.load("AAPL", "1d", as_of=moment_then)
            assert_same(then.bars, version)
            assert then.as_of == as_of
    now = bar_store.load("AAPL", "1d")
    assert len(now.bars) == 105
    assert_same(now.bars.take(slice(95, None)), tail)
    assert_same(bar_store.load("AAPL", "1d", as_of=now.as_of).bars, now.bars)
    assert_same(bar_store.load("AAPL", "1d", as_of=now.as_of + 10**18).bars, now.bars)
    assert bar_store.load("AAPL", "1d", as_of=RECEIVED - 1) is None


def test_times_of_receipt_grow_whatever_the_clock_says(bar_store, make_bars) -> None:
    bars = make_bars()
    for step, factor in enumerate((1.0, 2.0, 3.0)):
        store(bar_store, replace(bars, adj_close=bars.adj_close * factor), received=RECEIVED - step * 10**12)
        assert bar_store.load("AAPL", "1d").as_of == RECEIVED + step * 1000
        assert_same(bar_store.load("AAPL", "1d", as_of=RECEIVED).bars, bars)


def test_a_file_without_adjusted_closes_leaves_the_stored_ones(bar_store, make_bars) -> None:
    without, having = make_bars(adjusted=False), make_bars()
    store(bar_store, having)
    for part in (without, without.take(slice(20, 70))):
        assert store(bar_store, part) == [StoreCounts(0, 0, len(part))]
        assert_same(bar_store.load("AAPL", "1d", cached=False).bars, having)
    busier = without.volume.copy()
    busier[3] += 1
    assert store(bar_store, replace(without, volume=busier), received=RECEIVED + 5000) == [StoreCounts(0, 1, 99)]
    assert_same(bar_store.load("AAPL", "1d").bars, replace(having, volume=busier))
    assert_same(bar_store.load("AAPL", "1d", as_of=RECEIVED).bars, having)


def test_adjusted_closes_may_come_or_go_with_the_whole_series(bar_store, make_bars) -> None:
    without = make_bars(adjusted=False)
    adjusted, other = make_bars(rows=110), make_bars(rows=120, adjusted=False, seed=7)
    assert store(bar_store, without) == [StoreCounts(100, 0, 0)]
    for step, bars in enumerate((adjusted, other), 1):
        store(bar_store, bars, received=RECEIVED + step * 5000)
        assert_same(bar_store.load("AAPL", "1d").bars, bars)
    assert_same(bar_store.load("AAPL", "1d", as_of=RECEIVED).bars, without)


def _changed(bars: Bars, rows: slice) -> Bars:
    close = bars.close.copy()
    close[rows] *= 1.01
    return replace(bars, close=close)


@pytest.mark.parametrize(
    ("adjusted", "change", "sentence"),
    [
        (True, lambda make: make(rows=12, first=100, adjusted=False), "with adjusted closes, but 12 of .* have none"),
        (True, lambda make: make(rows=112, adjusted=False, seed=4), None),
        (True, lambda make: make(rows=50, adjusted=False, seed=4), "with adjusted closes, but 50 of .* have none"),
        (True, lambda make: _changed(make(adjusted=False), slice(1)), "but 1 of the rows to store has none; import a"),
        (True, lambda make: _changed(make(adjusted=False), slice(1, None)), "but 99 of the rows to store have none"),
        (False, lambda make: make(rows=12, first=100), "without adjusted closes, but the rows to store have them"),
        (False, lambda make: make(rows=99), "do not replace all that is stored"),
        (False, lambda make: make(rows=100, first=1), "do not replace all that is stored"),
        (False, lambda make: make(rows=100), None),
    ],
)
def test_a_series_has_adjusted_closes_on_all_bars_or_on_none(bar_store, make_bars, adjusted, change, sentence) -> None:
    bars, other = make_bars(adjusted=adjusted), make_bars("AAA")
    store(bar_store, bars)
    changed = change(make_bars)
    if sentence is None:
        store(bar_store, other, changed)
        assert_same(bar_store.load("AAPL", "1d").bars, changed)
        return
    before = bar_store.catalogue()
    with pytest.raises(DataError, match=f"AAPL 1d is stored .*{sentence}"):
        store(bar_store, other, changed)
    assert bar_store.catalogue() == before
    assert_same(bar_store.load("AAPL", "1d", cached=False).bars, bars)


def _with_gaps(bars: Bars) -> Bars:
    closes = bars.adj_close.copy()
    closes[[2, 5, 9]] = np.nan
    return replace(bars, adj_close=closes)


def test_the_catalogue_lists_every_series(bar_store, make_bars) -> None:
    daily = make_bars("MSFT", rows=10)
    store(bar_store, daily, replace(daily, interval="1w"), make_bars("AAPL", rows=20), make_bars("NONE", rows=0))
    lines = bar_store.catalogue()
    assert [(each.symbol, each.interval, each.rows) for each in lines] == [
        ("AAPL", "1d", 20),
        ("MSFT", "1d", 10),
        ("MSFT", "1w", 10),
    ]
    assert lines[0].first == moment(0)
    assert lines[0].last == moment(19 * DAY)
    assert (lines[0].as_of, lines[0].source) == (moment(RECEIVED), "a.csv")
    assert bar_store.load("NONE", "1d") is None
    assert bar_store.load("MSFT", "1h") is None


def test_counts_come_in_the_order_given_and_progress_adds_up(bar_store, make_bars) -> None:
    series = [make_bars("B", rows=40_000), make_bars("A", rows=7)]
    steps: list[int] = []
    counts = bar_store.store(series, source="x", received=RECEIVED, rows_done=steps.append)
    assert counts == [StoreCounts(40_000, 0, 0), StoreCounts(7, 0, 0)]
    assert sum(steps) == 40_007
    assert len(steps) > 2


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda bars: replace(bars, low=-bars.low),
            r"a row of historical_prices breaks the rule 'range' \(historical_prices_range\); correct it",
        ),
        (lambda bars: replace(bars, high=bars.low / 2), "historical_prices_range"),
        (lambda bars: replace(bars, close=bars.close * np.nan), "a row of historical_prices has no close"),
        (lambda bars: replace(bars, open=bars.open * np.inf), "historical_prices_open"),
        (lambda bars: replace(bars, volume=-1 - bars.volume), "historical_prices_volume"),
        (lambda bars: replace(bars, adj_close=bars.adj_close * 0), "historical_prices_adj_close"),
        (lambda bars: replace(bars, timestamp=bars.timestamp[::-1]), "not in order of time"),
        (lambda bars: replace(bars, timestamp=bars.timestamp * 0), "not in order of time"),
        (lambda bars: replace(bars, timestamp=bars.timestamp + 1), "finer than a microsecond"),
        (_with_gaps, "ZZZ 1d has no adjusted close on 3 of 100 bars; complete the column"),
        (lambda bars: replace(bars, interval="1y"), "interval '1y' cannot be stored; use a count and a unit"),
        (lambda bars: replace(bars, interval=""), "interval of the bars is empty"),
        (lambda bars: replace(bars, interval="123456789d"), "interval '12345678'... has 10 characters; .* at most 8"),
        (lambda bars: replace(bars, symbol=""), "symbol of the bars is empty; give them one"),
        (lambda bars: replace(bars, symbol="X" * 65), "symbol 'X{64}'... has 65 characters; give one of at most 64"),
        (lambda bars: replace(bars, symbol=" ZZZ"), "symbol ' ZZZ' has space around it"),
        (lambda bars: replace(bars, symbol="ZZZ\n"), r"symbol 'ZZZ\\n' has space around it"),
        (lambda bars: replace(bars, symbol="Z\0Z"), r"symbol 'Z\\x00Z' has .* cannot be shown; remove it"),
        (lambda bars: replace(bars, symbol="Z\udc80Z"), r"symbol 'Z\\udc80Z' has .* cannot be shown; remove it"),
        (lambda bars: bars.adjusted(), "holds adjusted prices"),
    ],
)
@pytest.mark.parametrize("already_there", [False, True])
def test_wrong_bars_are_refused_and_nothing_of_the_call_stays(
    bar_store, make_bars, spoil, sentence, already_there
) -> None:
    if already_there:
        store(bar_store, make_bars("ZZZ"), received=RECEIVED - 10**9)
    before = bar_store.catalogue()
    with pytest.raises(DataError, match=sentence):
        store(bar_store, make_bars("AAA"), spoil(make_bars("ZZZ", seed=5)))
    assert bar_store.catalogue() == before
    assert bar_store.load("AAA", "1d") is None


def test_negative_zero_is_stored_as_zero(bar_store, make_bars) -> None:
    bars = make_bars()
    store(bar_store, replace(bars, volume=bars.volume * -0.0))
    for cached in (False, True, True):
        found = bar_store.load("AAPL", "1d", cached=cached).bars
        assert found.volume.tobytes() == bytes(800)


def test_two_writers_of_a_series_take_turns(postgres_url, make_bars) -> None:
    versions = [make_bars(rows=500, seed=seed) for seed in range(6)]

    def write(bars: Bars) -> StoreCounts:
        with Database(postgres_url) as database:
            return store(PostgresBarStore(database), bars, make_bars("OTHER", seed=int(bars.volume[0])))[0]

    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(write, versions))
    assert sorted(each.added for each in counts) == [0, 0, 0, 0, 0, 500]
    assert all(each.added + each.updated + each.unchanged == 500 for each in counts)
    with Database(postgres_url) as database:
        reader = PostgresBarStore(database)
        seen = {reader.load("AAPL", "1d", as_of=RECEIVED + 1000 * turn).bars.content_hash() for turn in range(6)}
    assert seen == {bars.content_hash() for bars in versions}


@pytest.mark.parametrize("already_there", [False, True])
def test_an_interrupted_store_leaves_nothing(bar_store, make_bars, already_there) -> None:
    if already_there:
        store(bar_store, make_bars("LONG"))
    before = bar_store.catalogue()

    def interrupt(_rows: int) -> None:
        raise KeyboardInterrupt

    long = make_bars("LONG", rows=80_000, seed=3)
    with pytest.raises(KeyboardInterrupt):
        bar_store.store([make_bars("A", seed=9), long], source="x", received=RECEIVED, rows_done=interrupt)
    assert bar_store.catalogue() == before
    counts = store(bar_store, long)[0]
    assert counts.added + counts.updated == 80_000


KILLED = """
import sys, time
import numpy as np
from arbitrax.domain.bars import Bars
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database
column = np.ones(100_000)
bars = Bars("AAPL", "1m", np.arange(100_000) * 60_000_000_000, *[column] * 5)
def stop_half_way(rows):
    print("half", flush=True)
    time.sleep(600)
PostgresBarStore(Database(sys.argv[1])).store([bars], source="x", received=1, rows_done=stop_half_way)
"""


def test_a_killed_writer_leaves_nothing_and_blocks_nobody(bar_store, make_bars, postgres_url) -> None:
    source = str(Path(arbitrax.__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, postgres_url], env={"PYTHONPATH": source}, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"half\n"
        child.kill()
    bars = replace(make_bars(), interval="1m")
    assert store(bar_store, bars) == [StoreCounts(100, 0, 0)]  # waits until the server has noticed
    assert_same(bar_store.load("AAPL", "1m").bars, bars)


def test_foreign_keys_still_hold_for_everyone_else(bar_store, make_bars, database) -> None:
    store(bar_store, make_bars())
    with database.connection() as connection:
        assert connection.execute("SHOW session_replication_role").fetchone() == ("origin",)
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(
                "INSERT INTO historical_prices (asset_id, interval, timestamp, open, high, low, close, volume, source) "
                "VALUES (gen_random_uuid(), '1d', now(), 1, 1, 1, 1, 1, 'x')"
            )


def test_a_role_that_may_not_skip_checks_stores_all_the_same(postgres_url, make_bars) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'plain'")
        connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
        try:
            _, _, tail = postgres_url.partition("@")
            with Database(f"postgresql://{name}:plain@{tail}") as database:
                bar_store = PostgresBarStore(database)
                bars = make_bars()
                assert store(bar_store, bars) == [StoreCounts(100, 0, 0)]
                assert_same(bar_store.load("AAPL", "1d").bars, bars)
        finally:
            connection.execute(f"DROP OWNED BY {name}")
            connection.execute(f"DROP ROLE {name}")
