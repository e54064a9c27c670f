import zlib
from random import Random

import pytest

from arbitrax.domain.errors import DataError
from arbitrax.exchange.feed.messages import Delta, DepthChange, Snapshot
from arbitrax.exchange.feed.mirror import DepthView, Mirror
from arbitrax.exchange.feed.shard_feed import ShardFeed
from tests.exchange.feed import DIRECTORY, EPOCH, batches, command_entries, followed


class Client:
    """Applies what it gets as the documentation says, and checks every checksum."""

    def __init__(self, mirror, depth):
        self.view, self.depth = DepthView(mirror, depth), depth
        self.sides, self.seq, self.got = ({}, {}), None, []

    def take(self):
        message = self.view.take()
        if message is None:
            return
        self.got.append(message)
        if isinstance(message, Snapshot):
            self.sides = ({}, {})
        else:
            assert message.prev_seq == self.seq
        for side, levels in zip(self.sides, (message.bids, message.asks), strict=True):
            for price, quantity in levels:
                if quantity == "0":
                    del side[price]
                else:
                    side[price] = quantity
        self.seq = message.seq
        best = self.best()
        words = "|".join(",".join(f"{price}:{quantity}" for price, quantity in side[:10]) for side in best)
        assert zlib.crc32(words.encode()) == message.crc

    def best(self):
        bids, asks = (sorted(side.items(), key=lambda level: float(level[0])) for side in self.sides)
        return [bids[::-1], asks]


def changes_of(seed, symbol="AAA"):
    feed = ShardFeed(DIRECTORY)
    for entry, _ in batches(command_entries(seed, 3_000), seed):
        for posted in followed(feed, entry):
            if isinstance(posted.message, DepthChange) and posted.message.symbol == symbol:
                yield posted.message


def new_mirror():
    mirror = Mirror("AAA")
    mirror.load(Snapshot("AAA", EPOCH, 0, 0, [], [], mirror.crc))
    return mirror


@pytest.mark.parametrize("seed", range(3))
def test_clients_of_every_depth_and_pace_have_the_book_after_each_message(seed):
    dice, mirror = Random(seed), new_mirror()  # noqa: S311 - not secret
    clients = [(Client(mirror, depth), pace) for depth in (10, 50, None) for pace in (1.0, 0.2)]
    for change in changes_of(seed):
        assert mirror.follow(change)
        for client, pace in clients:
            if dice.random() < pace:
                client.take()
                tops = [side.top(client.depth) for side in mirror.sides]
                assert client.best() == tops
    fast, slow = ([len(client.got) for client, pace in clients if pace == each] for each in (1.0, 0.2))
    assert all(many > few > 3 for many, few in zip(fast, slow, strict=True))


@pytest.mark.parametrize("depth", [10, 50, None])
def test_a_client_resumes_with_one_delta(depth):
    changes, mirror = list(changes_of(2)), new_mirror()
    for change in changes[:60]:
        mirror.follow(change)
    client = Client(mirror, depth)
    client.take()
    client.view.close()
    for change in changes[60:90]:
        mirror.follow(change)
    client.view = DepthView(mirror, depth)
    client.view.resume(client.seq, changes[60:90])
    client.take()
    assert isinstance(client.got[-1], Delta)
    assert client.best() == [side.top(depth) for side in mirror.sides]
    for change in changes[90:110]:
        mirror.follow(change)
        client.take()
    assert client.best() == [side.top(depth) for side in mirror.sides]


@pytest.mark.parametrize("depth", [10, None])
def test_clients_that_have_the_same_get_the_same_message_made_once(depth):
    mirror = new_mirror()
    clients = [Client(mirror, depth) for _ in range(3)]
    for at, change in enumerate(changes_of(1)):
        mirror.follow(change)
        for client in clients[: 3 if at % 5 == 0 else 2]:
            client.take()
        assert clients[0].got[-1] is clients[1].got[-1]
        if at % 5 == 1:
            assert clients[2].got[-1] is not clients[0].got[-1]
    assert len(clients[2].got) < len(clients[0].got) == len(clients[1].got)


def test_a_missing_or_damaged_change_is_noticed():
    first, second, third = list(changes_of(1))[:3]
    mirror = new_mirror()
    assert mirror.follow(first)
    assert not mirror.follow(third)
    assert mirror.follow(first)  # known
    with pytest.raises(DataError, match="checksum"):
        mirror.follow(DepthChange("AAA", EPOCH, second.seq, 0, first.seq, [("1.00", "7", "0")], [], second.crc))
