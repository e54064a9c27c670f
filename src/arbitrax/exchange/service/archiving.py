"""Copies both streams of a shard to files, in steps that each may be the last.

A step takes entries of events, archives the commands they answer, then the events. So a command entry is archived once
it has been executed, and before its events are. What is archived of commands is the past, whatever the server loses
later: recovery executes it again, and an EPOCH entry is put behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from arbitrax.domain.errors import DataError, StoreError, StoreUnavailableError
from arbitrax.exchange.journal import INDEX, START, EntryId, checked
from arbitrax.exchange.service import crash_points
from arbitrax.exchange.service.archive_ports import ArchiverServer, ArchiveWriter, StreamArchive
from arbitrax.exchange.service.entry_tables import ID, EntryTable, just_before, tables
from arbitrax.exchange.service.ports import RawEntry, Stream

PAGE = 8 << 20
"""Bytes to ask for at once, about."""
MOST, LEAST = 4096, 8
"""Entries to ask for at once."""


class Archiver:
    """Follows the streams of a shard over one connection. After an error it is done: make another, with new writers."""

    def __init__(
        self,
        server: ArchiverServer,
        commands: ArchiveWriter,
        events: ArchiveWriter,
        say: Callable[[str], None],
    ) -> None:
        """Take what it works with; ``say`` is told, in a sentence, what an operator should know."""
        self._server = server
        self._commands = commands
        self._events = events
        self._say = say
        self._count = LEAST
        self._marked: tuple[EntryId, EntryId] | None = None
        self._compared = False

    def step(self, wait: int) -> bool:
        """Archive what there is, at most a page of it; wait up to ``wait`` ms for it. Return whether there is more.

        Raises:
            StoreError: another archive has the right, the server does not answer, or there is no room on the disk.
            DataError: what is on the server does not continue what is archived, or a segment is damaged.
        """
        if not self._server.claim():
            raise StoreError(
                "Another archive of this shard is being written; end that archiver, or wait 10 s after it has ended."
            )
        if not self._compared:
            self._compare()
            self._compared = True
        page = list(checked(self._server.events.read_after(self._events.last, self._count, wait)))
        if page:
            self._require_next(page[0])
            self._copy_commands(page)
            crash_points.reach("archive.commands")
            self._events.append(list(tables(page)))
            crash_points.reach("archive.events")
        marks = self._commands.last, self._events.last
        if marks != self._marked:
            if not self._server.set_marks(*marks):
                raise StoreError("Another archive of this shard has taken over; end this archiver or that one.")
            self._marked = marks
        more = len(page) == self._count
        self._pace(page)
        return more

    def _copy_commands(self, page: Sequence[RawEntry]) -> None:
        """Archive the commands that entries of events answer."""
        index = np.concatenate([np.frombuffer(fields[b"i"], INDEX) for _, fields in page])
        answered = np.array(index[["ms", "seq"]].tolist(), ID)
        at, last = self._commands.last, page[-1][0]
        after = (answered["ms"] > at.ms) | ((answered["ms"] == at.ms) & (answered["seq"] > at.seq))
        wanted = answered[after]
        if at >= last:
            return
        for found in self._server.commands.scan_tables(at, last):
            count = sum(len(each) for each in found)
            if not np.array_equal(np.concatenate([each.ids for each in found]), wanted[:count]):
                break
            self._commands.append(found)
            wanted = wanted[count:]
        if len(wanted) or self._commands.last != last:
            raise DataError(
                f"The commands after {self._commands.last} are not those that the events up to {last} answer, or are "
                "no longer there; restore the journal or its archive from a copy."
            )

    def _require_next(self, entry: RawEntry) -> None:
        name, fields = entry
        before = EntryId.parse(fields.get(b"p", b""))
        if before != self._events.last:
            raise DataError(
                f"The events of {name} follow those of {before}, but the archive ends at {self._events.last}; let it "
                "continue the archive that was written before, or restore that from a copy."
            )

    def _pace(self, page: Sequence[RawEntry]) -> None:
        """Ask for about a page next time, by the size of what came."""
        size = sum(len(value) for _, fields in page for value in fields.values()) // len(page) if page else 0
        self._count = min(MOST, max(LEAST, PAGE // size)) if size else self._count

    def _compare(self) -> None:
        """Set aside archived events that the server lost: the worker writes them again, perhaps in other batches."""
        last = self._events.last
        if last == START or is_on_server(self._events.archive, last, self._server.events):
            return
        first, trimmed = self._server.events.trimmed()
        if first == START:
            raise StoreUnavailableError(
                f"The journal's server has no events, the archive has them up to {last}; waiting for a worker."
            )
        common = last_in_common(self._events.archive, first, self._server.events) if first <= last else None
        if common is None and not trimmed and self._begins_alike():
            common = START
        if common is None:
            raise DataError(
                f"The journal's server has none of the events that are archived up to {last}: its data are another "
                "exchange's, or older ones are missing; restore them, or move the archive away to begin a new one."
            )
        self._events.cut_back(common)
        self._say(
            f"The journal's server lost the events after {common}, of which {last} was archived; they are kept in the "
            "archive's folder 'orphaned', and archived again when the worker has written them."
        )

    def _begins_alike(self) -> bool:
        """Say whether the first events on the server answer the first command that is archived."""
        for page in self._server.events.scan(START):
            index = np.frombuffer(page[0][1][b"i"], INDEX)
            return first_entry(self._commands.archive) == EntryId(int(index["ms"][0]), int(index["seq"][0]))
        return False


def first_entry(archive: StreamArchive) -> EntryId | None:
    """Return the id of the first archived entry."""
    return next((table.first for table in archive.read(START)), None)


def is_on_server(archive: StreamArchive, name: EntryId, stream: Stream) -> bool:
    """Say whether the server has the last archived entry, and the same one."""
    return any(_holds(stream, table) for table in archive.read(just_before(name)))


def last_in_common(archive: StreamArchive, first: EntryId, stream: Stream) -> EntryId | None:
    """Return the last entry that both have, from ``first`` on; what both have is a prefix of the archive."""
    single = [table.part(row, row + 1) for table in archive.read(just_before(first)) for row in range(len(table))]
    low, high = 0, len(single)
    while low < high:
        middle = (low + high) // 2
        if _holds(stream, single[middle]):
            low = middle + 1
        else:
            high = middle
    return single[low - 1].first if low else None


def _holds(stream: Stream, single: EntryTable) -> bool:
    """Say whether a stream has an entry, and the same one."""
    name, fields = next(single.entries())
    found: Sequence[tuple[EntryId, Mapping[bytes, bytes]]] = [
        entry for page in stream.scan(just_before(name), name) for entry in page
    ]
    return found == [(name, fields)]
