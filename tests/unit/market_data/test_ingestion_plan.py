"""What of a series is still to be fetched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.ingestion_plan import cut, missing_ranges, settled_until

NEW_YORK = calendar("XNYS")
LATER = start_of_day("2030-01-01")


def day(text):
    return start_of_day(text)


def missing(start, end, covered=(), *, interval="1d", now=LATER, exchange=None):
    wanted = (day(start), day(end))
    return missing_ranges(wanted, covered, interval=interval, now=now, calendar=exchange)


def test_what_no_range_covers_is_missing():
    covered = [(day("2024-02-01"), day("2024-03-01")), (day("2024-01-01"), day("2024-01-10"))]
    assert missing("2024-01-05", "2024-04-01", covered) == [
        (day("2024-01-10"), day("2024-02-01")),
        (day("2024-03-01"), day("2024-04-01")),
    ]


def test_a_weekend_and_a_holiday_are_not_missing():
    friday, tuesday = day("2024-01-13"), day("2024-01-16")  # Saturday to Martin Luther King's day
    assert missing_ranges((friday, tuesday), [], interval="1d", now=LATER, calendar=NEW_YORK) == []
    assert missing("2024-01-13", "2024-01-17", exchange=NEW_YORK) == [(friday, day("2024-01-17"))]
    assert missing("2024-01-13", "2024-01-16", exchange=None) == [(friday, tuesday)]


def test_a_session_is_missing_once_it_has_opened():
    opens = int(NEW_YORK.sessions(day("2024-01-17"), day("2024-01-18")).open[0])
    for now, expected in ((opens - 1, []), (opens, [(day("2024-01-17"), opens + 1)])):
        assert missing("2024-01-17", "2024-02-01", now=now, exchange=NEW_YORK) == expected


def test_minutes_after_the_close_are_not_missing():
    closes = int(NEW_YORK.sessions(day("2024-01-17"), day("2024-01-18")).close[0])
    covered = [(0, closes)]
    wanted = (day("2024-01-17"), day("2024-02-01"))
    for now, count in ((closes + HOUR, 0), (closes + 24 * HOUR, 1)):
        found = missing_ranges(wanted, covered, interval="1m", now=now, calendar=NEW_YORK)
        assert len(found) == count


def test_dates_the_calendar_does_not_know_stay():
    assert missing("1850-01-01", "1850-02-01", exchange=NEW_YORK) == [(day("1850-01-01"), day("1850-02-01"))]


def test_a_week_is_missing_when_one_of_its_days_trades():
    monday = day("2024-01-15")  # a holiday; the week trades from Tuesday on
    found = missing_ranges((monday, monday + DAY), [], interval="1w", now=LATER, calendar=NEW_YORK)
    assert found == [(monday, monday + DAY)]


@pytest.mark.parametrize("interval", ["1d", "1m"])
def test_a_bar_that_was_received_before_it_ended_is_asked_for_again(interval):
    last = day("2024-01-17") if interval == "1d" else day("2024-01-17") + 15 * HOUR
    over = int(NEW_YORK.sessions(day("2024-01-17"), day("2024-01-18")).close[0]) if interval == "1d" else last + MINUTE
    step = DAY if interval == "1d" else MINUTE
    assert settled_until(last, over - 1, interval=interval, calendar=NEW_YORK) == last
    assert settled_until(last, over, interval=interval, calendar=NEW_YORK) == last + step


def test_without_a_calendar_the_last_day_is_always_asked_for_again():
    assert settled_until(day("2024-01-17"), LATER, interval="1d", calendar=None) == day("2024-01-17")


RANGES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair))), max_size=8
)


@given(RANGES, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_every_moment_is_covered_or_missing_and_none_is_both(covered, start, length, until):
    left = cut(covered, until)
    known = {moment for first, last in covered for moment in range(first, last) if moment < until}
    assert {moment for first, last in left for moment in range(first, last)} == known
    found = missing_ranges((start, start + length), left, interval="1m", now=LATER)
    asked = [moment for first, last in found for moment in range(first, last)]
    assert sorted(asked) == sorted(set(range(start, start + length)) - known)
    assert all(first < last for first, last in found)
