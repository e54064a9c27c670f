"""Outcomes that another process reports: those of simulations pass, and no field may be what none has."""

import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.backtest.engine import open_market, simulate
from arbitrax.backtest.outcome import check_outcome, outcome_of
from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.backtest.trial import fewest_symbols, waves
from arbitrax.domain.errors import StrategyError
from arbitrax.domain.panel import Panel
from arbitrax.strategies.registry import BUILT_IN, find_strategy
from arbitrax.strategies.strategy import Strategy

BARS = 400


class Busy(Strategy):
    """Uses what there is of orders."""

    def on_bar(self, context):
        if context.index % 5 == 0:
            context.buy(value=30_000, stop_loss=0.01, take_profit=0.02, trailing_stop=0.03, tag="in")
        if context.index % 9 == 0:
            context.sell(20, limit=context.price * 1.01, time_in_force="day", tag="out")
        if context.index % 13 == 0:
            context.sell(10**9)
        if context.index % 17 == 0:
            context.cancel_all()
            context.close()


def simulated(strategy):
    symbols = fewest_symbols(type(strategy))
    series = waves(BARS, symbols)
    spec = RunSpec(strategy=StrategyRef("x", "X", {}), symbols=tuple(each.symbol for each in series))
    raw = series[0] if symbols == 1 else Panel.from_bars(series)
    market = open_market(spec, raw, (), None, strategy=type(strategy), jit=False)
    return outcome_of(*simulate(spec, strategy, market)), symbols


@pytest.mark.parametrize("strategy", [Busy, *(find_strategy(name) for name in sorted(BUILT_IN))])
def test_what_simulations_yield_is_believed(strategy) -> None:
    outcome, symbols = simulated(strategy())
    check_outcome(outcome, BARS, symbols)


@pytest.fixture(scope="module")
def busy():
    outcome, _ = simulated(Busy())
    assert min(map(len, (outcome.orders, outcome.fills, outcome.trades))) > 10
    return outcome


def fields():
    from arbitrax.kernels.ledger import FILL_DTYPE, ORDER_DTYPE, TRADE_DTYPE

    for table, dtype in (("orders", ORDER_DTYPE), ("fills", FILL_DTYPE), ("trades", TRADE_DTYPE)):
        for name in dtype.names or ():
            yield table, name, dtype[name].kind


@pytest.mark.parametrize(("table", "name", "kind"), list(fields()))
def test_no_field_may_be_what_no_simulation_has(busy, table, name, kind) -> None:
    for wrong in (np.inf, -np.inf) if kind == "f" else (100, -100):
        if name == "expires" and wrong > 0:
            continue  # a time
        records = getattr(busy, table).copy()
        column = records[name]
        # Bars and orders count up to hundreds: this is far outside.
        column[3] = wrong if kind == "f" or column.itemsize < 4 else wrong * 10**7
        with pytest.raises(StrategyError, match=f"{table}.{name} "):
            check_outcome(replace(busy, **{table: records}), BARS, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"equity": np.ones(BARS - 1)},
        {"exposure": np.full(BARS, np.nan)},
        {"equity": np.full(BARS, np.inf)},
        {"bankrupt_bar": -1},
        {"bankrupt_bar": BARS},
        {"tags": ("a\nb", "out")},
        {"tags": ("x" * 201, "out")},
        {"tags": ()},
        {"notices": ("\x1b[2J",)},
        {"notices": ("n",) * 21},
    ],
    ids=lambda change: str(change)[:40],
)
def test_nor_a_curve_or_a_text(busy, change) -> None:
    with pytest.raises(StrategyError, match="thrown away"):
        check_outcome(replace(busy, **change), BARS, 1)
