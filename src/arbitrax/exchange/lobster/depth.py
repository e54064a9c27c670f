"""What no message explains: the opening depth, and what comes and goes while a level is out of view.

The order book file shows the best levels only, and the message file says nothing of orders beyond them. When the
better levels go, one more comes into view; what it then has and had not when it left, if it ever was in view, was
submitted unseen, and what it has less was cancelled unseen.
"""

from typing import NamedTuple

import numpy as np

from arbitrax.exchange.lobster.files import Ints, Lobster, MessageType
from arbitrax.exchange.records import Side

OPENING = -1
"""The row of what is there before the first message."""
BEYOND = np.iinfo(np.int64).max
"""A side with fewer levels than the file has is in view to its end."""


class Views(NamedTuple):
    """Levels that come into view, (views,) int64, sorted by row: after the message of ``row``."""

    row: Ints
    side: Ints
    price: Ints
    lots: Ints
    """More than when it left; below 0: fewer."""


def views(day: Lobster) -> Views:
    """Return the opening depth, then each level that comes into view later."""
    parts = [each for side in (Side.BUY, Side.SELL) for each in (_opening(day, side), _returns(day, side))]
    joined = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    order = np.argsort(joined[0], kind="stable")
    return Views(*(column[order] for column in joined))


def _opening(day: Lobster, side: int) -> Views:
    """Return the first row's levels with the first message, which they include, undone."""
    prices, sizes = (column[:, 0] for column in day.book[side])
    levels = {int(price): int(size) for price, size in zip(prices, sizes, strict=True) if size > 0}
    if day.of_orders[0] and day.side[0] == side:
        price, size = int(day.price[0]), int(day.size[0])
        change = -size if day.type[0] == MessageType.SUBMISSION else size
        levels[price] = levels.get(price, 0) + change
    found = [(price, lots) for price, lots in levels.items() if lots > 0]
    count = len(found)
    pairs = np.array(found, np.int64).reshape(-1, 2)
    return Views(np.full(count, OPENING), np.full(count, side), pairs[:, 0], pairs[:, 1])


def _returns(day: Lobster, side: int) -> Views:
    """Return the levels that come into view after the first row, and those that are seen to be gone.

    A better level pushes the last one out of view. Those that are out are a stack, the best on top; when the view gets
    wider, what it has passed without showing is gone.
    """
    prices, sizes = (column[-1] for column in day.book[side])
    real = sizes > 0
    badness = np.where(real, prices * (1 if side == Side.SELL else -1), BEYOND)
    changed = np.flatnonzero(np.diff(badness)) + 1
    out: list[tuple[int, int, int]] = []  # badness, price, lots when it left
    found: list[tuple[int, int, int]] = []
    before = badness[changed - 1].tolist(), prices[changed - 1].tolist(), sizes[changed - 1].tolist()
    now = badness[changed].tolist(), prices[changed].tolist(), sizes[changed].tolist()
    for row, *left, bad, price, lots in zip(changed.tolist(), *before, *now, strict=True):
        if bad < left[0]:
            if left[0] < BEYOND:
                out.append((left[0], left[1], left[2]))
            continue
        known = 0
        while out and out[-1][0] <= bad:
            level, gone, known_lots = out.pop()
            if level == bad:
                known = known_lots
            else:
                found.append((row, gone, -known_lots))
        if bad < BEYOND:
            found.append((row, price, lots - known))
    rows, levels, changes = np.array(found, np.int64).reshape(-1, 3).T
    return Views(rows, np.full(len(rows), side), levels, changes)
