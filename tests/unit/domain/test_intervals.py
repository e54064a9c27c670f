import numpy as np
import pytest

from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY, HOUR, MINUTE, infer_interval, is_intraday, nanoseconds


@pytest.mark.parametrize(
    ("text", "length"),
    [("1s", 10**9), ("5m", 5 * MINUTE), ("1h", HOUR), ("1d", DAY), ("1w", 7 * DAY), ("3mo", 90 * DAY)],
)
def test_lengths(text, length):
    assert nanoseconds(text) == length


@pytest.mark.parametrize("text", ["100t", "10000v", "1000000q"])
def test_counted_bars_have_no_length_and_carry_instants(text):
    assert nanoseconds(text) == 0
    assert is_intraday(text)


@pytest.mark.parametrize("text", ["", "d", "0d", "-1d", "1x", "1.5h", "mo", "day", "0t", "t"])
def test_other_text_is_refused(text):
    with pytest.raises(InputError, match="is not an interval"):
        nanoseconds(text)


@pytest.mark.parametrize(
    ("steps", "interval"),
    [
        ([1] * 9, "1d"),
        ([1, 1, 1, 1, 3] * 4, "1d"),
        ([7] * 9, "1w"),
        ([31, 28, 31, 30], "1mo"),
        ([], "1d"),
        ([4], "1d"),
    ],
)
def test_days_are_inferred_through_weekends(steps, interval):
    assert infer_interval(np.cumsum([0, *steps]) * DAY) == interval


def test_minutes_are_inferred_through_nights():
    session = np.arange(390) * MINUTE
    assert infer_interval(np.concatenate([session, session + DAY])) == "1m"
    assert infer_interval(np.arange(9) * 15 * MINUTE) == "15m"
    assert infer_interval(np.arange(9) * 4 * HOUR) == "4h"
    assert is_intraday("4h")
    assert not is_intraday("1d")


@pytest.mark.parametrize(
    ("steps", "interval"),
    [
        ([14] * 9, "2w"),
        ([13, 14, 15, 14], "2w"),
        ([26] * 9, "1mo"),
        ([35] * 9, "1mo"),
        ([25] * 9, "4w"),
        ([42] * 9, "6w"),
        ([59, 61, 61, 62], "2mo"),
        ([90, 91, 92, 92] * 3, "3mo"),
        ([181, 184] * 4, "6mo"),
        ([365, 365, 365, 366] * 3, "12mo"),
        ([3] * 9, "3d"),
        ([2, 2, 3] * 5, "2d"),
        ([3, 3, 5] * 5, "3d"),
        ([2, 9, 4, 8, 5, 2, 2], "1d"),
        ([3, 3, 3], "1d"),
        ([200_000], "6571mo"),
    ],
)
def test_longer_bars_are_named_by_weeks_and_months(steps, interval):
    start = -106_000 if steps == [200_000] else 0
    assert infer_interval((start + np.cumsum([0, *steps])) * DAY) == interval


def test_a_gap_of_centuries_is_no_short_step():
    assert infer_interval(np.array([-25_000, -24_999, -24_998, 84_000, 84_001]) * DAY) == "1d"
