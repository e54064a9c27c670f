"""The engine with cash, positions, fees and limits: the standard stream among a thousand accounts.

python -m benchmarks.exchange.accounts

Buyers are cash accounts and margin accounts in turn, sellers margin accounts; all have deposits and limits, makers and
takers pay fees. The first commands are compared with the reference engine, event by event, and its state hash.
"""

import json
import time
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.records import ACCOUNT_LIMITS, COMMAND, EVENT, AccountKind, Happening, Kind
from arbitrax.exchange.reference import MatchingEngine
from benchmarks.exchange.engine import instruments
from benchmarks.exchange.peers.worker import DUE, quantiles
from benchmarks.exchange.runner import PART, ROUNDS
from benchmarks.exchange.stream import as_commands, stored

ACCOUNTS = 1_000
DEPOSIT = 10**10
RESTING = 10_000
COMPARED = 20_000
CALLS = 200_000
RULES = {"tick_value": 1, "maker_fee": 100, "taker_fee": 250, "margin": 2_000}
LIMITS = {"max_position": 10**6, "max_notional": 10**9, "max_orders": 10_000, "max_rate": 10**6}


class Engine(Protocol):
    """What is measured here."""

    def run(self, commands: NDArray[np.void], offsets: NDArray[np.int64]) -> int: ...

    def events(self) -> memoryview: ...

    def state_hash(self) -> int: ...


def opening() -> NDArray[np.void]:
    """Return the commands that open the symbol and the accounts."""
    numbers = np.arange(1, ACCOUNTS + 1)
    seller = numbers > ACCOUNTS // 2
    accounts, deposits = np.zeros(ACCOUNTS, COMMAND), np.zeros(ACCOUNTS, COMMAND)
    accounts["kind"], accounts["account"] = Kind.ACCOUNT, numbers
    accounts["type"] = np.where(seller | (numbers % 2 == 1), AccountKind.MARGIN, AccountKind.CASH)
    deposits["kind"], deposits["account"], deposits["price"] = Kind.DEPOSIT, numbers, DEPOSIT
    limits = np.zeros(ACCOUNTS, ACCOUNT_LIMITS)
    limits["kind"], limits["account"] = Kind.LIMITS, numbers
    for name, value in LIMITS.items():
        limits[name] = value
    return np.concatenate([each.view(COMMAND) for each in (instruments(1, **RULES), accounts, deposits, limits)])


def commands() -> NDArray[np.void]:
    """Return the standard stream, its buyers and sellers spread over the accounts, a hundred messages a millisecond."""
    rows = np.load(stored(RESTING))
    made = as_commands(rows)
    half = ACCOUNTS // 2
    made["account"] = 1 + rows[:, 1] % half + half * rows[:, 2]
    made["time"] = np.arange(len(made)) // 100
    return made


def engine_with_accounts() -> type[Engine] | None:
    """Return the engine's class; None while this build has none."""
    try:
        from arbitrax.kernels.matching_engine import MatchingEngine as Compiled
    except ImportError:
        return None
    engine: type[Engine] = Compiled
    return engine


def opened(make: type[Engine]) -> Engine:
    """Return an engine after the opening, all of which it must accept."""
    engine, first = make(), opening()
    engine.run(first, np.zeros(len(first) + 1, np.int64))
    assert not (np.frombuffer(engine.events(), EVENT)["kind"] == Happening.REFUSED).any()
    return engine


def compare(make: type[Engine], stream: NDArray[np.void]) -> bool:
    """Tell whether the reference says the same of the first commands, event by event, and ends in the same state."""
    reference, engine = MatchingEngine(), opened(make)
    reference.submit(opening())
    events, offsets = reference.submit(stream[:COMPARED])
    found = np.zeros(len(offsets), np.int64)
    engine.run(stream[:COMPARED], found)
    same = bytes(engine.events()) == events.tobytes() and np.array_equal(found, offsets)
    return same and engine.state_hash() == reference.state_hash()


def batch(make: type[Engine], stream: NDArray[np.void]) -> dict[str, Any]:
    """Return nanoseconds a command, fastest round of new engines, and what was written."""
    offsets = np.zeros(PART + 1, np.int64)
    took, kinds, checksum = [], np.zeros(256, np.int64), 0
    for number in range(ROUNDS + 1):
        engine, counted = opened(make), np.zeros(256, np.int64)
        began = time.perf_counter()
        for at in range(0, len(stream), PART):
            part = stream[at : at + PART]
            engine.run(part, offsets[: len(part) + 1])
            if number:
                checksum ^= int(np.bitwise_xor.reduce(np.frombuffer(engine.events(), np.int64)))
            else:
                counted += np.bincount(np.frombuffer(engine.events(), EVENT)["kind"], minlength=256)
        if number:
            took.append(time.perf_counter() - began)
        else:
            kinds = counted
    return {
        "nanoseconds": min(took) / len(stream) * 1e9,
        "trades": int(kinds[Happening.FILLED]),
        "refused": int(kinds[Happening.REFUSED]),
    }


def latencies(make: type[Engine], stream: NDArray[np.void], due: int | None) -> dict[str, int]:
    """Return quantiles of one command a call: how long it took; with ``due``, since it was due, so many ns apart."""
    run, two, clock = opened(make).run, np.zeros(2, np.int64), time.perf_counter_ns
    parts = [stream[at : at + 1] for at in range(min(CALLS, len(stream)))]
    took = np.zeros(len(parts), np.int64)
    intended = clock() + 1_000_000
    for at, part in enumerate(parts):
        if due is None:
            intended = clock()
        else:
            while clock() < intended:
                pass
        run(part, two)
        took[at] = clock() - intended
        intended += due or 0
    return quantiles(took.tolist())


def measure(make: type[Engine], stream: NDArray[np.void]) -> dict[str, Any]:
    return {
        "same": compare(make, stream),
        **batch(make, stream),
        "service": latencies(make, stream, None),
        "due": latencies(make, stream, DUE),
    }


if __name__ == "__main__":
    found = engine_with_accounts()
    print(json.dumps({"missing": True} if found is None else measure(found, commands())))
