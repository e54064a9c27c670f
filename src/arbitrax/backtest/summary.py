"""What happened in a run besides its trades, counted: orders refused, and events of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arbitrax.backtest.wording import EVENTS, ROLES
from arbitrax.domain.orders import EventKind, OrderReason, OrderStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

CALLS = (EventKind.MARGIN_CALL, EventKind.BANKRUPTCY)
WITHOUT_AMOUNT = (EventKind.SPLIT, EventKind.MARGIN_CALL, EventKind.BANKRUPTCY)


class EventTotal(msgspec.Struct, frozen=True):
    """Events of one kind; ``amount`` is what they gave (took, if negative), None where they move no money."""

    name: str
    label: str
    count: int
    amount: float | None


def refusals(orders: NDArray[np.void]) -> dict[OrderReason, int]:
    """Return how many orders were refused, by reason, the most frequent first."""
    reasons = orders["reason"][orders["status"] == OrderStatus.REFUSED]
    codes, counts = np.unique(reasons, return_counts=True)
    found = {OrderReason(code): count for code, count in zip(codes.tolist(), counts.tolist(), strict=True)}
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def event_totals(events: NDArray[np.void], orders: NDArray[np.void]) -> list[EventTotal]:
    """Return the account's events by kind: margin calls, what the account was forced to, then the others."""
    calls = [_total(events, kind) for kind in CALLS]
    others = [_total(events, kind) for kind in EventKind if kind not in CALLS]
    forced = [
        EventTotal(
            role.name.lower(), label, int(np.count_nonzero((orders["role"] == role) & (orders["quantity"] > 0))), None
        )
        for role, label in ROLES.items()
    ]
    return [each for each in [*calls, *forced, *others] if each.count]


def _total(events: NDArray[np.void], kind: EventKind) -> EventTotal:
    own = events["amount"][events["kind"] == kind]
    amount = None if kind in WITHOUT_AMOUNT else float(own.sum())
    return EventTotal(kind.name.lower(), EVENTS[kind], len(own), amount)
