"""Bars against the sessions of their exchange."""

import os
from pathlib import Path

import numpy as np
import pytest

from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.files import read_file
from arbitrax.market_data.session_checks import check_sessions
from tests.market import daily, sample


def bars_at(timestamp, interval):
    made = daily(np.full(len(timestamp), 100.0))
    return Bars("TEST", interval, timestamp, made.open, made.high, made.low, made.close, made.volume)


@pytest.mark.parametrize("symbol", ["AAPL", "IBM", "GSPC"])
def test_the_bundled_prices_have_every_session_and_no_other_day(symbol):
    assert check_sessions(sample(symbol), calendar("XNYS")) == ()


def test_days_without_a_session_and_sessions_without_a_bar_are_counted():
    sessions = calendar("XNYS").sessions(start_of_day("2024-11-25"), start_of_day("2024-12-07")).date
    holiday = start_of_day("2024-11-28")
    timestamp = np.sort(np.append(np.delete(sessions, [2, 5]), [holiday, holiday + 2 * DAY]))
    assert check_sessions(bars_at(timestamp, "1d"), calendar("XNYS")) == (
        "TEST has 2 bars on days without a session of XNYS (first 2024-11-28).",
        "TEST has no bar in 2 of 9 sessions of XNYS (first 2024-11-27).",
    )


def test_minutes_outside_and_in_the_break_are_counted():
    open_, close = start_of_day("2024-11-06"), start_of_day("2024-11-06") + 6 * HOUR + 30 * MINUTE
    timestamp = np.arange(open_ - 2 * MINUTE, close + MINUTE, MINUTE)
    timestamp = timestamp[(timestamp < open_ + 151 * MINUTE) | (timestamp >= open_ + 210 * MINUTE)]
    assert check_sessions(bars_at(timestamp, "1m"), calendar("XTKS")) == (
        "TEST has 3 bars outside the sessions, as before the open or after the close of XTKS "
        "(first 2024-11-05T23:58:00Z).",
        "TEST has 1 bar in the midday break of XTKS (first 2024-11-06T02:30:00Z).",
    )


def test_weeks_have_no_missing_sessions():
    mondays = np.arange(start_of_day("2024-08-26"), start_of_day("2024-10-01"), 7 * DAY)
    assert check_sessions(bars_at(mondays, "1w"), calendar("XNYS")) == ()
    assert check_sessions(bars_at(mondays[:0], "1d"), calendar("XNYS")) == ()


@pytest.mark.corpus
@pytest.mark.skipif(not os.environ.get("ARBITRAX_CORPUS"), reason="ARBITRAX_CORPUS is not set")
def test_recorded_phantom_holidays_are_counted():
    (series,) = read_file(Path(os.environ["ARBITRAX_CORPUS"]) / "daily" / "DELL__zipline_bundle.parquet")
    assert check_sessions(series.bars, calendar("XNYS"))[0].startswith(
        "DELL has 20 bars on days without a session of XNYS"
    )
