"""nautilus_trader: its order-by-order book (L3) in Rust, told what changes, as it matches no orders with each other.

The changes are made ready outside the clock; ``reduce`` is an update of what is open.
"""

from collections.abc import Iterable
from typing import Any

from nautilus_trader.model.book import OrderBook
from nautilus_trader.model.data import BookOrder, OrderBookDelta
from nautilus_trader.model.enums import BookAction, BookType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.model.objects import Price, Quantity

from benchmarks.exchange.peers.worker import ADD, CANCEL, REDUCE, Call, Row, main

SYMBOL = InstrumentId.from_str("X.SIM")
ACTIONS = {ADD: BookAction.ADD, CANCEL: BookAction.DELETE, REDUCE: BookAction.UPDATE}
SIDES = (OrderSide.BUY, OrderSide.SELL)


class Nautilus:
    """One delta a call."""

    def __init__(self, recording: bool) -> None:
        self.book = OrderBook(SYMBOL, BookType.L3_MBO)

    def calls(self, rows: Iterable[Row]) -> list[Call]:
        return [(self.book.apply_delta, (self.delta(*row),)) for row in rows]

    def delta(self, op: int, order: int, side: int, price: int, lots: int) -> OrderBookDelta:
        told = BookOrder(SIDES[side], Price(price, 0), Quantity(max(lots, 1), 0), order)
        return OrderBookDelta(SYMBOL, ACTIONS[op], told, 0, 0, 0, 0)

    def report(self) -> dict[str, Any]:
        return {"touch": [int(self.book.best_bid_price()), int(self.book.best_ask_price())]}


if __name__ == "__main__":
    main(Nautilus)
