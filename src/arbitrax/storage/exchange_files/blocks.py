"""Blocks of a segment: what one write of the archiver appends, and the checksums around it. Little-endian.

| part | content |
|---|---|
| head, 56 bytes | ``BLK1``, entries u4, bytes of the body u8, first id (ms, seq) u8, last id u8, CRC-32 of the body u4, of the head u4 |
| body | tables, one after the other |
| a table | entries u4, fields u4; of each field the length of its name u4, then the names; ids (ms, seq) u8; lengths u4, field by field; the values, field by field; each of these four padded to 8 bytes with zeros |
"""  # noqa: E501 - a table

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.service.entry_tables import ID, EntryTable

HEAD = struct.Struct("<4sIQQQQQII")
MAGIC = b"BLK1"
_COUNTS = struct.Struct("<II")


class Head(NamedTuple):
    """A block's head that is whole; ``start`` and ``end`` are of its body, in the segment."""

    entries: int
    first: EntryId
    last: EntryId
    crc: int
    start: int
    end: int


def encode(tables: Sequence[EntryTable]) -> list[bytes | memoryview]:
    """Return a block of one entry or more as the buffers to write."""
    body: list[bytes | memoryview] = []
    for table in tables:
        lengths = np.array([len(each) for each in table.names], "<u4")
        names = lengths.tobytes() + b"".join(table.names)
        sizes = np.ascontiguousarray(table.lengths, "<u4").tobytes()
        body.append(_COUNTS.pack(len(table), len(table.names)))
        for part in (names, table.ids.tobytes(), sizes, *table.columns):
            body += [part, bytes(-len(part) % 8)]
    crc = size = 0
    for each in body:
        crc = zlib.crc32(each, crc)
        size += len(each)
    entries = sum(len(each) for each in tables)
    head = HEAD.pack(MAGIC, entries, size, *tables[0].first, *tables[-1].last, crc, 0)[:-4]
    return [head, struct.pack("<I", zlib.crc32(head)), *body]


def read_head(data: memoryview, at: int) -> Head | None:
    """Return the head at an offset; None when there is none, or not all of it."""
    if at + HEAD.size > len(data):
        return None
    magic, entries, size, *ids, crc, own = HEAD.unpack_from(data, at)
    if magic != MAGIC or own != zlib.crc32(data[at : at + HEAD.size - 4]):
        return None
    start = at + HEAD.size
    return Head(entries, EntryId(*ids[:2]), EntryId(*ids[2:]), crc, start, start + size)


def is_whole(data: memoryview, head: Head) -> bool:
    """Say whether the body is there and as it was written."""
    return head.end <= len(data) and zlib.crc32(data[head.start : head.end]) == head.crc


def another_follows(data: memoryview, at: int) -> bool:
    """Say whether a whole block stands anywhere after an offset: what is wrong there is then no torn end."""
    raw = bytes(data[at + 1 :])
    found = raw.find(MAGIC)
    while found >= 0:
        head = read_head(data, at + 1 + found)
        if head is not None and is_whole(data, head):
            return True
        found = raw.find(MAGIC, found + 1)
    return False


def decode(data: memoryview, head: Head) -> Iterator[EntryTable]:
    """Yield the tables of a block that `is_whole`; their arrays are views of ``data``."""
    at = head.start

    def take(size: int) -> memoryview:
        nonlocal at
        part = data[at : at + size]
        at += size + -size % 8
        return part

    while at < head.end:
        rows, fields = _COUNTS.unpack(take(_COUNTS.size))
        long = np.frombuffer(data, "<u4", fields, at).tolist()
        text = bytes(take(4 * fields + sum(long))[4 * fields :])
        stops = np.cumsum([0, *long]).tolist()
        names = tuple(text[start:stop] for start, stop in pairwise(stops))
        ids = np.frombuffer(take(ID.itemsize * rows), ID)
        lengths = np.frombuffer(take(4 * fields * rows), "<u4").reshape(fields, rows)
        columns = tuple(take(size) for size in lengths.sum(axis=1, dtype=np.int64).tolist())
        yield EntryTable(names, ids, lengths, columns)
