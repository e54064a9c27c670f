"""Short runs that tell whether a strategy runs at all, and whether two runs did the same."""

import math
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.result import Result
from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import strategy_ref
from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import DAY
from arbitrax.domain.orders import OrderRole
from arbitrax.domain.panel import Panel
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BARS = 300
EXACT = ("created_bar", "symbol", "kind", "time_in_force", "size_kind", "role")
CLOSE = 1e-9
"""Relative: NumPy may sum longer arrays in another order."""


def trial_run(strategy: Strategy, *, jit: bool = False) -> Result:
    """Run a strategy over waves of rising and falling prices, a few hundred bars beyond its warm-up.

    Raises:
        StrategyError: what it raised, or why it cannot be compiled.
    """
    return run_on(strategy, waves(BARS + strategy.warmup, fewest_symbols(type(strategy))), jit=jit)


def fewest_symbols(strategy: type[Strategy]) -> int:
    """Return how many symbols a strategy needs at least; two when it defines nothing but `portfolio`."""
    only_portfolio = strategy.portfolio is not Strategy.portfolio and strategy.signals is Strategy.signals
    compares = only_portfolio and not strategy.is_event_driven()
    return max(strategy.least_symbols, 2 if compares else 1)


def waves(bars: int, symbols: int = 1) -> list[Bars]:
    """Return made-up daily bars, one series a symbol: sums of two waves, each symbol's of another phase."""
    made = []
    at = np.arange(bars)
    for number in range(symbols):
        slow, quick = np.sin((at + 5 * number) * (2 * math.pi / 47)), np.sin((at + 2 * number) * (2 * math.pi / 7))
        close = np.round(100 * np.exp(0.1 * slow + 0.05 * quick), 2)
        first = np.concatenate((close[:1], close[:-1]))
        high, low = np.maximum(first, close) * 1.01, np.minimum(first, close) * 0.99
        times = 10_957 * DAY + at.astype(np.int64) * DAY
        name = "TRIAL" if not number else f"TRIAL{number + 1}"
        made.append(Bars(name, "1d", times, first, high, low, close, np.full(bars, 1e6)))
    return made


def run_on(strategy: Strategy, series: "Sequence[Bars]", *, jit: bool = False) -> Result:
    """Run a strategy over the bars of one symbol or several, at the default costs.

    Raises:
        RangeError: fewer bars than its warm-up needs.
        StrategyError: what it raised, or why it cannot be compiled.
    """
    symbols = tuple(bars.symbol for bars in series)
    spec = RunSpec(strategy=strategy_ref(strategy, type(strategy).__name__), symbols=symbols, interval="1d")
    return run_backtest(spec, strategy, series[0] if len(series) == 1 else Panel.from_bars(series), jit=jit)


def first_difference(one: Result, two: Result, bars: int) -> int | None:
    """Return the first bar, of the first ``bars``, at which two runs sent other orders or were filled otherwise."""
    found = []
    for whole, part, name, exact, numbers in (
        (one.order_records, two.order_records, "created_bar", EXACT, ("size", "limit")),
        (one.fill_records, two.fill_records, "bar", ("bar", "order", "symbol"), ("quantity", "price")),
    ):
        ours, theirs = whole[whole[name] < bars], part[part[name] < bars]
        shared = min(len(ours), len(theirs))
        differs = np.zeros(shared, np.bool_)
        for field in exact:
            differs |= ours[field][:shared] != theirs[field][:shared]
        # Exits take their sizes and prices from the entry's fill.
        own = ours["role"][:shared] == OrderRole.PLAIN if "role" in exact else np.ones(shared, np.bool_)
        for field in numbers:
            differs |= own & ~_close(ours[field][:shared], theirs[field][:shared])
        if differs.any():
            at = int(differs.argmax())
            found.append(min(int(ours[name][at]), int(theirs[name][at])))
        elif len(ours) != len(theirs):
            found.append(int((ours if len(ours) > shared else theirs)[name][shared]))
    return min(found, default=None)


def _close(one: "NDArray[np.float64]", two: "NDArray[np.float64]") -> "NDArray[np.bool_]":
    """Tell which numbers are equal to 1e-9 relative; NaN equals NaN."""
    return np.isclose(one, two, rtol=CLOSE, atol=0.0, equal_nan=True)
