"""matching-engine (Python 3.12): its engine without its log; no amends (cancel and a new order of the same id)."""

from typing import Any

from matching_engine.domain import (
    CancelOrder,
    NewOrder,
    OrderType,
    SelfTradePrevention,
    SequencedCommand,
    Side,
    TimeInForce,
)
from matching_engine.engine import MatchingEngine

from benchmarks.exchange.peers.worker import Handled, Trade, main

SIDES = (Side.BUY, Side.SELL)
NOBODY = SelfTradePrevention.NONE


class Engine(Handled):
    """Ids are the stream's."""

    def __init__(self, recording: bool) -> None:
        self.engine = MatchingEngine()
        self.number = 0
        self.trades: list[Trade] = []
        self.recording = recording

    def process(self, command: Any) -> Any:
        self.number += 1
        told = self.engine.process(SequencedCommand(self.number, 0, command))
        if self.recording:
            for each in told:
                if type(each).__name__ == "Trade":
                    self.trades.append(Trade(each.maker_order_id, each.taker_order_id, each.price, each.qty))
        return told

    def add(self, order: int, side: int, price: int, lots: int) -> None:
        self.process(NewOrder(order, 1, SIDES[side], price, lots, OrderType.LIMIT, TimeInForce.GTC, False, NOBODY))

    def market(self, order: int, side: int, price: int, lots: int) -> None:
        self.process(NewOrder(order, 1, SIDES[side], 0, lots, OrderType.MARKET, TimeInForce.IOC, False, NOBODY))

    def cancel(self, order: int, side: int, price: int, lots: int) -> None:
        self.process(CancelOrder(order, 1))

    def reduce(self, order: int, side: int, price: int, lots: int) -> None:
        self.cancel(order, side, price, lots)
        self.add(order, side, price, lots)

    replace = reduce

    def report(self) -> dict[str, Any]:
        return {"trades": self.trades}


if __name__ == "__main__":
    main(Engine)
