"""Print the table of ingestion: bars a second by step, medians.

python -m benchmarks.data [--rounds N] [--quick] [--rows TEXT]

Every row gets a folder of its own under the system's temporary one, which is removed.
"""

import argparse
import importlib
import importlib.util
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.data.rows import Row

FAMILIES = ("validation",)


def rows() -> list[Row]:
    """Return the rows of all families there are."""
    names = [f"benchmarks.data.{family}" for family in FAMILIES]
    return [row for name in names if importlib.util.find_spec(name) for row in importlib.import_module(name).ROWS]


def measured(row: Row, rounds: int) -> tuple[int, float]:
    """Return bars and the median seconds; a round before the first is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        work = row.prepare(Path(folder))
        seconds = []
        for _ in range(rounds + 1):
            started = time.perf_counter()
            bars = work()
            seconds.append(time.perf_counter() - started)
    return bars, statistics.median(seconds[1:])


def main() -> None:
    """Run the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="three rounds")
    parser.add_argument("--rows", default="", help="only rows whose name holds this")
    given = parser.parse_args()
    rounds = 3 if given.quick else given.rounds
    print(f"Medians of {rounds} rounds.\n\n  {'':<46}{'bars':>12}{'ms':>10}{'bars/s':>14}{'asked for':>14}")
    for row in (one for one in rows() if given.rows.lower() in one.name.lower()):
        bars, seconds = measured(row, rounds)
        least = f"{row.least:,.0f}" if row.least else "-"
        print(f"  {row.name:<46}{bars:>12,}{seconds * 1e3:>10.1f}{bars / seconds:>14,.0f}{least:>14}")


if __name__ == "__main__":
    main()
