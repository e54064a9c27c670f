"""A day the size of NASDAQ's: 300M messages over 8,000 symbols, about 2M orders open; one process, then two.

python -m benchmarks.exchange.day [--messages N]

The generator (`day.cpp`) is a process of its own that fills shared memory while the engine's clock stands; the engine
then runs the block in parts, as `runner` does, and each record it writes is read once by a checksum. Two shards have
the symbols of even and of odd rank; they start each block together, so that both engines run at once.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.records import COMMAND, EVENT, Happening
from benchmarks.exchange.compiled import compiled
from benchmarks.exchange.engine import Engine, open_engine
from benchmarks.exchange.memory import peak, resident

MESSAGES = 300_000_000
SYMBOLS = 8_000
OPEN = 2_000_000
SEED = 7
BLOCK = 1 << 18
PART = 8_192
TARGETS = {1: 4.0, 2: 7.0}
"""Processes -> million messages a second, together."""
PRIME = np.uint64(0x100000001B3)


class Day(NamedTuple):
    """What one process made of its share."""

    messages: int
    seconds: float
    """In the engine, and reading what it wrote."""
    cpu: float
    worst: float
    """Nanoseconds a message, of the slowest block."""
    events: int
    trades: int
    refused: int
    agree: bool
    """Whether the trades are the generator's, in order."""
    hash: int
    open: int
    grown: tuple[float, ...]
    """MB the engine took: by a quarter, half, three quarters and all of the day."""
    peak: float
    """MB of the process at most."""


def fold_trades(events: NDArray[np.void], trades: int) -> tuple[int, int]:
    """Return the hash of a part's trades, of which there were ``trades`` before, and how many there are now."""
    fills = events[events["kind"] == Happening.FILLED]
    word = fills["maker"].astype(np.uint64)
    for name in ("order", "price", "quantity", "symbol"):
        word = word * PRIME ^ fills[name].astype(np.uint64)
    numbers = np.arange(trades, trades + len(fills), dtype=np.uint64)
    return int((word * (np.uint64(2) * numbers + np.uint64(1))).sum(dtype=np.uint64)), trades + len(fills)


def run_block(engine: Engine, commands: NDArray[np.void], offsets: NDArray[np.int64], trades: int) -> dict[str, Any]:
    """Run a block in parts; what is counted of its events is counted beside the clock."""
    made = {"wall": 0.0, "cpu": 0.0, "events": 0, "refused": 0, "hash": 0, "trades": trades, "checksum": 0}
    for at in range(0, len(commands), PART):
        part = commands[at : at + PART]
        began, used = time.perf_counter(), time.process_time()
        engine.run(part, offsets[: len(part) + 1])
        made["checksum"] ^= int(np.bitwise_xor.reduce(np.frombuffer(engine.events(), np.int64)))
        made["cpu"] += time.process_time() - used
        made["wall"] += time.perf_counter() - began
        events = np.frombuffer(engine.events(), EVENT)
        word, made["trades"] = fold_trades(events, made["trades"])
        made["hash"] += word
        made["events"] += len(events)
        made["refused"] += int((events["kind"] == Happening.REFUSED).sum())
    return made


def shared_file() -> IO[bytes]:
    """Return a file that two processes can have in their memory; on Linux one without a disk."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("day"), "r+b")
    return tempfile.TemporaryFile()


def run_day(messages: int, shard: int, shards: int, together: Any = None) -> Day:
    """Run one shard's share; ``together``: a barrier that the shards pass at each block."""
    program = compiled("day")
    assert program is not None
    with shared_file() as file:
        os.truncate(file.fileno(), BLOCK * COMMAND.itemsize)
        commands = np.memmap(file, COMMAND, "r+", shape=(BLOCK,))
        # A shard's blocks are as many as the other's.
        block = BLOCK if shards == 1 else -(-int(messages * share(shard, shards)) * BLOCK // messages)
        given = (file.fileno(), block, messages, SYMBOLS, OPEN, SEED, shard, shards)
        offsets = np.zeros(PART + 1, np.int64)
        before = resident()
        engine = open_engine(-(-SYMBOLS // shards))
        blocks: list[dict[str, Any]] = []
        grown: list[float] = []
        done = word = opened = 0
        expected = ["0", "0", "0"]
        with subprocess.Popen(
            [program, *map(str, given)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            pass_fds=[file.fileno()],
        ) as generator:  # fmt: skip
            assert generator.stdin is not None
            assert generator.stdout is not None
            for _ in range(-(-messages // BLOCK)):
                generator.stdin.write("next\n")
                generator.stdin.flush()
                count, *said = generator.stdout.readline().split()
                if together is not None:
                    together.wait()
                if count == "0":  # the other shard's share is a block longer
                    continue
                expected, opened = said, int(said[2])
                made = run_block(engine, commands[: int(count)], offsets, blocks[-1]["trades"] if blocks else 0)
                blocks.append(made | {"count": int(count)})
                done += int(count)
                word = (word + made["hash"]) & (1 << 64) - 1
                grown.append((resident() - before - BLOCK * COMMAND.itemsize) / 1e6)
    return Day(
        messages=done,
        seconds=sum(each["wall"] for each in blocks),
        cpu=sum(each["cpu"] for each in blocks),
        worst=max(each["wall"] / each["count"] for each in blocks) * 1e9,
        events=sum(each["events"] for each in blocks),
        trades=blocks[-1]["trades"],
        refused=sum(each["refused"] for each in blocks),
        agree=[str(blocks[-1]["trades"]), str(word)] == expected[:2],
        hash=word,
        open=opened,
        grown=tuple(grown[max(len(grown) * quarter // 4 - 1, 0)] for quarter in (1, 2, 3, 4)),
        peak=peak() / 1e6,
    )


def share(shard: int, shards: int) -> float:
    """Return the part of all messages that a shard gets, by Zipf's law."""
    weights = 1 / np.arange(1, SYMBOLS + 1)
    return float(weights[shard::shards].sum() / weights.sum())


def in_process(messages: int, shard: int, shards: int, together: Any) -> Day:
    try:
        return run_day(messages, shard, shards, together)
    except BaseException:
        together.abort()
        raise


def run_shards(messages: int, shards: int) -> list[Day]:
    """Run each shard in a process of its own, all at once."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(shards, mp_context=context) as pool:
        together = manager.Barrier(shards)
        started = [pool.submit(in_process, messages, shard, shards, together) for shard in range(shards)]
        return [each.result() for each in started]


def show(days: list[Day]) -> bool:
    """Print a row for each process and one for all; tell whether the target holds."""
    for day in days:
        print(
            f"  {day.messages:>11,} messages: {day.seconds / day.messages * 1e9:6.1f} ns each "
            f"({day.cpu / day.messages * 1e9:.1f} cpu; slowest block {day.worst:.0f}), {day.events:,} events, "
            f"{day.trades:,} trades {'agree' if day.agree and not day.refused else 'DIFFER'} ({day.hash:016x}), "
            f"{day.open:,} orders open at the end\n"
            f"  {'':11} memory: engine {', '.join(f'{each:,.0f}' for each in day.grown)} MB by quarters of the day, "
            f"{day.grown[-1] * 1e6 / max(day.open, 1):,.0f} bytes an open order; process at most {day.peak:,.0f} MB",
            flush=True,
        )
    speed = sum(day.messages / day.seconds for day in days) / 1e6
    target = TARGETS[len(days)]
    print(f"  {len(days)} process{'es' * (len(days) > 1)}: {speed:.2f} M messages/s (target {target:g})", flush=True)
    return speed >= target and all(day.agree and not day.refused for day in days)


def main(messages: int) -> bool:
    """Print both; tell whether the targets hold."""
    if compiled("day") is None:
        return False
    print(
        f"a day: {messages:,} messages over {SYMBOLS:,} symbols by Zipf's law, {OPEN:,} orders open, "
        "generator outside the clock",
        flush=True,
    )
    one = show(run_shards(messages, 1))
    return show(run_shards(messages, 2)) and one


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exchange.day")
    parser.add_argument("--messages", type=int, default=MESSAGES)
    sys.exit(0 if main(parser.parse_args().messages) else 1)
