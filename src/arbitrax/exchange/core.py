"""The compiled engine behind arrays and views: what everything else of the exchange calls."""

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.records import COMMAND, EVENT
from arbitrax.exchange.views import AccountView, Level, PositionView, Queued
from arbitrax.kernels.exchange.matching_engine import MatchingEngine


class MatchingCore:
    """One shard: commands in, events out. Equal, event by event, to `arbitrax.exchange.reference.MatchingEngine`."""

    def __init__(self) -> None:
        self.kernel = MatchingEngine()

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
        offsets = np.empty(len(commands) + 1, np.int64)
        self.kernel.run(np.ascontiguousarray(commands), offsets)
        return np.frombuffer(self.kernel.events(), EVENT), offsets

    def state_hash(self) -> int:
        """Return the 64-bit hash of everything that decides the future."""
        return self.kernel.state_hash()

    def depth(self, symbol: int, side: int, levels: int) -> list[Level]:
        """Return the best levels of a side."""
        return [Level(*each) for each in self.kernel.depth(symbol, side, levels)]

    def queue(self, symbol: int, side: int) -> list[Queued]:
        """Return every order of a side, best first, first come first."""
        return [Queued(*each) for each in self.kernel.queue(symbol, side)]

    def account(self, account: int) -> AccountView:
        """Return an account's cash. That of fees and of the house have no buying power: 0."""
        return AccountView(*self.kernel.account(account))

    def position(self, account: int, symbol: int) -> PositionView:
        """Return what an account holds of a symbol."""
        return PositionView(*self.kernel.position(account, symbol))
