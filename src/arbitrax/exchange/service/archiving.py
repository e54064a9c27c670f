"""Copies both streams of a shard to files, in steps that each may be the last.

Events first, commands up to the last archived event only. So a command entry is archived once it has been executed: an
EPOCH entry that recovery puts after the last executed one is never before what is archived. And when the server lost
its tail, the entries of events, whose content changes with the epoch, show where the archive left the history that
counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from arbitrax.domain.errors import DataError, StoreError
from arbitrax.exchange.journal import START, EntryId
from arbitrax.exchange.service.archive_ports import ArchiverServer, ArchiveWriter, SourceStream, StreamArchive
from arbitrax.exchange.service.entry_tables import Entry, just_before, tables

PAGE = 8 << 20
"""Bytes to ask for at once, about."""
MOST, LEAST = 4096, 8
"""Entries to ask for at once."""


class Archiver:
    """Follows the streams of a shard; after any error `step` may be called again."""

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
        self._agrees = False

    def step(self, wait: int) -> bool:
        """Archive what there is, at most a page of it; wait up to ``wait`` ms for it. Return whether there is more.

        Raises:
            StoreError: another archive has the right, the server does not answer, or there is no room on the disk.
            DataError: what is on the server does not continue what is archived.
        """
        if not self._server.claim():
            raise StoreError(
                "Another archive of this shard is being written; end that archiver, or wait 10 s after it has ended."
            )
        if not self._agrees:
            self._reconcile()
            self._agrees = True
        self._agrees = False  # until this step is through: the server may be another one after an error
        page = self._server.events.read_after(self._events.last, self._count, wait)
        if page:
            self._require_next(page[0])
            self._events.append(list(tables(page)))
        self._copy_commands()
        marks = self._commands.last, self._events.last
        if marks != self._marked:
            if not self._server.set_marks(*marks):
                raise StoreError("Another archive of this shard has taken over; end this archiver or that one.")
            self._marked = marks
        self._agrees = True
        more = len(page) == self._count
        self._pace(page)
        return more

    def _copy_commands(self) -> None:
        while self._commands.last < self._events.last:
            page = self._server.commands.range_after(self._commands.last, self._events.last, self._count)
            if not page:
                raise DataError(
                    f"The commands after {self._commands.last} are neither archived nor on the server, though the events "
                    f"reach {self._events.last}; restore the journal or its archive from a copy."
                )
            self._commands.append(list(tables(page)))

    def _require_next(self, entry: Entry) -> None:
        name, fields = entry
        before = EntryId.parse(fields.get(b"p", b""))
        if before != self._events.last:
            raise DataError(
                f"The events of {name} follow those of {before}, but the archive ends at {self._events.last}; let it "
                "continue the archive that was written before, or restore that from a copy."
            )

    def _pace(self, page: Sequence[Entry]) -> None:
        """Ask for about a page next time, by the size of what came."""
        size = sum(len(value) for _, fields in page for value in fields.values()) // len(page) if page else 0
        self._count = min(MOST, max(LEAST, PAGE // size)) if size else self._count

    def _reconcile(self) -> None:
        """Go back to what the server still has, when it lost the end of its journal."""
        self._marked = None
        last = self._events.last
        if last == START or is_on_server(self._events.archive, last, self._server.events):
            if self._commands.last > last:  # a cut was interrupted
                self._commands.cut_back(last)
            return
        first = self._server.events.first()
        common = None if first is None or first > last else last_in_common(self._events.archive, first, self._server.events)
        if common is None:
            raise DataError(
                f"The journal's server has nothing of the archive, which ends at {last}: its data are new, or another "
                "exchange's; restore them, or move the archive away to begin a new one."
            )
        self._commands.cut_back(common)
        self._events.cut_back(common)
        self._say(
            f"The journal's server lost what came after {common}; so does the archive, which had reached {last}: that is "
            "kept in its folders named 'orphaned'."
        )


def is_on_server(archive: StreamArchive, name: EntryId, stream: SourceStream) -> bool:
    """Say whether the server has the last archived entry, and the same one."""
    for table in archive.read(just_before(name)):
        for _, fields in table.entries():
            return list(stream.range_after(just_before(name), name, 1)) == [(name, fields)]
    return False


def last_in_common(archive: StreamArchive, first: EntryId, stream: SourceStream) -> EntryId | None:
    """Return the last entry that both have, from ``first`` on; what both have is a prefix of the archive."""
    archived = [table for table in archive.read(just_before(first))]
    ends = []
    for at, table in enumerate(archived):
        ends += [(at, row) for row in range(len(table))]
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        at, row = ends[middle]
        name, fields = next(archived[at].part(row, row + 1).entries())
        if list(stream.range_after(just_before(name), name, 1)) == [(name, fields)]:
            low = middle + 1
        else:
            high = middle
    if low == 0:
        return None
    at, row = ends[low - 1]
    return archived[at].part(row, row + 1).first
