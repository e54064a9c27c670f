"""What was earned, what it took, and how both relate: returns, drawdowns, their distribution and ratios."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from arbitrax.backtest.metrics.definition import Definition, UndefinedError

if TYPE_CHECKING:
    from arbitrax.backtest.metrics.sample import Sample

YEAR_DAYS = 365.25


def cagr(s: Sample) -> float:
    """Return the compound growth a year."""
    if s.days < 30:
        raise UndefinedError(f"{s.days:.0f} days are too short to speak of a year; 30 are needed")
    if s.equity[-1] <= 0:
        return -1.0
    return float(s.equity[-1] / s.equity[0]) ** (YEAR_DAYS / s.days) - 1


def _total_return(s: Sample) -> float:
    return float(s.equity[-1] / s.equity[0]) - 1


def _sharpe(s: Sample) -> float:
    return period_sharpe(s) * math.sqrt(s.year.periods)


def period_sharpe(s: Sample) -> float:
    """Return mean excess return / sample deviation of one period."""
    if s.moments.deviation == 0:
        raise UndefinedError("returns do not vary")
    return (s.moments.mean - s.risk_free) / s.moments.deviation


def _sortino(s: Sample) -> float:
    if s.moments.downside == 0:
        raise UndefinedError("no return is below the risk-free rate")
    return (s.moments.mean - s.risk_free) / s.moments.downside * math.sqrt(s.year.periods)


def _by_drawdown(s: Sample, value: float) -> float:
    if s.drawdown.deepest == 0:
        raise UndefinedError("there is no drawdown")
    return value / -s.drawdown.deepest


def _omega(s: Sample) -> float:
    if s.moments.below == 0:
        raise UndefinedError("no return is below the risk-free rate")
    return s.moments.above / s.moments.below


def _gain_to_pain(s: Sample) -> float:
    if s.moments.lost == 0:
        raise UndefinedError("no return is a loss")
    return s.moments.mean * s.moments.count / s.moments.lost


def _shape(value: float | None) -> float:
    if value is None:
        raise UndefinedError("returns do not vary")
    return value


METRICS = (
    Definition(
        name="total_return", label="Total return", group="Return", formula="E_N / E_1 - 1", unit="percent",
        basis="bars", compute=_total_return,
    ),
    Definition(
        name="annual_return", label="Annual return", group="Return", formula="mean(r) x P", unit="percent",
        basis="returns", compute=lambda s: s.moments.mean * s.year.periods,
    ),
    Definition(
        name="cagr", label="CAGR", group="Return", formula="(E_N / E_1)^(365.25 / days) - 1", unit="percent",
        basis="bars", undefined="the run is shorter than 30 days", compute=cagr,
    ),
    Definition(
        name="volatility", label="Volatility", group="Return",
        formula="s(r) x sqrt(P), s the sample deviation (N - 1)", unit="percent", basis="returns",
        compute=lambda s: s.moments.deviation * math.sqrt(s.year.periods),
    ),
    Definition(
        name="sharpe", label="Sharpe ratio", group="Ratios", formula="mean(r - r_f / P) / s(r) x sqrt(P)",
        unit="ratio", basis="returns", undefined="returns do not vary",
        source='W. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management 21(1), 1994', compute=_sharpe,
    ),
    Definition(
        name="sortino", label="Sortino ratio", group="Ratios",
        formula="mean(r - r_f / P) / sqrt(mean(min(r - r_f / P, 0)^2)) x sqrt(P)", unit="ratio", basis="returns",
        undefined="no return is below the risk-free rate",
        source='F. Sortino and L. Price, "Performance Measurement in a Downside Risk Framework", Journal of Investing '
        "3(3), 1994", compute=_sortino,
    ),
    Definition(
        name="calmar", label="Calmar ratio", group="Ratios", formula="CAGR / |maximum drawdown|", unit="ratio",
        basis="bars", undefined="there is no drawdown, or the run is shorter than 30 days",
        source='T. Young, "Calmar Ratio: A Smoother Tool", Futures, October 1991',
        compute=lambda s: _by_drawdown(s, cagr(s)),
    ),
    Definition(
        name="omega", label="Omega ratio", group="Ratios",
        formula="sum(max(r - r_f / P, 0)) / sum(max(r_f / P - r, 0))", unit="ratio", basis="returns",
        undefined="no return is below the risk-free rate",
        source='C. Keating and W. Shadwick, "A Universal Performance Measure", Journal of Performance Measurement '
        "6(3), 2002", compute=_omega,
    ),
    Definition(
        name="gain_to_pain", label="Gain to pain", group="Ratios", formula="sum(r) / |sum(min(r, 0))|", unit="ratio",
        basis="returns", undefined="no return is a loss",
        source='J. Schwager, "Hedge Fund Market Wizards", 2012, appendix A, there by month', compute=_gain_to_pain,
    ),
    Definition(
        name="recovery_factor", label="Recovery factor", group="Ratios", formula="total return / |maximum drawdown|",
        unit="ratio", basis="bars", undefined="there is no drawdown",
        compute=lambda s: _by_drawdown(s, _total_return(s)),
    ),
    Definition(
        name="max_drawdown", label="Maximum drawdown", group="Drawdown", formula="min(E_t / max(E_1..E_t) - 1)",
        unit="percent", basis="bars", compute=lambda s: s.drawdown.deepest,
    ),
    Definition(
        name="max_drawdown_duration", label="Longest drawdown", group="Drawdown",
        formula="longest time from a peak to its recovery, or to the end", unit="days", basis="bars",
        compute=lambda s: s.drawdown.days,
    ),
    Definition(
        name="ulcer_index", label="Ulcer index", group="Drawdown",
        formula="sqrt(mean(d_t^2)), d_t = E_t / max(E_1..E_t) - 1", unit="percent", basis="bars",
        source='P. Martin and B. McCann, "The Investor\'s Guide to Fidelity Funds", 1989',
        compute=lambda s: s.drawdown.ulcer,
    ),
    Definition(
        name="time_under_water", label="Time under water", group="Drawdown",
        formula="share of bars whose equity is below its peak", unit="percent", basis="bars",
        compute=lambda s: s.drawdown.under,
    ),
    Definition(
        name="skew", label="Skew", group="Distribution", formula="m_3 / m_2^1.5, m_k the central moment k (over N)",
        unit="ratio", basis="returns", undefined="returns do not vary", compute=lambda s: _shape(s.moments.skew),
    ),
    Definition(
        name="kurtosis", label="Excess kurtosis", group="Distribution", formula="m_4 / m_2^2 - 3", unit="ratio",
        basis="returns", undefined="returns do not vary", compute=lambda s: _shape(s.moments.kurtosis) - 3,
    ),
)  # fmt: skip
