"""Proves that a shard is what its journal makes of it: replays the journal beside all that is written of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from arbitrax.domain.errors import DataError, UnknownNameError, did_you_mean
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.journal import START, EntryId, SnapshotManifest
from arbitrax.exchange.service.archive_ports import StreamArchive, VerifierServer
from arbitrax.exchange.service.entry_tables import EntryTable
from arbitrax.exchange.service.history import CommandHistory, history, require_reconciled
from arbitrax.exchange.service.ports import Applied
from arbitrax.exchange.service.replay_comparison import Difference, Replayed


class Verification(Struct, frozen=True):
    """What a replay found. Hashes are 16 hex digits, ids of entries ``ms-seq``."""

    shard: int
    start: str | None
    """Name of the snapshot it began with; None: it began with nothing."""
    after: str
    last: str
    """Up to here: what was applied when it began, or where it met a difference."""
    entries: int
    commands: int
    events: int
    state_hash: str
    running_hash: str
    snapshots: tuple[str, ...]
    """Those on the way whose file has the replay's state."""
    seconds: float
    commands_per_second: float
    differs: str | None
    """The first entry, or the snapshot, that differs; None: none does."""
    reason: str | None

    @property
    def agrees(self) -> bool:
        """Say whether all is as it is written."""
        return self.differs is None


class Verifier:
    """One replay, from a snapshot or from the beginning to what is applied now."""

    def __init__(
        self,
        server: VerifierServer,
        commands: StreamArchive,
        events: StreamArchive,
        check_file: Callable[[SnapshotManifest], Path],
    ) -> None:
        """Take what it reads; ``check_file``: compares a snapshot's file with its manifest, or raises DataError."""
        self._server = server
        self._commands = commands
        self._events = events
        self._check_file = check_file
        self._replayed = Replayed()
        self._met: list[str] = []

    def run(self, shard: int, start: str | None, done: Callable[[int], None]) -> Verification:
        """Replay, and mark the snapshots it met as verified when everything agrees; ``done`` hears of commands.

        Raises:
            UnknownNameError: there is no such snapshot.
            DataError: a file is damaged, or a part of the past is nowhere.
        """
        applied, manifests = self._server.applied(), self._server.manifests()
        if start is not None:
            if start not in manifests:
                hint = did_you_mean(start, manifests) or "; `arbitrax exchange status` lists them."
                raise UnknownNameError(f"Shard {shard} has no snapshot {start!r}{hint}")
            self._replayed.load(manifests[start], self._check_file(manifests[start]))
        after = self._replayed.position
        if after > applied.entry:
            raise DataError(
                f"The snapshot {start} is of {after}, but only {applied.entry} is applied; use an older one."
            )
        require_reconciled(self._events, self._server.events)
        began = time.perf_counter()
        difference = self._replay(applied, manifests, done) or self._compare_end(applied)
        seconds = max(time.perf_counter() - began, 1e-9)
        if difference is None:
            for name in self._met:
                if not manifests[name].verified:
                    self._server.mark_verified(name, manifests[name])
        replayed = self._replayed
        return Verification(
            shard=shard,
            start=start,
            after=str(after),
            last=str(replayed.position),
            entries=replayed.entries,
            commands=replayed.commands,
            events=replayed.events,
            state_hash=f"{replayed.core.state_hash():016x}",
            running_hash=f"{replayed.hash:016x}",
            snapshots=tuple(self._met),
            seconds=seconds,
            commands_per_second=replayed.commands / seconds,
            differs=difference.where if difference else None,
            reason=difference.reason if difference else None,
        )

    def _replay(
        self, applied: Applied, manifests: Mapping[str, SnapshotManifest], done: Callable[[int], None]
    ) -> Difference | None:
        after, last = self._replayed.position, applied.entry
        journal = CommandHistory(history(self._commands, self._server.commands, after, last))
        ahead = {name: EntryId.parse(each.entry) for name, each in manifests.items()}
        waiting = sorted((name for name in ahead if after < ahead[name] <= last), key=ahead.__getitem__)
        for table in history(self._events, self._server.events, after, last):
            for part in _parts(table, sorted({ahead[name] for name in waiting})):
                commands = journal.upto(part.last)
                difference = self._replayed.compare(commands, part)
                if difference is not None:
                    return difference
                done(len(commands.commands))
                while waiting and ahead[waiting[0]] <= part.last:
                    name = waiting.pop(0)
                    difference = self._meet(name, manifests[name])
                    if difference is not None:
                        return difference
        return None

    def _meet(self, name: str, manifest: SnapshotManifest) -> Difference | None:
        """Compare a snapshot with the replay, and go on with its state."""
        replayed = self._replayed
        if EntryId.parse(manifest.entry) != replayed.position:
            return Difference(name, f"it is of {manifest.entry}, after which no batch ends")
        try:
            core = MatchingCore.load(self._check_file(manifest))
        except DataError:
            if name in self._server.manifests():
                raise
            return None  # removed meanwhile
        found = f"{replayed.core.state_hash():016x}", f"{replayed.hash:016x}"
        if found != (manifest.state_hash, manifest.running_hash) or core.state_hash() != replayed.core.state_hash():
            return Difference(name, f"its state is not that of the replay, which has the hash {found[0]}")
        replayed.core = core
        self._met.append(name)
        return None

    def _compare_end(self, applied: Applied) -> Difference | None:
        if self._replayed.hash == applied.hash or applied.entry == START:
            return None
        return Difference(str(applied.entry), f"the running hash that is written of the shard is {applied.hash:016x}")


def _parts(table: EntryTable, stops: list[EntryId]) -> Iterator[EntryTable]:
    """Cut a table after the entries of snapshots."""
    start = 0
    for stop in [table.upto(each) for each in stops]:
        if start < stop:
            yield table.part(start, stop)
            start = stop
    if start < len(table):
        yield table.part(start, len(table))
