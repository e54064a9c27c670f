"""Views of a run for notebooks. They carry their style inline: a notebook has its own page around them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from arbitrax.backtest.metrics import DEFINITIONS
from arbitrax.backtest.report import figures
from arbitrax.backtest.report.render import SIGNED, render_report, sparkline
from arbitrax.backtest.report.text import clean_text

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result

SUMMARY = (
    "total_return", "cagr", "sharpe", "max_drawdown", "max_drawdown_duration", "profit_factor", "trades", "exposure",
)  # fmt: skip
FRAME_HEIGHT = 960


@dataclass(frozen=True, slots=True)
class NotebookView:
    """The report in a frame of its own, cut off from the notebook's page: scripts run, nothing else is allowed."""

    html: str
    height: int = FRAME_HEIGHT

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts" title="Backtest report" '
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
    first, last = (figures.moment(int(moment), intraday=False) for moment in (time[0], time[-1]))
    undefined = result.metrics.undefined
    cell = "padding:2px 16px 2px 0;text-align:{};border:0;background:none"
    rows = "".join(
        f'<tr style="background:none"><th scope="row" style="{cell.format("left")};font-weight:400">'
        f'{escape(DEFINITIONS[name].label)}</th><td style="{cell.format("right")}" '
        f'title="{escape("n/a because " + undefined[name] if name in undefined else DEFINITIONS[name].formula)}">'
        f"{figures.metric_value(result.metrics[name], DEFINITIONS[name].unit, signed=name in SIGNED)}</td></tr>"
        for name in SUMMARY
        if name in result.metrics
    )
    return (
        '<div style="font-variant-numeric:tabular-nums;line-height:1.4">'
        f"<div><b>{escape(clean_text(strategy.class_name))}</b>({escape(clean_text(arguments))}) · "
        f"{escape(clean_text(result.bars.symbol))} · {first} {figures.TO} {last} · {escape(result.bars.interval)}</div>"
        f'<div style="margin:8px 0">{sparkline(result)}</div>'
        f'<table style="border-collapse:collapse;border:0">{rows}</table></div>'
    )
