"""The one reader of a shard's events in a process: it hands them to who waits for an entry or follows an account."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import StoreError, StoreUnavailableError
from arbitrax.exchange.journal import START, EntryId, EventEntry
from arbitrax.trading.client_journal import ClientJournal

Waiter: TypeAlias = Callable[[EventEntry | None], None]
"""Called with the entry of events that answers; None: it was passed over and will not come."""
WAIT = 1_000
"""Milliseconds a read waits for events."""
MOST_BEHIND = 1_024
"""Entries that a follower may be behind before it is told to begin anew."""


class Followed(asyncio.Queue["tuple[EventEntry, NDArray[np.void]] | None"]):
    """What a follower has not taken yet; None: it fell behind."""


class EventReader:
    """One shard."""

    def __init__(self, journal: ClientJournal, shard: int) -> None:
        self._journal, self._shard = journal, shard
        self._at = START
        self._waiters: dict[EntryId, Waiter] = {}
        self._expecting = False
        self._early: list[EventEntry] = []
        """Came while the id of an entry on its way was not known."""
        self._followers: dict[int, set[Followed]] = {}

    async def open(self) -> EntryId:
        """Note the newest event, from which on it reads; return its id."""
        self._at = await self._journal.last_event(self._shard)
        return self._at

    async def run(self) -> None:
        """Read until cancelled; a server that is away is tried again."""
        while True:
            try:
                found = await self._journal.events_after(self._shard, self._at, WAIT)
            except StoreUnavailableError:
                await asyncio.sleep(0.05)
                continue
            for entry in found:
                self._hand_out(entry)

    def expect(self) -> None:
        """Keep what comes from now on: an entry is about to be appended whose id is not known yet."""
        self._expecting = True
        self._early.clear()

    def unexpect(self) -> None:
        """The entry's id is known, or never will be. Call `wait_for` in the same step, before events can come."""
        self._expecting = False

    def wait_for(self, entry: EntryId, waiter: Waiter) -> None:
        """Call ``waiter`` once, when the events of an entry are there."""
        if entry > self._at:
            self._waiters[entry] = waiter
            return
        for early in self._early:
            if early.last >= entry:
                waiter(early)
                return
        waiter(None)

    async def follow(self, account: int) -> AsyncGenerator[tuple[EventEntry, NDArray[np.void]], None]:
        """Yield entries with events of an account, and those events, from now on.

        Raises:
            StoreError: the caller took them too slowly and must begin anew from what it knows.
        """
        mine = Followed(MOST_BEHIND + 1)
        self._followers.setdefault(account, set()).add(mine)
        try:
            while (found := await mine.get()) is not None:
                yield found
            raise StoreError(f"Events of account {account} were taken too slowly; read its state and follow it again.")
        finally:
            self._followers[account].discard(mine)
            if not self._followers[account]:
                del self._followers[account]

    def _hand_out(self, entry: EventEntry) -> None:
        self._at = entry.last
        if self._expecting:
            self._early.append(entry)
        if self._waiters:
            passed = [each for each in self._waiters if each <= entry.last]
            for each in passed:
                self._waiters.pop(each)(entry)
        if self._followers and len(entry.events):
            accounts, makers = entry.events["account"], entry.events["maker_account"]
            for account, queues in self._followers.items():
                mine = (accounts == account) | (makers == account)
                if mine.any():
                    for queue in queues:
                        _put(queue, (entry, entry.events[mine]))


def _put(queue: Followed, found: tuple[EventEntry, NDArray[np.void]]) -> None:
    if queue.qsize() < MOST_BEHIND:
        queue.put_nowait(found)
    elif not queue.full():
        queue.put_nowait(None)
