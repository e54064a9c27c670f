"""The archive of a shard: both streams, for its one writer and for readers."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from arbitrax.domain.errors import StoreError
from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.service.entry_tables import EntryTable
from arbitrax.exchange.service.ports import RawEntry
from arbitrax.storage.embedded.locks import FileLock
from arbitrax.storage.exchange_files.durable import make_folder, write_file
from arbitrax.storage.exchange_files.segment_file import Stream
from arbitrax.storage.exchange_files.segment_writer import SegmentWriter
from arbitrax.storage.exchange_files.segments import Segments


class OpenArchive(NamedTuple):
    """A shard's archive that is ours to write."""

    owner: str
    """Names the archive, whoever writes it: it is made once."""
    commands: SegmentWriter
    events: SegmentWriter


@contextmanager
def open_archive(exchange: Path, shard: int) -> Iterator[OpenArchive]:
    """Yield the archive of a shard under the exchange's folder; nobody else can open it meanwhile.

    Raises:
        StoreError: another process has it open, or the disk refuses.
        DataError: a segment is damaged or missing; nothing was changed.
    """
    folder = exchange / f"shard-{shard}"
    try:
        make_folder(folder)
        lock = FileLock(folder / "archive.lock")
    except OSError as error:
        raise StoreError(f"The archive {folder} cannot be opened: {error.strerror}.") from error
    with lock:
        if not lock.try_own():
            raise StoreError(f"Another archiver of shard {shard} has {folder} open; this one stands by.")
        yield OpenArchive(
            _owner(folder / "archive.id"),
            SegmentWriter(exchange, shard, Stream.COMMANDS),
            SegmentWriter(exchange, shard, Stream.EVENTS),
        )


def _owner(path: Path) -> str:
    try:
        if not path.exists():
            write_file(path, [secrets.token_hex(16).encode()])
        return path.read_text()
    except OSError as error:
        raise StoreError(f"The file {path} cannot be written or read: {error.strerror}.") from error


class FileArchive:
    """The archives of all shards, for the worker and the feed: see `Archive` and `EventArchive` of their ports."""

    def __init__(self, exchange: Path) -> None:
        self._exchange = exchange

    def end_of_commands(self, shard: int) -> EntryId:
        """Return the last archived entry of commands, START when there is none."""
        return Segments(self._exchange, shard, Stream.COMMANDS).last()

    def commands_after(self, shard: int, after: EntryId) -> Iterable[EntryTable]:
        """Return archived entries, oldest first.

        Raises:
            DataError: a segment is damaged or missing.
        """
        return Segments(self._exchange, shard, Stream.COMMANDS).read(after)

    def events_after(self, shard: int, after: EntryId) -> Iterable[RawEntry]:
        """Return archived entries of events; raises the same."""
        return archived_entries(self._exchange, shard, Stream.EVENTS, after)


def archived_entries(exchange: Path, shard: int, stream: Stream, after: EntryId) -> Iterator[RawEntry]:
    """Yield the archived entries of a stream after an id, oldest first.

    Raises:
        DataError: a segment is damaged or missing.
    """
    for table in Segments(exchange, shard, stream).read(after):
        yield from table.entries()
