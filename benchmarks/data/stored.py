"""A database with many rows: daily and one-minute bars as a stock exchange has them, seeded, labelled synthetic."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import DAY
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database

SOURCE = "synthetic"
MINUTE = 60_000_000_000
SESSION = 390
"""Minutes a session."""
OPENS = 14 * 60 + 30
YEARS = 10
MONTH_ROWS = 21 * SESSION


def days_until(today: int, sessions: int) -> np.ndarray:
    """Return the last weekdays before a day, as numbers since 1970."""
    days = np.arange(today - sessions * 7 // 5 - 7, today)
    return days[(days + 3) % 7 < 5][-sessions:]


def bars_at(symbol: str, interval: str, stamps: np.ndarray, seed: int) -> Bars:
    random = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(random.normal(0, 0.0005, len(stamps)))), 2)
    spread = np.round(np.abs(random.normal(0, 0.05, len(stamps))), 2) + 0.01
    return Bars(
        symbol=symbol,
        interval=interval,
        timestamp=stamps,
        open=np.round(close + spread * 0.5, 2),
        high=np.round(close + spread, 2),
        low=np.round(np.maximum(close - spread, 0.01), 2),
        close=close,
        volume=np.floor(random.uniform(100, 1e6, len(stamps))),
    )


def minutes(symbol: str, today: int, sessions: int, seed: int) -> Bars:
    days = days_until(today, sessions)
    stamps = (days[:, None] * DAY + (OPENS + np.arange(SESSION)) * MINUTE).ravel()
    return bars_at(symbol, "1m", stamps, seed)


def daily(symbol: str, today: int, seed: int) -> Bars:
    return bars_at(symbol, "1d", days_until(today, 252 * YEARS) * DAY, seed)


def series(rows: int, today: int) -> Iterator[Bars]:
    """A tenth of the rows in daily bars of ten years, the rest in minutes of two."""
    made = number = 0
    while made < rows:
        if number % 9 == 0:
            bars = minutes(f"M{number:05}", today, 504, number)
        else:
            bars = daily(f"D{number:05}", today, number)
        yield bars
        made, number = made + len(bars), number + 1


def fill(database: Database, rows: int, today: int) -> tuple[list[str], float, int]:
    """Store rows by two writers; return the symbols, and seconds and rows of it."""
    store = PostgresBarStore(database)

    def put(bars: Bars) -> tuple[str, int]:
        store.store([bars], source=SOURCE, received=time.time_ns(), rows_done=lambda _rows: None)
        return bars.symbol, len(bars)

    started = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(put, series(rows, today)))
    return [symbol for symbol, _ in done], time.perf_counter() - started, sum(each for _, each in done)
