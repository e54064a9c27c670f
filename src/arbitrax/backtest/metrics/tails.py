"""Losses that are rare: value at risk and the mean beyond it, by history, the normal law and Cornish-Fisher."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.metrics.definition import Definition, UndefinedError
from arbitrax.backtest.metrics.sample import VAR_WINDOW
from arbitrax.kernels import performance

if TYPE_CHECKING:
    from arbitrax.backtest.metrics.sample import Sample

LEVELS = (0.95, 0.99)
NORMAL_QUANTILE = {0.95: 1.6448536269514722, 0.99: 2.3263478740408408}
NORMAL_DENSITY = {0.95: 0.10313564037537139, 0.99: 0.026652142203457696}
FARTHEST = 5.0
"""Between minus this and this the Cornish-Fisher expansion has to rise; what is beyond comes once in 1.7 million."""
CORNISH_FISHER = 'D. Maillard, "A User\'s Guide to the Cornish Fisher Expansion", 2012'
KUPIEC = (
    'P. Kupiec, "Techniques for Verifying the Accuracy of Risk Measurement Models", Journal of Derivatives 3(2), 1995'
)


def tail_quantile(s: Sample, share: float) -> float:
    """Return a low or high quantile of returns, if the tail beyond it holds at least one of them.

    By hand and not by np.quantile, which would sort anew for each level and load numpy.ma into every cold process.
    """
    returns, tail = s.sorted_returns, min(share, 1 - share)
    needed = round(1 / tail)
    if len(returns) < needed:
        raise UndefinedError(f"{len(returns)} returns are too few for a {1 - tail:.0%} tail; {needed} are needed")
    position = (len(returns) - 1) * share
    below = int(position)
    low, high = float(returns[below]), float(returns[min(below + 1, len(returns) - 1)])
    return low + (high - low) * (position - below)


def cornish_fisher(level: float, skew: float, kurtosis: float) -> tuple[float, float]:
    """Return the (1 - level) quantile of the standardised returns, and their mean below it, both negative.

    skew, kurtosis: of the returns, 3 for the normal one. The expansion turns a normal z into a cubic of it; the mean is
    that cubic's over z below its quantile, in closed form.

    Raises:
        UndefinedError: the cubic does not rise all the way within `FARTHEST`, so what it gives are no quantiles.
    """
    excess = kurtosis - 3
    z, tail = -NORMAL_QUANTILE[level], 1 - level
    # The slope of the cubic is a z^2 + b z + c; between its ends it is least where it turns.
    a, b, c = excess / 8 - skew * skew / 6, skew / 3, 1 - excess / 8 + 5 * skew * skew / 36
    turn = min(max(-b / (2 * a), -FARTHEST), FARTHEST) if a > 0 else FARTHEST
    if min(a * at * at + b * at + c for at in (-FARTHEST, turn, FARTHEST)) < 0:
        raise UndefinedError("the Cornish-Fisher expansion does not hold for such a skew and kurtosis")

    def cubic(one: float, square: float, cube: float, whole: float) -> float:
        return (
            one + (square - whole) * skew / 6 + (cube - 3 * one) * excess / 24 - (2 * cube - 5 * one) * skew * skew / 36
        )

    density = NORMAL_DENSITY[level]
    # Integrals of z, z^2 and z^3 times the normal density below the quantile.
    mean = cubic(-density, tail - z * density, -(z * z + 2) * density, tail) / tail
    return cubic(z, z * z, z**3, 1.0), mean


def kupiec(exceptions: int, forecasts: int, tail: float) -> tuple[float, float]:
    """Return Kupiec's likelihood ratio of the proportion of failures, and its p-value (chi-squared, 1 degree)."""
    found = exceptions / forecasts

    def likelihood(share: float) -> float:
        parts = ((exceptions, share), (forecasts - exceptions, 1 - share))
        return sum(count * math.log(value) for count, value in parts if count)

    ratio = max(-2 * (likelihood(tail) - likelihood(found)), 0.0)
    return ratio, math.erfc(math.sqrt(ratio / 2))


def historical_exceptions(s: Sample, level: float) -> tuple[int, int]:
    """Return how many returns fell below the VaR forecast from the `VAR_WINDOW` returns before each, and of how many.

    Raises:
        UndefinedError: there are fewer forecasts than one exception in them needs.
    """
    returns, needed = s.returns, round(1 / (1 - level))
    forecasts = len(returns) - VAR_WINDOW
    if forecasts < needed:
        raise UndefinedError(
            f"{len(returns):,} returns are too few for {needed} forecasts from {VAR_WINDOW} returns before each"
        )
    quantile = np.empty(forecasts)
    performance.rolling_quantile(returns, VAR_WINDOW, 1 - level, quantile)
    return int(np.count_nonzero(returns[VAR_WINDOW:] < quantile)), forecasts


def _historical_var(level: float) -> Callable[[Sample], float]:
    return lambda s: -tail_quantile(s, 1 - level)


def _historical_cvar(level: float) -> Callable[[Sample], float]:
    def compute(s: Sample) -> float:
        last = s.sorted_returns.searchsorted(tail_quantile(s, 1 - level), side="right")
        return -float(np.mean(s.sorted_returns[:last]))

    return compute


def _normal_var(level: float) -> Callable[[Sample], float]:
    return lambda s: NORMAL_QUANTILE[level] * s.moments.deviation - s.moments.mean


def _normal_cvar(level: float) -> Callable[[Sample], float]:
    return lambda s: s.moments.deviation * NORMAL_DENSITY[level] / (1 - level) - s.moments.mean


def _modified(level: float, place: int) -> Callable[[Sample], float]:
    def compute(s: Sample) -> float:
        moments = s.moments
        if moments.skew is None or moments.kurtosis is None:
            raise UndefinedError("returns do not vary")
        return -moments.mean - moments.deviation * cornish_fisher(level, moments.skew, moments.kurtosis)[place]

    return compute


def _kupiec(level: float) -> Callable[[Sample], float]:
    return lambda s: kupiec(*historical_exceptions(s, level), 1 - level)[1]


def _tail_ratio(s: Sample) -> float:
    low = tail_quantile(s, 0.05)
    if low == 0:
        raise UndefinedError("the 5% quantile of returns is zero")
    return abs(tail_quantile(s, 0.95)) / abs(low)


def _pairs(level: float) -> tuple[Definition, ...]:
    percent, tail, number = f"{level:.0%}", f"{1 - level:.0%}", f"{level * 100:.0f}"
    z = f"{NORMAL_QUANTILE[level]:.4f}"
    few = f"there are fewer than {round(1 / (1 - level))} returns"
    expansion = (
        "returns do not vary, or the expansion does not rise from z = -5 to 5: a kurtosis above about 8 bends it"
    )
    return (
        Definition(
            name=f"var_{number}", label=f"VaR {percent}", group="Tail",
            formula=f"-quantile(r, {tail}), linear between order statistics", unit="percent", basis="returns",
            undefined=few, compute=_historical_var(level),
        ),
        Definition(
            name=f"cvar_{number}", label=f"CVaR {percent}", group="Tail",
            formula=f"-mean(r where r <= quantile(r, {tail}))", unit="percent", basis="returns", undefined=few,
            compute=_historical_cvar(level),
        ),
        Definition(
            name=f"normal_var_{number}", label=f"VaR {percent}, normal", group="Tail",
            formula=f"{z} s(r) - mean(r)", unit="percent", basis="returns", compute=_normal_var(level),
        ),
        Definition(
            name=f"normal_cvar_{number}", label=f"CVaR {percent}, normal", group="Tail",
            formula=f"s(r) phi({z}) / {tail} - mean(r)", unit="percent", basis="returns", compute=_normal_cvar(level),
        ),
        Definition(
            name=f"modified_var_{number}", label=f"VaR {percent}, Cornish-Fisher", group="Tail",
            formula=f"-mean(r) - s(r) w(-{z}), w(z) = z + (z^2 - 1) S/6 + (z^3 - 3z) K/24 - (2z^3 - 5z) S^2/36, "
            "S skew, K excess kurtosis", unit="percent", basis="returns", undefined=expansion, source=CORNISH_FISHER,
            compute=_modified(level, 0),
        ),
        Definition(
            name=f"modified_cvar_{number}", label=f"CVaR {percent}, Cornish-Fisher", group="Tail",
            formula=f"-mean(r) - s(r) mean(w(z) where z <= -{z}), z normal", unit="percent", basis="returns",
            undefined=expansion, source=CORNISH_FISHER, compute=_modified(level, 1),
        ),
        Definition(
            name=f"kupiec_{number}", label=f"VaR {percent} holds, p-value", group="Tail",
            formula=f"p of LR = -2 ln(L({tail}) / L(x / T)), L(p) = p^x (1 - p)^(T - x): x of T returns fell below the "
            f"{tail} quantile of the {VAR_WINDOW} returns before them; chi-squared, 1 degree of freedom",
            unit="probability", basis="forecasts",
            undefined=f"there are fewer than {VAR_WINDOW + round(1 / (1 - level))} returns", source=KUPIEC,
            compute=_kupiec(level),
        ),
    )  # fmt: skip


METRICS = (
    *(each for level in LEVELS for each in _pairs(level)),
    Definition(
        name="tail_ratio", label="Tail ratio", group="Distribution",
        formula="|quantile(r, 95%)| / |quantile(r, 5%)|, linear between order statistics", unit="ratio",
        basis="returns", undefined="there are fewer than 20 returns, or the 5% quantile is zero", compute=_tail_ratio,
    ),
)  # fmt: skip
