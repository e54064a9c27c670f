"""Run commands in parts and sum up what came out: trades, hashes, speed. What is summed up is outside the clock."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.records import Happening
from arbitrax.exchange.streams import NO_TRADES, fold_words

PART = 8_192
"""Commands a call: their events are read while they are in the cache, and Ctrl-C is heard between calls."""


class Outcome(Struct, frozen=True):
    """What commands made of an engine. Quantities in lots, time in seconds spent in the engine alone."""

    commands: int
    events: int
    trades: int
    traded: int
    refused: int
    trade_hash: str
    """FNV-1a over maker, taker, price and lots of all trades, as of the benchmark's streams."""
    event_hash: str
    """BLAKE2b, 64 bits, over the bytes of all events."""
    state_hash: str
    engine_seconds: float
    commands_per_second: float
    events_per_second: float


class Part(NamedTuple):
    """Commands ``start`` to ``stop`` are executed: their events, gone with the next part, and offsets."""

    start: int
    stop: int
    events: NDArray[np.void]
    offsets: NDArray[np.int64]


class Run:
    """An engine, and the sum of what it has said."""

    def __init__(self) -> None:
        self.engine = MatchingCore()
        self.commands = self.events = self.trades = self.traded = self.refused = self.nanoseconds = 0
        self._trade_word = NO_TRADES
        self._event_hash = hashlib.blake2b(digest_size=8)

    def execute(self, commands: NDArray[np.void], stops: Iterable[int] | None = None) -> Iterator[Part]:
        """Execute commands, a part at a time; ``stops``: where each part ends, otherwise every PART."""
        start = 0
        for stop in stops if stops is not None else range(PART, len(commands) + PART, PART):
            part = np.array(commands[start:stop])  # of a mapped file: read before the clock starts
            began = time.perf_counter_ns()
            events, offsets = self.engine.view(part)
            self.nanoseconds += time.perf_counter_ns() - began
            self.sum_up(len(part), events)
            yield Part(start, start + len(part), events, offsets)
            start = stop

    def sum_up(self, commands: int, events: NDArray[np.void]) -> None:
        """Take in what ``commands`` commands, executed in order, have said."""
        fills = events[events["kind"] == Happening.FILLED]
        self.commands += commands
        self.events += len(events)
        self.trades += len(fills)
        self.traded += int(fills["quantity"].sum())
        self.refused += int(np.count_nonzero(events["kind"] == Happening.REFUSED))
        self._trade_word = fold_words(fills[["maker", "order", "price", "quantity"]].tolist(), self._trade_word)
        self._event_hash.update(np.ascontiguousarray(events).tobytes())

    def outcome(self) -> Outcome:
        """Return the sum so far."""
        seconds = max(self.nanoseconds, 1) / 1e9
        return Outcome(
            commands=self.commands,
            events=self.events,
            trades=self.trades,
            traded=self.traded,
            refused=self.refused,
            trade_hash=f"{self._trade_word:016x}",
            event_hash=self._event_hash.hexdigest(),
            state_hash=f"{self.engine.state_hash():016x}",
            engine_seconds=seconds,
            commands_per_second=self.commands / seconds,
            events_per_second=self.events / seconds,
        )
