"""Metrics over a moving window of returns, to see whether a run earned its figures evenly.

Windows are counted in returns of the run's own calendar (`Sample`), and annualised as the metrics are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from arbitrax.backtest.metrics import Sample
from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats, Int64s

SHORTEST = 2


class Rolling(Struct, frozen=True, eq=False):
    """Arrays of shape (returns,), NaN until the window is full and where a figure is undefined."""

    window: int
    bar: Int64s
    """The bar at whose close each return ends."""
    sharpe: Floats
    volatility: Floats
    beta: Floats


def rolling_metrics(result: Result, window: int | None = None) -> Rolling:
    """Return Sharpe ratio, volatility and beta of the last ``window`` returns at each; None takes half a year of them.

    Raises:
        InputError: a window below two returns, or no whole number.
    """
    sample = Sample(result)
    if window is None:
        window = max(round(sample.year.periods / 2), SHORTEST)
    if isinstance(window, bool) or not isinstance(window, int | np.integer) or window < SHORTEST:
        raise InputError(f"A window of {window!r} returns has no deviation; give a whole number from {SHORTEST}.")
    returns, theirs = sample.returns, sample.benchmark_returns
    count = len(returns)
    lines = [np.full(count, np.nan) for _ in range(3)]
    if count >= window:
        yearly = math.sqrt(sample.year.periods)
        own, other = (np.lib.stride_tricks.sliding_window_view(each, window) for each in (returns, theirs))
        mean, deviation = own.mean(axis=1), own.std(axis=1, ddof=1)
        still = deviation <= 1e-14 * (1 + np.abs(mean))
        away = other - other.mean(axis=1, keepdims=True)
        squares = (away * away).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            lines[0][window - 1 :] = np.where(still, np.nan, (mean - sample.risk_free) / deviation * yearly)
            lines[2][window - 1 :] = np.where(squares > 0, (away * own).sum(axis=1) / squares, np.nan)
        lines[1][window - 1 :] = np.where(still, 0.0, deviation) * yearly
    return Rolling(window, sample.ends[:count], *lines)
