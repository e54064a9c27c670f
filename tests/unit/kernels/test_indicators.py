import numpy as np

from arbitrax.indicators import rsi
from arbitrax.kernels import indicators


def test_averages_refuse_what_could_overflow():
    out = np.full(3, 7, np.int8)
    for largest in (1e11, np.nan, np.inf):
        assert indicators.cross_averages(np.array([1.0, largest, 2.0]), 1e8, 2, 3, out) == 1
    assert out.tolist() == [7, 7, 7]


def test_averages_are_equal_until_both_are_full():
    out = np.empty(4, np.int8)
    prices = np.array([1.0, 2.0, 3.0, 4.0])
    assert indicators.cross_averages(prices, 100.0, 2, 3, out) == 0
    assert out.tolist() == [0, 0, 1, 1]
    assert indicators.cross_averages(prices, 100.0, 2, 9, out) == 0
    assert out.tolist() == [0, 0, 0, 0]


def test_rsi_of_wilders_kind():
    # Changes 1, -1, 2, 0: averages (0.5, 0.5), then (1.25, 0.25), then (0.625, 0.125).
    found = rsi([10.0, 11.0, 10.0, 12.0, 12.0], 2)
    np.testing.assert_allclose(found, [np.nan, np.nan, 50, 100 * 1.25 / 1.5, 100 * 0.625 / 0.75])
