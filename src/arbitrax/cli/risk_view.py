"""How a run earned its figures, for people (tables) and for programs (documents): by month, by drawdown, by window."""

import math
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.calendar_returns import monthly_returns, yearly_returns
from arbitrax.backtest.drawdowns import worst_drawdowns
from arbitrax.backtest.metrics import format_value
from arbitrax.backtest.result import Result
from arbitrax.backtest.rolling import rolling_metrics
from arbitrax.backtest.var_backtest import backtest_var
from arbitrax.cli.console import table
from arbitrax.cli.equity_chart import draw_chart
from arbitrax.domain.dates import date_text, time_text
from arbitrax.domain.intervals import DAY

if TYPE_CHECKING:
    from rich.console import RenderableType

    from arbitrax.backtest.metrics import Unit
    from arbitrax.domain.bars import Floats

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CHART = (60, 3)
"""Characters of a rolling metric, wide and high."""
SHORTEST = 2
"""Values that make a line."""
REJECTED = 0.05


def risk_tables(result: Result) -> list["RenderableType"]:
    """Return the returns by month, the worst drawdowns, the rolling metrics and the tested value at risk."""
    return [*_months(result), *_drawdowns(result), *_rolling(result), *_var(result)]


def risk_document(result: Result) -> dict[str, object]:
    """Return the same as JSON-able data; rolling metrics end at the last bar, None where they are undefined."""
    time = result.bars.timestamp
    months, years, rolling = monthly_returns(result), yearly_returns(result), rolling_metrics(result)
    return {
        "monthly": [
            {"month": str(np.datetime64(int(period), "M")), "run": _known(own), "benchmark": _known(theirs)}
            for period, own, theirs in zip(months.period, months.run, months.benchmark, strict=True)
        ],
        "yearly": [
            {"year": int(period), "run": _known(own), "benchmark": _known(theirs)}
            for period, own, theirs in zip(years.period, years.run, years.benchmark, strict=True)
        ],
        "drawdowns": [
            {
                "depth": float(each["depth"]),
                "peak": time_text(int(time[each["peak_bar"]])),
                "trough": time_text(int(time[each["trough_bar"]])),
                "recovery": None if each["recovery_bar"] < 0 else time_text(int(time[each["recovery_bar"]])),
            }
            for each in worst_drawdowns(result.equity_curve)
        ],
        "rolling": {
            "window": rolling.window,
            "time": [time_text(int(moment)) for moment in time[rolling.bar]],
            **{
                name: [_known(value) for value in getattr(rolling, name).tolist()]
                for name in ("sharpe", "volatility", "beta")
            },
        },
        "var_backtest": backtest_var(result),
    }


def _months(result: Result) -> list["RenderableType"]:
    months, years = monthly_returns(result), yearly_returns(result)
    by_period = dict(zip(months.period.tolist(), months.run.tolist(), strict=True))
    rows = []
    for year, own, theirs in zip(years.period.tolist(), years.run.tolist(), years.benchmark.tolist(), strict=True):
        cells = (by_period.get((year - 1970) * 12 + month, math.nan) for month in range(12))
        rows.append((str(year), *(_tenths(value) for value in cells), _tenths(own), _tenths(theirs)))
    return [table("Returns by month, %", ("", *MONTHS, "year", "benchmark"), rows)]


def _drawdowns(result: Result) -> list["RenderableType"]:
    time, rows = result.bars.timestamp, []
    for each in worst_drawdowns(result.equity_curve):
        peak, trough, back = (int(each[name]) for name in ("peak_bar", "trough_bar", "recovery_bar"))
        length = float(time[back if back >= 0 else -1] - time[peak]) / DAY
        dates = (date_text(int(time[bar])) for bar in (peak, trough))
        recovered = date_text(int(time[back])) if back >= 0 else "not yet"
        rows.append((*dates, recovered, format_value(float(each["depth"]), "percent"), format_value(length, "days")))
    return [table("Worst drawdowns", ("peak", "trough", "recovered", "depth", "length"), rows, left=3)] if rows else []


def _rolling(result: Result) -> list["RenderableType"]:
    found, rows = rolling_metrics(result), []
    lines: tuple[tuple[str, Floats, Unit], ...] = (
        ("Sharpe ratio", found.sharpe, "ratio"),
        ("volatility", found.volatility, "percent"),
        ("beta", found.beta, "ratio"),
    )
    for label, values, unit in lines:
        defined = values[~np.isnan(values)]
        if len(defined) < SHORTEST:
            continue
        low, high, last = (format_value(float(each), unit) for each in (defined.min(), defined.max(), defined[-1]))
        rows.append((label, "\n".join(draw_chart(defined, *CHART)), low, high, last))
    title = f"Rolling metrics of {found.window:,} returns, where they are defined"
    return [table(title, ("", "from first to last", "least", "most", "last"), rows, left=2)] if rows else []


def _var(result: Result) -> list["RenderableType"]:
    rows = []
    for each in backtest_var(result):
        if each.p_value is None:
            continue
        verdict = "rejected" if each.p_value < REJECTED else "holds"
        rows.append(
            (
                f"{each.method.replace('_', ' ')} {each.level:.0%}", verdict, f"{each.expected:,.1f}",
                f"{each.exceptions:,}", format_value(each.p_value, "probability"),
            )
        )  # fmt: skip
    columns = ("value at risk", "at 5%", "expected", "found", "p-value")
    return [table("Losses beyond the value at risk (Kupiec's test)", columns, rows, left=2)] if rows else []


def _tenths(value: float) -> str:
    return "" if math.isnan(value) else f"{value * 100:+.1f}" if round(value, 3) else "0.0"


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
