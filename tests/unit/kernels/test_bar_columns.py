import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.kernels import bar_columns

HOUR = 3_600_000_000_000
DAY = 24 * HOUR
GOOD = {"open_": 2.0, "high": 3.0, "low": 1.0, "close": 2.5, "volume": 0.0}
# Before 1970 too, where division must round down.
times = st.lists(st.integers(-25_000 * 24, 84_000 * 24), min_size=1, max_size=60, unique=True).map(
    lambda hours: np.sort(np.array(hours, np.int64)) * HOUR
)


def columns(**changed):
    made = {name: np.full(5, value) for name, value in GOOD.items()}
    for name, value in changed.items():
        made[name][3] = value
    return made.values()


def test_plain_bars_are_sound():
    assert bar_columns.sound_prices(*columns())
    assert bar_columns.sound_prices(*columns(high=1.7976931348623157e308, low=5e-324))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 0.0, -1.0])
@pytest.mark.parametrize("name", ["open_", "high", "low", "close"])
def test_a_price_that_is_none_is_not_sound(name, bad):
    assert not bar_columns.sound_prices(*columns(**{name: bad}))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1.0])
def test_a_volume_that_is_none_is_not_sound(bad):
    assert not bar_columns.sound_prices(*columns(volume=bad))


def test_a_high_below_the_low_is_not_sound():
    assert not bar_columns.sound_prices(*columns(high=0.5))


def test_times_must_rise_within_their_bounds():
    rising = np.array([-5, 0, 7])
    assert bar_columns.in_order(rising, -5, 8)
    assert not bar_columns.in_order(rising, -4, 8)
    assert not bar_columns.in_order(rising, -5, 7)
    assert not bar_columns.in_order(np.array([0, 0, 7]), -5, 8)
    assert not bar_columns.in_order(np.array([0, 7, 6]), -5, 8)
    assert bar_columns.in_order(np.array([], np.int64), 0, 1)


@given(times, st.integers(1, 100))
def test_steps_agree_with_numpy(timestamp, hours):
    steps = np.diff(timestamp)
    out = np.empty(len(timestamp), np.int64)
    assert bar_columns.count_steps(timestamp, hours * HOUR) == np.count_nonzero(steps == hours * HOUR)
    count = bar_columns.long_steps(timestamp, hours * HOUR, out)
    np.testing.assert_array_equal(out[:count], np.flatnonzero(steps >= hours * HOUR))


@given(times, st.integers(0, 23))
def test_days_end_where_numpy_says(timestamp, hour):
    out = np.empty(len(timestamp), np.int64)
    count = bar_columns.day_ends(timestamp, hour * HOUR, DAY, out)
    days = (timestamp - hour * HOUR) // DAY
    np.testing.assert_array_equal(out[:count], [*np.flatnonzero(days[1:] != days[:-1]), len(days) - 1])
