"""Drive one engine through a stream and print what was measured as JSON.

python -m benchmarks.exchange.peers.ENGINE speed|check ROWS MESSAGES

speed: nanoseconds a message, the least of up to three passes. check: trades, and quantiles of each call: service times,
of calls made one after the other, and times since each call was due at a fixed rate, which count what waits behind a
slow one (the coordinated omission of the first).
"""

import array
import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

ADD, MARKET, CANCEL, REDUCE, REPLACE = range(5)
PASSES = 3
PATIENCE = 4.0
"""Seconds after which there is no further pass."""
DUE = 4_000
"""Nanoseconds between calls at the fixed rate: 250,000 a second."""
CALLS = 300_000
"""Of which quantiles are taken."""
QUANTILES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "max": 1.0}

Row = tuple[int, int, int, int, int]
"""op, id, side, price, lots: see `benchmarks.exchange.stream`."""
Call = tuple[Callable[..., Any], tuple[Any, ...]]


class Trade(NamedTuple):
    """A fill; ``maker`` and ``taker`` are the stream's ids, 0 where the engine does not say them."""

    maker: int
    taker: int
    price: int
    lots: int


class Book(Protocol):
    """An engine with an empty book."""

    def calls(self, rows: Iterable[Row]) -> list[Call]:
        """Return the stream as calls; whatever can be made ready is, outside the clock."""

    def report(self) -> dict[str, Any]:
        """Return after the calls ``trades``, [Trade, ...], or what else is known of the outcome."""


class Handled:
    """A book whose calls need the state of the moment: five methods, called (id, side, price, lots)."""

    def calls(self, rows: Iterable[Row]) -> list[Call]:
        named = [getattr(self, name) for name in ("add", "market", "cancel", "reduce", "replace")]
        return [(named[op], (order, side, price, lots)) for op, order, side, price, lots in rows]


def read(path: str, messages: int) -> list[Row]:
    values = array.array("q")
    with Path(path).open("rb") as file:
        values.frombytes(file.read(messages * 40))
    columns = [values[at::5].tolist() for at in range(5)]
    return list(zip(*columns, strict=True))


def speed(make: Callable[[bool], Book], rows: list[Row]) -> dict[str, Any]:
    """make(recording): a book; one that records trades may be slower."""
    took: list[float] = []
    while len(took) < PASSES and sum(took) < PATIENCE:
        book = make(False)
        calls = book.calls(rows)
        gc.collect()
        gc.freeze()
        began = time.perf_counter()
        for call, arguments in calls:
            call(*arguments)
        took.append(time.perf_counter() - began)
    return {"nanoseconds": min(took) / len(rows) * 1e9}


def check(make: Callable[[bool], Book], rows: list[Row]) -> dict[str, Any]:
    book = make(True)
    for call, arguments in book.calls(rows):
        call(*arguments)
    outcome = book.report()
    if "trades" in outcome:
        outcome |= summary(outcome.pop("trades"))
    rows = rows[:CALLS]
    return {**outcome, "service": during(timed, make, rows), "due": during(paced, make, rows)}


def during(
    clocked: Callable[[list[Call]], Sequence[int]], make: Callable[[bool], Book], rows: list[Row]
) -> dict[str, int]:
    book = make(False)
    return quantiles(clocked(book.calls(rows)))


def timed(calls: list[Call]) -> Sequence[int]:
    """Return what each call took, the clock's own time with it."""
    took, clock = array.array("q", bytes(8 * len(calls))), time.perf_counter_ns
    gc.collect()
    gc.freeze()
    for at, (call, arguments) in enumerate(calls):
        began = clock()
        call(*arguments)
        took[at] = clock() - began
    return took


def paced(calls: list[Call]) -> Sequence[int]:
    """Return how long after it was due each call had ended."""
    took, clock = array.array("q", bytes(8 * len(calls))), time.perf_counter_ns
    gc.collect()
    gc.freeze()
    due = clock() + 1_000_000
    for at, (call, arguments) in enumerate(calls):
        while clock() < due:
            pass
        call(*arguments)
        took[at] = clock() - due
        due += DUE
    return took


def quantiles(nanoseconds: Sequence[int]) -> dict[str, int]:
    ordered = sorted(nanoseconds)
    return {name: ordered[min(int(len(ordered) * share), len(ordered) - 1)] for name, share in QUANTILES.items()}


def summary(trades: list[Trade]) -> dict[str, Any]:
    """Return how many, of how many lots, for how much; their hash if it is known who met whom."""
    told: dict[str, Any] = {
        "count": len(trades),
        "lots": sum(each.lots for each in trades),
        "cash": sum(each.lots * each.price for each in trades),
    }
    if all(each.maker and each.taker for each in trades):
        told["hash"] = fold(trades)
    return told


def fold(rows: Iterable[tuple[int, ...]]) -> str:
    """Return the FNV-1a hash of whole words."""
    word = 0xCBF29CE484222325
    for row in rows:
        for value in row:
            word = ((word ^ value) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{word:016x}"


def main(make: Callable[[bool], Book]) -> None:
    task, path, messages = sys.argv[1:]
    print(json.dumps({"speed": speed, "check": check}[task](make, read(path, int(messages)))))
