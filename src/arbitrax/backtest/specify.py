"""From a strategy and options to a `RunSpec`."""

import hashlib
from typing import overload

from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import date_text, end_of_day, start_of_day
from arbitrax.domain.errors import RangeError
from arbitrax.domain.panel import Panel
from arbitrax.strategies.strategy import Strategy, source_of


def strategy_ref(strategy: Strategy, name: str) -> StrategyRef:
    """Return the reference of a strategy instance; ``name`` is how the registry finds its class."""
    source = source_of(type(strategy))
    return StrategyRef(
        name=name,
        class_name=type(strategy).__qualname__,
        parameters=strategy.values,
        source_hash=None if source is None else hashlib.sha256(source.encode()).hexdigest(),
    )


@overload
def cut_data(data: Bars, spec: RunSpec) -> Bars: ...
@overload
def cut_data(data: Panel, spec: RunSpec) -> Panel: ...
@overload
def cut_data(data: list[Bars], spec: RunSpec) -> Bars | list[Bars]: ...
def cut_data(data: Bars | list[Bars] | Panel, spec: RunSpec) -> Bars | list[Bars] | Panel:
    """Return what a run trades, cut to the range of its spec; a list of one as that one.

    Raises:
        RangeError: no bar lies in the range.
    """
    if isinstance(data, Panel):
        start = None if spec.start is None else start_of_day(spec.start)
        end = None if spec.end is None else end_of_day(spec.end)
        cut = data.between(start, end)
        if not len(cut):
            raise RangeError(
                f"The panel has no {spec.interval} bars from {spec.start or 'the start'} to {spec.end or 'the end'}."
            )
        return cut
    if isinstance(data, Bars):
        return cut_to_range(data, spec)
    if len(data) == 1:
        return cut_to_range(data[0], spec)
    return [cut_to_range(each, spec) for each in data]


def cut_to_range(bars: Bars, spec: RunSpec) -> Bars:
    """Return the bars from ``spec.start`` to ``spec.end``, both inclusive.

    Raises:
        RangeError: no bar lies between them.
    """
    start = None if spec.start is None else start_of_day(spec.start)
    end = None if spec.end is None else end_of_day(spec.end)
    selected = bars.between(start, end)
    if not len(selected):
        wanted = f"from {spec.start or 'the start'} to {spec.end or 'the end'}"
        held = (
            f"it has {date_text(int(bars.timestamp[0]))} to {date_text(int(bars.timestamp[-1]))}"
            if len(bars)
            else "it is empty"
        )
        raise RangeError(f"{bars.symbol} has no {bars.interval} bars {wanted}; {held}.")
    return selected
