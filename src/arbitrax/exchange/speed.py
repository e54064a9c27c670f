"""How fast the engine is on this machine: a seeded stream in parts, then single calls offered at a fixed rate.

Latency counts from the time a call was due, not from when it was made, so that a slow call's wait is that of those
behind it too (Tene, "How NOT to Measure Latency", 2015: coordinated omission).
"""

import time
from collections.abc import Callable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from arbitrax.exchange.records import EVENT
from arbitrax.exchange.replay import Run
from arbitrax.exchange.streams import as_commands, fold, generate, opening

MESSAGES = 300_000
CALLS = 50_000
ROUNDS = 5
SECONDS = 8.0
"""For batches, and again for single calls: a slow machine or engine does fewer of them."""
TRIAL = 500
"""Calls back to back, whose median says what rate can be offered."""


class Latency(Struct, frozen=True):
    """Of single calls, ns from when each was due. ``offered``: calls a second."""

    calls: int
    offered: int
    p50: int
    p99: int
    p99_9: int
    max: int


class Speed(Struct, frozen=True):
    """What was measured. ``trade_hash`` is of all trades, ``expected`` what the generator's own book makes of them."""

    resting: int
    messages: int
    rounds: int
    per_second: float
    """Messages, in the fastest round."""
    nanoseconds: float
    """A message."""
    latency: Latency
    trade_hash: str
    expected: str

    @property
    def agrees(self) -> bool:
        """Whether the engine made the trades it should."""
        return self.trade_hash == self.expected


def measure(
    resting: int,
    done: Callable[[int], None],
    *,
    messages: int = MESSAGES,
    calls: int = CALLS,
    seconds: float = SECONDS,
) -> Speed:
    """Measure with about ``resting`` open orders; ``done`` hears of messages executed."""
    stream = generate(resting, messages + calls)
    commands = as_commands(stream.lines)
    end, best, rounds, began = messages, float("inf"), 0, time.perf_counter()
    while rounds < ROUNDS and (not rounds or time.perf_counter() - began + best < seconds):
        run = _batch(commands[:end], done, seconds)
        end, rounds = run.commands - 1, rounds + 1
        best = min(best, run.nanoseconds / 1e9)
    latency = _calls(run, commands[end : end + calls], seconds)
    executed = end + TRIAL + latency.calls
    return Speed(
        resting=resting,
        messages=end,
        rounds=rounds,
        per_second=end / best,
        nanoseconds=best / end * 1e9,
        latency=latency,
        trade_hash=run.outcome().trade_hash,
        expected=fold(stream.trades[stream.trades[:, 0] < executed, 1:].tolist()),
    )


def _batch(commands: NDArray[np.void], done: Callable[[int], None], seconds: float) -> Run:
    """Execute commands on a new engine, until they or the time are over."""
    run = Run()
    for _ in run.execute(opening()):
        run.nanoseconds = 0
    for part in run.execute(commands):
        done(part.stop - part.start)
        if run.nanoseconds > seconds * 1e9:
            break
    return run


def _calls(run: Run, commands: NDArray[np.void], seconds: float) -> Latency:
    """Call once a message, at half the rate that calls back to back reach."""
    execute, clock = run.engine.kernel.execute, time.perf_counter_ns
    singles = [commands[at].tobytes() for at in range(len(commands))]
    said, each = [], []
    for single in singles[:TRIAL]:
        began = clock()
        said.append(execute(single))
        each.append(clock() - began)
    offered = max(_round_down(1e9 / max(float(np.median(each)), 1) / 2), 1)
    singles = singles[TRIAL : TRIAL + int(offered * seconds) + 1]
    gap = 1_000_000_000 // offered
    took = np.zeros(len(singles), np.int64)
    due = clock() + gap
    for at, single in enumerate(singles):
        while clock() < due:
            pass
        events = execute(single)
        took[at] = clock() - due
        said.append(events)
        due += gap
    run.sum_up(TRIAL + len(singles), np.frombuffer(b"".join(said), EVENT))
    ordered = np.sort(took)
    p50, p99, p99_9, most = (int(ordered[min(int(len(took) * q), len(took) - 1)]) for q in (0.5, 0.99, 0.999, 1.0))
    return Latency(calls=len(took), offered=offered, p50=p50, p99=p99, p99_9=p99_9, max=most)


def _round_down(rate: float) -> int:
    """Return 1, 2 or 5 times a power of ten, so that runs offer the same rate."""
    power = 10 ** int(np.log10(max(rate, 1)))
    return int(next(step * power for step in (5, 2, 1) if step * power <= max(rate, 1)))
