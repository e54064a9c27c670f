"""An engine that runs a shard's past again, and compares what it says with what is written."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import DataError
from arbitrax.exchange.core import MatchingCore, fold_events
from arbitrax.exchange.journal import INDEX, NO_EVENTS, START, EntryId, SnapshotManifest
from arbitrax.exchange.records import EVENT
from arbitrax.exchange.service.entry_tables import EntryTable
from arbitrax.exchange.service.history import Commands

RUN_AT_ONCE = 65_536
"""Commands."""


class Difference(NamedTuple):
    """Where a replay and what is written part: an entry or a snapshot."""

    where: str
    reason: str


class Replayed:
    """The engine, and what has been compared so far."""

    def __init__(self) -> None:
        self.core = MatchingCore()
        self.hash = NO_EVENTS
        self.position = START
        """The last command entry executed."""
        self.entries = self.commands = self.events = 0

    def load(self, manifest: SnapshotManifest, path: Path) -> None:
        """Take over a snapshot's state; raises DataError like `MatchingCore.load`."""
        self.core = MatchingCore.load(path)
        self.hash = int(manifest.running_hash, 16)
        self.position = EntryId.parse(manifest.entry)

    def compare(self, journal: Commands, written: EntryTable) -> Difference | None:
        """Execute the entries of the journal that entries of events answer; say where those differ.

        Raises:
            DataError: the entries of events are damaged.
        """
        index = np.frombuffer(_field(written, b"i"), INDEX)
        before = EntryId.parse(bytes(_field(written, b"p")[: int(written.sizes(b"p")[0])]))
        if before != self.position:
            return Difference(str(written.first), f"its events follow those of {before}, not of {self.position}")
        rows = min(len(index), len(journal.ids))
        same = index["commands"][:rows] == journal.counts[:rows]
        for part in ("ms", "seq"):
            same &= index[part][:rows] == journal.ids[part][:rows]
        if not same.all() or len(index) != len(journal.ids):
            row = rows if same.all() else int(np.argmin(same))
            at = (journal.ids if row < len(journal.ids) else index)[row]
            return Difference(
                f"{at['ms']}-{at['seq']}", "it is not the entry, or has not the commands, that was answered"
            )
        counts, events = self._execute(journal.commands)
        command = _first_other(
            counts, np.frombuffer(_field(written, b"n"), "<u4"), events, np.frombuffer(_field(written, b"e"), EVENT)
        )
        if command is not None:
            row = min(int(np.searchsorted(np.cumsum(journal.counts), command, "right")), rows - 1)
            number = command - int(journal.counts[:row].sum())
            name = EntryId(*journal.ids[row].tolist())
            return Difference(str(name), f"its command {number} gives other events than are written")
        self.entries += rows
        self.commands += len(journal.commands)
        self.events += len(events)
        self.position = written.last
        return self._compare_hashes(written, events)

    def _execute(self, commands: NDArray[np.void]) -> tuple[NDArray[np.int64], NDArray[np.void]]:
        """Return how many events each command gave, and all of them, valid until the next call."""
        if len(commands) <= RUN_AT_ONCE:
            events, offsets = self.core.view(commands)
            return np.diff(offsets), events
        counts, parts = [], []
        for start in range(0, len(commands), RUN_AT_ONCE):
            said, offsets = self.core.run(commands[start : start + RUN_AT_ONCE])
            counts.append(np.diff(offsets))
            parts.append(said)
        return np.concatenate(counts), np.concatenate(parts)

    def _compare_hashes(self, written: EntryTable, events: NDArray[np.void]) -> Difference | None:
        hashes = bytes(_field(written, b"h"))
        ends = np.cumsum(written.sizes(b"e"), dtype=np.int64) // EVENT.itemsize
        start = 0
        for row, end in enumerate(ends.tolist()):
            self.hash = fold_events(self.hash, events[start:end])
            start = end
            if hashes[16 * row : 16 * row + 16] != b"%016x" % self.hash:
                name = EntryId(*written.ids[row].tolist())
                return Difference(str(name), "its running hash is not that of all events up to it")
        return None


def _field(table: EntryTable, name: bytes) -> memoryview:
    values = table.values(name)
    if values is None:
        raise DataError(f"The entry {table.first} of events is damaged: it lacks the field {name.decode()!r}.")
    return values


def _first_other(
    counts: NDArray[np.int64], told: NDArray[np.uint32], events: NDArray[np.void], written: NDArray[np.void]
) -> int | None:
    """Return the number of the first command whose events differ."""
    if np.array_equal(counts, told) and np.array_equal(events.view("<u8"), written.view("<u8")):
        return None
    rows = min(len(counts), len(told))
    equal = counts[:rows] == told[:rows]
    by_count = rows if equal.all() else int(np.argmin(equal))
    rows = min(len(events), len(written))
    words = [np.ascontiguousarray(each[:rows]).view("<u8").reshape(rows, -1) for each in (events, written)]
    equal = (words[0] == words[1]).all(axis=1)
    event = rows if equal.all() else int(np.argmin(equal))
    return min(by_count, int(np.searchsorted(np.cumsum(counts), event, "right")))
