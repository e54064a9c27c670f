"""Series in as many points as a chart has: neighbours are joined, and no extreme is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Bars


def group_starts(rows: int, points: int) -> NDArray[np.int64]:
    """Return where each of at most ``points`` groups of neighbours begins, shape (min(rows, points),).

    Groups are as long as each other to within one row.
    """
    groups = min(rows, points)
    return np.arange(groups, dtype=np.int64) * rows // max(groups, 1)


def joined(bars: Bars, points: int) -> Bars:
    """Return bars joined to at most ``points``: first time and open, highest high, lowest low, last close, all volume.

    A bar whose prices are missing does not count; of an adjusted close the last.
    """
    if len(bars) <= points:
        return bars
    starts = group_starts(len(bars), points)
    ends = np.append(starts[1:], len(bars)) - 1
    return replace(
        bars,
        timestamp=bars.timestamp[starts],
        open=bars.open[starts],
        high=np.fmax.reduceat(bars.high, starts),
        low=np.fmin.reduceat(bars.low, starts),
        close=bars.close[ends],
        volume=np.add.reduceat(bars.volume, starts),
        adj_close=None if bars.adj_close is None else bars.adj_close[ends],
    )
