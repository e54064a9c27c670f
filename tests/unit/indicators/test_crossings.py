import math

import numpy as np
import pytest

from arbitrax.domain.errors import DataError, InputError
from arbitrax.indicators.crossings import MovingAverageComparison, average_scale, compare_moving_averages
from tests.market import sample


def test_the_unit_follows_the_first_price_alone():
    assert average_scale(np.array([])) == average_scale(np.array([1.0, 1e-9])) == 1e8
    assert average_scale(np.array([5e4, 1e-9])) == 1e8
    assert [average_scale(np.array([10.0**-k])) for k in range(1, 11)] == [10.0 ** (10 + k) for k in range(1, 11)]
    assert average_scale(np.array([1e-30])) == 1e22
    assert average_scale(np.array([0.0])) == 1e8
    assert average_scale(np.array([0.0, 0.0, 0.01, 1e-9])) == average_scale(np.array([0.01])) == 1e12


@pytest.mark.parametrize(("first", "second"), [(10, 30), (30, 10), (1, 2), (7, 7)])
def test_one_price_at_a_time_decides_as_the_array_does(first, second):
    close = sample("AAPL").close
    one = MovingAverageComparison(first, second)
    assert [one.update(price) for price in close.tolist()] == compare_moving_averages(close, first, second).tolist()


@pytest.mark.parametrize(
    "windows", [(0, 3), (3, 0), (-1, 3), (3, 1_000_001), (2.5, 3), ("3", 3), (None, 3), (2**70, 3)]
)
def test_windows_out_of_bounds_are_refused(windows):
    with pytest.raises(InputError, match="compare_moving_averages"):
        compare_moving_averages([1.0, 2.0], *windows)
    with pytest.raises((ValueError, TypeError, OverflowError)):
        MovingAverageComparison(*windows)


@pytest.mark.parametrize("price", [math.nan, math.inf, -math.inf])
def test_prices_that_are_not_finite_are_refused(price):
    with pytest.raises(DataError, match=r"price\[1\] is"):
        compare_moving_averages([1.0, price, 2.0], 1, 2)
    one = MovingAverageComparison(1, 2)
    one.update(1.0)
    with pytest.raises(ValueError, match="not finite"):
        one.update(price)
    assert one.update(2.0) == 1  # as if it had not been there


def test_prices_too_large_for_exact_sums_are_refused():
    with pytest.raises(DataError, match="too large for exact averages of 2 bars"):
        compare_moving_averages([1.0, 1e11], 1, 2)
    one = MovingAverageComparison(2, 1)
    one.update(1.0)
    with pytest.raises(OverflowError, match="too large"):
        one.update(1e11)


def test_windows_longer_than_the_data_never_decide():
    assert not compare_moving_averages([1.0, 2.0, 3.0], 1, 4).any()
    assert len(compare_moving_averages([], 1, 4)) == 0
