"""What a client needs of the journal's server."""

from typing import Protocol

from msgspec import Struct

from arbitrax.domain.errors import StoreError, StoreUnavailableError
from arbitrax.exchange.journal import CommandEntry, EntryId, EventEntry
from arbitrax.exchange.views import AccountView, Verdict


class AppendInterruptedError(StoreUnavailableError):
    """No reply came: the entry may be in the journal, now or in a moment, or not."""


class AppendRefusedError(StoreError):
    """The server said no, so the entry is not in the journal: its memory is full, say."""


class Producer(Struct, frozen=True):
    """Under which name a process sends: no other process has this number with this epoch."""

    number: int
    epoch: int


class Condition(Struct, frozen=True):
    """How a shard is, by its server's keys."""

    time: int
    """The server's clock, ms."""
    memory_share: float
    """Of its limit; 0 when it has none."""
    worker: bool
    """Whether somebody holds the lease."""
    recorder_lag: int
    """Ms from the first event that the recorder has not committed to the newest; of all when there never was one."""


class ClientJournal(Protocol):
    """One server. Reads raise StoreUnavailableError when it is down."""

    async def append(self, shard: int, fields: dict[bytes, bytes]) -> EntryId:
        """Append an entry of commands.

        Raises:
            AppendInterruptedError: nobody knows whether it was appended.
            AppendRefusedError: it was not.
        """

    async def last_event(self, shard: int) -> EntryId:
        """Return the id of the newest entry of events."""

    async def events_after(self, shard: int, after: EntryId, wait: int) -> list[EventEntry]:
        """Return the next entries of events, oldest first; none after ``wait`` ms. 0: do not wait."""

    async def newest_and_after(self, shard: int, after: EntryId) -> tuple[EntryId, list[EventEntry]]:
        """Return the id of the newest entry of events, and the next entries after another, without waiting."""

    async def events_of(self, shard: int, entry: EntryId) -> EventEntry | None:
        """Return the entry of events with the answers to an entry of commands; None: there are none yet."""

    async def commands_between(self, shard: int, after: EntryId, last: EntryId) -> list[tuple[EntryId, CommandEntry]]:
        """Return entries of commands after one id up to another, oldest first, a page at most."""

    async def commands_before(self, shard: int, before: EntryId | None) -> list[tuple[EntryId, CommandEntry]]:
        """Return entries of commands before an id (None: the newest), newest first, a page at most."""

    async def take_producer(self) -> Producer:
        """Take a number that nobody uses, and a new epoch of it."""

    async def keep_producer(self, producer: Producer) -> bool:
        """Keep the number for a while longer; False: somebody else has it by now."""

    async def leave_producer(self, producer: Producer) -> None:
        """Give the number back."""

    async def condition(self, shard: int) -> Condition:
        """Return how a shard is."""

    async def inquire(self, shard: int, submission: bytes, seconds: float) -> Verdict | None:
        """Return what the worker would make of a submission, 128 bytes of COMMAND; None: nobody says in time."""

    async def account(self, shard: int, number: int, seconds: float) -> AccountView | None:
        """Return how the worker has an account at this moment; None: nobody says in time, or it has none of it."""

    async def configured(self, shard: int) -> dict[str, bytes]:
        """Return what was seen done of a shard's configuration, by name."""

    async def note_configured(self, shard: int, name: str, value: bytes) -> None:
        """Note that something of it was done."""

    async def note_calendar(self, shard: int, symbol: int, name: str) -> None:
        """Say whose sessions a symbol keeps to."""

    async def close(self) -> None:
        """Close the connections."""
