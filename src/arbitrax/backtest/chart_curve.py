"""The curve of a run in as many points as a chart has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from arbitrax.market_data.chart_points import group_starts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Curves = Mapping[str, NDArray[np.float64] | NDArray[np.int64]]

NEEDED = ("timestamp", "equity", "benchmark")
"""The curves that a chart is made of."""


class ChartCurve(Struct, frozen=True, eq=False):
    """A curve of which neighbouring bars are joined; all arrays of shape (points,), money in quote currency."""

    bars: int
    """Of the range, before they were joined."""
    timestamp: NDArray[np.int64]
    """ns UTC, of the first of those joined."""
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    benchmark: Floats
    """Of the last of those joined."""
    drawdown: Floats
    """The deepest of those joined, from the highest equity of the whole run until then: 0 down to -1."""


def chart_curve(curves: Curves, start: int | None, end: int | None, points: int) -> ChartCurve:
    """Return the bars with ``start <= timestamp < end`` (ns UTC; None: open) in at most ``points`` points."""
    times, equity = curves["timestamp"].astype(np.int64), curves["equity"].astype(np.float64)
    first = 0 if start is None else int(times.searchsorted(start))
    last = len(times) if end is None else int(times.searchsorted(end))
    within = slice(first, max(first, last))
    drawdown = (equity / np.maximum.accumulate(equity) - 1)[within]
    times, equity, benchmark = times[within], equity[within], curves["benchmark"].astype(np.float64)[within]
    starts = group_starts(len(times), points)
    ends = np.append(starts[1:], len(times)) - 1 if len(starts) else starts
    return ChartCurve(
        bars=len(times),
        timestamp=times[starts],
        open=equity[starts],
        high=np.maximum.reduceat(equity, starts) if len(starts) else equity,
        low=np.minimum.reduceat(equity, starts) if len(starts) else equity,
        close=equity[ends],
        benchmark=benchmark[ends],
        drawdown=np.minimum.reduceat(drawdown, starts) if len(starts) else drawdown,
    )
