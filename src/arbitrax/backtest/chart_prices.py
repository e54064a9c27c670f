"""The prices of a run as it saw them, with its strategy's lines, in as many points as a chart has."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from arbitrax.backtest.actions import in_last_units
from arbitrax.backtest.holdings import last_units, traded_panel
from arbitrax.domain.errors import ArbitraxError, InputError, UnknownNameError
from arbitrax.market_data.chart_points import group_starts, joined
from arbitrax.strategies.registry import find_registered
from arbitrax.strategies.strategy import source_of

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result
    from arbitrax.backtest.spec import RunSpec, StrategyRef
    from arbitrax.domain.bars import Bars, Floats


class ChartLine(Struct, frozen=True, eq=False):
    """What a strategy shows over prices or beneath them."""

    name: str
    pane: str | None
    """Where it is shown beneath prices, in units of its own; None: over them."""
    values: Floats


class ChartPrices(Struct, frozen=True, eq=False):
    """Prices of which neighbouring bars are joined."""

    bars: Bars
    """Joined; shape (points,)."""
    lines: list[ChartLine]
    """Each of shape (points,): its value at the last of the bars joined."""
    rows: int
    """Bars of the range, before they were joined."""


def bars_seen(result: Result, symbol: str | None) -> Bars:
    """Return the bars of a symbol as a run saw them, in units of the last one; symbol: None for the first.

    Raises:
        UnknownNameError: the run traded no such symbol.
        InputError: its bars are not stored any more as they were.
    """
    symbols = result.spec.symbols
    require_traded(result.spec, symbol)
    column = 0 if symbol is None else symbols.index(symbol)
    panel = traded_panel(result)
    if panel is None:
        raise InputError("The bars of this run are not stored any more as they were; run it again.")
    bars = result.bars if len(symbols) == 1 else panel.column(symbols[column])
    units = last_units(result)
    return bars if units is None else in_last_units(bars, units[:, column])


def require_traded(spec: RunSpec, symbol: str | None) -> None:
    """See whether a run traded a symbol.

    Raises:
        UnknownNameError: it did not.
    """
    if symbol is not None and symbol not in spec.symbols:
        raise UnknownNameError(f"This run did not trade {symbol}; it traded {', '.join(spec.symbols[:8])}.")


def chart_prices(bars: Bars, strategy: StrategyRef, start: int | None, end: int | None, points: int) -> ChartPrices:
    """Return the bars with ``start <= timestamp < end`` (ns UTC; None: open) in at most ``points`` points."""
    lines = _lines(strategy, bars)
    first = 0 if start is None else int(bars.timestamp.searchsorted(start))
    last = len(bars) if end is None else int(bars.timestamp.searchsorted(end))
    within = slice(first, max(first, last))
    shown = bars.take(within)
    starts = group_starts(len(shown), points)
    ends = np.append(starts[1:], len(shown)) - 1 if len(starts) else starts
    ending = [ChartLine(each.name, each.pane, each.values[within][ends]) for each in lines]
    return ChartPrices(joined(shown, points), ending, len(shown))


def _lines(reference: StrategyRef, bars: Bars) -> list[ChartLine]:
    """Return what a strategy shows with prices; nothing where it is not registered as it was, or fails at it."""
    try:
        kind = find_registered(reference.name)
        source = source_of(kind) or ""
        if hashlib.sha256(source.encode()).hexdigest() != reference.source_hash:
            return []
        strategy = kind(**reference.parameters)
        panes: list[tuple[str | None, dict[str, Floats]]] = [(None, strategy.lines(bars))]
        panes += strategy.oscillators(bars).items()
    except ArbitraxError:
        return []
    found = [ChartLine(name, pane, values) for pane, lines in panes for name, values in lines.items()]
    return [each for each in found if each.values.shape == bars.close.shape]
