"""What is known of a symbol at a glance: the best levels, the last trades, statistics."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from msgspec import Struct

from arbitrax.domain.errors import InputError
from arbitrax.exchange.feed.messages import Channel, ClientLevel, Message, Statistics, Trades
from arbitrax.exchange.feed.mirror import Mirror
from arbitrax.exchange.feed.reader import FeedReader, FeedSource
from arbitrax.exchange.feed.subscription import Subscription

LONGEST_TAPE = 50


class TapeRow(Struct, frozen=True):
    """A trade: ms since 1970, decimals; ``taker`` is buy, sell or auction."""

    time: int
    price: str
    quantity: str
    taker: str


class Ladder(Struct, frozen=True):
    """A symbol as of a message of its depth."""

    symbol: str
    epoch: int
    seq: int
    time: int
    crc: int
    bids: Sequence[ClientLevel]
    asks: Sequence[ClientLevel]
    trades: Sequence[TapeRow]
    """Of the last minute, newest first."""
    statistics: Statistics


async def still(source: FeedSource, symbol: str, levels: int) -> Ladder:
    """Return a symbol as it is now.

    Raises:
        InputError: nobody publishes it.
        StoreError: the cache's server is down.
    """
    loaded = await source.load(symbol)
    if loaded is None:
        raise InputError(
            f"Nothing is published of {symbol!r}. Start `arbitrax serve exchange` and `arbitrax serve feed`; "
            "`arbitrax exchange instruments` lists symbols."
        )
    mirror = Mirror(symbol)
    mirror.load(loaded.snapshot)
    tape = deque[TapeRow](maxlen=LONGEST_TAPE)
    for _, message in await source.kept(Channel.TRADES, symbol):
        if isinstance(message, Trades):
            _add(tape, message)
    return _ladder(mirror, levels, tape, loaded.statistics)


async def follow(source: FeedSource, symbol: str, levels: int, seconds: float) -> AsyncIterator[Ladder]:
    """Yield a symbol again and again, at most every so many seconds, when there is news; raises the same."""
    first = await still(source, symbol, levels)
    yield first
    reader = FeedReader(source)
    running = asyncio.create_task(reader.run())
    tape, statistics = deque(reversed(first.trades), maxlen=LONGEST_TAPE), first.statistics
    subscriptions = [
        await reader.subscribe(each, symbol, depth=None) for each in (Channel.DEPTH, Channel.TRADES, Channel.STATISTICS)
    ]
    depth, trades, day = subscriptions
    view = depth.view
    try:
        while view is not None:
            await asyncio.sleep(seconds)
            if running.done():
                running.result()
            changed = view.take() is not None
            for message in _ready(trades):
                if isinstance(message, Trades):
                    _add(tape, message)
                    changed = True
            for message in _ready(day):
                if isinstance(message, Statistics):
                    statistics, changed = message, True
            if changed:
                yield _ladder(view.mirror, levels, tape, statistics)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def _ready(subscription: Subscription) -> list[Message]:
    found = []
    while (message := subscription.take()) is not None:
        found.append(message)
    return found


def _ladder(mirror: Mirror, levels: int, tape: Sequence[TapeRow], statistics: Statistics) -> Ladder:
    bids, asks = (side.top(levels) for side in mirror.sides)
    trades = list(reversed(tape))
    return Ladder(mirror.symbol, mirror.epoch, mirror.seq, mirror.time, mirror.crc, bids, asks, trades, statistics)


def _add(tape: deque[TapeRow], message: Trades) -> None:
    tape.extend(TapeRow(each.time, each.price, each.quantity, each.taker) for each in message.trades)
