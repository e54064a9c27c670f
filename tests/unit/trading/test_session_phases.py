"""Phases of a calendar, across half days, breaks, holidays and sessions that touch."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from arbitrax.domain.errors import RangeError
from arbitrax.exchange.records import Kind
from arbitrax.market_data.calendars import calendar
from arbitrax.trading.session_phases import changes_around, last_phase, next_phase


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def phases(name, start, count):
    found, now = [], at(start)
    for _ in range(count):
        change = next_phase(calendar(name), now)
        now = change.time
        found.append((datetime.fromtimestamp(now / 1000, UTC).strftime("%m-%d %H:%M"), change.kind.name))
    return found


def test_a_half_day_before_a_holiday_closes_early():
    assert phases("XNYS", "2024-07-03T12:00", 4) == [
        ("07-03 13:15", "AUCTION"), ("07-03 13:30", "UNCROSS"), ("07-03 17:00", "AUCTION"), ("07-03 17:05", "CLOSE"),
    ]  # fmt: skip
    assert phases("XNYS", "2024-07-03T17:05", 1) == [("07-05 13:15", "AUCTION")]


def test_when_clocks_change_the_open_moves_in_utc():
    assert phases("XNYS", "2024-11-01T20:05", 2)[1] == ("11-04 14:30", "UNCROSS")
    assert phases("XNYS", "2024-10-31T20:05", 2)[1] == ("11-01 13:30", "UNCROSS")
    assert phases("XLON", "2024-03-28T17:00", 2)[1] == ("04-02 07:00", "UNCROSS")  # over Easter, too


def test_a_midday_break_halts():
    assert phases("XHKG", "2024-07-04T01:30", 3) == [
        ("07-04 04:00", "HALT"), ("07-04 05:00", "RESUME"), ("07-04 08:00", "AUCTION"),
    ]  # fmt: skip


def test_sessions_that_touch_have_no_close_between_them():
    assert phases("CMES", "2024-07-07T22:00", 1) == [("07-12 22:00", "AUCTION")]


def test_what_never_closes_has_no_phases():
    assert next_phase(calendar("24/7"), at("2024-07-03T12:00")) is None
    assert last_phase(calendar("24/7"), at("2024-07-03T12:00")) is None


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        ("2024-07-03T13:15", Kind.AUCTION),
        ("2024-07-03T13:30", Kind.UNCROSS),
        ("2024-07-03T17:04", Kind.AUCTION),
        ("2024-07-03T17:05", Kind.CLOSE),
        ("2024-07-06T12:00", Kind.CLOSE),
    ],
)
def test_who_was_away_finds_the_phase_that_holds(now, kind):
    assert last_phase(calendar("XNYS"), at(now)).kind == kind


def test_dates_the_calendar_does_not_know_are_refused():
    with pytest.raises(RangeError):
        next_phase(calendar("XNYS"), at("2500-01-01T00:00"))


@pytest.mark.parametrize("name", ["XNYS", "XLON", "XHKG", "XTKS", "XETR", "CMES"])
def test_changes_rise_strictly_and_phases_follow_each_other(name):
    follows = {
        (Kind.CLOSE, Kind.AUCTION), (Kind.AUCTION, Kind.UNCROSS), (Kind.UNCROSS, Kind.AUCTION),
        (Kind.AUCTION, Kind.CLOSE), (Kind.UNCROSS, Kind.HALT), (Kind.HALT, Kind.RESUME), (Kind.RESUME, Kind.AUCTION),
        (Kind.RESUME, Kind.HALT),
    }  # fmt: skip
    found = changes_around(calendar(name), at("2024-03-15T12:00"))
    assert len(found) > 30
    for before, after in pairwise(found):
        assert before.time < after.time
        assert (before.kind, after.kind) in follows
