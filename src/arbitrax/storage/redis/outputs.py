"""What batches gave, written in one step or not at all: the fence of the exchange."""

from __future__ import annotations

from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import NO_EVENTS, START, EntryId, EventEntry
from arbitrax.exchange.service import crash_points
from arbitrax.exchange.service.ports import Applied
from arbitrax.storage.redis.channel import Channel

# KEYS: lease, exchange, events, marks. ARGV: the lease's value, predecessor, id, hash, epoch, token, gateways, then the
# fields of the entry. XADD is first: it may fail, and then nothing has changed; HSET cannot.
_WRITE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCED Another process has the lease.') end
local applied = redis.call('HGET', KEYS[2], 'applied') or '0-0'
if applied ~= ARGV[2] then return redis.error_reply('GAP The entry applied last is ' .. applied .. '.') end
redis.call('XADD', KEYS[3], ARGV[3], unpack(ARGV, 8))
redis.call('HSET', KEYS[2], 'applied', ARGV[3], 'hash', ARGV[4], 'epoch', ARGV[5], 'token', ARGV[6])
if ARGV[7] ~= '' then redis.call('HSET', KEYS[4], 'gateways', ARGV[7]) end
return 1
"""


class ValkeyOutputs:
    """The outputs of a shard. Errors are those of `Channel`."""

    def __init__(self, channel: Channel, shard: int) -> None:
        self._channel, self._shard = channel, shard
        self._keys = tuple(f"{name}:{shard}" for name in ("lease", "exchange", "events", "marks"))
        self._write = channel.load(_WRITE)

    def applied(self) -> Applied:
        """Return what is written; raises like `read_applied`."""
        return read_applied(self._channel, self._shard)

    def send(self, entry: EventEntry, lease: str, gateways: bytes | None) -> None:
        """Send off what a batch gave; ``gateways``, unless None, replaces what is kept of their heartbeats."""
        token = lease.rpartition(":")[2]
        words = (lease, str(entry.predecessor), str(entry.last), f"{entry.hash:016x}", entry.epoch, token)
        fields = (word for pair in entry.fields().items() for word in pair)
        crash_points.reach("output.before")
        self._channel.send("EVALSHA", self._write, len(self._keys), *self._keys, *words, gateways or b"", *fields)
        crash_points.reach("output.sent")

    @property
    def pending(self) -> int:
        """Return how many are on their way."""
        return self._channel.owed

    def confirm(self) -> None:
        """Wait for the reply to the oldest on its way.

        Raises:
            Fenced: the lease is another's.
            Gap: another batch is the last one written.
        """
        self._channel.receive()
        crash_points.reach("output.replied")

    def gateways(self) -> bytes:
        """Return what is kept of heartbeats; empty: nothing."""
        return bytes(self._channel.ask("HGET", self._keys[3], "gateways") or b"")


def read_applied(channel: Channel, shard: int) -> Applied:
    """Return what is written of a shard.

    Raises:
        DataError: it is no id, hash or epoch.
    """
    key = f"exchange:{shard}"
    entry, word, epoch = channel.ask("HMGET", key, "applied", "hash", "epoch")
    if entry is None:
        return Applied(START, NO_EVENTS, 0)
    try:
        return Applied(EntryId.parse(entry), int(word, 16), int(epoch))
    except (TypeError, ValueError):
        raise DataError(
            f"The key {key} of the journal's server is damaged: applied {entry!r}, hash {word!r}, epoch {epoch!r}."
        ) from None
