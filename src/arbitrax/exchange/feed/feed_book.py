"""A public book that knows what changed: levels for depth, orders for the feed by order."""

from __future__ import annotations

from arbitrax.exchange.public_book import PublicBook, Standing, house_number
from arbitrax.exchange.records import Happening

ACCEPTED, FILLED, CANCELLED = int(Happening.ACCEPTED), int(Happening.FILLED), int(Happening.CANCELLED)
AMENDED, DECREMENTED, QUOTED = int(Happening.AMENDED), int(Happening.DECREMENTED), int(Happening.QUOTED)
JOINING = {int(each) for each in (Happening.TRIGGERED, Happening.REFILLED, Happening.REPRICED)}
"""Events after which an order stands at the back of its queue."""

OrderChange = tuple[int, int, int, int]
"""Order, side, price in ticks, lots shown; price 0: it keeps its place, lots 0: it is gone."""


class FeedBook(PublicBook):
    """Notes changes until somebody takes them; those of orders only while `follow_orders`."""

    __slots__ = ("changed", "follows_orders", "known", "totals", "touched")

    def __init__(self) -> None:
        super().__init__()
        self.changed: tuple[dict[int, int], dict[int, int]] = ({}, {})
        """Lots of a price before its first change, of bids and of asks."""
        self.follows_orders = False
        self.touched: dict[int, bool] = {}
        """Orders, in the order in which they joined their queues; whether they did."""
        self.known: set[int] = set()
        """Orders that are shown, as of the last time changes were taken."""
        self.totals: dict[int, int] = {}
        """Lots of an order, filled ones included: an amend to more loses the place."""

    def apply(self, event: tuple[int, ...]) -> None:  # noqa: PLR0912 - one branch a kind, hot
        """Follow one event of the symbol. `standing` is in the order in which orders joined their queues."""
        order, maker, price, quantity, left, shown, _, _, _, _, kind, side = event
        if kind == ACCEPTED:  # as PublicBook.apply does it, without asking what else it may be: most events are these
            self.totals[order] = quantity
            standing = self.standing[order] = Standing(side, price)
            standing.shown = shown
            if shown < left:
                standing.display = shown
            if shown:
                self.move(side, price, shown)
            if self.follows_orders:
                self._touch(order, joins=True)
            return
        if kind == CANCELLED:
            number = order or house_number(side, price)
            self._end(number)
            self.totals.pop(number, None)
            if self.follows_orders:
                self._touch(number, joins=False)
            return
        if kind == FILLED:
            if self.follows_orders:
                self._touch(order, joins=False)
                self._touch(maker or house_number(1 - side, price), joins=False)
        elif kind == AMENDED:
            known = self.standing.get(order)
            joins = known is None or known.price != price or quantity > self.totals.get(order, 0)
            self.totals[order] = quantity
            self._join(order, joins=joins)
        elif kind in JOINING:
            self._join(order, joins=True)
        elif kind == DECREMENTED:
            self.totals[order] = self.totals.get(order, 0) - quantity
            self._join(order, joins=False)
        elif kind == QUOTED:
            self._join(house_number(side, price), joins=False)
        super().apply(event)
        if kind == FILLED:
            for number in (order, maker):
                if number not in self.standing:
                    self.totals.pop(number, None)

    def follow_orders(self, wanted: bool) -> None:
        """Note changes of orders from now on, or no longer."""
        if wanted != self.follows_orders:
            self.follows_orders = wanted
            self.touched.clear()
            self.known = {order for order, each in self.standing.items() if each.shown} if wanted else set()

    def take_levels(self) -> tuple[dict[int, int], dict[int, int]]:
        """Return the prices whose lots are others than when this was last asked, with what they were."""
        bids, asks = self.changed
        if not (bids or asks):
            return self.changed
        self.changed = ({}, {})
        return (
            {price: was for price, was in bids.items() if self.levels[0].get(price, 0) != was},
            {price: was for price, was in asks.items() if self.levels[1].get(price, 0) != was},
        )

    def take_orders(self) -> list[OrderChange]:
        """Return what became of orders since this was last asked. Those that join a queue come in that order."""
        changes: list[OrderChange] = []
        for order, joins in self.touched.items():
            standing = self.standing.get(order)
            if standing is None or not standing.shown:
                if order in self.known:
                    self.known.discard(order)
                    changes.append((order, 0, 0, 0))
            elif joins or order not in self.known:
                if not joins:
                    self.standing[order] = self.standing.pop(order)
                self.known.add(order)
                changes.append((order, standing.side, standing.price, standing.shown))
            else:
                changes.append((order, standing.side, 0, standing.shown))
        self.touched.clear()
        return changes

    def _join(self, order: int, *, joins: bool) -> None:
        if joins and order in self.standing:
            self.standing[order] = self.standing.pop(order)
        if self.follows_orders:
            self._touch(order, joins=joins)

    def _touch(self, order: int, *, joins: bool) -> None:
        if joins:
            self.touched.pop(order, None)
            self.touched[order] = True
        else:
            self.touched.setdefault(order, False)

    def move(self, side: int, price: int, lots: int) -> None:
        """Add lots to a level; below 0: take them off."""
        changed = self.changed[side]
        if price not in changed:
            changed[price] = self.levels[side].get(price, 0)
        super().move(side, price, lots)
