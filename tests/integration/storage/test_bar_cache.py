"""The Parquet cache: keyed by content, readable by anyone, never trusted, never needed."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import psycopg
import pytest
from msgspec.structs import replace

from arbitrax.domain.bars import COLUMNS, Bars
from arbitrax.storage.parquet.bar_cache import BarCache
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database

RECEIVED = 1_700_000_000_000_000_000


@pytest.fixture
def bars(bar_store, make_bars) -> Bars:
    made = make_bars(rows=1000)
    bar_store.store([made], source="x", received=RECEIVED, rows_done=lambda _rows: None)
    return made


def files(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()} if directory.exists() else set()


def forget_prices(url: str) -> None:
    """Take the prices away behind the store's back, so that only the cache can have them."""
    with psycopg.connect(url) as connection:
        connection.execute("TRUNCATE historical_prices")


def test_a_hit_reads_no_prices_from_the_database(bar_store, bars, postgres_url, cache_directory) -> None:
    bar_store.load("AAPL", "1d")
    name = bars.content_hash()
    assert files(cache_directory) == {f"{name}.parquet", f"{name}.json"}
    forget_prices(postgres_url)
    assert bar_store.load("AAPL", "1d").bars.content_hash() == name
    assert len(bar_store.load("AAPL", "1d", cached=False).bars) == 0


def test_what_was_stored_first_is_cached_at_once(bar_store, bars, postgres_url) -> None:
    forget_prices(postgres_url)
    assert bar_store.load("AAPL", "1d").bars.content_hash() == bars.content_hash()


def test_many_series_are_read_from_the_cache(bar_store, make_bars, postgres_url, cache_directory) -> None:
    made = [replace(make_bars(rows=rows), symbol=f"S{rows}") for rows in (30, 10, 20)]
    bar_store.store(made, source="x", received=RECEIVED, rows_done=lambda _rows: None)
    changed = replace(made[1], close=made[1].close * 1.5)
    bar_store.store([changed], source="x", received=RECEIVED, rows_done=lambda _rows: None)
    found = list(bar_store.load_many(["S20", "NONE", "S30", "S10"], "1d"))
    assert found[1] is None
    wanted = [made[2], None, made[0], changed]
    assert [each and (each.bars.symbol, each.bars.content_hash()) for each in found] == [
        each and (each.symbol, each.content_hash()) for each in wanted
    ]
    assert [each.as_of for each in found if each] == [
        bar_store.load(symbol, "1d").as_of for symbol in ("S20", "S30", "S10")
    ]
    forget_prices(postgres_url)
    assert next(bar_store.load_many(["S30"], "1d")).bars.content_hash() == made[0].content_hash()
    assert list(bar_store.load_many(["S30"], "1h")) == [None]


def test_uncached_reads_leave_the_cache_alone(bar_store, bars, cache_directory) -> None:
    for path in cache_directory.iterdir():
        path.unlink()
    bar_store.load("AAPL", "1d", cached=False)
    bar_store.load("AAPL", "1d", as_of=RECEIVED, cached=False)
    assert files(cache_directory) == set()


def test_a_change_is_seen_at_once_and_frees_the_old_content(bar_store, bars, cache_directory) -> None:
    bar_store.load("AAPL", "1d")
    changed = replace(bars, close=bars.close * 1.5)
    bar_store.store([changed], source="x", received=RECEIVED, rows_done=lambda _rows: None)
    assert files(cache_directory) == set()
    assert bar_store.load("AAPL", "1d").bars.content_hash() == changed.content_hash()
    assert len(files(cache_directory)) == 2


def test_the_file_is_a_normal_parquet_file(bar_store, bars, cache_directory) -> None:
    bar_store.load("AAPL", "1d")
    (path,) = cache_directory.glob("*.parquet")
    with_pandas, with_polars = pd.read_parquet(path), pl.read_parquet(path)
    for name in COLUMNS:
        column = getattr(bars, name)
        assert with_pandas[name].to_numpy(column.dtype).tobytes() == column.tobytes()
        assert with_polars[name].cast(pl.Int64 if name == "timestamp" else pl.Float64).to_numpy().tobytes() == (
            column.tobytes()
        )
    assert str(with_pandas["timestamp"].dtype) == "datetime64[ns, UTC]"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGE = {
    "missing file": lambda parquet, layout: parquet.unlink(),
    "missing layout": lambda parquet, layout: layout.unlink(),
    "cut file": lambda parquet, layout: cut(parquet),
    "one bit": lambda parquet, layout: flip(parquet),
    "zeros": lambda parquet, layout: parquet.write_bytes(bytes(parquet.stat().st_size)),
    "empty file": lambda parquet, layout: parquet.write_bytes(b""),
    "empty layout": lambda parquet, layout: layout.write_bytes(b""),
    "cut layout": lambda parquet, layout: cut(layout),
    "other layout": lambda parquet, layout: layout.write_text('{"format": 1, "size": 1}'),
    "later format": lambda parquet, layout: layout.write_text(layout.read_text().replace('"format":1', '"format":2')),
    "fewer columns": lambda parquet, layout: layout.write_text(layout.read_text().replace('"volume"', '"adj_close"')),
    "unknown column": lambda parquet, layout: layout.write_text(layout.read_text().replace('"adj_close"', '"bid"')),
    "negative offset": lambda parquet, layout: layout.write_text(layout.read_text().replace('"offset":', '"offset":-')),
    "absurd rows": lambda parquet, layout: layout.write_text(
        layout.read_text().replace('"rows":1000', '"rows":1000000000000000')
    ),
    "directory instead": lambda parquet, layout: (parquet.unlink(), parquet.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_noticed_and_costs_time_only(bar_store, bars, cache_directory, damage) -> None:
    bar_store.load("AAPL", "1d")
    name = bars.content_hash()
    DAMAGE[damage](cache_directory / f"{name}.parquet", cache_directory / f"{name}.json")
    assert BarCache(cache_directory).get(name, "AAPL", "1d") is None
    for _ in range(2):
        assert bar_store.load("AAPL", "1d").bars.content_hash() == name
    assert not list(cache_directory.glob("*.tmp"))


def test_a_cache_that_cannot_be_written_is_no_error(database, bars, tmp_path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    store = PostgresBarStore(database, BarCache(blocked))
    for _ in range(2):
        assert store.load("AAPL", "1d").bars.content_hash() == bars.content_hash()


def test_no_cache_is_needed(database, bars) -> None:
    assert PostgresBarStore(database).load("AAPL", "1d").bars.content_hash() == bars.content_hash()


def test_equal_content_is_shared_by_symbols(bar_store, bars, cache_directory) -> None:
    bar_store.store([replace(bars, symbol="COPY")], source="x", received=RECEIVED, rows_done=lambda _rows: None)
    assert bar_store.load("AAPL", "1d").bars.symbol == "AAPL"
    assert bar_store.load("COPY", "1d").bars.symbol == "COPY"
    assert len(files(cache_directory)) == 2


@pytest.mark.parametrize("rows", [1, 2, 5000])
@pytest.mark.parametrize("adjusted", [True, False])
def test_put_and_get_are_exact_inverses(tmp_path, make_bars, rows, adjusted) -> None:
    cache, made = BarCache(tmp_path), make_bars(rows=rows, adjusted=adjusted)
    assert cache.put(made.content_hash(), made)
    found = cache.get(made.content_hash(), "AAPL", "1d")
    assert found is not None
    assert found.content_hash() == made.content_hash()
    assert np.all(found.close == made.close)
    assert cache.get(made.content_hash(), "AAPL", "1h") is None


def test_a_reader_role_still_fills_its_cache(bar_store, bars, postgres_url, cache_directory) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET default_transaction_read_only = on")
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("UPDATE price_series SET content_hash = NULL")
    with Database(postgres_url) as database:
        store = PostgresBarStore(database, BarCache(cache_directory))
        assert store.load("AAPL", "1d").bars.content_hash() == bars.content_hash()
