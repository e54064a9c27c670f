"""Performance metrics: each with its formula, unit, basis and sample; undefined ones say why.

Returns are close to close from the first bar, N - 1 of them; intraday bars are joined to one return a session first.
P is the number of periods a year of the data's own calendar, r_f the yearly risk-free rate. Losses at risk are
positive numbers. Trade statistics are over closed trades, after costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arbitrax.backtest.metrics import confidence, growth, relative, tails, trading
from arbitrax.backtest.metrics.definition import Definition, Metric, Metrics, Unit, evaluate, format_value
from arbitrax.backtest.metrics.sample import Sample

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result

__all__ = [
    "DEFINITIONS",
    "GROUPS",
    "Definition",
    "Metric",
    "Metrics",
    "Sample",
    "Unit",
    "compute_metrics",
    "format_value",
]

GROUPS = ("Return", "Ratios", "Drawdown", "Confidence", "Benchmark", "Trades", "Activity", "Distribution", "Tail")
"""In the order they are shown."""
_ALL = (*growth.METRICS, *confidence.METRICS, *relative.METRICS, *trading.METRICS, *tails.METRICS)
DEFINITIONS = {each.name: each for group in GROUPS for each in _ALL if each.group == group}
"""Every metric by name, group by group."""


def compute_metrics(result: Result) -> Metrics:
    """Compute every metric of a run."""
    sample = Sample(result)
    values = {name: evaluate(definition, sample) for name, definition in DEFINITIONS.items()}
    return Metrics(values, sample.year.basis, DEFINITIONS, lambda: sample.words)
