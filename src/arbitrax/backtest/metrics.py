"""Performance metrics: each with its formula, unit and basis; undefined ones say why.

Returns are close to close from the first bar, N - 1 of them; intraday bars are joined to one return a session first.
P is the number of periods a year of the data's own calendar, r_f the yearly risk-free rate. Losses at risk are
positive numbers. Trade statistics are over closed trades, after costs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from arbitrax.backtest.holdings import multipliers, trade_returns
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.kernels import performance
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.sessions import (
    Annualisation,
    Sessions,
    annualisation,
    exchange_annualisation,
    exchange_sessions,
    split_sessions,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats

Unit = Literal["percent", "ratio", "money", "days", "count"]
YEAR_DAYS = 365.25
NORMAL_QUANTILE = {0.95: 1.6448536269514722, 0.99: 2.3263478740408408}
NORMAL_DENSITY = {0.95: 0.10313564037537139, 0.99: 0.026652142203457696}


class UndefinedError(Exception):
    """Says why a metric has no value. Never leaves this module."""


class Definition(msgspec.Struct, frozen=True):
    """How a metric is called, computed and shown."""

    name: str
    label: str
    formula: str
    unit: Unit
    compute: Callable[[Sample], float]


class Metric(msgspec.Struct, frozen=True):
    """A metric's value, or why it has none."""

    value: float | None
    undefined: str | None = None


class Metrics(Mapping[str, float | None]):
    """The metrics of a run: ``metrics["sharpe"]`` is a number, or None when `undefined` says why."""

    def __init__(self, values: Mapping[str, Metric], basis: str) -> None:
        self._values = dict(values)
        self.basis = basis
        """How returns were annualised, in words."""

    def __getitem__(self, name: str) -> float | None:
        return self._values[name].value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def undefined(self) -> dict[str, str]:
        """The metrics without a value, and why."""
        return {name: metric.undefined for name, metric in self._values.items() if metric.undefined is not None}

    def text(self, name: str) -> str:
        """Return a metric for people: with its unit, or ``n/a``."""
        return format_value(self[name], DEFINITIONS[name].unit)

    def __repr__(self) -> str:
        width = max(len(DEFINITIONS[name].label) for name in self)
        lines = [f"{DEFINITIONS[name].label:<{width}}  {self.text(name)}" for name in self]
        return "\n".join([*lines, f"({self.basis})"])


def format_value(value: float | None, unit: Unit) -> str:
    """Return a value for people; percentages have two decimals, a missing one is ``n/a``."""
    if value is None:
        return "n/a"
    if unit == "percent":
        return f"{value:,.2%}"
    if unit == "money":
        return f"{value:,.2f}"
    if unit == "days":
        return f"{value:,.0f} d"
    return f"{value:,.0f}" if unit == "count" else f"{value:,.2f}"


class Sample:
    """What metrics are computed from; each part once, when first needed."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.time = result.bars.timestamp
        self.equity = result.equity_curve

    @cached_property
    def sessions(self) -> Sessions | None:
        """The sessions of intraday bars."""
        interval = self.result.bars.interval
        if not is_intraday(interval):
            return None
        if self.result.spec.calendar is None:
            return split_sessions(self.time, interval)
        first, last = (int(self.time[at]) for at in (0, -1))
        return exchange_sessions(self.time, interval, calendar(self.result.spec.calendar, start=first, end=last))

    @cached_property
    def year(self) -> Annualisation:
        """How returns are annualised."""
        interval = self.result.bars.interval
        if self.result.spec.calendar is None or nanoseconds(interval) > DAY:
            return annualisation(self.time, interval, self.sessions)
        return exchange_annualisation(interval, calendar(self.result.spec.calendar))

    @cached_property
    def returns(self) -> Floats:
        """Return per bar, or per session for intraday bars."""
        return self._returns(self.equity)

    @cached_property
    def sorted_returns(self) -> Floats:
        """The same, ascending."""
        return np.sort(self.returns)

    @cached_property
    def benchmark_returns(self) -> Floats:
        """The benchmark's, over the same periods."""
        return self._returns(self.result.benchmark_curve)

    def _returns(self, curve: Floats) -> Floats:
        at = self.sessions.ends if self.sessions is not None and self.year.by_session else None
        # The run starts at the first bar's close; a first session counts from there.
        points = curve if at is None else np.concatenate((curve[:1], curve[at]))
        out = np.empty(max(len(points) - 1, 0))
        performance.simple_returns(np.ascontiguousarray(points), out)
        if self.result.bankrupt_bar is not None:
            out = out[~np.isnan(out)]
        return out

    @cached_property
    def moments(self) -> tuple[float, float, float]:
        """Mean and sample deviation of returns, and downside deviation of excess returns."""
        n = len(self.returns)
        if n < 2:
            raise UndefinedError(f"{n} returns are too few")
        mean, squares, _ = performance.moments(self.returns)
        _, _, negative = performance.moments(self.returns - self.risk_free)
        return mean, math.sqrt(squares / (n - 1)), math.sqrt(negative / n)

    @property
    def risk_free(self) -> float:
        """The risk-free return of one period."""
        return self.result.spec.risk_free / self.year.periods

    @cached_property
    def drawdown(self) -> tuple[float, float]:
        """Deepest drawdown (negative) and the longest one in days."""
        deepest, longest = performance.drawdown(self.equity, self.time)
        return deepest, longest / DAY

    @property
    def days(self) -> float:
        """Calendar days from the first bar to the last."""
        return float(self.time[-1] - self.time[0]) / DAY

    @cached_property
    def closed(self) -> NDArray[np.void]:
        """The records of closed trades, at least one."""
        records = self.result.trade_records
        closed = records[records["is_open"] == 0]
        if not len(closed):
            raise UndefinedError("no trade was closed")
        return closed

    @cached_property
    def pnl(self) -> Floats:
        """Profit of each closed trade."""
        return np.ascontiguousarray(self.closed["pnl"])

    @cached_property
    def trade_returns(self) -> Floats:
        """Profit of each closed trade as a fraction of what was put in."""
        return trade_returns(self.result.spec, self.closed)


def compute_metrics(result: Result) -> Metrics:
    """Compute every metric of a run."""
    sample = Sample(result)
    return Metrics({name: _evaluate(definition, sample) for name, definition in DEFINITIONS.items()}, sample.year.basis)


def _evaluate(definition: Definition, sample: Sample) -> Metric:
    try:
        value = float(definition.compute(sample))
    except UndefinedError as reason:
        return Metric(None, str(reason))
    if not math.isfinite(value):
        return Metric(None, "the numbers are too extreme")
    return Metric(value)


def _total_return(s: Sample) -> float:
    return float(s.equity[-1] / s.equity[0]) - 1


def _annual_return(s: Sample) -> float:
    return s.moments[0] * s.year.periods


def _cagr(s: Sample) -> float:
    if s.days < 30:
        raise UndefinedError(f"{s.days:.0f} days are too short to speak of a year; 30 are needed")
    if s.equity[-1] <= 0:
        return -1.0
    return float(s.equity[-1] / s.equity[0]) ** (YEAR_DAYS / s.days) - 1


def _volatility(s: Sample) -> float:
    return s.moments[1] * math.sqrt(s.year.periods)


def _sharpe(s: Sample) -> float:
    mean, deviation, _ = s.moments
    if deviation == 0:
        raise UndefinedError("returns do not vary")
    return (mean - s.risk_free) / deviation * math.sqrt(s.year.periods)


def _sortino(s: Sample) -> float:
    mean, _, downside = s.moments
    if downside == 0:
        raise UndefinedError("no return is below the risk-free rate")
    return (mean - s.risk_free) / downside * math.sqrt(s.year.periods)


def _calmar(s: Sample) -> float:
    if s.drawdown[0] == 0:
        raise UndefinedError("there is no drawdown")
    return _cagr(s) / -s.drawdown[0]


def _historical_var(level: float) -> Callable[[Sample], float]:
    return lambda s: -_tail_quantile(s, level)


def _historical_cvar(level: float) -> Callable[[Sample], float]:
    def compute(s: Sample) -> float:
        last = s.sorted_returns.searchsorted(_tail_quantile(s, level), side="right")
        return -float(np.mean(s.sorted_returns[:last]))

    return compute


def _tail_quantile(s: Sample, level: float) -> float:
    """Return the (1 - level) quantile of returns, if that tail holds at least one of them.

    By hand and not by np.quantile, which would sort anew for each level and load numpy.ma into every cold process.
    """
    returns = s.sorted_returns
    needed = round(1 / (1 - level))
    if len(returns) < needed:
        raise UndefinedError(f"{len(returns)} returns are too few for a {level:.0%} tail; {needed} are needed")
    position = (len(returns) - 1) * (1 - level)
    below = int(position)
    low, high = float(returns[below]), float(returns[min(below + 1, len(returns) - 1)])
    return low + (high - low) * (position - below)


def _normal_var(level: float) -> Callable[[Sample], float]:
    def compute(s: Sample) -> float:
        mean, deviation, _ = s.moments
        return NORMAL_QUANTILE[level] * deviation - mean

    return compute


def _normal_cvar(level: float) -> Callable[[Sample], float]:
    def compute(s: Sample) -> float:
        mean, deviation, _ = s.moments
        return deviation * NORMAL_DENSITY[level] / (1 - level) - mean

    return compute


def _exposure(s: Sample) -> float:
    return float(np.mean(s.result.exposure_curve > 0))


def _turnover(s: Sample) -> float:
    if s.days <= 0:
        raise UndefinedError("the run has no length")
    fills = s.result.fill_records
    mean_equity = float(np.mean(s.equity))
    if mean_equity <= 0:
        raise UndefinedError("mean equity is not positive")
    values = np.abs(fills["quantity"]) * fills["price"] * multipliers(s.result.spec)[fills["symbol"]]
    return float(np.sum(values)) / mean_equity / (s.days / YEAR_DAYS)


def _win_rate(s: Sample) -> float:
    return float(np.mean(s.pnl > 0))


def _profit_factor(s: Sample) -> float:
    lost = -float(np.sum(s.pnl[s.pnl < 0]))
    if lost == 0:
        raise UndefinedError("no closed trade lost money")
    return float(np.sum(s.pnl[s.pnl > 0])) / lost


def _average_duration(s: Sample) -> float:
    return float(np.mean(s.time[s.closed["exit_bar"]] - s.time[s.closed["entry_bar"]])) / DAY


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


def _benchmark_return(s: Sample) -> float:
    return float(s.result.benchmark_curve[-1] / s.result.benchmark_curve[0]) - 1


def _closed(s: Sample) -> float:
    return float(np.count_nonzero(s.result.trade_records["is_open"] == 0))


_ALL = (
    Definition("total_return", "Total return", "E_N / E_1 - 1", "percent", _total_return),
    Definition("annual_return", "Annual return", "mean(r) x P", "percent", _annual_return),
    Definition("cagr", "CAGR", "(E_N / E_1)^(365.25 / days) - 1; undefined under 30 days", "percent", _cagr),
    Definition("benchmark_return", "Benchmark return", "B_N / B_1 - 1", "percent", _benchmark_return),
    Definition("volatility", "Volatility", "s(r) x sqrt(P), s the sample deviation (N - 1)", "percent", _volatility),
    Definition("sharpe", "Sharpe ratio", "mean(r - r_f / P) / s(r) x sqrt(P)", "ratio", _sharpe),
    Definition(
        "sortino",
        "Sortino ratio",
        "mean(r - r_f / P) / sqrt(mean(min(r - r_f / P, 0)^2)) x sqrt(P)",
        "ratio",
        _sortino,
    ),
    Definition("calmar", "Calmar ratio", "CAGR / |maximum drawdown|", "ratio", _calmar),
    Definition("max_drawdown", "Maximum drawdown", "min(E_t / max(E_1..E_t) - 1)", "percent", lambda s: s.drawdown[0]),
    Definition(
        "max_drawdown_duration",
        "Longest drawdown",
        "longest time from a peak to its recovery, or to the end",
        "days",
        lambda s: s.drawdown[1],
    ),
    Definition(
        "var_95",
        "VaR 95%",
        "-quantile(r, 5%), linear between order statistics",
        "percent",
        _historical_var(0.95),
    ),
    Definition(
        "var_99",
        "VaR 99%",
        "-quantile(r, 1%), linear between order statistics",
        "percent",
        _historical_var(0.99),
    ),
    Definition("cvar_95", "CVaR 95%", "-mean(r where r <= quantile(r, 5%))", "percent", _historical_cvar(0.95)),
    Definition("cvar_99", "CVaR 99%", "-mean(r where r <= quantile(r, 1%))", "percent", _historical_cvar(0.99)),
    Definition("normal_var_95", "VaR 95%, normal", "1.6449 s(r) - mean(r)", "percent", _normal_var(0.95)),
    Definition("normal_var_99", "VaR 99%, normal", "2.3263 s(r) - mean(r)", "percent", _normal_var(0.99)),
    Definition("normal_cvar_95", "CVaR 95%, normal", "s(r) phi(1.6449) / 5% - mean(r)", "percent", _normal_cvar(0.95)),
    Definition("normal_cvar_99", "CVaR 99%, normal", "s(r) phi(2.3263) / 1% - mean(r)", "percent", _normal_cvar(0.99)),
    Definition("exposure", "Exposure", "share of bars whose close finds a position", "percent", _exposure),
    Definition("turnover", "Turnover", "value of all fills / mean equity / years", "ratio", _turnover),
    Definition("trades", "Closed trades", "round trips from flat to flat", "count", _closed),
    Definition("win_rate", "Win rate", "closed trades with a profit / closed trades", "percent", _win_rate),
    Definition("profit_factor", "Profit factor", "sum of profits / |sum of losses|", "ratio", _profit_factor),
    Definition("expectancy", "Expectancy", "mean profit of a closed trade", "money", lambda s: float(np.mean(s.pnl))),
    Definition(
        "best_trade",
        "Best trade",
        "max(profit / value at entry)",
        "percent",
        lambda s: float(np.max(s.trade_returns)),
    ),
    Definition(
        "worst_trade",
        "Worst trade",
        "min(profit / value at entry)",
        "percent",
        lambda s: float(np.min(s.trade_returns)),
    ),
    Definition(
        "average_duration",
        "Average duration",
        "mean time from entry to exit of closed trades",
        "days",
        _average_duration,
    ),
    Definition(
        "alpha",
        "Alpha",
        "intercept of (r - r_f / P) on the benchmark's, least squares, x P",
        "percent",
        lambda s: _regression(s)[0] * s.year.periods,
    ),
    Definition("beta", "Beta", "slope of the same regression", "ratio", lambda s: _regression(s)[1]),
)
DEFINITIONS = {definition.name: definition for definition in _ALL}
