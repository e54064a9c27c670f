import re
import sys

import numpy as np
import pytest

import arbitrax as ax
from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import DataError, ParameterError
from arbitrax.domain.intervals import DAY
from arbitrax.strategies.price_levels import fixed_price_levels
from arbitrax.strategies.registry import BUILT_IN, find_strategy
from arbitrax.strategies.strategy import source_of
from tests.market import sample


def bars(close):
    close = np.array(close, dtype=np.float64)
    return Bars("X", "1d", np.arange(len(close)) * DAY, close, close, close, close, np.ones(len(close)))


def test_sma_cross_is_long_above_and_flat_at_a_tie():
    # SMA(1) against SMA(2): 10|-, 10 against 10, 12 against 11, 9 against 10.5.
    weights = ax.SmaCross(fast=1, slow=2).signals(bars([10, 10, 12, 9]))
    np.testing.assert_array_equal(weights, [np.nan, 0, 1, 0])
    np.testing.assert_array_equal(
        ax.SmaCross(fast=1, slow=2, short=True).signals(bars([10, 10, 12, 9])), [np.nan, -1, 1, -1]
    )


def test_sma_cross_refuses_windows_that_cannot_cross():
    with pytest.raises(ParameterError, match="fast = 30 must be smaller than slow = 30"):
        ax.SmaCross(fast=30, slow=30)


def test_ema_cross_is_long_above_and_flat_at_a_tie():
    # EMA(1) is the close. EMA(3), weight 1/2, starts at (10 + 10 + 10) / 3; then 11, 8.5, 8.5.
    weights = ax.EmaCross(fast=1, slow=3).signals(bars([10, 10, 10, 12, 6, 8.5]))
    np.testing.assert_array_equal(weights, [np.nan, np.nan, 0, 1, 0, 0])
    np.testing.assert_array_equal(
        ax.EmaCross(fast=1, slow=3, short=True).signals(bars([10, 10, 10, 12, 6, 8.5]))[2:], [-1, 1, -1, -1]
    )


def test_ema_cross_agrees_with_averages_computed_by_hand_on_real_prices():
    close = sample("MSFT").close
    lines = []
    for window in (12, 26):
        line = [float(close[:window].mean())]
        for price in close[window:]:
            line.append(line[-1] + 2 / (window + 1) * (float(price) - line[-1]))
        lines.append(np.concatenate((np.full(window - 1, np.nan), line)))
    weights = ax.EmaCross().signals(sample("MSFT"))
    assert np.isnan(weights[:25]).all()
    clear = np.abs(lines[0] - lines[1])[25:] > 1e-9
    np.testing.assert_array_equal(weights[25:][clear], (lines[0] > lines[1])[25:][clear])


def test_ema_cross_refuses_windows_that_cannot_cross():
    with pytest.raises(ParameterError, match=r"^EmaCross: fast = 26 must be smaller than slow = 26\.$"):
        ax.EmaCross(fast=26)


def test_sma_cross_refuses_prices_beyond_exact_sums():
    with pytest.raises(DataError, match="too large for exact averages"):
        ax.SmaCross(fast=1, slow=2).signals(bars([1.0, 1e12, 1e12]))


def test_rsi_reversion_enters_low_and_leaves_high():
    falling = [100 - i for i in range(6)]
    rising = [95 + 2 * i for i in range(1, 7)]
    weights = ax.RsiReversion(window=3, oversold=30, exit=60).signals(bars(falling + rising))
    stated = weights[~np.isnan(weights)]
    assert stated[0] == 1
    assert stated[-1] == 0
    assert np.isnan(weights[:3]).all()


def test_rsi_reversion_short_mirrors():
    up_then_down = [100 + i for i in range(8)] + [107 - 2 * i for i in range(1, 9)]
    weights = ax.RsiReversion(window=3, oversold=30, exit=60, short=True).signals(bars(up_then_down))
    assert -1 in weights
    assert np.isnan(weights[:3]).all()
    assert set(np.unique(weights[3:])) <= {-1, 0, 1}


def test_buy_and_hold_wants_the_same_weight_for_ever():
    assert ax.BuyAndHold(weight=0.5).signals(bars([1, 2, 3])).tolist() == [0.5] * 3


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_strategy_documents_itself_and_its_parameters(name):
    strategy = find_strategy(name)
    assert strategy.__doc__
    assert all(each.doc for each in strategy.parameters.values())
    assert strategy().warmup >= 1
    assert re.search(r"^Source: ", sys.modules[strategy.__module__].__doc__, re.MULTILINE) or name == "buy_and_hold"
    assert fixed_price_levels(source_of(strategy), strategy.__name__) == []
    assert getattr(ax, strategy.__name__) is strategy
