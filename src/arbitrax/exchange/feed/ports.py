"""What the feed's process needs of the world. Faults of a store are a `StoreError`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from arbitrax.exchange.feed.event_run import FlatEntry
from arbitrax.exchange.feed.update import Update
from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.service.ports import Applied, Lease, RawEntry


class EventSource(Protocol):
    """The events of a shard on the journal's server."""

    def applied(self) -> Applied:
        """Return what the worker has written."""

    def read_after(self, after: EntryId, count: int, wait: int) -> Sequence[FlatEntry]:
        """Return up to ``count`` entries; wait up to ``wait`` ms for the first, 0: not at all."""

    def read_upto(self, after: EntryId, last: EntryId, count: int) -> Sequence[FlatEntry]:
        """Return up to ``count`` entries up to ``last``, it included; where there are none the next one."""


class EventArchive(Protocol):
    """Events that were copied to files."""

    def events_after(self, shard: int, after: EntryId) -> Iterable[RawEntry]:
        """Return archived entries, oldest first.

        Raises:
            DataError: a segment is damaged or missing.
        """


class Checkpoints(Protocol):
    """Files of what a feed knew."""

    def newest_first(self) -> Iterator[tuple[str, bytes]]:
        """Return names and contents."""

    def write(self, entry: EntryId, data: bytes) -> None:
        """Keep one, synced; the oldest go."""


class Published(NamedTuple):
    """Up to where the cache's server shows a shard."""

    entry: EntryId
    hash: int
    epoch: int


class Publisher(Protocol):
    """The cache's server."""

    @property
    def lease(self) -> Lease:
        """Return the right to publish, one process at a time."""

    def published(self) -> Published | None:
        """Return up to where; None: nothing is."""

    def send(self, update: Update) -> None:
        """Send an update off, to be written whole or not at all, once the one before it is confirmed.

        Raises:
            Fenced, Gap: of the one before it.
        """

    def confirm(self) -> None:
        """Wait until what was sent is written. Nothing else may be asked before.

        Raises:
            Fenced: the lease is another's.
            Gap: something else was published last.
        """

    def asked(self) -> set[str]:
        """Return the symbols whose orders somebody follows."""


class FeedStore(Protocol):
    """Both servers. After any fault it is closed and another one opened."""

    @property
    def events(self) -> EventSource:
        """Return where events come from."""

    @property
    def publisher(self) -> Publisher:
        """Return where messages go."""

    def close(self) -> None:
        """End the connections."""
