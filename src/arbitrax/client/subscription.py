"""What is followed of a channel and symbol: checks that no message is missing, and holds what waits for its reader."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from types import TracebackType
from typing import Any, Generic, Literal, TypeVar

import msgspec

from arbitrax.client.book import LocalBook
from arbitrax.client.connection import Message
from arbitrax.client.faces import Async, F, Faced, Portal, Sync, offered
from arbitrax.client.problems import made_error
from arbitrax.client.updates import Update, data_of
from arbitrax.domain.errors import ArbitraxError

T = TypeVar("T")
Depth = Literal[10, 50, "full"]
NEWEST = frozenset({"prices", "statistics", "exchange"})
"""Channels of which a reader that is slow gets the newest message."""
TAPE, BARS, JOBS = "trades", "bars.", "jobs"
OF_NO_SYMBOL = ("runs.", JOBS, "exchange")
"""Channels that are asked for by their name alone."""
MOST_TRADES = 10_000
"""Messages of the tape, or bars, that wait for a reader; older ones are left out, and numbers of trades tell."""
MOST_EVENTS = 100_000
"""Messages about an account or run that wait for a reader; nothing of it is left out, so then it ends."""


class Subscription(Faced[F], Generic[F, T]):
    """Iterate over it; close it, or use it as a context, to leave."""

    def __init__(
        self,
        portal: Portal | None,
        leave: Callable[[Subscription[Any, Any]], Coroutine[Any, Any, None]],
        channel: str,
        symbol: str,
        *,
        account: str | None = None,
        depth: Depth = 10,
    ) -> None:
        """Take what is followed, and what leaves it."""
        super().__init__(portal)
        self.channel, self.symbol, self.depth = channel, symbol, depth
        self.account = account
        """As the caller named it; `symbol` is its id, once that is known."""
        self.seq: int | None = None
        """Of the last message; None: the next one is taken as it comes, which must say how it is."""
        self.epoch = 0
        self.resyncs = 0
        """How often messages were missing, or the book was wrong, and it began anew."""
        self._leave = leave
        self._queue = deque[Update[Any]]()
        self._book = LocalBook(None if depth == "full" else depth) if channel == "book" else None
        self._changed: datetime | None = None
        """When the book last changed, if its reader has not seen that."""
        self._news = asyncio.Event()
        self._error: ArbitraxError | None = None
        self._closed = False

    @property
    def is_counted(self) -> bool:
        """Whether numbers count this connection's messages: another one begins with how it is."""
        return self.account is not None or self.channel == JOBS

    # What came

    def take(self, message: Message) -> bool:
        """Take a message; False: one is missing, or the book is wrong, so it must begin anew."""
        kind, seq, previous, data = message["type"], message["seq"], message["prev_seq"], message["data"]
        if kind == "resync_required":
            return True  # what replaces all comes next
        if self._book is not None:
            return self._take_book(message)
        epoch = data.get("epoch", self.epoch)
        if self.seq is None:
            if kind != "snapshot" and previous is not None and self.is_counted:
                return True  # of before; how it is comes first
        elif epoch == self.epoch and (kind != "snapshot" or self.channel in NEWEST):
            if seq < self.seq or (seq == self.seq and not self.channel.startswith(BARS)):
                return True  # it came before; but a bar is closed without another trade
            if previous not in (None, self.seq):
                return False
        self.seq, self.epoch = seq, epoch
        at = datetime.fromisoformat(message["ts_event"])
        self._put(Update(self.channel, "snapshot" if kind == "snapshot" else "event", self.symbol, seq, at, data))
        return True

    def is_behind(self, seq: int) -> bool:
        """Say whether a message that was sent, by its number, did not come."""
        return self.seq is None or self.seq < seq

    def begin_anew(self) -> None:
        """Forget where it was; a run goes on from there, for it has no snapshot."""
        self.resyncs += 1
        if not self.channel.startswith("runs.") and self.channel != TAPE:
            self.seq = None

    def fail(self, error: ArbitraxError) -> None:
        """End it for its reader."""
        self._error = error
        self._news.set()

    def end(self) -> None:
        """End it: it was closed."""
        self._closed = True
        self._news.set()

    def _take_book(self, message: Message) -> bool:
        assert self._book is not None  # noqa: S101 - the caller looked
        verdict = self._book.apply(message["type"], message["seq"], message["prev_seq"], message["data"])
        if verdict in ("gap", "wrong"):
            # Without one yet, what is missing has been asked for.
            return self.seq is None and verdict == "gap"
        if verdict == "applied":
            self.seq, self.epoch = self._book.seq, self._book.epoch
            self._changed = datetime.fromisoformat(message["ts_event"])
            self._news.set()
        return True

    def _put(self, update: Update[Any]) -> None:
        queue = self._queue
        if self.channel in NEWEST:
            queue.clear()
        elif self.channel.startswith((TAPE, BARS)):
            if len(queue) >= MOST_TRADES:
                queue.popleft()
        elif len(queue) >= MOST_EVENTS:
            self.fail(made_error("stream.overflow", f"{MOST_EVENTS:,} messages of {self.channel} wait; read faster."))
            return
        queue.append(update)
        self._news.set()

    # Reading

    async def _next(self) -> Any:
        while True:
            if self._book is not None and self._changed is not None and self._book.seq is not None:
                at, self._changed = self._changed, None
                return self._book.view(self.symbol, at)
            if self._queue:
                found = self._queue.popleft()
                return msgspec.structs.replace(found, data=data_of(self.channel, found.data))
            if self._closed:
                raise StopAsyncIteration
            if self._error is not None:
                raise self._error
            self._news.clear()
            await self._news.wait()

    def __aiter__(self: Subscription[Async, T]) -> Subscription[Async, T]:
        """Return itself."""
        return self

    async def __anext__(self: Subscription[Async, T]) -> T:
        """Return the next message; of a book, how it is when it has changed."""
        return await self._next()

    def __iter__(self: Subscription[Sync, T]) -> Subscription[Sync, T]:
        """Return itself."""
        return self

    def __next__(self: Subscription[Sync, T]) -> T:
        """Return the next message; of a book, how it is when it has changed."""
        assert self.portal is not None  # noqa: S101 - a synchronous one has it
        try:
            return self.portal.run(self._next())
        except StopAsyncIteration:
            raise StopIteration from None

    @offered
    async def close(self) -> None:
        """Leave."""
        await self._leave(self)

    async def __aenter__(self: Subscription[Async, T]) -> Subscription[Async, T]:
        return self

    async def __aexit__(
        self: Subscription[Async, T],
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __enter__(self: Subscription[Sync, T]) -> Subscription[Sync, T]:
        return self

    def __exit__(
        self: Subscription[Sync, T],
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
