"""What an engine shows of its state, the same for every implementation. Prices in ticks, quantities in lots."""

from typing import NamedTuple


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
