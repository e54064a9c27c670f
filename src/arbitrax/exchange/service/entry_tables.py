"""Entries of a stream by column, so that a million of them are read without a loop over each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.service.ports import RawEntry

ID = np.dtype([("ms", "<u8"), ("seq", "<u8")])
LONGEST = 4096
"""Entries of a table that is made here."""


def just_before(name: EntryId) -> EntryId:
    """Return the greatest id below one that is not START."""
    return EntryId(name.ms, name.seq - 1) if name.seq else EntryId(name.ms - 1, (1 << 64) - 1)


class EntryTable(Struct, frozen=True):
    """Consecutive entries that have the same fields in the same order."""

    names: tuple[bytes, ...]
    """Of the fields."""
    ids: NDArray[np.void]
    """(entries,) of ID, ascending."""
    lengths: NDArray[np.uint32]
    """(fields, entries): bytes of each value."""
    columns: tuple[bytes | memoryview, ...]
    """Of each field the values of all entries, one after the other."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def first(self) -> EntryId:
        """Return the id of the first entry."""
        return EntryId(int(self.ids["ms"][0]), int(self.ids["seq"][0]))

    @property
    def last(self) -> EntryId:
        """Return the id of the last entry."""
        return EntryId(int(self.ids["ms"][-1]), int(self.ids["seq"][-1]))

    @property
    def size(self) -> int:
        """Return the bytes of all values."""
        return sum(len(each) for each in self.columns)

    def entries(self) -> Iterator[tuple[EntryId, dict[bytes, bytes]]]:
        """Yield the entries one by one."""
        ends = np.cumsum(self.lengths, axis=1, dtype=np.int64)
        for row, (ms, seq) in enumerate(self.ids.tolist()):
            fields = {}
            for name, column, stops in zip(self.names, self.columns, ends, strict=True):
                fields[name] = bytes(column[int(stops[row - 1]) if row else 0 : int(stops[row])])
            yield EntryId(ms, seq), fields

    def upto(self, name: EntryId) -> int:
        """Return how many entries there are up to an id, itself included."""
        ms = self.ids["ms"]
        low, high = np.searchsorted(ms, np.uint64(name.ms), "left"), np.searchsorted(ms, np.uint64(name.ms), "right")
        return int(low + np.searchsorted(self.ids["seq"][low:high], np.uint64(name.seq), "right"))

    def part(self, start: int, stop: int) -> EntryTable:
        """Return some of the entries."""
        if start == 0 and stop == len(self):
            return self
        none = np.zeros((len(self.names), 1), np.int64)
        ends = np.concatenate([none, self.lengths.cumsum(axis=1, dtype=np.int64)], axis=1)
        columns = (each[int(at[start]) : int(at[stop])] for each, at in zip(self.columns, ends, strict=True))
        return EntryTable(self.names, self.ids[start:stop], self.lengths[:, start:stop], tuple(columns))

    def after(self, name: EntryId) -> EntryTable:
        """Return the entries with greater ids."""
        return self.part(self.upto(name), len(self))

    def until(self, name: EntryId) -> EntryTable:
        """Return the entries with smaller ids and the one itself."""
        return self.part(0, self.upto(name))

    def values(self, name: bytes) -> memoryview | None:
        """Return the values of a field, one after the other; None when these entries do not have it."""
        return memoryview(self.columns[self.names.index(name)]) if name in self.names else None

    def sizes(self, name: bytes) -> NDArray[np.uint32]:
        """Return the length of each entry's value of a field that they have."""
        return self.lengths[self.names.index(name)]


def tables(entries: Iterable[RawEntry]) -> Iterator[EntryTable]:
    """Yield entries, ids ascending, as few tables."""
    names: tuple[bytes, ...] = ()
    group: list[RawEntry] = []
    for entry in entries:
        found = tuple(entry[1])
        if group and (found != names or len(group) == LONGEST):
            yield _table(names, group)
            group = []
        names = found
        group.append(entry)
    if group:
        yield _table(names, group)


def _table(names: tuple[bytes, ...], group: list[RawEntry]) -> EntryTable:
    ids = np.array([(name.ms, name.seq) for name, _ in group], ID)
    lengths = np.array([[len(fields[name]) for _, fields in group] for name in names], "<u4")
    columns = tuple(b"".join([fields[name] for _, fields in group]) for name in names)
    return EntryTable(names, ids, lengths.reshape(len(names), len(group)), columns)


def joined(parts: list[EntryTable]) -> EntryTable:
    """Return consecutive tables with the same fields as one."""
    if len(parts) == 1:
        return parts[0]
    return EntryTable(
        parts[0].names,
        np.concatenate([each.ids for each in parts]),
        np.concatenate([each.lengths for each in parts], axis=1),
        tuple(b"".join(each.columns[at] for each in parts) for at in range(len(parts[0].names))),
    )
