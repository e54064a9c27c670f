"""The feed as a process, with the real journal, cache and database."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from itertools import pairwise

import msgspec
import numpy as np
import pytest

from arbitrax.exchange.feed.event_run import run_of
from arbitrax.exchange.feed.listing import FixedDirectory
from arbitrax.exchange.feed.messages import Channel, OrderSnapshot, Snapshot, Trade, Trades
from arbitrax.exchange.feed.reader import FeedReader
from arbitrax.exchange.feed.recovery import runs_after
from arbitrax.exchange.feed.shard_feed import ShardFeed
from arbitrax.exchange.feed.subscription import Resume
from arbitrax.exchange.journal import INDEX, START, CommandEntry, EntryId, EventEntry
from arbitrax.exchange.records import EVENT, Kind
from arbitrax.exchange.service.recovery import Sources, recover
from arbitrax.storage.redis import feed_keys as keys
from arbitrax.storage.redis.channel import Channel as Connection
from arbitrax.storage.redis.feed_source import ValkeyFeedSource
from arbitrax.storage.redis.feed_store import ValkeyEvents
from arbitrax.storage.redis.shard_store import ValkeyShardStore
from tests.exchange.random_commands import random_commands
from tests.integration.exchange_service.shard import PATIENCE, Client, orders, until
from tests.integration.exchange_service.test_lost_end import RecordedUpTo

OF_NOW = {
    Channel.BBO: ("bid", "ask"),
    Channel.STATISTICS: ("phase", "last"),
}
"""What a last message says whatever the day."""
ROUNDS = 10 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 3


class Trickle(Client):
    """Appends a command or two at a time, for a minute at most."""

    def run(self):
        try:
            for at in range(0, len(self.commands), 2):
                if self.end.wait(0.005):
                    return
                self.acknowledged.append(self.journal.append(CommandEntry(self.commands[at : at + 2])))
        except Exception as error:
            self.failure = error


class Feed:
    """Feeds of a shard, and what is on the cache."""

    def __init__(self, shard, cache_url, postgres_url):
        self.shard, self.urls = shard, {"ARBITRAX_CACHE_URL": cache_url, "ARBITRAX_DATABASE_URL": postgres_url}
        self.cache = Connection(cache_url)
        self.processes = []

    def start(self, **environment):
        log = self.shard.folder / f"feed-{len(self.processes)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "arbitrax.cli.main", "serve", "feed", "--shard", str(self.shard.number)],
                stderr=file,
                env={
                    **os.environ,
                    "ARBITRAX_HOME": str(self.shard.folder),
                    "ARBITRAX_REDIS_URL": self.shard.url,
                    **self.urls,
                    **environment,
                },
            )
        process.log = log
        self.processes.append(process)
        return process

    def started(self):
        """Start a feed and wait until it publishes."""
        process = self.start()
        until(lambda: "from=" in process.log.read_text(), "recovered")
        return process

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0, process.log.read_text()

    def published(self):
        found = self.cache.ask("HGET", keys.state(self.shard.number), "applied")
        return EntryId.parse(found) if found else EntryId(0, 0)

    def wait_for(self, entry):
        until(lambda: self.published() >= entry, f"{entry} published")

    def messages(self):
        """Return the messages in the streams by channel, symbol and number, as they are written."""
        found = {}
        for symbol in self.cache.ask("SMEMBERS", keys.symbols(self.shard.number)):
            for channel in Channel:
                for name, (_, text) in self.cache.ask("XRANGE", keys.stream(channel, symbol.decode()), "-", "+"):
                    message = json.loads(text)
                    if message["type"] != "order_snapshot":
                        found[str(channel), symbol.decode(), message["seq"]] = (name.decode(), text)
        return found

    def expected(self):
        """Return the same from the events alone, without a process: a message for each entry."""
        feed, found = ShardFeed(FixedDirectory({}, {})), {}
        for entry in self.shard.written():
            for channel, at, message in feed.follow(run_of(entry)):
                found[str(channel), message.symbol, message.seq] = (str(at), message)
        return feed, found

    def book(self, symbol):
        told = self.cache.ask("HGETALL", keys.book(symbol))
        sides = []
        for side in (0, 1):
            prices = [int(each) for each in self.cache.ask("ZRANGE", keys.prices(symbol, side), 0, -1)]
            scores = self.cache.ask("ZRANGE", keys.prices(symbol, side), 0, -1, "WITHSCORES")[1::2]
            assert [int(float(each)) for each in scores] == prices
            lots = self.cache.ask("HGETALL", keys.lots(symbol, side))
            levels = {int(price): int(each) for price, each in zip(lots[::2], lots[1::2], strict=True)}
            assert sorted(levels) == prices
            sides.append(levels)
        return dict(zip(told[::2], told[1::2], strict=True)), sides

    def positions(self):
        found = {}
        for account in self.cache.ask("SMEMBERS", keys.accounts(self.shard.number)):
            told = self.cache.ask("HGETALL", keys.positions(account.decode()))
            for symbol, text in zip(told[::2], told[1::2], strict=True):
                each = json.loads(text)
                key = account.decode(), symbol.decode()
                found[key] = each["quantity"], float(each["avg_price"]), each["unrealized_pnl"]
        return found

    def audit(self):
        """What is published is what the events say, to the byte where it is absolute."""
        feed, expected = self.expected()
        self.wait_for(feed.entry)
        messages = self.messages()
        tape = {
            (message.symbol, each.number): each
            for _, message in expected.values()
            if isinstance(message, Trades)
            for each in message.trades
        }
        self.tape, self.chains = {}, defaultdict(list)
        after = {}  # of each message the next of its channel and symbol
        for key in sorted(expected, reverse=True):
            after[key] = after.get(key[:2])
            after[key[:2]] = expected[key]
        for (channel, symbol, seq), (name, text) in messages.items():
            said = json.loads(text)
            if said["epoch"] != feed.epoch:
                continue
            if channel == "l2":
                at, wanted = expected[channel, symbol, seq]
                assert said["crc"] == wanted.crc
                following = after[channel, symbol, seq]
                # Joined with later entries that left the book alone, it bears the name and time of the last of them.
                assert EntryId.parse(at) <= EntryId.parse(name)
                assert wanted.time <= said["time"]
                assert following is None or EntryId.parse(name) < EntryId.parse(following[0])
                assert following is None or said["time"] <= following[1].time
            if channel == "trades":
                self.tape |= {(symbol, each[0]): Trade(*each) for each in said["trades"]}
            if channel in ("l2", "trades"):
                self.chains[channel, symbol].append((said["prev_seq"], seq))
        assert self.tape == {key: tape[key] for key in self.tape}
        for chain in self.chains.values():
            assert all(before[1] == after[0] for before, after in pairwise(sorted(chain)))
        for symbol in feed.symbols.values():
            for channel, last in ((Channel.BBO, symbol.best(0, 0)), (Channel.STATISTICS, symbol.statistics(0, 0))):
                said = [each for each in messages if each[:2] == (str(channel), symbol.listing.symbol)]
                if said:
                    found = json.loads(messages[max(said)][1])
                    wanted = json.loads(msgspec.json.encode(last))
                    assert {name: found[name] for name in OF_NOW[channel]} == {
                        name: wanted[name] for name in OF_NOW[channel]
                    }
        for number, symbol in feed.symbols.items():
            told, sides = self.book(symbol.listing.symbol)
            assert sides == list(symbol.book.levels), number
            assert int(told[b"seq"]) == symbol.seq
            assert int(told[b"crc"]) == symbol.checksum()
            if symbol.book.last:
                price = symbol.listing.price(symbol.book.last).encode()
                assert told[b"last_price"] == price == self.cache.ask("GET", keys.live_price(symbol.listing.symbol))
        return feed, messages, expected

    def audit_whole(self):
        """The same, and nothing since the first event is missing in the streams."""
        feed, messages, expected = self.audit()
        for symbol in feed.symbols.values():
            name = symbol.listing.symbol
            chain = sorted(self.chains["l2", name])
            assert (chain[0][0], chain[-1][1]) == (0, symbol.seq)
            assert len([key for key in self.tape if key[0] == name]) == symbol.trades
        return feed, messages, expected

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()
        self.cache.close()


@pytest.fixture
def feed(shard, cache_url, postgres_url):
    found = Feed(shard, cache_url, postgres_url)
    yield found
    found.close()


def commands_for(shard, seed, length):
    """Return random commands that name the orders of this shard's first epoch and are never late."""
    commands = random_commands(seed, length)
    named = np.isin(commands["kind"], [Kind.CANCEL, Kind.AMEND])
    commands["order"] += named * ((1 << 48) + (shard.number << 40))
    commands["deadline"] = 0
    return commands


def append(shard, commands, size=25):
    for at in range(0, len(commands), size):
        shard.journal.append(CommandEntry(commands[at : at + size]))


def test_keys_and_streams_are_what_the_events_say(shard, feed):
    worker, process = shard.started(), feed.started()
    append(shard, commands_for(shard, 4, 3_000))
    shard.finish(worker)
    found, messages, _ = feed.audit_whole()
    assert {channel for channel, _, _ in messages} == {"l2", "trades", "bbo", "statistics"}
    held = {
        (f"#{account}", f"#{number}"): (
            str(position.quantity),
            pytest.approx(position.cost / position.quantity, abs=1e-4),
            str(position.unrealised(found.symbols[number].book.last, 1)),
        )
        for number, accounts in found.positions.held.items()
        for account, position in accounts.items()
    }
    assert held
    until(lambda: feed.positions() == held, "positions are marked at the last price")
    feed.stop(process)


@pytest.mark.parametrize("point", ["feed.followed", "feed.published", ""])
def test_a_feed_killed_again_and_again_gives_every_event_its_one_number(shard, feed, point):
    dice = random.Random(point)  # noqa: S311 - not secret
    worker, process, client, seen = shard.started(), feed.started(), Trickle(shard), {}
    client.start()
    for _ in range(ROUNDS):
        feed.wait_for(shard.journal.tail())
        client.end.wait(dice.random() / 5)
        process.kill()
        process.wait()
        seen |= feed.messages()
        if point:
            killed = feed.start(ARBITRAX_CRASH_AT=f"{point}:{dice.randint(1, 8)}")
            assert killed.wait(PATIENCE) == -signal.SIGKILL, killed.log.read_text()
            seen |= feed.messages()
        process = feed.started()
    client.stop()
    shard.finish(worker)
    _, messages, _ = feed.audit_whole()
    assert seen
    assert all(messages[key] == each for key, each in seen.items())


def test_of_two_feeds_one_publishes_and_the_other_takes_over(shard, feed):
    worker, first = shard.started(), feed.started()
    until(lambda: "feed.lease" in first.log.read_text(), "the first has the lease")
    second = feed.start()
    until(lambda: "feed.standby" in second.log.read_text(), "the second stands by")
    client = Trickle(shard)
    client.start()
    until(lambda: feed.published() > EntryId(0, 0), "something is published")
    first.send_signal(signal.SIGSTOP)
    until(lambda: "feed.lease" in second.log.read_text(), "the second took over")
    first.send_signal(signal.SIGCONT)
    until(lambda: "feed.dropped" in first.log.read_text(), "the first noticed")
    client.stop()
    shard.finish(worker)
    feed.audit()
    second.send_signal(signal.SIGTERM)
    until(lambda: first.log.read_text().count("feed.lease") == 2, "the first took over again")


def test_a_cache_that_lost_everything_is_filled_again_with_the_same_numbers(shard, feed):
    worker, process = shard.started(), feed.started()
    commands = commands_for(shard, 6, 1_000)
    append(shard, commands[:500])
    feed.wait_for(until(lambda: shard.outputs.applied().entry, "executed"))
    feed.cache.ask("FLUSHALL")
    append(shard, commands[500:])
    shard.finish(worker)
    feed.audit()
    assert "feed.published_anew" in process.log.read_text()


async def collect(subscription, enough):
    """Take messages until ``enough`` says so."""
    got = []
    async with asyncio.timeout(PATIENCE):
        async for message in subscription:
            got.append(message)
            if enough(message):
                return got


def test_readers_get_what_was_published_at_their_own_pace(shard, feed):
    worker, process = shard.started(), feed.started()
    client = Trickle(shard)
    client.start()
    symbol = f"#{int(client.commands['symbol'][-1])}"
    until(lambda: feed.cache.ask("EXISTS", keys.book(symbol)), "the symbol is published")

    async def read():
        async with ValkeyFeedSource(feed.urls["ARBITRAX_CACHE_URL"]) as source:
            reader = FeedReader(source)
            running = asyncio.create_task(reader.run())
            fast = await reader.subscribe(Channel.DEPTH, symbol, depth=None)
            slow = await reader.subscribe(Channel.DEPTH, symbol, depth=10)
            tape = await reader.subscribe(Channel.TRADES, symbol)
            orders = await reader.subscribe(Channel.ORDERS, symbol)
            first = await anext(fast)
            assert isinstance(first, Snapshot)
            got = await collect(fast, lambda message: message.seq > first.seq + 200)
            assert [each.prev_seq for each in got] == [first.seq, *(each.seq for each in got[:-1])]
            one = await anext(slow)
            assert isinstance(one, Snapshot)
            await collect(fast, lambda message: message.seq > one.seq + 20)
            two = await anext(slow)
            assert two.prev_seq == one.seq
            assert two.seq > one.seq + 10
            queue = await collect(orders, lambda message: message.seq > first.seq)
            assert isinstance(queue[0], OrderSnapshot)
            assert [each.prev_seq for each in queue[1:]] == [each.seq for each in queue[:-1]]
            taken = []
            trades = await collect(tape, lambda message: taken.append(message) or len(taken) == 10)
            assert [each.prev_seq for each in trades[1:]] == [each.seq for each in trades[:-1]]
            numbers = [trade.number for each in trades for trade in each.trades]
            assert numbers == list(range(numbers[0], numbers[-1] + 1))
            again = await reader.subscribe(Channel.DEPTH, symbol, depth=None, resume=Resume(first.epoch, got[0].seq))
            assert (await anext(again)).prev_seq == got[0].seq
            anew = await reader.subscribe(Channel.DEPTH, symbol, resume=Resume(first.epoch, 10**9))
            assert isinstance(await anext(anew), Snapshot)
            more = await reader.subscribe(Channel.TRADES, symbol, resume=Resume(first.epoch, trades[0].seq))
            assert (await anext(more)).trades[0].number == trades[0].seq + 1
            running.cancel()

    asyncio.run(read())
    client.stop()
    shard.finish(worker)
    feed.stop(process)


def test_a_feed_goes_on_from_its_checkpoint_when_events_were_trimmed(shard, feed):
    worker, process = shard.started(), feed.started()
    commands = commands_for(shard, 8, 1_000)
    append(shard, commands[:600])
    feed.wait_for(shard.journal.tail())
    feed.stop(process)
    expected, _ = feed.expected()
    append(shard, commands[600:])
    shard.finish(worker)
    for entry in shard.written():
        if entry.predecessor >= expected.entry:
            expected.follow(run_of(entry))
    shard.channel.ask("XTRIM", shard.events.key, "MINID", str(feed.published()))
    feed.cache.ask("FLUSHALL")
    log = feed.started().log
    feed.wait_for(expected.entry)
    assert "checkpoint=none" not in log.read_text()
    for symbol in expected.symbols.values():
        told, sides = feed.book(symbol.listing.symbol)
        assert (int(told[b"seq"]), sides) == (symbol.seq, list(symbol.book.levels))


def test_a_feed_that_was_away_while_its_events_were_trimmed_goes_on_in_the_archive(shard, feed):
    worker, process = shard.started(), feed.started()
    commands = commands_for(shard, 9, 1_000)
    append(shard, commands[:300])
    feed.wait_for(shard.journal.tail())
    feed.stop(process)
    append(shard, commands[300:], size=10)
    shard.finish(worker)
    end = shard.events.tail()
    shard.start(words=["serve", "archiver", "--shard", str(shard.number)])
    marks = f"marks:{shard.number}"
    until(lambda: shard.channel.ask("HGET", marks, "archived_events") == str(end).encode(), "archived")
    expected, _ = feed.expected()
    shard.channel.ask("XTRIM", shard.events.key, "MINID", str(end))
    feed.started()
    feed.wait_for(end)
    for symbol in expected.symbols.values():
        told, sides = feed.book(symbol.listing.symbol)
        assert (int(told[b"seq"]), sides) == (symbol.seq, list(symbol.book.levels))


class Archived:
    """Entries that were copied from a stream."""

    def __init__(self, entries):
        self.entries = entries

    def events_after(self, shard, after):
        return [each for each in self.entries if each[0] > after]


def test_events_that_are_trimmed_while_a_feed_reads_them_come_from_the_archive(shard):
    names = [EntryId(1_000 + number, 0) for number in range(100)]
    for before, name in pairwise([START, *names]):
        index = np.array([(*name, 0, 0)], INDEX)
        fields = EventEntry(1, before, index, np.empty(0, "<u4"), np.empty(0, EVENT), 0).fields()
        shard.channel.ask("XADD", shard.events.key, str(name), *(word for pair in fields.items() for word in pair))
    archive = Archived([each for part in shard.events.scan(START) for each in part])
    found = []
    with Connection(shard.url) as channel:
        source = ValkeyEvents(channel, shard.number)
        for runs in runs_after(START, lambda after, count: source.read_after(after, count, 0), archive, shard.number):
            found += [(int(ms), 0) for run in runs for ms in run.index["ms"]]
            if found[-1] == names[15]:
                shard.channel.ask("XTRIM", shard.events.key, "MINID", str(names[70]))
    assert found == names


def test_without_checkpoint_and_archive_a_feed_says_what_is_missing(shard, feed):
    worker = shard.started()
    append(shard, commands_for(shard, 8, 300))
    shard.finish(worker)
    shard.channel.ask("XTRIM", shard.events.key, "MAXLEN", 2)
    process = feed.start()
    assert process.wait(PATIENCE) == 1
    assert "bring the archive back" in process.log.read_text()


def test_a_journal_that_lost_its_end_is_published_anew_in_the_next_epoch(shard, feed):
    worker, process = shard.started(), feed.started()
    parts = np.array_split(orders(1_000, shard.number), 20)
    for part in parts[:10]:
        shard.journal.append(CommandEntry(part))
        shard.wait_for(shard.journal.tail())
    feed.wait_for(shard.journal.tail())
    shard.finish(worker)
    lose_end(shard, 4)
    with ValkeyShardStore(shard.url, shard.number, "process") as store:
        store.lease.acquire()
        lost = EntryId(shard.journal.now() + 1, 0)
        recover(store, shard.number, Sources(records=RecordedUpTo(lost)), [].append, threading.Event())
        store.lease.release()
    worker = shard.started()
    for part in parts[10:]:
        shard.journal.append(CommandEntry(part))
    shard.finish(worker)
    found, messages, _ = feed.audit()
    assert found.epoch == 2
    assert {json.loads(text)["epoch"] for _, text in messages.values()} <= {2}
    assert "feed.dropped" in process.log.read_text()


def lose_end(shard, entries):
    """Do to the streams what a server does that lost its last second."""
    left = shard.written()[-entries - 1]
    for stream in (shard.events, shard.journal):
        kept = [each for part in stream.scan(START, left.last) for each in part]
        shard.channel.ask("DEL", stream.key)
        for name, fields in kept:
            shard.channel.ask("XADD", stream.key, str(name), *(word for pair in fields.items() for word in pair))
    fields = ("applied", str(left.last), "hash", f"{left.hash:016x}", "epoch", left.epoch)
    shard.channel.ask("HSET", f"exchange:{shard.number}", *fields)
