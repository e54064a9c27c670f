"""Was the value at risk right? Forecasts by three methods from past returns alone, against what came (Kupiec, 1995)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from arbitrax.backtest.metrics import Sample
from arbitrax.backtest.metrics.definition import UndefinedError
from arbitrax.backtest.metrics.sample import VAR_WINDOW
from arbitrax.backtest.metrics.tails import LEVELS, NORMAL_QUANTILE, cornish_fisher, kupiec
from arbitrax.kernels import performance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats

METHODS = ("historical", "normal", "cornish_fisher")


class VarTest(Struct, frozen=True):
    """One method at one level; ratio and p-value are None where there were too few forecasts for one exception."""

    method: str
    level: float
    forecasts: int
    expected: float
    exceptions: int
    likelihood_ratio: float | None
    p_value: float | None


def backtest_var(result: Result) -> list[VarTest]:
    """Return the test of each method at 95% and 99%.

    Each return is forecast from the `VAR_WINDOW` before it. Where the Cornish-Fisher expansion does not hold there is
    no forecast of that method.
    """
    returns = Sample(result).returns
    return [_test(method, level, returns) for level in LEVELS for method in METHODS]


def _test(method: str, level: float, returns: Floats) -> VarTest:
    tail = 1 - level
    quantile = _forecasts(method, level, returns)
    came = returns[VAR_WINDOW:]
    known = ~np.isnan(quantile)
    count, exceptions = int(known.sum()), int(np.count_nonzero(came[known] < quantile[known]))
    ratio, p_value = kupiec(exceptions, count, tail) if count * tail >= 1 else (None, None)
    return VarTest(method, level, count, count * tail, exceptions, ratio, p_value)


def _forecasts(method: str, level: float, returns: Floats) -> Floats:
    """Return the forecast quantile of each return from the window before it, NaN where there is none."""
    count = max(len(returns) - VAR_WINDOW, 0)
    if method == "historical" or not count:
        out = np.empty(count)
        performance.rolling_quantile(returns, VAR_WINDOW, 1 - level, out)
        return out
    return np.fromiter(_modelled(method, level, returns), np.float64, count)


def _modelled(method: str, level: float, returns: Floats) -> Iterator[float]:
    for at in range(VAR_WINDOW, len(returns)):
        mean, second, third, fourth, *_ = performance.moments(returns[at - VAR_WINDOW : at], 0.0)
        deviation, spread = (second / (VAR_WINDOW - 1)) ** 0.5, second / VAR_WINDOW
        if method == "normal" or spread == 0:
            yield mean - NORMAL_QUANTILE[level] * deviation
            continue
        try:
            skew, kurtosis = third / VAR_WINDOW / spread**1.5, fourth / VAR_WINDOW / spread**2
            yield mean + cornish_fisher(level, skew, kurtosis)[0] * deviation
        except UndefinedError:
            yield np.nan
