import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.backtest.report.sampling import keep_extremes, widen_bars
from tests.market import random_walk


def walks(bars, count=4):
    return np.random.default_rng(bars).normal(size=(count, bars)).cumsum(axis=1)


def test_short_curves_are_kept_whole():
    assert np.array_equal(keep_extremes(list(walks(50)), 50), np.arange(50))


@given(bars=st.integers(20, 3000), limit=st.integers(18, 400), count=st.integers(1, 4))
def test_rows_fit_and_hold_first_last_and_extremes(bars, limit, count):
    curves = walks(bars, count)
    rows = keep_extremes(list(curves), limit)
    assert len(rows) <= max(limit, 0) or len(rows) == bars <= limit
    assert np.all(np.diff(rows) > 0)
    assert (rows[0], rows[-1]) == (0, bars - 1)
    for curve in curves:
        assert curve[rows].min() == curve.min()
        assert curve[rows].max() == curve.max()


def test_extremes_of_each_bucket_are_kept():
    curve = np.zeros(10_000)
    spikes = np.arange(50, 10_000, 100)
    curve[spikes] = np.where(spikes % 200 == 50, 1.0, -1.0)
    rows = keep_extremes([curve], 1000)
    assert np.isin(spikes, rows).all()


@pytest.mark.parametrize("limit", [1, 7, 64, 99, 100])
def test_wide_bars_keep_open_high_low_close_and_volume(limit):
    bars = random_walk(100)
    wide, stride = widen_bars(bars, limit)
    assert len(wide) <= limit
    assert len(wide) == -(-100 // stride)
    assert (wide.open[0], wide.close[-1]) == (bars.open[0], bars.close[-1])
    assert (wide.high.max(), wide.low.min()) == (bars.high.max(), bars.low.min())
    assert wide.volume.sum() == pytest.approx(bars.volume.sum())
    second = slice(stride, 2 * stride)
    if len(wide) > 1:
        assert wide.high[1] == bars.high[second].max()
        assert wide.close[0] == bars.close[stride - 1]
