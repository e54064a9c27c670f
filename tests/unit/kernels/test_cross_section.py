import numpy as np

from arbitrax.kernels import cross_section

NAN = np.nan


def deviations(close, rows, window, least=2, block=2):
    close = np.array(close, dtype=float)
    out = np.full((len(rows), close.shape[1]), 7.0)
    work = np.full((window + 4, block), 1e300)  # what it held before must not matter
    cross_section.return_deviations(close, np.array(rows), window, least, work, out)
    return out


def test_deviation_by_hand():
    # Returns 0.1, -0.1, 0.1 and 0, 0, 0.
    close = [[100, 5], [110, 5], [99, 5], [108.9, 5]]
    np.testing.assert_allclose(deviations(close, [3], 3), [[np.sqrt(0.04 / 3), 0]], rtol=1e-12)


def test_windows_before_the_data_and_with_too_few_returns_are_nan():
    close = [[100], [NAN], [110], [99]]
    assert np.isnan(deviations(close, [1, 2], 3)).all()
    assert np.isnan(deviations(close, [3], 3, least=3)).all()
    np.testing.assert_allclose(deviations(close, [3], 3), [[np.sqrt(0.02)]], rtol=1e-12)


def test_symbols_beyond_a_block_are_worked_on_too():
    close = 100 * np.exp(np.random.default_rng(1).normal(0, 0.1, (6, 7)).cumsum(axis=0))
    expected = (close[1:] / close[:-1] - 1).std(axis=0, ddof=1)
    for block in (1, 3, 7, 50):
        np.testing.assert_allclose(deviations(close, [5], 5, block=block)[0], expected, rtol=1e-12)


def test_no_symbols_and_no_rows():
    assert deviations(np.empty((4, 0)), [3], 3).shape == (1, 0)
    assert deviations([[1.0]], np.empty(0, np.int64), 3).shape == (0, 1)
