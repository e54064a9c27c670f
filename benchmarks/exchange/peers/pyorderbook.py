"""pyorderbook: prices are Decimals, ids UUIDs; no market orders and no amends."""

import logging
from typing import Any

from pyorderbook import Book, ask, bid

from benchmarks.exchange.peers.worker import Handled, Trade, main

logging.disable(logging.CRITICAL)


class PyOrderBook(Handled):
    """Fewer lots are written into its order, a new price is a cancel and a new order."""

    def __init__(self, recording: bool) -> None:
        self.book = Book()
        self.orders: dict[int, Any] = {}
        self.names: dict[Any, int] = {}
        self.trades: list[Trade] = []
        self.recording = recording

    def add(self, order: int, side: int, price: int, lots: int) -> None:
        made = (bid, ask)[side]("X", price, lots)
        self.orders[order] = made
        told = self.book.match(made)
        if self.recording:
            self.names[made.id] = order
            for each in told.trades:
                maker = self.names[each.standing_order_id]
                self.trades.append(Trade(maker, order, int(each.fill_price), each.fill_quantity))

    def market(self, order: int, side: int, price: int, lots: int) -> None:
        self.add(order, side, 0 if side else 10**9, lots)

    def cancel(self, order: int, side: int, price: int, lots: int) -> None:
        self.book.cancel(self.orders[order])

    def reduce(self, order: int, side: int, price: int, lots: int) -> None:
        self.orders[order].quantity = lots

    def replace(self, order: int, side: int, price: int, lots: int) -> None:
        self.cancel(order, side, price, lots)
        self.add(order, side, price, lots)

    def report(self) -> dict[str, Any]:
        return {"trades": self.trades}


if __name__ == "__main__":
    main(PyOrderBook)
