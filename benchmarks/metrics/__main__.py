"""Print how fast all scalar metrics of a run of 1M bars are: ours, empyrical's and quantstats', interleaved.

python -m benchmarks.metrics [--rounds N]
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.peers import REQUIREMENTS, python_of
from benchmarks.timing import row

BARS = 1_000_000
FOLDER = Path("build/bench/metrics")
MINUTE, DAY = 60_000_000_000, 86_400_000_000_000
SESSION = 390
TARGET = 20.0


def measure(python: str, engine: str) -> dict[str, float]:
    done = subprocess.run(
        [python, "-m", "benchmarks.metrics.runner", engine, str(FOLDER)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def write_bars() -> None:
    """Write ten years of made-up minutes, sessions of 390 on weekdays."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    sessions = np.arange(-(-BARS // SESSION))
    days = 10_959 + sessions // 5 * 7 + sessions % 5  # from Monday 2000-01-03
    time = (days[:, None] * DAY + 14 * 60 * MINUTE + np.arange(SESSION) * MINUTE).ravel()[:BARS]
    steps = np.random.default_rng(3).normal(0, 5e-4, BARS)
    np.save(FOLDER / "time.npy", time)
    np.save(FOLDER / "close.npy", np.round(100 * np.exp(np.cumsum(steps)), 4))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.metrics")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    write_bars()
    pythons = {"ours": sys.executable} | {name: python_of(name) for name in ("empyrical", "quantstats")}
    peers = [name for name in pythons if name != "ours" and pythons[name] is not None]
    seconds: dict[str, list[float]] = {name: [] for name in ("ours", *peers)}
    found: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for name, spent in seconds.items():
            found[name] = measure(str(pythons[name]), name)
            spent.append(found[name]["seconds"])
    print(f"All scalar metrics of {BARS:,} minute bars, {rounds} rounds in turn")
    print(row(f"ours, {found['ours']['metrics']} metrics", seconds["ours"]))
    holds = bool(peers)
    for name in peers:
        one = found[name]
        print(row(f"{REQUIREMENTS[name][0]}, {one['metrics']} metrics", seconds[name], seconds["ours"]))
        same = all(math.isclose(one[key], found["ours"][key], rel_tol=1e-6) for key in ("drawdown", "total"))
        ratio = statistics.median(a / b for a, b in zip(seconds[name], seconds["ours"], strict=True))
        print(f"  {ratio:.0f}x as fast (target {TARGET:g}x); drawdown and return {'agree' if same else 'DIFFER'}")
        holds &= ratio >= TARGET and same
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
