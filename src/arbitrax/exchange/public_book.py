"""The book everybody sees: depth by price and the last trade, from the exchange's events alone."""

from bisect import bisect_left, insort

from arbitrax.exchange.records import Code, Happening

FILLED, CANCELLED, QUOTED = int(Happening.FILLED), int(Happening.CANCELLED), int(Happening.QUOTED)
TRIGGERED = int(Happening.TRIGGERED)
SHOWING = {
    int(each)
    for each in (
        Happening.ACCEPTED,
        Happening.AMENDED,
        Happening.TRIGGERED,
        Happening.REFILLED,
        Happening.REPRICED,
        Happening.DECREMENTED,
    )
}
"""Events whose ``price`` and ``maker_open`` say where an order stands and what it shows."""
UNCROSSED = int(Code.UNCROSSED)


def house_number(side: int, price: int) -> int:
    """Return the number under which the external market stands at a price: below 0, as no order's."""
    return -(2 * price + side) - 2


class Standing:
    """What of an order the book shows: lots at a price; ``display``: what an iceberg shows at most, 0: no iceberg."""

    __slots__ = ("display", "price", "shown", "side")

    def __init__(self, side: int, price: int) -> None:
        self.side, self.price = side, price
        self.shown = self.display = 0


class PublicBook:
    """Depth of one symbol. Prices in ticks, 0 when there is none; quantities in lots.

    ``last`` is the price of the last trade; ``volume`` and ``turnover`` (ticks x lots) count all trades.
    """

    __slots__ = ("last", "levels", "prices", "standing", "turnover", "volume")

    def __init__(self) -> None:
        self.levels: tuple[dict[int, int], dict[int, int]] = ({}, {})
        """Lots by price, of bids and of asks."""
        self.prices: tuple[list[int], list[int]] = ([], [])
        """The keys of `levels`, ascending."""
        self.last = self.volume = self.turnover = 0
        self.standing: dict[int, Standing] = {}
        """Open orders by id, those that show nothing included; the external market's: `house_number`."""

    @property
    def bid(self) -> int:
        """The highest price somebody pays."""
        return self.best(0)

    @property
    def ask(self) -> int:
        """The lowest price somebody takes."""
        return self.best(1)

    def best(self, side: int) -> int:
        """Return the best price of a side."""
        prices = self.prices[side]
        return prices[0 if side else -1] if prices else 0

    def top(self, side: int, levels: int) -> list[int]:
        """Return the best prices of a side, best first."""
        prices = self.prices[side]
        return prices[:levels] if side else prices[: -levels - 1 : -1]

    def apply(self, event: tuple[int, ...]) -> None:
        """Follow one event of the symbol, a row of EVENT as integers."""
        order, maker, price, quantity, left, shown, _, _, _, code, kind, side = event
        if kind in SHOWING:
            standing = self.standing.get(order)
            if standing is None:
                standing = self.standing[order] = Standing(side, price)
            else:
                self.move(side, standing.price, -standing.shown)
            if kind != TRIGGERED:  # whose price is the trigger; it stands at its limit
                standing.price = price
            standing.shown = shown
            if shown < left:
                standing.display = max(standing.display, shown)
            self.move(side, standing.price, shown)
        elif kind == FILLED:
            self.last = price
            self.volume += quantity
            self.turnover += price * quantity
            if code == UNCROSSED:
                self._uncross(order, quantity, left)
                self._uncross(maker, quantity, shown)
            else:
                self._take(order, left)
                self._make(maker or house_number(1 - side, price), quantity, shown)
        elif kind == CANCELLED:
            self._end(order or house_number(side, price))
        elif kind == QUOTED:
            self._end(number := house_number(side, price))
            if left:
                self.standing[number] = Standing(side, price)
                self._show(number, left, left)

    def _end(self, order: int) -> None:
        standing = self.standing.pop(order, None)
        if standing is not None:
            self.move(standing.side, standing.price, -standing.shown)

    def _show(self, order: int, shown: int, left: int) -> None:
        """Let an order show other lots where it stands; forget it when nothing is left."""
        standing = self.standing.get(order)
        if standing is not None:
            self.move(standing.side, standing.price, shown - standing.shown)
            standing.shown = shown
            if not left:
                del self.standing[order]

    def _take(self, order: int, left: int) -> None:
        """Let a taker show no more than what is left of it."""
        standing = self.standing.get(order)
        if standing is not None:
            self._show(order, min(standing.shown, left), left)

    def _make(self, order: int, lots: int, left: int) -> None:
        """Take lots off a resting order; what more an iceberg has it shows with its next event."""
        standing = self.standing.get(order)
        if standing is not None:
            rest = standing.shown - lots
            self._show(order, rest, rest if order < 0 else left)

    def _uncross(self, order: int, lots: int, left: int) -> None:
        """Trade lots of a resting order in an auction, where an iceberg trades from its place."""
        standing = self.standing.get(order)
        if standing is not None:
            rest = standing.shown - lots
            self._show(order, rest if rest > 0 else min(left, standing.display or left), left)

    def move(self, side: int, price: int, lots: int) -> None:
        """Add lots to a level; below 0: take them off."""
        levels = self.levels[side]
        have = levels.get(price)
        if have is None:
            if lots:
                levels[price] = lots
                insort(self.prices[side], price)
        elif have + lots:
            levels[price] = have + lots
        else:
            del levels[price]
            prices = self.prices[side]
            del prices[bisect_left(prices, price)]
