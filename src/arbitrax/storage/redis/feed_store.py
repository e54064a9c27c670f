"""What the feed's process uses of the two servers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arbitrax.exchange.feed.event_run import FlatEntry
from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.service.ports import Applied
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.feed_publisher import ValkeyPublisher
from arbitrax.storage.redis.outputs import read_applied


class ValkeyEvents:
    """The events of a shard, for those who follow them. Errors are those of `Channel`.

    Behind a full page the next one is asked for at once: the server reads it while this one is looked at.
    """

    def __init__(self, channel: Channel, shard: int) -> None:
        self._channel, self._shard = channel, shard
        self._key = f"events:{shard}"
        self._ahead: EntryId | None = None
        """After which entry the page is that is on its way."""

    def applied(self) -> Applied:
        """Return what the worker has written."""
        self._take_ahead()
        return read_applied(self._channel, self._shard)

    def read_after(self, after: EntryId, count: int, wait: int) -> Sequence[FlatEntry]:
        """Return up to ``count`` entries, or what was asked for ahead; wait up to ``wait`` ms for the first."""
        ahead = self._ahead
        found = self._take_ahead()
        if ahead != after or not found:
            block: tuple[str | int, ...] = ("BLOCK", wait) if wait else ()
            found = self._channel.ask("XREAD", "COUNT", count, *block, "STREAMS", self._key, str(after))
        entries: Sequence[FlatEntry] = found[0][1] if found else ()
        if len(entries) >= count:
            self._ahead = EntryId.parse(entries[-1][0])
            self._channel.send("XREAD", "COUNT", count, "STREAMS", self._key, str(self._ahead))
        return entries

    def _take_ahead(self) -> Any:
        if self._ahead is None:
            return None
        self._ahead = None
        return self._channel.receive()

    def read_upto(self, after: EntryId, last: EntryId, count: int) -> Sequence[FlatEntry]:
        """Return up to ``count`` entries up to ``last``, it included; where there are none the next one."""
        self._take_ahead()
        found: Sequence[FlatEntry] = self._channel.ask("XRANGE", self._key, f"({after}", str(last), "COUNT", count)
        return found or self.read_after(after, 1, 0)


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
