"""Decimals out of single precision, against Python's own shortest text of each float32."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.market_data.providers.single_precision import shortest_decimals


def shortest(value):
    return float(np.format_float_positional(np.float32(value), unique=True))


def test_the_noise_of_recorded_prices_goes():
    noisy = np.array([166.69000244140625, 161.6998748779297, 0.12834799289703369, 68000.0078125, 12.5, 1505.0])
    assert shortest_decimals(noisy).tolist() == [166.69, 161.69987, 0.128348, 68000.01, 12.5, 1505.0]


def test_what_is_no_single_stays():
    values = np.array([166.69, 1 / 3, np.nan, np.inf, -np.inf, 1e300])
    np.testing.assert_array_equal(shortest_decimals(values), values)
    assert len(shortest_decimals(np.empty(0))) == 0


@given(st.lists(st.floats(2**-10, 2**20, width=32), max_size=20))
def test_each_is_the_shortest_decimal_of_its_single(values):
    noisy = np.array(values, dtype=np.float32).astype(np.float64)
    assert shortest_decimals(noisy).tolist() == [shortest(value) for value in noisy]


@given(st.integers(1, 10**7))
def test_cents_come_back(cents):
    price = cents / 100
    assert shortest_decimals(np.array([price], dtype=np.float32).astype(np.float64))[0] == shortest(price)
