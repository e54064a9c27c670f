"""What a session follows: each gives encoded messages when it is asked, and says when there are some."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import msgspec

from arbitrax.api.websocket.fan_out import AT_ONCE
from arbitrax.api.websocket.messages import Envelope, written_time
from arbitrax.exchange.journal import EntryId

if TYPE_CHECKING:
    from arbitrax.api.websocket.formats import Format
    from arbitrax.storage.redis.run_reader import RunNews

PRIVATE = ("orders", "fills", "positions", "account")
MOST_WAITING = 10_000
"""Messages about orders or a run that wait for a slow client; then it is closed."""
_MORE = 4096
"""Entries of a run's stream in a millisecond that numbers tell apart."""

Tell = Callable[["Stream"], None]
News = TypeVar("News")


class Stream(Protocol):
    """A channel of a symbol, an account or a run."""

    channel: str
    symbol: str

    @property
    def seq(self) -> int | None:
        """The last message that was taken."""

    def take(self) -> list[bytes]:
        """Return encoded messages, some of those that wait."""

    def close(self) -> None:
        """End."""


class QueuedStream:
    """What may not be left out: queued, and when too much waits the session ends."""

    def __init__(self, channel: str, symbol: str, form: Format, tell: Tell, overflow: Callable[[], None]) -> None:
        self.channel, self.symbol = channel, symbol
        self._form, self._tell, self._overflow = form, tell, overflow
        self._queue = deque[tuple[int, bytes]]()
        self._seq: int | None = None
        self._last = 0

    @property
    def seq(self) -> int | None:
        """The last message that was taken."""
        return self._seq

    def put(self, kind: Any, seq: int, ms: int, data: Any) -> None:
        """Add a message."""
        if len(self._queue) >= MOST_WAITING:
            self._overflow()
            return
        previous = self._last or None if kind == "event" else None
        now = written_time(time.time_ns() // 1_000_000)
        envelope = Envelope(self.channel, kind, self.symbol, seq, previous, written_time(ms), now, data)
        self._queue.append((seq, self._form.encode(envelope)))
        self._last = seq
        self._tell(self)

    def take(self) -> list[bytes]:
        """Return the oldest."""
        found = list[bytes]()
        while self._queue and len(found) < AT_ONCE:
            self._seq, message = self._queue.popleft()
            found.append(message)
        if self._queue:
            self._tell(self)
        return found

    def close(self) -> None:
        """End."""
        self._queue.clear()


class SnapshotStream(QueuedStream, ABC, Generic[News]):
    """Begins with how things are; what happens while that is read comes after it. It may begin anew at any time."""

    def __init__(self, channel: str, symbol: str, form: Format, tell: Tell, overflow: Callable[[], None]) -> None:
        super().__init__(channel, symbol, form, tell, overflow)
        self._early: list[News] | None = []
        """What is told while the snapshot is read."""
        self._task: asyncio.Task[None] | None = None

    def close(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
        super().close()

    def begin(self) -> None:
        """Begin, or begin anew."""
        if self._task is not None:
            self._task.cancel()
        self._early = []
        self._task = asyncio.get_running_loop().create_task(self._begin())

    def news(self, told: News) -> None:
        """Take what happened."""
        if self._early is None:
            self.happened(told)
        else:
            self._early.append(told)

    async def _begin(self) -> None:
        put = await self.whole()
        if self._last:
            self.put("resync_required", self._last, time.time_ns() // 1_000_000, None)
        put()
        early, self._early, self._task = self._early or (), None, None
        for each in early:
            self.news(each)

    @abstractmethod
    async def whole(self) -> Callable[[], None]:
        """Read how things are, however long it takes, and return what puts it."""

    @abstractmethod
    def happened(self, told: News) -> None:
        """Put what happened after the snapshot."""


class RunStream(QueuedStream):
    """What is told of a run."""

    def __init__(self, run: str, form: Format, tell: Tell, overflow: Callable[[], None]) -> None:
        super().__init__(f"runs.{run}", run, form, tell, overflow)
        self.at = EntryId(0, 0)
        self._is_done = False

    def news(self, news: RunNews) -> None:
        """Take a message, once."""
        if news.entry > self.at:
            self.at = news.entry
            if self._is_done:
                return  # the cache's server forgot the run, and how it ended was told anew to somebody else
            self._is_done = news.kind == "done"
            self.put("event", run_seq(news.entry), news.entry.ms, {"kind": news.kind} | msgspec.json.decode(news.data))


def run_seq(entry: EntryId) -> int:
    """Return the number of a message of a run."""
    return entry.ms * _MORE + min(entry.seq, _MORE - 1)


def run_entry(seq: int) -> EntryId:
    """Return the entry that a number means."""
    return EntryId(*divmod(seq, _MORE))
