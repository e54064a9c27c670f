"""The journal's entries: commands in, events out, as the fields of Redis stream entries. Version 2, little-endian.

Each carries a checksum, the CRC-32 of the names and values of its other fields in their order: a byte that changed on
its way, in the server's memory or on a disk is noticed by everybody who reads the entry, before it is used.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from arbitrax.domain.errors import DataError
from arbitrax.exchange.records import COMMAND, EVENT

VERSION = b"2"
CHECKSUM = b"k"
"""Name of the field with the checksum, 4 bytes; it is the last."""
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
    origins: bytes = b""
    """On whose behalf the commands are: `arbitrax.exchange.origins`. Empty: it is not said."""

    def fields(self) -> dict[bytes, bytes]:
        """Return the fields of the stream's entry."""
        if len(self.commands) > MOST_COMMANDS:
            raise DataError(f"An entry has {len(self.commands):,} commands; send {MOST_COMMANDS:,} at most.")
        packed = {b"v": VERSION, b"c": np.ascontiguousarray(self.commands, COMMAND).tobytes()}
        if self.gateway and self.sessions is not None:
            packed[b"g"] = b"%d" % self.gateway
            packed[b"s"] = np.ascontiguousarray(self.sessions, "<u4").tobytes()
        if self.origins:
            packed[b"w"] = self.origins
        return sealed(packed)


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
    executed: int = 0
    """When the worker had executed the batch, ms by the journal's clock, never before the last command; 0: not told.
    Which worker it was, and when, is not a function of the commands: a replay has another, or none."""

    @property
    def last(self) -> EntryId:
        """Return the id of the last command entry, which is this entry's id too."""
        return EntryId(int(self.index["ms"][-1]), int(self.index["seq"][-1]))

    def fields(self) -> dict[bytes, bytes]:
        """Return the fields of the stream's entry."""
        packed = {
            b"v": VERSION,
            b"o": b"%d" % self.epoch,
            b"p": str(self.predecessor).encode(),
            b"i": self.index.tobytes(),
            b"n": self.counts.tobytes(),
            b"e": self.events.tobytes(),
            b"h": b"%016x" % self.hash,
        }
        if self.executed:
            packed[b"t"] = b"%d" % self.executed
        return sealed(packed)

    def of_entry(self, entry: EntryId) -> list[NDArray[np.void]] | None:
        """Return the events of each command of a command entry; None: the batch does not have it."""
        found = np.flatnonzero((self.index["ms"] == entry.ms) & (self.index["seq"] == entry.seq))
        if not len(found):
            return None
        before = self.index[: found[0]]
        first, at = int(before["commands"].sum()), int(before["events"].sum())
        ends = at + np.cumsum(self.counts[first : first + int(self.index["commands"][found[0]])], dtype=np.int64)
        return [self.events[start:end] for start, end in pairwise([at, *ends.tolist()])]


def sealed(fields: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """Return fields with their checksum, whatever they had before."""
    return {name: value for name, value in fields.items() if name != CHECKSUM} | {
        CHECKSUM: _checksum(fields).to_bytes(4, "little")
    }


def checked(
    entries: Iterable[tuple[EntryId, Mapping[bytes, bytes]]],
) -> Iterator[tuple[EntryId, Mapping[bytes, bytes]]]:
    """Yield entries as they come, of commands or events, once their version and checksum are found right.

    Raises:
        DataError: an entry is of another version, or damaged.
    """
    for name, fields in entries:
        _require_whole(name, fields, ())
        yield name, fields


def read_command_entry(name: EntryId, fields: Mapping[bytes, bytes]) -> CommandEntry:
    """Read what a stream holds.

    Raises:
        DataError: it is of another version, or damaged.
    """
    packed = _require_whole(name, fields, (b"v", b"c"))
    if len(packed[b"c"]) % COMMAND.itemsize:
        raise DataError(f"The journal's entry {name} is damaged: its commands are {len(packed[b'c'])} bytes.")
    commands = np.frombuffer(packed[b"c"], COMMAND)
    sessions = np.frombuffer(packed[b"s"], "<u4") if b"s" in packed else None
    return CommandEntry(commands, int(packed.get(b"g", b"0")), sessions, packed.get(b"w", b""))


def read_event_entry(name: EntryId, fields: Mapping[bytes, bytes]) -> EventEntry:
    """Read what a stream holds; the same errors."""
    packed = _require_whole(name, fields, (b"v", b"o", b"p", b"i", b"n", b"e", b"h"))
    try:
        entry = EventEntry(
            epoch=int(packed[b"o"]),
            predecessor=EntryId.parse(packed[b"p"]),
            index=np.frombuffer(packed[b"i"], INDEX),
            counts=np.frombuffer(packed[b"n"], "<u4"),
            events=np.frombuffer(packed[b"e"], EVENT),
            hash=int(packed[b"h"], 16),
            executed=int(packed.get(b"t", b"0")),
        )
    except ValueError as error:
        raise DataError(f"The entry {name} of events is damaged: {error}.") from error
    sums = (int(entry.index["commands"].sum()), int(entry.index["events"].sum()), int(entry.counts.sum()))
    if not len(entry.index) or sums != (len(entry.counts), len(entry.events), len(entry.events)) or entry.last != name:
        raise DataError(f"The entry {name} of events is damaged: its counts do not add up.")
    return entry


def _require_whole(name: EntryId, fields: Mapping[bytes, bytes], needed: tuple[bytes, ...]) -> Mapping[bytes, bytes]:
    if fields.get(b"v") != VERSION:
        raise DataError(f"The journal's entry {name} has version {fields.get(b'v')!r}; this release reads {VERSION!r}.")
    for field in (*needed, CHECKSUM):
        if field not in fields:
            raise DataError(f"The journal's entry {name} is damaged: it lacks the field {field.decode()!r}.")
    if fields[CHECKSUM] != _checksum(fields).to_bytes(4, "little"):
        raise wrong_checksum(name)
    return fields


def wrong_checksum(name: EntryId) -> DataError:
    """Return the error for an entry that is not as it was written."""
    return DataError(
        f"The journal's entry {name} is damaged: its checksum is not that of its bytes. Nobody uses it; bring the "
        "journal's server back from a copy of its files in which the entry is whole."
    )


def _checksum(fields: Mapping[bytes, bytes]) -> int:
    crc = 0
    for name, value in fields.items():
        if name != CHECKSUM:
            crc = zlib.crc32(value, zlib.crc32(name, crc))
    return crc


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
