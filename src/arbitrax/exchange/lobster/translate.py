"""Turn a LOBSTER day into commands of our exchange.

Submission: a limit order. Partial cancel: an amend to what is left. Deletion: a cancel. Execution: an order of the other
side at that price and size, immediate or cancel, which should meet the order the message names. Hidden executions,
cross trades and halts: nothing. Prices are ticks of 1/10,000 dollar, sizes lots.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.lobster.depth import OPENING
from arbitrax.exchange.lobster.files import Ints, Lobster, MessageType
from arbitrax.exchange.lobster.orders import follow
from arbitrax.exchange.lobster.seeds import Seeds, seed
from arbitrax.exchange.records import COMMAND, Flag, Kind, Side, TimeInForce
from arbitrax.exchange.streams import opening

SETUP, SEED, GONE = 0, 8, 9
"""What a command stands for, beside the types of messages."""
OF_MESSAGE, OF_GONE, OF_SEED = range(3)
"""In a row: the message, then what has gone unseen, then what has come."""


class Translation(NamedTuple):
    """Commands, and by command, (commands,) int64: the message it belongs to, what it stands for, the order's id.

    number: our id of the order a command makes, changes or should meet; 0: none. side, price: of our orders, by id;
    side is -1 of those that take. unknown, overdrawn, altered: messages that name an order of which nothing is in
    view, take more than an order has, or name another price or side than it had.
    """

    commands: NDArray[np.void]
    row: Ints
    purpose: Ints
    number: Ints
    side: Ints
    price: Ints
    seeds: Seeds
    unknown: int
    overdrawn: int
    altered: int


def translate(day: Lobster) -> Translation:
    """Return the commands of a day."""
    followed = follow(day)
    orders, order = followed.orders, followed.order
    seeds = seed(day, followed)
    gone = seeds.remainder
    left = gone.left
    placed = orders.submitted.astype(np.bool_)
    placed[seeds.order[seeds.order < len(placed)]] = True
    told = np.flatnonzero(order >= 0)
    known = told[placed[order[told]]]
    count = (len(known), len(gone.gone_row), len(seeds.row))
    row = np.concatenate([known, gone.gone_row, seeds.row])
    of = np.concatenate([order[known], gone.gone_order, seeds.order])
    purpose = np.concatenate([day.type[known], np.full(count[1], GONE), np.full(count[2], SEED)])
    is_taker = purpose == MessageType.EXECUTION
    submits = is_taker | (purpose == MessageType.SUBMISSION) | (purpose == SEED)
    amends = (purpose == MessageType.PARTIAL_CANCEL) | (purpose == GONE)
    commands = np.zeros(len(row), COMMAND)
    commands["time"] = day.time[np.maximum(row, 0)] // 1_000_000
    commands["kind"] = np.select([submits, amends], [Kind.SUBMIT, Kind.AMEND], Kind.CANCEL)
    resting_side = np.concatenate([day.side[known], np.zeros(count[1], np.int64), seeds.side])
    commands["side"] = np.where(is_taker, Side.SELL - resting_side, resting_side)
    commands["price"] = np.concatenate([day.price[known], np.zeros(count[1], np.int64), seeds.price])
    commands["price"][~submits] = 0
    commands["quantity"] = np.concatenate([day.size[known], gone.gone_open, seeds.lots])
    is_partial = np.flatnonzero(purpose == MessageType.PARTIAL_CANCEL)
    commands["quantity"][is_partial] = np.maximum(left[row[is_partial]], 0)
    commands["time_in_force"][is_taker] = TimeInForce.IOC
    commands["flags"][amends] = Flag.BASIS_OPEN
    by = np.lexsort((np.repeat([OF_MESSAGE, OF_GONE, OF_SEED], count), row))
    commands, row, of, purpose, is_taker = commands[by], row[by], of[by], purpose[by], is_taker[by]
    given = np.cumsum(commands["kind"] == Kind.SUBMIT)
    makers = (commands["kind"] == Kind.SUBMIT) & ~is_taker
    ids = np.zeros(len(orders.id) + len(gone.view), np.int64)
    ids[of[makers]] = given[makers]
    number = ids[of]
    commands["order"] = np.where(commands["kind"] == Kind.SUBMIT, 0, number)
    side = np.full(int(given[-1]) + 1 if len(given) else 1, -1, np.int64)
    price = np.zeros(len(side), np.int64)
    side[given[makers]], price[given[makers]] = commands["side"][makers], commands["price"][makers]
    takes = told[day.type[told] != MessageType.SUBMISSION]
    differs = (day.price[takes] != orders.price[order[takes]]) | (day.side[takes] != orders.side[order[takes]])
    return Translation(
        commands=np.concatenate([opening(), commands]),
        row=np.concatenate([[OPENING], row]),
        purpose=np.concatenate([[SETUP], purpose]),
        number=np.concatenate([[0], number]),
        side=side,
        price=price,
        seeds=seeds,
        unknown=len(told) - len(known),
        overdrawn=int(np.count_nonzero(left[told] < 0)),
        altered=int(np.count_nonzero(differs)),
    )
