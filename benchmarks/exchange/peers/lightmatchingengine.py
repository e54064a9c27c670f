"""lightmatchingengine: no amends; fewer lots are written into its order, a new price is a cancel and a new order."""

from contextlib import suppress
from typing import Any

from lightmatchingengine.lightmatchingengine import LightMatchingEngine

from benchmarks.exchange.peers.worker import Handled, Trade, main

SIDES = (1, 2)


class Light(Handled):
    """It tells both sides of a trade, the taker's in one piece a price."""

    def __init__(self, recording: bool) -> None:
        self.engine = LightMatchingEngine()
        self.orders: dict[int, Any] = {}
        self.names: dict[int, int] = {}
        self.trades: list[Trade] = []
        self.recording = recording

    def add(self, order: int, side: int, price: int, lots: int) -> None:
        made, told = self.engine.add_order("X", price, lots, SIDES[side])
        self.orders[order] = made
        if self.recording:
            self.names[made.order_id] = order
            for each in told:
                if each.trade_side != SIDES[side]:
                    self.trades.append(Trade(self.names[each.order_id], order, each.trade_price, each.trade_qty))

    def market(self, order: int, side: int, price: int, lots: int) -> None:
        self.add(order, side, 0, lots)

    def cancel(self, order: int, side: int, price: int, lots: int) -> None:
        with suppress(AssertionError):
            self.engine.cancel_order(self.orders[order].order_id, "X")

    def reduce(self, order: int, side: int, price: int, lots: int) -> None:
        self.orders[order].leaves_qty = lots

    def replace(self, order: int, side: int, price: int, lots: int) -> None:
        self.cancel(order, side, price, lots)
        self.add(order, side, price, lots)

    def report(self) -> dict[str, Any]:
        return {"trades": self.trades}


if __name__ == "__main__":
    main(Light)
