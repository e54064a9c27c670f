"""The compiled engine behind arrays and views: what everything else of the exchange calls."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import DataError
from arbitrax.exchange.records import COMMAND, EVENT, Check, Code, Phase, Side, TimeInForce, Type
from arbitrax.exchange.views import AccountView, Finding, Level, OrderView, Place, PositionView, Queued, Verdict
from arbitrax.kernels.exchange import matching_engine


class MatchingCore:
    """One shard: commands in, events out. Equal, event by event, to `arbitrax.exchange.reference.MatchingEngine`."""

    def __init__(self) -> None:
        self.kernel = matching_engine.MatchingEngine()

    def run(self, commands: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Execute commands, shape (n,) of COMMAND, in order.

        Returns:
            Events of EVENT, and offsets, int64, shape (n + 1,): command i made events[offsets[i]:offsets[i + 1]].

        Raises:
            TypeError: they are of another dtype.
            MemoryError: there is none for the events.
        """
        events, offsets = self.view(commands)
        return events.copy(), offsets

    def view(self, commands: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Do the same, but give the events where they are: the next call overwrites them."""
        if commands.dtype != COMMAND:
            raise TypeError(f"Commands are an array of records.COMMAND, not of {commands.dtype}.")
        if len(commands) == 1:  # describing an array costs ten times as much as such a command
            events = np.frombuffer(self.kernel.execute(commands.tobytes()), EVENT)
            return events, np.array((0, len(events)), np.int64)
        offsets = np.empty(len(commands) + 1, np.int64)
        self.kernel.run(np.ascontiguousarray(commands), offsets)
        return np.frombuffer(self.kernel.events(), EVENT), offsets

    def judge(self, submission: bytes) -> Verdict | None:
        """Make every check of a submission, 128 bytes of COMMAND, with the engine's own rules, and change nothing.

        It may be asked while another thread executes, between its calls.

        Returns:
            What each found; None: there is no room for it at this moment.

        Raises:
            RuntimeError: a batch is running.
        """
        found = self.kernel.judge(submission)
        if found is None:
            return None
        time, repeats, fills, rows = found
        findings = (Finding(Check(check), Code(code), value, limit) for check, code, value, limit in rows)
        return Verdict(time, repeats, fills, tuple(findings))

    def state_hash(self) -> int:
        """Return the 64-bit hash of everything that decides the future."""
        return self.kernel.state_hash()

    def depth(self, symbol: int, side: int, levels: int) -> list[Level]:
        """Return the best levels of a side."""
        return [Level(*each) for each in self.kernel.depth(symbol, side, levels)]

    def queue(self, symbol: int, side: int) -> list[Queued]:
        """Return every order of a side, best first, first come first."""
        return [Queued(*each) for each in self.kernel.queue(symbol, side)]

    def order(self, order: int) -> OrderView | None:
        """Return an open order; None: it is not open. Its queue is walked, for the lots ahead."""
        found = self.kernel.order(order)
        if found is None:
            return None
        symbol, account, side, kind, time_in_force, *numbers, place, ahead, expire = found
        price, limit, stop, total, left, shown = numbers
        return OrderView(
            symbol,
            account,
            Side(side),
            Type(kind),
            TimeInForce(time_in_force),
            price,
            limit,
            stop,
            total,
            left,
            shown,
            Place(place),
            ahead,
            expire,
        )

    def orders(self, account: int) -> list[int]:
        """Return the ids of an account's open orders, ascending."""
        return self.kernel.orders(account)

    def symbols(self) -> list[int]:
        """Return the symbols that were opened, ascending."""
        return self.kernel.symbols()

    def phase(self, symbol: int) -> Phase:
        """Return what a symbol does with orders."""
        return Phase(self.kernel.phase(symbol))

    def last(self, symbol: int) -> int:
        """Return the price of a symbol's last trade, ticks; 0: none yet."""
        return self.kernel.last(symbol)

    def reference(self, symbol: int) -> int:
        """Return a symbol's reference price, ticks; 0: none."""
        return self.kernel.reference(symbol)

    def account(self, account: int) -> AccountView:
        """Return an account's cash. That of fees and of the house have no buying power: 0."""
        return AccountView(*self.kernel.account(account))

    def position(self, account: int, symbol: int) -> PositionView:
        """Return what an account holds of a symbol."""
        return PositionView(*self.kernel.position(account, symbol))

    def next_due(self) -> int | None:
        """Return when a TICK has something to do: the next expiry or dead-man switch, ms. It may be early."""
        return self.kernel.next_due() or None

    def sequence(self, producer: int) -> int:
        """Return the sequence number of the last command of a producer; 0: it sent none."""
        return self.kernel.sequence(producer)

    def save(self, path: Path) -> int:
        """Write the state to a new file, synced; return its hash. The file is its words: see `reference.hashing`."""
        with path.open("xb") as file:
            found = self.kernel.save(file.fileno())
            os.fsync(file.fileno())
        return found

    def fork_save(self, path: Path) -> int:
        """Write the state as it is now to a new file from a child process, while this one goes on.

        Returns:
            The child's process id. Wait for it: it ends with 0 when the file is whole and synced.
        """
        with path.open("xb") as file:
            return self.kernel.fork_and_save(file.fileno())

    @classmethod
    def load(cls, path: Path) -> MatchingCore:
        """Return an engine with the state that a file holds.

        Raises:
            DataError: the file is damaged, cut off, or of something else.
        """
        core = cls()
        try:
            core.kernel.load(np.fromfile(path, "<u8"))
        except ValueError:
            raise DataError(f"{path} is no snapshot of an engine, or it is damaged; use an older one.") from None
        return core


def fold_events(running: int, events: NDArray[np.void]) -> int:
    """Return the running hash, 64 bits, with more events of EVENT taken in: `reference.fold` over their words."""
    return matching_engine.fold_events(running, np.ascontiguousarray(events).view("<u8"))
