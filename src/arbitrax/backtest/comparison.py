"""Two to eight runs side by side: what they were told differently, what came out, and their curves on one time axis."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from arbitrax.backtest.metrics import DEFINITIONS, format_value
from arbitrax.backtest.result import Result
from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from arbitrax.domain.bars import Floats, Int64s

MOST = 8
NAMING = ("symbols", "interval", "prices", "fill")
"""Settings besides parameters that name a run where they differ."""


class Comparison:
    """Results side by side; the first is what the others are compared with."""

    def __init__(self, results: Sequence[Result], names: Sequence[str] | None = None) -> None:
        """Take two to eight results.

        names: what to call them, all different; else each is called by its strategy and what differs.

        Raises:
            InputError: too few or too many results, something else than a result, or names that repeat.
        """
        if not 2 <= len(results) <= MOST:
            raise InputError(f"A comparison of {len(results)} runs is not possible; give 2 to {MOST}.")
        for each in results:
            if not isinstance(each, Result):
                raise InputError(f"compare() takes results of backtests, not {type(each).__name__}.")
        self.results = tuple(results)
        self._told = [_settings(each) for each in results]
        self.names = tuple(names) if names is not None else self._own_names()
        if len(self.names) != len(results) or len(set(self.names)) < len(results):
            raise InputError(f"{len(results)} runs need as many different names, not {', '.join(self.names)}.")

    @cached_property
    def differing(self) -> dict[str, tuple[str, ...]]:
        """What the runs were told differently, by setting, one text a run; an em dash where a run has no such one."""
        known = dict.fromkeys(name for each in self._told for name in each)
        rows = {name: tuple(each.get(name, "—") for each in self._told) for name in known}
        return {name: texts for name, texts in rows.items() if len(set(texts)) > 1}

    @cached_property
    def values(self) -> dict[str, tuple[float | None, ...]]:
        """Every metric, one value a run, None where it is undefined."""
        return {name: tuple(each.metrics[name] for each in self.results) for name in self.results[0].metrics}

    def differences(self, name: str) -> tuple[float | None, ...]:
        """Return a metric of each run after the first less that of the first, None where either is undefined."""
        first, *others = self.values[name]
        return tuple(None if first is None or value is None else value - first for value in others)

    @cached_property
    def growth(self) -> tuple[Int64s, Floats]:
        """Each run's equity over its cash, on the union of their times, NaN before its first bar and after its last.

        Shapes: (times,) int64 ns UTC, (times, runs). Between two of its own bars a run keeps its last value.
        """
        time = np.unique(np.concatenate([each.bars.timestamp for each in self.results]))
        table = np.full((len(time), len(self.results)), np.nan)
        for column, each in enumerate(self.results):
            own = each.bars.timestamp
            first, last = (int(at) for at in time.searchsorted(own[[0, -1]]))
            rows = own.searchsorted(time[first : last + 1], side="right") - 1
            table[first : last + 1, column] = (each.equity_curve / each.spec.cash)[rows]
        return time, table

    @cached_property
    def notices(self) -> tuple[str, ...]:
        """What makes the runs hard to compare, one sentence each."""
        found = []
        spans = {(int(each.bars.timestamp[0]), int(each.bars.timestamp[-1])) for each in self.results}
        if len(spans) > 1:
            texts = "; ".join(
                f"{name} {date_text(int(each.bars.timestamp[0]))} to {date_text(int(each.bars.timestamp[-1]))}"
                for name, each in zip(self.names, self.results, strict=True)
            )
            found.append(f"The runs cover different ranges ({texts}), so their metrics speak of different markets.")
        if len({each.spec.fill for each in self.results}) > 1:
            found.append("Some fill at the close that decided them (same_close); nobody can trade like that.")
        if len({_costs(each) for each in self.results}) > 1:
            found.append("Their costs differ.")
        if len({each.bars.basis for each in self.results}) > 1:
            found.append("Some ran on adjusted, some on raw prices.")
        return tuple(found)

    @property
    def settings(self) -> pd.DataFrame:
        """What differs, as a pandas frame: one row a setting, one column a run."""
        import pandas as pd

        return pd.DataFrame.from_dict(self.differing, orient="index", columns=list(self.names)).rename_axis("setting")

    @property
    def metrics(self) -> pd.DataFrame:
        """The metrics, as a pandas frame: one row a metric, one column a run, NaN where undefined."""
        import pandas as pd

        frame = pd.DataFrame.from_dict(self.values, orient="index", columns=list(self.names), dtype=float)
        return frame.rename_axis("metric")

    @property
    def curves(self) -> pd.DataFrame:
        """`growth` as a pandas frame by time."""
        import pandas as pd

        time, table = self.growth
        index = pd.DatetimeIndex(time.view("M8[ns]"), name="time").tz_localize("UTC")
        return pd.DataFrame(table, index=index, columns=list(self.names))

    def report(self, path: str | Path) -> Path:
        """Write the comparison as one HTML file that needs no network, and return its path."""
        from pathlib import Path

        from arbitrax.backtest.report import write_comparison

        return write_comparison(self, Path(path))

    def __repr__(self) -> str:
        rows = [("", *self.names), *((name, *texts) for name, texts in self.differing.items())]
        rows += [
            (DEFINITIONS[name].label, *(format_value(value, DEFINITIONS[name].unit) for value in values))
            for name, values in self.values.items()
        ]
        width = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
        lines = []
        for row in rows:
            cells = [text.rjust(size) for text, size in zip(row[1:], width[1:], strict=True)]
            lines.append("  ".join([row[0].ljust(width[0]), *cells]))
        return "\n".join(lines)

    def _own_names(self) -> tuple[str, ...]:
        """Return each run's strategy, and what differs where several run the same one."""
        classes = [each.spec.strategy.class_name for each in self.results]
        names = []
        for own, told in zip(classes, self._told, strict=True):
            rivals = [each for each, name in zip(self._told, classes, strict=True) if name == own]
            shown = [
                f"{name.removeprefix('parameters.')}={text}"
                for name, text in told.items()
                if (name.startswith("parameters.") or name in NAMING) and len({each.get(name) for each in rivals}) > 1
            ]
            alone = len(set(classes)) == 1 and shown
            names.append(" ".join(shown if alone else [own, *shown]))
        repeated = {name for name in names if names.count(name) > 1}
        return tuple(f"{name} #{at}" if name in repeated else name for at, name in enumerate(names, 1))


def _settings(result: Result) -> dict[str, str]:
    """Return all that a run was told, by dotted name, and which bars and code it ran on."""
    made = msgspec.to_builtins(result.spec)
    strategy = made.pop("strategy")
    found: dict[str, str] = {"strategy": strategy["class_name"]}
    _flatten("parameters", strategy["parameters"], found)
    for name, value in made.items():
        _flatten(name, value, found)
    found["bars"] = f"{len(result.bars):,}"
    found["data"] = result.data_hash[:12]
    found["code"] = (strategy["source_hash"] or "")[:12]
    return found


def _flatten(name: str, value: Any, found: dict[str, str]) -> None:
    if isinstance(value, dict):
        for key, part in value.items():
            _flatten(f"{name}.{key}", part, found)
    elif isinstance(value, list | tuple):
        found[name] = ", ".join(str(each) for each in value) or "none"
    elif isinstance(value, bool):
        found[name] = "yes" if value else "no"
    else:
        found[name] = "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _costs(result: Result) -> bytes:
    spec = result.spec
    return msgspec.json.encode((spec.commission_bps, spec.slippage_bps, spec.costs, spec.account, spec.instruments))
