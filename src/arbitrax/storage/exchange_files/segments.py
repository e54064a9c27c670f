"""The archive of a stream: a chain of segments in a folder, read by anyone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from arbitrax.domain.errors import StoreError
from arbitrax.exchange.journal import START, EntryId
from arbitrax.exchange.service.entry_tables import EntryTable, just_before
from arbitrax.storage.exchange_files.segment_file import (
    NO_DIGEST,
    Footer,
    SegmentFile,
    SegmentName,
    Stream,
    damaged,
    names_in,
)


def stream_folder(exchange: Path, shard: int, stream: Stream) -> Path:
    """Return where a stream of a shard is archived under the exchange's folder."""
    return exchange / f"shard-{shard}" / stream.name.lower()


class Segments:
    """What is archived of a stream of a shard: see `arbitrax.exchange.service.archive_ports.StreamArchive`."""

    def __init__(self, exchange: Path, shard: int, stream: Stream) -> None:
        """Name them; ``exchange``: the folder of all shards."""
        self.folder = stream_folder(exchange, shard, stream)
        self.shard = shard
        self.stream = stream

    def read(self, after: EntryId = START) -> Iterator[EntryTable]:
        """Yield the entries after an id, in order, checksums verified; their arrays are views of the files.

        Raises:
            DataError: a segment is damaged or missing; the message names it, and the offset.
            StoreError: it cannot be read.
        """
        done = after
        while True:
            try:
                for table in self._read(done):
                    yield table
                    done = table.last
            except FileNotFoundError:  # closed since its name was looked up
                continue
            except OSError as error:
                raise StoreError(f"The archive {self.folder} cannot be read: {error.strerror}.") from error
            return

    def last(self) -> EntryId:
        """Return the id of the last entry; START when there is none. Raises like `read`."""
        names = names_in(self.folder)
        if not names:
            return START
        if names[-1].closed:
            footer = self.open(names[-1]).footer
            return footer.last if footer else START
        last = names[-1].first
        for table in self.read(just_before(last)):
            last = table.last
        return last

    def check(self) -> int:
        """Check every byte of every closed segment against its SHA-256, and the chain; return how many there are."""
        before, count = Footer(START, 0, 0, NO_DIGEST), 0
        for name in names_in(self.folder):
            segment = self.open(name)
            self._require_chain(segment, before)
            segment.check()
            if segment.footer is not None:
                before, count = segment.footer, count + 1
        return count

    def open(self, name: SegmentName) -> SegmentFile:
        """Open one; raises like `SegmentFile`."""
        return SegmentFile(self.folder / str(name), self.stream, self.shard)

    def _read(self, after: EntryId) -> Iterator[EntryTable]:
        names = names_in(self.folder)
        start = max((at for at, each in enumerate(names) if each.first <= after), default=0)
        before = Footer(START, 0, 0, NO_DIGEST)
        if start:
            before = self.open(names[start - 1]).footer or before
        for name in names[start:]:
            try:
                segment = self.open(name)
            except FileNotFoundError:
                raise
            except Exception:
                if not name.closed:
                    return  # its header is being written
                raise
            self._require_chain(segment, before)
            yield from segment.tables(after)
            before = segment.footer or before

    @staticmethod
    def _require_chain(segment: SegmentFile, before: Footer) -> None:
        if (segment.header.digest_before, segment.header.before) != (before.digest, before.last):
            raise damaged(segment.path, 0, "it does not continue the segment before it")
