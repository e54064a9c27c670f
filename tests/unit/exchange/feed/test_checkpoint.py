import pytest

from arbitrax.domain.errors import DataError
from arbitrax.exchange.feed import checkpoint
from arbitrax.exchange.feed.shard_feed import ShardFeed
from tests.exchange.feed import DIRECTORY, batches, command_entries, followed


def test_a_feed_goes_on_from_bytes_as_if_nothing_had_been():
    feed = ShardFeed(DIRECTORY)
    for each in (1, 2, 3):
        feed.symbol(each).book.follow_orders(True)
    for at, (entry, _) in enumerate(batches(command_entries(3, 3_000), 1)):
        if at % 40 == 10:
            other = checkpoint.load(checkpoint.save(feed, 0), 0, DIRECTORY)
            for number in feed.symbols:
                other.symbols[number].book.follow_orders(True)
        said = followed(feed, entry)
        if at >= 10:
            assert followed(other, entry) == said
    assert other.positions.held.keys() == feed.positions.held.keys()


def test_damage_is_noticed():
    feed = ShardFeed(DIRECTORY)
    for entry, _ in batches(command_entries(3, 300), 1):
        followed(feed, entry)
    data = checkpoint.save(feed, 0)
    for wrong in (b"", data[:-1], data[:40] + b"?" + data[41:], b"x" + data[1:]):
        with pytest.raises(DataError, match="damaged"):
            checkpoint.load(wrong, 0, DIRECTORY)
    with pytest.raises(DataError, match="shard 0"):
        checkpoint.load(data, 1, DIRECTORY)
