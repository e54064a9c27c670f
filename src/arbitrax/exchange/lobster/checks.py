"""What our engine did otherwise than a message says, a part of the commands at a time."""

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.lobster.files import Ints, Lobster, MessageType
from arbitrax.exchange.lobster.translate import Translation
from arbitrax.exchange.records import Happening
from arbitrax.exchange.replay import Part

MISMATCHES = {
    "another_maker": "executions that met an order other than the one named, at its price",
    "another_price": "executions at another price",
    "unfilled": "executions without enough to meet",
    "crossed": "submissions that traded",
    "another_size": "deletions of more or fewer shares than are left",
    "refused": "messages the engine refused",
    "unknown": "messages about an order of which nothing was in view",
    "overdrawn": "messages that take more than the order has",
    "altered": "messages that name another price or side than the order's",
}
"""Each message counts once under the first six, and once under each of the rest."""


def count_mismatches(found: dict[str, int], day: Lobster, told: Translation, part: Part) -> None:
    """Add a part's mismatches."""
    here = slice(part.start, part.stop)
    of = np.repeat(np.arange(part.stop - part.start), np.diff(part.offsets))
    purpose, number, commands = told.purpose[here], told.number[here], told.commands[here]
    events, count = part.events, len(commands)
    refused = np.bincount(of[events["kind"] == Happening.REFUSED], minlength=count) > 0
    fills, by = events[events["kind"] == Happening.FILLED], of[events["kind"] == Happening.FILLED]
    lots = np.bincount(by, fills["quantity"], count).astype(np.int64)
    elsewhere = np.bincount(by[fills["price"] != commands["price"][by]], minlength=count) > 0
    others = np.bincount(by[fills["maker"] != number[by]], minlength=count) > 0
    executes = purpose == MessageType.EXECUTION
    short = executes & (lots < commands["quantity"])
    cancels, of_cancel = events[events["kind"] == Happening.CANCELLED], of[events["kind"] == Happening.CANCELLED]
    cancelled = np.bincount(of_cancel, cancels["quantity"], count).astype(np.int64)
    deletes = (purpose == MessageType.DELETION) & ~refused
    size = day.size[np.maximum(told.row[here], 0)]
    for name, wrong in {
        "another_maker": executes & ~short & ~elsewhere & others,
        "another_price": executes & ~short & elsewhere,
        "unfilled": short & ~refused,
        "crossed": ~executes & (lots > 0),
        "another_size": deletes & (cancelled != size),
        "refused": refused,
    }.items():
        found[name] = found.get(name, 0) + int(np.count_nonzero(wrong))


class Levels:
    """The lots of each level after each message, from events alone, to compare with the rows of the file."""

    def __init__(self, told: Translation) -> None:
        self._told = told
        self._level = np.where(told.side >= 0, told.price * 2 + told.side, -1)
        self._open = np.zeros(len(told.side), np.int64)
        self._changes: list[tuple[Ints, Ints, Ints]] = []

    def take(self, part: Part) -> None:
        """Note what a part has changed: level, message, lots more."""
        events = part.events
        row = np.repeat(self._told.row[part.start : part.stop], np.diff(part.offsets))
        fills = events["kind"] == Happening.FILLED
        about = np.isin(events["kind"], (Happening.ACCEPTED, Happening.AMENDED, Happening.CANCELLED)) | fills
        order = np.concatenate([events["order"][about], events["maker"][fills]])
        left = np.concatenate([events["open"][about], events["maker_open"][fills]])
        row = np.concatenate([row[about], row[fills]])
        rests = self._level[order] >= 0
        order, left, row = order[rests], left[rests], row[rests]
        at = np.concatenate([np.flatnonzero(about), np.flatnonzero(fills)])[rests]
        by = np.lexsort((at, order))
        order, left, row = order[by], left[by], row[by]
        starts = np.ones(len(order), np.bool_)
        starts[1:] = order[1:] != order[:-1]
        before = np.where(starts, self._open[order], np.roll(left, 1))
        self._open[order] = left  # of several the last one stays
        self._changes.append((self._level[order], row, left - before))

    def compare(self, day: Lobster) -> tuple[int, int]:
        """Return how many rows show the level of their message, and in how many its size is another than ours."""
        level, row, lots = (np.concatenate(each) for each in zip(*self._changes, strict=True))
        touched = np.flatnonzero(day.of_orders)
        theirs, shown = _sizes(day, touched)
        touched, theirs = touched[shown], theirs[shown]
        mine = day.price[touched] * 2 + day.side[touched]
        levels, width = np.unique(level), len(day.time) + 2
        keys = np.searchsorted(levels, level) * width + row + 1
        by = np.argsort(keys, kind="stable")
        keys, total = keys[by], np.append(0, np.cumsum(lots[by]))
        place = np.searchsorted(levels, mine) * width
        ours = total[np.searchsorted(keys, place + touched + 1, "right")] - total[np.searchsorted(keys, place)]
        ours[~np.isin(mine, levels)] = 0
        return len(touched), int(np.count_nonzero(ours != theirs))


def _sizes(day: Lobster, rows: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return what the file shows at the level of each message, and whether that level is in view."""
    size = np.zeros(len(rows), np.int64)
    in_view = np.zeros(len(rows), np.bool_)
    for side, (prices, sizes) in enumerate(day.book):
        mine = np.flatnonzero(day.side[rows] == side)
        at = rows[mine]
        for prices_of, sizes_of in zip(prices, sizes, strict=True):
            here = prices_of[at] == day.price[at]
            size[mine[here]] = sizes_of[at][here]
        last = prices[-1, at]
        further = day.price[at] > last if side else day.price[at] < last
        in_view[mine] = ~further | (sizes[-1, at] == 0)
    return size, in_view


def differs(engine_side: list[tuple[int, int]], day: Lobster, row: int, side: int) -> bool:
    """Whether the engine's best levels, price and lots, are not those of a row."""
    prices, sizes = day.book[side]
    theirs = [(int(p), int(s)) for p, s in zip(prices[:, row], sizes[:, row], strict=True) if s]
    return engine_side != theirs
