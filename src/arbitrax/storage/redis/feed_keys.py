"""Names of what the feed keeps on the cache's server, for its writer and its readers."""

from arbitrax.exchange.feed.messages import Channel

KEPT_MS = 60_000
"""How long a message stays in its stream, by the journal's time; a stream without news goes as well."""
ASKED_MS = 30_000
"""How long a wish for the orders of a symbol lasts."""


def book(symbol: str) -> str:
    """HASH last_price, seq, hash of the events; epoch, entry, time, crc, bbo, statistics."""
    return f"orderbook:{symbol}"


def prices(symbol: str, side: int) -> str:
    """ZSET, member and score the price in ticks."""
    return f"orderbook:{symbol}:{'asks' if side else 'bids'}"


def lots(symbol: str, side: int) -> str:
    """HASH price in ticks -> lots."""
    return f"{prices(symbol, side)}:qty"


def stream(channel: Channel, symbol: str) -> str:
    """Stream of messages; ids are those of the entries of commands they tell of."""
    return f"feed:{channel}:{symbol}"


def state(shard: int) -> str:
    """HASH applied, hash, epoch: up to where the shard is published."""
    return f"feed:{shard}"


def symbols(shard: int) -> str:
    """SET of the symbols published."""
    return f"feed:{shard}:symbols"


def accounts(shard: int) -> str:
    """SET of the accounts whose positions are."""
    return f"feed:{shard}:accounts"


def asked() -> str:
    """ZSET of symbols whose orders somebody follows, by when that ends, ms."""
    return "feed:asked"


def positions(account: str) -> str:
    """HASH symbol -> JSON."""
    return f"positions:{account}"


def live_price(symbol: str) -> str:
    """STRING, the last price as a decimal."""
    return f"live:prices:{symbol}"


def of_symbol(symbol: str) -> list[str]:
    """Return all keys of a symbol."""
    sides = [name(symbol, side) for name in (prices, lots) for side in (0, 1)]
    return [book(symbol), live_price(symbol), *sides, *(stream(each, symbol) for each in Channel)]
