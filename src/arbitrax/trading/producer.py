"""The producer number of a process, held by a lease that is renewed each second."""

import asyncio

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.trading.client_journal import ClientJournal, Producer


class ProducerLease:
    """A number that no other process sends under. One that slept too long gets another; the engine tells the two apart
    by the epoch, which is new with each holder."""

    def __init__(self, journal: ClientJournal) -> None:
        self._journal = journal
        self._current: Producer | None = None
        self._gone = False
        self._renewing = asyncio.Lock()

    @property
    def current(self) -> Producer:
        """The number and epoch to send under."""
        assert self._current is not None  # noqa: S101 - `open` comes first
        return self._current

    async def open(self) -> None:
        """Take a number."""
        self._current = await self._journal.take_producer()

    def lost(self, number: int, epoch: int) -> None:
        """Note that somebody else has the number."""
        if self._current == Producer(number, epoch):
            self._gone = True

    async def renew(self) -> None:
        """Keep the number, or take another when it is lost. A server that is away is no loss."""
        async with self._renewing:
            try:
                if self._gone or not await self._journal.keep_producer(self.current):
                    self._current = await self._journal.take_producer()
                    self._gone = False
            except StoreUnavailableError:
                pass

    @property
    def is_lost(self) -> bool:
        """Whether a new number is needed before anything is sent."""
        return self._gone

    async def close(self) -> None:
        """Give the number back."""
        if self._current is not None and not self._gone:
            await self._journal.leave_producer(self._current)
