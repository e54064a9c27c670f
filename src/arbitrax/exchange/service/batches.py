"""Entries of the journal, made into one array for the engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import INDEX, EntryId, read_command_entry
from arbitrax.exchange.records import COMMAND, Kind
from arbitrax.exchange.service.ports import RawEntry

MOST_ENTRIES = 256
MOST_COMMANDS = 16_384
"""Of a batch; a larger entry is a batch by itself."""

_SIZE = COMMAND.itemsize
_KIND = COMMAND.fields["kind"][1] if COMMAND.fields else 0
_EPOCH = int(Kind.EPOCH)
_ROW = Struct("<QQII").pack


class Heartbeat(NamedTuple):
    """Of a gateway, at the time of its entry."""

    ms: int
    gateway: int
    accounts: tuple[int, ...]


class Batch(NamedTuple):
    """What the engine runs at once."""

    predecessor: EntryId
    entries: NDArray[np.void]
    """(entries,) of INDEX; its events are counted once there are some."""
    commands: NDArray[np.void]
    """(commands,) of COMMAND, ``time`` the ms of their entry."""
    heartbeats: tuple[Heartbeat, ...]

    @property
    def last(self) -> EntryId:
        """Return the id of its last entry."""
        return EntryId(int(self.entries["ms"][-1]), int(self.entries["seq"][-1]))


def form(entries: Sequence[RawEntry], predecessor: EntryId) -> Batch:
    """Return entries as a batch.

    Raises:
        DataError: one is damaged, of another version, or not later than the one before.
    """
    rows, parts, heartbeats, before = bytearray(), [], [], predecessor
    for name, fields in entries:
        if name <= before:
            raise DataError(f"The journal's entry {name} comes after {before}, which is not earlier: it is damaged.")
        before = name
        entry = read_command_entry(name, fields)
        rows += _ROW(name.ms, name.seq, len(entry.commands), 0)
        parts.append(fields[b"c"])
        if entry.gateway and entry.sessions is not None:
            heartbeats.append(Heartbeat(name.ms, entry.gateway, tuple(entry.sessions.tolist())))
    index = np.frombuffer(rows, INDEX)
    commands = np.frombuffer(bytearray().join(parts), COMMAND)
    commands["time"] = np.repeat(index["ms"], index["commands"]) if len(parts) > 1 else before.ms
    return Batch(predecessor, index, commands, tuple(heartbeats))


def take(waiting: deque[RawEntry]) -> list[RawEntry]:
    """Remove and return what the next batch is made of. One that opens an epoch is alone: ids change with it."""
    taken: list[RawEntry] = []
    commands = 0
    while waiting and len(taken) < MOST_ENTRIES:
        packed = waiting[0][1].get(b"c", b"")
        commands += len(packed) // _SIZE
        opens = _EPOCH in packed[_KIND::_SIZE]
        if taken and (commands > MOST_COMMANDS or opens):
            break
        taken.append(waiting.popleft())
        if opens:
            break
    return taken
