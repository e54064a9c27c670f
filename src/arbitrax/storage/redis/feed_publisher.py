"""The feed's writer: one function writes a step, fenced by the lease and by what was published before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from msgspec import json, msgpack

from arbitrax.domain.errors import DataError
from arbitrax.exchange.feed.messages import Channel
from arbitrax.exchange.feed.ports import Published
from arbitrax.exchange.feed.update import SymbolState, Update
from arbitrax.exchange.journal import EntryId
from arbitrax.storage.redis import feed_keys as keys
from arbitrax.storage.redis.channel import Channel as Connection
from arbitrax.storage.redis.lease import ValkeyLease

PREFIX = "feed-"
MOST_LEVELS = 500
"""Of one command within the function."""

# KEYS: lease, state. ARGV: the lease's value, predecessor (empty: any), applied, hash, epoch, packed commands, of which
# those that begin with TRY may fail: a snapshot of orders may be there already.
_PUBLISH = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCED Another process publishes it.') end
local applied = redis.call('HGET', KEYS[2], 'applied') or ''
if ARGV[2] ~= '' and applied ~= ARGV[2] then
  return redis.error_reply('GAP The entry published last is ' .. applied .. '.')
end
for _, words in ipairs(cmsgpack.unpack(ARGV[6])) do
  if words[1] == 'TRY' then redis.pcall(unpack(words, 2)) else redis.call(unpack(words)) end
end
redis.call('HSET', KEYS[2], 'applied', ARGV[3], 'hash', ARGV[4], 'epoch', ARGV[5])
return 1
"""
_ASKED = """
local now = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now[1] * 1000)
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""

Words = list[str]
T = TypeVar("T")


class ValkeyPublisher:
    """Of a shard. Errors are those of `Connection`."""

    def __init__(self, channel: Connection, shard: int) -> None:
        self._channel, self._shard = channel, shard
        self._keys = (f"{PREFIX}lease:{shard}", keys.state(shard))
        self._publish = channel.load(_PUBLISH)
        self.lease = ValkeyLease(channel, shard, PREFIX)

    def published(self) -> Published | None:
        """Return up to where the server shows the shard; None: it does not.

        Raises:
            DataError: it is no id, hash or epoch.
        """
        entry, word, epoch = self._channel.ask("HMGET", self._keys[1], "applied", "hash", "epoch")
        if entry is None:
            return None
        try:
            return Published(EntryId.parse(entry), int(word, 16), int(epoch))
        except (TypeError, ValueError):
            raise DataError(f"The key {self._keys[1]} of the cache's server is damaged; delete it.") from None

    def send(self, update: Update) -> None:
        """Send an update off, once the one before it is confirmed; raises for that one like `confirm`."""
        packed = msgpack.encode(self._clearing(update) + self._commands(update))
        before = "" if update.predecessor is None else str(update.predecessor)
        self.confirm()
        self._channel.send(
            "EVALSHA",
            self._publish,
            len(self._keys),
            *self._keys,
            self.lease.name,
            before,
            str(update.entry),
            f"{update.hash:016x}",
            update.epoch,
            packed,
        )

    def confirm(self) -> None:
        """Wait until what was sent is written.

        Raises:
            Fenced: the lease is another's.
            Gap: something else was published last.
        """
        if self._channel.owed:
            self._channel.receive()

    def asked(self) -> set[str]:
        """Return the symbols whose orders somebody follows."""
        return {each.decode() for each in self._channel.ask("EVAL", _ASKED, 1, keys.asked())}

    def _clearing(self, update: Update) -> list[Words]:
        """Return what removes all that is published, when an update replaces it."""
        if update.predecessor is not None:
            return []
        self.confirm()
        sets = (keys.symbols(self._shard), keys.accounts(self._shard))
        symbols, accounts = ([each.decode() for each in self._channel.ask("SMEMBERS", name)] for name in sets)
        return [
            *(["DEL", *keys.of_symbol(each)] for each in symbols),
            *(["DEL", keys.positions(each)] for each in accounts),
            ["DEL", *sets],
        ]

    def _commands(self, update: Update) -> list[Words]:
        commands: list[Words] = []
        streams: set[str] = set()
        oldest = f"{max(update.entry.ms - keys.KEPT_MS, 0)}-0"
        for channel, entry, message in update.messages:
            streams.add(key := keys.stream(channel, message.symbol))
            at = entry.seq * 2 if channel is Channel.ORDERS else entry.seq
            commands.append(_add(key, f"{entry.ms}-{at}", oldest, json.encode(message).decode()))
        for snapshot in update.snapshots:
            streams.add(key := keys.stream(Channel.ORDERS, snapshot.symbol))
            name = f"{update.entry.ms}-{update.entry.seq * 2 + 1}"
            commands.append(["TRY", *_add(key, name, oldest, json.encode(snapshot).decode())])
        commands += [["PEXPIRE", key, str(keys.KEPT_MS)] for key in sorted(streams)]
        for symbol in update.symbols:
            commands += self._symbol(symbol, update)
        for account, asset, position in update.positions:
            key = keys.positions(account)
            commands.append(["SADD", keys.accounts(self._shard), account])
            value = None if position is None else json.encode(position).decode()
            commands.append(["HDEL", key, asset] if value is None else ["HSET", key, asset, value])
        return commands

    def _symbol(self, state: SymbolState, update: Update) -> list[Words]:
        name = state.symbol
        commands = [["SADD", keys.symbols(self._shard), name]]
        for side, levels in enumerate((state.bids, state.asks)):
            there = [(str(price), str(lots)) for price, lots in levels.items() if lots]
            gone = [str(price) for price, lots in levels.items() if not lots]
            for part in _parts(there):
                commands.append(
                    ["ZADD", keys.prices(name, side), *(word for price, _ in part for word in (price,) * 2)]
                )
                commands.append(["HSET", keys.lots(name, side), *(word for level in part for word in level)])
            for some in _parts(gone):
                commands.append(["ZREM", keys.prices(name, side), *some])
                commands.append(["HDEL", keys.lots(name, side), *some])
        fields = {
            "last_price": state.last_price if state.last else "",
            "seq": str(state.seq),
            "hash": f"{update.hash:016x}",
            "epoch": str(update.epoch),
            "entry": str(update.entry),
            "time": str(update.entry.ms),
            "crc": str(state.crc),
            "tick": state.tick_size,
            "lot": state.lot_size,
            "bbo": json.encode(state.bbo).decode(),
            "statistics": json.encode(state.statistics).decode(),
        }
        commands.append(["HSET", keys.book(name), *(word for pair in fields.items() for word in pair)])
        if state.last:
            commands.append(["SET", keys.live_price(name), state.last_price])
        return commands


def _add(key: str, at: str, oldest: str, message: str) -> Words:
    return ["XADD", key, "MINID", "~", oldest, at, "m", message]


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[at : at + MOST_LEVELS] for at in range(0, len(items), MOST_LEVELS))
