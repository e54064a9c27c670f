"""The feed for gateways: one reader a process, any number of subscriptions, each at the pace of its client."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import structs

from arbitrax.domain.errors import DataError, StoreError, UnknownNameError
from arbitrax.exchange.feed.messages import (
    Bbo,
    Channel,
    DepthChange,
    Message,
    OrderChanges,
    OrderSnapshot,
    Snapshot,
    Statistics,
    Trades,
)
from arbitrax.exchange.feed.mirror import DepthView, Mirror
from arbitrax.exchange.journal import EntryId

LONGEST_QUEUE = 1_000
"""Messages of the tape or of orders that wait for a slow client; older ones are left out and the gap is told."""
WAIT_MS = 250
REST_SECONDS = 0.5
ASK_SECONDS = 10.0
DEPTHS = (10, 50, None)

Key = tuple[Channel, str]


class Resume(NamedTuple):
    """The last message a client has of a channel and symbol."""

    epoch: int
    seq: int


NOTHING = Resume(0, 0)


class Loaded(NamedTuple):
    """A symbol as its keys show it."""

    snapshot: Snapshot
    entry: EntryId
    """Up to where: later messages have greater ids."""
    bbo: Bbo
    statistics: Statistics


class FeedSource(Protocol):
    """Where messages come from. Faults are a `StoreError`."""

    async def load(self, symbol: str) -> Loaded | None:
        """Return a symbol at one moment; None: it is not published."""

    async def kept(self, channel: Channel, symbol: str) -> Sequence[tuple[EntryId, Message]]:
        """Return the messages of the last 60 seconds."""

    async def wait(self, after: Mapping[Key, EntryId], wait: int) -> Sequence[tuple[Key, EntryId, Message]]:
        """Return what came after an id in each stream; wait up to ``wait`` ms for the first."""

    async def ask_orders(self, symbols: Sequence[str]) -> None:
        """Say that somebody follows the orders of symbols."""


class Subscription:
    """What one client asked for of a symbol: iterate over it. A client that is slow gets what it needs, later."""

    def __init__(self, reader: FeedReader, key: Key, view: DepthView | None) -> None:
        self.key = key
        self._reader, self._view = reader, view
        self._queue: deque[Message] = deque()
        self._latest: Message | None = None
        self._sent: int | None = None
        """Of a queue's channel, the last message the client got."""
        self._last = NOTHING
        """Of a queue's channel, the last message that was handed over."""
        self._early: list[Message] | None = []
        """What came while older messages were looked up."""
        self._news = asyncio.Event()

    def __aiter__(self) -> AsyncIterator[Message]:
        """Return itself."""
        return self

    async def __anext__(self) -> Message:
        """Return the next message for the client, when there is one."""
        while True:
            found = self.take()
            if found is not None:
                return found
            self._news.clear()
            await self._news.wait()

    def close(self) -> None:
        """Leave."""
        self._reader.leave(self)

    def put(self, message: Message) -> None:
        """Hand over a message of the channel."""
        if self.key[0] in (Channel.BBO, Channel.STATISTICS):
            self._latest = message
        elif self._early is not None:
            self._early.append(message)
        elif self._fits(message):
            self._queue.append(message)
            self._last = Resume(message.epoch, message.seq)
            if len(self._queue) > LONGEST_QUEUE:
                self._shorten()
        self._news.set()

    def _fits(self, message: Message) -> bool:
        """Whether a message is new. Orders begin with a snapshot, in each epoch."""
        begins = message.epoch != self._last.epoch
        if begins:
            self._sent = None
        if isinstance(message, OrderSnapshot):
            return begins
        if self.key[0] is Channel.ORDERS and (begins or message.seq > self._last.seq + 1):
            self._last = NOTHING  # until the next snapshot
            return False
        return begins or message.seq > self._last.seq

    def _shorten(self) -> None:
        """Leave messages out: of orders all, so that the next snapshot is taken."""
        if self.key[0] is Channel.ORDERS:
            self._queue.clear()
            self._last = NOTHING
        else:
            self._queue.popleft()

    def begin(self, earlier: Sequence[Message], resume: Resume | None = None) -> None:
        """Hand over what came before it was there; with ``resume`` after a message that the client has."""
        early, self._early = self._early or [], None
        if resume is not None:
            self._last, self._sent = resume, resume.seq
        for each in (*earlier, *early):
            self.put(each)

    def wake(self) -> None:
        """Look at the book again."""
        self._news.set()

    @property
    def view(self) -> DepthView | None:
        """Return what a subscription of depth has of its book."""
        return self._view

    def take(self) -> Message | None:
        """Return the next message without waiting; None: there is none yet."""
        if self._view is not None:
            return self._view.take()
        if self._latest is not None:
            found, self._latest = self._latest, None
            return found
        if not self._queue:
            return None
        message = self._queue.popleft()
        if isinstance(message, (Trades, OrderChanges)):
            previous = message.seq - 1 if self._sent is None else self._sent
            message = structs.replace(message, prev_seq=previous)
        self._sent = message.seq
        return message


class FeedReader:
    """Reads each stream once for all subscriptions of a process. `run` must be running."""

    def __init__(self, source: FeedSource) -> None:
        self._source = source
        self._mirrors: dict[str, Mirror] = {}
        self._after: dict[Key, EntryId] = {}
        self._subscriptions: dict[Key, set[Subscription]] = {}
        self._asked = 0.0

    async def subscribe(
        self, channel: Channel, symbol: str, *, depth: int | None = 10, resume: Resume | None = None
    ) -> Subscription:
        """Return a subscription; of ``depth`` levels a side (10, 50, or None for all) where the channel is l2.

        With ``resume`` it goes on after that message when it is of the last 60 seconds, else it begins anew: depth with
        a snapshot, the tape with the next trade.

        Raises:
            UnknownNameError: the symbol is not published.
            StoreError: the cache's server is down.
        """
        loaded = await self._source.load(symbol)
        if loaded is None:
            raise UnknownNameError(f"The feed has no symbol {symbol!r}; `arbitrax exchange instruments` shows them.")
        key = (channel, symbol)
        if channel is Channel.DEPTH:
            mirror = self._mirrors.get(symbol)
            if mirror is None:
                mirror = self._mirrors[symbol] = Mirror(symbol)
                mirror.load(loaded.snapshot)
                self._after[key] = loaded.entry
            made = Subscription(self, key, view := DepthView(mirror, depth))
            self._subscriptions.setdefault(key, set()).add(made)
            if resume is not None and resume.epoch == mirror.epoch:
                await self._resume_depth(view, resume.seq)
            return made
        made = Subscription(self, key, None)
        self._subscriptions.setdefault(key, set()).add(made)
        if channel in (Channel.BBO, Channel.STATISTICS):
            self._after.setdefault(key, loaded.entry)
            made.put(loaded.bbo if channel is Channel.BBO else loaded.statistics)
            return made
        self._after.setdefault(key, loaded.entry if channel is Channel.TRADES else _doubled(loaded.entry))
        await self._begin(made, loaded, resume)
        return made

    def leave(self, subscription: Subscription) -> None:
        """End a subscription; the last one of a stream ends its reading."""
        channel, symbol = key = subscription.key
        if subscription.view is not None:
            subscription.view.close()
        there = self._subscriptions.get(key, set())
        there.discard(subscription)
        if not there:
            self._subscriptions.pop(key, None)
            self._after.pop(key, None)
            if channel is Channel.DEPTH:
                self._mirrors.pop(symbol, None)

    async def run(self) -> None:
        """Read until cancelled; faults of the server are waited out, and books loaded again afterwards."""
        while True:
            try:
                if not self._after:
                    await asyncio.sleep(WAIT_MS / 1000)
                    continue
                await self._ask()
                for key, entry, message in await self._source.wait(dict(self._after), WAIT_MS):
                    if key in self._after:
                        self._after[key] = entry
                        await self._arrive(key, message)
            except StoreError:
                await asyncio.sleep(REST_SECONDS)
                await self._reload()

    async def _arrive(self, key: Key, message: Message) -> None:
        channel, symbol = key
        if isinstance(message, DepthChange):
            mirror = self._mirrors[symbol]
            try:
                fits = mirror.follow(message)
            except DataError:
                fits = False
            if not fits:
                await self._load(symbol)
        for each in self._subscriptions.get(key, ()):
            if channel is Channel.DEPTH:
                each.wake()
            else:
                each.put(message)

    async def _load(self, symbol: str) -> None:
        loaded = await self._source.load(symbol)
        if loaded is not None:
            self._mirrors[symbol].load(loaded.snapshot)
            self._after[Channel.DEPTH, symbol] = loaded.entry

    async def _reload(self) -> None:
        for symbol in list(self._mirrors):
            try:
                await self._load(symbol)
            except StoreError:
                return
            for each in self._subscriptions.get((Channel.DEPTH, symbol), ()):
                each.wake()

    async def _resume_depth(self, view: DepthView, seq: int) -> None:
        mirror = view.mirror
        kept = [each for _, each in await self._source.kept(Channel.DEPTH, mirror.symbol) if each.epoch == mirror.epoch]
        since = [each for each in kept if isinstance(each, DepthChange) and seq < each.seq <= mirror.seq]
        if seq <= mirror.seq and [each.seq for each in since] == list(range(seq + 1, mirror.seq + 1)):
            view.resume(seq, since)

    async def _begin(self, made: Subscription, loaded: Loaded, resume: Resume | None) -> None:
        """Give what the client lacks of the tape; of orders the newest snapshot and what came after it."""
        channel, symbol = made.key
        if channel is Channel.ORDERS:
            await self._source.ask_orders([symbol])
        kept = [message for _, message in await self._source.kept(channel, symbol)]
        if resume is not None and resume.epoch == loaded.snapshot.epoch:
            since = [
                each
                for each in kept
                if each.epoch == resume.epoch and each.seq > resume.seq and not isinstance(each, OrderSnapshot)
            ]
            known = any((each.epoch, each.seq) == resume for each in kept)
            if known or (since and since[0].seq == resume.seq + 1):
                made.begin(since, resume)
                return
        snapshots = [at for at, each in enumerate(kept) if isinstance(each, OrderSnapshot)]
        made.begin(kept[snapshots[-1] :] if snapshots else ())

    async def _ask(self) -> None:
        wanted = [symbol for channel, symbol in self._after if channel is Channel.ORDERS]
        now = asyncio.get_running_loop().time()
        if wanted and now - self._asked > ASK_SECONDS:
            self._asked = now
            await self._source.ask_orders(wanted)


def _doubled(entry: EntryId) -> EntryId:
    """Return the id after all that the stream of orders has of an entry."""
    return EntryId(entry.ms, entry.seq * 2 + 1)
