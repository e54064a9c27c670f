"""Rolling statistics of each window on its own, in exact arithmetic up to the last root or logarithm."""

import itertools
import math
from fractions import Fraction

NAN = math.nan


def each_window(columns, window, statistic):
    """Return the statistic of every window of finite values, NaN elsewhere."""
    rows = list(zip(*columns, strict=True))
    out = []
    for end in range(1, len(rows) + 1):
        part = rows[end - window : end] if end >= window else []
        if not part or not all(math.isfinite(x) for row in part for x in row):
            out.append(NAN)
            continue
        out.append(statistic(*([Fraction(x) for x in column] for column in zip(*part, strict=True))))
    return out


def mean(x):
    return sum(x, Fraction(0)) / len(x)


def covariance(x, y):
    return mean([a * b for a, b in zip(x, y, strict=True)]) - mean(x) * mean(y)


def root(x):
    """Square root of a Fraction that may be smaller than any float."""
    return math.sqrt(x.numerator) / math.sqrt(x.denominator)


def deviation(values, window):
    return each_window([values], window, lambda x: root(covariance(x, x)))


def zscore(values, window, ddof):
    def score(x):
        variance = covariance(x, x) * len(x) / (len(x) - ddof)
        return float(x[-1] - mean(x)) / root(variance) if variance else NAN

    return each_window([values], window, score)


def correlation(first, second, window):
    def r(x, y):
        xx, yy = covariance(x, x), covariance(y, y)
        return float(covariance(x, y)) / (root(xx) * root(yy)) if xx and yy else NAN

    return each_window([first, second], window, r)


def beta(returns, benchmark, window):
    def slope(y, x):
        return float(covariance(x, y) / covariance(x, x)) if covariance(x, x) else NAN

    return each_window([returns, benchmark], window, slope)


def regression(values, window):
    """Value at the end, slope, intercept, r squared: four lists."""
    time = [Fraction(k) for k in range(window)]

    def fit(y):
        slope = covariance(time, y) / covariance(time, time)
        at = mean(y) - slope * mean(time)
        varied = covariance(y, y)
        explained = float(covariance(time, y) ** 2 / (covariance(time, time) * varied)) if varied else NAN
        return float(at + slope * (window - 1)), float(slope), float(at), explained

    lines = each_window([values], window, fit)
    return [[NAN if line is NAN else line[k] for line in lines] for k in range(4)]


def hurst(values, window, longest):
    lags = [2**j for j in range(30) if 2**j <= longest]

    def exponent(x):
        sizes = [mean([(x[t] - x[t - lag]) ** 2 for t in range(lag, len(x))]) for lag in lags]
        if not all(sizes):
            return NAN
        logs, at = [math.log(size) for size in sizes], [math.log(lag) for lag in lags]
        middle = sum(at) / len(at)
        return sum((a - middle) * b for a, b in zip(at, logs, strict=True)) / sum((a - middle) ** 2 for a in at) / 2

    return each_window([values], window, exponent)


def realised_volatility(close, window, periods):
    changes = [NAN][: len(close)] + [
        math.log(b / a) if 0 < a < math.inf and 0 < b < math.inf else NAN for a, b in itertools.pairwise(close)
    ]
    return each_window([changes], window, lambda x: root(sum(r * r for r in x) / window) * math.sqrt(periods))
