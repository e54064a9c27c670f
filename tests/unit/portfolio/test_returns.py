import numpy as np
import pytest

from arbitrax.domain.errors import InputError
from arbitrax.portfolio import returns_over, volatility_over

NAN = np.nan


def column(*prices):
    return np.array(prices, dtype=float)[:, None]


def test_return_between_two_rows():
    close = column(10, 11, 12, 18, 15)
    assert returns_over(close, 3, 1, [3, 4]).ravel().tolist() == pytest.approx([0.2, 18 / 11 - 1])
    assert returns_over(close, 4, 0, [4]).ravel().tolist() == [0.5]


def test_rows_before_the_lookback_have_no_return():
    assert np.isnan(returns_over(column(10, 11, 12), 2, 0, [0, 1])).all()
    assert returns_over(column(10, 11), 5, 1, [1]).shape == (1, 1)
    assert returns_over(column(10, 11), 1, 0, []).shape == (0, 1)


def test_a_missing_bar_takes_the_price_before_it_if_recent():
    close = column(10, NAN, NAN, 12, NAN, NAN)
    assert returns_over(close, 3, 0, [5]).ravel().tolist() == pytest.approx([0.2])
    assert np.isnan(returns_over(close, 3, 0, [5], max_age=1)).all()
    assert returns_over(close, 3, 0, [4], max_age=1).ravel().tolist() == pytest.approx([0.2])


def test_prices_are_at_most_five_rows_old():
    close = np.full((12, 2), NAN)
    close[0] = 10
    close[6:] = 20
    close[5, 1] = 20
    # Row 5: the price of row 0 is five rows old, at row 6 it would be six.
    assert returns_over(close, 5, 0, [10])[0, 0] == 1.0
    close[:, 0] = [10, *[NAN] * 9, 20, 20]
    assert np.isnan(returns_over(close, 5, 0, [11])[0, 0])


def test_a_symbol_that_no_longer_trades_has_no_return():
    close = np.full((30, 2), 10.0)
    close[20:, 1] = NAN
    # At row 25 its last price is six rows old, though it had one at row 15.
    assert np.array_equal(returns_over(close, 20, 10, [24, 25]), [[0, 0], [0, NAN]], equal_nan=True)


def test_volatility_by_hand():
    close = column(100, 110, 99, 108.9)  # returns 0.1, -0.1, 0.1: mean 1/30, deviation sqrt(0.04 / 3)
    assert volatility_over(close, 3, [3], periods=4)[0, 0] == pytest.approx(2 * np.sqrt(0.04 / 3), rel=1e-12)
    assert np.isnan(volatility_over(close, 3, [2])).all()


def test_volatility_is_over_a_symbols_own_bars():
    close = column(100, NAN, 110, NAN, 99)
    assert volatility_over(close, 4, [4], periods=1)[0, 0] == pytest.approx(np.sqrt(0.02), rel=1e-12)
    assert np.isnan(volatility_over(column(*[NAN] * 3, 100, 110, 99), 5, [5])).all()  # two of five


def test_a_price_that_stands_still_has_no_volatility():
    assert volatility_over(column(7, 7, 7, 7), 3, [3])[0, 0] == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: returns_over(c, 5, 5, [1]), "skips 5"),
        (lambda c: returns_over(c, 5, -1, [1]), "skips -1"),
        (lambda c: returns_over(c, 1, 0, [3]), "rows 0 to 2"),
        (lambda c: returns_over(c, 1, 0, [-1]), "Rows -1"),
        (lambda c: volatility_over(c, 1, [1]), "the window is 1"),
    ],
)
def test_nonsense_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call(column(1, 2, 3))
