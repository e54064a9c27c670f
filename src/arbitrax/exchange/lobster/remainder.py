"""Explain a level's lots when it comes back into view: which orders have gone unseen, which lots are new and nobody's.

Orders that later messages name are there. Of the others, those in front of one that is executed before the level
comes into view again have gone: they would have been executed first. So have lots that a deletion leaves. If more
must have gone, the first in the queue go. What then is not explained was submitted unseen: nobody's, it queues last.
"""

from bisect import bisect_left, insort
from itertools import takewhile
from typing import NamedTuple

import numpy as np

from arbitrax.exchange.lobster.depth import OPENING, Views
from arbitrax.exchange.lobster.files import Ints, Lobster, MessageType
from arbitrax.exchange.lobster.orders import Followed

NEVER = np.iinfo(np.int64).max


class Remainder(NamedTuple):
    """Nobody's lots, (lots,) int64: those of ``view``. Gone, (gone,) int64: what of an order is open after a row.

    gone_order: index into `Orders`, or above those into nobody's lots. left: as in `Followed`, without what has gone.
    """

    view: Ints
    lots: Ints
    gone_row: Ints
    gone_order: Ints
    gone_open: Ints
    left: Ints


class _Queues:
    """By order, then by nobody's lots: since when it is there, idle from when on, how many lots nothing takes."""

    def __init__(self, day: Lobster, followed: Followed, since: Ints) -> None:
        orders = followed.orders
        self._followed = followed
        self.since: list[int] = since.tolist()
        self.idle: list[int] = orders.last.tolist()
        self.lots: list[int] = (orders.lots - orders.taken).tolist()
        self._untaken = self.lots.copy()
        self._deleted: list[bool] = (day.type[orders.last] == MessageType.DELETION).tolist()
        self.left = followed.left.copy()
        self.gone: list[tuple[int, int, int]] = []

    def add(self, queue: list[int], row: int, lots: int) -> None:
        """Put nobody's lots into a queue."""
        self.since.append(row)
        self.idle.append(row)
        self.lots.append(lots)
        insort(queue, len(self.lots) - 1, key=self.since.__getitem__)

    def drop(self, queue: list[int], row: int, until: int, before: int, wanted: int) -> int:
        """Take what has gone when a level comes into view at ``row``, next at ``until``. Return how many lots.

        What is idle and in front of ``before``; of those deleted before ``until`` what their deletion leaves; then, of
        what no message takes, until ``wanted`` lots have gone.
        """
        here = list(takewhile(lambda order: self.since[order] < row, queue))
        dropped = 0
        for order in here:
            passed = self.since[order] < before and self.idle[order] < row
            if passed or (row < self.idle[order] < until and self._deleted[order]):
                dropped += self._take(order, row, self.lots[order])
        for order in here:
            if dropped >= wanted:
                break
            dropped += self._take(order, row, min(self.lots[order], wanted - dropped))
        queue[:] = [order for order in queue if self.lots[order]]
        return dropped

    def _take(self, order: int, row: int, lots: int) -> int:
        if lots:
            self.lots[order] -= lots
            self.gone.append((row, order, self.lots[order] + self._taken_later(order, row)))
            if order < len(self._untaken):
                messages = self._followed.messages(order)
                self.left[messages[messages > row]] -= lots
        return lots

    def _taken_later(self, order: int, row: int) -> int:
        """Return what messages after a row take of an order."""
        if self.idle[order] <= row:
            return 0
        messages = self._followed.messages(order)
        latest = messages[max(int(np.searchsorted(messages, row, "right")) - 1, 0)]
        return int(self._followed.left[latest]) - self._untaken[order]


def remainder(day: Lobster, followed: Followed, seen: Views, since: Ints, extra: Ints) -> Remainder:
    """Return what is nobody's, and what has gone.

    since: by order, the row from which on it is in our book. extra: by view, lots more than orders named later explain.
    """
    orders = followed.orders
    level = (seen.price * 2 + seen.side).tolist()
    queues = _Queues(day, followed, since)
    by_level: dict[int, list[int]] = {each: [] for each in level}
    for order in np.argsort(since, kind="stable")[: np.count_nonzero(since < NEVER)].tolist():
        if queues.lots[order] > 0 and (key := int(orders.price[order] * 2 + orders.side[order])) in by_level:
            by_level[key].append(order)
    executed = _executions(day, followed, since)
    after = _next_views(level, seen.row.tolist(), len(day.time))
    found: list[tuple[int, int]] = []
    for view, (key, row, more) in enumerate(zip(level, seen.row.tolist(), extra.tolist(), strict=True)):
        gone = 0
        if row > OPENING and by_level[key]:
            rows, starts = executed.get(key, ([], []))
            served = starts[bisect_left(rows, row + 1) : bisect_left(rows, after[view])]
            gone = queues.drop(by_level[key], row, after[view], max(served, default=OPENING), -more)
        if more + gone > 0:
            queues.add(by_level[key], row, more + gone)
            found.append((view, more + gone))
    nobodys = np.array(found, np.int64).reshape(-1, 2)
    losses = np.array(queues.gone, np.int64).reshape(-1, 3)
    return Remainder(nobodys[:, 0], nobodys[:, 1], losses[:, 0], losses[:, 1], losses[:, 2], queues.left)


def _executions(day: Lobster, followed: Followed, since: Ints) -> dict[int, tuple[list[int], list[int]]]:
    """Return by level the rows of executions and since when the order executed has been in its queue."""
    rows = np.flatnonzero(day.type == MessageType.EXECUTION)
    rows = rows[since[followed.order[rows]] < NEVER]
    found: dict[int, tuple[list[int], list[int]]] = {}
    level = (day.price[rows] * 2 + day.side[rows]).tolist()
    for key, row, start in zip(level, rows.tolist(), since[followed.order[rows]].tolist(), strict=True):
        of_level = found.setdefault(key, ([], []))
        of_level[0].append(row)
        of_level[1].append(start)
    return found


def _next_views(level: list[int], row: list[int], end: int) -> list[int]:
    """Return for each view the row of the next one of its level."""
    following: dict[int, int] = {}
    found = [end] * len(level)
    for view in range(len(level) - 1, -1, -1):
        found[view] = following.get(level[view], end)
        following[level[view]] = row[view]
    return found
