"""The run beside its benchmark: over the same periods."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.metrics.definition import Definition, UndefinedError
from arbitrax.kernels import performance

if TYPE_CHECKING:
    from arbitrax.backtest.metrics.sample import Sample


def _regression(s: Sample) -> tuple[float, float]:
    """Return (alpha per period, beta) of excess returns on the benchmark's."""
    n = min(len(s.returns), len(s.benchmark_returns))
    if n < 3:
        raise UndefinedError(f"{n} returns are too few for a regression")
    x = s.benchmark_returns[:n] - s.risk_free
    y = s.returns[:n] - s.risk_free
    mean_x, mean_y, squares, cross = performance.comoments(x, y)
    if squares == 0:
        raise UndefinedError("the benchmark's returns do not vary")
    beta = cross / squares
    return mean_y - beta * mean_x, beta


def _information_ratio(s: Sample) -> float:
    n = min(len(s.returns), len(s.benchmark_returns))
    if n < 2:
        raise UndefinedError(f"{n} returns are too few")
    active = s.returns[:n] - s.benchmark_returns[:n]
    mean, squares, *_ = performance.moments(active, 0.0)
    deviation = math.sqrt(squares / (n - 1))
    if deviation <= 1e-14 * (1 + abs(mean)):
        raise UndefinedError("the run never differs from its benchmark")
    return mean / deviation * math.sqrt(s.year.periods)


def _treynor(s: Sample) -> float:
    beta = _regression(s)[1]
    if beta == 0:
        raise UndefinedError("beta is zero")
    return (s.moments.mean - s.risk_free) * s.year.periods / beta


def _capture(s: Sample, *, up: bool) -> float:
    theirs = s.benchmark_returns
    chosen = theirs > 0 if up else theirs < 0
    if not chosen.any():
        raise UndefinedError(f"the benchmark never {'rises' if up else 'falls'}")
    return float(np.mean(s.returns[: len(theirs)][chosen])) / float(np.mean(theirs[chosen]))


BACON = 'C. Bacon, "Practical Portfolio Performance Measurement and Attribution", 2nd edition, 2008, chapter 4'
STILL = "the benchmark's returns do not vary, or there are fewer than three"
METRICS = (
    Definition(
        name="benchmark_return", label="Benchmark return", group="Benchmark", formula="B_N / B_1 - 1",
        unit="percent", basis="bars",
        compute=lambda s: float(s.result.benchmark_curve[-1] / s.result.benchmark_curve[0]) - 1,
    ),
    Definition(
        name="alpha", label="Alpha", group="Benchmark",
        formula="intercept of (r - r_f / P) on the benchmark's, least squares, x P", unit="percent", basis="pairs",
        undefined=STILL, source='M. Jensen, "The Performance of Mutual Funds in the Period 1945-1964", Journal of '
        "Finance 23(2), 1968", compute=lambda s: _regression(s)[0] * s.year.periods,
    ),
    Definition(
        name="beta", label="Beta", group="Benchmark", formula="slope of the same regression", unit="ratio",
        basis="pairs", undefined=STILL, compute=lambda s: _regression(s)[1],
    ),
    Definition(
        name="information_ratio", label="Information ratio", group="Benchmark",
        formula="mean(r - b) / s(r - b) x sqrt(P), b the benchmark's returns", unit="ratio", basis="pairs",
        undefined="the run never differs from its benchmark",
        source='W. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21(1), 1994',
        compute=_information_ratio,
    ),
    Definition(
        name="treynor", label="Treynor ratio", group="Benchmark", formula="mean(r - r_f / P) x P / beta",
        unit="percent", basis="pairs", undefined=f"beta is zero, {STILL}",
        source='J. Treynor, "How to Rate Management of Investment Funds", Harvard Business Review 43(1), 1965',
        compute=_treynor,
    ),
    Definition(
        name="up_capture", label="Up capture", group="Benchmark",
        formula="mean(r where b > 0) / mean(b where b > 0)", unit="percent", basis="pairs",
        undefined="the benchmark never rises", source=BACON, compute=lambda s: _capture(s, up=True),
    ),
    Definition(
        name="down_capture", label="Down capture", group="Benchmark",
        formula="mean(r where b < 0) / mean(b where b < 0)", unit="percent", basis="pairs",
        undefined="the benchmark never falls", source=BACON, compute=lambda s: _capture(s, up=False),
    ),
)  # fmt: skip
