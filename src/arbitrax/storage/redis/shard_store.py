"""A shard's streams, outputs and lease on one server, each with the connection it needs."""

from __future__ import annotations

import select
from typing import Self

from arbitrax.exchange.service.ports import Outputs
from arbitrax.storage.redis.channel import TIMEOUT_SECONDS, Channel
from arbitrax.storage.redis.journal import ValkeyJournal, events_stream
from arbitrax.storage.redis.lease import ValkeyLease
from arbitrax.storage.redis.outputs import ValkeyOutputs
from arbitrax.storage.redis.server_settings import Durability, check_settings


class ValkeyShardStore:
    """Three connections: one waits for entries, one carries outputs, one asks."""

    def __init__(self, url: str, shard: int, durability: Durability) -> None:
        """Connect, and refuse a server that would lose entries; raises like `Channel` and `check_settings`."""
        self._channels: list[Channel] = []
        self._either = select.poll()
        try:
            for _ in range(3):
                self._channels.append(Channel(url))
            reading, writing, asking = self._channels
            check_settings(asking, durability)
            for channel in (reading, writing):
                self._either.register(channel.fileno(), select.POLLIN)
            self._writing = writing
            self.journal = ValkeyJournal(reading, shard)
            self.events = events_stream(asking, shard)
            self.outputs: Outputs = ValkeyOutputs(writing, shard)
            self.lease = ValkeyLease(asking, shard)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def entries_first(self) -> bool:
        """Wait for the entries that were asked for, or the reply to an output; tell whether it is the entries."""
        if self._writing.has_reply():
            return False
        ready = self._either.poll(TIMEOUT_SECONDS * 1000)
        return all(number != self._writing.fileno() for number, _ in ready)

    def close(self) -> None:
        """End the connections."""
        for channel in self._channels:
            channel.close()
