"""One segment: header, blocks and, once it is closed, a footer. Little-endian.

| part | content |
|---|---|
| header, 88 bytes | ``ARBXSEG1``, version u2, stream u2 (1: commands, 2: events), shard u4, first id (ms, seq) u8, id of the entry before u8, SHA-256 of the segment before, spare u4, CRC-32 u4 |
| blocks | `arbitrax.storage.exchange_files.blocks` |
| footer, 80 bytes | ``END1``, spare u4, last id u8, entries u8, blocks u8, SHA-256 of all before the footer, spare u4, CRC-32 u4 |
"""  # noqa: E501 - a table

from __future__ import annotations

import hashlib
import mmap
import os
import re
import struct
import zlib
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import START, EntryId
from arbitrax.exchange.service.entry_tables import EntryTable
from arbitrax.storage.exchange_files import blocks

VERSION = 1
HEADER = struct.Struct("<8sHHIQQQQ32sII")
FOOTER = struct.Struct("<4sIQQQQ32sII")
MAGIC, END = b"ARBXSEG1", b"END1"
NO_DIGEST = bytes(32)
"""Before the first segment."""
_NAME = re.compile(r"(\d{8})\.(\d+-\d+)\.(segment|open)")


class Stream(IntEnum):
    """Which stream of a shard."""

    COMMANDS = 1
    EVENTS = 2


class SegmentName(NamedTuple):
    """What a segment's file name says: its place in the chain, its first entry, whether it is closed."""

    number: int
    first: EntryId
    closed: bool

    def __str__(self) -> str:
        return f"{self.number:08d}.{self.first}.{'segment' if self.closed else 'open'}"


class Header(NamedTuple):
    """What a segment says of itself before its blocks."""

    stream: Stream
    shard: int
    first: EntryId
    before: EntryId = START
    """The last entry of the segment before."""
    digest_before: bytes = NO_DIGEST

    def pack(self) -> bytes:
        """Return its bytes."""
        packed = HEADER.pack(
            MAGIC, VERSION, self.stream, self.shard, *self.first, *self.before, self.digest_before, 0, 0
        )[:-4]
        return packed + struct.pack("<I", zlib.crc32(packed))


class Footer(NamedTuple):
    """What a closed segment says of itself after its blocks."""

    last: EntryId
    entries: int
    blocks: int
    digest: bytes

    def pack(self) -> bytes:
        """Return its bytes."""
        packed = FOOTER.pack(END, 0, *self.last, self.entries, self.blocks, self.digest, 0, 0)[:-4]
        return packed + struct.pack("<I", zlib.crc32(packed))


def names_in(folder: Path) -> list[SegmentName]:
    """Return the segments of a folder in order; one that was closed a moment ago may still be there open, too.

    Raises:
        DataError: one is missing in the middle.
    """
    found: dict[int, SegmentName] = {}
    for each in folder.iterdir() if folder.is_dir() else ():
        parts = _NAME.fullmatch(each.name)
        if parts is not None and (parts[3] == "segment" or int(parts[1]) not in found):
            found[int(parts[1])] = SegmentName(int(parts[1]), EntryId.parse(parts[2]), parts[3] == "segment")
    names = [found[number] for number in sorted(found)]
    for number, name in enumerate(names, 1):
        if name.number != number or not (name.closed or name is names[-1]):
            raise DataError(
                f"The segment {number:08d} in {folder} is missing; restore it from a copy, those after it are useless."
            )
    return names


def damaged(path: Path, at: int, what: str) -> DataError:
    """Return the error for a segment that cannot be trusted."""
    return DataError(f"The segment {path} is damaged at byte {at:,}: {what}; restore it from a copy.")


class SegmentFile:
    """A segment opened for reading: a closed one is mapped, an open one read as it is now."""

    def __init__(self, path: Path, stream: Stream, shard: int) -> None:
        """Open it.

        Raises:
            DataError: header or footer are damaged, or it is of another stream or shard.
            FileNotFoundError: it is not there (any more).
        """
        self.path = path
        self.closed = path.suffix == ".segment"
        with path.open("rb") as file:
            # Not mapped while it may be cut: touching what is gone would end the process.
            size = os.fstat(file.fileno()).st_size
            self._data = memoryview(
                mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) if self.closed and size else file.read()
            )
        self.header = self._header(stream, shard)
        self.footer = self._footer() if self.closed else None
        self._end = len(self._data) - (FOOTER.size if self.closed else 0)

    def _header(self, stream: Stream, shard: int) -> Header:
        if len(self._data) < HEADER.size:
            raise damaged(self.path, 0, "its header is cut off")
        magic, version, kind, its_shard, *ids, before, _, crc = HEADER.unpack_from(self._data)
        if magic != MAGIC or crc != zlib.crc32(self._data[: HEADER.size - 4]):
            raise damaged(self.path, 0, "the checksum of its header is wrong")
        if version != VERSION:
            raise DataError(f"The segment {self.path} has version {version}; this release reads {VERSION}.")
        if (kind, its_shard) != (stream, shard):
            raise DataError(
                f"The segment {self.path} is of stream {kind} of shard {its_shard}, not of stream {int(stream)} of "
                f"shard {shard}; move it to where it belongs."
            )
        return Header(stream, its_shard, EntryId(*ids[:2]), EntryId(*ids[2:]), before)

    def _footer(self) -> Footer:
        at = len(self._data) - FOOTER.size
        if at < HEADER.size:
            raise damaged(self.path, len(self._data), "its footer is cut off")
        magic, _, ms, seq, entries, count, digest, _, crc = FOOTER.unpack_from(self._data, at)
        if magic != END or crc != zlib.crc32(self._data[at:-4]):
            raise damaged(self.path, at, "the checksum of its footer is wrong")
        return Footer(EntryId(ms, seq), entries, count, digest)

    def heads(self, *, whole: bool = True) -> Iterator[blocks.Head]:
        """Yield the heads of the blocks; ``whole``: after their bodies were checked.

        Raises:
            DataError: one is damaged, and it is not the torn end of an open segment.
        """
        at, last = HEADER.size, self.header.before
        while at < self._end:
            head = blocks.read_head(self._data[: self._end], at)
            if head is None or head.end > self._end or (whole and not blocks.is_whole(self._data, head)):
                self._require_torn(at, head)
                return
            if not last < head.first <= head.last or (at == HEADER.size and head.first != self.header.first):
                raise damaged(self.path, at, f"the block of {head.first} does not follow {last}")
            yield head
            at, last = head.end, head.last

    def _require_torn(self, at: int, head: blocks.Head | None) -> None:
        if self.closed:
            raise damaged(self.path, at, "the checksum of a block is wrong")
        in_the_middle = blocks.another_follows(self._data, at) if head is None else head.end < self._end
        if in_the_middle:
            raise damaged(self.path, at, "the checksum of a block is wrong, and more follow it")

    def tables(self, after: EntryId = START) -> Iterator[EntryTable]:
        """Yield the entries after an id; the same errors."""
        for head in self.heads(whole=False):
            if head.last <= after:
                continue
            if not blocks.is_whole(self._data, head):
                self._require_torn(head.start - blocks.HEAD.size, head)
                return
            for table in blocks.decode(self._data, head):
                if table.last > after:
                    yield table.after(after) if table.first <= after else table

    def end_of_blocks(self) -> tuple[int, EntryId]:
        """Return where the last whole block ends, and its last entry; checks every block."""
        at, last = HEADER.size, self.header.before
        for head in self.heads():
            at, last = head.end, head.last
        return at, last

    def check(self) -> None:
        """Check the SHA-256 and the sums of a closed segment; raises DataError."""
        if self.footer is None:
            return
        heads = list(self.heads())
        sums = (heads[-1].last if heads else START, sum(each.entries for each in heads), len(heads))
        if sums != self.footer[:3] or hashlib.sha256(self._data[: self._end]).digest() != self.footer.digest:
            raise damaged(self.path, self._end, "its footer describes other content")
