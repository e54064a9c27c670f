"""One symbol of the feed: events in, numbered messages out."""

from __future__ import annotations

from datetime import UTC, datetime

from arbitrax.exchange.feed.checksum import LEVELS, checksum, side_text
from arbitrax.exchange.feed.feed_book import FILLED, FeedBook, OrderChange
from arbitrax.exchange.feed.listing import Listing
from arbitrax.exchange.feed.messages import (
    Bbo,
    Channel,
    ClientLevel,
    DepthChange,
    LevelChange,
    Message,
    OrderChanges,
    OrderOperation,
    OrderSnapshot,
    Statistics,
    Trade,
    Trades,
)
from arbitrax.exchange.feed.statistics import DAY, DayStatistics
from arbitrax.exchange.records import Code, Happening, Phase, Side

STATE, UNCROSSED = int(Happening.STATE), int(Code.UNCROSSED)
ORDER_PREFIX = "ord_"
BBO_NOW = tuple[int, int, int, int]
SIDES = ("buy", "sell")


class SymbolFeed:
    """Takes events with `apply`, then makes messages of all since the last time with `finish`."""

    def __init__(self, number: int, listing: Listing) -> None:
        self.number, self.listing = number, listing
        self.book = FeedBook()
        self.day = DayStatistics()
        self.phase = 0
        self.seq = 0
        """Events of the epoch."""
        self.told = 0
        """Those of them that messages tell of."""
        self.trades = 0
        """Of the epoch."""
        self.dirty: tuple[set[int], set[int]] = (set(), set())
        """Prices that changed since somebody last emptied it."""
        self.bbo: BBO_NOW = (0, 0, 0, 0)
        """Bid, its lots, ask, its lots."""
        self.crc = checksum("", "")
        self._texts = ["", ""]
        self._stale = [True, True]
        self._fills: list[tuple[int, int, int, int]] = []
        self._phased = False

    def apply(self, event: tuple[int, ...], ms: int) -> None:
        """Follow an event of the symbol."""
        self.seq += 1
        kind = event[10]
        if kind == FILLED:
            self.day.trade(ms, event[2], event[3])
            self._fills.append((event[2], event[3], 2 if event[9] == UNCROSSED else event[11], ms))
        elif kind == STATE:
            self._phased = self._phased or self.phase != event[3]
            self.phase = event[3]
        self.book.apply(event)

    def restore(self, book: FeedBook) -> None:
        """Go on with a book."""
        self.book, self.bbo = book, (0, 0, 0, 0)
        self.bbo = self._touch()
        self._stale = [True, True]

    def begin_epoch(self) -> None:
        """Count from the beginning."""
        self.seq = self.told = self.trades = 0

    def finish(self, epoch: int, ms: int, *, quiet: bool = False) -> list[tuple[Channel, Message]]:
        """Return what happened since the last time; ``quiet``: nothing, somebody told it already."""
        made: list[tuple[Channel, Message]] = []
        head = (self.listing.symbol, epoch)
        levels = self.book.take_levels()
        for side in (0, 1):
            self._stale[side] = self._stale[side] or bool(levels[side])
        bbo, before = self._touch(), self.bbo
        self.bbo = bbo
        orders = self.book.take_orders() if self.book.follows_orders else []
        if quiet:
            self.trades += len(self._fills)
        else:
            for side in (0, 1):
                self.dirty[side].update(levels[side])
            if self._fills:
                tape = self._trade()
                made.append((Channel.TRADES, Trades(*head, self.trades, ms, tape, tape[0].number - 1)))
            bids, asks = self._changes(0, levels[0]), self._changes(1, levels[1])
            made.append((Channel.DEPTH, DepthChange(*head, self.seq, ms, self.told, bids, asks, self.checksum())))
            if bbo != before:
                made.append((Channel.BBO, self.best(epoch, ms)))
            if self.book.follows_orders:
                operations = [self._operation(each) for each in orders]
                made.append((Channel.ORDERS, OrderChanges(*head, self.seq, ms, self.told, operations)))
            if self._fills or self._phased:
                made.append((Channel.STATISTICS, self.statistics(epoch, ms)))
        self.told = self.seq
        self._fills.clear()
        self._phased = False
        return made

    def checksum(self) -> int:
        """Return that of the book."""
        if self._stale[0] or self._stale[1]:
            for side in (0, 1):
                if self._stale[side]:
                    self._texts[side] = side_text(self.levels(side, LEVELS))
                    self._stale[side] = False
            self.crc = checksum(self._texts[0], self._texts[1])
        return self.crc

    def levels(self, side: int, most: int) -> list[ClientLevel]:
        """Return the best levels of a side."""
        have, price, quantity = self.book.levels[side], self.listing.price, self.listing.quantity
        return [(price(each), quantity(have[each])) for each in self.book.top(side, most)]

    def best(self, epoch: int, ms: int) -> Bbo:
        """Return the best bid and offer."""
        bid, bid_lots, ask, ask_lots = self.bbo
        price, quantity = self.listing.price, self.listing.quantity
        return Bbo(
            self.listing.symbol,
            epoch,
            self.seq,
            ms,
            (price(bid), quantity(bid_lots)) if bid_lots else None,
            (price(ask), quantity(ask_lots)) if ask_lots else None,
        )

    def statistics(self, epoch: int, ms: int) -> Statistics:
        """Return those of the day of ``ms``."""
        day, price = self.day, self.listing.price
        traded = day.count > 0 and day.day == ms // DAY
        return Statistics(
            self.listing.symbol,
            epoch,
            self.seq,
            ms,
            Phase(self.phase).name.lower(),
            datetime.fromtimestamp(ms // DAY * DAY // 1000, UTC).date().isoformat(),
            price(day.last) if day.last else None,
            price(day.open) if traded else None,
            price(day.high) if traded else None,
            price(day.low) if traded else None,
            self.listing.mean(day.turnover, day.volume) if traded else None,
            self.listing.quantity(day.volume if traded else 0),
            day.count if traded else 0,
        )

    def orders(self, epoch: int, ms: int) -> OrderSnapshot:
        """Return every order that is shown, each queue in its order."""
        shown = ((order, each) for order, each in self.book.standing.items() if each.shown)
        operations = [self._operation((order, each.side, each.price, each.shown)) for order, each in shown]
        return OrderSnapshot(self.listing.symbol, epoch, self.seq, ms, operations)

    def _trade(self) -> list[Trade]:
        tape = []
        price, quantity = self.listing.price, self.listing.quantity
        for at, lots, side, ms in self._fills:
            self.trades += 1
            taker = "auction" if side == 2 else SIDES[side]
            tape.append(Trade(self.trades, price(at), quantity(lots), taker, ms))
        return tape

    def _touch(self) -> BBO_NOW:
        (bids, asks), bid, ask = self.book.levels, self.book.bid, self.book.ask
        return bid, bids.get(bid, 0), ask, asks.get(ask, 0)

    def _changes(self, side: int, levels: dict[int, int]) -> list[LevelChange]:
        have, price, quantity = self.book.levels[side], self.listing.price, self.listing.quantity
        return [
            (price(each), quantity(now) if (now := have.get(each, 0)) else "0", quantity(was) if was else "0")
            for each, was in sorted(levels.items(), reverse=not side)
        ]

    def _operation(self, change: OrderChange) -> OrderOperation:
        order, side, price, lots = change
        name = self.order_name(order)
        if not lots:
            return OrderOperation("remove", name, "", "", "0")
        quantity = self.listing.quantity(lots)
        if not price:
            return OrderOperation("set", name, SIDES[side], "", quantity)
        return OrderOperation("add", name, SIDES[side], self.listing.price(price), quantity)

    def order_name(self, order: int) -> str:
        """Return the public id of an order, or that of the external market at a price."""
        if order > 0:
            return f"{ORDER_PREFIX}{order:016x}"
        price, side = divmod(-order - 2, 2)
        return f"house_{Side(side).name.lower()}_{self.listing.price(price)}"
