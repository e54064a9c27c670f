"""No strategy built in decides otherwise once later bars are known: decided on cut histories, compared bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import arbitrax as ax
from arbitrax.domain.panel import Panel
from arbitrax.strategies.registry import BUILT_IN, find_strategy
from tests.market import daily, random_walk, sample

SHORT = {
    "calendar_rebalance": {"every": "week"},
    "cross_sectional_momentum": {"lookback": 15, "skip": 3, "every": "week"},
    "pairs_trading": {"window": 20, "entry": 0.8, "exit": 0.2, "significance": "off"},
    "time_series_momentum": {"lookback": 10, "center_of_mass": 4, "every": "week"},
}
"""Parameters that decide something in a hundred bars, where the defaults do not."""


def decide(strategy, data):
    several = isinstance(data, Panel)
    return strategy.portfolio(data) if several else strategy.signals(data)


def assert_same_until(cut, full, part):
    assert type(full) is type(part)
    if isinstance(full, ax.Rebalance):
        early = full.bars < cut
        np.testing.assert_array_equal(full.bars[early], part.bars)
        np.testing.assert_array_equal(full.weights[early], part.weights)
    elif isinstance(full, ax.Signals):
        for name in ("entries", "exits", "short_entries", "short_exits", "size"):
            one, other = getattr(full, name), getattr(part, name)
            np.testing.assert_array_equal(one if one is None else one[:cut], other)
        np.testing.assert_array_equal(full.attached.stop_loss[:cut], part.attached.stop_loss)
    else:
        np.testing.assert_array_equal(full[:cut], part)


def data_for(strategy, series):
    return Panel.from_bars(series[: strategy.most_symbols]) if strategy.least_symbols > 1 else series[0]


@pytest.mark.parametrize("name", BUILT_IN)
@given(data=st.data())
def test_made_prices_cut_anywhere(name, data):
    strategy = find_strategy(name)(**SHORT.get(name, {}))
    length = data.draw(st.integers(strategy.least_symbols, 120))
    one = data.draw(st.lists(st.floats(1, 500), min_size=length, max_size=length))
    walks = [random_walk(length, seed=data.draw(st.integers(1, 9)) + 10 * number) for number in range(3)]
    series = [daily(one, symbol="ONE")]
    if strategy.least_symbols > 1:
        series = [ax.Bars(f"S{at}", *(getattr(each, name) for name in each.__struct_fields__[1:])) for at, each in
                  enumerate(walks)]  # fmt: skip
    whole = data_for(strategy, series)
    cut = data.draw(st.integers(1, length))
    part = whole.between(None, int(whole.timestamp[cut - 1]) + 1)
    assert_same_until(cut, decide(strategy, whole), decide(strategy, part))


@pytest.mark.parametrize("name", BUILT_IN)
def test_real_prices_cut_at_random_bars(name):
    strategy = find_strategy(name)()
    series = [sample(symbol).adjusted() for symbol in ("AAPL", "MSFT", "GOOG", "IBM")]
    panels = [Panel.from_bars(series[: strategy.most_symbols])]
    if strategy.least_symbols == 1:
        panels.append(series[0])
    for whole in panels:
        full = decide(strategy, whole)
        for cut in np.random.default_rng(4).integers(strategy.warmup, len(whole), 12).tolist():
            part = whole.between(None, int(whole.timestamp[cut - 1]) + 1)
            assert_same_until(cut, full, decide(strategy, part))


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_strategy_trades_real_prices_with_its_defaults(name):
    strategy = find_strategy(name)()
    series = [sample(symbol) for symbol in ("AAPL", "MSFT", "GOOG", "IBM")]
    result = ax.backtest(strategy, series[: strategy.most_symbols] if strategy.least_symbols > 1 else series[0])
    assert len(result.fill_records) >= 1
    assert (result.order_records["created_bar"] >= strategy.warmup - 1).all()
    assert np.isfinite(result.equity_curve).all()
    if strategy.most_symbols is None:
        several = ax.backtest(strategy, series)
        assert len({int(each) for each in several.fill_records["symbol"]}) > 1
