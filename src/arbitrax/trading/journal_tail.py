"""The events of a shard that PostgreSQL may not have yet, kept by a process from one read to the next."""

from __future__ import annotations

import asyncio
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.journal import START, CommandEntry, EntryId, EventEntry
from arbitrax.exchange.recording.ports import Mark
from arbitrax.trading.client_journal import ClientJournal

MOST_KEPT = 10_000
"""Entries; with more than that between recorder and journal they are read anew each time."""


class TailEntry:
    """An entry of events, and whom it tells of."""

    def __init__(self, entry: EventEntry, journal: ClientJournal, shard: int) -> None:
        self.entry, self.last = entry, entry.last
        self._journal, self._shard = journal, shard
        self._commands: dict[EntryId, NDArray[np.void]] | None = None

    @cached_property
    def orders(self) -> frozenset[int]:
        """Numbers of orders that it tells of."""
        return frozenset(self.entry.events["order"].tolist()).union(self.entry.events["maker"].tolist())

    @cached_property
    def accounts(self) -> frozenset[int]:
        """Numbers of accounts."""
        return frozenset(self.entry.events["account"].tolist()).union(self.entry.events["maker_account"].tolist())

    async def commands(self) -> dict[EntryId, NDArray[np.void]]:
        """Return the commands that it answers, as far as they are not trimmed."""
        if self._commands is None:
            found = await commands_of(self._journal, self._shard, self.entry)
            self._commands = {name: each.commands for name, each in found}
        return self._commands


class JournalTail:
    """One shard."""

    def __init__(self, journal: ClientJournal, shard: int) -> None:
        self._journal, self._shard = journal, shard
        self._entries: list[TailEntry] = []
        self._begin = Mark(0, START, 0)
        """After which the entries are."""
        self._reading = asyncio.Lock()

    async def after(self, mark: Mark) -> list[TailEntry] | None:
        """Return what came after the recorder's mark, up to now, oldest first; None: it does not continue it.

        Raises:
            StoreUnavailableError: the journal's server is down.
        """
        async with self._reading:
            if not (self._begin.entry <= mark.entry <= self._at) or len(self._entries) > MOST_KEPT:
                self._restart(mark)
            if not await self._read_on():
                self._restart(mark)
                if not await self._read_on():
                    return None
            self._entries = [each for each in self._entries if each.last > mark.entry]
            self._begin = mark
            entries = self._entries[:]
        if entries and not _continues(mark.entry, mark.epoch, entries[0].entry):
            return None
        return entries

    @property
    def _at(self) -> EntryId:
        return self._entries[-1].last if self._entries else self._begin.entry

    def _restart(self, mark: Mark) -> None:
        self._entries, self._begin = [], mark

    async def _read_on(self) -> bool:
        """Read what is new; False: the journal is not the one that was read before."""
        while True:
            newest, found = await self._journal.newest_and_after(self._shard, self._at)
            for entry in found:
                epoch = self._entries[-1].entry.epoch if self._entries else self._begin.epoch
                if not _continues(self._at, epoch, entry):
                    return False
                self._entries.append(TailEntry(entry, self._journal, self._shard))
            if not found:
                return newest >= self._at
            if self._at >= newest:
                return True


def _continues(at: EntryId, epoch: int, entry: EventEntry) -> bool:
    """Whether an entry goes on where another ended: a worker of the same epoch may have made other batches."""
    return not (entry.predecessor > at or (entry.predecessor < at and entry.epoch > epoch))


async def commands_of(journal: ClientJournal, shard: int, entry: EventEntry) -> list[tuple[EntryId, CommandEntry]]:
    """Return the entries of commands that an entry of events answers, as far as they are not trimmed."""
    found, after = list[tuple[EntryId, CommandEntry]](), entry.predecessor
    while page := await journal.commands_between(shard, after, entry.last):
        found += page
        after = page[-1][0]
    return found
