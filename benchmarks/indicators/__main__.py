"""Print the table of indicators: ours, TA-Lib and talipp in turn, medians and ratios.

python -m benchmarks.indicators [--rounds N] [--rows TEXT]

Over arrays: the public function against TA-Lib's, 1M bars. One update: a call from Python with the next bar, ours
against talipp's, in one process; talipp lives in a virtual environment of its own and is imported from there.
"""

import argparse
import importlib
import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks.indicators.rows import BARS, Row, Update, made_bars
from benchmarks.peers import REQUIREMENTS, python_of

FAMILIES = ("averages", "prices", "statistics")
UPDATES = 20_000


def rows() -> list[Row]:
    """Return the rows of all families there are."""
    names = [f"benchmarks.indicators.{family}" for family in FAMILIES]
    return [row for name in names if importlib.util.find_spec(name) for row in importlib.import_module(name).ROWS]


def borrow_talipp() -> bool:
    """Make talipp importable here; whether it is."""
    python = python_of("talipp")
    if python is None:
        return False
    where = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    sys.path.append(where)
    return True


def in_turn(
    one: Callable[[], float], other: Callable[[], float] | None, rounds: int
) -> tuple[list[float], list[float]]:
    """Return the seconds of both, which take turns at going first; a round before the first is thrown away."""
    mine: list[float] = []
    theirs: list[float] = []
    for number in range(rounds + 1):
        order = [(one, mine), (other, theirs)]
        for timed, seconds in order if number % 2 else reversed(order):
            if timed is not None:
                spent = timed()
                if number:
                    seconds.append(spent)
    return mine, theirs


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    made = work()
    spent = time.perf_counter() - started
    del made  # freeing the arrays is no part of it
    return spent


def updating(start: Callable[[], Update], bars: list[tuple[float, ...]]) -> float:
    update = start()
    started = time.perf_counter()
    for bar in bars:
        update(*bar)
    return (time.perf_counter() - started) / len(bars)


def show(name: str, unit: float, mine: list[float], theirs: list[float]) -> float | None:
    """Print a line; return the median of the pairwise ratios, above 1 where ours is faster."""
    line = f"  {name:<46}{statistics.median(mine) * unit:10.2f}"
    if not theirs:
        print(f"{line}{'-':>12}")
        return None
    ratio = statistics.median(b / a for a, b in zip(mine, theirs, strict=True))
    print(f"{line}{statistics.median(theirs) * unit:12.2f}{ratio:10.2f}x")
    return ratio


def summary(ratios: list[float | None], least: float) -> None:
    known = [ratio for ratio in ratios if ratio is not None]
    if known:
        held = sum(ratio >= least for ratio in known)
        print(f"  median ratio {statistics.median(known):.2f}x; {held} of {len(known)} are at least {least:g}x")


def main() -> None:
    """Run the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--quick", action="store_true", help="three rounds")
    parser.add_argument("--rows", default="", help="only rows whose name holds this")
    given = parser.parse_args()
    rounds = 3 if given.quick else given.rounds
    chosen = [row for row in rows() if given.rows.lower() in row.name.lower()]
    bars = made_bars()
    print(f"Medians of {rounds} rounds, taking turns; ratio: the peer's time by ours, above 1x ours is faster.")
    print(f"\n  {f'over {BARS:,} bars, ms':<46}{'ours':>10}{'TA-Lib':>12}{'ratio':>11}")
    ratios = []
    for row in chosen:
        theirs = row.talib
        spent = in_turn(
            lambda row=row: seconds_of(lambda: row.ours(bars)),
            (lambda theirs=theirs: seconds_of(lambda: theirs(bars))) if theirs else None,
            rounds,
        )
        ratios.append(show(row.name, 1e3, *spent))
    summary(ratios, 1.0)
    talipp = borrow_talipp()
    each = list(zip(*(column[:UPDATES].tolist() for column in bars), strict=True))
    peer = REQUIREMENTS["talipp"][0] if talipp else "talipp is not available"
    print(f"\n  {'one update from Python, us':<46}{'ours':>10}{peer:>16}{'ratio':>7}")
    ratios = []
    for row in chosen:
        if row.ours_update is None:
            continue
        theirs = row.talipp_update if talipp else None
        spent = in_turn(
            lambda row=row: updating(row.ours_update, each),
            (lambda theirs=theirs: updating(theirs, each)) if theirs else None,
            rounds,
        )
        ratios.append(show(row.name, 1e6, *spent))
    summary(ratios, 5.0)


if __name__ == "__main__":
    main()
