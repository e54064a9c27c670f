"""How sure a Sharpe ratio is, given how long it was watched and how its returns are shaped.

Source: D. Bailey and M. Lopez de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2), 2012.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from arbitrax.backtest.metrics.definition import Definition, UndefinedError
from arbitrax.backtest.metrics.growth import period_sharpe
from arbitrax.backtest.metrics.tails import NORMAL_QUANTILE

if TYPE_CHECKING:
    from arbitrax.backtest.metrics.sample import Sample

SOURCE = 'D. Bailey and M. Lopez de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2), 2012'
CONFIDENCE = 0.95


def sharpe_variance(sharpe: float, skew: float, kurtosis: float) -> float:
    """Return the variance of an estimated Sharpe ratio times the returns less one; kurtosis: 3 for normal returns.

    Of one period, not annualised (section 3 of the source).
    """
    return 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe


def probabilistic_sharpe(sharpe: float, skew: float, kurtosis: float, count: int, threshold: float = 0.0) -> float:
    """Return the probability that the true Sharpe ratio is above ``threshold``; both of one period, over ``count``."""
    spread = math.sqrt(sharpe_variance(sharpe, skew, kurtosis))
    return 0.5 * math.erfc(-(sharpe - threshold) * math.sqrt(count - 1) / spread / math.sqrt(2))


def minimum_track_record(sharpe: float, skew: float, kurtosis: float, threshold: float = 0.0) -> float:
    """Return how many returns it takes to be 95% sure that the true Sharpe ratio is above ``threshold``."""
    return 1 + sharpe_variance(sharpe, skew, kurtosis) * (NORMAL_QUANTILE[CONFIDENCE] / (sharpe - threshold)) ** 2


def _estimates(s: Sample) -> tuple[float, float, float]:
    sharpe, moments = period_sharpe(s), s.moments
    if moments.skew is None or moments.kurtosis is None:
        raise UndefinedError("returns do not vary")
    if sharpe_variance(sharpe, moments.skew, moments.kurtosis) <= 0:
        raise UndefinedError("two or three returns say nothing of their shape")
    return sharpe, moments.skew, moments.kurtosis


def _minimum(s: Sample) -> float:
    sharpe, skew, kurtosis = _estimates(s)
    if sharpe <= 0:
        raise UndefinedError("the Sharpe ratio is not above zero, so no record is long enough to show that it is")
    return minimum_track_record(sharpe, skew, kurtosis)


METRICS = (
    Definition(
        name="probabilistic_sharpe", label="Probabilistic Sharpe", group="Confidence",
        formula="Phi(SR sqrt(N - 1) / sqrt(1 - S SR + (K - 1) / 4 SR^2)), SR = mean(r - r_f / P) / s(r), S skew, K "
        "kurtosis (3 if normal): the probability that the true Sharpe ratio is above 0", unit="probability",
        basis="returns", undefined="returns do not vary", source=SOURCE,
        compute=lambda s: probabilistic_sharpe(*_estimates(s), s.moments.count),
    ),
    Definition(
        name="minimum_track_record", label="Minimum track record", group="Confidence",
        formula="1 + (1 - S SR + (K - 1) / 4 SR^2) (1.6449 / SR)^2 returns, to be 95% sure that the true Sharpe ratio "
        "is above 0", unit="count", basis="returns", undefined="the Sharpe ratio is not above zero", source=SOURCE,
        compute=_minimum,
    ),
)  # fmt: skip
