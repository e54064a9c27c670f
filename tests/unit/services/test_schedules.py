"""When a schedule is due."""

from datetime import date

import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.calendars import calendar
from arbitrax.services.catalogue_ports import Schedule
from arbitrax.services.schedules import AFTER_CLOSE, next_due


def schedule(exchange="XNYS", last_done=None):
    return Schedule("daily", "yahoo", "1d", exchange, ("AAPL",), None, last_done)


def close_of(text, exchange="XNYS"):
    day = start_of_day(text)
    return int(calendar(exchange).sessions(day, day + DAY).close[0])


def test_a_session_is_due_a_while_after_its_close():
    ready = close_of("2024-01-17") + AFTER_CLOSE
    before = next_due(schedule(last_done=date(2024, 1, 16)), now=ready - 1)
    assert before is not None
    assert (before.at, before.session) == (ready, date(2024, 1, 17))
    after = next_due(schedule(last_done=date(2024, 1, 17)), now=ready)
    assert after is not None
    assert after.session == date(2024, 1, 18)


def test_half_days_are_due_earlier():
    due = next_due(schedule(last_done=date(2024, 7, 2)), now=start_of_day("2024-07-03"))
    assert due is not None
    assert due.at == start_of_day("2024-07-03") + 17 * HOUR + AFTER_CLOSE


@pytest.mark.parametrize("last_done", [None, date(2023, 1, 3)])
def test_sessions_that_were_missed_take_one_turn(last_done):
    now = close_of("2024-01-19") + 10 * HOUR
    due = next_due(schedule(last_done=last_done), now=now)
    assert due is not None
    assert due.session == date(2024, 1, 19)
    assert due.at <= now


def test_nothing_is_due_on_a_weekend_once_friday_is_done():
    saturday = start_of_day("2024-01-20") + 12 * HOUR
    due = next_due(schedule(last_done=date(2024, 1, 19)), now=saturday)
    assert due is not None
    assert due.session == date(2024, 1, 22)
    assert due.at > saturday


def test_a_market_that_never_closes_is_due_after_midnight():
    due = next_due(schedule("24/7", date(2024, 1, 19)), now=start_of_day("2024-01-21") + MINUTE)
    assert due is not None
    assert (due.at, due.session) == (start_of_day("2024-01-21") + AFTER_CLOSE, date(2024, 1, 20))
