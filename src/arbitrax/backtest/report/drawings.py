"""Small drawings as SVG text: they need no script, and take their colours from the style sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from arbitrax.backtest.report import figures
from arbitrax.backtest.report.sampling import keep_extremes
from arbitrax.domain.intervals import DAY

if TYPE_CHECKING:
    from arbitrax.backtest.report.data import Histogram
    from arbitrax.domain.bars import Floats, Int64s

WIDTH = 1000
ROOM = 20
"""Pixels above and below curves, for the labels of their axes."""
TIME_LABELS = 6
PLOT_TOP, PLOT_BOTTOM, HISTOGRAM_HEIGHT = 40, 276, 304


def draw_lines(curves: Sequence[tuple[str, Floats]], width: int, height: int, points: int = 600) -> str:
    """Return SVG polylines of curves that share both axes, each given with its class; stretched to any width."""
    rows = keep_extremes([curve for _, curve in curves], points)
    bars = len(curves[0][1])
    low = min(float(curve.min()) for _, curve in curves)
    high = max(float(curve.max()) for _, curve in curves)
    x = rows * (width / max(bars - 1, 1))
    lines = []
    for name, curve in curves:
        y = 2 + (height - 4) * (1 - (curve[rows] - low) / ((high - low) or 1.0))
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
        lines.append(
            f'<polyline class="{name}" fill="none" stroke="currentColor" vector-effect="non-scaling-stroke" '
            f'points="{path}"/>'
        )
    return f'viewBox="0 0 {width} {height}" preserveAspectRatio="none">{"".join(lines)}</svg>'


def draw_curves(
    label: str,
    time: Int64s,
    table: Floats,
    classes: Sequence[str],
    *,
    height: int,
    text: Callable[[float], str],
    zero: bool = True,
) -> str:
    """Return curves over time with axes, as SVG whose text keeps its size whatever the width is.

    time: (points,) int64 ns. table: (points, curves), NaN where a curve has no value. classes: one a curve. text: says
    a tick of the upright axis. zero: whether that axis always reaches zero.
    """
    low, high = float(np.nanmin(table)), float(np.nanmax(table))
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    span = (high - low) or 0.01
    inside = height - 2 * ROOM
    length = int(time[-1] - time[0]) or 1
    across = (time - time[0]) / length * WIDTH
    parts = []
    for tick in round_ticks(low, low + span):
        y = ROOM + inside * (high - tick) / span
        parts.append(
            f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="100%" dx="8" y="{y + 4:.1f}" class="start">{text(tick)}</text>'
        )
    lines = []
    for name, column in zip(classes, table.T, strict=True):
        known = ~np.isnan(column)
        down = ROOM + inside * (high - column[known]) / span
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across[known].tolist(), down.tolist(), strict=True))
        lines.append(f'<polyline class="{name}" vector-effect="non-scaling-stroke" points="{path}"/>')
    for place in range(TIME_LABELS):
        share = place / (TIME_LABELS - 1)
        side = "start" if place == 0 else "end" if place == TIME_LABELS - 1 else "middle"
        moment = figures.moment(int(time[0]) + int(length * share), intraday=length < 3 * DAY)
        parts.append(f'<text x="{100 * share:.1f}%" y="{height - 2}" class="{side}">{moment}</text>')
    return (
        f'<svg class="overlay" role="img" aria-label="{escape(label)}" height="{height}">{"".join(parts)}'
        f'<svg viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none" width="100%" height="{height}">'
        f"{''.join(lines)}</svg></svg>"
    )


class Point(NamedTuple):
    """A point of a scatter: fractions across and upward, and what it says when pointed at (HTML)."""

    across: float
    up: float
    text: str


def draw_points(label: str, points: Sequence[Point], *, height: int) -> str:
    """Return points on two axes of fractions that meet at zero, gains and losses in their colours."""
    x, y = np.array([each.across for each in points]), np.array([each.up for each in points])
    left, right = min(float(x.min()), 0.0), max(float(x.max()), 0.0)
    low, high = min(float(y.min()), 0.0), max(float(y.max()), 0.0)
    wide, tall, inside = (right - left) or 0.01, (high - low) or 0.01, height - 2 * ROOM
    parts = []
    for tick in round_ticks(low, low + tall):
        at = ROOM + inside * (high - tick) / tall
        parts.append(
            f'<line class="{"base" if tick == 0 else "grid"}" x1="0" x2="100%" y1="{at:.1f}" y2="{at:.1f}"/>'
            f'<text x="100%" dx="8" y="{at + 4:.1f}" class="start">{figures.rough_percent(tick)}</text>'
        )
    for tick in round_ticks(left, left + wide):
        share = 100 * (tick - left) / wide
        side = "start" if share < 8 else "end" if share > 92 else "middle"
        parts.append(
            f'<line class="{"base" if tick == 0 else "grid"}" x1="{share:.2f}%" x2="{share:.2f}%" y1="{ROOM}" '
            f'y2="{height - ROOM}"/>'
            f'<text x="{share:.2f}%" y="{height - 2}" class="{side}">{figures.rough_percent(tick)}</text>'
        )
    for each in points:
        kind = "gain" if each.up > 0 else "loss"
        parts.append(
            f'<circle class="{kind}" cx="{100 * (each.across - left) / wide:.2f}%" '
            f'cy="{ROOM + inside * (high - each.up) / tall:.1f}" r="3"><title>{each.text}</title></circle>'
        )
    return f'<svg class="overlay" role="img" aria-label="{escape(label)}" height="{height}">{"".join(parts)}</svg>'


def draw_histogram(histogram: Histogram, risks: Sequence[tuple[str, float]]) -> str:
    """Return the histogram with a line at each value at risk (label, loss as a positive fraction).

    Across in percent of the width, so that text keeps its size whatever the width is.
    """
    edges, counts = np.asarray(histogram.edges), histogram.counts
    tallest = max(counts)
    low = min(float(edges[0]), *(-loss for _, loss in risks)) if risks else float(edges[0])
    high = float(edges[-1])
    margin = (high - low) * 0.02
    low, high = low - margin, high + margin

    def across(value: float) -> float:
        return 100 * (value - low) / (high - low)

    parts = [f'<line class="base" x1="0" x2="100%" y1="{PLOT_BOTTOM}" y2="{PLOT_BOTTOM}"/>']
    width = across(float(edges[1])) - across(float(edges[0]))
    for place, count in enumerate(counts):
        if not count:
            continue
        tall = max((PLOT_BOTTOM - PLOT_TOP - 12) * count / tallest, 1)
        start, end = float(edges[place]), float(edges[place + 1])
        kind = "gain" if start >= 0 else "loss"
        parts.append(
            f'<rect class="{kind}" x="{across(start):.3f}%" y="{PLOT_BOTTOM - tall:.1f}" '
            f'width="{width * 0.9:.3f}%" height="{tall:.1f}">'
            f"<title>{escape(_bin_text(histogram, place, start, end))}</title></rect>"
        )
    for tick in round_ticks(low, high):
        parts.append(f'<text x="{across(tick):.2f}%" y="{PLOT_BOTTOM + 20}">{_tick_text(tick)}</text>')
    # The outermost on top: its label, right of the line near the edge, then crosses no other line.
    for row, (label, loss) in enumerate(sorted(risks, key=lambda risk: -risk[1])):
        x = across(-loss)
        side = ("end", -6) if x > 45 else ("start", 6)
        y = 14 + 18 * row
        parts.append(
            f'<line class="risk" x1="{x:.2f}%" x2="{x:.2f}%" y1="{y - 10}" y2="{PLOT_BOTTOM}"/>'
            f'<text class="risk {side[0]}" x="{x:.2f}%" dx="{side[1]}" y="{y}">{escape(label)} '
            f"{figures.percent(-loss)}</text>"
        )
    return (
        f'<svg class="histogram" role="img" aria-label="Histogram of {histogram.returns:,} returns" width="100%" '
        f'height="{HISTOGRAM_HEIGHT}">{"".join(parts)}</svg>'
    )


def _bin_text(histogram: Histogram, place: int, start: float, end: float) -> str:
    count = histogram.counts[place]
    unit = histogram.period + ("" if count == 1 else "s")
    span = f"{figures.percent(start)} to {figures.percent(end)}"
    if histogram.tails and place == 0:
        span = f"below {figures.percent(end)}"
    elif histogram.tails and place == len(histogram.counts) - 1:
        span = f"{figures.percent(start)} and above"
    return f"{span}: {count:,} {unit}"


def round_ticks(low: float, high: float) -> list[float]:
    """Return round values inside, about five, zero among them."""
    rough = (high - low) / 5
    power = 10.0 ** np.floor(np.log10(rough))
    step = float(power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough))
    return [number * step for number in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]


def _tick_text(value: float) -> str:
    return figures.MINUS * (value < -1e-12) + f"{abs(value) * 100:.6g}%"
