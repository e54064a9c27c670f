import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.domain.errors import InputError, ParameterError, StrategyError
from arbitrax.domain.panel import Panel
from arbitrax.strategies.cointegration import critical_value, engle_granger, rolling_regression
from arbitrax.strategies.pairs_trading import _trades
from tests.market import daily, sample


def panel_of(y, x):
    return Panel.from_bars([daily(y, symbol="Y"), daily(x, symbol="X")])


def plain_statistic(y, x, lags):
    """Engle and Granger's statistic of one window by general least squares."""
    slope, intercept = np.polyfit(x, y, 1)
    rest = y - intercept - slope * x
    change = np.diff(rest)
    factors = np.column_stack([rest[lags:-1]] + [change[lags - i : len(change) - i] for i in range(1, lags + 1)])
    target = change[lags:]
    estimate, *_ = np.linalg.lstsq(factors, target, rcond=None)
    left = target - factors @ estimate
    variance = left @ left / (len(target) - factors.shape[1]) * np.linalg.inv(factors.T @ factors)[0, 0]
    return estimate[0] / np.sqrt(variance)


@pytest.mark.parametrize("lags", [0, 1, 3])
def test_regression_and_statistic_agree_with_general_least_squares(lags):
    y, x = sample("AAPL").adjusted().close[:400], sample("MSFT").adjusted().close[:400]
    found = rolling_regression(y, x, 60)
    rows = np.array([10, 59, 60, 200, 399])
    statistic = engle_granger(y, x, 60, rows, lags=lags)
    assert np.isnan(statistic[0])
    assert np.isnan(found.slope[:59]).all()
    for row, value in zip(rows[1:], statistic[1:], strict=True):
        ys, xs = y[row - 59 : row + 1], x[row - 59 : row + 1]
        slope, intercept = np.polyfit(xs, ys, 1)
        rest = ys - intercept - slope * xs
        np.testing.assert_allclose([found.slope[row], found.intercept[row]], [slope, intercept], rtol=1e-9)
        np.testing.assert_allclose(found.score[row], rest[-1] / np.sqrt(rest @ rest / 58), rtol=1e-9)
        np.testing.assert_allclose(value, plain_statistic(ys, xs, lags), rtol=1e-7)


def test_the_test_finds_cointegration_and_is_wrong_about_as_often_as_it_says():
    random = np.random.default_rng(7)
    wandering = together = 0
    for _ in range(400):
        x, other = 100 + np.cumsum(random.normal(size=(2, 250)), axis=1)
        last = np.array([249])
        limit = critical_value("5%", 250)
        wandering += engle_granger(other, x, 250, last)[0] < limit
        together += engle_granger(2 * x + random.normal(size=250), x, 250, last)[0] < limit
    assert together == 400
    assert 8 <= wandering <= 36  # 5% of 400 are 20, give or take 4.4


def test_critical_values_are_mackinnons():
    # Asymptotic values of his table: -3.90, -3.34, -3.05 for two variables and a constant.
    assert [round(critical_value(level, 10**9), 5) for level in ("1%", "5%", "10%")] == [-3.89644, -3.33613, -3.04445]
    assert critical_value("5%", 102) == pytest.approx(-3.33613 - 6.1101 / 100 - 6.823 / 100**2)


def test_flat_prices_have_no_regression():
    flat, wave = np.full(30, 5.0), 5 + np.sin(np.arange(30.0))
    assert np.isnan(rolling_regression(wave, flat, 10).slope).all()
    assert np.isnan(rolling_regression(2 * wave + 1, wave, 10).score).all()  # an exact line leaves nothing
    assert np.isnan(engle_granger(wave, flat, 10, np.arange(30))).all()


def test_windows_too_short_are_refused():
    with pytest.raises(InputError, match=r"over 2 bars leaves no residual; use 3 or more\.$"):
        rolling_regression(np.ones(5), np.ones(5), 2)
    with pytest.raises(InputError, match=r"A window of 6 bars is too short for 2 lags; use 7 or more\.$"):
        engle_granger(np.ones(9), np.ones(9), 6, np.array([8]), lags=2)


def test_trades_begin_wide_end_back_and_wait_after_a_stop():
    score = [0, 2.5, 1, 0.4, -2.2, -0.6, -0.5, 2.1, 4.5, 3, 1, 0.2, 2.3, np.nan, 0]
    wide = [abs(each) >= 2 and abs(each) <= 4 for each in score]
    assert _trades(score, wide, 0.5, 4.0) == [(1, -1), (3, 0), (4, 1), (6, 0), (7, -1), (8, 0), (12, -1), (14, 0)]


def test_a_wide_spread_is_sold_hedged_by_its_slope_and_bought_back():
    random = np.random.default_rng(3)
    x = 50 + np.cumsum(random.normal(scale=0.3, size=300))
    spread = random.normal(scale=0.5, size=300)
    spread[200:204] = [3.5, 3.0, 1.0, 0.0]
    y = 20 + 1.5 * x + spread
    strategy = ax.PairsTrading(window=100, entry=3.0, exit=0.3, stop=20.0)
    weights = strategy.portfolio(panel_of(y, x))
    stated = np.flatnonzero(~np.isnan(weights[:, 0]))
    assert stated[0] == 200
    first = weights[200]
    assert first[0] < 0 < first[1]
    assert np.abs(first).sum() == pytest.approx(1.0)
    units = first / [y[200], x[200]]
    assert -units[1] / units[0] == pytest.approx(1.5, abs=0.1)
    assert weights[stated[1]].tolist() == [0, 0]
    assert np.abs(stated[1] - 203) <= 1


def test_what_is_not_cointegrated_is_not_traded():
    random = np.random.default_rng(5)
    y, x = 100 + np.cumsum(random.normal(size=(2, 600)), axis=1)
    gated = ax.PairsTrading(significance="1%").portfolio(panel_of(y, x))
    free = ax.PairsTrading(significance="off").portfolio(panel_of(y, x))
    assert np.isnan(gated).all()
    assert not np.isnan(free).all()


def test_bars_that_only_one_has_are_left_out():
    y, x = sample("GOOG").adjusted(), sample("MSFT").adjusted()
    whole = ax.PairsTrading(significance="off").portfolio(Panel.from_bars([y, x]))
    start = int(y.timestamp[0])
    common = ax.PairsTrading(significance="off").portfolio(Panel.from_bars([y, x.between(start, None)]))
    np.testing.assert_array_equal(whole[-len(common) :], common)
    assert np.isnan(whole[: -len(common)]).all()


def test_pairs_of_real_prices_hedge_each_other():
    result = ax.backtest(ax.PairsTrading(significance="10%"), [sample("AAPL"), sample("MSFT")])
    assert result.metrics["trades"] >= 6
    orders = result.order_records
    first = orders[orders["created_bar"] == orders["created_bar"][0]]
    assert sorted(first["side"].tolist()) == [-1, 1]


def test_pairs_takes_two_symbols():
    series = [replace(sample("AAPL"), symbol=name) for name in "ABC"]
    with pytest.raises(StrategyError, match="trades two symbols, and 3 were given"):
        ax.backtest(ax.PairsTrading(), series)
    with pytest.raises(StrategyError, match="was given one; give it 2, such as"):
        ax.backtest(ax.PairsTrading(), series[0])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"exit": 2.0}, r"^PairsTrading: exit = 2, entry = 2 and stop = 4 must ascend\.$"),
        ({"stop": 1.0}, "must ascend"),
        ({"window": 20, "lags": 9}, r"window = 20 is too short for lags = 9; use at least 21 bars\.$"),
    ],
)
def test_pairs_refuses_thresholds_out_of_order(values, message):
    with pytest.raises(ParameterError, match=message):
        ax.PairsTrading(**values)
