"""What the feed publishes at once: messages for the streams, and the state that keys show, absolute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from arbitrax.exchange.feed.messages import Bbo, OrderSnapshot, Statistics
from arbitrax.exchange.feed.shard_feed import Posted, ShardFeed
from arbitrax.exchange.feed.symbol_feed import SymbolFeed
from arbitrax.exchange.journal import EntryId


class SymbolState(NamedTuple):
    """Of a symbol: levels in ticks and lots, 0 lots: the level is gone; ``last`` 0: nothing was traded yet."""

    symbol: str
    tick_size: str
    lot_size: str
    last: int
    last_price: str
    seq: int
    """Events of the symbol that are in it."""
    crc: int
    bids: dict[int, int]
    asks: dict[int, int]
    bbo: Bbo
    statistics: Statistics


class PositionState(Struct, frozen=True):
    """Of an account in a symbol: decimals; profit at the last trade's price."""

    quantity: str
    avg_price: str
    unrealized_pnl: str


class HeldState(NamedTuple):
    """A position by its names; None: flat."""

    account: str
    symbol: str
    position: PositionState | None


class Update(NamedTuple):
    """What one step publishes: all or nothing."""

    predecessor: EntryId | None
    """What was published before; None: everything there is replaced."""
    entry: EntryId
    hash: int
    epoch: int
    messages: Sequence[Posted]
    snapshots: Sequence[OrderSnapshot]
    symbols: Sequence[SymbolState]
    positions: Sequence[HeldState]


class Collector:
    """Gathers what a feed has to publish since the last time."""

    def __init__(self, feed: ShardFeed) -> None:
        self._feed = feed
        self._marked: dict[int, int] = {}
        """By symbol the price that unrealised profits were published with."""

    def everything(self) -> Update:
        """Return all there is."""
        feed = self._feed
        feed.changed.clear()
        for symbol in feed.symbols.values():
            for side in (0, 1):
                symbol.dirty[side].update(symbol.book.levels[side])
        feed.positions.moved.update(
            (account, number) for number, held in feed.positions.held.items() for account in held
        )
        states = [self._state(each) for each in feed.symbols.values()]
        return Update(None, feed.entry, feed.hash, feed.epoch, (), (), states, self._positions())

    def news(self, predecessor: EntryId, messages: Sequence[Posted], snapshots: Sequence[OrderSnapshot] = ()) -> Update:
        """Return what changed since."""
        feed = self._feed
        states = [self._state(feed.symbols[number]) for number in sorted(feed.changed)]
        feed.changed.clear()
        return Update(predecessor, feed.entry, feed.hash, feed.epoch, messages, snapshots, states, self._positions())

    def mark(self) -> bool:
        """Have the unrealised profit of all holders published where the price is another; whether there is any."""
        for number, held in self._feed.positions.held.items():
            last = self._feed.symbols[number].book.last
            if held and self._marked.get(number) != last:
                self._marked[number] = last
                self._feed.positions.moved.update((account, number) for account in held)
        return bool(self._feed.positions.moved)

    def _state(self, symbol: SymbolFeed) -> SymbolState:
        book, epoch, ms = symbol.book, self._feed.epoch, self._feed.ms
        levels = [{price: book.levels[side].get(price, 0) for price in sorted(symbol.dirty[side])} for side in (0, 1)]
        for side in (0, 1):
            symbol.dirty[side].clear()
        return SymbolState(
            symbol.listing.symbol,
            symbol.listing.tick_size,
            symbol.listing.lot_size,
            book.last,
            symbol.listing.price(book.last),
            symbol.seq,
            symbol.checksum(),
            levels[0],
            levels[1],
            symbol.best(epoch, ms),
            symbol.statistics(epoch, ms),
        )

    def _positions(self) -> list[HeldState]:
        feed, states = self._feed, []
        for account, number in sorted(feed.positions.moved):
            symbol, position = feed.symbols[number], feed.positions.find(account, number)
            made = None
            if position is not None:
                listing = symbol.listing
                made = PositionState(
                    listing.quantity(position.quantity),
                    listing.mean(position.cost, position.quantity * listing.tick_value),
                    listing.cash(position.unrealised(symbol.book.last, listing.tick_value)),
                )
            states.append(HeldState(feed.account(account), symbol.listing.symbol, made))
        feed.positions.moved.clear()
        return states
