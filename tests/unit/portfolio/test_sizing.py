import numpy as np
import pytest

from arbitrax.domain.errors import InputError
from arbitrax.portfolio import (
    fixed_quantity,
    fixed_value,
    kelly_fraction,
    percent_of_equity,
    risk_per_trade,
    rolling_kelly,
    rolling_volatility,
    volatility_target,
    whole_lots,
)

NAN = np.nan


def test_fixed_quantity_where_there_is_a_price():
    assert fixed_quantity(7, 3.0) == 7
    assert fixed_quantity(-7, np.array([3.0, NAN, 0.0])).tolist() == [-7, 0, 0]


def test_fixed_value():
    assert fixed_value(1000.0, 40.0) == 25
    assert fixed_value(-1000.0, np.array([40.0, 0.0, -1.0, NAN, np.inf])).tolist() == [-25, 0, 0, 0, 0]


def test_percent_of_equity():
    assert percent_of_equity(10, 50_000.0, 25.0) == 200
    assert percent_of_equity(-10, np.array([50_000.0, -3.0]), np.array([25.0, 25.0])).tolist() == [-200, 0]


def test_risk_per_trade_loses_the_share_at_the_stop():
    units = risk_per_trade(100_000.0, 0.01, 50.0, 48.0)
    assert units == 500
    assert units * (50 - 48) == 1000
    assert risk_per_trade(100_000.0, 0.01, 48.0, 50.0) == 500  # a short
    assert risk_per_trade(100_000.0, 0.01, 50.0, 49.99, max_leverage=1.0) == 2000
    assert risk_per_trade(100_000.0, 0.01, 50.0, 50.0) == 0
    assert risk_per_trade(-5.0, 0.01, 50.0, 48.0) == 0


def test_risk_per_trade_over_bars():
    entry = np.array([50.0, 50.0, NAN, 0.0])
    units = risk_per_trade(100_000.0, 0.01, entry, np.array([48.0, NAN, 48.0, 48.0]))
    assert units.tolist() == [500, 0, 0, 0]


@pytest.mark.parametrize(("quantity", "lot", "whole"), [
    (7.9, 1, 7), (-7.9, 1, -7), (250, 100, 200), (0.3, 0.1, 0.3), (0.29999, 0.1, 0.2), (99.0, 100, 0),
])  # fmt: skip
def test_whole_lots_round_towards_nothing(quantity, lot, whole):
    assert whole_lots(quantity, lot) == pytest.approx(whole, rel=1e-12)
    assert whole_lots(np.array([quantity]), lot)[0] == whole_lots(quantity, lot)


def test_rolling_volatility_by_hand():
    close = np.array([100, 110, 99, 108.9, 108.9])
    found = rolling_volatility(close, 3, periods=4)
    third = np.std([0.1, -0.1, 0.1], ddof=1) * 2
    fourth = np.std([-0.1, 0.1, 0.0], ddof=1) * 2
    np.testing.assert_allclose(found, [NAN, NAN, NAN, third, fourth], rtol=1e-12)
    assert np.isnan(rolling_volatility(close[:3], 3)).all()
    assert rolling_volatility(close[:0], 3).shape == (0,)


def test_volatility_target_by_hand():
    assert volatility_target(0.20, 0.10) == 0.5
    assert volatility_target(0.05, 0.10) == 1
    assert volatility_target(0.05, 0.10, max_leverage=3.0) == 2
    assert np.isnan(volatility_target(0.0, 0.10))
    weights = volatility_target(np.array([0.2, NAN, 0.0]), 0.1)
    assert np.array_equal(weights, [0.5, NAN, NAN], equal_nan=True)


def test_target_reaches_its_volatility():
    returns = np.random.default_rng(5).normal(0, 0.02, 5000)
    close = 100 * np.cumprod(1 + returns)
    weights = volatility_target(rolling_volatility(close, 60), 0.10, max_leverage=5.0)
    scaled = weights[60:-1] * returns[61:]
    assert scaled.std(ddof=1) * np.sqrt(252) == pytest.approx(0.10, rel=0.03)


def test_kelly_by_hand():
    # Mean 0.001, variance 0.0004: 2.5 times equity; half of it 1.25, capped at 1.
    assert kelly_fraction(0.001, 0.0004, fraction=1, cap=9) == pytest.approx(2.5)
    assert kelly_fraction(0.001, 0.0004, cap=9) == pytest.approx(1.25)
    assert kelly_fraction(0.001, 0.0004) == 1
    assert kelly_fraction(-0.0001, 0.0004) == 0
    assert kelly_fraction(-0.0001, 0.0004, short=True) == pytest.approx(-0.125)
    assert kelly_fraction(-0.01, 0.0004, short=True) == -1
    assert np.isnan(kelly_fraction(0.001, 0.0))


def test_whole_kelly_grows_fastest():
    # An even bet won with 0.6 is worth 0.2 a unit at variance 0.96: the exact optimum is 0.2, the formula's 0.208.
    returns = np.array([1.0] * 6 + [-1.0] * 4)
    weight = kelly_fraction(returns.mean(), returns.var(), fraction=1)
    growth = [np.log1p(each * returns).mean() for each in (0.5 * weight, weight, 1.5 * weight)]
    assert weight == pytest.approx(0.2 / 0.96)
    assert growth[1] == max(growth)


def test_rolling_kelly_by_hand():
    returns = np.array([0.1, -0.1, 0.1, 0.1, 0.1])
    found = rolling_kelly(returns, 3, fraction=1, cap=10)
    assert np.isnan(found[:2]).all()
    np.testing.assert_allclose(found[2:4], 0.1 / 3 / np.var([0.1, -0.1, 0.1], ddof=1))
    assert np.isnan(found[4])  # three equal returns have no variance
    assert np.isnan(rolling_kelly(np.array([NAN, 0.1, 0.2]), 3)).all()


def test_windows_far_apart_do_not_meet():
    close = np.concatenate([np.full(5, 1e12), 100 * 1.01 ** (np.arange(30) % 2)])
    assert rolling_volatility(close, 4)[-1] == pytest.approx(rolling_volatility(close[20:], 4)[-1], rel=0)


def test_a_number_gives_a_number():
    for each in (
        fixed_quantity(1, 2.0),
        fixed_value(1.0, 2.0),
        percent_of_equity(1, 2.0, 3.0),
        risk_per_trade(1.0, 0.1, 2.0, 1.0),
        whole_lots(2.5),
        volatility_target(0.1, 0.1),
        kelly_fraction(0.1, 0.1),
    ):
        assert type(each) is float


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: percent_of_equity(NAN, 1.0, 1.0), "nan percent of equity"),
        (lambda: risk_per_trade(1.0, 0, 2.0, 1.0), "cannot risk 0"),
        (lambda: risk_per_trade(1.0, 1.5, 2.0, 1.0), "cannot risk 1.5"),
        (lambda: whole_lots(1.0, 0), "A lot of 0"),
        (lambda: rolling_volatility(np.ones(9), 1), "the window is 1"),
        (lambda: rolling_volatility(np.ones(0), 1), "the window is 1"),
        (lambda: rolling_kelly(np.ones(9), 0), "the window is 0"),
        (lambda: volatility_target(0.1, 0), "A target of 0"),
        (lambda: volatility_target(0.1, 0.1, max_leverage=0), "leverage up to 0"),
        (lambda: kelly_fraction(0.1, 0.1, fraction=0), "A Kelly fraction of 0"),
        (lambda: kelly_fraction(0.1, 0.1, cap=-1), "capped at -1"),
    ],
)
def test_nonsense_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()
