"""litebook: prices and lots are floats; no market orders (a limit far away) and no amends (cancel and a new order)."""

from typing import Any

from litebook import OrderBook, OrderType

from benchmarks.exchange.peers.worker import Handled, Trade, main

SIDES = (OrderType.Buy, OrderType.Sell)


class Litebook(Handled):
    """Ids are strings it makes."""

    def __init__(self, recording: bool) -> None:
        self.book = OrderBook(tick_size=1.0)
        self.ids: dict[int, str] = {}
        self.names: dict[str, int] = {}
        self.trades: list[Trade] = []
        self.recording = recording

    def add(self, order: int, side: int, price: int, lots: int) -> None:
        made = self.book.create_order(SIDES[side], float(price), float(lots))
        self.ids[order] = made.id
        fills = self.book.add(made)
        if self.recording:
            self.names[made.id] = order
            for each in fills or ():
                maker = self.names[each.buy_id if side else each.sell_id]
                self.trades.append(Trade(maker, order, int(each.price), int(each.quantity)))

    def market(self, order: int, side: int, price: int, lots: int) -> None:
        self.add(order, side, 1 if side else 10_000_000, lots)

    def cancel(self, order: int, side: int, price: int, lots: int) -> bool:
        return self.book.cancel(self.ids[order])

    def reduce(self, order: int, side: int, price: int, lots: int) -> None:
        self.cancel(order, side, price, lots)
        self.add(order, side, price, lots)

    replace = reduce

    def report(self) -> dict[str, Any]:
        return {"trades": self.trades}


if __name__ == "__main__":
    main(Litebook)
