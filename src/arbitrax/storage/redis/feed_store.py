"""What the feed's process uses of the two servers."""

from __future__ import annotations

from collections.abc import Sequence

from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.service.ports import Applied, RawEntry
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.feed_publisher import ValkeyPublisher
from arbitrax.storage.redis.journal import events_stream
from arbitrax.storage.redis.outputs import read_applied


class ValkeyEvents:
    """The events of a shard, for those who follow them. Errors are those of `Channel`."""

    def __init__(self, channel: Channel, shard: int) -> None:
        self._channel, self._shard = channel, shard
        self._stream = events_stream(channel, shard)

    def applied(self) -> Applied:
        """Return what the worker has written."""
        return read_applied(self._channel, self._shard)

    def read_after(self, after: EntryId, count: int, wait: int) -> Sequence[RawEntry]:
        """Return up to ``count`` entries; wait up to ``wait`` ms for the first, 0: not at all."""
        return self._stream.read_after(after, count, wait)


class ValkeyFeedStore:
    """A connection to each."""

    def __init__(self, journal_url: str, cache_url: str, shard: int) -> None:
        """Connect; raises like `Channel`."""
        self._channels: list[Channel] = []
        try:
            for url in (journal_url, cache_url):
                self._channels.append(Channel(url))
            self.events = ValkeyEvents(self._channels[0], shard)
            self.publisher = ValkeyPublisher(self._channels[1], shard)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the connections."""
        for channel in self._channels:
            channel.close()
