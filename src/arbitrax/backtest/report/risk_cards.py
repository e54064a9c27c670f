"""What lies behind the figures: rolling metrics, the worst drawdowns, how far trades went, the VaR put to the test."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.drawdowns import worst_drawdowns
from arbitrax.backtest.excursions import excursions
from arbitrax.backtest.holdings import trade_returns
from arbitrax.backtest.metrics.sample import VAR_WINDOW
from arbitrax.backtest.report import figures
from arbitrax.backtest.report.drawings import Point, draw_curves, draw_points
from arbitrax.backtest.report.sampling import keep_extremes
from arbitrax.backtest.report.tables import Column, card, draw_table
from arbitrax.backtest.rolling import rolling_metrics
from arbitrax.backtest.var_backtest import backtest_var
from arbitrax.domain.intervals import is_intraday

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result

HEIGHT = 132
POINTS = 1_500
"""Of each rolling curve."""
DRAWN_TRADES = 2_000
METHODS = {"historical": "Historical", "normal": "Normal", "cornish_fisher": "Cornish-Fisher"}
REJECTED = 0.05


def draw_rolling(result: Result) -> str:
    """Return rolling Sharpe ratio, volatility and beta as three small charts on one time axis."""
    found = rolling_metrics(result)
    unit = "sessions" if is_intraday(result.bars.interval) else "bars"
    known = ~np.isnan(found.volatility)
    if np.count_nonzero(known) < 2:
        body = f'<p class="empty">n/a because the run is shorter than a window of {found.window} {unit}.</p>'
        return card("rolling", "Rolling metrics", body)
    time = result.bars.timestamp[found.bar[known]]
    lines = (
        ("Sharpe ratio", found.sharpe[known], _plain),
        ("Volatility", found.volatility[known], figures.whole_percent),
        ("Beta", found.beta[known], _plain),
    )
    charts = []
    for label, values, text in lines:
        if np.isnan(values).all():
            continue
        rows = keep_extremes([np.nan_to_num(values)], POINTS)
        drawn = draw_curves(label, time[rows], values[rows, None], ["own"], height=HEIGHT, text=text)
        charts.append(f"<h3>{label}</h3>{drawn}")
    note = f'<p class="note">Over the last {found.window} {unit}, annualised as in the metrics.</p>'
    if len(result.spec.symbols) == 1:  # portfolios have a panel of their own for it
        charts.append(f"<h3>Exposure, of equity</h3>{_draw_exposure(result)}")
    return card("rolling", "Rolling metrics", f'<div class="overlays">{"".join(charts)}</div>{note}')


def _draw_exposure(result: Result) -> str:
    """Return the gross value of positions at each close over equity: the leverage, 0 where nothing is left."""
    equity = result.equity_curve
    share = np.divide(result.exposure_curve, equity, out=np.zeros(len(equity)), where=equity > 0)
    rows = keep_extremes([share], POINTS)
    curve = share[rows, None]
    label = "Exposure, of equity"
    return draw_curves(label, result.bars.timestamp[rows], curve, ["own"], height=HEIGHT, text=figures.whole_percent)


def draw_drawdowns(result: Result) -> str:
    """Return the ten worst drawdowns as a table."""
    time, intraday = result.bars.timestamp, is_intraday(result.bars.interval)
    found = worst_drawdowns(result.equity_curve)
    if not len(found):
        return card("drawdowns", "Worst drawdowns", '<p class="empty">Equity never fell below an earlier peak.</p>')
    rows = []
    for each in found:
        peak, trough, back = (int(each[name]) for name in ("peak_bar", "trough_bar", "recovery_bar"))
        end = time[back] if back >= 0 else time[-1]
        rows.append(
            (
                figures.percent(float(each["depth"])),
                *(figures.moment(int(time[bar]), intraday=intraday) for bar in (peak, trough)),
                figures.moment(int(time[back]), intraday=intraday) if back >= 0 else "not yet",
                figures.duration(int(time[trough] - time[peak])),
                figures.duration(int(time[back] - time[trough])) if back >= 0 else "",
                figures.duration(int(end - time[peak])),
            )
        )
    columns = (
        Column("Depth", "num"), Column("Peak"), Column("Trough"), Column("Recovered"), Column("Down", "num"),
        Column("Back", "num"), Column("In all", "num"),
    )  # fmt: skip
    return card("drawdowns", "Worst drawdowns", draw_table("drawdowns", "Worst drawdowns", columns, rows, whole=True))


def draw_excursions(result: Result) -> str:
    """Return how far each trade went against its holder and for him, against what it made in the end."""
    trades = result.trade_records[:DRAWN_TRADES]
    adverse, favourable = (each[:DRAWN_TRADES] for each in excursions(result))
    known = ~np.isnan(adverse)
    if not known.any():
        why = "nothing was traded" if not len(trades) else "the bars of single symbols were not kept with this result"
        return card("excursions", "Excursions of trades", f'<p class="empty">n/a because {why}.</p>')
    made, time = trade_returns(result.spec, trades), result.bars.timestamp
    intraday = is_intraday(result.bars.interval)
    charts = []
    for label, across in (("Adverse (MAE)", adverse), ("Favourable (MFE)", favourable)):
        points = [
            Point(
                float(across[at]),
                float(made[at]),
                f"{escape(result.spec.symbols[trades['symbol'][at]])} "
                f"{figures.moment(int(time[trades['entry_bar'][at]]), intraday=intraday)}: "
                f"{figures.percent(float(across[at]))}, made {figures.percent(float(made[at]), signed=True)}",
            )
            for at in np.flatnonzero(known).tolist()
        ]
        drawn = draw_points(f"{label} against return", points, height=240)
        charts.append(f'<div><h3>{label}, return of the trade upward</h3><div class="overlays">{drawn}</div></div>')
    note = (
        "A trade is a point: how far the price went against or for it while it was held, and what it made in the end."
    )
    if len(result.trade_records) > len(trades):
        note += f" The first {len(trades):,} of {len(result.trade_records):,} are drawn."
    body = f'<div class="twins">{"".join(charts)}</div><p class="note">{note}</p>'
    return card("excursions", "Excursions of trades", body)


def draw_var(result: Result) -> str:
    """Return the backtest of the value at risk as a table."""
    found = backtest_var(result)
    if not any(each.forecasts for each in found):
        return ""
    rows = [
        (
            METHODS[each.method],
            f"{each.level:.0%}",
            figures.number(each.expected, 1),
            f"{each.exceptions:,}",
            figures.MISSING if each.p_value is None else figures.percent(each.p_value),
            "" if each.p_value is None else "rejected" if each.p_value < REJECTED else "holds",
        )
        for each in found
    ]
    columns = (
        Column("Method"), Column("Level", "num"), Column("Expected", "num"), Column("Found", "num"),
        Column("p-value", "num"), Column("At 5%"),
    )  # fmt: skip
    marked = [each.p_value is not None and each.p_value < REJECTED for each in found]
    table = draw_table("var-test", "Value at risk, tested", columns, rows, marked=marked, whole=True)
    note = (
        f'<p class="note">Returns below the forecast from the {VAR_WINDOW} before each, of '
        f"{max(each.forecasts for each in found):,}; Kupiec's test of their number.</p>"
    )
    return card("var", "Value at risk, tested", table + note)


def _plain(value: float) -> str:
    return figures.number(value, 2 if abs(value) < 10 and round(value, 1) != value else 1)
