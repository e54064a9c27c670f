"""Runs side by side, for people (tables) and for programs (a document)."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.comparison import Comparison
from arbitrax.backtest.metrics import DEFINITIONS, format_value
from arbitrax.cli.console import table
from arbitrax.cli.equity_chart import draw_chart
from arbitrax.domain.dates import time_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

WIDTH = 60
"""Characters of a run's curve."""


def comparison_tables(comparison: Comparison, run_ids: "Sequence[str]") -> "list[RenderableType]":
    """Return which runs they are with their curves, what differs, and the metrics."""
    names = comparison.names
    time, growth = comparison.growth
    drawn = np.where(np.isnan(growth), 1.0, growth)  # before its first bar and after its last a run has its cash
    low, high = float(drawn.min()), float(drawn.max())
    first, last = time_text(int(time[0]))[:10], time_text(int(time[-1]))[:10]
    curves = table(
        None,
        ("run", "id", f"growth of 1, {first} to {last}, from {low:.2f} to {high:.2f}"),
        [
            (name, run_id, "\n".join(draw_chart(drawn[:, at], WIDTH, 2, low=low, high=high)))
            for at, (name, run_id) in enumerate(zip(names, run_ids, strict=True))
        ],
        left=3,
    )
    parts: list[RenderableType] = [curves]
    if comparison.differing:
        rows = [(name, *texts) for name, texts in comparison.differing.items()]
        parts.append(table("What differs", ("setting", *names), rows))
    else:
        parts.append("Nothing differs: these runs were told the same, on the same data, by the same code.")
    two = len(names) == 2
    rows = []
    for name, values in comparison.values.items():
        unit = DEFINITIONS[name].unit
        less = [_signed(value, format_value(value, unit)) for value in comparison.differences(name)] if two else []
        rows.append((DEFINITIONS[name].label, *(format_value(value, unit) for value in values), *less))
    parts.append(table("Metrics", ("metric", *names, *(["difference"] if two else [])), rows))
    return parts


def comparison_document(comparison: Comparison, run_ids: "Sequence[str]", report: Path | None) -> dict[str, object]:
    """Return a comparison as JSON-able data; curves are in the runs themselves."""
    return {
        "runs": [{"id": run_id, "name": name} for run_id, name in zip(run_ids, comparison.names, strict=True)],
        "settings": comparison.differing,
        "metrics": {
            name: {"values": values, "less_the_first": comparison.differences(name)}
            for name, values in comparison.values.items()
        },
        "undefined": [each.metrics.undefined for each in comparison.results],
        "notices": comparison.notices,
        "report": None if report is None else str(report),
    }


def _signed(value: float | None, text: str) -> str:
    return f"+{text}" if value is not None and value > 0 else text
