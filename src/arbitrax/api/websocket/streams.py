"""What a session follows: each gives encoded messages when it is asked, and says when there are some."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec

from arbitrax.api.messages.orders import FillOfOrder, order_message, position_message
from arbitrax.api.websocket.messages import Envelope, written_time
from arbitrax.domain.errors import ArbitraxError
from arbitrax.exchange.feed.messages import Bbo, Channel, Delta, Message, Snapshot, Statistics, Trades
from arbitrax.exchange.journal import EntryId

if TYPE_CHECKING:
    from arbitrax.api.websocket.formats import Format
    from arbitrax.exchange.feed.subscription import Subscription
    from arbitrax.storage.redis.run_reader import RunNews
    from arbitrax.trading.exchange_broker import ExchangeBroker
    from arbitrax.trading.orders import AccountUpdate
    from arbitrax.trading.registry import Account

MARKET = {
    "book": Channel.DEPTH,
    "trades": Channel.TRADES,
    "prices": Channel.BBO,
    "statistics": Channel.STATISTICS,
}
PRIVATE = ("orders", "fills", "positions", "account")
AT_ONCE = 64
"""Messages of a stream in a frame."""
MOST_WAITING = 10_000
"""Messages about orders or a run that wait for a slow client; then it is closed."""
AGAIN_SECONDS = 0.5
"""Until an account is followed again after a fault."""
_OF_THE_DAY = ("phase", "day", "last", "open", "high", "low", "vwap", "volume", "count")
_MORE = 4096
"""Entries of a run's stream in a millisecond that numbers tell apart."""

Tell = Callable[["Stream"], None]
Encode = Callable[[Message, str, "Format"], bytes]


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


class MarketStream:
    """Market data: messages that many get are encoded once."""

    def __init__(self, channel: str, subscription: Subscription, encode: Encode, form: Format, tell: Tell) -> None:
        self.channel, self.symbol = channel, subscription.key[1]
        self._subscription, self._encode, self._form = subscription, encode, form
        self._tell = tell
        self._begun = False
        subscription.on_news = lambda: tell(self)

    @property
    def seq(self) -> int | None:
        """The last message that was taken."""
        return self._subscription.seq

    def take(self) -> list[bytes]:
        """Return what there is."""
        found = list[bytes]()
        while len(found) < AT_ONCE and (message := self._subscription.take()) is not None:
            if self._begun and isinstance(message, Snapshot):
                found.append(self._resync(message))
            self._begun = True
            found.append(self._encode(message, self.channel, self._form))
        if len(found) >= AT_ONCE:
            self._tell(self)
        return found

    def close(self) -> None:
        """Leave."""
        self._subscription.on_news = None
        self._subscription.close()

    def _resync(self, message: Snapshot) -> bytes:
        at, now = written_time(message.time), written_time(time.time_ns() // 1_000_000)
        return self._form.encode(
            Envelope(self.channel, "resync_required", self.symbol, message.seq, None, at, now, None)
        )


def market_envelope(message: Message, channel: str, now: str) -> Envelope:
    """Return a message of the feed as it goes to clients."""
    at = written_time(message.time)
    previous: int | None = None
    match message:
        case Snapshot() | Delta():
            data: dict[str, Any] = {"bids": message.bids, "asks": message.asks, "crc": message.crc}
            kind: Literal["snapshot", "delta", "event"] = "delta" if isinstance(message, Delta) else "snapshot"
            previous = message.prev_seq if isinstance(message, Delta) else None
        case Trades():
            kind, previous, data = "event", message.prev_seq, {"trades": message.trades}
        case Bbo():
            kind, data = "snapshot", {"bid": message.bid, "ask": message.ask}
        case Statistics():
            kind, data = "snapshot", {name: getattr(message, name) for name in _OF_THE_DAY}
        case _:
            raise TypeError(f"{type(message).__name__} does not go to clients.")
    data["epoch"] = message.epoch
    return Envelope(channel, kind, message.symbol, message.seq, previous, at, now, data)


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
                rows = [
                    FillOfOrder(each.order, each.side, each.quantity, each.price, each.maker) for each in update.fills
                ]
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
