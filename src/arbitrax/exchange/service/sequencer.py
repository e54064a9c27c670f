"""The engine of a shard with what is known of its outputs: where it stands, the running hash, the epoch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.core import MatchingCore, fold_events
from arbitrax.exchange.journal import NO_EVENTS, START, CommandEntry, EntryId, EventEntry
from arbitrax.exchange.records import COMMAND, Happening, Kind
from arbitrax.exchange.service.batches import Batch

_EPOCH = int(Kind.EPOCH)


class Sequencer:
    """Executes batches in the journal's order. Everything it holds is a function of the journal."""

    def __init__(
        self, core: MatchingCore | None = None, entry: EntryId = START, running_hash: int = NO_EVENTS, epoch: int = 0
    ) -> None:
        """Begin with nothing, or with the state that is left by ``entry``."""
        self.core = core or MatchingCore()
        self.entry = entry
        """The last one executed."""
        self.hash = running_hash
        self.epoch = epoch
        self.executed = 0
        """Commands, since this object began."""

    def execute(self, batch: Batch) -> EventEntry:
        """Run a batch; its events are valid until the next.

        Raises:
            MemoryError: there is none for the events.
        """
        events, offsets = self.core.view(batch.commands)
        if len(batch.entries) == 1:
            batch.entries["events"] = len(events)
        else:
            ends = offsets[np.cumsum(batch.entries["commands"], dtype=np.int64)]
            batch.entries["events"] = np.diff(ends, prepend=0)
        self._follow_epoch(batch.commands, events, offsets)
        self.hash = fold_events(self.hash, events)
        self.entry = batch.last
        self.executed += len(batch.commands)
        counts = (offsets[1:] - offsets[:-1]).astype("<u4")
        return EventEntry(self.epoch, batch.predecessor, batch.entries, counts, events, self.hash)

    def _follow_epoch(self, commands: NDArray[np.void], events: NDArray[np.void], offsets: NDArray[np.int64]) -> None:
        """Note an epoch that was opened: the engine answers with the last id before the next."""
        if _EPOCH not in commands["kind"].tobytes():
            return
        for at in np.flatnonzero(commands["kind"] == _EPOCH):
            said = events[offsets[at] : offsets[at + 1]]
            configured = said[said["kind"] == Happening.CONFIGURED]
            if len(configured):
                self.epoch = int(configured["order"][-1]) >> 48


def epoch_entry(epoch: int, shard: int) -> CommandEntry:
    """Return the entry that opens an epoch."""
    commands = np.zeros(1, COMMAND)
    commands["kind"], commands["extra"], commands["quantity"] = Kind.EPOCH, epoch, shard
    return CommandEntry(commands)


def tick_entry() -> CommandEntry:
    """Return the entry that lets time pass."""
    commands = np.zeros(1, COMMAND)
    commands["kind"] = Kind.TICK
    return CommandEntry(commands)
