"""Follow each order through the messages that name it."""

from typing import NamedTuple

import numpy as np

from arbitrax.exchange.lobster.files import Ints, Lobster, MessageType


class Orders(NamedTuple):
    """Orders, (orders,) int64, in order of their ids; one whose submission the file has, or one from before.

    lots: as submitted, or, of one from before, what its messages take in all. taken: what its messages take. first,
    last: the messages that name it. A second submission under an id begins another order.
    """

    id: Ints
    side: Ints
    price: Ints
    lots: Ints
    taken: Ints
    first: Ints
    last: Ints
    submitted: Ints
    """1: the file has its submission."""


class Followed(NamedTuple):
    """Orders, and by message, (messages,) int64: its order (-1: none) and what is left of that afterwards.

    The messages of order i are rows[starts[i]:starts[i + 1]].
    """

    orders: Orders
    order: Ints
    left: Ints
    rows: Ints
    starts: Ints

    def messages(self, order: int) -> Ints:
        """Return the messages of an order."""
        return self.rows[self.starts[order] : self.starts[order + 1]]


def follow(day: Lobster) -> Followed:
    """Return the orders of a day."""
    order = np.full(len(day.time), -1, np.int64)
    left = np.zeros(len(day.time), np.int64)
    rows = np.flatnonzero(day.of_orders)
    rows = rows[np.argsort(day.id[rows], kind="stable")]
    if not len(rows):
        nothing = np.zeros(0, np.int64)
        return Followed(Orders(*[nothing] * 8), order, left, nothing, np.zeros(1, np.int64))
    submits = day.type[rows] == MessageType.SUBMISSION
    begins = submits.copy()
    begins[0] = True
    begins[1:] |= np.diff(day.id[rows]) != 0
    starts = np.flatnonzero(begins)
    number = np.cumsum(begins) - 1
    takes = np.where(submits, 0, day.size[rows])
    taken = np.add.reduceat(takes, starts)
    first = rows[starts]
    submitted = submits[starts].astype(np.int64)
    lots = np.where(submitted, day.size[first], taken)
    so_far = np.cumsum(takes)
    order[rows] = number
    left[rows] = lots[number] - (so_far - (so_far - takes)[starts][number])
    ends = np.append(starts[1:], len(rows))
    orders = Orders(day.id[first], day.side[first], day.price[first], lots, taken, first, rows[ends - 1], submitted)
    return Followed(orders, order, left, rows, np.append(starts, len(rows)))
