import zlib
from collections import defaultdict

import pytest

from arbitrax.domain.errors import DataError
from arbitrax.exchange.feed.event_run import flat, read_runs
from arbitrax.exchange.feed.messages import Channel, DepthChange, OrderChanges, Snapshot, Statistics, Trades
from arbitrax.exchange.feed.mirror import Mirror
from arbitrax.exchange.feed.shard_feed import DivergedError, ShardFeed
from arbitrax.exchange.journal import sealed
from arbitrax.exchange.records import Flag, Happening, Kind
from tests.exchange.feed import DIRECTORY, EPOCH, SYMBOLS, batches, command_entries, followed

EVERYTHING = 1 << 30
LENGTH = 2_500


def without_requeue(commands):
    """An amend that asks to lose its place looks like one that keeps it: the flag is for replayed files."""
    amends = commands["kind"] == Kind.AMEND
    commands["flags"][amends] &= 255 - Flag.REQUEUE


def texts(core, number, side):
    listing = DIRECTORY.listing(number)
    levels = core.depth(number, side, EVERYTHING)
    return [(listing.price(each.price), listing.quantity(each.shown)) for each in levels]


@pytest.mark.parametrize("seed", range(4))
def test_books_made_of_messages_are_the_engines_after_every_batch(seed):
    """Icebergs, pegs, stops, auctions, the house and self-trade prevention are all in the stream."""
    feed, mirrors = ShardFeed(DIRECTORY), {name: Mirror(name) for name in SYMBOLS.values()}
    for mirror in mirrors.values():
        mirror.load(Snapshot(mirror.symbol, EPOCH, 0, 0, [], [], mirror.crc))
    changes = 0
    for entry, core in batches(command_entries(seed, LENGTH), seed):
        for posted in followed(feed, entry):
            if isinstance(posted.message, DepthChange):
                assert mirrors[posted.message.symbol].follow(posted.message)
                changes += 1
        for number, name in SYMBOLS.items():
            sides = [texts(core, number, side) for side in (0, 1)]
            assert [side.top(None) for side in mirrors[name].sides] == sides
            words = "|".join(",".join(f"{price}:{lots}" for price, lots in side[:10]) for side in sides)
            assert mirrors[name].crc == zlib.crc32(words.encode())
    assert changes > LENGTH // 16


@pytest.mark.parametrize("seed", range(4))
def test_queues_made_of_messages_are_the_engines(seed):
    feed = ShardFeed(DIRECTORY)
    queues = {name: {} for name in SYMBOLS.values()}
    for number in SYMBOLS:
        feed.symbol(number).book.follow_orders(True)
    seen = set()
    for entry, core in batches(command_entries(seed, LENGTH, change=without_requeue), seed, most=1):
        for posted in followed(feed, entry):
            if isinstance(posted.message, OrderChanges):
                for each in posted.message.operations:
                    replay(queues[posted.message.symbol], each)
                    seen.add(each.operation)
        for number, name in SYMBOLS.items():
            assert by_level(queues[name]) == engine_queues(core, number)
            snapshot = {}
            for each in feed.symbol(number).orders(EPOCH, 0).operations:
                replay(snapshot, each)
            assert by_level(snapshot) == by_level(queues[name])
    assert seen == {"add", "set", "remove"}


def replay(queue, change):
    if change.operation == "remove":
        del queue[change.order]
    elif change.operation == "set":
        queue[change.order] = (*queue[change.order][:2], change.quantity)
    else:
        queue.pop(change.order, None)
        queue[change.order] = (change.side, change.price, change.quantity)


def by_level(queue):
    """Orders of each level in order; the external market, which stands in several places of it, by its lots."""
    levels = defaultdict(list)
    for order, (side, price, quantity) in queue.items():
        levels[side, price, order.startswith("house")].append((quantity,) if "house" in order else (order, quantity))
    return dict(levels)


def engine_queues(core, number):
    levels, listing = defaultdict(list), DIRECTORY.listing(number)
    house = defaultdict(int)
    for side, word in enumerate(("buy", "sell")):
        for each in core.queue(number, side):
            price = listing.price(each.price)
            if each.order:
                levels[word, price, False].append((f"ord_{each.order:016x}", listing.quantity(each.shown)))
            else:
                house[word, price, True] += each.shown
    return dict(levels) | {level: [(listing.quantity(lots),)] for level, lots in house.items() if lots}


@pytest.mark.parametrize("seed", range(3))
def test_numbers_have_no_gaps_and_do_not_depend_on_batches(seed):
    """Whoever publishes fewer, larger messages says the same at the same numbers."""
    entries = command_entries(seed, LENGTH)
    runs = []
    for batching in (1, 2):
        feed, run = ShardFeed(DIRECTORY), []
        for entry, _ in batches(entries, batching, most=5 * batching):
            run += followed(feed, entry)
        runs.append(run)
    assert runs[0] != runs[1]
    assert tape_of(runs[0]) == tape_of(runs[1])
    crcs = [
        {(each.message.symbol, each.message.seq): each.message.crc for each in run if each.channel is Channel.DEPTH}
        for run in runs
    ]
    both = crcs[0].keys() & crcs[1].keys()
    assert len(both) > 10
    assert all(crcs[0][key] == crcs[1][key] for key in both)
    for run in runs:
        chains = defaultdict(list)
        for posted in run:
            assert posted.message.epoch == EPOCH
            if isinstance(posted.message, DepthChange | Trades):
                chains[posted.channel, posted.message.symbol].append(posted.message)
        for chain in chains.values():
            assert [each.prev_seq for each in chain] == [0, *(each.seq for each in chain[:-1])]


def tape_of(run):
    tape = defaultdict(list)
    for _, _, message in run:
        if isinstance(message, Trades):
            tape[message.symbol] += message.trades
    return tape


def test_entries_decoded_at_once_are_what_they_are_one_by_one():
    made = [entry for entry, _ in batches(command_entries(2, LENGTH), 4)]
    raw = [flat(entry.last, entry.fields()) for entry in made]
    (run,) = read_runs(raw)
    assert (run.predecessor, run.last, run.hash) == (made[0].predecessor, made[-1].last, made[-1].hash)
    assert run.events.tobytes() == b"".join(entry.events.tobytes() for entry in made)
    assert run.index.tobytes() == b"".join(entry.index.tobytes() for entry in made)
    first, second = read_runs([*raw[:3], *raw[4:]])
    assert (first.last, second.predecessor) == (made[2].last, made[3].last)
    name, whole = made[5].last, made[5].fields()
    for field, value in ((b"v", b"0"), (b"e", whole[b"e"] + b"?"), (b"i", b""), (b"h", b"no"), (b"e", None)):
        wrong = {**whole, field: value}
        if value is None:
            del wrong[field]
        wrong = sealed(wrong)
        with pytest.raises(DataError, match=str(name)):
            list(read_runs([*raw[:5], flat(name, wrong), *(raw[6:9] if field != b"h" else ())]))  # the last is of all
    with pytest.raises(DataError, match="checksum"):
        list(read_runs([*raw[:5], flat(name, {**whole, b"n": bytes(len(whole[b"n"]))}), *raw[6:9]]))
    with pytest.raises(DataError, match="do not add up"):
        list(read_runs([*raw[:5], flat(name, sealed({**whole, b"e": whole[b"e"] + bytes(64)})), *raw[6:9]]))


def test_what_is_followed_quietly_counts_the_same():
    entries = command_entries(5, LENGTH)
    loud, quiet = ShardFeed(DIRECTORY), ShardFeed(DIRECTORY)
    for at, (entry, _) in enumerate(batches(entries, 1)):
        said = followed(loud, entry)
        assert followed(quiet, entry, quiet=at < 200) == ([] if at < 200 else said)


def test_the_tape_and_the_day_are_the_fills():
    feed, tape, days, last = ShardFeed(DIRECTORY), defaultdict(list), {}, {}
    fills = defaultdict(list)
    for entry, _ in batches(command_entries(1, LENGTH), 1):
        for event in entry.events[entry.events["kind"] == Happening.FILLED]:
            listing = DIRECTORY.listing(int(event["symbol"]))
            fills[listing.symbol].append((int(event["price"]), int(event["quantity"]), listing))
        for posted in followed(feed, entry):
            if isinstance(posted.message, Trades):
                tape[posted.message.symbol] += posted.message.trades
            elif isinstance(posted.message, Statistics):
                days[posted.message.symbol] = posted.message
                last[posted.message.symbol] = posted.message.seq
    for name, trades in tape.items():
        assert [each.number for each in trades] == list(range(1, len(trades) + 1))
        assert [(each.price, each.quantity) for each in trades] == [
            (listing.price(price), listing.quantity(lots)) for price, lots, listing in fills[name]
        ]
        listing, day = fills[name][0][2], days[name]
        prices = [price for price, _, _ in fills[name]]
        lots = sum(lots for _, lots, _ in fills[name])
        assert (day.open, day.last) == (listing.price(prices[0]), listing.price(prices[-1]))
        assert (day.high, day.low) == (listing.price(max(prices)), listing.price(min(prices)))
        assert (day.volume, day.count) == (listing.quantity(lots), len(prices))
        turnover = sum(price * lots for price, lots, _ in fills[name])
        assert float(day.vwap) == pytest.approx(turnover / lots * float(listing.price(1)), abs=1e-4)
    assert set(tape) == set(SYMBOLS.values())


@pytest.mark.parametrize("seed", range(3))
def test_positions_made_of_fills_are_the_engines(seed):
    feed = ShardFeed(DIRECTORY)
    for entry, core in batches(command_entries(seed, LENGTH), seed):
        followed(feed, entry, quiet=True)
        engine = core
    held = 0
    for account in range(1, 7):
        for symbol in (1, 2):
            view, found = engine.position(account, symbol), feed.positions.find(account, symbol)
            assert (view.quantity, view.cost) == ((found.quantity, found.cost) if found else (0, 0))
            held += view.quantity != 0
    assert held


def test_events_of_another_past_are_refused_and_change_nothing():
    entries = [entry for entry, _ in batches(command_entries(2, 400), 2)]
    others = [entry for entry, _ in batches(command_entries(3, 400), 2)]
    feed = ShardFeed(DIRECTORY)
    for entry in entries[:5]:
        followed(feed, entry)
    before = feed.entry, feed.hash
    for wrong in (entries[6], entries[4], others[5]):
        with pytest.raises(DivergedError):
            followed(feed, wrong)
        assert (feed.entry, feed.hash) == before
    followed(feed, entries[5])
