"""Entries of events that follow each other, decoded at once: the cost of an entry is that of joining its bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import CHECKSUM, INDEX, VERSION, EntryId, EventEntry, read_event_entry
from arbitrax.exchange.records import EVENT

FlatEntry = tuple[bytes, Sequence[bytes]]
"""An entry as a server sends it: its id, then names and values of its fields in turn."""
FIELDS = [b"v", b"o", b"p", b"i", b"n", b"e", b"h"]
"""Names of an entry's first fields, in the order in which `EventEntry` writes them."""
_MORE = [b"t", CHECKSUM]
"""Those after them; an entry of an earlier release lacks the first."""
_WORDS = 2 * len(FIELDS)


@dataclass(frozen=True, slots=True)
class EventRun:
    """One entry of events or more, without a gap."""

    predecessor: EntryId
    last: EntryId
    index: NDArray[np.void]
    """(command entries,) of INDEX."""
    events: NDArray[np.void]
    """(events,) of EVENT."""
    hash: int
    """The running hash after them."""


def run_of(entry: EventEntry) -> EventRun:
    """Return one entry as a run."""
    return EventRun(entry.predecessor, entry.last, entry.index, entry.events, entry.hash)


def read_runs(entries: Sequence[FlatEntry]) -> Iterator[EventRun]:
    """Yield what entries hold: one run, or where some do not follow the one before them more.

    Raises:
        DataError: an entry is of another version, or damaged.
    """
    names = [name for name, _ in entries]
    try:
        if any(fields[:_WORDS:2] != FIELDS or fields[-2:-1] != [CHECKSUM] for _, fields in entries):
            raise ValueError
        versions, _, before, index, _, events, hashes = zip(*[fields[1:_WORDS:2] for _, fields in entries], strict=True)
        if versions.count(VERSION) != len(versions):
            raise ValueError
        if any(crc32(b"".join(fields[:-2])) != int.from_bytes(fields[-1], "little") for _, fields in entries):
            raise ValueError
        begin = 0
        for end in (*_gaps(names, before), len(names)):
            part = slice(begin, end)
            yield _joined(names[part], before[begin], index[part], events[part], hashes[end - 1])
            begin = end
    except ValueError:
        for name, fields in entries:
            read_event_entry(EntryId.parse(name), dict(zip(fields[::2], fields[1::2], strict=True)))  # it says what
        raise DataError(f"The entries of events from {names[0]!r} to {names[-1]!r} are damaged.") from None


def _gaps(names: list[bytes], before: Sequence[bytes]) -> list[int]:
    if list(before[1:]) == names[:-1]:
        return []
    return [at for at in range(1, len(names)) if before[at] != names[at - 1]]


def _joined(
    names: list[bytes], before: bytes, index: Sequence[bytes], events: Sequence[bytes], running: bytes
) -> EventRun:
    """Return entries as one; what each says of itself must be what it has.

    Raises:
        ValueError: it is not.
    """
    rows, made = np.frombuffer(b"".join(index), INDEX), np.frombuffer(b"".join(events), EVENT)
    if len(names) > 1:
        ends = np.cumsum([len(each) for each in index]) // INDEX.itemsize
        counted = np.add.reduceat(rows["events"].astype(np.int64), np.concatenate([[0], ends[:-1]]))
        sizes = [len(each) for each in events]
        lasts = rows[ends - 1][["ms", "seq"]].tolist()
        fit = not any(len(each) % INDEX.itemsize for each in index) and all(index)
        fit = fit and (counted * EVENT.itemsize).tolist() == sizes
    else:
        lasts, fit = rows[-1:][["ms", "seq"]].tolist(), int(rows["events"].sum()) == len(made)
    if not fit or [b"%d-%d" % each for each in lasts] != names:
        raise ValueError
    return EventRun(EntryId.parse(before), EntryId(*lasts[-1]), rows, made, int(running, 16))


def flat(name: EntryId, fields: dict[bytes, bytes]) -> FlatEntry:
    """Return an entry as a server sends it."""
    return b"%d-%d" % name, [word for key in (*FIELDS, *_MORE) if key in fields for word in (key, fields[key])]
