"""Rules that look at one row at a time, on rows made for them."""

import numpy as np
import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import BadPayload
from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.validator import validate
from tests.candidates import XNYS, candidate


def said(validation, rule):
    return [(str(each.level), each.rows.tolist(), each.reason) for each in validation.findings if each.rule == rule]


def test_good_rows_are_kept_without_a_word():
    given = candidate(("2019-01-24", 10, 11, 9, 10.5, 100), ("2019-01-25", 10.5, 11, 10, 11, 0.521))
    result = validate(given, Context(calendar=XNYS))
    assert result.findings == ()
    assert result.quarantined == ()
    assert result.kept is given


def test_no_rows_are_no_fault():
    assert validate(candidate()).findings == ()
    assert validate(candidate(interval="1m"), Context(calendar=XNYS, now=0, requested=(0, 1))).findings == ()


def test_columns_of_unequal_length_are_refused():
    flat = np.ones(2)
    given = CandidateBars("ABC", "1d", np.array([0, DAY]), flat, flat, flat, flat[:1], flat)
    with pytest.raises(BadPayload, match="2 times and 1 values of close for ABC"):
        validate(given)


def test_identical_duplicate_is_dropped_and_counted():
    row = ("2019-01-25", 10, 11, 9, 10, 5)
    result = validate(candidate(row, row, row))
    assert len(result.kept) == 1
    assert said(result, "duplicate_timestamp") == [
        ("warn", [0, 1], "2019-01-25 came more than once with the same values; one was kept.")
    ]
    assert result.quarantined == ()


def test_of_different_duplicates_the_last_received_is_kept_and_the_other_set_aside():
    result = validate(
        candidate(("2019-01-28", 3, 3, 3, 3, 1), ("2019-01-25", 10, 11, 9, 10, 5), ("2019-01-25", 10, 12, 9, 10, 4))
    )
    assert result.kept.high.tolist() == [12, 3]
    (aside,) = result.quarantined
    assert aside.row["high"] == 11
    assert aside.reason == (
        "2019-01-25 came more than once, with high 11 and then 12, volume 5 and then 4; the one received last was kept."
    )


def test_a_defective_duplicate_does_not_replace_a_sound_row():
    result = validate(candidate(("2019-01-25", 10, 11, 9, 10, 5), ("2019-01-25", np.nan, 12, 9, 10, 4)))
    assert result.kept.high.tolist() == [11]


def test_equal_values_on_different_dates_are_legal():
    result = validate(candidate(("2021-06-29", 5.99, 5.99, 5.99, 5.99, 7), ("2021-06-30", 5.99, 5.99, 5.99, 5.99, 7)))
    assert len(result.kept) == 2
    assert result.findings == ()


def test_newest_first_is_sorted():
    result = validate(candidate(*((f"2019-01-{day:02}", day, day, day, day, 1) for day in (25, 24, 23))))
    assert result.kept.close.tolist() == [23, 24, 25]
    ((level, rows, _),) = said(result, "not_in_order")
    assert (level, rows) == ("info", [0, 1])


@pytest.mark.parametrize("column", range(1, 5))
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_price_is_set_aside(column, value):
    row = ["2012-06-27", 10, 11, 9, 10, 5]
    row[column] = value
    result = validate(candidate(tuple(row), ("2012-06-28", 10, 11, 9, 10, 5)))
    assert result.kept.timestamp.tolist() == [start_of_day("2012-06-28")]
    assert said(result, "price_missing")[0][1] == [0]
    assert result.quarantined[0].row["volume"] == 5


def test_row_without_any_price_says_so():
    result = validate(candidate(("2012-06-27", *[np.nan] * 5)))
    assert result.quarantined[0].reason == "2012-06-27 has no prices."
    assert result.quarantined[0].row == dict.fromkeys(("open", "high", "low", "close", "volume"))


@pytest.mark.parametrize("open_", [0, -1])
def test_open_of_zero_with_the_rest_valid_is_set_aside(open_):
    result = validate(candidate(("1962-01-02", open_, 11, 9, 10, 5)))
    assert said(result, "price_not_positive") == [
        ("error", [0], f"1962-01-02 has open {open_}; prices are above zero.")
    ]
    assert len(result.kept) == 0


def test_futures_may_be_negative_but_not_open_at_zero_alone():
    oil = candidate(("2020-04-20", 17, 18, -40, -37, 5), ("2020-04-21", 0, 18, 9, 10, 5))
    assert said(validate(oil, Context(asset_type="future")), "price_not_positive")[0][1] == [1]
    assert said(validate(oil, Context(asset_type="equity")), "price_not_positive")[0][1] == [0, 1]


def test_high_below_low_is_set_aside_and_close_outside_is_flagged():
    result = validate(candidate(("2015-03-04", 10, 9, 11, 10, 5), ("2015-03-05", 8, 11, 9, 12, 5)))
    assert said(result, "price_outside_range") == [
        ("error", [0], "2015-03-04 has a high of 9 below the low of 11."),
        ("warn", [1], "2015-03-05 has open 8 and close 12 outside its low and high, [9, 11]."),
    ]
    assert len(result.kept) == 1


def test_rounding_is_not_outside():
    assert validate(candidate(("2015-03-05", 9 - 5e-6, 11, 9, 11 + 5e-6, 5))).findings == ()


@pytest.mark.parametrize(("high", "low"), [(11, 6.2), (14.2, 9)])
def test_wick(high, low):
    result = validate(candidate(("2009-09-21", 10, high, low, 9.5, 5)))
    assert [level for level, _, _ in said(result, "wick")] == ["warn"]
    assert len(result.kept) == 1
    assert said(validate(candidate(("2009-09-21", 10, 13.9, 6.7, 9.5, 5))), "wick") == []


def test_wick_of_a_minute_is_shorter():
    minute = start_of_day("2023-08-25") + 860 * MINUTE
    result = validate(candidate((minute, 12.58, 13.94, 12.56, 12.61, 5), interval="1m"))
    assert said(result, "wick") == [
        ("warn", [0], "2023-08-25T14:20:00Z has a high of 13.94 far above open 12.58 and close 12.61.")
    ]


def test_volume():
    rows = (("2009-09-21", 10, 10, 10, 10, 0), ("2009-09-22", 10, 11, 9, 10, 0), ("2009-09-23", 10, 11, 9, 10, -5))
    result = validate(candidate(*rows, ("2009-09-24", 10, 11, 9, 10, 5.25)))
    assert said(result, "volume") == [
        ("error", [2], "2009-09-23 has a volume of -5."),
        ("warn", [0, 1], "2009-09-21 repeats the price 10 with volume 0."),
    ]


def test_source_without_volumes_is_not_blamed():
    assert validate(candidate(("2009-09-21", 10, 11, 9, 10, 0), ("2009-09-22", 10, 11, 9, 10, 0))).findings == ()


def test_rows_outside_the_request_are_set_aside():
    days = tuple((f"2019-01-{day}", 1, 1, 1, 1, 1) for day in (23, 24, 25))
    asked = (start_of_day("2019-01-24"), start_of_day("2019-01-25"))
    result = validate(candidate(*days), Context(requested=asked))
    ((level, rows, reason),) = said(result, "foreign_row")
    assert (level, rows) == ("error", [0, 2])
    assert reason == "2019-01-23 lies outside 2019-01-24 to 2019-01-24, which was asked for."
    assert Level(level) is Level.ERROR


def test_two_thousandths_are_more_than_rounding():
    result = validate(candidate(("2015-03-05", 209.42, 210.8, 209.85, 210.46, 5)))
    assert said(result, "price_outside_range") == [
        ("warn", [0], "2015-03-05 has open 209.42 outside its low and high, [209.85, 210.8].")
    ]


@pytest.mark.parametrize(("silent", "level"), [(2, "warn"), (20, "info")])
def test_minutes_without_volume_are_flagged_one_by_one_or_told_in_sum(silent, level):
    start = start_of_day("2020-03-09") + 810 * MINUTE
    rows = candidate(*((start + n * MINUTE, 1, 1, 1, 1, 0 if n < silent else 5) for n in range(100)), interval="1m")
    ((found_level, at, _),) = said(validate(rows), "volume")
    assert (found_level, len(at)) == (level, silent)
