"""The feed's streams and keys for gateways, without blocking their event loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

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

if TYPE_CHECKING:
    from valkey.asyncio import Valkey

READ = 200
"""Messages of a stream at once."""
_ASK = """
local now = redis.call('TIME')
for at = 2, #ARGV do redis.call('ZADD', KEYS[1], now[1] * 1000 + ARGV[1], ARGV[at]) end
return 1
"""
_decode = json.Decoder(DepthChange | Trades | Bbo | Statistics | OrderChanges | OrderSnapshot).decode


class ValkeyFeedSource:
    """Two connections of a process: one waits, one asks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Valkey | None = None

    async def __aenter__(self) -> Self:
        """Open nothing yet: the first use does."""
        from valkey.asyncio import Valkey

        self._client = Valkey.from_url(self._url, socket_timeout=5.0, socket_connect_timeout=5.0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def load(self, symbol: str) -> Loaded | None:
        """Return a symbol at one moment; None: it is not published.

        Raises:
            StoreError: the server is down or what it holds is damaged.
        """
        commands = [("HGETALL", keys.book(symbol))] + [("HGETALL", keys.lots(symbol, side)) for side in (0, 1)]
        book, *sides = await self._together(commands)
        if b"entry" not in book:
            return None
        try:
            listing = Listing("", book[b"tick"].decode(), book[b"lot"].decode())
            bids, asks = (_levels(side, listing, best_last=not number) for number, side in enumerate(sides))
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

    async def _together(self, commands: list[tuple[str, str]]) -> list[dict[bytes, bytes]]:
        from valkey.exceptions import ValkeyError

        try:
            async with self._open().pipeline(transaction=True) as pipe:
                for words in commands:
                    pipe.execute_command(*words)
                return await pipe.execute()
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


def _levels(lots: Mapping[bytes, bytes], listing: Listing, *, best_last: bool) -> list[TextLevel]:
    ticks = sorted(((int(price), int(quantity)) for price, quantity in lots.items()), reverse=best_last)
    return [(listing.price(price), listing.quantity(quantity)) for price, quantity in ticks]
