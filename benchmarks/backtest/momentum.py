"""The rotation all engines run: hold the best tenth by 12-1 month return, chosen at each month's last close."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.backtest.data import month_ends

LOOKBACK, SKIP, TOP = 252, 21, 0.1


def decision_bars(time: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the month ends that have a year behind them."""
    ends = month_ends(time)
    return ends[ends >= LOOKBACK]


def best(past: NDArray[np.float64], recent: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the columns of the best tenth by ``recent / past - 1``, the better first."""
    return np.argsort(-(recent / past), kind="stable")[: round(len(past) * TOP)]


def target_weights(time: NDArray[np.int64], close: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (bars, symbols) weights decided at each close, NaN rows where nothing is decided."""
    weights = np.full(close.shape, np.nan)
    for bar in decision_bars(time):
        weights[bar] = 0.0
        chosen = best(close[bar - LOOKBACK], close[bar - SKIP])
        weights[bar, chosen] = 1 / len(chosen)
    return weights
