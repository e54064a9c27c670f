"""The engine with cash, positions, fees and limits: the standard stream among a thousand accounts.

python -m benchmarks.exchange.accounts

Buyers are cash accounts and margin accounts in turn, sellers margin accounts; all have deposits and limits, makers and
takers pay fees. The first commands are compared with the reference engine, event by event, and its state hash.
"""

import json
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.records import ACCOUNT_LIMITS, COMMAND, EVENT, AccountKind, Happening, Kind
from arbitrax.exchange.reference import MatchingEngine
from benchmarks.exchange.engine import Engine, instruments, opened
from benchmarks.exchange.peers.worker import CALLS, Call, paced, quantiles, timed
from benchmarks.exchange.runner import PART, ROUNDS
from benchmarks.exchange.stream import as_commands, stored

ACCOUNTS = 1_000
DEPOSIT = 10**10
RESTING = 10_000
COMPARED = 20_000
RULES = {"tick_value": 1, "maker_fee": 100, "taker_fee": 250, "margin": 2_000}
LIMITS = {"max_position": 10**6, "max_notional": 10**9, "max_orders": 10_000, "max_rate": 10**6}


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
    return np.concatenate([instruments(1, **RULES), accounts, deposits, limits.view(COMMAND)])


def commands() -> NDArray[np.void]:
    """Return the standard stream, its buyers and sellers spread over the accounts, a hundred messages a millisecond."""
    rows = np.load(stored(RESTING))
    made = as_commands(rows)
    half = ACCOUNTS // 2
    made["account"] = 1 + rows[:, 1] % half + half * rows[:, 2]
    made["time"] = np.arange(len(made)) // 100
    return made


def compare(stream: NDArray[np.void]) -> bool:
    """Tell whether the reference says the same of the first commands, event by event, and ends in the same state."""
    reference, engine = MatchingEngine(), opened(Engine(), opening())
    reference.run(opening())
    events, offsets = reference.run(stream[:COMPARED])
    found = np.zeros(len(offsets), np.int64)
    engine.run(stream[:COMPARED], found)
    same = bytes(engine.events()) == events.tobytes() and np.array_equal(found, offsets)
    return same and engine.state_hash() == reference.state_hash()


def batch(stream: NDArray[np.void]) -> dict[str, Any]:
    """Return nanoseconds a command, fastest round of new engines, and what was written."""
    offsets = np.zeros(PART + 1, np.int64)
    took, kinds, checksum = [], np.zeros(256, np.int64), 0
    for number in range(ROUNDS + 1):
        engine, counted = opened(Engine(), opening()), np.zeros(256, np.int64)
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


def calls_of(engine: Engine, stream: NDArray[np.void]) -> list[Call]:
    """Return commands as calls of one order each."""
    made: list[Call] = []
    names = ["kind", "side", "price", "quantity", "account", "type", "order", "flags"]
    for kind, side, price, lots, account, form, order, flags in stream[names].tolist():
        if kind == Kind.SUBMIT:
            made.append((engine.submit, (side, price, lots, account, 0, form)))
        elif kind == Kind.CANCEL:
            made.append((engine.cancel, (order, account)))
        else:
            made.append((engine.amend, (order, price, lots, account, flags)))
    return made


def latencies(stream: NDArray[np.void]) -> dict[str, dict[str, int]]:
    """Return quantiles of one command a call: how long it took, and since it was due."""
    found = {}
    for name, clocked in (("service", timed), ("due", paced)):
        calls = calls_of(opened(Engine(), opening()), stream[:CALLS])
        found[name] = quantiles(clocked(calls))
    return found


def measure(stream: NDArray[np.void]) -> dict[str, Any]:
    return {
        "same": compare(stream),
        **batch(stream),
        **latencies(stream),
    }


if __name__ == "__main__":
    print(json.dumps(measure(commands())))
