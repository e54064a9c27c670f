"""What the recorder of a shard needs of the world. A fault of a store is a `StoreError`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from typing import NamedTuple, Protocol

from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.recording.order_record import OrderRecord
from arbitrax.exchange.recording.position_record import PositionRecord, RoundTrip
from arbitrax.exchange.recording.request_record import RequestRecord

RawEntry = tuple[EntryId, Mapping[bytes, bytes]]
"""An entry of a stream as it is stored."""


class Instrument(NamedTuple):
    """What a symbol number is."""

    tick_value: int
    keeps_accounts: bool
    """False: its orders are nobody's."""


class Mark(NamedTuple):
    """Up to where events are recorded: epoch, entry and the running hash there."""

    epoch: int
    entry: EntryId
    hash: int


class Fill(NamedTuple):
    """One side of a match. Ticks, lots, units of cash."""

    id: int
    """Of the event, as `arbitrax.exchange.identifiers` numbers them."""
    account: int
    order: int
    symbol: int
    lots: int
    """Below 0: sold."""
    price: int
    fee: int
    is_auction: bool
    time: int
    """Ms since 1970."""


class Payment(NamedTuple):
    """Cash paid into an account, in units; below 0: out of it."""

    id: int
    """Of the event."""
    account: int
    amount: int
    time: int
    """Ms since 1970."""


class Changes(NamedTuple):
    """What a stretch of events did."""

    new_orders: Sequence[OrderRecord]
    orders: Sequence[OrderRecord]
    """Stored before, changed now."""
    fills: Sequence[Fill]
    trips: Sequence[RoundTrip]
    positions: Sequence[PositionRecord]
    payments: Sequence[Payment]
    requests: Sequence[RequestRecord] = ()
    """For the audit log."""


Store = Callable[[Mark, Mark], None]
"""Stores what happened between two marks.

Raises:
    OutrunError: the first mark is not the one that is stored: another recorder was faster. Nothing is changed.
"""


class Records(Protocol):
    """A shard in PostgreSQL. Each call that changes something is one transaction."""

    def mark(self) -> Mark:
        """Return up to where it is recorded."""

    def instruments(self) -> Mapping[int, Instrument]:
        """Return what the symbol numbers are."""

    def accounts(self) -> Collection[int]:
        """Return the numbers of accounts."""

    def open_orders(self) -> Sequence[OrderRecord]:
        """Return what is open."""

    def positions(self) -> Sequence[PositionRecord]:
        """Return every position, closed ones too."""

    def prepare(self, changes: Changes) -> Store:
        """Write down what happened, as it is now; return what stores it, in any thread."""

    def changed_since(self, entry: EntryId) -> tuple[Set[int], EntryId]:
        """Return orders from before an entry's end that changed after it, and where the first was accepted."""

    def orphan(self, before: Mark, after: Mark, restored: Sequence[OrderRecord]) -> int:
        """Mark what happened after ``after`` as if it had never been; orders that changed since are as given.

        Returns:
            How many orders and fills are orphaned.
        """


class Streams(Protocol):
    """The streams of a shard, archived entries included."""

    def events_after(self, after: EntryId, count: int, wait: int) -> Sequence[RawEntry]:
        """Return what the server has; wait up to ``wait`` ms for the first, 0: not at all."""

    def all_events(self, after: EntryId) -> Iterator[RawEntry]:
        """Return every entry of events that counts, archived ones first, ids ascending."""

    def all_commands(self, after: EntryId, last: EntryId) -> Iterator[RawEntry]:
        """Return the entries of commands up to ``last``, it included."""

    def event_at(self, name: EntryId) -> RawEntry | None:
        """Return an entry of events by its id, archived or not."""

    def synced(self) -> EntryId | None:
        """Return up to where events survive a power failure, where that is less than all; None: nobody syncs."""

    def epoch(self) -> int:
        """Return the epoch of the newest events that are written."""

    def set_recorded(self, entry: EntryId) -> None:
        """Say up to where events are recorded."""
