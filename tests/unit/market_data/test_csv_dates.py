import numpy as np
import pytest

from arbitrax.domain.errors import InputError

ROW = ",1,2,1,2,3\n"
HEAD = "Date,Open,High,Low,Close,Volume\n"


def times(series):
    return [str(moment)[:19] for moment in series.bars.timestamp.astype("datetime64[ns]")]


def text(*stamps, head=HEAD):
    return head + "".join(stamp + ROW for stamp in stamps)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2020-01-02 09:30:00", "2020-01-02 09:31:00"),
        ("2020-01-02T09:30", "2020-01-02T09:31"),
        ("2020-01-02T09:30:00Z", "2020-01-02T09:31:00.000Z"),
        ("2020-01-02 04:30:00-05:00", "2020-01-02 04:31:00-0500"),
        ("2020-01-02 15:00:00.000000+05:30", "2020-01-02 15:01:00+05:30"),
        ("20200102 093000", "20200102 093100"),
        ("20200102093000", "20200102093100"),
        ("202001020930", "202001020931"),
        ("2020.01.02 09:30", "2020.01.02 09:31"),
        ("2020/1/2 9:30:00", "2020/1/2 9:31:00"),
        ("1577957400", "1577957460"),
        ("1577957400000", "1577957460000"),
        ("1577957400000000", "1577957460000000"),
        ("1577957400000000000", "1577957460000000000"),
        ("1577957400.0", "1577957460.0"),
    ],
)
def test_every_way_to_write_a_minute(read, first, second):
    series = read(text(first, second))
    assert times(series) == ["2020-01-02T09:30:00", "2020-01-02T09:31:00"]
    assert series.bars.interval == "1m"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2020-01-30", "2020-01-31"),
        ("20200130", "20200131"),
        ("2020.01.30", "2020.01.31"),
        ("2020/01/30", "2020/01/31"),
        ("01/30/2020", "01/31/2020"),
        ("30/01/2020", "31/01/2020"),
        ("30.01.2020", "31.01.2020"),
        ("1/30/2020 16:00", "1/31/2020 16:00"),
        ("2020-01-30 16:00:00", "2020-01-31 16:00:00"),
        ("2020-01-30 00:00:00+09:00", "2020-01-31 00:00:00+09:00"),
        ("2020-01-30T00:00:00Z", "2020-01-31T00:00:00Z"),
        ("1580342400", "1580428800"),
    ],
)
def test_every_way_to_write_a_session(read, first, second):
    series = read(text(first, second))
    assert times(series) == ["2020-01-30T00:00:00", "2020-01-31T00:00:00"]
    assert series.bars.interval == "1d"
    assert series.notices == ()


def test_a_day_first_date_may_come_late(read):
    assert times(read(text("01/02/2020", "13/02/2020"))) == ["2020-02-01T00:00:00", "2020-02-13T00:00:00"]


def test_day_and_month_that_cannot_be_told_apart_are_refused(refusal):
    message = refusal(text("01/02/2020", "02/02/2020"))
    assert message == (
        "AAPL.csv, column 'Date': no date tells whether '01/02/2020' starts with the month or the day "
        "(no number is above 12); write dates as YYYY-MM-DD."
    )


def test_date_and_time_in_two_columns(read):
    head = "Date,Time,Open,High,Low,Close,Volume\n"
    series = read(text("2020-01-02,09:30", "2020-01-02,09:35", head=head))
    assert times(series) == ["2020-01-02T09:30:00", "2020-01-02T09:35:00"]
    assert series.bars.interval == "5m"


def test_sessions_across_daylight_saving_keep_their_local_date(read):
    series = read(text("2020-03-06 00:00:00-05:00", "2020-03-09 00:00:00-04:00"))
    assert times(series) == ["2020-03-06T00:00:00", "2020-03-09T00:00:00"]


def test_naive_minutes_are_utc_with_a_notice(read):
    series = read(text("2020-01-02 09:30", "2020-01-02 09:31"))
    assert series.notices == (
        "The times in AAPL.csv name no zone and were taken as UTC; pass timezone= if they are local.",
    )


def test_timezone_reads_naive_minutes_on_that_clock(read):
    stamps = ("2020-03-06 09:30", "2020-03-06 09:31", "2020-03-09 09:30", "2020-03-09 09:31")
    series = read(text(*stamps), timezone="America/New_York")
    expected = ["2020-03-06T14:30:00", "2020-03-06T14:31:00", "2020-03-09T13:30:00", "2020-03-09T13:31:00"]
    assert times(series) == expected
    assert series.notices == ("The times in AAPL.csv were read on the clock of America/New_York.",)


def test_timezone_on_the_day_clocks_change(read):
    stamps = ("2020-03-08 00:30", "2020-03-08 01:30", "2020-03-08 03:30", "2020-03-08 04:30")
    series = read(text(*stamps), timezone="America/New_York")
    assert times(series) == [f"2020-03-08T0{hour}:30:00" for hour in (5, 6, 7, 8)]


def test_a_skipped_hour_is_refused(refusal):
    message = refusal(text("2020-03-08 01:30", "2020-03-08 02:30", "2020-03-08 03:30"), timezone="America/New_York")
    assert "line 3, column 'Date': 2020-03-08T02:30:00 never was in America/New_York" in message
    assert "(1 row in all)" in message


def test_a_repeated_hour_is_refused(refusal):
    message = refusal(text("2020-11-01 00:30", "2020-11-01 01:30", "2020-11-01 02:30"), timezone="America/New_York")
    assert "line 3, column 'Date': 2020-11-01T01:30:00 was twice in America/New_York" in message


def test_a_change_at_midnight_is_seen(refusal):
    # In Sao Paulo clocks sprang from 00:00 to 01:00 on 2018-11-04.
    message = refusal(text("2018-11-03 23:30", "2018-11-04 00:30", "2018-11-04 01:30"), timezone="America/Sao_Paulo")
    assert "2018-11-04T00:30:00 never was" in message


def test_timezone_does_not_move_sessions(read):
    assert times(read(text("2020-01-02", "2020-01-03"), timezone="Asia/Tokyo"))[0] == "2020-01-02T00:00:00"


def test_timezone_dates_the_instants_of_daily_bars(read):
    # Midnight in Tokyo is 15:00 UTC on the day before.
    stamps = [str(1580310000 + day * 86400) for day in range(2)]
    assert times(read(text(*stamps), timezone="Asia/Tokyo"))[0] == "2020-01-30T00:00:00"
    series = read(text(*stamps))
    assert times(series)[0] == "2020-01-29T00:00:00"
    assert "pass timezone=" in series.notices[0]


def test_timezone_beside_offsets_is_said_to_be_unused(read):
    series = read(text("2020-01-02T09:30Z", "2020-01-02T09:31Z"), timezone="Asia/Tokyo")
    assert times(series)[0] == "2020-01-02T09:30:00"
    assert "was not used" in series.notices[0]


def test_an_unknown_timezone_is_refused(read):
    with pytest.raises(InputError, match="'America/NewYork' is not a time zone; did you mean 'America/New_York'"):
        read(text("2020-01-02 09:30", "2020-01-02 09:31"), timezone="America/NewYork")


def test_a_given_interval_wins(read):
    assert read(text("2020-01-02", "2020-01-10"), interval="1d").bars.interval == "1d"
    with pytest.raises(InputError):
        read(text("2020-01-02"), interval="daily")


def test_mixing_stamps_with_and_without_offset_is_refused(refusal):
    message = refusal(text("2020-01-02 09:30:00+00:00", "2020-01-02 09:31:00", "2020-01-02 09:32:00"))
    assert "line 3, column 'Date': 2020-01-02T09:31:00 names no time zone" in message
    assert "(2 rows in all)" in message


def test_offsets_more_than_an_hour_apart_are_refused(refusal):
    message = refusal(text("2020-01-02 09:30:00-05:00", "2020-01-02 09:31:00+01:00"))
    assert "line 3, column 'Date': the column mixes time zones: the UTC offset +01:00 is 6 h 00 min" in message


def test_epochs_of_two_units_are_refused(refusal):
    message = refusal(text("1577957400", "1577957460000"))
    assert "line 2, column 'Date': 1577957400 is in another unit than 1577957460000" in message


def test_finer_than_a_second_is_refused(refusal):
    assert "finer than a second" in refusal(text("2020-01-02 09:30:00.1", "2020-01-02 09:30:00.2"))


@pytest.mark.parametrize(
    "stamp",
    [
        "2020-02-30",
        "2021-02-29",
        "2020-13-01",
        "2020-00-10",
        "01/02/2020",
        "2020-01-05x",
        "2020-01-05 10:00",
        "nan",
    ],
)
def test_a_date_unlike_the_others_is_refused(refusal, stamp):
    message = refusal(text("2020-01-02", stamp, "2020-01-06"))
    assert message.startswith(f"AAPL.csv, line 3, column 'Date': '{stamp}' is not a date written as YYYY-MM-DD")
    assert "(1 row in all)" in message


@pytest.mark.parametrize(
    "stamp",
    [
        "2020-01-02 24:00",
        "2020-01-02 09:60",
        "2020-01-02 9",
        "2020-01-02 09:30 EST",
        "2020-01-02 09:30+25:00",
    ],
)
def test_a_time_that_does_not_exist_is_refused(refusal, stamp):
    assert f"line 3, column 'Date': '{stamp}'" in refusal(text("2020-01-02 09:30", stamp))


@pytest.mark.parametrize("stamp", ["1899-12-31", "2201-01-01", "0001-01-01"])
def test_years_out_of_range_are_refused(refusal, stamp):
    message = refusal(text(stamp))
    assert f"'{stamp}' lies outside the years 1900 to 2200" in message


@pytest.mark.parametrize("stamp", ["-2208988801", "7289654400", "99999999999999999999"])
def test_epochs_out_of_range_are_refused(refusal, stamp):
    assert "lies outside the years 1900 to 2200" in refusal(text(stamp))


def test_the_ends_of_the_range_are_read(read):
    assert times(read(text("1900-01-01", "1900-01-02")))[0] == "1900-01-01T00:00:00"
    assert times(read(text("2200-12-30", "2200-12-31")))[1] == "2200-12-31T00:00:00"
    assert np.all(read(text("-2208988800")).bars.timestamp < 0)
