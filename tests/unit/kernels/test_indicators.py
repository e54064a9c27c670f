import numpy as np

from arbitrax.kernels import indicators


def test_quantise_refuses_what_could_overflow():
    out = np.empty(3, np.int64)
    assert indicators.quantise(np.array([1.0, 2.0, 1e11]), 1e8, 3, out) == 1
    assert indicators.quantise(np.array([1.0, np.nan, 2.0]), 1e8, 3, out) == 1
    assert indicators.quantise(np.array([1.0, np.inf, 2.0]), 1e8, 3, out) == 1
    assert indicators.quantise(np.array([1.1, -2.0, 3.0]), 100.0, 3, out) == 0
    assert out.tolist() == [110, -200, 300]


def test_averages_are_equal_until_both_are_full():
    out = np.empty(4, np.int8)
    indicators.cross_averages(np.array([1, 2, 3, 4]), 2, 3, out)
    assert out.tolist() == [0, 0, 1, 1]
    indicators.cross_averages(np.array([1, 2, 3, 4]), 2, 9, out)
    assert out.tolist() == [0, 0, 0, 0]


def test_rsi_of_wilders_kind():
    rsi = np.empty(5)
    indicators.rsi(np.array([10.0, 11.0, 10.0, 12.0, 12.0]), 2, rsi)
    # Changes 1, -1, 2, 0: averages (0.5, 0.5), then (1.25, 0.25), then (0.625, 0.125).
    np.testing.assert_allclose(rsi, [np.nan, np.nan, 50, 100 * 1.25 / 1.5, 100 * 0.625 / 0.75])


def test_rsi_of_flat_prices_is_50():
    rsi = np.empty(4)
    indicators.rsi(np.full(4, 7.0), 2, rsi)
    assert rsi[2:].tolist() == [50, 50]
