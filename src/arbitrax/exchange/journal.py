"""The journal's entries: commands in, events out, as the fields of Redis stream entries. Version 1, little-endian."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from arbitrax.domain.errors import DataError
from arbitrax.exchange.records import COMMAND, EVENT

VERSION = b"1"
MOST_COMMANDS = 8_192
"""Of one entry."""

NO_EVENTS = 0
"""The running hash before the first event."""

INDEX = np.dtype([("ms", "<u8"), ("seq", "<u8"), ("commands", "<u4"), ("events", "<u4")])
"""Of an event entry, a row for each command entry it answers."""


class EntryId(NamedTuple):
    """Id of a stream entry. Those of commands are the engine's time."""

    ms: int
    seq: int

    def __str__(self) -> str:
        return f"{self.ms}-{self.seq}"

    @classmethod
    def parse(cls, text: str | bytes) -> EntryId:
        """Read ``ms-seq``."""
        name = text.decode() if isinstance(text, bytes) else text
        ms, dash, seq = name.partition("-")
        if not (dash and ms.isdecimal() and seq.isdecimal()):
            raise DataError(f"{name!r} is no id of a stream entry; they look like 1700000000000-0.")
        return cls(int(ms), int(seq))


START = EntryId(0, 0)
"""Before the first entry."""


class CommandEntry(Struct, frozen=True):
    """What a client appends: commands in order, and which accounts have a session at its gateway."""

    commands: NDArray[np.void]
    """(n,) of COMMAND, 1 to MOST_COMMANDS, or none in a heartbeat."""
    gateway: int = 0
    """Number of the gateway whose heartbeat this is; 0: none."""
    sessions: NDArray[np.uint32] | None = None
    """With a heartbeat: accounts that are connected there."""

    def fields(self) -> dict[bytes, bytes]:
        """Return the fields of the stream's entry."""
        if len(self.commands) > MOST_COMMANDS:
            raise DataError(f"An entry has {len(self.commands):,} commands; send {MOST_COMMANDS:,} at most.")
        packed = {b"v": VERSION, b"c": np.ascontiguousarray(self.commands, COMMAND).tobytes()}
        if self.gateway and self.sessions is not None:
            packed[b"g"] = b"%d" % self.gateway
            packed[b"s"] = np.ascontiguousarray(self.sessions, "<u4").tobytes()
        return packed


class EventEntry(Struct, frozen=True):
    """What a batch of command entries gave."""

    epoch: int
    predecessor: EntryId
    """The last command entry of the batch before."""
    index: NDArray[np.void]
    """(entries,) of INDEX: the command entries of the batch."""
    counts: NDArray[np.uint32]
    """(commands,): events of each command."""
    events: NDArray[np.void]
    """(events,) of EVENT."""
    hash: int
    """Running hash after them, 64 bits."""

    @property
    def last(self) -> EntryId:
        """Return the id of the last command entry, which is this entry's id too."""
        return EntryId(int(self.index["ms"][-1]), int(self.index["seq"][-1]))

    def fields(self) -> dict[bytes, bytes]:
        """Return the fields of the stream's entry."""
        return {
            b"v": VERSION,
            b"o": b"%d" % self.epoch,
            b"p": str(self.predecessor).encode(),
            b"i": self.index.tobytes(),
            b"n": self.counts.tobytes(),
            b"e": self.events.tobytes(),
            b"h": b"%016x" % self.hash,
        }

    def of_entry(self, entry: EntryId) -> list[NDArray[np.void]] | None:
        """Return the events of each command of a command entry; None: the batch does not have it."""
        found = np.flatnonzero((self.index["ms"] == entry.ms) & (self.index["seq"] == entry.seq))
        if not len(found):
            return None
        before = self.index[: found[0]]
        first, at = int(before["commands"].sum()), int(before["events"].sum())
        ends = at + np.cumsum(self.counts[first : first + int(self.index["commands"][found[0]])], dtype=np.int64)
        return [self.events[start:end] for start, end in pairwise([at, *ends.tolist()])]


def read_command_entry(name: EntryId, fields: Mapping[bytes, bytes]) -> CommandEntry:
    """Read what a stream holds.

    Raises:
        DataError: it is of another version, or damaged.
    """
    packed = _checked(name, fields, (b"v", b"c"))
    if len(packed[b"c"]) % COMMAND.itemsize:
        raise DataError(f"The journal's entry {name} is damaged: its commands are {len(packed[b'c'])} bytes.")
    commands = np.frombuffer(packed[b"c"], COMMAND)
    sessions = np.frombuffer(packed[b"s"], "<u4") if b"s" in packed else None
    return CommandEntry(commands, int(packed.get(b"g", b"0")), sessions)


def read_event_entry(name: EntryId, fields: Mapping[bytes, bytes]) -> EventEntry:
    """Read what a stream holds; the same errors."""
    packed = _checked(name, fields, (b"v", b"o", b"p", b"i", b"n", b"e", b"h"))
    try:
        entry = EventEntry(
            epoch=int(packed[b"o"]),
            predecessor=EntryId.parse(packed[b"p"]),
            index=np.frombuffer(packed[b"i"], INDEX),
            counts=np.frombuffer(packed[b"n"], "<u4"),
            events=np.frombuffer(packed[b"e"], EVENT),
            hash=int(packed[b"h"], 16),
        )
    except ValueError as error:
        raise DataError(f"The entry {name} of events is damaged: {error}.") from error
    sums = (int(entry.index["commands"].sum()), int(entry.index["events"].sum()), int(entry.counts.sum()))
    if not len(entry.index) or sums != (len(entry.counts), len(entry.events), len(entry.events)) or entry.last != name:
        raise DataError(f"The entry {name} of events is damaged: its counts do not add up.")
    return entry


def _checked(name: EntryId, fields: Mapping[bytes, bytes], needed: tuple[bytes, ...]) -> Mapping[bytes, bytes]:
    if fields.get(b"v") != VERSION:
        raise DataError(f"The journal's entry {name} has version {fields.get(b'v')!r}; this release reads {VERSION!r}.")
    for field in needed:
        if field not in fields:
            raise DataError(f"The journal's entry {name} is damaged: it lacks the field {field.decode()!r}.")
    return fields


class SnapshotManifest(Struct, frozen=True):
    """What is known of a snapshot's file, kept in Valkey."""

    shard: int
    epoch: int
    token: int
    entry: str
    """Id of the last command entry it contains."""
    state_hash: str
    """16 hex digits."""
    running_hash: str
    path: str
    size: int
    """Bytes."""
    digest: str
    """SHA-256 of the file."""
    taken_at: int
    """Ms since 1970."""
    verified: bool = False
