"""Rolling statistics over arrays; values agree with TA-Lib's to 1e-9.

Every result is NaN until its window is full. Sums of squares and products are of integers, exact: a variance is never
negative, equal values have a deviation of 0 and no error of rounding gathers, however long the series. A result
depends on the values in its window alone, to the rounding of one value in its last digits: values are told apart down
to 1e-13 of the largest that was in the window lately.
"""

from typing import TYPE_CHECKING

from arbitrax.domain.errors import InputError
from arbitrax.indicators.series import lines
from arbitrax.kernels import rolling_statistics as states
from arbitrax.kernels.rolling_statistics import BollingerBands, RegressionLine

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from arbitrax.domain.bars import Floats


def bollinger(values: "ArrayLike", window: int = 20, deviations: float = 2.0) -> "BollingerBands[Floats]":
    """Return Bollinger bands, three arrays (bars,) in the unit of the values, from bar ``window - 1`` on.

    Formula: middle = SMA of ``window`` values, to the bit that of `sma`; upper and lower = middle +- ``deviations``
    times the population deviation (divided by ``window``) of the same values. ``bandwidth`` is (upper - lower) /
    middle, ``percent_b(values)`` is (value - lower) / (upper - lower), NaN where the bands meet.
    Source: John Bollinger, "Bollinger on Bollinger Bands", 2001; TA-Lib's BBANDS of simple averages.
    Equal values, and a window of 1, have all three bands at the value.

    Raises:
        InputError: a window or deviations out of bounds, or values that are no series.
        DataError: values too large for exact sums.
    """
    return BollingerBands(*lines(states.Bollinger, (window, deviations), {"values": values}, 3))


def zscore(values: "ArrayLike", window: int = 20, ddof: int = 0) -> "Floats":
    """Return the rolling z-score, (bars,), in deviations, from bar ``window - 1`` on.

    Formula: (value - mean) / deviation, both of the last ``window`` values, the value itself included. The sum of
    squares is divided by ``window - ddof``: 0 for the population's deviation (as in Bollinger bands), 1 for the
    sample's. Equal values have no deviation and so no z-score, NaN. A window of 1 is refused: it never varies.

    Raises:
        InputError: a window or ddof out of bounds, or values that are no series.
    """
    return lines(states.ZScore, (window, ddof), {"values": values}, 1)[0]


def correlation(first: "ArrayLike", second: "ArrayLike", window: int = 20) -> "Floats":
    """Return Pearson's correlation of the last ``window`` pairs, (bars,), -1 to 1, from bar ``window - 1`` on.

    Formula: covariance / (deviation of first * deviation of second). NaN where one of both does not vary (TA-Lib's
    CORREL says 0). A window of 1 is refused: it never varies. Correlate returns rather than prices: two trends
    correlate whatever their cause (Granger and Newbold, "Spurious Regressions in Econometrics", 1974).

    Raises:
        InputError: a window out of bounds, series that are none or differ in length.
    """
    return lines(states.Correlation, (window,), {"first": first, "second": second}, 1)[0]


def beta(returns: "ArrayLike", benchmark: "ArrayLike", window: int = 20) -> "Floats":
    """Return the rolling beta of returns on those of a benchmark, (bars,), from bar ``window - 1`` on.

    Formula: covariance(returns, benchmark) / variance(benchmark) of the last ``window`` pairs, the slope of returns
    on the benchmark's. NaN where the benchmark does not vary (TA-Lib says 0). A window of 1 is refused. TA-Lib's BETA
    is given prices and takes their returns itself: ``BETA(benchmark, price)`` is ``beta`` of ``price[1:] /
    price[:-1] - 1``. Any two series will do: the hedge ratio of a pair is the beta of one price on the other.
    Source: William Sharpe, "Capital Asset Prices", Journal of Finance 19(3), 1964.

    Raises:
        InputError: a window out of bounds, series that are none or differ in length.
    """
    return lines(states.Beta, (window,), {"returns": returns, "benchmark": benchmark}, 1)[0]


def linear_regression(values: "ArrayLike", window: int = 14) -> "RegressionLine[Floats]":
    """Return the least-squares line through the last ``window`` values, four arrays (bars,), from bar ``window - 1``.

    ``slope``: rise a bar, in the unit of the values. ``intercept``: height at the oldest value of the window,
    ``value``: at the newest (TA-Lib's LINEARREG_SLOPE, LINEARREG_INTERCEPT and LINEARREG). ``r_squared``: the share
    of the values' variance the line explains, 0 to 1, NaN where they do not vary. A window of 1 is refused: many
    lines go through one point.

    Raises:
        InputError: a window out of bounds, or values that are no series.
    """
    return RegressionLine(*lines(states.LinearRegression, (window,), {"values": values}, 4))


def hurst(values: "ArrayLike", window: int = 128, longest_lag: int | None = None) -> "Floats":
    """Return the rolling Hurst exponent, (bars,), from bar ``window - 1`` on: 0.5 for a random walk.

    ``values`` are levels, such as logarithms of prices: above 0.5 they trend, below they revert. Formula: with the
    mean squared change M(lag) = mean((x[t] - x[t - lag])^2) of all changes within the window, M grows as lag^(2 H); H
    is half the least-squares slope of log M on log lag for lags 1, 2, 4, ... up to ``longest_lag`` (a fourth of the
    window). This is the generalised exponent of order 2: Di Matteo, Aste and Dacorogna, "Long-term memories of
    developed and emerging markets", Journal of Banking & Finance 29(4), 2005. A drift counts as a trend: the values of
    a straight line have H = 1. NaN where the values of a lag do not change at all.

    The error is large: for a random walk the deviation of H is about 0.1 at 128 values and 0.05 at 512.

    Raises:
        InputError: a window below 8, a lag out of bounds (2 to half the window), or values that are no series.
    """
    if longest_lag == 0:
        raise InputError(f"Hurst: longest_lag = 0 is not allowed for a window of {window}; give 2 or more.")
    return lines(states.Hurst, (window, 0 if longest_lag is None else longest_lag), {"values": values}, 1)[0]


def realised_volatility(close: "ArrayLike", window: int = 20, periods: float = 1.0) -> "Floats":
    """Return the close-to-close volatility of the last ``window`` log returns, (bars,), from bar ``window`` on.

    Formula: sqrt(periods * mean(log(close[t] / close[t - 1])^2)), the mean return taken as 0. ``periods`` is the number
    of bars in the unit of time: 1 for the volatility of a bar, 252 for that of a year of daily bars. Constant prices
    have 0. A price of 0 or below starts it anew, like one that is not finite.
    Source: Andersen, Bollerslev, Diebold and Labys, "Modeling and Forecasting Realized Volatility", Econometrica
    71(2), 2003.

    Raises:
        InputError: a window or periods out of bounds, or prices that are no series.
    """
    return lines(states.RealisedVolatility, (window, periods), {"close": close}, 1)[0]
