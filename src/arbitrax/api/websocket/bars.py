"""Bars of the tape as it goes: the trades of a second or a minute, made once in a process for all who follow them.

The stream of trades keeps 60 seconds, which is all of a minute that has begun: whoever comes in the middle of a bar, on
any gateway, gets the whole of it. A bar is closed by the first trade of a later one, or by the clock a moment after its
end; should a trade of it still come, it is told again.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from arbitrax.api.websocket.messages import Envelope, written_time
from arbitrax.exchange.feed.messages import Message, Trade, Trades

if TYPE_CHECKING:
    from arbitrax.api.websocket.formats import Format
    from arbitrax.api.websocket.streams import Tell
    from arbitrax.exchange.feed.subscription import Subscription

BARS = {"bars.1s": 1_000, "bars.1m": 60_000}
"""Milliseconds of a bar by channel."""
GRACE_MS = 2_000
"""After its end by the clock until a bar is told as closed: the last trades may be on their way."""
MOST_CLOSED = 1_000
"""Closed bars that wait for a slow client; older ones are left out."""


class Bar(Struct):
    """Trades of one interval."""

    start: int
    """Ms since 1970."""
    epoch: int
    open: str
    high: str
    low: str
    close: str
    volume: Decimal
    trades: int
    last: int
    """Number of the last trade."""
    time: int
    """When that was, ms since 1970."""
    closed: bool = False

    def take(self, trade: Trade) -> None:
        """Take a trade in."""
        self.high = max(self.high, trade.price, key=Decimal)
        self.low = min(self.low, trade.price, key=Decimal)
        self.close, self.last, self.time = trade.price, trade.number, trade.time
        self.volume += Decimal(trade.quantity)
        self.trades += 1


class Told:
    """A bar as it was at a moment, encoded once for each format."""

    __slots__ = ("_envelope", "_made", "seq")

    def __init__(self, envelope: Envelope) -> None:
        self._envelope, self.seq = envelope, envelope.seq
        self._made: dict[str, bytes] = {}

    def encoded(self, form: Format) -> bytes:
        """Return the message."""
        made = self._made.get(form.name)
        if made is None:
            made = self._made[form.name] = form.encode(self._envelope)
        return made


class BarMaker:
    """One symbol and interval. `tick` is to be called now and then."""

    def __init__(
        self, channel: str, subscription: Subscription, earlier: Iterable[Message], done: Callable[[], None]
    ) -> None:
        """Take the tape, what is kept of it from before, and what to call when nobody follows any more."""
        self.channel, self.symbol = channel, subscription.key[1]
        self._length, self._tape, self._done = BARS[channel], subscription, done
        self._bar: Bar | None = None
        self._told: Told | None = None
        self.streams: set[BarStream] = set()
        for message in earlier:
            self._take(message)
        self._read()
        subscription.on_news = self._read

    def now(self, kind: Literal["snapshot", "event"] = "event") -> Told | None:
        """Return the newest bar; None: nothing traded within a minute."""
        if kind == "snapshot" and self._bar is not None:
            return self._tell(self._bar, kind)
        if self._told is None and self._bar is not None:
            self._told = self._tell(self._bar, kind)
        return self._told

    def tick(self) -> None:
        """Close a bar whose time is over."""
        bar = self._bar
        if bar is not None and not bar.closed and bar.start + self._length + GRACE_MS <= time.time_ns() // 1_000_000:
            bar.closed = True
            self._changed()

    def leave(self, stream: BarStream) -> None:
        """End for one who follows."""
        self.streams.discard(stream)
        if not self.streams:
            self._tape.on_news = None
            self._tape.close()
            self._done()

    def _read(self) -> None:
        changed = False
        while (message := self._tape.take()) is not None:
            self._take(message)
            changed = True
        if changed:
            self._changed()

    def _take(self, message: Message) -> None:
        if isinstance(message, Trades):
            for each in message.trades:
                self._trade(message.epoch, each)

    def _trade(self, epoch: int, trade: Trade) -> None:
        start, bar = trade.time // self._length * self._length, self._bar
        if bar is not None and (epoch, trade.number) <= (bar.epoch, bar.last):
            return
        if bar is not None and (bar.start, bar.epoch) == (start, epoch):
            bar.take(trade)
            return
        if bar is not None and not bar.closed:
            bar.closed = True
            told = self._tell(bar, "event")
            for each in self.streams:
                each.put(told)
        price, lots = trade.price, Decimal(trade.quantity)
        self._bar = Bar(start, epoch, price, price, price, price, lots, 1, trade.number, trade.time)

    def _changed(self) -> None:
        self._told = None
        for each in self.streams:
            each.wake()

    def _tell(self, bar: Bar, kind: Literal["snapshot", "event"]) -> Told:
        data: dict[str, Any] = {
            "start": written_time(bar.start),
            "open": bar.open,
            "high": bar.high,
            "low": bar.low,
            "close": bar.close,
            "volume": f"{bar.volume:f}",
            "trades": bar.trades,
            "closed": bar.closed,
            "epoch": bar.epoch,
        }
        now = written_time(time.time_ns() // 1_000_000)
        return Told(Envelope(self.channel, kind, self.symbol, bar.last, None, written_time(bar.time), now, data))


class BarStream:
    """Of one client: every closed bar, and the newest as it is now."""

    def __init__(self, maker: BarMaker, form: Format, tell: Tell) -> None:
        self.channel, self.symbol = maker.channel, maker.symbol
        self._maker, self._form, self._tell = maker, form, tell
        self._closed = deque[Told](maxlen=MOST_CLOSED)
        self._seq: int | None = None
        self._news = True
        self._begun = False
        maker.streams.add(self)

    @property
    def seq(self) -> int | None:
        """The last trade of the bar that was taken last."""
        return self._seq

    def put(self, told: Told) -> None:
        """Hand over a closed bar."""
        if self._begun:
            self._closed.append(told)

    def wake(self) -> None:
        """Look at the newest bar again."""
        self._news = True
        self._tell(self)

    def take(self) -> list[bytes]:
        """Return what there is."""
        found = [*self._closed]
        self._closed.clear()
        if self._news:
            newest = self._maker.now("event" if self._begun else "snapshot")
            found += [] if newest is None else [newest]
            self._begun = self._begun or newest is not None
            self._news = False
        if found:
            self._seq = found[-1].seq
        return [each.encoded(self._form) for each in found]

    def close(self) -> None:
        """Leave."""
        self._maker.leave(self)
