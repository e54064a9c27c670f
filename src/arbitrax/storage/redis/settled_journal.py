"""Waits for a shard's journal to be on the disk: until `file_sync` has marked what it holds."""

from __future__ import annotations

import asyncio

from arbitrax.exchange.journal import EntryId
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.journal import ValkeyStream
from arbitrax.storage.redis.server_settings import Durability

PAUSE = 0.05
UNMARKED = 3.0
"""Seconds without any mark after which nobody is there to set one: the server's files are another machine's."""


class SettledJournal:
    """`arbitrax.trading.transfers.Settled` of a server."""

    def __init__(self, url: str, durability: Durability) -> None:
        self._url, self._durability = url, durability

    async def settle(self, shard: int, seconds: float) -> bool:
        """Wait until everything that is in the shard's journal now is on the disk; False: it did not get there.

        Under ``power`` it is. Of a server whose files nobody here syncs it is not known: then it counts as being there.

        Raises:
            StoreUnavailableError: the server is down.
        """
        if self._durability == "power":
            return True
        clock = asyncio.get_running_loop().time
        began = clock()
        channel = await asyncio.to_thread(Channel, self._url)
        try:
            tail = await asyncio.to_thread(ValkeyStream(channel, f"commands:{shard}").tail)
            while clock() - began < seconds:
                mark = await asyncio.to_thread(channel.ask, "HGET", f"marks:{shard}", "synced_commands")
                if mark is None and clock() - began > UNMARKED:
                    return True
                if mark is not None and EntryId.parse(mark) >= tail:
                    return True
                await asyncio.sleep(PAUSE)
        finally:
            channel.close()
        return False
