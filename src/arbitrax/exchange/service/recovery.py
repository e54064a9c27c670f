"""From a snapshot and the journal to a running shard: how the service starts, and what it does after every fault."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from arbitrax.domain.errors import ArbitraxError, DataError
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.journal import START, EntryId
from arbitrax.exchange.service import crash_points
from arbitrax.exchange.service.divergence import first_difference
from arbitrax.exchange.service.entry_tables import EntryTable
from arbitrax.exchange.service.history import Commands, batch_of, commands_of, together
from arbitrax.exchange.service.ports import Archive, RawEntry, Records, ShardStore, SnapshotStore
from arbitrax.exchange.service.sequencer import Sequencer, epoch_entry

MOST_REPLAYED = 65_536
"""Commands run at once."""
PROGRESS_SECONDS = 1.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sources:
    """What is left of a shard besides the journal's server. None: nothing is."""

    snapshots: SnapshotStore | None = None
    archive: Archive | None = None
    records: Records | None = None


@dataclass(frozen=True, slots=True)
class Recovered:
    """A shard as of the last output written."""

    sequencer: Sequencer
    unwritten: list[RawEntry]
    """Entries after it that the journal's server has lost and the archive has: to be executed first."""


class Stopped(Exception):  # noqa: N818 - it is no error
    """The process shall end, not recover."""


def recover(store: ShardStore, shard: int, sources: Sources, say: Say, stop: Event) -> Recovered:
    """Rebuild the engine up to what is applied, compare the running hash, open an epoch where the journal lost its end.

    Raises:
        DataError: the journal is damaged or incomplete, or gives other events than were written.
        Fenced: the lease went to another process meanwhile.
        Stopped: ``stop`` was set.
    """
    return _Recovery(store, shard, sources, say, stop).recovered()


def prepare(shard: int, sources: Sources) -> None:
    """Ask what a recovery asks, and forget it: what is slow the first time, such as an import, is then done."""
    with suppress(ArbitraxError):  # a recovery says so
        if sources.records:
            sources.records.recorded(shard)
        if sources.snapshots:
            sources.snapshots.verified(shard)


class _Recovery:
    def __init__(self, store: ShardStore, shard: int, sources: Sources, say: Say, stop: Event) -> None:
        self.store, self.shard, self.archive, self.say, self.stop = store, shard, sources.archive, say, stop
        self.began = time.monotonic()
        self.applied = store.outputs.applied()
        self.archived = self.archive.end_of_commands(shard) if self.archive else START
        self.manifests = sources.snapshots.verified(shard) if sources.snapshots else ()
        self.recorded = sources.records.recorded(shard) if sources.records else START
        store.lease.renew()

    def recovered(self) -> Recovered:
        lost = self._lost()
        sequencer = self._from_snapshot(lost) or Sequencer()
        self._require_beginning(sequencer.entry)
        start = sequencer.entry
        self.store.lease.renew()
        self._replay(sequencer)
        self._compare(sequencer, start, lost)
        unwritten = self._unwritten()
        if lost or not self.applied.epoch:
            self._open_epoch(lost, unwritten[-1][0] if unwritten else self.applied.entry)
        self.say(
            f"recovery.done shard={self.shard} from={start} to={sequencer.entry} commands={sequencer.executed} "
            f"epoch={sequencer.epoch} seconds={time.monotonic() - self.began:.2f}"
        )
        crash_points.reach("recovery.done")
        return Recovered(sequencer, unwritten)

    def _lost(self) -> EntryId | None:
        """Return an entry that others have of the journal and the journal has not."""
        known = [self.recorded, *(EntryId.parse(each.entry) for each in self.manifests[:1])]
        missing = [each for each in known if each > self.archived and not self.store.journal.covers(each)]
        return max(missing, default=None)

    def _from_snapshot(self, lost: EntryId | None) -> Sequencer | None:
        """Return the newest state that is not ahead of what is written, and of which the journal has lost nothing."""
        for manifest in self.manifests:
            entry = EntryId.parse(manifest.entry)
            if entry > self.applied.entry or manifest.epoch > self.applied.epoch or (lost and entry >= lost):
                continue
            try:
                core = MatchingCore.load(Path(manifest.path))
            except (DataError, OSError) as error:
                self.say(f"snapshot.unusable {error}")
                continue
            if f"{core.state_hash():016x}" != manifest.state_hash:
                self.say(f"snapshot.unusable {manifest.path} has not the state that its manifest names")
                continue
            return Sequencer(core, entry, int(manifest.running_hash, 16), manifest.epoch)
        return None

    def _require_beginning(self, after: EntryId) -> None:
        first, trimmed = self.store.journal.trimmed()
        if trimmed and after == self.archived == START:
            raise DataError(
                f"The journal of shard {self.shard} begins with {first}: {trimmed:,} entries before were trimmed, and "
                "there is neither a snapshot nor an archive of them; bring those back."
            )

    def _replay(self, sequencer: Sequencer) -> None:
        said = self.began
        for commands in self._pieces(sequencer.entry):
            sequencer.execute(batch_of(commands, sequencer.entry))
            self.store.lease.renew()
            if self.stop.is_set():
                raise Stopped
            if time.monotonic() - said > PROGRESS_SECONDS:
                said = time.monotonic()
                self.say(f"recovery.progress shard={self.shard} commands={sequencer.executed} entry={sequencer.entry}")

    def _pieces(self, after: EntryId) -> Iterator[Commands]:
        """Return the commands up to what is applied, in pieces to run at once."""
        waiting: list[Commands] = []
        size = 0
        for table in self._tables(after):
            waiting.append(commands_of(table))
            size += max(len(waiting[-1].commands), len(table))
            if size >= MOST_REPLAYED:
                yield together(waiting)
                waiting, size = [], 0
        if waiting:
            yield together(waiting)

    def _tables(self, after: EntryId) -> Iterator[EntryTable]:
        """Return the entries up to what is applied, from the archive first, then from the server."""
        last = self.applied.entry
        if self.archive is not None and after < self.archived:
            for table in self.archive.commands_after(self.shard, after):
                if table.first > last:
                    return
                yield table.until(last)
                after = table.last  # it may have grown
        if after < last:
            for page in self.store.journal.scan_tables(after, last):
                yield from page

    def _entries(self, after: EntryId) -> Iterator[RawEntry]:
        """Return the same one by one."""
        for table in self._tables(after):
            yield from table.entries()

    def _compare(self, sequencer: Sequencer, start: EntryId, lost: EntryId | None) -> None:
        """Refuse to go on from another past than the one that was written."""
        applied = self.applied
        if sequencer.entry != applied.entry:
            raise DataError(
                f"The journal of shard {self.shard} lacks the entry {applied.entry}, whose outputs are written; what "
                f"is left ends with {sequencer.entry}. Bring its archive back."
            )
        if sequencer.hash == applied.hash:
            return
        again = Sequencer() if start == START else self._from_snapshot(lost) or Sequencer()
        where = first_difference(again, self._entries(again.entry), self.store.events)
        raise DataError(
            f"Shard {self.shard} does not start: the journal up to {applied.entry} gives events with the hash "
            f"{sequencer.hash:016x}, written are those with {applied.hash:016x}. {where} Compare with a backup, or "
            "verify the archive."
        )

    def _open_epoch(self, lost: EntryId | None, after: EntryId) -> None:
        epoch = 1 + max([self.applied.epoch, *(each.epoch for each in self.manifests)])
        entry = epoch_entry(epoch, self.shard)
        name = self.store.journal.insert_epoch(entry, self.applied.entry, after, self.store.lease.name)
        why = f"the journal lost {lost}" if lost else "it is the first"
        self.say(f"epoch.opened shard={self.shard} epoch={epoch} entry={name} because {why}")

    def _unwritten(self) -> list[RawEntry]:
        if self.archive is None or self.archived <= self.applied.entry or self.store.journal.covers(self.archived):
            return []
        lost = self.archive.commands_after(self.shard, self.applied.entry)
        return [entry for table in lost for entry in table.entries()]
