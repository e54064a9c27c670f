"""Sessions by the exchange's calendar: the tables equal the library, and bars find their session."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from arbitrax.domain.dates import date_text, start_of_day
from arbitrax.domain.errors import RangeError, UnknownNameError
from arbitrax.domain.intervals import DAY, HOUR, MINUTE, nanoseconds
from arbitrax.market_data.calendars import OUTSIDE, TABLES, calendar, read_library

TABLED = json.loads((TABLES / "exchanges.json").read_text())["timezones"]
SAMPLE_YEARS = (2001, 2024)


def instant(text):
    return int(np.datetime64(text, "ns").astype(np.int64))


def minutes(first, last, step="1m"):
    """Return bar starts from the first instant up to but without the last."""
    return np.arange(instant(first), instant(last), nanoseconds(step))


def as_tuples(table):
    return [tuple(int(getattr(table, name)[row]) for name in table.__struct_fields__) for row in range(len(table))]


@pytest.mark.parametrize("year", SAMPLE_YEARS)
@pytest.mark.parametrize("name", TABLED)
def test_the_tables_equal_the_library(name, year):
    start, end = start_of_day(f"{year}-01-01"), start_of_day(f"{year + 1}-01-01")
    ours, theirs = calendar(name), read_library(name, start, end - DAY)
    assert ours.timezone == theirs.timezone
    assert as_tuples(ours.sessions(start, end)) == as_tuples(theirs.table)
    assert len(theirs.table) > 200


def test_the_list_of_exchanges_equals_the_librarys():
    import exchange_calendars

    known = json.loads((TABLES / "exchanges.json").read_text())
    assert known["library"] == exchange_calendars.__version__, "run python scripts/write_sessions.py"
    assert known["names"] == sorted(exchange_calendars.get_calendar_names(include_aliases=False))
    assert {*known["names"], *known["aliases"]} == set(exchange_calendars.get_calendar_names())


def test_the_tables_are_small():
    assert sum(each.stat().st_size for each in TABLES.iterdir() if each.is_file()) < 200_000


def test_reading_a_table_loads_neither_the_library_nor_pandas():
    code = (
        "import sys; from arbitrax.market_data.calendars import calendar\n"
        "calendar('XNYS').half_days; calendar('24/7')\n"
        "assert not {'exchange_calendars', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_names_of_one_market_give_one_calendar():
    assert calendar("NASDAQ") is calendar("XNAS") is calendar("XNYS")
    assert calendar("XNAS").name == "XNYS"
    assert calendar("CME").timezone == "America/Chicago"


@pytest.mark.parametrize(("name", "hint"), [("XNYSE", "did you mean 'XNYS'?"), ("zzz", "use its MIC"), ("", "use its")])
def test_an_unknown_exchange_is_refused_with_the_nearest(name, hint):
    with pytest.raises(UnknownNameError) as caught:
        calendar(name)
    assert f"'{name}' is not an exchange" in str(caught.value)
    assert hint in str(caught.value)


def test_an_exchange_without_a_table_comes_from_the_library():
    start = start_of_day("2024-01-01")
    swiss = calendar("SIX", start=start, end=start_of_day("2024-12-31"))
    assert (swiss.name, swiss.timezone) == ("XSWX", "Europe/Zurich")
    assert date_text(int(swiss.table.date[0])) == "2024-01-03"  # the 2nd is a holiday there


def test_dates_before_the_table_come_from_the_library():
    day = start_of_day("1987-10-19")
    with pytest.raises(RangeError, match=r"holds 1990-01-02 to 2035-12-31, not all of 1987-10-19.*start="):
        calendar("XNYS").session_of(np.array([day]), "1d")
    older = calendar("XNYS", start=start_of_day("1987-01-01"))
    assert older.table.date[older.session_of(np.array([day]), "1d")[0]] == day
    assert older.table.date[-1] == calendar("XNYS").table.date[-1]


def test_instants_stand_for_their_dates():
    nyse = calendar("XNYS", start=instant("1989-12-29T15:00"), end=instant("1990-01-02T15:00"))
    assert [date_text(int(each)) for each in nyse.table.date] == ["1989-12-29", "1990-01-02"]
    assert (date_text(nyse.first), date_text(nyse.last)) == ("1989-12-29", "1990-01-03")


@pytest.mark.parametrize("name", ["XNYS", "24/7"])
def test_nobody_can_change_the_calendar_of_all(name):
    with pytest.raises(ValueError, match="read-only"):
        calendar(name).table.close[0] = 0


def test_dates_the_library_does_not_know_are_refused():
    with pytest.raises(RangeError, match=r"XTKS.*1997-01-01"):
        calendar("XTKS", start=start_of_day("1985-01-01"))
    with pytest.raises(RangeError, match="after its end"):
        calendar("XNYS", start=2 * DAY, end=DAY)
    with pytest.raises(RangeError, match="no session between"):
        calendar("XSWX", start=start_of_day("2024-01-06"), end=start_of_day("2024-01-07"))


def test_half_days_close_early():
    nyse = calendar("XNYS")
    table = nyse.sessions(start_of_day("2024-01-01"), start_of_day("2025-01-01"))
    assert [date_text(int(each)) for each in table.date[table.half_day]] == ["2024-07-03", "2024-11-29", "2024-12-24"]
    assert set(table.date[table.half_day]) <= set(nyse.half_days)
    assert set((table.close - table.open)[table.half_day]) == {3 * HOUR + 30 * MINUTE}
    assert set((table.close - table.open)[~table.half_day]) == {6 * HOUR + 30 * MINUTE}


def test_a_range_of_sessions_excludes_its_end():
    nyse = calendar("XNYS")
    friday, monday = start_of_day("2024-11-29"), start_of_day("2024-12-02")
    assert list(nyse.sessions(friday, monday).date) == [friday]
    assert list(nyse.sessions(friday, monday + 1).date) == [friday, monday]
    assert len(nyse.sessions(friday + DAY, monday)) == 0


def test_daily_bars_belong_to_the_session_of_their_date():
    nyse = calendar("XNYS")
    dates = np.array([start_of_day(day) for day in ("2024-11-27", "2024-11-28", "2024-11-29", "2024-11-30")])
    found = nyse.session_of(dates, "1d")
    assert list(found == OUTSIDE) == [False, True, False, True]  # Thanksgiving, Saturday
    assert found[2] == found[0] + 1
    assert list(nyse.table.date[found[[0, 2]]]) == [dates[0], dates[2]]
    assert list(nyse.opens_session(dates, "1d")) == list(nyse.closes_session(dates, "1d")) == list(found != OUTSIDE)


def test_a_weekly_bar_that_starts_on_a_holiday_has_the_first_session_in_it():
    nyse = calendar("XNYS")
    labour_day = np.array([start_of_day("2024-09-02")])
    assert nyse.session_of(labour_day, "1d")[0] == OUTSIDE
    assert nyse.table.date[nyse.session_of(labour_day, "1w")[0]] == start_of_day("2024-09-03")


@pytest.mark.parametrize(("day", "first", "last"), [("2024-11-27", "14:30", "20:59"), ("2024-11-29", "14:30", "17:59")])
def test_the_bar_that_holds_the_close_is_the_calendars_on_a_half_day_too(day, first, last):
    nyse = calendar("XNYS")
    stamps = minutes(f"{day}T09:00", f"{day}T23:59")
    inside = nyse.session_of(stamps, "1m") != OUTSIDE
    assert stamps[inside][0] == instant(f"{day}T{first}")
    assert stamps[inside][-1] == instant(f"{day}T{last}")
    assert list(stamps[nyse.opens_session(stamps, "1m")]) == [instant(f"{day}T{first}")]
    assert list(stamps[nyse.closes_session(stamps, "1m")]) == [instant(f"{day}T{last}")]


def test_no_bar_stands_in_for_a_missing_close():
    nyse = calendar("XNYS")
    stamps = minutes("2024-11-27T14:30", "2024-11-27T20:55")
    assert not nyse.closes_session(stamps, "1m").any()


def test_hourly_bars_by_the_clock_hold_the_open_at_half_past():
    nyse = calendar("XNYS")
    stamps = minutes("2024-11-27T13:00", "2024-11-27T22:00", "1h")
    session = nyse.session_of(stamps, "1h")
    assert list(session != OUTSIDE) == [False, *[True] * 7, False]
    assert list(stamps[nyse.opens_session(stamps, "1h")]) == [instant("2024-11-27T14:00")]
    assert list(stamps[nyse.closes_session(stamps, "1h")]) == [instant("2024-11-27T20:00")]


def test_summer_time_moves_the_open():
    nyse = calendar("XNYS")
    stamps = np.array([instant("2024-03-08T13:30"), instant("2024-03-11T13:30")])
    assert list(nyse.session_of(stamps, "1m") == OUTSIDE) == [True, False]


def test_a_futures_evening_belongs_to_the_next_session():
    futures = calendar("CMES")
    sunday = np.array([instant("2024-06-30T22:00"), instant("2024-07-01T21:59")])
    assert list(futures.session_date_of(sunday, "1m")) == [start_of_day("2024-07-01")] * 2
    assert list(futures.opens_session(sunday, "1m")) == [True, False]
    assert list(futures.closes_session(sunday, "1m")) == [False, True]


def test_a_midday_break_belongs_to_its_session():
    tokyo = calendar("JPX")
    stamps = np.array([instant("2024-11-06T02:29"), instant("2024-11-06T03:00"), instant("2024-11-06T06:29")])
    assert len(set(tokyo.session_of(stamps, "1m"))) == 1
    assert list(tokyo.closes_session(stamps, "1m")) == [False, False, True]  # 15:30 since 2024-11-05


def test_bars_outside_have_the_date_of_the_nearest_session():
    nyse = calendar("XNYS")
    stamps = np.array([instant(f"2014-06-{time}") for time in ("06T23:59", "07T12:00", "09T08:00", "09T14:00")])
    friday, monday = start_of_day("2014-06-06"), start_of_day("2014-06-09")
    assert list(nyse.session_date_of(stamps, "1m")) == [friday, friday, monday, monday]
    assert list(nyse.session_date_of(stamps // DAY * DAY, "1d")) == list(stamps // DAY * DAY)


def test_a_market_that_never_closes():
    always = calendar("24/7")
    stamps = minutes("2024-12-31T23:58", "2025-01-01T00:02")
    assert list(np.diff(always.session_of(stamps, "1m"))) == [0, 1, 0]
    assert list(always.closes_session(stamps, "1m")) == [False, True, False, False]
    assert list(always.opens_session(stamps, "1m")) == [False, False, True, False]
    assert not len(always.half_days)
    assert always.session_of(np.empty(0, dtype=np.int64), "1m").shape == (0,)


@pytest.mark.corpus
@pytest.mark.skipif(not os.environ.get("ARBITRAX_CORPUS"), reason="ARBITRAX_CORPUS is not set")
def test_recorded_minutes_hold_each_open_and_close():
    from arbitrax.market_data.files import read_file

    (series,) = read_file(Path(os.environ["ARBITRAX_CORPUS"]) / "intraday" / "SPY__1min__lean.parquet")
    stamps, nyse = series.bars.timestamp, calendar("XNYS")
    inside = nyse.session_of(stamps, "1m") != OUTSIDE
    days = len(set(nyse.session_of(stamps, "1m")[inside]))
    assert np.count_nonzero(nyse.opens_session(stamps, "1m")) == days == 7
    assert np.count_nonzero(nyse.closes_session(stamps, "1m")) == days
    assert np.count_nonzero(inside) == days * 390
