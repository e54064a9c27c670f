"""Plain Python: dicts and two heaps, nothing of ours."""

import heapq
from typing import Any

from benchmarks.exchange.peers.worker import Handled, Trade, main


class PlainPython(Handled):
    """Price, then time; a price nobody is left at stays in its heap until it is met."""

    def __init__(self, recording: bool) -> None:
        self.orders: dict[int, list[int]] = {}
        self.queues: tuple[dict[int, dict[int, list[int]]], ...] = ({}, {})
        self.heaps: tuple[list[int], ...] = ([], [])
        self.trades: list[Trade] = []
        self.recording = recording

    def match(self, order: int, side: int, price: int, lots: int) -> int:
        sign = -1 if side else 1
        heap, queues, worst = self.heaps[1 - side], self.queues[1 - side], sign * price
        while lots and heap and heap[0] <= worst:
            best = sign * heap[0]
            queue = queues.get(best)
            if not queue:
                queues.pop(best, None)
                heapq.heappop(heap)
                continue
            maker, found = next(iter(queue.items()))
            traded = min(lots, found[2])
            lots -= traded
            found[2] -= traded
            if not found[2]:
                del queue[maker], self.orders[maker]
            if self.recording:
                self.trades.append(Trade(maker, order, best, traded))
        return lots

    def add(self, order: int, side: int, price: int, lots: int) -> None:
        lots = self.match(order, side, price, lots)
        if lots:
            queue = self.queues[side].get(price)
            if queue is None:
                queue = self.queues[side][price] = {}
                heapq.heappush(self.heaps[side], price if side else -price)
            queue[order] = self.orders[order] = [side, price, lots]

    def market(self, order: int, side: int, price: int, lots: int) -> None:
        self.match(order, side, 0 if side else 1 << 44, lots)

    def cancel(self, order: int, side: int, price: int, lots: int) -> None:
        side, price, _ = self.orders.pop(order)
        del self.queues[side][price][order]

    def reduce(self, order: int, side: int, price: int, lots: int) -> None:
        self.orders[order][2] = lots

    def replace(self, order: int, side: int, price: int, lots: int) -> None:
        self.cancel(order, side, price, lots)
        self.add(order, side, price, lots)

    def report(self) -> dict[str, Any]:
        return {"trades": self.trades}


if __name__ == "__main__":
    main(PlainPython)
