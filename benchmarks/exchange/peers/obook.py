"""obook: a Go engine by its C interface; events are asked for every 64 messages, and before an amend."""

from typing import Any

import obook

from benchmarks.exchange.peers.worker import Handled, Trade, main

OFTEN = 64


class OBook(Handled):
    """It gives ids itself. An amend names the total, so fills are added up."""

    def __init__(self, recording: bool) -> None:
        self.book = obook.Book(max_orders=2_000_000)
        self.ids: dict[int, int] = {}
        self.names: dict[int, int] = {}
        self.filled: dict[int, int] = {}
        self.trades: list[Trade] = []
        self.until = OFTEN

    def drain(self) -> None:
        self.until = OFTEN
        for each in self.book.events():
            if each.kind == 3:
                for order in (each.maker_id, each.taker_id):
                    self.filled[order] = self.filled.get(order, 0) + each.qty
                self.trades.append(Trade(each.maker_id, each.taker_id, each.price, each.qty))

    def known(self, order: int, given: int) -> None:
        self.ids[order] = given
        self.names[given] = order
        self.until -= 1
        if self.until == 0:
            self.drain()

    def add(self, order: int, side: int, price: int, lots: int) -> None:
        self.known(order, self.book.submit(order, side, price, lots)[0])

    def market(self, order: int, side: int, price: int, lots: int) -> None:
        self.known(order, self.book.submit(order, side, 0, lots, obook.MARKET, obook.IOC)[0])

    def cancel(self, order: int, side: int, price: int, lots: int) -> None:
        self.book.cancel(self.ids[order], order)

    def reduce(self, order: int, side: int, price: int, lots: int) -> None:
        self.drain()
        given = self.ids[order]
        self.book.reduce(given, lots + self.filled.get(given, 0), order)

    def replace(self, order: int, side: int, price: int, lots: int) -> None:
        self.known(order, self.book.replace(self.ids[order], order, side, price, lots)[0])

    def report(self) -> dict[str, Any]:
        self.drain()
        return {
            "trades": [
                each._replace(maker=self.names[each.maker], taker=self.names[each.taker]) for each in self.trades
            ]
        }


if __name__ == "__main__":
    main(OBook)
