"""What a session follows: each gives encoded messages when it is asked, and says when there are some."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from arbitrax.api.messages.orders import fill_of_order, order_message, position_message
from arbitrax.api.websocket.fan_out import AT_ONCE
from arbitrax.api.websocket.messages import Envelope, written_time
from arbitrax.domain.errors import ArbitraxError
from arbitrax.exchange.journal import EntryId

if TYPE_CHECKING:
    from arbitrax.api.websocket.formats import Format
    from arbitrax.storage.redis.run_reader import RunNews
    from arbitrax.trading.exchange_broker import ExchangeBroker
    from arbitrax.trading.orders import AccountUpdate
    from arbitrax.trading.registry import Account

PRIVATE = ("orders", "fills", "positions", "account")
MOST_WAITING = 10_000
"""Messages about orders or a run that wait for a slow client; then it is closed."""
AGAIN_SECONDS = 0.5
"""Until an account is followed again after a fault."""
_MORE = 4096
"""Entries of a run's stream in a millisecond that numbers tell apart."""

Tell = Callable[["Stream"], None]


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


class AccountStream(QueuedStream):
    """One of an account's channels: how it is, then what happens to it."""

    def __init__(
        self,
        channel: str,
        form: Format,
        tell: Tell,
        overflow: Callable[[], None],
        *,
        account: Account,
        broker: ExchangeBroker,
    ) -> None:
        super().__init__(channel, account.text, form, tell, overflow)
        self._account, self._broker = account, broker
        self._task = asyncio.get_running_loop().create_task(self._follow())

    def close(self) -> None:
        """End."""
        self._task.cancel()
        super().close()

    async def _follow(self) -> None:
        while True:
            try:
                kind = "snapshot"
                async for update in self._broker.follow(self._account.text):
                    data = self._data(update, whole=kind == "snapshot")
                    if kind == "snapshot" and self._last:
                        self.put("resync_required", self._last, time.time_ns() // 1_000_000, None)
                    if data is not None:
                        entry = EntryId.parse(update.entry.encode())
                        self.put(kind, self._last + 1, entry.ms, data | {"entry": update.entry})
                    kind = "event"
            except (ArbitraxError, KeyError):  # of an instrument that the registry has not read yet
                await asyncio.sleep(AGAIN_SECONDS)

    def _data(self, update: AccountUpdate, *, whole: bool) -> dict[str, Any] | None:
        """Return what the channel says of an update; None: nothing."""
        account = self._account
        match self.channel:
            case "orders":
                rows: list[Any] = [order_message(each, account) for each in update.orders]
            case "fills":
                rows = [fill_of_order(each) for each in update.fills]
            case "positions":
                rows = [position_message(each, account) for each in update.positions]
            case _:
                return {"cash": update.cash, "currency": account.currency}
        return {self.channel: rows} if rows or whole else None


class RunStream(QueuedStream):
    """What is told of a run."""

    def __init__(self, run: str, form: Format, tell: Tell, overflow: Callable[[], None]) -> None:
        super().__init__(f"runs.{run}", run, form, tell, overflow)
        self.at = EntryId(0, 0)

    def news(self, news: RunNews) -> None:
        """Take a message, once."""
        if news.entry > self.at:
            self.at = news.entry
            self.put("event", run_seq(news.entry), news.entry.ms, {"kind": news.kind} | msgspec.json.decode(news.data))


def run_seq(entry: EntryId) -> int:
    """Return the number of a message of a run."""
    return entry.ms * _MORE + min(entry.seq, _MORE - 1)


def run_entry(seq: int) -> EntryId:
    """Return the entry that a number means."""
    return EntryId(*divmod(seq, _MORE))
