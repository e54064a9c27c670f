"""Series for charts: few points, every extreme."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.bars import Bars
from arbitrax.market_data.chart_points import group_starts, joined


def made(close, spread):
    rows = len(close)
    times = np.arange(rows, dtype=np.int64)
    return Bars("A", "1s", times, close, close + spread, close - spread, close + 0.5, np.ones(rows), close * 2)


@given(st.integers(0, 300), st.integers(1, 60))
def test_groups_are_as_long_as_each_other_to_within_one(rows, points):
    starts = group_starts(rows, points)
    assert len(starts) == min(rows, points)
    lengths = np.diff(np.append(starts, rows))
    assert lengths.sum() == rows
    if rows:
        assert starts[0] == 0
        assert lengths.min() >= 1
        assert lengths.max() - lengths.min() <= 1


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=120), st.integers(1, 40))
def test_each_joined_bar_is_what_its_bars_did(prices, points):
    close = np.array(prices, float)
    bars = made(close, np.arange(len(close)) % 7)
    few = joined(bars, points)
    starts = [*group_starts(len(bars), points).tolist(), len(bars)]
    assert len(few) == len(starts) - 1
    for at, (start, end) in enumerate(pairwise(starts)):
        part = bars.take(slice(start, end))
        assert few.timestamp[at] == part.timestamp[0]
        assert few.open[at] == part.open[0]
        assert few.high[at] == part.high.max()
        assert few.low[at] == part.low.min()
        assert few.close[at] == part.close[-1]
        assert few.volume[at] == part.volume.sum()
        assert few.adj_close[at] == part.adj_close[-1]


def test_a_missing_price_does_not_hide_the_others():
    close = np.array([5.0, np.nan, 7.0, 6.0])
    few = joined(made(close, np.zeros(4)), 1)
    assert (few.high[0], few.low[0]) == (7.0, 5.0)
