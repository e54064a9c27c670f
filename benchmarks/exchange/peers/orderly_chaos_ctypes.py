"""orderly-chaos: its C interface through ctypes, without its Python wrapper."""

import ctypes
from collections.abc import Iterable
from typing import Any

from orderly_chaos import Side, _library

from benchmarks.exchange.peers.worker import ADD, CANCEL, MARKET, REDUCE, Call, Row, Trade, main

LIBRARY = _library.library()
SIDES = (int(Side.BUY), int(Side.SELL))


class OrderlyChaos:
    """Less by so many lots: what is open is asked first. Another price: cancel, then a new order of the same id."""

    def __init__(self, recording: bool) -> None:
        self.book = LIBRARY.oc_book_new()
        self.trades: list[Trade] = []
        self.filled = ctypes.byref(ctypes.c_uint32(0))
        self.order = _library.OcOrder()
        self.found = ctypes.byref(self.order)
        if recording:
            self.callback = _library.TradeCallback(self.traded)
            LIBRARY.oc_book_set_trade_callback(self.book, self.callback, None)

    def __del__(self) -> None:
        LIBRARY.oc_book_free(self.book)

    def traded(self, trade: Any, _: Any) -> None:
        told = trade.contents
        self.trades.append(Trade(told.maker_id, told.taker_id, told.price, told.quantity))

    def calls(self, rows: Iterable[Row]) -> list[Call]:
        return [self.call(*row) for row in rows]

    def call(self, op: int, order: int, side: int, price: int, lots: int) -> Call:
        if op == ADD:
            return LIBRARY.oc_book_limit, (self.book, SIDES[side], order, lots, price, self.filled)
        if op == MARKET:
            return LIBRARY.oc_book_market, (self.book, SIDES[side], order, lots, self.filled)
        if op == CANCEL:
            return LIBRARY.oc_book_cancel, (self.book, order)
        return (self.reduce if op == REDUCE else self.replace), (order, side, price, lots)

    def reduce(self, order: int, side: int, price: int, lots: int) -> None:
        LIBRARY.oc_book_get(self.book, order, self.found)
        LIBRARY.oc_book_reduce(self.book, order, self.order.quantity - lots)

    def replace(self, order: int, side: int, price: int, lots: int) -> None:
        LIBRARY.oc_book_cancel(self.book, order)
        LIBRARY.oc_book_limit(self.book, SIDES[side], order, lots, price, self.filled)

    def report(self) -> dict[str, Any]:
        return {"trades": self.trades}


if __name__ == "__main__":
    main(OrderlyChaos)
