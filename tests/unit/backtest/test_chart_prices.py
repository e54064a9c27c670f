"""What charts show with prices: over them what has their unit, beneath them what has another."""

import numpy as np
import pytest

import arbitrax as ax
from arbitrax.backtest.chart_prices import chart_prices
from arbitrax.backtest.documents.prices import prices_message
from arbitrax.backtest.specify import strategy_ref
from arbitrax.indicators import macd, rsi
from tests.market import sample


def shown(strategy, name, points=10_000):
    bars = sample("AAPL")
    return bars, chart_prices(bars, strategy_ref(strategy, name), None, None, points)


@pytest.mark.parametrize("points", [10_000, 7])
def test_an_rsi_is_beneath_the_prices_with_the_levels_that_decide(points):
    bars, found = shown(ax.RsiReversion(window=10, oversold=25.0, exit=60.0, short=True), "rsi_reversion", points)
    assert {each.pane for each in found.lines} == {"RSI 10"}
    index, *levels = found.lines
    assert (index.name, index.values[-1]) == ("RSI 10", rsi(bars.close, 10)[-1])
    assert {each.name: set(each.values) for each in levels} == {
        "enter": {25.0}, "exit": {60.0}, "short": {75.0}, "cover": {40.0},
    }  # fmt: skip
    assert all(len(each.values) == len(found.bars) for each in found.lines)


def test_a_macd_is_beneath_the_prices_with_its_signal_line():
    bars, found = shown(ax.MacdCross(), "macd_cross")
    lines = macd(bars.close, 12, 26, 9)
    assert [(each.name, each.pane) for each in found.lines] == [
        ("MACD 12 26", "MACD 12 26"), ("signal 9", "MACD 12 26"),
    ]  # fmt: skip
    np.testing.assert_array_equal(found.lines[0].values, lines.macd)
    np.testing.assert_array_equal(found.lines[1].values, lines.signal)


def test_averages_are_over_the_prices():
    _, found = shown(ax.SmaCross(), "sma_cross")
    assert [(each.name, each.pane) for each in found.lines] == [("SMA 10", None), ("SMA 30", None)]


def test_a_message_says_of_each_line_where_it_is():
    _, found = shown(ax.RsiReversion(), "rsi_reversion", 5)
    message = prices_message("bt", found)
    assert (message.lines[0], message.panes) == ("RSI 14", ["RSI 14"] * 3)
    assert message.data[-1].lines[1:] == [30.0, 55.0]
