"""Views of a run for notebooks. They carry their style inline: a notebook has its own page around them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from arbitrax.backtest.clean_text import clean_text
from arbitrax.backtest.figure_text import TO, metric_value, moment
from arbitrax.backtest.metrics import DEFINITIONS
from arbitrax.backtest.report.render import render_report
from arbitrax.market_data.chart_points import group_starts

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats

SUMMARY = (
    "total_return", "cagr", "sharpe", "max_drawdown", "max_drawdown_duration", "profit_factor", "trades", "exposure",
)  # fmt: skip
SIGNED = frozenset({"total_return", "cagr"})
FRAME_HEIGHT = 960
ALLOWED = "allow-scripts allow-downloads allow-popups"
"""Its tables can be saved, and what drew its charts is a link."""
WIDTH, HEIGHT = 320, 56
"""Pixels of the curve."""


@dataclass(frozen=True, slots=True)
class NotebookView:
    """The report in a frame of its own, cut off from the notebook's page."""

    html: str
    height: int = FRAME_HEIGHT

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="{ALLOWED}" title="Backtest report" '
            f'style="width:100%;height:{self.height}px;border:0" loading="lazy"></iframe>'
        )


def notebook_view(result: Result) -> NotebookView:
    """Return the report for display in a notebook."""
    return NotebookView(render_report(result))


def notebook_summary(result: Result) -> str:
    """Return a small HTML table of the main figures with the equity curve above it."""
    strategy = result.spec.strategy
    arguments = ", ".join(f"{name}={value!r}" for name, value in strategy.parameters.items())
    time = result.bars.timestamp
    first, last = (moment(int(each), intraday=False) for each in (time[0], time[-1]))
    undefined = result.metrics.undefined
    cell = "padding:2px 16px 2px 0;text-align:{};border:0;background:none"
    rows = "".join(
        f'<tr style="background:none"><th scope="row" style="{cell.format("left")};font-weight:400">'
        f'{escape(DEFINITIONS[name].label)}</th><td style="{cell.format("right")}" '
        f'title="{escape("n/a because " + undefined[name] if name in undefined else DEFINITIONS[name].formula)}">'
        f"{metric_value(result.metrics[name], DEFINITIONS[name].unit, signed=name in SIGNED)}</td></tr>"
        for name in SUMMARY
        if name in result.metrics
    )
    return (
        '<div style="font-variant-numeric:tabular-nums;line-height:1.4">'
        f"<div><b>{escape(clean_text(strategy.class_name))}</b>({escape(clean_text(arguments))}) · "
        f"{escape(clean_text(result.bars.symbol))} · {first} {TO} {last} · {escape(result.bars.interval)}</div>"
        f'<div style="margin:8px 0">{_sparkline(result.equity_curve)}</div>'
        f'<table style="border-collapse:collapse;border:0">{rows}</table></div>'
    )


def _sparkline(curve: Floats) -> str:
    """Return a curve as a small SVG in the colour of the text around it."""
    values = curve[group_starts(len(curve), WIDTH)]
    low, high = float(values.min()), float(values.max())
    down = 2 + (HEIGHT - 4) * (1 - (values - low) / ((high - low) or 1.0))
    step = WIDTH / max(len(values) - 1, 1)
    points = " ".join(f"{at * step:.1f},{y:.1f}" for at, y in enumerate(down.tolist()))
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polyline fill="none" stroke="currentColor" vector-effect="non-scaling-stroke" points="{points}"/></svg>'
    )
