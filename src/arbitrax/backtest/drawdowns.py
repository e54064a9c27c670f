"""The deepest drawdowns of a run, one by one: from a peak of equity to the bar that reaches it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats

DRAWDOWN_DTYPE = np.dtype(
    [("peak_bar", "<i8"), ("trough_bar", "<i8"), ("recovery_bar", "<i8"), ("depth", "<f8")], align=True
)
"""``recovery_bar`` is -1 while the peak was not reached again; ``depth`` is trough / peak - 1."""


def worst_drawdowns(equity: Floats, count: int = 10) -> NDArray[np.void]:
    """Return up to ``count`` drawdowns, deepest first, as records of `DRAWDOWN_DTYPE`.

    equity: (bars,). A drawdown begins at the last bar of its peak and ends at the first one that reaches it again.
    """
    peak = np.maximum.accumulate(equity)
    under = np.concatenate(([False], equity < peak, [False]))
    edges = np.flatnonzero(under[1:] != under[:-1])
    starts, ends = edges[::2], edges[1::2]  # the first bar under water, the first one no more
    found = np.zeros(len(starts), DRAWDOWN_DTYPE)
    if not len(starts):
        return found
    ratio = equity / peak
    # Between two drawdowns all bars are at their peak, so a reduction up to the next start finds the same trough.
    found["depth"] = np.minimum.reduceat(ratio, starts) - 1
    found["peak_bar"] = starts - 1
    found["recovery_bar"] = np.where(ends < len(equity), ends, -1)
    deepest = np.lexsort((starts, found["depth"]))[:count]
    kept = found[deepest]
    for record, start, end in zip(kept, starts[deepest].tolist(), ends[deepest].tolist(), strict=True):
        record["trough_bar"] = start + int(ratio[start:end].argmin())
    return kept
