from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.kernels import performance

curves = st.lists(st.floats(1, 1e6), min_size=2, max_size=80).map(np.array)


def test_drawdown_lasts_from_the_peak_to_its_recovery():
    equity = np.array([100.0, 120.0, 90.0, 110.0, 120.0, 60.0, 70.0])
    deepest, longest, squares, under = performance.drawdown(equity, np.arange(7) * 10)
    assert deepest == pytest.approx(-0.5)
    assert longest == 30  # from bar 1 to bar 4; the one from bar 4 on lasts 20 so far
    assert squares == pytest.approx(0.25**2 + (1 / 12) ** 2 + 0.5**2 + (5 / 12) ** 2)
    assert under == 4


def test_rising_curve_has_no_drawdown():
    assert performance.drawdown(np.array([1.0, 2.0, 3.0]), np.arange(3)) == (0.0, 0, 0.0, 0)


def test_return_from_nothing_has_no_meaning():
    out = np.empty(3)
    performance.simple_returns(np.array([100.0, -50.0, 10.0, 20.0]), out)
    np.testing.assert_allclose(out, [-1.5, np.nan, 1.0])


@given(curves, st.floats(-10, 10))
def test_moments_agree_with_numpy(x, target):
    x = x / 1e5 - 3
    mean, second, third, fourth, squares, above, below, lost = performance.moments(x, target)
    delta = x - x.mean()
    assert mean == pytest.approx(x.mean(), rel=1e-9, abs=1e-12)
    for power, found in ((2, second), (3, third), (4, fourth)):
        assert found == pytest.approx(float((delta**power).sum()), rel=1e-9, abs=1e-9)
    assert squares == pytest.approx(float((np.minimum(x - target, 0) ** 2).sum()), rel=1e-9, abs=1e-9)
    assert above == pytest.approx(float(np.maximum(x - target, 0).sum()), rel=1e-9, abs=1e-9)
    assert below == pytest.approx(float(np.maximum(target - x, 0).sum()), rel=1e-9, abs=1e-9)
    assert lost == pytest.approx(float(-np.minimum(x, 0).sum()), rel=1e-9, abs=1e-9)


@given(curves, st.data())
def test_leverage_agrees_with_numpy(equity, data):
    exposure = np.array(data.draw(st.lists(st.floats(0, 1e6), min_size=len(equity), max_size=len(equity))))
    ratio = exposure / equity
    held, total, most, whole = performance.leverage(exposure, equity)
    assert held == int((exposure > 0).sum())
    assert total == pytest.approx(float(ratio.sum()), rel=1e-9)
    assert most == ratio.max()
    assert whole == pytest.approx(float(equity.sum()), rel=1e-9)


@given(
    st.lists(st.sampled_from([-2.0, -1.0, 0.0, 0.5, 3.0]) | st.floats(-5, 5), max_size=60).map(np.array),
    st.integers(1, 20),
    st.floats(0, 1),
)
def test_rolling_quantile_is_that_of_the_values_before(x, window, share):
    out = np.empty(max(len(x) - window, 0))
    performance.rolling_quantile(x.astype(float), window, share, out)
    expected = [np.quantile(x[at - window : at], share) for at in range(window, len(x))]
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


@given(curves)
def test_drawdown_agrees_with_numpy(equity):
    deepest, longest, squares, under = performance.drawdown(equity, np.arange(len(equity)))
    expected = equity / np.maximum.accumulate(equity) - 1
    assert deepest == expected.min()
    assert squares == pytest.approx(float((expected**2).sum()), rel=1e-9, abs=1e-12)
    assert under == int((expected < 0).sum())
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
