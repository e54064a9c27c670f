from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.kernels import performance

curves = st.lists(st.floats(1, 1e6), min_size=2, max_size=80).map(np.array)


def test_drawdown_lasts_from_the_peak_to_its_recovery():
    equity = np.array([100.0, 120.0, 90.0, 110.0, 120.0, 60.0, 70.0])
    deepest, longest = performance.drawdown(equity, np.arange(7) * 10)
    assert deepest == pytest.approx(-0.5)
    assert longest == 30  # from bar 1 to bar 4; the one from bar 4 on lasts 20 so far


def test_rising_curve_has_no_drawdown():
    assert performance.drawdown(np.array([1.0, 2.0, 3.0]), np.arange(3)) == (0.0, 0)


def test_return_from_nothing_has_no_meaning():
    out = np.empty(3)
    performance.simple_returns(np.array([100.0, -50.0, 10.0, 20.0]), out)
    np.testing.assert_allclose(out, [-1.5, np.nan, 1.0])


@given(curves)
def test_moments_agree_with_numpy(x):
    mean, squares, negative = performance.moments(x - x.mean())
    assert mean == pytest.approx(0, abs=1e-6)
    assert squares == pytest.approx(float(((x - x.mean()) ** 2).sum()), rel=1e-9, abs=1e-6)
    assert negative == pytest.approx(float((np.minimum(x - x.mean(), 0) ** 2).sum()), rel=1e-9, abs=1e-6)


@given(curves)
def test_drawdown_agrees_with_numpy(equity):
    deepest, longest = performance.drawdown(equity, np.arange(len(equity)))
    expected = equity / np.maximum.accumulate(equity) - 1
    assert deepest == expected.min()
    # A bar at its peak ends what was under water before it.
    dry = np.flatnonzero(expected == 0)
    waits = [
        after - before for before, after in pairwise([*dry, len(equity) - 1]) if after - before > 1 or after not in dry
    ]
    assert longest == max(waits, default=0)


@given(curves, st.data())
def test_comoments_agree_with_numpy(x, data):
    y = np.array(data.draw(st.lists(st.floats(-100, 100), min_size=len(x), max_size=len(x))))
    mean_x, mean_y, squares, cross = performance.comoments(x, y)
    assert mean_x == pytest.approx(x.mean(), rel=1e-9)
    assert mean_y == pytest.approx(y.mean(), rel=1e-9, abs=1e-9)
    assert squares == pytest.approx(float(((x - x.mean()) ** 2).sum()), rel=1e-8, abs=1e-4)
    assert cross == pytest.approx(float(((x - x.mean()) * (y - y.mean())).sum()), rel=1e-8, abs=1e-2)
