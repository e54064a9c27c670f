"""An account as of now: what PostgreSQL has up to the recorder's mark, and the events after it.

So whatever was acknowledged before the question is in the answer, however far the recorder is behind, and a journal of
any length is never read from its beginning. The rules of what events do to orders and positions are the recorder's own.

Reads of one order or of an account's cash wait for each other: one is on its way, and takes along all that came
meanwhile, in one round trip to PostgreSQL and one to the journal.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import ArbitraxError, StoreUnavailableError
from arbitrax.exchange.journal import EntryId, EventEntry
from arbitrax.exchange.recording.ledger import Ledger
from arbitrax.exchange.recording.order_record import OrderRecord
from arbitrax.exchange.recording.ports import Changes, Instrument
from arbitrax.exchange.recording.position_record import PositionRecord
from arbitrax.exchange.records import COMMAND, Happening, Kind
from arbitrax.trading.client_journal import ClientJournal
from arbitrax.trading.event_reader import EventReader
from arbitrax.trading.journal_tail import JournalTail, TailEntry, commands_of
from arbitrax.trading.recorded import RecordedAccount, Records, Wanted
from arbitrax.trading.registry import Account, Registry
from arbitrax.trading.registry import Instrument as Listed
from arbitrax.trading.task_end import end_tasks

ATTEMPTS = 5
"""Times to begin anew when what came after the mark was recorded and trimmed meanwhile."""
NOTHING_CHANGED = Changes((), (), (), (), (), ())
_COPIED = ("order", "price", "quantity", "symbol", "account", "side")


class AccountNow:
    """An account, and its ledger to go on with."""

    def __init__(self, recorded: RecordedAccount, ledger: Ledger) -> None:
        self.ledger, self._paid, self._open = ledger, recorded.paid, recorded.open
        self.entry = recorded.mark.entry
        """The last entry of events that is in it."""
        self.epoch = recorded.mark.epoch
        self.after = self.entry
        """After which entry the last changes were."""

    @property
    def orders(self) -> dict[int, OrderRecord]:
        """Orders by number: the ones asked for, and those that came since the recorder's mark."""
        return self.ledger.orders | {each.id: each for each in self.ledger.changes().new_orders}

    @property
    def open_orders(self) -> list[OrderRecord]:
        """Return open orders, oldest first."""
        return sorted((each for each in self.ledger.orders.values() if each.ended is None), key=lambda each: each.id)

    @property
    def open_count(self) -> int:
        """Return how many orders are open."""
        changes = self.ledger.changes()
        more = sum(each.ended is None for each in changes.new_orders)
        gone = sum(each.ended is not None for each in changes.orders) + len(self.ledger.ended_unknown)
        return self._open + more - gone

    @property
    def positions(self) -> list[PositionRecord]:
        """Return positions by symbol, flat ones too."""
        return [each for _, each in sorted(self.ledger.positions.items())]

    @property
    def cash(self) -> int:
        """Units of cash: what was paid in, and what trades and fees left of it."""
        paid = self._paid + sum(each.amount for each in self.ledger.changes().payments)
        return paid + sum(each.realised - each.cost - each.fees for each in self.positions)

    def take_changes(self) -> Changes:
        """Return what happened since this was last asked, and go on from there."""
        changes = self.ledger.changes()
        self._open = self.open_count
        self._paid += sum(each.amount for each in changes.payments)
        self.ledger.stored()
        self.ledger.ended_unknown.clear()
        return changes


_Kind = tuple[int, bool]
"""The shard, and whether it is about one order, not money: each kind is one statement."""


class _Asked:
    """A read that waits."""

    def __init__(self, owner: Account, wanted: Wanted, order: int | None = None) -> None:
        self.owner, self.wanted, self.order = owner, wanted, order
        self.answer: asyncio.Future[AccountNow] = asyncio.get_running_loop().create_future()


class AccountReads:
    """Accounts of the shards of a journal's server."""

    def __init__(self, journal: ClientJournal, records: Records, registry: Registry) -> None:
        self._journal, self._records, self._registry = journal, records, registry
        self._tails: dict[int, JournalTail] = {}
        self._waiting: dict[_Kind, list[_Asked]] = {}
        self._rounds: dict[_Kind, asyncio.Task[None]] = {}
        """What reads for those who wait."""
        self._listed: Mapping[tuple[int, int], Listed] = {}
        self._by_shard: dict[int, Mapping[int, Instrument]] = {}

    async def read(self, owner: Account, wanted: Wanted) -> AccountNow:
        """Return an account as of now, with the orders wanted.

        Raises:
            StoreUnavailableError: the journal's server or PostgreSQL is down, or the two are not of one history yet.
        """
        asked = _Asked(owner, wanted)
        if wanted.open or wanted.client is not None:  # may be many rows: nobody else waits for them
            await self._answer(owner.shard, [asked])
            return asked.answer.result()
        return await self._together(asked)

    async def order(self, owner: Account, number: int) -> OrderRecord | None:
        """Return an account's order as of now, None when it has no such order; raises the same."""
        return (await self.with_order(owner, number)).orders.get(number)

    async def with_order(self, owner: Account, number: int) -> AccountNow:
        """Return an account as of now with one order, and what happened to it since the mark; raises the same."""
        return await self._together(_Asked(owner, Wanted(money=False), number))

    async def _together(self, asked: _Asked) -> AccountNow:
        kind = asked.owner.shard, asked.order is not None
        self._waiting.setdefault(kind, []).append(asked)
        if kind not in self._rounds:
            self._rounds[kind] = asyncio.create_task(self._answer_all(kind))
        return await asked.answer

    async def _answer_all(self, kind: _Kind) -> None:
        try:
            await asyncio.sleep(0)  # what else is asked in this turn of the loop goes along
            while waiting := self._waiting.pop(kind, None):
                try:
                    await self._answer(kind[0], waiting)
                except Exception as error:
                    for each in waiting:
                        if not each.answer.done():
                            each.answer.set_exception(error)
        finally:
            del self._rounds[kind]

    async def _answer(self, shard: int, waiting: list[_Asked]) -> None:
        """Answer reads of a shard, all as of one moment."""
        tail = self._tails.setdefault(shard, JournalTail(self._journal, shard))
        for attempt in range(ATTEMPTS):
            recorded = await self._recorded(shard, waiting, primary=attempt > 0)
            entries = await tail.after(recorded[0].mark)
            if entries is not None:
                break
        else:
            raise StoreUnavailableError(
                f"What the recorder has of shard {shard} and what the journal has do not meet: the journal's server "
                "lost its end, or the recorder's database is another's; try again when the recorder has caught up."
            )
        for each, found in zip(waiting, recorded, strict=True):
            now = AccountNow(found, self._ledger(each.owner, each.order, found))
            try:
                await _take_all(now, each, entries)
            except ArbitraxError as error:
                if not each.answer.done():
                    each.answer.set_exception(error)
            else:
                if not each.answer.done():
                    each.answer.set_result(now)

    async def _recorded(self, shard: int, waiting: list[_Asked], *, primary: bool) -> list[RecordedAccount]:
        """Return what PostgreSQL has for reads of a kind."""
        numbers = [(each.owner, each.order) for each in waiting if each.order is not None]
        if numbers:
            return await self._records.orders(shard, numbers, primary=primary)
        asked = [(each.owner, each.wanted) for each in waiting]
        return await asyncio.to_thread(self._records.accounts, shard, asked, primary=primary)

    async def follow(self, owner: Account, reader: EventReader) -> AsyncGenerator[tuple[AccountNow, Changes], None]:
        """Yield an account as of now, with its open orders, then again with what changed, whenever something did.

        Raises:
            StoreError: like `read`, or what changed was taken too slowly.
        """
        events = reader.follow(owner.number)
        coming = asyncio.ensure_future(anext(events))
        try:
            await asyncio.sleep(0)  # from here on nothing is missed
            now = await self.read(owner, Wanted(open=True))
            now.take_changes()
            yield now, NOTHING_CHANGED
            while True:
                entry, _ = await coming
                coming = asyncio.ensure_future(anext(events))
                if entry.last > now.entry:
                    await self.take(owner, now, entry)
                    yield now, now.take_changes()
        finally:
            await end_tasks([coming])
            await events.aclose()

    def _ledger(self, owner: Account, order: int | None, recorded: RecordedAccount) -> Ledger:
        return Ledger(
            owner.shard,
            self._instruments(owner.shard),
            {owner.number},
            recorded.orders,
            recorded.positions,
            only=None if order is None else {order},
            account=owner.number,
        )

    def _instruments(self, shard: int) -> Mapping[int, Instrument]:
        listed = self._registry.by_number
        if self._listed is not listed:
            self._listed, self._by_shard = listed, {}
        if shard not in self._by_shard:
            self._by_shard[shard] = {
                number: Instrument(each.tick_value, True) for (of, number), each in listed.items() if of == shard
            }
        return self._by_shard[shard]

    async def take(self, owner: Account, now: AccountNow, entry: EventEntry) -> None:
        """Take an entry of events in, less what of it was in already: the worker may have made other batches."""
        if has_account(entry, owner.number):
            found = await commands_of(self._journal, owner.shard, entry)
            _take(now, entry, {name: each.commands for name, each in found})
        now.after = max(entry.predecessor, now.entry)
        now.entry, now.epoch = entry.last, entry.epoch


async def _take_all(now: AccountNow, asked: _Asked, entries: list[TailEntry]) -> None:
    """Take in what of the journal's tail tells of the order, or of the account."""
    order, account = asked.order, asked.owner.number
    for each in entries:
        if order in each.orders if order is not None else account in each.accounts:
            _take(now, each.entry, await each.commands())
    if entries:
        now.entry, now.epoch = entries[-1].last, entries[-1].entry.epoch


def _take(now: AccountNow, entry: EventEntry, commands: Mapping[EntryId, NDArray[np.void]]) -> None:
    for name, counts, events in parts(entry, now.entry):
        if len(events):
            asked = commands.get(name)
            asked = _as_told(counts, events) if asked is None else asked
            now.ledger.take(entry.epoch, name, asked, counts, events, executed=entry.executed)


def has_account(entry: EventEntry, account: int) -> bool:
    """Whether an entry tells of an account."""
    return bool(((entry.events["account"] == account) | (entry.events["maker_account"] == account)).any())


def parts(entry: EventEntry, after: EntryId) -> Iterator[tuple[EntryId, NDArray[np.uint32], NDArray[np.void]]]:
    """Yield id, counts and events of the command entries after an id that an entry of events answers."""
    command = event = 0
    for ms, seq, commands, events in entry.index.tolist():
        name = EntryId(ms, seq)
        if name > after:
            yield name, entry.counts[command : command + commands], entry.events[event : event + events]
        command += commands
        event += events


def _as_told(counts: NDArray[np.uint32], events: NDArray[np.void]) -> NDArray[np.void]:
    """Return commands as far as their events tell, in place of those that are trimmed already: plain limit orders."""
    commands = np.zeros(len(counts), COMMAND)
    made = np.flatnonzero(counts)
    firsts = (np.cumsum(counts) - counts)[made]
    for name in _COPIED:
        commands[name][made] = events[name][firsts]
    submits = np.isin(events["kind"][firsts], (Happening.ACCEPTED, Happening.REFUSED))
    commands["kind"][made[submits]] = Kind.SUBMIT
    return commands
