"""What a simulation yields, and the check of one that another process reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from arbitrax.domain.errors import StrategyError
from arbitrax.domain.orders import (
    EventKind,
    ExitReason,
    OrderKind,
    OrderReason,
    OrderRole,
    OrderStatus,
    Phase,
    SizeKind,
    TimeInForce,
)

if TYPE_CHECKING:
    from enum import IntEnum

    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats
    from arbitrax.kernels.simulate import Simulation

MOST_TAGS = 10_000
MOST_TAG = 200
"""Characters."""
MOST_NOTICES = 20
MOST_NOTICE = 1_000


class Outcome(Struct, frozen=True, eq=False):
    """The curves, shape (bars,), in quote currency, and the records of `arbitrax.kernels.ledger`."""

    equity: Floats
    exposure: Floats
    orders: NDArray[np.void]
    fills: NDArray[np.void]
    events: NDArray[np.void]
    trades: NDArray[np.void]
    tags: tuple[str, ...]
    bankrupt_bar: int | None = None
    notices: tuple[str, ...] = ()
    """What the strategy's own text calls for."""


def outcome_of(simulation: Simulation, tags: tuple[str, ...]) -> Outcome:
    """Return the outcome of a simulation that has run. Once: it gives its records away."""
    orders, fills, events, trades = simulation.records()
    bankrupt = simulation.bankrupt_bar
    return Outcome(
        simulation.equity, simulation.exposure, orders, fills, events, trades, tags, None if bankrupt < 0 else bankrupt
    )


def check_outcome(outcome: Outcome, bars: int, symbols: int) -> None:
    """Refuse an outcome that no simulation of so many bars and symbols has: who reads it later trusts its numbers.

    It is not proof that the run took place: a process that lies about itself can report any curve.

    Raises:
        StrategyError: the first field that is impossible, by name.
    """
    orders, tags = len(outcome.orders), len(outcome.tags)
    if len(outcome.equity) != bars or len(outcome.exposure) != bars:
        raise _impossible("curves")
    if not (np.isfinite(outcome.equity).all() and np.isfinite(outcome.exposure).all()):
        raise _impossible("curves")
    if outcome.bankrupt_bar is not None and not 0 <= outcome.bankrupt_bar < bars:
        raise _impossible("bankrupt bar")
    _check_texts("tags", outcome.tags, MOST_TAGS, MOST_TAG)
    _check_texts("notices", outcome.notices, MOST_NOTICES, MOST_NOTICE)
    bar, never_or_bar, flag = (0, bars), (-1, bars), (0, 2)
    symbol, order, no_or_order = (0, symbols), (0, orders), (-1, orders)
    _check(
        "orders",
        outcome.orders,
        {
            "created_bar": bar, "accepted_bar": never_or_bar, "triggered_bar": never_or_bar, "ended_bar": never_or_bar,
            "symbol": symbol, "parent": no_or_order, "group": no_or_order, "tag": (-1, tags), "side": (-1, 2),
            "kind": _codes(OrderKind), "time_in_force": _codes(TimeInForce), "size_kind": _codes(SizeKind),
            "role": _codes(OrderRole), "status": _codes(OrderStatus), "reason": _codes(OrderReason), "flags": (0, 16),
            "expires": (0, 2**63),
        },
        may_be_missing=("size", "limit", "stop", "trail", "reference_price", "price"),
    )  # fmt: skip
    _check(
        "fills",
        outcome.fills,
        {"order": order, "bar": bar, "symbol": symbol, "phase": _codes(Phase), "maker": flag, "unused": (0, 1)},
    )
    _check(
        "events",
        outcome.events,
        {"bar": bar, "symbol": (-1, symbols), "kind": _codes(EventKind), "order": no_or_order},
    )
    _check(
        "trades",
        outcome.trades,
        {
            "entry_bar": bar, "exit_bar": bar, "symbol": symbol, "entry_order": no_or_order, "exit_order": no_or_order,
            "side": (-1, 2), "exit_reason": _codes(ExitReason), "is_open": flag, "unused": (0, 1),
        },
    )  # fmt: skip


def _codes(kind: type[IntEnum]) -> tuple[int, int]:
    return 0, max(kind) + 1


def _check(
    what: str, records: NDArray[np.void], ranges: dict[str, tuple[int, int]], may_be_missing: tuple[str, ...] = ()
) -> None:
    """Refuse a field outside its range (from, below), or a number that is infinite or, elsewhere, missing."""
    for name, (low, above) in ranges.items():
        column: NDArray[Any] = records[name]
        if len(column) and not low <= int(column.min()) <= int(column.max()) < above:
            raise _impossible(f"{what}.{name}")
    for name in records.dtype.names or ():
        if records.dtype[name].kind != "f":
            continue
        column = records[name]
        wrong = np.isinf(column) if name in may_be_missing else ~np.isfinite(column)
        if wrong.any():
            raise _impossible(f"{what}.{name}")


def _check_texts(what: str, texts: tuple[str, ...], most: int, longest: int) -> None:
    if len(texts) > most or any(len(text) > longest or not text.isprintable() for text in texts):
        raise _impossible(what)


def _impossible(what: str) -> StrategyError:
    return StrategyError(f"The strategy's process reported {what} that no simulation has; its result was thrown away.")
