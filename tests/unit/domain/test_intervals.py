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


@pytest.mark.parametrize("text", ["", "d", "0d", "-1d", "1x", "1.5h", "mo", "day"])
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
