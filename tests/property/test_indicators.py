import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.indicators import rsi
from arbitrax.kernels import indicators
from tests.oracles import indicators as oracle

cents = st.lists(st.integers(1, 20_000).map(lambda c: c / 100), min_size=1, max_size=60)


@given(cents, st.integers(1, 12), st.integers(1, 12))
def test_averages_compare_as_in_exact_arithmetic(values, first, second):
    sign = np.empty(len(values), np.int8)
    assert indicators.cross_averages(np.array(values), 100.0, first, second, sign) == 0
    cents = [round(value * 100) for value in values]
    a, b = oracle.moving_average(cents, first), oracle.moving_average(cents, second)
    assert sign.tolist() == [0 if x is None or y is None else (x > y) - (x < y) for x, y in zip(a, b, strict=True)]


@given(st.integers(0, 50), st.integers(1, 30), st.integers(1, 30))
def test_equal_averages_at_the_bounds_of_int64_are_a_tie(extra, first, second):
    n = 64 + extra
    values = np.full(n, 9e18 / (n + 1) / 1e8)
    sign = np.empty(n, np.int8)
    assert indicators.cross_averages(values, 1e8, first, second, sign) == 0
    assert not sign.any()


@given(cents, st.integers(2, 20))
def test_rsi_agrees_with_the_book(values, window):
    np.testing.assert_allclose(rsi(values, window), oracle.rsi(values, window), rtol=1e-9, atol=1e-9)
