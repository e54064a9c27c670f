"""The journal for a client that keeps many entries on their way, as a gateway under load does."""

from __future__ import annotations

from arbitrax.exchange.journal import START, CommandEntry, EntryId
from arbitrax.exchange.service.ports import Applied
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.outputs import read_applied


class ValkeyLoadJournal:
    """See `arbitrax.exchange.service.speed.measuring.LoadJournal`. Errors are those of `Channel`."""

    def __init__(self, appending: Channel, asking: Channel, shard: int) -> None:
        self._appending, self._asking, self._shard = appending, asking, shard
        self._last = START

    def append(self, entry: CommandEntry) -> None:
        """Send off an entry."""
        fields = (word for pair in entry.fields().items() for word in pair)
        self._appending.send("XADD", f"commands:{self._shard}", "*", *fields)

    def settle(self, most: int) -> EntryId:
        """Wait until no more than so many have no reply; return the last id that came."""
        while self._appending.owed > most:
            self._last = EntryId.parse(self._appending.receive())
        return self._last

    def applied(self) -> Applied:
        """Return what is written."""
        return read_applied(self._asking, self._shard)
