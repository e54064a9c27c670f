"""How far luck alone moves a run's figures: stationary bootstrap of its returns, with a block length from the data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from arbitrax.kernels.bootstrap import stationary_bootstrap

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats

RESAMPLES = 1_000
LEVEL = 0.95
FEWEST = 20
"""Returns below which resampling them says nothing."""
MOST = 50_000_000
"""Returns drawn in all; of longer series fewer resamples are made."""
LEAST_RESAMPLES = 200


class Interval(Struct, frozen=True):
    """The middle 95% of a figure over resamples, and its value in the run."""

    value: float
    low: float
    high: float


class Resampled(Struct, frozen=True):
    """Figures of resampled returns; each (resamples,) float64."""

    mean: Floats
    deviation: Floats
    growth: Floats
    drawdown: Floats
    block: float
    """Mean length of a block, in returns."""


def resample_returns(returns: Floats, seed: int) -> Resampled:
    """Resample returns of equal periods, in blocks of the length that `block_length` gives.

    Source: Politis and Romano, "The Stationary Bootstrap", Journal of the American Statistical Association 89, 1994.
    """
    count = max(LEAST_RESAMPLES, min(RESAMPLES, MOST // max(len(returns), 1)))
    out = np.empty((count, 4))
    block = block_length(returns)
    stationary_bootstrap(np.ascontiguousarray(returns), block, seed & (2**64 - 1), out)
    mean, deviation, growth, drawdown = out.T.copy()
    return Resampled(mean, deviation, growth, drawdown, block)


def percentile_interval(values: Floats) -> tuple[float, float]:
    """Return the ends of the middle 95%, linear between order statistics; np.quantile would load numpy.ma."""
    ordered = np.sort(values)

    def quantile(share: float) -> float:
        position = (len(ordered) - 1) * share
        below = int(position)
        low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
        return low + (high - low) * (position - below)

    return quantile((1 - LEVEL) / 2), quantile((1 + LEVEL) / 2)


def block_length(values: Floats) -> float:
    """Return the mean block length for a stationary bootstrap of the mean, from 1 to min(3 sqrt(n), n / 3).

    Source: Politis and White, "Automatic Block-Length Selection for the Dependent Bootstrap", Econometric Reviews
    23(1), 2004, with the correction of Patton, Politis and White, ibid. 28(4), 2009. Autocovariances are summed under
    a flat-top window of width 2m, where m is the lag from which K = max(5, log10 n) autocorrelations in a row lie
    within 2 sqrt(log10(n) / n); autocorrelations are taken between the two overlapping parts, as in
    Patton's own code.
    """
    n = len(values)
    if n < 3:
        return 1.0
    centred = values - values.mean()
    run = max(5, int(math.log10(n)))
    most = min(math.ceil(math.sqrt(n)) + run, n - 2)
    covariance = np.array([float(centred[lag:] @ centred[: n - lag]) for lag in range(most + 1)]) / n
    if covariance[0] <= 0:
        return 1.0
    bound = 2 * math.sqrt(math.log10(n) / n)
    squares = centred * centred
    # The sums of squares from a lag on, and up to the same distance from the end.
    later = np.array([squares[lag + 1 :].sum() for lag in range(most + 1)])
    earlier = np.array([squares[: n - lag - 1].sum() for lag in range(most + 1)])
    scale = np.sqrt(later * earlier)
    correlation = np.divide(np.abs(covariance) * n, scale, out=np.zeros(most + 1), where=scale > 0)
    small = correlation < bound
    from_lag = next((lag for lag in range(most + 1 - run) if small[lag : lag + run].all()), None)
    width = most if from_lag is None else min(2 * max(from_lag, 1), most)
    lags = np.arange(1, width + 1)
    window = np.minimum(1.0, 2 * (1 - lags / width))
    g = float(2 * (window * lags * covariance[1 : width + 1]).sum())
    spectrum = float(covariance[0] + 2 * (window * covariance[1 : width + 1]).sum())
    longest = max(1.0, float(math.ceil(min(3 * math.sqrt(n), n / 3))))
    if spectrum == 0:
        return longest
    # 2 G^2 / D with D = 2 g(0)^2: the correction of 2009.
    length = float(np.cbrt(g * g / (spectrum * spectrum) * n))
    return min(max(length, 1.0), longest)
