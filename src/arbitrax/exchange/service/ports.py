"""What the worker of a shard needs of the world. Storage implements it; a fault of the store is a `StoreError`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from arbitrax.exchange.journal import CommandEntry, EntryId, EventEntry, SnapshotManifest

if TYPE_CHECKING:
    from arbitrax.exchange.core import MatchingCore
    from arbitrax.exchange.service.entry_tables import EntryTable

RawEntry = tuple[EntryId, Mapping[bytes, bytes]]
"""An entry of a stream as it is stored; `arbitrax.exchange.journal` reads the fields."""


class Applied(NamedTuple):
    """What is written of a shard: the last command entry executed, the running hash of events there, the epoch."""

    entry: EntryId
    hash: int
    epoch: int


class Stream(Protocol):
    """A stream of entries, of commands or of events."""

    def read_after(self, after: EntryId, count: int, wait: int) -> Sequence[RawEntry]:
        """Return up to ``count`` entries; wait up to ``wait`` ms for the first, 0: not at all."""

    def scan(self, after: EntryId, last: EntryId | None = None) -> Iterator[Sequence[RawEntry]]:
        """Return what there is up to ``last``, it included, in large pieces."""

    def scan_tables(self, after: EntryId, last: EntryId | None = None) -> Iterator[Sequence[EntryTable]]:
        """Return the same by column.

        Raises:
            DataError: an entry's checksum is wrong, or its version.
        """

    def tail(self) -> EntryId:
        """Return the id of the last entry, START when there is none."""

    def covers(self, entry: EntryId) -> bool:
        """Whether an entry is there, or was and has been trimmed. START always is."""

    def trimmed(self) -> tuple[EntryId, int]:
        """Return the first entry there is, or one past the last there was, and how many before it were trimmed."""


class Journal(Stream, Protocol):
    """The commands of a shard."""

    def ask_after(self, after: EntryId, count: int, wait: int) -> None:
        """Ask for what `read_after` returns, and do something else until `found`."""

    def found(self) -> Sequence[RawEntry]:
        """Return what was asked for."""

    def append(self, entry: CommandEntry) -> EntryId:
        """Add an entry and return its id."""

    def insert_epoch(self, entry: CommandEntry, applied: EntryId, after: EntryId, lease: str) -> EntryId:
        """Put an entry after ``after``, before what was appended since; those keep their ids. Fenced like outputs."""

    def now(self) -> int:
        """Return the time of the server, ms since 1970: that of ids."""


class Outputs(Protocol):
    """Where outputs go, in one step that is fenced. Several may be on their way."""

    def applied(self) -> Applied:
        """Return what is written."""

    def send(self, entry: EventEntry, lease: str, gateways: bytes | None) -> None:
        """Send off what a batch gave; ``gateways``, unless None, replaces what is kept of their heartbeats."""

    @property
    def pending(self) -> int:
        """Return how many are on their way."""

    def confirm(self) -> None:
        """Wait for the reply to the oldest on its way.

        Raises:
            Fenced: the lease is another's.
            Gap: another batch is the last one written.
        """

    def gateways(self) -> bytes:
        """Return what is kept of heartbeats; empty: nothing."""


class Lease(Protocol):
    """The right to execute a shard, one process at a time."""

    name: str
    """Owner and token: the lease's value while it is ours."""

    def acquire(self) -> int | None:
        """Take the lease unless another process has it; return the token, higher each time."""

    def holder(self) -> str:
        """Return who has the lease; empty: nobody."""

    def renew(self) -> None:
        """Hold it for longer, when a second has passed since the last time.

        Raises:
            Fenced: it is another's, or the server is not the one it was taken on.
        """

    def release(self) -> None:
        """Give it up, if it is ours."""


class Archive(Protocol):
    """What was copied from the streams to files: a prefix of them."""

    def end_of_commands(self, shard: int) -> EntryId:
        """Return the last archived entry of commands, START when there is none."""

    def commands_after(self, shard: int, after: EntryId) -> Iterable[EntryTable]:
        """Return archived entries, oldest first.

        Raises:
            DataError: a segment is damaged or missing.
        """


class SnapshotPoint(NamedTuple):
    """Of which moment a snapshot is."""

    shard: int
    epoch: int
    token: int
    entry: EntryId
    """The last command entry it contains."""
    running_hash: int
    taken_at: int
    """Ms since 1970."""


class SnapshotStore(Protocol):
    """Files of state. A snapshot is used for recovery once somebody else has verified it."""

    def begin(self, point: SnapshotPoint) -> Path:
        """Return where to write the state."""

    def finish(self, point: SnapshotPoint) -> None:
        """Take over the file that has been written there. May take long; called in a thread of its own."""

    def abandon(self, point: SnapshotPoint) -> None:
        """Remove what was written, if anything."""

    def verified(self, shard: int) -> Sequence[SnapshotManifest]:
        """Return the verified ones, newest first."""


class Records(Protocol):
    """What has been carried on from the events, to PostgreSQL."""

    def recorded(self, shard: int) -> EntryId:
        """Return the last entry of events recorded, START when there is none."""


class Answers(Protocol):
    """Whoever says what would become of an order."""

    def answer_from(self, core: MatchingCore | None) -> None:
        """Answer as this engine would, from now on and in another thread; None: not at all."""


class ShardStore(Protocol):
    """All of a shard on the journal's server. After any fault it is closed and another one opened."""

    @property
    def journal(self) -> Journal:
        """Return its commands."""

    @property
    def events(self) -> Stream:
        """Return its events."""

    @property
    def outputs(self) -> Outputs:
        """Return where outputs go."""

    @property
    def lease(self) -> Lease:
        """Return the right to execute it."""

    def entries_first(self) -> bool:
        """Wait for the entries that were asked for, or the reply to an output; tell whether it is the entries."""

    def close(self) -> None:
        """End the connections."""
