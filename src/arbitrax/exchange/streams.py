"""The stream: half new orders, most of the rest cancels, some amends and takers, around a wandering middle price.

Lines are (op, id, side, price, quantity), int64. op 0: limit order; 1: market order; 2: cancel; 3: reduce to an open
quantity, priority kept; 4: new price and open quantity, priority lost. The same seed makes the same stream on every
machine. The generator keeps a plain book of its own, so that it also says which trades any correct engine makes of it.
"""

import heapq
import math
from collections.abc import Iterable
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.records import COMMAND, EVENT, INSTRUMENT_RULES, Flag, Happening, InstrumentFlag, Kind, Type

SEED = 7
ACCOUNTS = 512
"""Buyers, and as many sellers: nobody meets himself."""
WORD = (1 << 64) - 1
NO_TRADES = 0xCBF29CE484222325
"""The hash of nothing: where a fold begins."""


class Stream(NamedTuple):
    """Lines (messages, 5) and the trades they make (trades, 5): line, maker, taker, price, lots. int64 both."""

    lines: NDArray[np.int64]
    trades: NDArray[np.int64]


def fold_words(rows: Iterable[Iterable[int]], word: int = NO_TRADES) -> int:
    """Take more rows into the FNV-1a hash of whole words."""
    for row in rows:
        for value in row:
            word = ((word ^ (value & WORD)) * 0x100000001B3) & WORD
    return word


def fold(rows: Iterable[Iterable[int]]) -> str:
    """Return the FNV-1a hash of whole words, as text."""
    return f"{fold_words(rows):016x}"


class PlainBook:
    """Price, then time, in dicts: what the generator needs to know what is open."""

    def __init__(self) -> None:
        self.orders: dict[int, list[int]] = {}
        self.queues: tuple[dict[int, dict[int, None]], ...] = ({}, {})
        self.heaps: tuple[list[int], ...] = ([], [])
        self.lots = [0, 0]
        self.live: list[int] = []
        self.places: dict[int, int] = {}
        self.line = 0
        self.trades: list[tuple[int, int, int, int, int]] = []

    def best(self, side: int) -> int | None:
        """Return the best price of a side."""
        heap, queues, sign = self.heaps[side], self.queues[side], 1 if side else -1
        while heap and sign * heap[0] not in queues:
            heapq.heappop(heap)
        return sign * heap[0] if heap else None

    def rest(self, order: int, side: int, price: int, lots: int) -> None:
        """Put at the back of its queue."""
        if price not in self.queues[side]:
            self.queues[side][price] = {}
            heapq.heappush(self.heaps[side], price if side else -price)
        self.queues[side][price][order] = None
        self.orders[order] = [side, price, lots]
        self.lots[side] += lots

    def take_out(self, order: int) -> int:
        """Remove from its queue; return its side."""
        side, price, lots = self.orders.pop(order)
        del self.queues[side][price][order]
        if not self.queues[side][price]:
            del self.queues[side][price]
        self.lots[side] -= lots
        return side

    def add_live(self, order: int) -> None:
        """Make an order one that may be drawn."""
        self.places[order] = len(self.live)
        self.live.append(order)

    def drop_live(self, order: int) -> None:
        """The last takes its place: order of draws is part of the stream."""
        place, last = self.places.pop(order), self.live.pop()
        if last != order:
            self.live[place] = last
            self.places[last] = place

    def enter(self, order: int, side: int, price: int | None, lots: int) -> int:
        """Trade, rest what is left of a limit order; return it."""
        other = 1 - side
        while lots:
            best = self.best(other)
            if best is None or (price is not None and (best > price if side == 0 else best < price)):
                break
            maker = next(iter(self.queues[other][best]))
            found = self.orders[maker]
            traded = min(lots, found[2])
            lots -= traded
            self.trades.append((self.line, maker, order, best, traded))
            if traded == found[2]:
                self.take_out(maker)
                self.drop_live(maker)
            else:
                found[2] -= traded
                self.lots[other] -= traded
        if lots and price is not None:
            self.rest(order, side, price, lots)
        return lots


def generate(resting: int, messages: int, seed: int = SEED) -> Stream:
    """Return a stream that holds the book at about ``resting`` orders; the first lines fill it."""
    random = Random(seed)  # noqa: S311 - not secret
    draw, book, middle, number = random.random, PlainBook(), 100_000, 0
    steps = math.log(1 - 0.08)
    rows = np.zeros((messages, 5), np.int64)

    def passive(side: int) -> tuple[int, int]:
        """Return a price that does not trade, mostly near the middle, and lots."""
        distance, lots = 1 + int(math.log(1 - draw()) / steps), 1 + int(random.expovariate(1 / 50))
        other = book.best(1 - side)
        if side == 0:
            price = middle - distance
            return (other - 1 if other is not None and price >= other else price), lots
        price = middle + distance
        return (other + 1 if other is not None and price <= other else price), lots

    for at in range(messages):
        book.line = at
        if draw() < 0.02:
            middle += 1 if draw() < 0.5 else -1
        what, adds = draw(), 1.0
        if at >= resting:
            adds = 0.45 + max(-0.2, min(0.2, (resting - len(book.live)) / resting * 2))
        if at < resting or what < adds or len(book.live) < 20:
            number += 1
            side = 0 if draw() < 0.5 else 1
            price, lots = passive(side)
            book.enter(number, side, price, lots)
            book.add_live(number)
            rows[at] = 0, number, side, price, lots
        elif what < 0.95:
            order = book.live[int(draw() * len(book.live))]
            side, price, lots = book.orders[order]
            if what < 0.90:
                rows[at] = 2, order, side, price, 0
                book.take_out(order)
                book.drop_live(order)
            elif draw() < 0.5 and lots > 1:
                left = 1 + int(draw() * (lots - 1))
                rows[at] = 3, order, side, price, left
                book.lots[side] -= lots - left
                book.orders[order][2] = left
            else:
                price, lots = passive(side)
                rows[at] = 4, order, side, price, lots
                book.take_out(order)
                book.enter(order, side, price, lots)
        else:
            rows[at] = take(random, book, middle, number := number + 1)
    return Stream(rows, np.array(book.trades, np.int64).reshape(-1, 5))


def take(random: Random, book: PlainBook, middle: int, number: int) -> tuple[int, int, int, int, int]:
    """Send an order that trades: at market, or at a limit near the other side."""
    draw = random.random
    bid, ask = book.best(0), book.best(1)
    between = middle if bid is None or ask is None else (bid + ask) / 2
    side = (0 if middle >= between else 1) if draw() < 0.6 else (0 if draw() < 0.5 else 1)
    available, lots = book.lots[1 - side], 1 + int(random.expovariate(1 / 80))
    if draw() < 0.5:
        lots = max(1, min(lots, available // 2))
        book.enter(number, side, None, lots)
        return 1, number, side, 0, lots
    touch = book.best(1 - side)
    assert touch is not None  # noqa: S101 - an order takes only from a book that has some
    price = touch + int(draw() * 3) * (1 if side == 0 else -1)
    if book.enter(number, side, price, lots):
        book.add_live(number)
    return 0, number, side, price, lots


def opening() -> NDArray[np.void]:
    """Return the command that opens the streams' symbol: a book by itself, without accounts."""
    commands = np.zeros(1, COMMAND)
    rules = commands.view(INSTRUMENT_RULES)
    rules["kind"], rules["tick_value"], rules["flags"] = Kind.INSTRUMENT, 1, InstrumentFlag.NO_ACCOUNTS
    return commands


def as_commands(rows: NDArray[np.int64]) -> NDArray[np.void]:
    """Return the stream as the exchange takes it."""
    op, order, side, price, lots = rows.T
    commands = np.zeros(len(rows), COMMAND)
    commands["side"], commands["quantity"] = side, lots
    commands["account"] = 1 + order % ACCOUNTS + ACCOUNTS * side
    commands["kind"] = np.select([op <= 1, op == 2], [Kind.SUBMIT, Kind.CANCEL], Kind.AMEND)
    commands["order"] = np.where(op >= 2, order, 0)
    commands["type"] = np.where(op == 1, Type.MARKET, Type.LIMIT)
    commands["price"] = np.where((op == 0) | (op == 4), price, 0)
    commands["flags"] = np.select([op == 3, op == 4], [Flag.BASIS_OPEN, Flag.BASIS_OPEN | Flag.REQUEUE], 0)
    return commands


def trade_hash(events: NDArray[np.void]) -> str:
    """Return the hash of maker, taker, price and lots of every trade."""
    assert events.dtype == EVENT  # noqa: S101 - the caller is ours
    fills = events[events["kind"] == Happening.FILLED]
    return fold(fills[["maker", "order", "price", "quantity"]].tolist())
