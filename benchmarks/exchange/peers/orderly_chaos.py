"""orderly-chaos by its Python wrapper."""

from typing import Any

from orderly_chaos import LimitOrderBook, Side

from benchmarks.exchange.peers.worker import Handled, Trade, main

SIDES = (Side.BUY, Side.SELL)


class OrderlyChaos(Handled):
    """Less by so many lots: what is open is asked first. Another price: cancel, then a new order of the same id."""

    def __init__(self, recording: bool) -> None:
        self.trades: list[Trade] = []
        self.book = LimitOrderBook(self.traded if recording else None)

    def traded(self, told: Any) -> None:
        self.trades.append(Trade(told.maker_id, told.taker_id, told.price, told.quantity))

    def add(self, order: int, side: int, price: int, lots: int) -> None:
        self.book.limit(SIDES[side], order, lots, price)

    def market(self, order: int, side: int, price: int, lots: int) -> None:
        self.book.market(SIDES[side], order, lots)

    def cancel(self, order: int, side: int, price: int, lots: int) -> None:
        self.book.cancel(order)

    def reduce(self, order: int, side: int, price: int, lots: int) -> None:
        self.book.reduce(order, self.book.get(order).quantity - lots)

    def replace(self, order: int, side: int, price: int, lots: int) -> None:
        self.book.cancel(order)
        self.book.limit(SIDES[side], order, lots, price)

    def report(self) -> dict[str, Any]:
        return {"trades": self.trades}


if __name__ == "__main__":
    main(OrderlyChaos)
