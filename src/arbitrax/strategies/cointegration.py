"""Rolling regression of two prices, and the test whether they are cointegrated, from trailing windows.

Each window is worked on by itself, so nothing of earlier bars remains in it and later ones change no bit of it.
"""

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arbitrax.domain.bars import Floats, Int64s

Level = Literal["1%", "5%", "10%"]

CRITICAL_VALUES: "dict[str, tuple[float, float, float]]" = {
    "1%": (-3.89644, -10.9519, -22.527),
    "5%": (-3.33613, -6.1101, -6.823),
    "10%": (-3.04445, -4.2412, -2.720),
}
"""Of two series and a constant, ``b0 + b1 / n + b2 / n^2``; source: see `critical_value`."""
BLOCK = 2048
"""Windows worked on at a time: some megabytes."""


class Regression(NamedTuple):
    """``y = intercept + slope * x + residual`` over the window that ends at each bar, (bars,); NaN until it is full."""

    intercept: "Floats"
    slope: "Floats"
    score: "Floats"
    """The last residual in deviations: ``residual / sqrt(sum of squared residuals / (window - 2))``."""


def rolling_regression(y: "Floats", x: "Floats", window: int) -> Regression:
    """Return the least squares of y on x over the last ``window`` bars at each; y, x: (bars,) float64.

    NaN too where x does not vary; the score also where nothing is left over.

    Raises:
        InputError: a window below 3.
    """
    if window < 3:
        raise InputError(f"A regression over {window} bars leaves no residual; use 3 or more.")
    found = Regression(*np.full((3, len(y)), np.nan))
    for first, ys, xs in _windows(y, x, np.arange(window - 1, len(y)), window):
        slope, intercept, rest = _regress(ys, xs)
        deviation = np.sqrt(_sum(rest * rest) / (window - 2))
        at = slice(first + window - 1, first + window - 1 + len(ys))
        found.slope[at], found.intercept[at] = slope, intercept
        # What rounding leaves of an exact line is no deviation.
        real = deviation > 1e-10 * np.abs(ys).max(axis=1)
        np.divide(rest[:, -1], deviation, out=found.score[at], where=real)
    return found


def engle_granger(y: "Floats", x: "Floats", window: int, rows: "Int64s", *, lags: int = 1) -> "Floats":
    """Return the Engle-Granger statistic of the ``window`` bars that end at each row, (rows,).

    The lower, the less likely it is that the residuals e of y on x wander: it is the t value of g in the augmented
    Dickey-Fuller regression ``d e_t = g e_(t-1) + sum_i c_i d e_(t-i) + u_t``. NaN where the window is not full or the
    residuals are constant. Compare with `critical_value`.

    Source: Engle and Granger, "Co-Integration and Error Correction", Econometrica 55(2), 1987; Dickey and Fuller,
    "Distribution of the Estimators for Autoregressive Time Series With a Unit Root", JASA 74(366), 1979.

    Raises:
        InputError: a window too short for that many lags.
    """
    used = window - 1 - lags
    if lags < 0 or used <= lags + 1:
        raise InputError(f"A window of {window} bars is too short for {lags} lags; use {2 * lags + 3} or more.")
    result = np.full(len(rows), np.nan)
    full = np.flatnonzero(rows >= window - 1)
    for first, ys, xs in _windows(y, x, rows[full], window):
        rest = _regress(ys, xs)[2]
        change = np.diff(rest, axis=1)
        columns = [rest[:, lags:-1], *(change[:, lags - each : -each] for each in range(1, lags + 1))]
        factors = np.stack(columns, axis=2)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            result[full[first : first + len(ys)]] = _t_values(change[:, lags:], factors)
    return result


def critical_value(level: Level, bars: int, *, lags: int = 1) -> float:
    """Return the value below which two series of ``bars`` bars count as cointegrated at a level of significance.

    Source: MacKinnon, "Critical Values for Cointegration Tests", Queen's Economics Department Working Paper 1227,
    2010, table 2, two variables with a constant.
    """
    used = bars - 1 - lags
    first, second, third = CRITICAL_VALUES[level]
    return first + second / used + third / used**2


def _windows(y: "Floats", x: "Floats", rows: "Int64s", window: int) -> "Iterator[tuple[int, Floats, Floats]]":
    """Yield blocks of the windows that end at rows: the place of the first, and copies of y and x, (rows, window)."""
    if not len(rows):
        return
    ys, xs = sliding_window_view(y, window), sliding_window_view(x, window)
    for first in range(0, len(rows), BLOCK):
        starts = rows[first : first + BLOCK] - (window - 1)
        yield first, ys[starts], xs[starts]


def _regress(y: "Floats", x: "Floats") -> "tuple[Floats, Floats, Floats]":
    """Return slopes, intercepts, (rows,), and residuals, (rows, window), of y on x."""
    mean_x, mean_y = _sum(x) / x.shape[1], _sum(y) / y.shape[1]
    off_x, off_y = x - mean_x[:, None], y - mean_y[:, None]
    spread = _sum(off_x * off_x)
    slope = np.divide(_sum(off_x * off_y), spread, out=np.full(len(x), np.nan), where=spread > 0)
    return slope, mean_y - slope * mean_x, off_y - slope[:, None] * off_x


def _t_values(change: "Floats", factors: "Floats") -> "Floats":
    """Return the t value of the first factor in the least squares of change on factors.

    change: (rows, n); factors: (rows, n, k). The inverse of the factors' products is by elimination.
    """
    rows, used, count = factors.shape
    products = np.empty((rows, count, count + 1 + count))
    for one in range(count):
        for other in range(count):
            products[:, one, other] = _sum(factors[:, :, one] * factors[:, :, other])
        products[:, one, count] = _sum(factors[:, :, one] * change)
    products[:, :, count + 1 :] = np.eye(count)
    # Gauss-Jordan on all rows at once; a positive definite matrix needs no pivoting.
    for pivot in range(count):
        products[:, pivot] /= products[:, pivot, pivot, None].copy()
        for other in range(count):
            if other != pivot:
                products[:, other] -= products[:, other, pivot, None].copy() * products[:, pivot]
    estimate = products[:, :, count]
    rest = change - sum(estimate[:, each, None] * factors[:, :, each] for each in range(count))
    variance = _sum(rest * rest) / (used - count) * products[:, 0, count + 1]
    return np.where(variance > 0, estimate[:, 0] / np.sqrt(np.maximum(variance, 0.0)), np.nan)


def _sum(values: "Floats") -> "Floats":
    """Return the sum of each row, of rows that lie in one piece: the same whatever the other rows."""
    return np.ascontiguousarray(values).sum(axis=1)
