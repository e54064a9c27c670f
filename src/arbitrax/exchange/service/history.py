"""The past of a shard: from its archive, then from the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import INDEX, START, VERSION, EntryId, read_command_entry
from arbitrax.exchange.records import COMMAND
from arbitrax.exchange.service.archive_ports import StreamArchive
from arbitrax.exchange.service.batches import Batch
from arbitrax.exchange.service.entry_tables import ID, EntryTable
from arbitrax.exchange.service.ports import Stream


def history(archive: StreamArchive, stream: Stream, after: EntryId, last: EntryId) -> Iterator[EntryTable]:
    """Yield the entries after one up to ``last``, archived ones from the archive, whatever is trimmed meanwhile.

    Raises:
        DataError: some are in neither, or a segment is damaged.
    """
    done, before = after, None
    while done < last and done != before:
        before = done
        for table in archive.read(done):
            if table.first > last:
                return
            part = table.until(last)
            yield part
            done = part.last
        for page in stream.scan_tables(done, last) if done < last else ():
            first, trimmed = stream.trimmed()
            if trimmed and first > page[0].first:
                break  # meanwhile: what is gone is archived
            for table in page:
                yield table
                done = table.last
    if done < last:
        raise DataError(
            f"The entries after {done} are neither archived nor on the server; restore the archive's files."
        )


class Commands(NamedTuple):
    """Entries of the journal, as the engine runs them."""

    ids: NDArray[np.void]
    """(entries,) of ID."""
    counts: NDArray[np.int64]
    """(entries,): commands of each."""
    commands: NDArray[np.void]
    """(commands,) of COMMAND, ``time`` the ms of their entry."""


def commands_of(table: EntryTable) -> Commands:
    """Return the commands of a table.

    Raises:
        DataError: an entry is damaged, or of another version.
    """
    packed, versions = table.values(b"c"), table.values(b"v")
    if packed is None or versions is None:
        raise DataError(f"The journal's entry {table.first} is damaged: it lacks a field, 'c' or 'v'.")
    sizes = table.sizes(b"c")
    if bytes(versions) != VERSION * len(table) or (sizes % COMMAND.itemsize).any():
        for name, fields in table.entries():
            read_command_entry(name, fields)  # one of them says what is wrong
    counts = (sizes // COMMAND.itemsize).astype(np.int64)
    commands = np.frombuffer(bytearray(packed), COMMAND)
    commands["time"] = np.repeat(table.ids["ms"], counts)
    return Commands(table.ids, counts, commands)


def together(parts: Sequence[Commands]) -> Commands:
    """Return consecutive entries as one."""
    if len(parts) == 1:
        return parts[0]
    return Commands(
        np.concatenate([np.empty(0, ID), *(each.ids for each in parts)]),
        np.concatenate([np.empty(0, np.int64), *(each.counts for each in parts)]),
        np.concatenate([np.empty(0, COMMAND), *(each.commands for each in parts)]),
    )


def batch_of(found: Commands, predecessor: EntryId) -> Batch:
    """Return entries as the batch that follows ``predecessor``, without heartbeats: of the past none counts.

    Raises:
        DataError: an entry is not later than the one before.
    """
    ms, seq = (
        np.concatenate([np.array([before], "<u8"), found.ids[part]])
        for part, before in (("ms", predecessor.ms), ("seq", predecessor.seq))
    )
    later = (ms[1:] > ms[:-1]) | ((ms[1:] == ms[:-1]) & (seq[1:] > seq[:-1]))
    if not later.all():
        name = EntryId(*found.ids[int(np.argmin(later))].tolist())
        raise DataError(f"The journal's entry {name} comes after one that is not earlier: it is damaged.")
    entries = np.zeros(len(found.ids), INDEX)
    entries["ms"], entries["seq"], entries["commands"] = ms[1:], seq[1:], found.counts
    return Batch(predecessor, entries, found.commands, ())


class CommandHistory:
    """The journal's past, taken up to an entry at a time."""

    def __init__(self, past: Iterator[EntryTable]) -> None:
        self._past = past
        self._rest: EntryTable | None = None

    def upto(self, last: EntryId) -> Commands:
        """Return the entries up to one that have not been taken yet; raises like `history` and `commands_of`."""
        taken = []
        while (table := self._next()) is not None:
            count = table.upto(last)
            if count:
                taken.append(commands_of(table.part(0, count)))
            if count < len(table):
                self._rest = table.part(count, len(table))
            if count < len(table) or table.last == last:
                break
        return together(taken)

    def _next(self) -> EntryTable | None:
        rest, self._rest = self._rest, None
        return rest if rest is not None else next(self._past, None)


def require_reconciled(archive: StreamArchive, stream: Stream) -> None:
    """Refuse an archive of events that goes further than the server, which lost its end.

    Raises:
        DataError: it does.
    """
    end, (first, _) = archive.last(), stream.trimmed()
    if first > START and end > START and not stream.covers(end):
        raise DataError(
            f"The events are archived up to {end}, which the journal's server does not have; let `arbitrax serve "
            "archiver` set the rest aside first."
        )
