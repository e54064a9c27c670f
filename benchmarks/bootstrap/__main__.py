"""Print how fast the stationary bootstrap is: ours and arch's, interleaved, medians and ratios.

python -m benchmarks.bootstrap [--rounds N]

1,000 resamples of 2,520 daily returns, mean block 10, 95% percentile intervals. Each engine runs in a process of its
own and counts the fastest of three repetitions, without imports.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.peers import REQUIREMENTS, python_of
from benchmarks.timing import row

DAYS = 2_520
DATA = Path("build/bench/returns.npy")
TASKS = {"all": "Sharpe, CAGR and drawdown", "sharpe": "Sharpe alone"}
NAMES = {"sharpe": "Sharpe", "cagr": "CAGR", "drawdown": "drawdown"}
TARGET = 5.0
APART = 0.25
"""Largest distance of two ends of intervals, as a share of the interval, for two seeds to agree."""


def measure(python: str, engine: str, task: str) -> tuple[float, list[list[float]]]:
    done = subprocess.run(
        [python, "-m", "benchmarks.bootstrap.runner", engine, str(DATA), task],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return found["seconds"], found["intervals"]


def agree(one: list[list[float]], two: list[list[float]]) -> bool:
    return all(
        abs(a - b) < APART * (ends[1] - ends[0])
        for ends, others in zip(one, two, strict=True)
        for a, b in zip(ends, others, strict=True)
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bootstrap")
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    DATA.parent.mkdir(parents=True, exist_ok=True)
    np.save(DATA, np.random.default_rng(1).standard_t(4, DAYS) * 0.008 + 0.0004)
    pythons = {"ours": sys.executable, "arch": python_of("arch")}
    if pythons["arch"] is None:
        print("arch cannot be installed, so there is nothing to compare with")
        return 1
    print(f"1,000 stationary resamples of {DAYS:,} returns; ours and {REQUIREMENTS['arch'][0]}")
    holds = True
    for task, title in TASKS.items():
        seconds: dict[str, list[float]] = {"ours": [], "arch": []}
        intervals: dict[str, list[list[float]]] = {}
        for _ in range(rounds):
            for engine, python in pythons.items():
                took, intervals[engine] = measure(str(python), engine, task)
                seconds[engine].append(took)
        print(row(f"{title}, ours", seconds["ours"]))
        print(row(f"{title}, arch", seconds["arch"], seconds["ours"]))
        ratio = statistics.median(a / b for a, b in zip(seconds["arch"], seconds["ours"], strict=True))
        same = agree(intervals["ours"], intervals["arch"])
        for name, a, b in zip(NAMES.values(), intervals["ours"], intervals["arch"], strict=False):
            print(f"  {name:<10} ours {a[0]:8.3f} to {a[1]:8.3f}   arch {b[0]:8.3f} to {b[1]:8.3f}")
        print(f"  {ratio:.1f}x as fast (target {TARGET:g}x), intervals {'agree' if same else 'DIFFER'}")
        holds &= ratio >= TARGET and same
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
