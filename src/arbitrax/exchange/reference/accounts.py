"""Cash and positions of an account. Cash in units, quantities in lots, values = price x lots x tick value."""

from dataclasses import dataclass, field

from arbitrax.exchange.records import AccountKind, Side


@dataclass(slots=True)
class Position:
    """What an account holds of a symbol, what it cost, and what its open orders may do to it."""

    quantity: int = 0
    """Lots; below 0: short."""
    cost: int = 0
    """Cash paid for what is held (below 0: received). The average price is ``cost / (quantity x tick value)``, exact."""
    realised: int = 0
    """Profit of what was closed, before fees. realised - cost = all that the trades paid, to the unit."""
    fees: int = 0
    lots: list[int] = field(default_factory=lambda: [0, 0])
    """Open lots of buys and of sells."""
    reserves: list[int] = field(default_factory=lambda: [0, 0])
    """Their reservations, cash: the sum of open x lot_reserve."""
    reducing: list[int] = field(default_factory=lambda: [0, 0])
    """Open reduce-only orders of each side."""

    def trade(self, lots: int, price: int, tick_value: int) -> None:
        """Take a trade in: ``lots`` above 0 were bought.

        What closes releases its share of the cost, rounded towards 0; the rest stays with what is left, so nothing is
        lost. What goes through 0 opens at the trade's price.
        """
        closed = min(abs(lots), abs(self.quantity)) if self.quantity * lots < 0 else 0
        opened = (abs(lots) - closed) * (1 if lots > 0 else -1)
        if closed:
            share = abs(self.cost) * closed // abs(self.quantity) * (1 if self.cost > 0 else -1)
            paid = closed * price * tick_value * (1 if lots > 0 else -1)
            self.realised += -paid - share
            self.cost -= share
        self.cost += opened * price * tick_value
        self.quantity += lots

    def exposed(self, side: int) -> int:
        """Return the open lots of a side that would do more than close the position."""
        held = -self.quantity if side == Side.BUY else self.quantity
        return max(self.lots[side] - max(held, 0), 0)

    def reserved(self) -> int:
        """Return what a margin account sets aside for open orders: of each side the exposed share, rounded up."""
        return sum(
            -(-self.reserves[side] * self.exposed(side) // self.lots[side]) for side in (0, 1) if self.lots[side]
        )

    def unrealised(self, mark: int, tick_value: int) -> int:
        """Return what closing at ``mark`` ticks would add to ``realised``."""
        return self.quantity * mark * tick_value - self.cost


@dataclass(slots=True)
class Account:
    """An account. Those of fees and of the house have no kind that limits them: see `risk`."""

    id: int
    kind: int = AccountKind.CASH
    cash: int = 0
    killed: bool = False
    max_position: int = 0
    max_notional: int = 0
    max_orders: int = 0
    max_rate: int = 0
    second: int = 0
    """The second of engine time in which ``submitted`` counts."""
    submitted: int = 0
    dead_man: int = 0
    """When all orders go unless asked again, ms; 0: never."""
    positions: dict[int, Position] = field(default_factory=dict)
    """By symbol; each that was ever ordered or traded."""

    def position(self, symbol: int) -> Position:
        """Return the position, made when new."""
        return self.positions.setdefault(symbol, Position())
