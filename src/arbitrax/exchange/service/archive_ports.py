"""What copying a shard's streams to files, trimming them and verifying a replay need of the world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from arbitrax.exchange.journal import EntryId, SnapshotManifest
from arbitrax.exchange.service.entry_tables import EntryTable
from arbitrax.exchange.service.ports import Applied, Stream


class StreamArchive(Protocol):
    """Entries of a stream in files. On disk today; on an object store it would keep closed segments as they are."""

    def read(self, after: EntryId = ...) -> Iterator[EntryTable]:
        """Yield the entries after an id, in order.

        Raises:
            DataError: a segment is damaged or missing; the message names it, and the offset.
        """

    def last(self) -> EntryId:
        """Return the id of the last entry; START: none."""


class ArchiveWriter(Protocol):
    """The one who appends to an archive."""

    @property
    def archive(self) -> StreamArchive:
        """Return it for reading."""

    @property
    def last(self) -> EntryId:
        """Return the id of the last entry that is archived; START: none."""

    def append(self, tables: Sequence[EntryTable]) -> None:
        """Archive entries after `last`; they are safe when this returns.

        Raises:
            StoreError: there is no room; nothing was archived.
        """

    def cut_back(self, last: EntryId) -> None:
        """Set aside what comes after an id."""


class Progress(NamedTuple):
    """How far a shard is, in ids of entries; START: nothing yet."""

    applied: EntryId
    archived_commands: EntryId
    archived_events: EntryId
    recorded: EntryId


class ArchiverServer(Protocol):
    """A shard on the journal's server, for the one archiver that may change marks and trim there."""

    @property
    def commands(self) -> Stream:
        """Return the stream of commands."""

    @property
    def events(self) -> Stream:
        """Return the stream of events."""

    def claim(self) -> bool:
        """Take the right to archive this shard, or keep it for longer; False: another archive has it."""

    def set_marks(self, commands: EntryId, events: EntryId) -> bool:
        """Say what is archived; False, and nothing changed: another archive has the right."""

    def progress(self) -> Progress:
        """Return how far the shard is."""

    def manifests(self) -> Mapping[str, SnapshotManifest]:
        """Return what is known of snapshots, by the name of their files."""

    def remove_manifest(self, name: str) -> bool:
        """Forget one; False: another archive has the right."""

    def trim(self, commands: EntryId, events: EntryId) -> int | None:
        """Remove a step's worth of entries before these ids; return how many.

        None, and nothing changed: another archive has the right, or an id is beyond what is applied, archived or (of
        events) recorded.
        """


class VerifierServer(Protocol):
    """A shard on the journal's server, for who replays it."""

    @property
    def commands(self) -> Stream:
        """Return the stream of commands."""

    @property
    def events(self) -> Stream:
        """Return the stream of events."""

    def applied(self) -> Applied:
        """Return what is written of the shard."""

    def manifests(self) -> Mapping[str, SnapshotManifest]:
        """Return what is known of snapshots, by the name of their files."""

    def mark_verified(self, name: str, manifest: SnapshotManifest) -> bool:
        """Set `verified`; False when it is no longer the manifest that was verified."""
