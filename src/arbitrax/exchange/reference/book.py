"""One symbol: its rules, its two sides, its stops and pegs, its phase."""

from dataclasses import dataclass, field

from arbitrax.exchange.records import DEFAULT_COLLAR, MAX_PRICE, MAX_QUANTITY, InstrumentFlag, Phase, Side, Type
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.prices import Levels
from arbitrax.exchange.views import Place


@dataclass(frozen=True, slots=True)
class Rules:
    """An instrument's configuration, as `records.INSTRUMENT_RULES`, zeros replaced by what they stand for."""

    tick_value: int = 1
    min_notional: int = 0
    max_quantity: int = MAX_QUANTITY
    price_step: int = 1
    quantity_step: int = 1
    band: int = 0
    collar: int = DEFAULT_COLLAR
    maker_fee: int = 0
    taker_fee: int = 0
    margin: int = 10_000
    flags: int = 0

    @property
    def accounts(self) -> bool:
        """Whether cash, positions and limits are kept."""
        return not self.flags & InstrumentFlag.NO_ACCOUNTS


def both_sides() -> tuple[Levels[Order], Levels[Order]]:
    """Return bids, best the highest, and asks, best the lowest."""
    return Levels(descending=True), Levels(descending=False)


def stop_indexes() -> dict[tuple[int, bool], Levels[Order]]:
    """Return waiting stops by (side, on quote): buys trigger from the lowest, sells from the highest."""
    return {(side, quote): Levels(descending=side == Side.SELL) for side in (0, 1) for quote in (False, True)}


@dataclass(slots=True)
class Book:
    """The state of one symbol."""

    symbol: int
    rules: Rules
    sides: tuple[Levels[Order], Levels[Order]] = field(default_factory=both_sides)
    stops: dict[tuple[int, bool], Levels[Order]] = field(default_factory=stop_indexes)
    running: list[Order] = field(default_factory=list)
    """Stops that triggered and wait for their turn, first come first."""
    pegs: dict[int, Order] = field(default_factory=dict)
    """Open pegs by id, those in the book and those without a price."""
    external: tuple[dict[int, int], dict[int, int]] = field(default_factory=lambda: ({}, {}))
    """What the external market shows, lots by price, for each side."""
    phase: int = Phase.CONTINUOUS
    last: int = 0
    """Price of the last trade, ticks; 0: none yet."""
    reference: int = 0
    prints: list[int] = field(default_factory=list)
    """Trade prices of the pass in progress, which stops have yet to see; empty between commands."""

    def best(self, side: int) -> int | None:
        """Return the touch of a side."""
        return self.sides[side].best()

    def best_fixed(self, side: int) -> int | None:
        """Return the best price at which an order that is no peg stands."""
        levels = self.sides[side]
        return next((p for p in levels.prices() if any(each.type != Type.PEG for each in levels.queues[p])), None)

    def mark(self) -> int:
        """Return the price positions are valued at: the last trade, else the reference."""
        return self.last or self.reference

    def rest(self, order: Order, price: int) -> None:
        """Put an order at the back of its level; an iceberg shows its first part."""
        order.price, order.place, order.shown = price, Place.BOOK, order.display_of(order.open)
        self.sides[order.side].append(price, order)

    def wait(self, order: Order) -> None:
        """Put a stop behind those with its trigger price."""
        order.place = Place.WAITING
        self.stops[order.side, order.on_quote].append(order.stop, order)

    def take_out(self, order: Order) -> None:
        """Remove an order from wherever it is."""
        if order.place == Place.BOOK:
            self.sides[order.side].remove(order.price, order)
        elif order.place == Place.WAITING:
            self.stops[order.side, order.on_quote].remove(order.stop, order)
        elif order.place == Place.RUNNING:
            self.running = [each for each in self.running if each is not order]
        order.price, order.shown, order.place = 0, 0, Place.NOWHERE

    def ahead(self, order: Order) -> int:
        """Return the lots in front of an order in its queue: in the book those shown, elsewhere those open."""
        if order.place == Place.BOOK:
            queue = self.sides[order.side].queues[order.price]
        elif order.place == Place.WAITING:
            queue = self.stops[order.side, order.on_quote].queues[order.stop]
        else:
            queue = self.running if order.place == Place.RUNNING else [order]
        ahead = queue[: queue.index(order)]
        return sum(each.shown if order.place == Place.BOOK else each.open for each in ahead)

    def collar_from(self, side: int, price: int) -> int:
        """Return the worst price that a market order of ``side`` may reach from ``price``; rounded inwards."""
        width = price * self.rules.collar // 10_000
        return min(price + width, MAX_PRICE) if side == Side.BUY else max(price - width, 1)
