"""The feed for gateways: one reader a process, any number of subscriptions, each at the pace of its client."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from arbitrax.domain.errors import DataError, InputError, StoreError, UnknownNameError
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
from arbitrax.exchange.feed.subscription import Key, Resume, Subscription
from arbitrax.exchange.journal import EntryId

WAIT_MS = 250
REST_SECONDS = 0.5
ASK_SECONDS = 10.0
DEPTHS = (10, 50, None)


class Loaded(NamedTuple):
    """A symbol as its keys show it."""

    snapshot: Snapshot
    entry: EntryId
    """Up to where: later messages have greater ids."""
    bbo: Bbo
    statistics: Statistics


class FeedSource(Protocol):
    """Where messages come from. Faults are a `StoreError`."""

    async def load(self, symbol: str, levels: int | None = None) -> Loaded | None:
        """Return a symbol at one moment, with so many levels a side at most; None: it is not published."""

    async def kept(self, channel: Channel, symbol: str) -> Sequence[tuple[EntryId, Message]]:
        """Return the messages of the last 60 seconds."""

    async def wait(self, after: Mapping[Key, EntryId], wait: int) -> Sequence[tuple[Key, EntryId, Message]]:
        """Return what came after an id in each stream; wait up to ``wait`` ms for the first."""

    async def ask_orders(self, symbols: Sequence[str]) -> None:
        """Say that somebody follows the orders of symbols."""


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
            InputError: there is no such depth.
            UnknownNameError: the symbol is not published.
            StoreError: the cache's server is down.
        """
        if depth not in DEPTHS:
            raise InputError(f"A depth of {depth} levels is not offered; take 10, 50 or all.")
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
            made = Subscription(self.leave, key, view := DepthView(mirror, depth))
            self._subscriptions.setdefault(key, set()).add(made)
            if resume is not None and resume.epoch == mirror.epoch:
                await self._resume_depth(view, resume.seq)
            return made
        made = Subscription(self.leave, key, None)
        self._subscriptions.setdefault(key, set()).add(made)
        if channel in (Channel.BBO, Channel.STATISTICS):
            self._after.setdefault(key, loaded.entry)
            made.put(loaded.bbo if channel is Channel.BBO else loaded.statistics)
            return made
        self._after.setdefault(key, loaded.entry if channel is Channel.TRADES else _doubled(loaded.entry))
        await self._begin(made, loaded, resume)
        return made

    async def kept(self, channel: Channel, symbol: str) -> list[Message]:
        """Return the messages of the last 60 seconds; raises a `StoreError`."""
        return [message for _, message in await self._source.kept(channel, symbol)]

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

    def fork(self, subscription: Subscription) -> Subscription:
        """Return another subscription that goes on where one is."""
        made = subscription.copy()
        self._subscriptions[made.key].add(made)
        return made

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
        if [seq, *(each.seq for each in since)] == [*(each.prev_seq for each in since), mirror.seq]:
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
            first = since[0] if since else None
            if known or (isinstance(first, Trades | OrderChanges) and first.prev_seq == resume.seq):
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
