"""Ours, called once a message."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from arbitrax.exchange.records import EVENT, Flag, Happening, Type
from arbitrax.exchange.streams import ACCOUNTS
from benchmarks.exchange.engine import open_engine
from benchmarks.exchange.peers.worker import ADD, CANCEL, MARKET, REDUCE, REPLACE, Call, Row, Trade, main

FLAGS = {REDUCE: Flag.BASIS_OPEN, REPLACE: Flag.BASIS_OPEN | Flag.REQUEUE}


class Ours:
    """Ids are the stream's: each submission takes the next."""

    def __init__(self, recording: bool) -> None:
        self.book = open_engine()
        self.recording = recording
        self.trades: list[Trade] = []

    def calls(self, rows: Iterable[Row]) -> list[Call]:
        made = [self.call(*row) for row in rows]
        return [(self.record, each) for each in made] if self.recording else made

    def call(self, op: int, order: int, side: int, price: int, lots: int) -> Call:
        account = 1 + order % ACCOUNTS + ACCOUNTS * side
        if op in (ADD, MARKET):
            arguments = (side, 0 if op == MARKET else price, lots, account, 0)
            return self.book.submit, (*arguments, int(Type.MARKET)) if op == MARKET else arguments
        if op == CANCEL:
            return self.book.cancel, (order, account)
        return self.book.amend, (order, price if op == REPLACE else 0, lots, account, int(FLAGS[op]))

    def record(self, call: Any, arguments: tuple[int, ...]) -> None:
        assert call(*arguments) > 0
        events = np.frombuffer(self.book.events(), EVENT)
        if len(events) > 1:
            fills = events[events["kind"] == Happening.FILLED]
            self.trades += map(Trade._make, fills[["maker", "order", "price", "quantity"]].tolist())

    def report(self) -> dict[str, Any]:
        return {"trades": self.trades}


if __name__ == "__main__":
    main(Ours)
