"""A database and its stores, and bars to put in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import DAY
from arbitrax.storage.parquet.bar_cache import BarCache
from arbitrax.storage.postgres.action_store import PostgresActionStore
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database

MakeBars = Callable[..., Bars]
Store = Callable[..., list]


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    with Database(postgres_url) as opened:
        yield opened


@pytest.fixture
def cache_directory(tmp_path: Path) -> Path:
    return tmp_path / "bars"


@pytest.fixture
def bar_store(database: Database, cache_directory: Path) -> PostgresBarStore:
    return PostgresBarStore(database, BarCache(cache_directory))


@pytest.fixture
def action_store(database: Database) -> PostgresActionStore:
    return PostgresActionStore(database)


@pytest.fixture
def make_bars() -> MakeBars:
    """Bars with awkward prices: cents, 17 digits, tiny and huge."""

    def make(symbol: str = "AAPL", rows: int = 100, *, seed: int = 1, first: int = 0, adjusted: bool = True) -> Bars:
        random = np.random.default_rng(seed)
        close = np.round(random.uniform(1, 500, rows), 2)
        close[::3] = random.uniform(1, 500, len(close[::3]))
        close[::7] = random.uniform(1e-9, 1e-3, len(close[::7]))
        close[::11] = random.uniform(1e9, 1e20, len(close[::11]))
        return Bars(
            symbol=symbol,
            interval="1d",
            timestamp=(np.arange(rows, dtype=np.int64) + first) * DAY,
            open=close * random.uniform(0.98, 1.02, rows),
            high=close * 1.1,
            low=close * 0.9,
            close=close,
            volume=np.floor(random.uniform(0, 1e9, rows)),
            adj_close=close * 0.5 if adjusted else None,
        )

    return make
