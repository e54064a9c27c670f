"""Bollinger reversion, MACD and the Donchian breakout."""

import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.domain.errors import ParameterError
from tests.market import daily, sample


def ranged(close, spread=1.0):
    """Return daily bars whose highs and lows lie ``spread`` around the close."""
    bars = daily(close)
    return replace(bars, high=bars.close + spread, low=bars.close - spread)


def test_bollinger_buys_below_the_band_and_leaves_at_the_average():
    # Windows of 3 and 1 deviation (of the population): at 4 the mean is 8, the deviation 2.83, the lower band 5.17;
    # at 8 the mean is 7.33.
    weights = ax.BollingerReversion(window=3, deviations=1).signals(daily([10, 10, 10, 4, 8, 9]))
    np.testing.assert_array_equal(weights, [np.nan, np.nan, 0, 1, 0, 0])
    high = ax.BollingerReversion(window=3, deviations=1, short=True).signals(daily([10, 10, 10, 16, 12, 12]))
    np.testing.assert_array_equal(high, [np.nan, np.nan, 0, -1, 0, 0])


def test_bollinger_agrees_with_each_window_by_itself_on_real_prices():
    close = sample("IBM").close
    weights = ax.BollingerReversion(short=True).signals(sample("IBM"))
    assert np.isnan(weights[:19]).all()
    long = short = 0.0
    for bar in range(19, len(close)):
        window = close[bar - 19 : bar + 1]
        mean, deviation = window.mean(), window.std()
        if min(abs(close[bar] - mean), abs(abs(close[bar] - mean) - 2 * deviation)) < 1e-9:
            continue  # decided by rounding
        if close[bar] < mean - 2 * deviation:
            long = 1.0
        elif close[bar] >= mean:
            long = 0.0
        if close[bar] > mean + 2 * deviation:
            short = -1.0
        elif close[bar] <= mean:
            short = 0.0
        assert weights[bar] == long + short, bar
    assert set(np.unique(weights[19:])) == {-1, 0, 1}


def test_prices_that_stand_still_touch_no_band():
    assert len(ax.backtest(ax.BollingerReversion(), daily([50.0] * 60)).order_records) == 0


def test_macd_is_long_above_its_signal_line():
    # fast 1 is the close; slow 2 starts at the mean of two. close:      10, 10, 10, 13, 13,   7
    # slow, weight 2/3:                                              -, 10, 10, 12, 12.67, 8.89
    # difference:                                                    -,  0,  0,  1, 0.33, -1.89
    # signal of 2, started at the mean of two:                       -,  -,  0, .67, 0.44, -1.11
    weights = ax.MacdCross(fast=1, slow=2, signal=2).signals(daily([10, 10, 10, 13, 13, 7]))
    np.testing.assert_array_equal(weights, [np.nan, np.nan, 0, 1, 0, 0])
    short = ax.MacdCross(fast=1, slow=2, signal=2, short=True).signals(daily([10, 10, 10, 13, 13, 7]))
    np.testing.assert_array_equal(short[2:], [-1, 1, -1, -1])
    assert ax.MacdCross(fast=1, slow=2, signal=2).warmup == 3


def test_macd_agrees_with_averages_computed_by_hand_on_real_prices():
    def average(values, window):
        line = [float(np.mean(values[:window]))]
        for value in values[window:]:
            line.append(line[-1] + 2 / (window + 1) * (float(value) - line[-1]))
        return np.concatenate((np.full(window - 1, np.nan), line))

    bars = sample("GSPC")
    difference = average(bars.close, 12) - average(bars.close, 26)
    signal = np.concatenate((np.full(25, np.nan), average(difference[25:], 9)))
    weights = ax.MacdCross().signals(bars)
    assert np.flatnonzero(~np.isnan(weights))[0] == ax.MacdCross().warmup - 1 == 33
    clear = np.abs(difference - signal) > 1e-3  # the fast average here starts earlier; that has faded
    clear[:250] = False
    np.testing.assert_array_equal(weights[clear], (difference > signal)[clear])
    assert clear.sum() > 4000


def test_macd_refuses_windows_that_cannot_cross():
    with pytest.raises(ParameterError, match=r"^MacdCross: fast = 26 must be smaller than slow = 26\.$"):
        ax.MacdCross(fast=26)


def test_a_breakout_leaves_the_channel_of_the_bars_before():
    # Highs are close + 1, lows close - 1; channels of four bars before to enter, two to leave.
    close = [100.0] * 8 + [101.0, 101.5, 103, 103, 103, 101.9, 103, 100.5, 103]
    decided = ax.DonchianBreakout(entry=4, exit=2, average=2, stop=0, short=False).signals(ranged(close))
    # 101 is not above 101, nor 101.5 above the 102 of the bar before it; 103 is above 102.5.
    assert np.flatnonzero(decided.entries).tolist() == [10]
    # 101.9 is below the lows of 102 before it, and 100.5 below 100.9.
    assert np.flatnonzero(decided.exits).tolist() == [13, 15]
    assert decided.short_entries is None
    assert decided.attached.stop_loss is None


def test_the_unit_risks_one_percent_for_each_n():
    # Every true range is 2, so N is 2: at 50 a unit of 1% is a quarter of equity, and the stop 4 below.
    decided = ax.DonchianBreakout(average=5, entry=5, exit=2).signals(ranged([50.0] * 30))
    assert np.isnan(decided.size[:5]).all()
    np.testing.assert_allclose(decided.size[10:], 0.25)
    np.testing.assert_allclose(decided.attached.stop_loss[10:], 0.08)
    assert (ax.DonchianBreakout(risk=0.5, average=5).signals(ranged([50.0] * 30)).size[12:] == 1).all()


def test_breakouts_of_real_prices_are_the_rule():
    bars = sample("AAPL").adjusted()
    strategy = ax.DonchianBreakout()
    decided = strategy.signals(bars)
    span, true = None, []
    for bar in range(1, len(bars)):
        before = bars.close[bar - 1]
        true.append(max(bars.high[bar] - bars.low[bar], bars.high[bar] - before, before - bars.low[bar]))
        if len(true) == 20:
            span = np.mean(true)
        elif span is not None:
            span += (true[-1] - span) / 20
        if span is None:
            assert not decided.entries[bar]
            assert not decided.short_entries[bar]
            continue
        assert decided.entries[bar] == (bars.close[bar] > bars.high[bar - 20 : bar].max())
        assert decided.short_entries[bar] == (bars.close[bar] < bars.low[bar - 20 : bar].min())
        assert decided.exits[bar] == (bars.close[bar] < bars.low[bar - 10 : bar].min())
        assert decided.short_exits[bar] == (bars.close[bar] > bars.high[bar - 10 : bar].max())
        assert decided.size[bar] == pytest.approx(min(0.01 * bars.close[bar] / span, 1), rel=1e-9)
        assert decided.attached.stop_loss[bar] == pytest.approx(2 * span / bars.close[bar], rel=1e-9)
    assert strategy.warmup == 21


def test_breakouts_reverse_and_stop_out():
    result = ax.backtest(ax.DonchianBreakout(), sample("AAPL"))
    assert set(result.trades["side"]) == {"long", "short"}
    assert "stop_loss" in set(result.trades["exit_reason"])
    several = ax.backtest(ax.DonchianBreakout(), [sample("AAPL"), sample("IBM"), sample("GSPC")])
    assert len(several.contributions) == 3


def test_breakout_refuses_an_exit_longer_than_the_entry():
    with pytest.raises(ParameterError, match=r"exit = 30 must not be longer than entry = 20\.$"):
        ax.DonchianBreakout(exit=30)
