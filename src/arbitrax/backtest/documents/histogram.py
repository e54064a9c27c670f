"""Returns of a run, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from msgspec import Struct

from arbitrax.backtest.metrics import Sample

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result


class HistogramMessage(Struct, frozen=True):
    """Returns counted between edges; the outer bins hold the tails, zeros (no position) are left out."""

    edges: list[float]
    counts: list[int]
    period: Literal["bar", "session"]
    returns: int
    zeros: int
    tails: int


def count_returns(result: Result) -> HistogramMessage | None:
    """Return the returns counted; None when they do not vary."""
    sample = Sample(result)
    every = sample.returns[np.isfinite(sample.returns)]
    # Bars without a position would pile up at zero and flatten all the rest.
    returns = every[every != 0]
    if len(returns) < 2 or float(np.ptp(returns)) == 0:
        return None
    low, high = (float(edge) for edge in np.quantile(returns, (0.002, 0.998)))
    spread = float(np.subtract(*np.quantile(returns, (0.75, 0.25))))
    # Freedman and Diaconis (1981), within 16 to 80 bins, at a round width with an edge at zero.
    rough = min(max(2 * spread / len(returns) ** (1 / 3), (high - low) / 80), (high - low) / 16)
    width = _round_width(rough if rough > 0 else float(np.ptp(returns)) / 16)
    first, last = int(np.floor(low / width)), int(np.ceil(high / width))
    edges = np.arange(first, max(last, first + 1) + 1) * width
    counts, _ = np.histogram(np.clip(returns, edges[0], edges[-1]), edges)
    return HistogramMessage(
        edges.tolist(),
        counts.tolist(),
        "session" if sample.year.by_session else "bar",
        len(every),
        len(every) - len(returns),
        int(np.count_nonzero((returns < edges[0]) | (returns > edges[-1]))),
    )


def _round_width(width: float) -> float:
    power = 10.0 ** np.floor(np.log10(width))
    return float(power * min((1, 2, 2.5, 5, 10), key=lambda step: abs(step - width / power)))
