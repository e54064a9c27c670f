"""Who appends to the archive of a stream: the archiver, one at a time."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from arbitrax.domain.errors import DataError, StoreError
from arbitrax.exchange.journal import START, EntryId
from arbitrax.exchange.service.entry_tables import EntryTable, joined
from arbitrax.storage.exchange_files import blocks
from arbitrax.storage.exchange_files.durable import make_folder, sync_folder, write_file
from arbitrax.storage.exchange_files.segment_file import (
    HEADER,
    NO_DIGEST,
    Footer,
    Header,
    SegmentName,
    Stream,
    names_in,
)
from arbitrax.storage.exchange_files.segments import Segments

SEGMENT = 64 << 20
"""Bytes from which a segment is closed and the next one begun."""
BLOCK = 4 << 20
"""Bytes of values in a block of a closed segment, about. Those of an open one are as small as what came at once."""


class SegmentWriter:
    """Appends to a stream's archive; continues from what the files hold. The caller keeps other writers away."""

    def __init__(self, exchange: Path, shard: int, stream: Stream, *, size: int = SEGMENT) -> None:
        """Open the archive: check the open segment and cut its torn end.

        Raises:
            DataError: a segment is damaged elsewhere, or missing; nothing was changed.
            StoreError: the disk refuses.
        """
        self.archive = Segments(exchange, shard, stream)
        self._folder = self.archive.folder
        self._last = START
        self._limit = size
        with _Sentences():
            make_folder(self._folder)
            self._recover()

    @property
    def last(self) -> EntryId:
        """Return the id of the last entry that is archived; START: none."""
        return self._last

    def append(self, tables: Sequence[EntryTable]) -> None:
        """Archive entries that follow `last`; they are on the disk when this returns.

        Raises:
            StoreError: the disk is full or refuses; nothing was archived, and the same call may be repeated.
        """
        if not tables:
            return
        if tables[0].first <= self._last:
            raise DataError(f"The entry {tables[0].first} does not follow {self._last}, the last one that is archived.")
        with _Sentences():
            if self._size >= self._limit:
                self._close_segment()
            if self._open is None:
                self._begin(tables)
            else:
                self._extend(self._open, tables)
            self._last = tables[-1].last

    def cut_back(self, last: EntryId) -> None:
        """Take entries after ``last`` out of the archive: the server lost them, so they never happened.

        Their segments are kept in the folder ``orphaned``.
        """
        with _Sentences():
            aside = self._folder / "orphaned"
            make_folder(aside)
            names = names_in(self._folder)
            while names and names[-1].first > last:
                name = names.pop()
                (self._folder / str(name)).replace(_unused(aside / str(name)))
                sync_folder(self._folder)  # newest first: what remains is whole at any moment
            if names and self.archive.open(names[-1]).end_of_blocks()[1] > last:
                self._cut_segment(names[-1], last, aside)
            sync_folder(aside)
            self._recover()

    def _recover(self) -> None:
        names = names_in(self._folder)
        self._open: Path | None = None
        self._size, self._last, self._number, self._before = 0, START, 1, Footer(START, 0, 0, NO_DIGEST)
        for each in self._folder.glob("*.tmp"):
            each.unlink()
        for name in names:
            if name.closed:
                self._before = self.archive.open(name).footer or self._before
                self._last, self._number = self._before.last, name.number + 1
                (self._folder / str(name._replace(closed=False))).unlink(missing_ok=True)
            else:
                self._recover_open(self._folder / str(name))

    def _recover_open(self, path: Path) -> None:
        try:
            end, last = self.archive.open(_named(path)).end_of_blocks()
        except DataError:
            data = memoryview(path.read_bytes())
            if len(data) >= HEADER.size and blocks.another_follows(data, 0):
                raise
            end, last = 0, self._last
        if end <= HEADER.size:  # not even its first block arrived
            path.unlink()
            sync_folder(self._folder)
            return
        self._open, self._size, self._last = path, end, last
        if path.stat().st_size > end:
            _truncate(path, end)

    def _begin(self, tables: Sequence[EntryTable]) -> None:
        path = self._folder / str(SegmentName(self._number, tables[0].first, closed=False))
        parts = [self._header(tables[0].first).pack(), *blocks.encode(tables)]
        write_file(path, parts)
        self._open, self._size = path, sum(len(each) for each in parts)

    def _extend(self, path: Path, tables: Sequence[EntryTable]) -> None:
        block = b"".join(blocks.encode(tables))
        descriptor = os.open(path, os.O_WRONLY)
        try:
            view, at = memoryview(block), self._size
            while view:
                written = os.pwrite(descriptor, view, at)
                view, at = view[written:], at + written
            os.fsync(descriptor)
        except OSError:
            # What a failed write or fsync leaves behind is unknown: it is written again, not trusted.
            with suppress(OSError):
                _truncate(path, self._size)
            raise
        finally:
            os.close(descriptor)
        self._size += len(block)

    def _close_segment(self) -> None:
        """Write the open segment anew, in large blocks with a footer, and put it in its place."""
        if self._open is None:
            return
        name = _named(self._open)
        source = self.archive.open(name)
        closed = self._folder / str(name._replace(closed=True))
        footer = Footer(START, 0, 0, NO_DIGEST)

        def parts() -> Iterator[bytes | memoryview]:
            nonlocal footer
            digest, count, entries = hashlib.sha256(), 0, 0
            header = source.header.pack()
            digest.update(header)
            yield header
            for table in _large(source.tables()):
                for part in blocks.encode([table]):
                    digest.update(part)
                    yield part
                count, entries = count + 1, entries + len(table)
            footer = Footer(self._last, entries, count, digest.digest())
            yield footer.pack()

        write_file(closed, parts())
        self._open.unlink()
        self._open, self._size, self._before, self._number = None, 0, footer, name.number + 1

    def _cut_segment(self, name: SegmentName, last: EntryId, aside: Path) -> None:
        path = self._folder / str(name)
        source = self.archive.open(name)
        shutil.copyfile(path, _unused(aside / path.name))
        kept = [table.until(last) for table in source.tables() if table.first <= last]
        whole = [part for table in kept for part in blocks.encode([table])]
        write_file(self._folder / str(name._replace(closed=False)), [source.header.pack(), *whole])
        if name.closed:
            path.unlink()
            sync_folder(self._folder)

    def _header(self, first: EntryId) -> Header:
        return Header(self.archive.stream, self.archive.shard, first, self._before.last, self._before.digest)


class _Sentences:
    """Turns an OSError into the error of a store."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise StoreError(
                f"The archive cannot be written: {error.strerror}; make room, nothing is lost meanwhile."
            ) from error


def _named(path: Path) -> SegmentName:
    number, first, kind = path.name.split(".")
    return SegmentName(int(number), EntryId.parse(first), kind == "segment")


def _truncate(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)
        os.fsync(file.fileno())


def _unused(path: Path) -> Path:
    """Return a name beside those of former cuts."""
    number, found = 1, path
    while found.exists():
        found, number = path.with_name(f"{path.name}.{number}"), number + 1
    return found


def _large(tables: Iterator[EntryTable]) -> Iterator[EntryTable]:
    """Join consecutive tables with the same fields until they are large."""
    group: list[EntryTable] = []
    size = 0
    for table in tables:
        if group and (table.names != group[0].names or size >= BLOCK):
            yield joined(group)
            group, size = [], 0
        group.append(table)
        size += table.size
    if group:
        yield joined(group)
