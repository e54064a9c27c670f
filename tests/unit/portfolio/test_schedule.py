import datetime

import numpy as np
import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY, HOUR
from arbitrax.portfolio import rebalance_bars


def days(*texts):
    return np.array([start_of_day(text) for text in texts])


def weekdays(first, last, without=()):
    day, out = datetime.date.fromisoformat(first), []
    while day <= datetime.date.fromisoformat(last):
        if day.weekday() < 5 and day.isoformat() not in without:
            out.append(day.isoformat())
        day += datetime.timedelta(days=1)
    return days(*out)


# New York without Good Friday 2024-03-29: the last session of March and of its week is Thursday the 28th.
NYSE = weekdays(
    "2024-01-02", "2024-06-28", without={"2024-01-15", "2024-02-19", "2024-03-29", "2024-05-27", "2024-06-19"}
)


def dates(timestamp, rows):
    return [str(timestamp[row].astype("datetime64[ns]"))[:10] for row in rows]


def test_first_session_of_each_month():
    rows = rebalance_bars(NYSE, "month")
    assert rows.dtype == np.int64
    assert dates(NYSE, rows) == ["2024-01-02", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01", "2024-06-03"]


def test_last_session_by_the_datas_own_times_knows_holidays_and_not_the_end():
    rows = rebalance_bars(NYSE, "month", on="last")
    assert dates(NYSE, rows) == ["2024-01-31", "2024-02-29", "2024-03-28", "2024-04-30", "2024-05-31"]


def test_last_session_by_a_calendar_is_known_on_the_day():
    calendar = weekdays("2024-01-02", "2024-12-31", without={"2024-03-29"})
    until = NYSE[: np.searchsorted(NYSE, start_of_day("2024-03-28")) + 1]
    assert dates(until, rebalance_bars(until, on="last", sessions=calendar))[-1] == "2024-03-28"
    assert dates(until, rebalance_bars(until, on="last"))[-1] == "2024-02-29"
    assert dates(NYSE, rebalance_bars(NYSE, on="last", sessions=calendar))[-1] == "2024-06-28"


def test_a_session_of_the_calendar_without_a_bar_is_made_up_for_at_the_next():
    calendar = weekdays("2024-01-02", "2024-12-31")  # knows nothing of Good Friday
    rows = rebalance_bars(NYSE, on="last", sessions=calendar)
    assert dates(NYSE, rows)[2] == "2024-04-01"


def test_calendar_sessions_before_the_data_are_not_made_up_for():
    part = NYSE[10:]
    assert dates(part, rebalance_bars(part, sessions=NYSE))[0] == "2024-02-01"


@pytest.mark.parametrize(
    ("every", "on", "expected"),
    [
        ("week", "first", ["2024-01-02", "2024-01-08", "2024-01-16"]),  # the 15th is a holiday
        ("week", "last", ["2024-01-05", "2024-01-12", "2024-01-19"]),
        ("week", 5, ["2024-01-12", "2024-01-26", "2024-02-02"]),  # weeks of four sessions have no fifth
        ("quarter", "first", ["2024-01-02", "2024-04-01"]),
        ("quarter", "last", ["2024-03-28"]),
        ("year", "first", ["2024-01-02"]),
        ("year", "last", []),
        ("month", 3, ["2024-01-04", "2024-02-05", "2024-03-05"]),
        ("month", -2, ["2024-01-30", "2024-02-28", "2024-03-27"]),
        ("day", "first", ["2024-01-02", "2024-01-03", "2024-01-04"]),
    ],
)
def test_periods_and_sessions(every, on, expected):
    assert dates(NYSE, rebalance_bars(NYSE, every, on=on))[:3] == expected


def test_offset_waits_bars():
    assert dates(NYSE, rebalance_bars(NYSE, offset=2))[:2] == ["2024-01-04", "2024-02-05"]
    assert rebalance_bars(NYSE[:1], offset=1).tolist() == []


def test_a_number_of_bars():
    assert rebalance_bars(NYSE[:10], 4).tolist() == [0, 4, 8]
    assert rebalance_bars(NYSE[:10], 4, offset=3).tolist() == [3, 7]


def test_years_before_1970():
    early = days("1969-12-30", "1969-12-31", "1970-01-02")
    assert rebalance_bars(early, "year").tolist() == [0, 2]
    assert rebalance_bars(early, "week").tolist() == [0]


def intraday(first, count):
    """Six hourly bars a day from 14:00 UTC."""
    return (start_of_day(first) + np.arange(count) * DAY)[:, None].repeat(6, 1).ravel() + np.tile(
        (14 + np.arange(6)) * HOUR, count
    )


def test_intraday_takes_the_first_bar_of_a_session_or_its_last():
    times = intraday("2024-01-29", 5)
    assert rebalance_bars(times, "month").tolist() == [0, 18]
    assert rebalance_bars(times, "month", on="last").tolist() == [17]
    assert rebalance_bars(times, "day").tolist() == [0, 6, 12, 18, 24]
    assert rebalance_bars(times, "day", on="last").tolist() == [5, 11, 17, 23]
    # Whether the last bar so far ends the session is not known at it.
    through = rebalance_bars(times[:18], "month", on="last", sessions=intraday("2024-01-29", 9))
    assert through.tolist() == []


def test_no_bars_no_rebalances():
    assert rebalance_bars(np.empty(0, np.int64)).tolist() == []
    assert rebalance_bars(NYSE, on="last", sessions=np.empty(0, np.int64)).tolist() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"every": "fortnight"}, "'fortnight' is no rebalance period"),
        ({"every": 0}, "every 0 bars"),
        ({"every": True}, "every True bars"),
        ({"every": 5, "on": "last"}, "leave out on"),
        ({"on": "middle"}, "on='middle' names no session"),
        ({"on": 0}, "on=0 names no session"),
        ({"on": 40}, "a month has at most 31"),
        ({"every": "day", "on": -2}, "a day has at most 1"),
        ({"on": 1.5}, "on=1.5 names no session"),
        ({"offset": -1}, "cannot wait -1 bars"),
    ],
)
def test_nonsense_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        rebalance_bars(NYSE, **arguments)


def test_times_out_of_order_are_refused():
    with pytest.raises(InputError, match="do not ascend"):
        rebalance_bars(NYSE[::-1])
