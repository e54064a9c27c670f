"""The same run at other costs: what is left of it when trading costs nothing, twice or three times as much."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec.structs import replace

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from arbitrax.backtest.spec import RunSpec

SCALED = ("per_share", "per_order", "minimum", "maximum_bps", "half_spread", "volume_share", "square_root")
"""Costs in proportion to the multiple; a cap on volume and a currency's unit are no costs."""
LARGEST = 64.0
STEPS = 8


def scale_costs(spec: RunSpec, multiple: float) -> RunSpec:
    """Return a spec with every cost of trading times ``multiple``.

    Raises:
        InputError: some cost is then beyond what a spec allows.
    """
    costs = spec.costs
    return replace(
        spec,
        commission_bps=spec.commission_bps * multiple,
        slippage_bps=spec.slippage_bps * multiple,
        costs=replace(
            costs,
            maker_bps=None if costs.maker_bps is None else costs.maker_bps * multiple,
            tiers=tuple((traded, bps * multiple) for traded, bps in costs.tiers),
            **{name: getattr(costs, name) * multiple for name in SCALED},
        ),
    )


def has_costs(spec: RunSpec) -> bool:
    """Tell whether trading costs anything."""
    costs = spec.costs
    return bool(
        spec.commission_bps
        or spec.slippage_bps
        or costs.maker_bps
        or any(bps for _, bps in costs.tiers)
        or any(getattr(costs, name) for name in SCALED if name != "maximum_bps")
    )


def break_even(profit: Callable[[float], float], known: dict[float, float], *, runs: int) -> float | None:
    """Return the multiple of costs at which the profit is gone, None when there is none up to `LARGEST`.

    known: profit by multiple, at least two. runs: how often ``profit`` may be called to narrow it down; the rest is
    interpolated linearly.
    """
    found = dict(known)
    largest = max(found)
    while runs and min(found.values()) > 0 and largest < LARGEST:
        largest *= 2
        runs -= 1
        try:
            found[largest] = profit(largest)
        except InputError:
            break
    positive = [multiple for multiple, value in found.items() if value > 0]
    if not positive or found[min(found)] <= 0:
        return None
    # The first crossing: beyond it a profit would be chance.
    ordered = sorted(found)
    low = next((a for a, b in pairwise(ordered) if found[a] > 0 >= found[b]), None)
    if low is None:
        return None
    high = ordered[ordered.index(low) + 1]
    for _ in range(min(runs, STEPS)):
        middle = (low + high) / 2
        found[middle] = profit(middle)
        low, high = (middle, high) if found[middle] > 0 else (low, middle)
    return low + (high - low) * found[low] / (found[low] - found[high])
