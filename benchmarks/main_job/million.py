"""A million bars: CSV into PostgreSQL, again unchanged, and back from the cache."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS = 1_000_000
READ = """
import sys, time
from arbitrax.bootstrap import open_store
from arbitrax.settings import read_settings
with open_store(read_settings()) as store:
    for _ in range(6):
        started = time.perf_counter()
        series = store.bars.load("MILLION", "1m")
        assert len(series.bars) == 1_000_000 and series.bars.close.sum() > 0
        print(time.perf_counter() - started)
"""


def write_csv(path: Path) -> None:
    """Write a seeded random walk of minute bars, 390 a weekday, prices in cents."""
    generator = np.random.default_rng(4)
    close = np.round(100 * np.exp(np.cumsum(generator.normal(0, 0.0004, ROWS))), 2)
    first = np.concatenate(([100.0], close[:-1]))
    high = np.round(np.maximum(first, close) * 1.0005, 2)
    low = np.round(np.minimum(first, close) * 0.9995, 2)
    volume = generator.integers(100, 1_000_000, ROWS)
    day = np.busday_offset("2014-01-06", np.arange(ROWS) // 390)
    stamp = day.astype("datetime64[m]") + 14 * 60 + 30 + np.arange(ROWS) % 390
    with path.open("w") as file:
        file.write("timestamp,open,high,low,close,volume\n")
        for at in range(0, ROWS, 10_000):
            rows = slice(at, at + 10_000)
            file.writelines(
                f"{t}:00Z,{o:.2f},{h:.2f},{lo:.2f},{c:.2f},{v}\n"
                for t, o, h, lo, c, v in zip(
                    np.datetime_as_string(stamp[rows]),
                    first[rows],
                    high[rows],
                    low[rows],
                    close[rows],
                    volume[rows],
                    strict=True,
                )
            )


def main() -> None:
    """Print the table."""
    arbitrax = str(Path(sys.executable).with_name("arbitrax"))
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ARBITRAX_HOME": f"{folder}/home"}
        path = Path(folder) / "MILLION.csv"
        write_csv(path)
        subprocess.run([arbitrax, "data", "list"], env=environment, check=True, stdout=subprocess.DEVNULL)
        print(f"{ROWS:,} minute bars, one process each:")
        for name in ("CSV into PostgreSQL, first", "the same again, nothing changes"):
            started = time.perf_counter()
            subprocess.run(
                [arbitrax, "data", "import", str(path)],
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            print(f"{name:<46} {time.perf_counter() - started:8.3f} s   (target 10, first)")
        out = subprocess.run([sys.executable, "-c", READ], env=environment, check=True, capture_output=True, text=True)
        filled, *cached = (float(line) for line in out.stdout.split())
        print(f"{'read, filling the cache':<46} {filled:8.3f} s")
        print(f"{'read from the cache, median of 5':<46} {statistics.median(cached):8.3f} s   (target 0.3)")


if __name__ == "__main__":
    main()
