"""What a participant knows of itself: its open orders, inventory and cash, from its own events alone."""

from arbitrax.exchange.simulation.draws import Draws


class OwnOrder:
    """An open order; prices in ticks, quantities in lots."""

    __slots__ = ("filled", "open", "price", "side")

    def __init__(self, side: int, price: int, lots: int) -> None:
        self.side, self.price, self.open, self.filled = side, price, lots, 0


class Desk:
    """One account. ``unanswered``: instructions on their way, each of which gets exactly one answer.

    ``cash`` is what trades brought or cost, before ``fees``; both in units.
    """

    __slots__ = (
        "account", "cash", "draws", "fees", "inventory", "latency", "made", "orders", "refused", "sent", "taken",
        "tick_value", "unanswered",
    )  # fmt: skip

    def __init__(self, account: int, tick_value: int, latency: int, draws: Draws) -> None:
        self.account, self.tick_value, self.latency, self.draws = account, tick_value, latency, draws
        self.orders: dict[int, OwnOrder] = {}
        self.inventory = self.cash = self.fees = 0
        self.unanswered = self.sent = self.refused = 0
        self.made = self.taken = 0

    def accept(self, order: int, side: int, price: int, lots: int) -> None:
        """Note a new order."""
        self.unanswered -= 1
        self.orders[order] = OwnOrder(side, price, lots)

    def change(self, order: int, price: int, left: int) -> None:
        """Note what an amendment made of an order."""
        self.unanswered -= 1
        mine = self.orders[order]
        mine.price, mine.open = price, left

    def refuse(self) -> None:
        """Note that the exchange said no."""
        self.unanswered -= 1
        self.refused += 1

    def end(self, order: int, *, asked: bool) -> None:
        """Note that an order is gone; ``asked``: because of an instruction."""
        self.unanswered -= asked
        self.orders.pop(order, None)

    def fill(self, order: int, side: int, price: int, lots: int, left: int) -> None:
        """Note a trade."""
        signed = -lots if side else lots
        self.inventory += signed
        self.cash -= signed * price * self.tick_value
        mine = self.orders[order]
        mine.open = left
        mine.filled += lots
        if not left:
            del self.orders[order]
