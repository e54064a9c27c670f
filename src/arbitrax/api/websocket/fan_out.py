"""Market data for many: who is in step shares one subscription, and a frame of it is made once for all.

A stream begins by itself, with a snapshot or with what its client missed. Once it has what the others have it joins
them. One whose client does not take what was written leaves with a copy of the subscription: it gets what it needs,
later, and the others wait for nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from arbitrax.api.websocket.messages import Envelope, written_time
from arbitrax.api.websocket.protocol import framed
from arbitrax.exchange.feed.messages import Bbo, Channel, Delta, Message, Snapshot, Statistics, Trades

if TYPE_CHECKING:
    from arbitrax.api.websocket.formats import Format
    from arbitrax.api.websocket.session import Session
    from arbitrax.exchange.feed.reader import FeedReader
    from arbitrax.exchange.feed.subscription import Subscription

MARKET = {
    "book": Channel.DEPTH,
    "trades": Channel.TRADES,
    "prices": Channel.BBO,
    "statistics": Channel.STATISTICS,
}
AT_ONCE = 64
"""Messages of a stream in a frame."""
_OF_THE_DAY = ("phase", "day", "last", "open", "high", "low", "vwap", "volume", "count")

Key = tuple[str, str, int | None, str]
"""Channel, symbol, depth, format: who agrees in these gets the same bytes."""
Encode = Callable[[Message, str, "Format"], bytes]


class Tape:
    """What a subscription has, encoded."""

    def __init__(self, channel: str, subscription: Subscription, encode: Encode, form: Format) -> None:
        self.channel, self.form = channel, form
        self._subscription, self._encode = subscription, encode
        self._begun = False
        self.has_more = False
        """Whether the last `take` left something."""

    @property
    def symbol(self) -> str:
        """Of the subscription."""
        return self._subscription.key[1]

    @property
    def seq(self) -> int | None:
        """The last message that was taken."""
        return self._subscription.seq

    def notify(self, on_news: Callable[[], None] | None) -> None:
        """Call this whenever there may be something to take."""
        self._subscription.on_news = on_news

    def take(self) -> list[bytes]:
        """Return what there is, some messages at a time."""
        found = list[bytes]()
        while len(found) < AT_ONCE and (message := self._subscription.take()) is not None:
            if self._begun and isinstance(message, Snapshot):
                found.append(self._resync(message))
            self._begun = True
            found.append(self._encode(message, self.channel, self.form))
        self.has_more = len(found) >= AT_ONCE
        return found

    def fork(self, feed: FeedReader) -> Tape:
        """Return another one that goes on where this one is."""
        made = Tape(self.channel, feed.fork(self._subscription), self._encode, self.form)
        made._begun = self._begun
        return made

    def close(self) -> None:
        """Leave."""
        self.notify(None)
        self._subscription.close()

    def _resync(self, message: Snapshot) -> bytes:
        at, now = written_time(message.time), written_time(time.time_ns() // 1_000_000)
        envelope = Envelope(self.channel, "resync_required", self.symbol, message.seq, None, at, now, None)
        return self.form.encode(envelope)


class FanOut:
    """Streams that are in step."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.members = set[MarketStream]()

    def write(self, feed: FeedReader) -> None:
        """Write what there is to all."""
        slow = [each for each in self.members if each.session.waits]
        for each in slow:
            self.members.discard(each)
            each.go_alone(self.tape.fork(feed))
        if messages := self.tape.take():
            form = self.tape.form
            frame = framed(form.joined(messages), binary=form.binary)
            for each in self.members:
                each.session.wire.write(frame)


class FanOuts:
    """Those of a gateway, by what they give. ``wake`` has `turn` called soon."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._all: dict[Key, FanOut] = {}
        self._with_news = dict[Key, None]()

    @property
    def have_news(self) -> bool:
        """Whether there is something to write."""
        return bool(self._with_news)

    def join(self, stream: MarketStream) -> None:
        """Take a stream in that has all there is, if it has what the others have."""
        there = self._all.get(stream.key)
        if there is None:
            there = self._all[stream.key] = FanOut(stream.tape)
            stream.tape.notify(lambda key=stream.key: self._note(key))  # type: ignore[misc] # of a default argument's type
        elif stream.tape.seq == there.tape.seq:
            stream.tape.close()
            stream.tape = there.tape
        else:
            return
        there.members.add(stream)
        stream.fan_out = there

    def leave(self, stream: MarketStream) -> None:
        """Let a stream go that is in step with others, perhaps."""
        there, stream.fan_out = stream.fan_out, None
        if there is None:
            stream.tape.close()
            return
        there.members.discard(stream)
        self._forget_if_empty(stream.key, there)

    def turn(self, feed: FeedReader) -> None:
        """Write what there is."""
        noted, self._with_news = self._with_news, {}
        for key in noted:
            there = self._all.get(key)
            if there is None:
                continue
            there.write(feed)
            if there.tape.has_more:
                self._note(key)
            self._forget_if_empty(key, there)

    def _forget_if_empty(self, key: Key, there: FanOut) -> None:
        if not there.members:
            there.tape.close()
            del self._all[key]

    def _note(self, key: Key) -> None:
        self._with_news[key] = None
        self._wake()


class MarketStream:
    """A channel of a symbol for one session."""

    def __init__(self, tape: Tape, depth: int | None, session: Session, fan_outs: FanOuts) -> None:
        self.channel, self.symbol = tape.channel, tape.symbol
        self.key: Key = tape.channel, tape.symbol, depth, tape.form.name
        self.session, self._fan_outs = session, fan_outs
        self.fan_out: FanOut | None = None
        self.go_alone(tape)

    @property
    def seq(self) -> int | None:
        """The last message that was taken."""
        return self.tape.seq

    def go_alone(self, tape: Tape) -> None:
        """Go on by itself."""
        self.fan_out, self.tape = None, tape
        tape.notify(self._tell)
        self._tell()

    def take(self) -> list[bytes]:
        """Return what there is; then join the others."""
        if self.fan_out is not None:
            return []
        found = self.tape.take()
        if self.tape.has_more:
            self._tell()
        elif found:
            self._fan_outs.join(self)
        return found

    def close(self) -> None:
        """Leave."""
        self._fan_outs.leave(self)

    def _tell(self) -> None:
        self.session.tell(self)


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
