"""Make orders of the lots that no message explains, those of later messages first and at their place in the queue."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.lobster.depth import Views, views
from arbitrax.exchange.lobster.files import Ints, Lobster, MessageType
from arbitrax.exchange.lobster.orders import Followed, Orders
from arbitrax.exchange.lobster.remainder import NEVER, Remainder, remainder


class Seeds(NamedTuple):
    """Orders to submit after the message of ``row``, (seeds,) int64, in that order; and what has gone (`Remainder`).

    order: index into `Orders`, and above those the lots that no message names.
    """

    row: Ints
    side: Ints
    price: Ints
    lots: Ints
    order: Ints
    remainder: Remainder


def seed(day: Lobster, followed: Followed) -> Seeds:
    """Split what comes into view among the orders named later without a submission; what is left over is nobody's.

    Ids are given out in the order of submission, so an order goes to the first view of its level that is after its id
    must have been given out, and queues by its id.
    """
    orders, seen = followed.orders, views(day)
    named = np.flatnonzero(orders.submitted == 0)
    view = _view_of(day, orders, named, seen)
    named, view = named[view >= 0], view[view >= 0]
    since = np.where(orders.submitted, orders.first, NEVER)
    since[named] = seen.row[view]
    extra = seen.lots - np.bincount(view, orders.lots[named], len(seen.row)).astype(np.int64)
    left = remainder(day, followed, seen, since, extra)
    at = np.concatenate([view, left.view])
    lots = np.concatenate([orders.lots[named], left.lots])
    order = np.concatenate([named, len(orders.id) + np.arange(len(left.view))])
    number = np.concatenate([orders.id[named], np.full(len(left.view), NEVER)])
    by = np.lexsort((number, at))
    at = at[by]
    return Seeds(seen.row[at], seen.side[at], seen.price[at], lots[by], order[by], left)


def _view_of(day: Lobster, orders: Orders, named: Ints, seen: Views) -> Ints:
    """Return in which view each named order is, -1: its level never came into view before its first message."""
    submits = day.type == MessageType.SUBMISSION
    ids = np.append(np.where(submits, day.id, NEVER), NEVER)
    next_id = np.minimum.accumulate(ids[::-1])[::-1]  # of the submissions after row -1, 0, 1, ...
    given_out = np.searchsorted(next_id, orders.id[named], "right")
    levels, width = np.unique(_level(seen.side, seen.price)), len(day.time) + 2
    keys = np.searchsorted(levels, _level(seen.side, seen.price)) * width + seen.row + 1
    by_level = np.argsort(keys)
    keys = keys[by_level]
    mine = _level(orders.side[named], orders.price[named])
    level = np.searchsorted(levels, mine) * width
    first_seen = np.searchsorted(keys, level + given_out)
    last_seen = np.searchsorted(keys, level + orders.first[named], "right") - 1
    view = np.minimum(first_seen, last_seen)
    known: NDArray[np.bool_] = np.isin(mine, levels) & (view >= np.searchsorted(keys, level))
    found = np.full(len(named), -1)
    found[known] = by_level[view[known]]
    return found


def _level(side: Ints, price: Ints) -> Ints:
    return price * 2 + side
