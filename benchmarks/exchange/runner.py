"""Measure our order book in a process of its own and print the figures as JSON.

python -m benchmarks.exchange.runner batch RESTING | worst | memory
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from arbitrax.exchange.records import EVENT
from benchmarks.exchange.engine import open_engine
from benchmarks.exchange.memory import resident
from benchmarks.exchange.peers.worker import quantiles
from benchmarks.exchange.stream import as_commands, fold, stored, trade_hash

PART = 8_192
"""Commands a call: their events are read while they are in the cache."""
ROUNDS = 5


def batch(resting: int) -> dict[str, Any]:
    """Run the stream in parts; every record is written, then read once by a checksum. Fastest round of new books."""
    commands = as_commands(np.load(stored(resting)))
    offsets = np.zeros(len(commands) + 1, np.int64)
    wall, cpu = [], []
    for _ in range(ROUNDS):
        book, checksum = open_engine(), 0
        began, used = time.perf_counter(), time.process_time()
        for at in range(0, len(commands), PART):
            part = commands[at : at + PART]
            book.run(part, offsets[: len(part) + 1])
            checksum ^= int(np.bitwise_xor.reduce(np.frombuffer(book.events(), np.int64)))
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    book = open_engine()
    book.run(commands, offsets)
    events = np.frombuffer(book.events(), EVENT)
    resting_orders = [(order, side, price, lots) for side in (0, 1) for price, order, _, lots in book.queue(0, side)]
    return {
        "nanoseconds": min(wall) / len(commands) * 1e9,
        "cpu": min(cpu) / len(commands) * 1e9,
        "trades": trade_hash(events),
        "book": fold(sorted(resting_orders)),
        "records": len(events),
        "checksum": checksum & (1 << 64) - 1,
    }


def stubs(step: Callable[[str, Any], None]) -> None:
    """Orders nobody means, at 1 tick and at 20M ticks: the best one comes and goes above them."""
    step("submit", (0, 1, 1, 1))
    step("submit", (1, 20_000_000, 1, 2))
    for at in range(2_000):
        step("submit", (0, 9_999_999 - at, 1, 1))
        step("cancel", (2 * at + 3, 1))
        step("submit", (1, 10_000_001 + at, 1, 2))
        step("cancel", (2 * at + 4, 2))


def drift(step: Callable[[str, Any], None]) -> None:
    """Prices run away: each order 1,001 ticks beyond the last one, and the oldest of a hundred goes."""
    for at in range(4_000):
        step("submit", (0, 1_000_000 + at * 1_001, 1, 1))
        if at >= 100:
            step("cancel", (at - 99, 1))


def tiny_ticks(step: Callable[[str, Any], None]) -> None:
    """Ticks of 1e-8 around 60,000: no two orders at one price, levels billions of ticks apart."""
    draws = np.random.default_rng(1).integers(0, 6 * 10**11, 4_000)
    for at, draw in enumerate(draws.tolist()):
        step("submit", (0, 6 * 10**12 - draw, 1, 1))
        if at >= 1_000:
            step("cancel", (at - 999, 1))


def _note(calls: list[tuple[str, tuple[int, ...]]], name: str, arguments: tuple[int, ...]) -> None:
    calls.append((name, arguments))


def worst() -> dict[str, Any]:
    """Return quantiles of what a message takes: of each message the fastest of many runs, without the noise."""
    found = {}
    clock = time.perf_counter_ns
    for scenario in (stubs, drift, tiny_ticks):
        calls: list[tuple[str, tuple[int, ...]]] = []
        scenario(partial(_note, calls))
        least = np.full(len(calls), np.iinfo(np.int64).max)
        for _ in range(15):
            book = open_engine()
            took = np.zeros(len(calls), np.int64)
            methods = {"submit": book.submit, "cancel": book.cancel}
            for at, (name, arguments) in enumerate(calls):
                method = methods[name]
                began = clock()
                answer = method(*arguments)
                took[at] = clock() - began
                assert answer > 0, (name, arguments, answer)
            least = np.minimum(least, took)
        found[scenario.__name__] = quantiles(least.tolist())
    return found


def memory() -> dict[str, Any]:
    """Return bytes a symbol takes: one nobody has traded, and one with an order on each side."""
    count = 20_000
    open_engine().submit(0, 1, 1, 1)
    before = resident()
    book = open_engine(count)
    idle = (resident() - before) / count
    for symbol in range(count):
        book.submit(0, 100, 1, 1, symbol)
        book.submit(1, 200, 1, 2, symbol)
    return {"idle": idle, "quoted": (resident() - before) / count}


def main() -> None:
    task, *arguments = sys.argv[1:]
    tasks: dict[str, Callable[..., dict[str, Any]]] = {"batch": batch, "worst": worst, "memory": memory}
    print(json.dumps(tasks[task](*map(int, arguments))))


if __name__ == "__main__":
    main()
