"""What a run was exposed to, and to which symbols most, in as many points as a chart has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from arbitrax.backtest.holdings import net_values, share_of_equity, traded_panel, weights
from arbitrax.market_data.chart_points import group_starts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats

LARGEST = 8
"""Symbols whose weights are told."""


class ChartExposure(Struct, frozen=True, eq=False):
    """Values / equity at closes, of shape (points,), 0 where nothing is left of the account.

    Of neighbouring bars that are joined all is of the one with the largest gross exposure.
    """

    timestamp: NDArray[np.int64]
    """ns UTC, of the first of those joined."""
    long: Floats
    short: Floats
    """0 or below."""
    weights: dict[str, Floats]
    """The largest by mean size first; none of a run of one symbol, nor where prices are not at hand."""


def chart_exposure(result: Result, points: int) -> ChartExposure:
    """Return the exposure of a run in at most ``points`` points."""
    equity = result.equity_curve
    gross, net = (share_of_equity(values, equity) for values in (result.exposure_curve, net_values(result)))
    starts = group_starts(len(equity), points)
    rows = _largest_rows(gross, starts)
    return ChartExposure(
        timestamp=result.bars.timestamp[starts],
        long=np.maximum((gross + net)[rows] / 2, 0),
        short=np.minimum((net - gross)[rows] / 2, 0),
        weights=_largest_weights(result, rows),
    )


def _largest_rows(values: Floats, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first row with the largest value of each group."""
    most = np.maximum.reduceat(values, starts)
    found = np.flatnonzero(values == np.repeat(most, np.diff(starts, append=len(values))))
    return np.asarray(found[np.searchsorted(found, starts)])


def _largest_weights(result: Result, rows: NDArray[np.int64]) -> dict[str, Floats]:
    panel = traded_panel(result) if len(result.spec.symbols) > 1 else None
    if panel is None:
        return {}
    largest: list[tuple[float, str, Floats]] = []
    for symbol, share in weights(result, panel):
        largest.append((float(np.abs(share).mean()), symbol, share[rows]))
        largest = sorted(largest, key=lambda each: -each[0])[:LARGEST]
    return {symbol: share for _, symbol, share in largest}
