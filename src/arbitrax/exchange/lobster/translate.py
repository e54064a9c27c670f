"""Turn a LOBSTER day into commands of our exchange.

Submission: a limit order. Partial cancel: an amend to what is left. Deletion: a cancel. Execution: an order of the
other side at that price and size, immediate or cancel, which should meet the order the message names. Hidden
executions, cross trades and halts: nothing. Prices are ticks of 1/10,000 dollar, sizes lots.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.lobster.depth import OPENING
from arbitrax.exchange.lobster.files import Ints, Lobster, MessageType
from arbitrax.exchange.lobster.orders import Followed, follow
from arbitrax.exchange.lobster.seeds import Seeds, seed
from arbitrax.exchange.records import COMMAND, Flag, Kind, Side, TimeInForce
from arbitrax.exchange.streams import opening

SETUP, GONE, SEED = 0, 8, 9
"""What a command stands for, beside the types of messages. In a row: the message, what has gone, what has come."""


class Translation(NamedTuple):
    """Commands, and by command, (commands,) int64: the message it belongs to, what it stands for, the order's id.

    number: our id of the order a command makes, changes or should meet; 0: none. side, price: of our orders, by id;
    side is -1 of those that take. unknown, overdrawn, altered: messages that name an order of which nothing was in
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


class _Plan(NamedTuple):
    """What to do, (steps,) int64, in order: row, purpose, which order (as in `Seeds`), its side and price, lots."""

    row: Ints
    purpose: Ints
    order: Ints
    side: Ints
    price: Ints
    lots: Ints


def translate(day: Lobster) -> Translation:
    """Return the commands of a day."""
    followed = follow(day)
    seeds = seed(day, followed)
    told = np.flatnonzero(followed.order >= 0)
    placed = followed.orders.submitted.astype(np.bool_)
    placed[seeds.order[seeds.order < len(placed)]] = True
    known = told[placed[followed.order[told]]]
    plan = _plan(day, followed, seeds, known)
    commands = _commands(day, plan)
    submits = commands["kind"] == Kind.SUBMIT
    rests = submits & (plan.purpose != MessageType.EXECUTION)
    given = np.cumsum(submits)  # ids are given out to all submissions, from 1
    ids = np.zeros(len(placed) + len(seeds.remainder.view), np.int64)
    ids[plan.order[rests]] = given[rests]
    number = ids[plan.order]
    commands["order"] = np.where(submits, 0, number)
    side, price = np.full(np.count_nonzero(submits) + 1, -1), np.zeros(np.count_nonzero(submits) + 1, np.int64)
    side[given[rests]], price[given[rests]] = plan.side[rests], plan.price[rests]
    orders, order = followed.orders, followed.order[told]
    altered = (day.price[told] != orders.price[order]) | (day.side[told] != orders.side[order])
    return Translation(
        commands=np.concatenate([opening(), commands]),
        row=np.append(OPENING, plan.row),
        purpose=np.append(SETUP, plan.purpose),
        number=np.append(0, number),
        side=side,
        price=price,
        seeds=seeds,
        unknown=len(told) - len(known),
        overdrawn=int(np.count_nonzero(followed.left[told] < 0)),
        altered=int(np.count_nonzero(altered)),
    )


def _plan(day: Lobster, followed: Followed, seeds: Seeds, known: Ints) -> _Plan:
    """Return what each message, each loss out of view and each seed asks for, in order."""
    gone = seeds.remainder
    partial = day.type[known] == MessageType.PARTIAL_CANCEL
    of_messages = (
        day.type[known],
        followed.order[known],
        day.side[known],
        day.price[known],
        np.where(partial, np.maximum(gone.left[known], 0), day.size[known]),
    )
    nothing = np.zeros(len(gone.gone_row), np.int64)
    of_gone = nothing + GONE, gone.gone_order, nothing, nothing, gone.gone_open
    of_seeds = np.full(len(seeds.row), SEED), seeds.order, seeds.side, seeds.price, seeds.lots
    row = np.concatenate([known, gone.gone_row, seeds.row])
    stage = np.repeat([0, 1, 2], (len(known), len(nothing), len(seeds.row)))
    by = np.lexsort((stage, row))
    joined = (np.concatenate(columns)[by] for columns in zip(of_messages, of_gone, of_seeds, strict=True))
    return _Plan(row[by], *joined)


def _commands(day: Lobster, plan: _Plan) -> NDArray[np.void]:
    """Return the commands of a plan; orders have no ids yet."""
    takes = plan.purpose == MessageType.EXECUTION
    amends = (plan.purpose == MessageType.PARTIAL_CANCEL) | (plan.purpose == GONE)
    cancels = plan.purpose == MessageType.DELETION
    commands = np.zeros(len(plan.row), COMMAND)
    commands["time"] = day.time[np.maximum(plan.row, 0)] // 1_000_000
    commands["kind"] = np.select([amends, cancels], [Kind.AMEND, Kind.CANCEL], Kind.SUBMIT)
    commands["side"] = np.where(takes, Side.SELL - plan.side, plan.side)
    commands["price"] = np.where(amends | cancels, 0, plan.price)
    commands["quantity"] = plan.lots
    commands["time_in_force"] = np.where(takes, TimeInForce.IOC, TimeInForce.GTC)
    commands["flags"] = np.where(amends, Flag.BASIS_OPEN, 0)
    return commands
