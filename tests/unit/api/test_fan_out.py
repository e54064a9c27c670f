"""Market data for many: each client gets a chain without a gap whatever its pace, and those in step the same bytes."""

import asyncio
import json
from random import Random

import pytest

from arbitrax.api.websocket.fan_out import MARKET, FanOuts, MarketStream, Tape, market_envelope
from arbitrax.api.websocket.formats import JSON
from arbitrax.exchange.feed.messages import Snapshot
from arbitrax.exchange.feed.reader import FeedReader, Loaded
from arbitrax.exchange.feed.shard_feed import ShardFeed
from tests.exchange.feed import DIRECTORY, batches, command_entries, followed
from tests.socket_client import book_of

SYMBOL = "AAA"


class Market:
    """A shard's feed as a source: what it published, and what is new."""

    def __init__(self, seed):
        self.feed = ShardFeed(DIRECTORY)
        self._entries = batches(command_entries(seed, 3_000), seed)
        self._new, self._taken = [], asyncio.Event()
        while not any(each.listing.symbol == SYMBOL for each in self.feed.symbols.values()):
            self.advance()
        self._new.clear()

    def advance(self):
        """Follow one more entry; False: there is none."""
        entry = next(self._entries, None)
        if entry is None:
            return False
        for posted in followed(self.feed, entry[0]):
            if posted.message.symbol == SYMBOL:
                self._new.append(((posted.channel, SYMBOL), posted.entry, posted.message))
        return True

    @property
    def symbol(self):
        return next(each for each in self.feed.symbols.values() if each.listing.symbol == SYMBOL)

    async def load(self, symbol):
        of, epoch, ms = self.symbol, self.feed.epoch, self.feed.ms
        bids, asks = (of.levels(side, 10_000) for side in (0, 1))
        snapshot = Snapshot(symbol, epoch, of.seq, ms, bids, asks, of.checksum())
        return Loaded(snapshot, self.feed.entry, of.best(epoch, ms), of.statistics(epoch, ms))

    async def kept(self, channel, symbol):
        return []

    async def wait(self, after, wait):
        self._taken.set()
        while not self._new:
            await asyncio.sleep(0)
        found, self._new = self._new, []
        return [each for each in found if each[0] in after]

    async def read(self):
        """Let the reader take all there is."""
        self._taken.clear()
        if not self._new:
            return
        while not self._taken.is_set():
            await asyncio.sleep(0)


class Client:
    """A session's part in this, and what its client got."""

    def __init__(self):
        self.wire, self.full, self.frames, self.news, self.on_room = self, False, [], {}, None

    def write(self, frame):
        assert not self.waits
        self.frames.append(frame)

    @property
    def waits(self):
        return self.full

    def tell(self, stream):
        self.news[stream] = None

    def turn(self):
        if not self.full:
            news, self.news = self.news, {}
            for messages in [each.take() for each in news]:
                if messages:
                    self.frames.append(b"alone" + JSON.joined(messages))

    def messages(self):
        found = []
        for frame in self.frames:
            read = json.loads(frame[frame.index(b"[{" if b"[{" in frame[:12] else b'{"') :])
            found += read if isinstance(read, list) else [read]
        return found


def encode(message, channel, form):
    return form.encode(market_envelope(message, channel, "now"))


async def follow(market, dice, channel, paces, *, reload_at=0):
    """Return clients that followed the market, one of each pace: the share of turns in which they take something.

    With ``reload_at`` the books are read again in that turn, as after a fault of their server.
    """
    reader, fan_outs = FeedReader(market), FanOuts(lambda: None)
    clients = [Client() for _ in paces]
    streams = []
    for client in clients:
        subscription = await reader.subscribe(MARKET[channel], SYMBOL, depth=10)
        tape = Tape(channel, subscription, encode, JSON)
        streams.append(MarketStream(tape, 10, client, fan_outs))
    running = asyncio.create_task(reader.run())
    turns = 0
    while market.advance():
        await market.read()
        turns += 1
        if turns == reload_at:
            await reader._reload()
        for client, pace in zip(clients, paces, strict=True):
            client.full = dice.random() >= pace
        fan_outs.turn(reader)
        for client in clients:
            client.turn()
    for client in clients:
        client.full = False
    fan_outs.turn(reader)
    for client in clients:
        client.turn()
    ends = [each.seq for each in streams]
    for each in streams:
        each.close()
    assert reader._subscriptions == {}
    running.cancel()
    return clients, ends


@pytest.mark.parametrize("seed", range(3))
def test_books_of_clients_of_every_pace_are_right(seed):
    async def run():
        market = Market(seed)
        clients, ends = await follow(market, Random(seed), "book", (1.0, 1.0, 0.9, 0.5, 0.1))  # noqa: S311 - the same each time
        want = [[list(level) for level in market.symbol.levels(side, 10)] for side in (0, 1)]
        for client, end in zip(clients, ends, strict=True):
            messages = [each for each in client.messages() if each["type"] != "resync_required"]
            assert [each["type"] for each in messages] == ["snapshot", *["delta"] * (len(messages) - 1)]
            seq, bids, asks = book_of(messages)
            assert (seq, end) == (messages[-1]["seq"], messages[-1]["seq"])
            assert [bids, asks] == want
        counts = [len(each.messages()) for each in clients]
        assert counts[0] == counts[1] > counts[3] > counts[4] > 3
        same = set(map(id, clients[0].frames)) & set(map(id, clients[1].frames))
        assert len(same) >= len(clients[0].frames) - 2  # all but what they began with

    asyncio.run(run())


@pytest.mark.parametrize("seed", range(3))
def test_nobody_misses_a_trade(seed):
    async def run():
        clients, _ = await follow(Market(seed), Random(seed), "trades", (1.0, 0.9, 0.5, 0.1))  # noqa: S311 - the same each time
        tapes = [[trade for each in client.messages() for trade in each["data"]["trades"]] for client in clients]
        assert len(tapes[0]) > 100
        first = tapes[0][0][0]
        assert [trade[0] for trade in tapes[0]] == list(range(first, first + len(tapes[0])))
        assert all(tape == tapes[0] for tape in tapes)
        for client in clients:
            messages = client.messages()
            assert [each["prev_seq"] for each in messages[1:]] == [each["seq"] for each in messages[:-1]]

    asyncio.run(run())


@pytest.mark.parametrize("channel", ["prices", "statistics"])
def test_slow_clients_get_the_newest(channel):
    async def run():
        market = Market(5)
        clients, _ = await follow(market, Random(5), channel, (1.0, 0.9, 0.1))  # noqa: S311 - the same each time
        last = [client.messages()[-1] for client in clients]
        assert last[0]["data"] == last[1]["data"] == last[2]["data"]
        assert len(clients[2].frames) < len(clients[0].frames)

    asyncio.run(run())


def test_everybody_is_told_when_books_begin_anew():
    async def run():
        clients, _ = await follow(Market(1), Random(1), "book", (1.0, 0.9, 0.1), reload_at=60)  # noqa: S311 - the same each time
        for client in clients:
            kinds = [each["type"] for each in client.messages() if each["type"] != "delta"]
            assert kinds == ["snapshot", "resync_required", "snapshot"]
            book_of(client.messages())

    asyncio.run(run())
