"""liquibook: its SWIG binding; amends are its replace, by difference of lots and price."""

from typing import Any

import liquibook

from benchmarks.exchange.peers.worker import Handled, Trade, main


class Listener(liquibook.OrderListener):
    """What it calls back; the order that came second is told first."""

    def __init__(self, trades: list[tuple[int, int, int, int]] | None) -> None:
        liquibook.OrderListener.__init__(self)
        self.trades = trades

    def on_fill(self, order: Any, matched: Any, lots: int, price: int) -> None:
        if self.trades is not None:
            self.trades.append((matched.order_id_, order.order_id_, price, lots))

    def nothing(self, *_: Any) -> None:
        pass

    on_accept = on_reject = on_cancel = on_cancel_reject = on_replace = on_replace_reject = on_trigger_stop = nothing


class Liquibook(Handled):
    """An order's number is the binding's count."""

    def __init__(self, recording: bool) -> None:
        self.book = liquibook.liquibook_book_OrderBook("X")
        self.trades: list[tuple[int, int, int, int]] = []
        self.listener = Listener(self.trades if recording else None)
        self.book.set_order_listener(self.listener)
        self.orders: dict[int, Any] = {}

    def add(self, order: int, side: int, price: int, lots: int) -> None:
        made = liquibook.SimpleOrder(not side, price, lots)
        self.orders[order] = made
        self.book.add(made)

    def market(self, order: int, side: int, price: int, lots: int) -> None:
        self.add(order, side, 0, lots)

    def cancel(self, order: int, side: int, price: int, lots: int) -> None:
        self.book.cancel(self.orders[order])

    def reduce(self, order: int, side: int, price: int, lots: int) -> None:
        found = self.orders[order]
        self.book.replace(found, lots - found.open_qty(), price)

    replace = reduce

    def report(self) -> dict[str, Any]:
        names = {made.order_id_: order for order, made in self.orders.items()}
        return {"trades": [Trade(names[maker], names[taker], price, lots) for maker, taker, price, lots in self.trades]}


if __name__ == "__main__":
    main(Liquibook)
