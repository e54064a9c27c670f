"""What a metric is: a definition, a value or why it has none, and the metrics of a run together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

import msgspec

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from arbitrax.backtest.metrics.sample import Sample

Unit = Literal["percent", "ratio", "money", "days", "count", "probability"]
Group = Literal["Return", "Ratios", "Drawdown", "Distribution", "Tail", "Trades", "Activity", "Benchmark", "Confidence"]
Basis = Literal["returns", "bars", "trades", "fills", "pairs", "forecasts"]


class UndefinedError(Exception):
    """Says why a metric has no value. Never leaves this package."""


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """How a metric is called, computed and shown."""

    name: str
    label: str
    group: Group
    formula: str
    unit: Unit
    basis: Basis
    """What it is computed over; see `Metrics.samples`."""
    undefined: str = ""
    """When it has no value; every metric of returns also when there are fewer than two."""
    source: str = ""
    """Paper or book, where it is not common knowledge."""
    compute: Callable[[Sample], float]


class Metric(msgspec.Struct, frozen=True):
    """A metric's value, or why it has none."""

    value: float | None
    undefined: str | None = None


class Metrics(Mapping[str, float | None]):
    """The metrics of a run: ``metrics["sharpe"]`` is a number, or None when `undefined` says why."""

    def __init__(
        self,
        values: Mapping[str, Metric],
        basis: str,
        definitions: Mapping[str, Definition],
        samples: Callable[[], Mapping[Basis, str]],
    ) -> None:
        self._values = dict(values)
        self._definitions = definitions
        self._samples = samples
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

    @property
    def samples(self) -> Mapping[Basis, str]:
        """What the metrics of each basis were computed over, in words."""
        return self._samples()

    def text(self, name: str) -> str:
        """Return a metric for people: with its unit, or ``n/a``."""
        return format_value(self[name], self._definitions[name].unit)

    def explain(self, name: str) -> str:
        """Return a metric with its formula, basis, sample and source, a few lines of text.

        Raises:
            InputError: there is no such metric.
        """
        definition = self._definitions.get(name)
        if definition is None:
            near = get_close_matches(name, self._definitions, 1)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(self)}."
            raise InputError(f"There is no metric '{name}'; {meant}")
        reason = self._values[name].undefined
        lines = [
            f"{definition.label} = {self.text(name)}" + (f" because {reason}" if reason else ""),
            f"formula  {definition.formula}",
            f"sample   {self.samples[definition.basis]}",
            f"basis    {self.basis}" if definition.basis != "trades" else "basis    closed trades, after costs",
        ]
        if definition.undefined:
            lines.append(f"n/a if   {definition.undefined}")
        if definition.source:
            lines.append(f"source   {definition.source}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        width = max(len(self._definitions[name].label) for name in self)
        lines = [f"{self._definitions[name].label:<{width}}  {self.text(name)}" for name in self]
        return "\n".join([*lines, f"({self.basis})"])


def evaluate(definition: Definition, sample: Sample) -> Metric:
    """Return the value of a metric over a sample, or why it has none."""
    try:
        value = float(definition.compute(sample))
    except UndefinedError as reason:
        return Metric(None, str(reason))
    except OverflowError:
        return Metric(None, "the numbers are too extreme")
    if not math.isfinite(value):
        return Metric(None, "the numbers are too extreme")
    return Metric(value)


def format_value(value: float | None, unit: Unit) -> str:
    """Return a value for people; percentages have two decimals, a missing one is ``n/a``."""
    if value is None:
        return "n/a"
    if unit in ("percent", "probability"):
        return f"{value:,.2%}"
    if unit == "money":
        return f"{value:,.2f}"
    if unit == "days":
        return f"{value:,.0f} d"
    return f"{value:,.0f}" if unit == "count" else f"{value:,.2f}"
