"""Parse CSV files and validate what they hold, with a calendar; and validate alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.files import read_file
from arbitrax.market_data.validation.findings import Context
from arbitrax.market_data.validation.validator import validate
from benchmarks.data.rows import Row

MINUTES, DAYS, FILES = 1_000_000, 2_500, 20
XNYS = calendar("XNYS")


def session_minutes(count: int) -> np.ndarray:
    """Return the newest minutes of regular sessions that the calendar's table holds, less two years."""
    table = XNYS.table.take(slice(-count // 380 - 502, -500))
    parts = [np.arange(open_, close, MINUTE) for open_, close in zip(table.open, table.close, strict=True)]
    return np.concatenate(parts)[-count:]


def walk(times: np.ndarray, move: float) -> dict[str, np.ndarray]:
    """Return a random walk's prices to the cent, and volumes."""
    random = np.random.default_rng(1)
    close = 100 * np.exp(np.cumsum(random.normal(0, move, len(times))))
    open_ = close * np.exp(random.normal(0, move / 2, len(times)))
    prices = {
        "open": open_,
        "high": np.maximum(open_, close) * (1 + move / 2),
        "low": np.minimum(open_, close) * (1 - move / 2),
        "close": close,
    }
    rounded = {name: np.maximum(np.round(column, 2), 0.01) for name, column in prices.items()}
    return {**rounded, "volume": random.integers(100, 10_000, len(times)).astype(np.float64)}


def rows_of(times: np.ndarray, interval: str, move: float) -> CandidateBars:
    return CandidateBars("ABC", interval, times, **walk(times, move), source="benchmark")


def write_csv(path: Path, times: np.ndarray, interval: str, move: float) -> None:
    columns = walk(times, move).values()
    unit = "D" if interval == "1d" else "s"
    stamps = np.datetime_as_string(times.astype("datetime64[ns]").astype(f"datetime64[{unit}]"), timezone="naive")
    with path.open("w", encoding="utf-8") as file:
        file.write("Date,Open,High,Low,Close,Volume\n")
        for stamp, *values in zip(stamps, *columns, strict=True):
            file.write(f"{stamp}{'' if unit == 'D' else 'Z'},{','.join(f'{value:.10g}' for value in values)}\n")


def checked(path: Path) -> int:
    (series,) = read_file(path)
    bars = series.bars
    columns = (bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume)
    kept = validate(CandidateBars(bars.symbol, bars.interval, *columns), Context(calendar=XNYS)).kept
    assert len(kept) == len(bars)
    return len(kept)


def minutes_csv(folder: Path) -> Callable[[], int]:
    write_csv(folder / "ABC.csv", session_minutes(MINUTES), "1m", 5e-4)
    return lambda: checked(folder / "ABC.csv")


def daily_csvs(folder: Path) -> Callable[[], int]:
    times = XNYS.table.date[-DAYS - 500 : -500].copy()
    paths = [folder / f"ABC{number}.csv" for number in range(FILES)]
    for path in paths:
        write_csv(path, times, "1d", 0.01)
    return lambda: sum(checked(path) for path in paths)


def in_memory(times: np.ndarray, interval: str, move: float, *, spoiled: bool = False) -> Callable[[], int]:
    """Return what validates rows alone; spoiled ones stand newest first, each hundredth without a close."""
    rows = rows_of(times, interval, move)
    if spoiled:
        rows.close[::100] = np.nan
        rows = rows.take(slice(None, None, -1))
    context = Context(
        calendar=XNYS, requested=(int(times[0]), int(times[-1]) + DAY), now=int(times[-1]) + 30 * DAY, liquid=True
    )

    def run() -> int:
        result = validate(rows, context)
        assert len(result.kept) + len(result.quarantined) == len(rows)
        return len(rows)

    return run


ROWS = [
    Row("parse and validate a CSV of 1M minutes", minutes_csv, 400_000),
    Row("parse and validate 20 CSVs of 2,500 days", daily_csvs, 400_000),
    Row("validate 1M minutes", lambda _: in_memory(session_minutes(MINUTES), "1m", 5e-4), 500_000),
    Row(
        "validate 1M minutes, 1 in 100 defective",
        lambda _: in_memory(session_minutes(MINUTES), "1m", 5e-4, spoiled=True),
        500_000,
    ),
    Row("validate 2,500 days", lambda _: in_memory(XNYS.table.date[-DAYS - 500 : -500].copy(), "1d", 0.01)),
]
