"""The commands that the service is measured with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange import commands as make
from arbitrax.exchange.core import MatchingCore, fold_events
from arbitrax.exchange.journal import NO_EVENTS
from arbitrax.exchange.records import COMMAND, Kind, Side
from arbitrax.exchange.service.sequencer import epoch_entry
from arbitrax.exchange.streams import as_commands, generate, opening

RESTING = 10_000
SYMBOLS = 100
ACCOUNTS = 1_000
FIRST = 1 << 48
"""Ids of orders begin here, in the first epoch of shard 0."""


def stream(count: int) -> NDArray[np.void]:
    """Return the seeded stream of `arbitrax.exchange.streams`, for shard 0 and without its opening."""
    commands = as_commands(generate(RESTING, count).lines)
    commands["order"][commands["order"] > 0] += FIRST
    return commands


def in_shard(commands: NDArray[np.void], shard: int) -> NDArray[np.void]:
    """Return commands of shard 0 for another."""
    moved = commands.copy()
    moved["order"][moved["order"] > 0] += shard << 40
    return moved


def expected(commands: NDArray[np.void], shard: int) -> tuple[int, int]:
    """Return events and running hash of a shard that executed its epoch, the opening and these."""
    core, running, events = MatchingCore(), NO_EVENTS, 0
    for part in (epoch_entry(1, shard).commands, opening(), commands):
        made, _ = core.view(part)
        running, events = fold_events(running, made), len(made)
    return events, running


def market(open_orders: int, seed: int = 7) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Return what opens symbols and accounts, and as many orders, with client ids, that rest at 3,000 prices a side."""
    rows = [make.instrument(symbol) for symbol in range(SYMBOLS)]
    for account in range(1, ACCOUNTS + 1):
        rows += [make.open_account(account, "margin"), make.deposit(account, 10**13)]
    return make.as_array(rows), _resting(open_orders, 0, seed)


def trading(orders: NDArray[np.void], count: int, shard: int, seed: int = 8) -> NDArray[np.void]:
    """Return commands for such a market: an order of it cancelled, another one entered, one that trades, in turn."""
    commands = _resting(count, len(orders), seed)
    at = np.random.default_rng(seed).permutation(len(orders))[:count]
    cancels, takes = np.arange(count) % 3 == 0, np.arange(count) % 3 == 1
    for name, values in {"kind": Kind.CANCEL, "client": b"", "price": 0, "quantity": 0, "side": 0}.items():
        commands[name][cancels] = values
    commands["order"][cancels] = FIRST + (shard << 40) + 1 + at[cancels]
    commands["account"][cancels] = orders["account"][at[cancels]]
    commands["symbol"][cancels] = orders["symbol"][at[cancels]]
    commands["price"][takes] = np.where(commands["side"][takes] == Side.BUY, 103_000, 97_000)
    return commands


def _resting(count: int, before: int, seed: int) -> NDArray[np.void]:
    random = np.random.default_rng(seed)
    orders = np.zeros(count, COMMAND)
    orders["kind"] = Kind.SUBMIT
    orders["symbol"] = random.integers(0, SYMBOLS, count)
    orders["account"] = random.integers(1, ACCOUNTS + 1, count)
    orders["side"] = random.integers(0, 2, count)
    orders["quantity"] = random.integers(1, 50, count)
    orders["price"] = 100_000 + random.integers(1, 3_000, count) * np.where(orders["side"] == Side.BUY, -1, 1)
    orders["client"] = np.char.add(b"order-", np.arange(before, before + count).astype("S10"))
    return orders
