"""Print how fast the order book is: streams, single calls, worst messages, memory; a bare C++ book in turn with it.

python -m benchmarks.exchange [--rounds N]

Streams of a million messages (`stream`) at 1k, 10k and 100k resting orders, as COMMAND records in parts of 8,192; each
accepted, amended, cancelled and filled record is written and read once by a checksum. The bare book (`floor.cpp`, g++)
has no features and writes nothing. Quantiles are of calls made one after the other: service times, not of a queue.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.exchange.stream import EXPECTED, FOLDER, stored

SOURCE = Path(__file__).with_name("floor.cpp")
TARGETS = {1_000: 33.3, 10_000: 33.3, 100_000: 45.0}
"""Nanoseconds a message."""


def measure(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.exchange.runner", *arguments], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compiled_floor() -> Path | None:
    """Return the bare C++ book, None without a compiler."""
    compiler = shutil.which("g++")
    if compiler is None:
        print("There is no g++, so the bare C++ book is left out.")
        return None
    program = FOLDER / "floor"
    program.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([compiler, "-O3", "-march=native", "-std=c++17", "-o", program, SOURCE], check=True)
    return program


def floor(program: Path, resting: int) -> dict[str, Any]:
    rows = FOLDER / f"orders-{resting}.rows"
    if not rows.exists():
        np.load(stored(resting)).tofile(rows)
    done = subprocess.run([program, rows, "5"], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def streams(rounds: int) -> bool:
    """Print a line a stream; tell whether hashes agree and targets hold."""
    program = compiled_floor()
    holds = True
    print("  resting      ns a message    cpu    M/s   bare C++  ratio  target  trades and book")
    for resting, target in TARGETS.items():
        stored(resting)
        ours, bare = [], []
        for _ in range(rounds):
            ours.append(measure("batch", str(resting)))
            if program is not None:
                bare.append(floor(program, resting))
        agree = all((each["trades"], each["book"]) == EXPECTED[resting] for each in ours)
        agree &= all(each["trades"] == EXPECTED[resting][0] for each in bare)
        took = statistics.median(each["nanoseconds"] for each in ours)
        cpu = statistics.median(each["cpu"] for each in ours)
        beside = "      -      -"
        if bare:
            least = statistics.median(each["nanoseconds"] for each in bare)
            ratio = statistics.median(a["nanoseconds"] / b["nanoseconds"] for a, b in zip(ours, bare, strict=True))
            beside = f"{least:10.1f} {ratio:6.2f}"
        print(
            f"{resting:>9,} {took:17.1f} {cpu:6.1f} {1_000 / took:6.1f} {beside} {target:7.1f}  "
            f"{'agree' if agree else 'DIFFER'}"
        )
        holds &= agree and took <= target
    return holds


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exchange")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    holds = streams(rounds)
    one = measure("single", "10000")
    print(
        f"one call a message, 10k resting: {one['nanoseconds']:.0f} ns ({one['cpu']:.0f} cpu), "
        f"{1_000 / one['nanoseconds']:.1f} M/s (target 3); p50 {one['p50']}, p99 {one['p99']} (target 1,000), "
        f"p99.9 {one['p99.9']}, max {one['max']} ns"
    )
    holds &= one["nanoseconds"] <= 1_000 / 3 and one["p99"] <= 1_000
    for name, each in measure("worst").items():
        print(
            f"worst messages, {name.replace('_', ' ')}: p50 {each['p50']}, p99 {each['p99']}, p99.9 {each['p99.9']}, "
            f"max {each['max']} ns (target 10,000)"
        )
        holds &= each["max"] <= 10_000
    room = measure("memory")
    print(f"a symbol: idle {room['idle']:,.0f} bytes (target 16,384), with a quote {room['quoted']:,.0f}")
    return 0 if holds and room["idle"] <= 16_384 else 1


if __name__ == "__main__":
    sys.exit(main())
