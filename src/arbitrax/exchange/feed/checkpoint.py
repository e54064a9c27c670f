"""What a feed knows, as bytes: where it goes on after a restart without reading all events since the first."""

from __future__ import annotations

from zlib import crc32

from msgspec import DecodeError, Struct, msgpack

from arbitrax.domain.errors import DataError
from arbitrax.exchange.feed.feed_book import FeedBook
from arbitrax.exchange.feed.listing import Directory
from arbitrax.exchange.feed.shard_feed import ShardFeed
from arbitrax.exchange.feed.statistics import DayStatistics
from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.public_book import Standing
from arbitrax.exchange.reference.accounts import Position

MARK = b"arbitrax feed 2\n"

OrderRow = tuple[int, int, int, int, int, int]
"""Order, side, price, shown, display, total."""


class SymbolState(Struct, frozen=True, array_like=True):
    """A symbol: open orders in the order of their queues, counts, the day."""

    number: int
    orders: list[OrderRow]
    seq: int
    trades: int
    phase: int
    last: int
    day: DayStatistics


class State(Struct, frozen=True, array_like=True):
    """A shard as of an entry of events."""

    shard: int
    entry: tuple[int, int]
    hash: bytes
    epoch: int
    symbols: list[SymbolState]
    positions: list[tuple[int, int, int, int]]
    """Symbol, account, lots, cost."""


def save(feed: ShardFeed, shard: int) -> bytes:
    """Return a feed between two entries as bytes that carry their own checksum."""
    state = State(
        shard,
        (feed.entry.ms, feed.entry.seq),
        feed.hash.to_bytes(8, "big"),
        feed.epoch,
        [
            SymbolState(
                each.number,
                [
                    (order, at.side, at.price, at.shown, at.display, each.book.totals.get(order, 0))
                    for order, at in each.book.standing.items()
                ],
                each.seq,
                each.trades,
                each.phase,
                each.book.last,
                each.day,
            )
            for each in feed.symbols.values()
        ],
        [
            (symbol, account, position.quantity, position.cost)
            for symbol, held in feed.positions.held.items()
            for account, position in held.items()
        ],
    )
    packed = msgpack.encode(state)
    return MARK + crc32(packed).to_bytes(4, "big") + packed


def load(data: bytes, shard: int, directory: Directory) -> ShardFeed:
    """Return the feed that bytes hold.

    Raises:
        DataError: they are damaged, or of another shard.
    """
    packed = data[len(MARK) + 4 :]
    if data[: len(MARK)] != MARK or crc32(packed).to_bytes(4, "big") != data[len(MARK) : len(MARK) + 4]:
        raise DataError("it is damaged, or of another release")
    try:
        state = msgpack.decode(packed, type=State)
    except DecodeError as error:
        raise DataError(f"it is damaged: {error}") from None
    if state.shard != shard:
        raise DataError(f"it is of shard {state.shard}")
    feed = ShardFeed(directory)
    feed.entry, feed.hash, feed.epoch = EntryId(*state.entry), int.from_bytes(state.hash, "big"), state.epoch
    feed.ms = feed.entry.ms
    for each in state.symbols:
        symbol = feed.symbol(each.number)
        symbol.seq = symbol.told = each.seq
        symbol.trades, symbol.phase, symbol.day = each.trades, each.phase, each.day
        symbol.restore(book(each.orders, each.last))
    for number, account, lots, cost in state.positions:
        feed.positions.held.setdefault(number, {})[account] = Position(lots, cost)
    return feed


def book(orders: list[OrderRow], last: int) -> FeedBook:
    """Return the book of open orders."""
    made = FeedBook()
    made.last = last
    for order, side, price, shown, display, total in orders:
        standing = made.standing[order] = Standing(side, price)
        standing.shown, standing.display = shown, display
        made.move(side, price, shown)
        if order > 0:
            made.totals[order] = total
    made.take_levels()
    return made
