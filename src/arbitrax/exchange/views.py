"""What an engine shows of its state, the same for every implementation. Prices in ticks, quantities in lots."""

from enum import IntEnum
from typing import NamedTuple

from arbitrax.exchange.records import Check, Code, Side, TimeInForce, Type


class Level(NamedTuple):
    """A price of the book."""

    price: int
    shown: int
    orders: int


class Queued(NamedTuple):
    """An order in its queue; ``order`` is 0 for the house."""

    price: int
    order: int
    shown: int
    open: int


class Place(IntEnum):
    """Where an open order is."""

    NOWHERE = 0
    """Being executed: never seen between commands."""
    BOOK = 1
    WAITING = 2
    """A stop that has not triggered."""
    RUNNING = 3
    """A stop that triggered and waits for its turn."""
    PARKED = 4
    """A peg without a price to follow."""


class OrderView(NamedTuple):
    """An open order. 0: a price it does not have.

    ``price`` is where it stands in the book, ``limit`` the worst it may trade at, ``stop`` its trigger. ``total``
    counts filled lots, ``shown`` are those the book displays. ``ahead`` are the lots in front of it in its queue: in
    the book those shown at its price, of a stop those open at its trigger, or in line. ``expire``: engine time, ms.
    """

    symbol: int
    account: int
    side: Side
    type: Type
    time_in_force: TimeInForce
    price: int
    limit: int
    stop: int
    total: int
    open: int
    shown: int
    place: Place
    ahead: int
    expire: int

    def __repr__(self) -> str:
        numbers = (
            f"{name}={value}" for name, value in self._asdict().items() if value and not isinstance(value, IntEnum)
        )
        kinds = (self.side, self.type, self.time_in_force, self.place)
        return f"OrderView({', '.join([*(each.name for each in kinds), *numbers])})"


class AccountView(NamedTuple):
    """Cash in units; ``available`` is buying power, which on margin may fall below 0."""

    cash: int
    available: int
    killed: bool


class PositionView(NamedTuple):
    """Lots held, below 0 short; what they cost; profit closed and, at the mark, open; fees; open lots by side.

    The average price is ``cost / (quantity x tick value)``.
    """

    quantity: int
    cost: int
    realised: int
    unrealised: int
    fees: int
    buys: int
    sells: int


class Finding(NamedTuple):
    """What a check of a submission found: `Check` says what value and limit are, in ticks, lots or units of cash."""

    check: Check
    code: Code
    """OK: it passed."""
    value: int
    limit: int
    """0 where there is none."""


class Verdict(NamedTuple):
    """What a submission would meet."""

    time: int
    """The engine's, ms: as of which moment."""
    repeats: int
    """The order that was sent under its client id and says the same; 0: none. Then nothing else was checked."""
    fills: int
    """Lots that would trade at once; -1: that cannot be said."""
    findings: tuple[Finding, ...]
    """In the engine's order. What comes after a check without which it would mean nothing was not made."""

    @property
    def code(self) -> Code:
        """Return what it would be refused with; OK: accepted."""
        return next((each.code for each in self.findings if each.code != Code.OK), Code.OK)
