"""Replay a LOBSTER day on our engine and compare: who was executed, at what price, and the depth of the book."""

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from arbitrax.exchange.lobster.checks import MISMATCHES, Levels, count_mismatches, differs
from arbitrax.exchange.lobster.depth import OPENING
from arbitrax.exchange.lobster.files import Lobster, MessageType
from arbitrax.exchange.lobster.translate import Translation, translate
from arbitrax.exchange.records import Side
from arbitrax.exchange.replay import PART, Outcome, Run


class LobsterOutcome(Struct, frozen=True):
    """What a day made of our engine, and where that differs from the files."""

    outcome: Outcome
    messages: dict[str, int]
    """By type, those the day has."""
    opening_orders: int
    opening_lots: int
    unseen_lots: int
    """That came into view later without a message."""
    mismatches: dict[str, int]
    """By kind (`checks.MISMATCHES`), those that occur."""
    levels: int
    """A side, in the order book file."""
    levels_compared: int
    """Rows in which the level of the message is in view."""
    levels_differ: int
    books_compared: int
    """Rows compared in full depth with the engine's own book: one after each part, and the last."""
    books_differ: int


def replay_lobster(day: Lobster, done: Callable[[int], None]) -> LobsterOutcome:
    """Replay a day; ``done`` hears of commands executed."""
    told = translate(day)
    run, levels, found = Run(), Levels(told), dict.fromkeys(MISMATCHES, 0)
    books = books_differ = 0
    for part in run.execute(told.commands, _ends_of_rows(told)):
        count_mismatches(found, day, told, part)
        levels.take(part)
        is_last = part.stop == len(told.row)
        row = len(day.time) - 1 if is_last else int(told.row[part.stop - 1])
        if row > OPENING:
            books += 1
            books_differ += any(
                differs([each[:2] for each in run.engine.depth(0, side, day.levels)], day, row, side)
                for side in (Side.BUY, Side.SELL)
            )
        done(part.stop - part.start)
    compared, differ = levels.compare(day)
    found |= {"unknown": told.unknown, "overdrawn": told.overdrawn, "altered": told.altered}
    seeds, opening = told.seeds, told.seeds.row == OPENING
    return LobsterOutcome(
        outcome=run.outcome(),
        messages={
            kind.name.lower(): count for kind in MessageType if (count := int(np.count_nonzero(day.type == kind)))
        },
        opening_orders=int(np.count_nonzero(opening)),
        opening_lots=int(seeds.lots[opening].sum()),
        unseen_lots=int(seeds.lots[~opening].sum()),
        mismatches={name: count for name, count in found.items() if count},
        levels=day.levels,
        levels_compared=compared,
        levels_differ=differ,
        books_compared=books,
        books_differ=books_differ,
    )


def _ends_of_rows(told: Translation) -> list[int]:
    """Return where parts end: all that belongs to a message is in one."""
    stops = np.searchsorted(told.row, told.row[PART - 1 :: PART], "right")
    return np.unique(np.append(stops, len(told.row))).tolist()
