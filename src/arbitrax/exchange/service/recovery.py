"""From a snapshot and the journal to a running shard: how the service starts, and what it does after every fault."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from arbitrax.domain.errors import DataError
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.journal import START, EntryId, SnapshotManifest
from arbitrax.exchange.service import crash_points
from arbitrax.exchange.service.batches import form
from arbitrax.exchange.service.divergence import first_difference
from arbitrax.exchange.service.ports import Applied, Archive, RawEntry, Records, ShardStore, SnapshotStore
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


def recover(store: ShardStore, shard: int, sources: Sources, say: Say) -> Recovered:
    """Rebuild the engine up to what is applied, compare the running hash, open an epoch where the journal lost its end.

    Raises:
        DataError: the journal is damaged or incomplete, or gives other events than were written.
        Fenced: the lease went to another process meanwhile.
    """
    began = time.monotonic()
    applied = store.outputs.applied()
    archived = sources.archive.end_of_commands(shard) if sources.archive else START
    manifests = sources.snapshots.verified(shard) if sources.snapshots else ()
    lost = _lost(store, shard, sources, manifests, archived)
    sequencer = _from_snapshot(manifests, applied, lost, say) or Sequencer()
    began_at, said = sequencer.entry, began
    _require_all(store, shard, began_at, archived)
    for entries in _pieces(store, shard, sources.archive, archived, began_at, applied.entry):
        sequencer.execute(form(entries, sequencer.entry))
        store.lease.renew()
        if time.monotonic() - said > PROGRESS_SECONDS:
            said = time.monotonic()
            say(f"recovery.progress shard={shard} commands={sequencer.executed} entry={sequencer.entry}")
    _compare(store, shard, sources, sequencer, applied, began_at, archived, manifests)
    if lost or not applied.epoch:
        epoch = 1 + max([applied.epoch, *(each.epoch for each in manifests)])
        entry = store.journal.insert_epoch(epoch_entry(epoch, shard), applied.entry, store.lease.name)
        why = f"the journal lost {lost}" if lost else "it is the first"
        say(f"epoch.opened shard={shard} epoch={epoch} entry={entry} because {why}")
    say(
        f"recovery.done shard={shard} from={began_at} to={sequencer.entry} commands={sequencer.executed} "
        f"epoch={sequencer.epoch} seconds={time.monotonic() - began:.2f}"
    )
    crash_points.reach("recovery.done")
    return Recovered(sequencer, _unwritten(store, shard, sources.archive, archived, applied.entry))


def _lost(
    store: ShardStore, shard: int, sources: Sources, manifests: Sequence[SnapshotManifest], archived: EntryId
) -> EntryId | None:
    """Return an entry that others have of the journal and the journal does not."""
    known = [EntryId.parse(each.entry) for each in manifests[:1]]
    if sources.records:
        known.append(sources.records.recorded(shard))
    missing = [each for each in known if each > archived and not store.journal.covers(each)]
    return max(missing, default=None)


def _from_snapshot(
    manifests: Sequence[SnapshotManifest], applied: Applied, lost: EntryId | None, say: Say
) -> Sequencer | None:
    """Return the newest state that is not ahead of what is written, and of which the journal has lost nothing."""
    for manifest in manifests:
        entry = EntryId.parse(manifest.entry)
        if entry > applied.entry or manifest.epoch > applied.epoch or (lost and entry >= lost):
            continue
        try:
            core = MatchingCore.load(Path(manifest.path))
        except (DataError, OSError) as error:
            say(f"snapshot.unusable {error}")
            continue
        if f"{core.state_hash():016x}" != manifest.state_hash:
            say(f"snapshot.unusable {manifest.path} has not the state that its manifest names")
            continue
        return Sequencer(core, entry, int(manifest.running_hash, 16), manifest.epoch)
    return None


def _require_all(store: ShardStore, shard: int, after: EntryId, archived: EntryId) -> None:
    """Refuse a journal whose beginning is gone."""
    first, trimmed = store.journal.trimmed()
    if trimmed and after == archived == START:
        raise DataError(
            f"The journal of shard {shard} begins with {first}: {trimmed:,} entries before were trimmed, and there is "
            "neither a snapshot nor an archive of them; bring those back."
        )


def _pieces(
    store: ShardStore, shard: int, archive: Archive | None, archived: EntryId, after: EntryId, last: EntryId
) -> Iterator[list[RawEntry]]:
    """Return the entries up to ``last``, from the archive first, then from the server, in pieces to run at once."""
    waiting: list[RawEntry] = []
    size = 0
    for entry in _entries(store, shard, archive, archived, after, last):
        waiting.append(entry)
        size += len(entry[1].get(b"c", b""))
        if size >= MOST_REPLAYED * 128:
            yield waiting
            waiting, size = [], 0
    if waiting:
        yield waiting


def _entries(
    store: ShardStore, shard: int, archive: Archive | None, archived: EntryId, after: EntryId, last: EntryId
) -> Iterator[RawEntry]:
    if archive is not None and after < archived:
        for entry in archive.commands_after(shard, after):
            if entry[0] > last:
                return
            yield entry
        after = archived
    if after < last:
        for entries in store.journal.scan(after, last):
            yield from entries


def _unwritten(
    store: ShardStore, shard: int, archive: Archive | None, archived: EntryId, applied: EntryId
) -> list[RawEntry]:
    if archive is None or archived <= applied or store.journal.covers(archived):
        return []
    return list(archive.commands_after(shard, applied))


def _compare(
    store: ShardStore,
    shard: int,
    sources: Sources,
    sequencer: Sequencer,
    applied: Applied,
    began_at: EntryId,
    archived: EntryId,
    manifests: Sequence[SnapshotManifest],
) -> None:
    """Refuse to go on from another past than the one that was written."""
    if sequencer.entry != applied.entry:
        raise DataError(
            f"The journal of shard {shard} lacks the entry {applied.entry}, whose outputs are written; what is left "
            f"ends with {sequencer.entry}. Bring its archive back."
        )
    if sequencer.hash == applied.hash:
        return
    again = _from_snapshot([each for each in manifests if each.entry == str(began_at)], applied, None, lambda _: None)
    entries = _entries(store, shard, sources.archive, archived, began_at, applied.entry)
    where = first_difference(again or Sequencer(), entries, store.events)
    raise DataError(
        f"Shard {shard} does not start: the journal up to {applied.entry} gives events with the hash "
        f"{sequencer.hash:016x}, written are those with {applied.hash:016x}. {where} Compare with a backup, or verify "
        "the archive."
    )
