"""What one client asked for of a symbol, and what waits for it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple

from msgspec import structs

from arbitrax.exchange.feed.messages import Channel, Message, OrderChanges, OrderSnapshot, Trades
from arbitrax.exchange.feed.mirror import DepthView

LONGEST_QUEUE = 1_000
"""Messages of the tape or of orders that wait for a slow client; older ones are left out and the gap is told."""

Key = tuple[Channel, str]


class Resume(NamedTuple):
    """The last message a client has of a channel and symbol."""

    epoch: int
    seq: int


NOTHING = Resume(0, 0)


class Subscription:
    """What one client asked for of a symbol: iterate over it. A client that is slow gets what it needs, later."""

    def __init__(self, leave: Callable[[Subscription], None], key: Key, view: DepthView | None) -> None:
        self.key = key
        self._leave, self._view = leave, view
        self._queue: deque[Message] = deque()
        self._latest: Message | None = None
        self._sent: int | None = None
        """Of a queue's channel, the last message the client got."""
        self._last = NOTHING
        """Of a queue's channel, the last message that was handed over."""
        self._early: list[Message] | None = []
        """What came while older messages were looked up."""
        self._news = asyncio.Event()
        self.on_news: Callable[[], None] | None = None
        """Called whenever there may be something to take, for who serves many without a task for each."""

    def copy(self) -> Subscription:
        """Return one that has and lacks the same; `FeedReader.fork` hands it what comes."""
        made = Subscription(self._leave, self.key, None if self._view is None else self._view.copy())
        made._queue, made._latest = self._queue.copy(), self._latest
        made._sent, made._last = self._sent, self._last
        made._early = None if self._early is None else self._early.copy()
        return made

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
        self._leave(self)

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
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        if self.on_news is not None:
            self.on_news()

    def _fits(self, message: Message) -> bool:
        """Whether a message is new. Orders begin with a snapshot, in each epoch."""
        begins = message.epoch != self._last.epoch
        if begins:
            self._sent = None
        if isinstance(message, OrderSnapshot):
            return begins
        if isinstance(message, OrderChanges) and (begins or message.prev_seq > self._last.seq):
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

    @property
    def seq(self) -> int | None:
        """Return the last message that was taken, for heartbeats; None: none was."""
        return self._sent if self._view is None else self._view.sent

    def wake(self) -> None:
        """Look at the book again."""
        self._tell()

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
            self._sent = found.seq
            return found
        if not self._queue:
            return None
        message = self._queue.popleft()
        if isinstance(message, Trades) and self._sent not in (None, message.prev_seq):
            message = structs.replace(message, prev_seq=self._sent)
        self._sent = message.seq
        return message
