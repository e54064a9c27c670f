"""Bars against the sessions of an exchange, and what stamps say."""

import numpy as np
import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.validation.findings import Context
from arbitrax.market_data.validation.validator import validate
from tests.candidates import XNYS, candidate, found, rules

ALWAYS = calendar("24/7")


def session_bars(date, interval="1m", skip=(), extra=(), shift=0, volume=10):
    """Rows of the regular session of a day."""
    at = int(XNYS.table.date.searchsorted(start_of_day(date)))
    step = {"1m": MINUTE, "30m": 30 * MINUTE, "1h": HOUR}[interval]
    times = range(int(XNYS.table.open[at]), int(XNYS.table.close[at]), step)
    chosen = [*(each for n, each in enumerate(times) if n not in skip), *extra]
    return [(each + shift, 100, 100.1, 99.9, 100, volume) for each in chosen]


def minutes(*rows, interval="1m", **more):
    return candidate(*(each for part in rows for each in part), interval=interval, **more)


def check(rows, **more):
    return validate(rows, Context(calendar=more.pop("calendar", XNYS), **more))


def test_bars_on_a_weekend_and_a_holiday():
    rows = candidate(*((date, 1, 1, 1, 1, 1) for date in ("2011-11-23", "2011-11-24", "2011-11-25", "2011-11-26")))
    result = check(rows)
    assert [each.reason for each in result.quarantined] == [
        "2011-11-24 is a Thursday without a session of XNYS.",
        "2011-11-26 is a Saturday without a session of XNYS.",
    ]
    assert validate(rows).findings == ()  # nothing is inferred without a calendar
    assert check(rows, calendar=ALWAYS).findings == ()


def test_a_session_without_a_bar():
    rows = candidate(*((date, 1, 1, 1, 1, 1) for date in ("2011-11-21", "2011-11-23", "2011-11-25")))
    result = check(rows)
    assert found(result, "session", "warn") == [start_of_day("2011-11-22")]
    assert result.findings[0].rows.tolist() == []
    assert result.findings[0].reason == "2011-11-22 is a session of XNYS without a bar (1 of 4 sessions in all)."


def test_dates_that_the_calendar_does_not_know_are_not_judged():
    rows = candidate(("1901-01-05", 1, 1, 1, 1, 1), ("1901-01-06", 1, 1, 1, 1, 1))
    assert check(rows).findings == ()


def test_minutes_before_the_open_are_legal_and_those_of_a_holiday_are_not():
    thursday = start_of_day("2011-11-24")
    rows = [(start_of_day("2011-11-23") + at, 1, 1, 1, 1, 1) for at in (9 * HOUR, 15 * HOUR, 24 * HOUR)]
    result = check(candidate(*rows, (thursday + 15 * HOUR, 1, 1, 1, 1, 1), interval="1m"))
    assert found(result, "session", "error") == [thursday + 15 * HOUR]


def test_gaps_inside_a_session():
    result = check(minutes(session_bars("2020-03-09", skip=[10]), session_bars("2020-03-10", skip=range(100, 125))))
    assert [(str(each.level), each.reason) for each in result.findings] == [
        ("warn", "25 minutes without a bar end at 2020-03-10T15:35:00Z."),
        ("info", "1 minutes without a bar end at 2020-03-09T13:41:00Z."),
    ]
    liquid = check(minutes(session_bars("2020-03-09", skip=[10])), liquid=True)
    assert rules(liquid, "warn") == {"intraday_gap"}


def test_a_midday_break_is_no_gap():
    tokyo = calendar("XTKS")
    at = int(tokyo.table.date.searchsorted(start_of_day("2019-03-05")))
    times = [
        *range(int(tokyo.table.open[at]), int(tokyo.table.break_start[at]), 5 * MINUTE),
        *range(int(tokyo.table.break_end[at]), int(tokyo.table.close[at]), 5 * MINUTE),
    ]
    assert check(minutes([(each, 1, 1, 1, 1, 1) for each in times], interval="5m"), calendar=tokyo).findings == ()


def test_the_newest_row_off_the_grid_is_left_out():
    quote = start_of_day("2020-03-09") + 15 * HOUR + 17 * 10**9
    rows = minutes(session_bars("2020-03-09", skip=range(90, 390)), [(quote, 1e2, 1e2, 1e2, 1e2, 0)])
    result = check(rows)
    assert [(each.rule, str(each.level), each.reason) for each in result.findings] == [
        ("partial_bar", "info", "2020-03-09T15:00:17Z is a bar in the making and was left out.")
    ]
    assert len(result.kept) == 90
    assert result.quarantined == ()


def test_a_row_at_the_time_of_the_newest_quote_is_left_out_if_nothing_traded_in_it():
    close = start_of_day("2020-03-09") + 20 * HOUR
    rows = minutes(session_bars("2020-03-09"), [(close, 1e2, 1e2, 1e2, 1e2, 0)])
    assert found(check(rows, last_quote=close), "partial_bar") == [close]
    assert found(check(rows), "partial_bar") == []


def test_a_row_after_the_end_that_was_asked_for_is_left_out():
    start, end = start_of_day("2020-03-09"), start_of_day("2020-03-09") + 15 * HOUR
    rows = minutes(session_bars("2020-03-09", skip=range(91, 390)))
    result = check(rows, requested=(start, end))
    assert rules(result) == {"partial_bar"}
    assert len(result.kept) == 90


def test_other_rows_off_the_grid_are_set_aside():
    rows = minutes(
        session_bars("2020-03-09", skip=[5]), [(start_of_day("2020-03-09") + 15 * HOUR + 1, 1e2, 1e2, 1e2, 1e2, 5)]
    )
    result = check(rows, calendar=None)
    assert rules(result, "error") == {"partial_bar"}


@pytest.mark.parametrize("minute", [0, 15, 30])
def test_hours_that_start_with_the_session_are_on_the_grid(minute):
    rows = candidate(*((DAY + n * HOUR + minute * MINUTE, 1, 1, 1, 1, 1) for n in range(9, 16)), interval="1h")
    assert validate(rows).findings == ()


@pytest.mark.parametrize(
    ("now", "quote", "final"),
    [("21:00", None, True), ("19:00", None, False), ("20:10", None, True), ("20:10", "19:55", False),
     ("20:10", "20:00", True), ("23:00", "19:55", True), (None, "18:43", False), (None, "20:00", True)],
)  # fmt: skip
def test_a_day_is_final_once_its_session_has_closed(now, quote, final):
    def moment(text):
        return None if text is None else start_of_day("2018-05-31") + int(text[:2]) * HOUR + int(text[3:]) * MINUTE

    rows = candidate(("2018-05-30", 1, 1, 1, 1, 1), ("2018-05-31", 1, 1, 1, 1, 1))
    result = check(rows, now=moment(now), last_quote=moment(quote))
    assert (result.kept.is_final is None) == final
    if not final:
        assert result.kept.is_final.tolist() == [True, False]
        assert rules(result) == {"not_final"}


def test_without_a_calendar_a_day_is_final_at_its_end():
    rows = candidate(("2018-05-31", 1, 1, 1, 1, 1))
    day = start_of_day("2018-05-31")
    assert validate(rows, Context(now=day + DAY - 1)).kept.is_final.tolist() == [False]
    assert validate(rows, Context(now=day + DAY)).kept.is_final is None


def test_what_the_source_says_is_not_final_stays_so():
    rows = candidate(("2018-05-30", 1, 1, 1, 1, 1), ("2018-05-31", 1, 1, 1, 1, 1), is_final=np.array([False, True]))
    kept = check(rows, now=start_of_day("2018-05-31") + 15 * HOUR).kept
    assert kept.is_final.tolist() == [False, False]
    assert rows.is_final.tolist() == [False, True]


def test_a_minute_is_final_at_its_end():
    rows = minutes(session_bars("2020-03-09", skip=range(3, 390)))
    assert check(rows, now=int(rows.timestamp[2]) + 30 * 10**9).kept.is_final.tolist() == [True, True, False]


def test_daily_stamps_with_a_time_of_day_are_set_aside():
    rows = candidate(("2020-03-09", 1, 1, 1, 1, 1), (start_of_day("2020-03-10") + 4 * HOUR, 1, 1, 1, 1, 1))
    result = check(rows)
    assert [each.reason for each in result.quarantined] == [
        "2020-03-10T04:00:00Z is no date, so it is not known which day the bar is of."
    ]


@pytest.mark.parametrize("shift", [-5 * HOUR, -HOUR, HOUR, 4 * HOUR])
def test_a_day_on_another_clock_is_set_aside(shift):
    dates = ("2020-03-05", "2020-03-06", "2020-03-09")
    rows = minutes(
        *(session_bars(each, "30m") for each in dates[:2]), session_bars(dates[2], "30m", shift=shift), interval="30m"
    )
    result = check(rows)
    assert found(result, "time_zone", "error") == sorted(rows.timestamp[-13:].tolist())
    late = f"{abs(shift) // HOUR} h {'late' if shift > 0 else 'early'}"
    assert late in result.quarantined[0].reason


def test_extended_hours_are_on_the_right_clock():
    day = start_of_day("2020-03-09")
    rows = minutes(
        [(day + at, 100, 100, 100, 100, 1) for at in range(8 * HOUR, 24 * HOUR, 30 * MINUTE)], interval="30m"
    )
    assert rules(check(rows), "warn", "error") == set()


@pytest.mark.parametrize("interval", ["5d", "1w", "1mo"])
def test_bars_of_several_days_are_refused_of_vendors(interval):
    rows = candidate(
        ("2020-03-09", 1, 2, 0.5, 1, 1), ("2020-04-13", 1, 2, 0.5, 1, 1), interval=interval, source="yahoo"
    )
    result = check(rows)
    assert len(result.kept) == 0
    assert rules(result) == {"multi_day_bar"}
    mine = candidate(("2020-03-09", 1, 2, 0.5, 1, 1), interval=interval)
    assert check(mine).findings == ()


def test_bars_at_the_close_of_some_days():
    auction = [(start_of_day("2020-03-10") + 20 * HOUR, 100, 100, 100, 100, 9)]
    days = [session_bars(f"2020-03-{day:02}", "30m") for day in (9, 10, 11)]
    result = check(minutes(*days, auction, interval="30m"))
    assert found(result, "auction_bar", "info") == [auction[0][0]]
    more = [(start_of_day("2020-03-09") + 20 * HOUR, 100, 100, 100, 100, 9)]
    result = check(minutes(*days, auction, more, interval="30m"))
    assert found(result, "auction_bar", "info") == [start_of_day("2020-03-11") + 20 * HOUR]


def test_bars_of_counted_trades_have_no_grid_and_no_gaps():
    rows = candidate(
        *((start_of_day("2020-03-09") + 14 * HOUR + n, 1, 1, 1, 1, 5) for n in (0, 7, 900)), interval="100t"
    )
    assert check(rows).findings == ()


def test_a_late_first_bar_and_one_after_the_close_are_no_other_clock():
    at = int(XNYS.table.date.searchsorted(start_of_day("2020-03-09")))
    first, end = int(XNYS.table.open[at]) + HOUR, int(XNYS.table.close[at])
    rows = candidate(*((each, 1, 1, 1, 1, 1) for each in range(first, end + 1, 30 * MINUTE)), interval="30m")
    assert found(check(rows), "time_zone") == []
