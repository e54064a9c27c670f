import numpy as np
import pytest
from arbitrax.backtest.report.sampling import keep_extremes, widen_bars, widen_rows
from hypothesis import given
from hypothesis import strategies as st

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


def test_wide_rows_skip_rows_without_a_bar():
    nan = np.nan
    open_ = np.array([nan, 2.0, 3.0, nan, nan, 6.0])
    high, low, close = open_ + 1, open_ - 1, open_ + 0.5
    wide = widen_rows((open_, high, low, close), np.array([nan, 10.0, 20.0, nan, nan, 5.0]), 2)
    for got, wanted in zip(wide, ([2, 3, 6], [3, 4, 7], [1, 2, 5], [2.5, 3.5, 6.5], [10, 20, 5]), strict=True):
        assert got.tolist() == wanted
    empty = widen_rows((open_, high, low, np.full(6, nan)), close, 4)
    assert all(np.isnan(each).all() and len(each) == 2 for each in empty)


@pytest.mark.parametrize("stride", [1, 3, 7])
def test_wide_rows_are_wide_bars_where_none_lacks(stride):
    bars = random_walk(100)
    wide, width = widen_bars(bars, -(-100 // stride))
    assert width == stride
    rows = widen_rows((bars.open, bars.high, bars.low, bars.close), bars.volume, stride)
    for got, name in zip(rows, ("open", "high", "low", "close", "volume"), strict=True):
        assert np.array_equal(got, getattr(wide, name))
