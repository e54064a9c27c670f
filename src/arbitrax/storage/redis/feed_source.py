"""The feed's streams and keys for gateways, without blocking their event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from msgspec import DecodeError, json

from arbitrax.domain.errors import StoreError, StoreUnavailableError
from arbitrax.exchange.feed.checksum import TextLevel
from arbitrax.exchange.feed.listing import Listing
from arbitrax.exchange.feed.messages import (
    Bbo,
    Channel,
    DepthChange,
    Message,
    OrderChanges,
    OrderSnapshot,
    Snapshot,
    Statistics,
    Trades,
)
from arbitrax.exchange.feed.reader import Loaded
from arbitrax.exchange.feed.subscription import Key
from arbitrax.exchange.journal import EntryId
from arbitrax.storage.redis import feed_keys as keys
from arbitrax.storage.redis.channel import address
from arbitrax.storage.redis.shared_connection import Script, SharedConnection

if TYPE_CHECKING:
    from valkey.asyncio import Valkey

TIMEOUT_SECONDS = 5.0
READ = 200
"""Messages of a stream at once."""
_ASK = """
local now = redis.call('TIME')
for at = 2, #ARGV do redis.call('ZADD', KEYS[1], now[1] * 1000 + ARGV[1], ARGV[at]) end
return 1
"""
_BEST = Script("""
local found = {redis.call('HGETALL', KEYS[1])}
for side = 1, 2 do
    local best = redis.call(side == 1 and 'ZREVRANGE' or 'ZRANGE', KEYS[2 * side], 0, ARGV[1] - 1)
    local lots = #best > 0 and redis.call('HMGET', KEYS[2 * side + 1], unpack(best)) or {}
    local levels = {}
    for at, price in ipairs(best) do
        levels[2 * at - 1], levels[2 * at] = price, lots[at]
    end
    found[side + 1] = levels
end
return found
""")
_decode = json.Decoder(DepthChange | Trades | Bbo | Statistics | OrderChanges | OrderSnapshot).decode


class ValkeyFeedSource:
    """Two connections of a process: one waits, one asks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Valkey | None = None
        self._questions = SharedConnection(url, timeout=TIMEOUT_SECONDS)
        self._loads: dict[tuple[str, int | None], asyncio.Task[Loaded | None]] = {}

    async def __aenter__(self) -> Self:
        """Open nothing yet: the first use does."""
        from valkey.asyncio import Valkey

        self._client = Valkey.from_url(
            self._url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the connections."""
        if self._client is not None:
            await self._client.aclose()
        await self._questions.close()

    async def load(self, symbol: str, levels: int | None = None) -> Loaded | None:
        """Return a symbol at one moment, with so many levels a side at most; None: it is not published.

        Who asks the same in one turn of the loop shares an answer.

        Raises:
            StoreError: the server is down or what it holds is damaged.
        """
        key = symbol, levels
        begun = self._loads.get(key)
        if begun is None:
            loop = asyncio.get_running_loop()
            begun = self._loads[key] = loop.create_task(self._load(symbol, levels))
            loop.call_soon(self._loads.pop, key, None)
        return await asyncio.shield(begun)

    async def _load(self, symbol: str, levels: int | None) -> Loaded | None:
        fields, *sides = await self._best(symbol, levels) if levels else await self._whole(symbol)
        book = dict(zip(fields[::2], fields[1::2], strict=True))
        if b"entry" not in book:
            return None
        try:
            listing = _listing(book[b"tick"].decode(), book[b"lot"].decode())
            bids, asks = (_levels(side, listing, levels, best_last=not number) for number, side in enumerate(sides))
            epoch, seq, time, crc = (int(book[name]) for name in (b"epoch", b"seq", b"time", b"crc"))
            return Loaded(
                Snapshot(symbol, epoch, seq, time, bids, asks, crc),
                EntryId.parse(book[b"entry"]),
                json.decode(book[b"bbo"], type=Bbo),
                json.decode(book[b"statistics"], type=Statistics),
            )
        except (KeyError, ValueError, DecodeError) as error:
            raise StoreError(f"The key {keys.book(symbol)} of the cache's server is damaged: {error!r}.") from None

    async def kept(self, channel: Channel, symbol: str) -> Sequence[tuple[EntryId, Message]]:
        """Return the messages of the last 60 seconds; raises the same."""
        return _messages(await self._ask("XRANGE", keys.stream(channel, symbol), "-", "+"))

    async def wait(self, after: Mapping[Key, EntryId], wait: int) -> Sequence[tuple[Key, EntryId, Message]]:
        """Return what came after an id in each stream; wait up to ``wait`` ms for the first; raises the same."""
        streams = {keys.stream(*key): key for key in after}
        ids = [str(after[key]) for key in streams.values()]
        found = await self._ask("XREAD", "COUNT", READ, "BLOCK", wait, "STREAMS", *streams, *ids)
        items = found.items() if isinstance(found, dict) else found or ()
        return [(streams[name.decode()], entry, message) for name, rows in items for entry, message in _messages(rows)]

    async def ask_orders(self, symbols: Sequence[str]) -> None:
        """Say that somebody follows the orders of symbols; raises the same."""
        await self._ask("EVAL", _ASK, 1, keys.asked(), keys.ASKED_MS, *symbols)

    async def _whole(self, symbol: str) -> list[list[bytes]]:
        """Return a book's fields, and price, quantity, price ... of each side, at one moment."""
        names = keys.book(symbol), keys.lots(symbol, 0), keys.lots(symbol, 1)
        return await self._asked(self._questions.ask_at_once(*(("HGETALL", name) for name in names)))

    async def _best(self, symbol: str, levels: int) -> list[list[bytes]]:
        """Return the same of the best levels only: a busy book has thousands."""
        names = keys.book(symbol), *(name(symbol, side) for side in (0, 1) for name in (keys.prices, keys.lots))
        return await self._asked(self._questions.run(_BEST, names, [levels]))

    async def _asked(self, question: Awaitable[list[list[bytes]]]) -> list[list[bytes]]:
        from valkey.exceptions import ValkeyError

        try:
            return await question
        except (ValkeyError, OSError) as error:
            raise self._unavailable(error) from None

    async def _ask(self, *words: str | int) -> Any:
        from valkey.exceptions import ValkeyError

        try:
            return await self._open().execute_command(*words)  # type: ignore[no-untyped-call]
        except (ValkeyError, OSError) as error:
            raise self._unavailable(error) from None

    def _open(self) -> Valkey:
        if self._client is None:
            raise StoreUnavailableError("The reader of the feed is not open.")
        return self._client

    def _unavailable(self, error: Exception) -> StoreUnavailableError:
        return StoreUnavailableError(
            f"The Valkey at {address(self._url)} does not answer or refuses us ({type(error).__name__}: {error}); "
            "start it, or correct or unset ARBITRAX_CACHE_URL."
        )


def _messages(rows: Sequence[tuple[bytes, Any]]) -> list[tuple[EntryId, Message]]:
    try:
        return [(EntryId.parse(name), _decode(_field(fields))) for name, fields in rows]
    except DecodeError as error:
        raise StoreError(f"A stream of the feed holds what is no message of it: {error}.") from None


def _field(fields: Any) -> bytes:
    """Return the message: clients of either protocol version give pairs or a mapping."""
    return fields[b"m"] if isinstance(fields, dict) else fields[1]


@lru_cache(maxsize=4096)
def _listing(tick_size: str, lot_size: str) -> Listing:
    return Listing("", tick_size, lot_size)


def _levels(lots: Sequence[bytes], listing: Listing, levels: int | None, *, best_last: bool) -> list[TextLevel]:
    """Return the best levels of a side: ``lots`` has price, quantity, price, quantity ... in no order."""
    text = b" ".join(lots)
    if text.translate(None, b"0123456789- "):
        raise ValueError(text[:80])
    pairs = np.fromstring(text, np.int64, sep=" ").reshape(-1, 2) if text else np.empty((0, 2), np.int64)
    order = np.argsort(pairs[:, 0])
    best = pairs[(order[::-1] if best_last else order)[:levels]]
    return [(listing.price(price), listing.quantity(quantity)) for price, quantity in best.tolist()]
