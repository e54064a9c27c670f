"""Every form decides a tie of two averages alike, at every size of prices."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.indicators.crossings import MovingAverageComparison, average_scale, compare_moving_averages
from tests.oracles import indicators as oracle

# Few ticks, so that ties are common.
ticks = st.lists(st.integers(100, 104), min_size=1, max_size=60)
scales = st.integers(-6, 6)
windows = st.integers(1, 12)


@given(ticks, scales, windows, windows)
def test_array_single_prices_and_fractions_decide_alike(ticks, scale, first, second):
    price = np.array([float(f"{tick}e{scale - 2}") for tick in ticks])
    array = compare_moving_averages(price, first, second).tolist()
    one = MovingAverageComparison(first, second)
    assert [one.update(each) for each in price.tolist()] == array
    # The decimal prices themselves, in exact arithmetic.
    a, b = oracle.moving_average(ticks, first), oracle.moving_average(ticks, second)
    exact = [0 if x is None or y is None else (x > y) - (x < y) for x, y in zip(a, b, strict=True)]
    assert array == exact


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=40), windows, windows)
def test_any_prices_are_compared_at_their_unit(values, first, second):
    unit = average_scale(np.array(values))
    if max(values) * unit * (max(first, second) + 2) > 9e18:
        return  # refused: too large for the unit of the first price
    units = [round(value * unit) for value in values]
    a, b = oracle.moving_average(units, first), oracle.moving_average(units, second)
    exact = [0 if x is None or y is None else (x > y) - (x < y) for x, y in zip(a, b, strict=True)]
    assert compare_moving_averages(values, first, second).tolist() == exact
    one = MovingAverageComparison(first, second)
    assert [one.update(each) for each in values] == exact


@given(ticks, windows, windows, st.integers(1, 60))
def test_a_longer_history_changes_no_earlier_decision(ticks, first, second, cut):
    price = [tick / 100 for tick in ticks]
    whole = compare_moving_averages(price, first, second)
    assert compare_moving_averages(price[:cut], first, second).tolist() == whole[:cut].tolist()
