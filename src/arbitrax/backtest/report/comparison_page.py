"""Runs side by side as one HTML file: growth and drawdown on one time axis, what differs, all metrics."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arbitrax.backtest.metrics import DEFINITIONS
from arbitrax.backtest.report import figures
from arbitrax.backtest.report.drawings import draw_curves
from arbitrax.backtest.report.page import asset, content_policy, data_block, fill_template, write_page
from arbitrax.backtest.report.sampling import keep_extremes
from arbitrax.backtest.report.tables import Column, card, draw_table
from arbitrax.backtest.report.text import clean_text
from arbitrax.domain.intervals import is_intraday

if TYPE_CHECKING:
    from pathlib import Path

    from arbitrax.backtest.comparison import Comparison
    from arbitrax.domain.bars import Floats, Int64s

MILLISECOND = 1_000_000
POINTS = 4_000
GROWTH_HEIGHT, DRAWDOWN_HEIGHT = 320, 140


class _Curves(msgspec.Struct, frozen=True):
    """What the crosshair reads: milliseconds, and by run the growth and drawdown at them, None outside the run."""

    names: list[str]
    intraday: bool
    time: list[int]
    growth: list[list[float | None]]
    drawdown: list[list[float | None]]


def write_comparison(comparison: Comparison, path: Path) -> Path:
    """Write the page and return its path; missing folders are made.

    Raises:
        InputError: nothing can be written there.
    """
    return write_page(render_comparison(comparison), path)


def render_comparison(comparison: Comparison) -> str:
    """Return a comparison as HTML text; the same runs give the same bytes."""
    names = [clean_text(name) for name in comparison.names]
    style = f"{asset('report.css')}\n{asset('comparison.css')}"
    script = f'"use strict";\n(() => {{\n{asset("comparison.js")}\n}})();'
    time, growth, drawdown = _sampled(comparison)
    intraday = any(is_intraday(each.bars.interval) for each in comparison.results)
    lines = [f"run-{number}" for number in range(1, len(names) + 1)]
    curves = _Curves(
        names, intraday, (time // MILLISECOND).tolist(), _known_columns(growth - 1), _known_columns(drawdown)
    )
    return fill_template(
        asset("comparison.html"),
        {
            "policy": content_policy(style, script),
            "style": style,
            "script": script,
            "data": data_block(curves),
            "page_title": escape(" · ".join(names)),
            "heading": f"{len(names)} runs",
            "span": f"{_moment(int(time[0]), intraday)} {figures.TO} {_moment(int(time[-1]), intraday)}",
            "notices": _notices(comparison.notices),
            "legend": "".join(
                f'<li class="run-{at}"><span class="swatch"></span><bdi>{escape(name)}</bdi> <b data-run></b></li>'
                for at, name in enumerate(names, 1)
            ),
            "growth": draw_curves(
                "Growth since the start of each run",
                time,
                growth - 1,
                lines,
                height=GROWTH_HEIGHT,
                text=figures.rough_percent,
            ),
            "drawdown": draw_curves(
                "Drawdown", time, drawdown, lines, height=DRAWDOWN_HEIGHT, text=figures.rough_percent
            ),
            "settings": _settings(comparison, names),
            "metrics": _metrics(comparison, names),
        },
    )


def _sampled(comparison: Comparison) -> tuple[Int64s, Floats, Floats]:
    """Return times, growth and drawdown, with each curve's extremes kept."""
    time, growth = comparison.growth
    drawdown = growth / np.fmax.accumulate(growth, axis=0) - 1
    # Outside its run a curve has no extremes.
    flat = [np.nan_to_num(column, nan=float(np.nanmean(column))) for column in growth.T]
    flat += [np.nan_to_num(column) for column in drawdown.T]
    rows = keep_extremes(flat, POINTS)
    return time[rows], growth[rows], drawdown[rows]


def _known_columns(table: Floats) -> list[list[float | None]]:
    return [[None if math.isnan(value) else round(value, 6) for value in column.tolist()] for column in table.T]


def _settings(comparison: Comparison, names: list[str]) -> str:
    if not comparison.differing:
        body = '<p class="empty">Nothing: these runs were told the same, on the same data, by the same code.</p>'
        return card("settings", "What differs", body)
    rows = [
        (escape(name), *(escape(clean_text(text)) for text in texts)) for name, texts in comparison.differing.items()
    ]
    columns = [Column("Setting"), *(Column(name, "num") for name in names)]
    return card("settings", "What differs", draw_table("settings", "What differs", columns, rows, whole=True))


def _metrics(comparison: Comparison, names: list[str]) -> str:
    columns = [Column("Metric")]
    for at, name in enumerate(names):
        columns += [Column(name, "num"), *([Column("less the first", "num")] if at else [])]
    reasons = [each.metrics.undefined for each in comparison.results]
    rows = []
    for name, values in comparison.values.items():
        unit = DEFINITIONS[name].unit
        cells = [f'<span title="{escape(DEFINITIONS[name].formula)}">{escape(DEFINITIONS[name].label)}</span>']
        for at, (value, less) in enumerate(zip(values, (None, *comparison.differences(name)), strict=True)):
            why = reasons[at].get(name)
            cells.append(
                f'<span class="missing" title="n/a because {escape(why)}">{figures.MISSING}</span>'
                if why
                else figures.metric_value(value, unit)
            )
            if at:
                cells.append("" if less is None else figures.metric_value(less, unit, signed=True))
        rows.append(cells)
    return card("metrics", "Metrics", draw_table("compared", "Metrics", columns, rows, whole=True))


def _notices(notices: tuple[str, ...]) -> str:
    if not notices:
        return ""
    items = "".join(f"<li>{escape(clean_text(notice))}</li>" for notice in notices)
    return f'<ul class="notices" aria-label="Notices">{items}</ul>'


def _moment(time: int, intraday: bool) -> str:
    return figures.moment(time, intraday=intraday)
