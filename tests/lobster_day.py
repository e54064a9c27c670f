"""LOBSTER files made by running our engine on a stream and writing down what it did, as LOBSTER would."""

import numpy as np

from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.records import Happening, Kind
from arbitrax.exchange.streams import as_commands, generate, opening

EMPTY = (-9_999_999_999, 9_999_999_999)
"""The price of a bid and of an ask that is not there."""
MIDNIGHT_TO_OPEN = 34_200


class Day:
    """The messages of a market that shows ``levels`` a side; those beyond are not told of."""

    def __init__(self, levels):
        self.levels = levels
        self.sizes = ({}, {})
        self.names = {}
        self.next_name = 1
        self.messages = []
        self.rows = []
        self.row = self.view()

    def view(self):
        row = []
        bids = sorted(self.sizes[0], reverse=True)
        asks = sorted(self.sizes[1])
        for level in range(self.levels):
            for side, prices in ((1, asks), (0, bids)):
                shown = level < len(prices)
                row += [prices[level], self.sizes[side][prices[level]]] if shown else [EMPTY[side], 0]
        return row

    def change(self, kind, name, lots, price, side):
        """Note a message, if it changes what is in view."""
        sizes = self.sizes[side]
        sizes[price] = sizes.get(price, 0) + (lots if kind == 1 else -lots)
        if not sizes[price]:
            del sizes[price]
        row = self.view()
        if row != self.row:
            self.row = row
            self.note(kind, name, lots, price, side)

    def note(self, kind, name, lots, price, side):
        time = MIDNIGHT_TO_OPEN + len(self.messages) * 0.000_731
        self.messages.append(f"{time:.9f},{kind},{name},{lots},{price},{-1 if side else 1}")
        self.rows.append(",".join(map(str, self.row)))

    def submit(self, order, lots, price, side):
        self.names[order] = self.next_name
        self.next_name += 1
        self.change(1, self.names[order], lots, price, side)


def generated_day(resting=200, count=3_000, levels=5, cut=1_000, seed=7):
    """Return the lines of both files; the first ``cut`` commands come before the files begin."""
    engine, day = MatchingCore(), Day(levels)
    engine.run(opening())
    orders = {}  # side, price, open
    for at, command in enumerate(as_commands(generate(resting, count, seed).lines)):
        events, _ = engine.run(command.reshape(1))
        told(day, orders, command, events)
        if at == cut:
            day.messages.clear()
            day.rows.clear()
        elif at % 97 == 0 and at > cut:
            day.note(5, 0, 10, 1_000_000, 1)
        elif at % 301 == 0 and at > cut:
            day.note(7, 0, 0, -1, 1)
            day.note(6, -1, 50, 1_000_000, 1)
    return day.messages, day.rows


def told(day, orders, command, events):
    """Write a command's events as messages: executions first, then what rests of the order."""
    mine = None
    for event in events:
        kind, order, lots, left = (int(event[name]) for name in ("kind", "order", "quantity", "open"))
        if kind == Happening.ACCEPTED:
            orders[order] = [int(event["side"]), int(event["price"]), 0]
            mine, rests = order, lots
        elif kind == Happening.FILLED:
            maker = int(event["maker"])
            side, price, _ = orders[maker]
            day.change(4, day.names[maker], lots, price, side)
            orders[maker][2] -= lots
            rests = left
        elif kind == Happening.CANCELLED:
            side, price, was = orders[order]
            if command["kind"] == Kind.SUBMIT:
                rests = 0
            else:
                day.change(3, day.names[order], was, price, side)
        elif kind == Happening.AMENDED:
            side, price, was = orders[order]
            if price == event["price"] and left < was and command["flags"] == 16:
                day.change(2, day.names[order], was - left, price, side)
            else:
                day.change(3, day.names[order], was, price, side)
                day.submit(order, left, int(event["price"]), side)
            orders[order] = [side, int(event["price"]), left]
    if mine is not None and rests:
        side, price, _ = orders[mine]
        orders[mine][2] = rests
        day.submit(mine, rests, price, side)


def write_day(folder, messages, rows, name="XYZ_2030-01-02_34200000_57600000_{}_5.csv"):
    """Write both files; return the path of the messages."""
    path = folder / name.format("message")
    path.write_text("\n".join(messages) + "\n")
    (folder / name.format("orderbook")).write_text("\n".join(rows) + "\n")
    return path


def numbers(rows):
    return np.array([list(map(int, row.split(","))) for row in rows])
