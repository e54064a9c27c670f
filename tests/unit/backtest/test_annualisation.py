"""Sessions and periods a year, on the calendars of the markets they are named after."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from arbitrax.domain.intervals import DAY, HOUR, MINUTE, infer_interval
from arbitrax.market_data.sessions import annualisation, session_ends

NEW_YORK = ZoneInfo("America/New_York")
START = 18_262 * DAY  # Wednesday 2020-01-01


def every(days, count, start=START):
    return start + np.arange(count) * days * DAY


def on_weekdays(count, wanted, start=START):
    at = every(1, count, start)
    return at[np.isin((at // DAY + 3) % 7, wanted)]


def local(days, minutes, zone=NEW_YORK):
    """Return instants: these minutes of each session date on the clock of a zone."""
    stamps = []
    for day in days:
        midnight = datetime.fromtimestamp(int(day) // 10**9, UTC).replace(tzinfo=zone)
        offset = midnight.replace(hour=12).utcoffset().total_seconds()
        stamps.append(day - int(offset) * 10**9 + np.asarray(minutes) * MINUTE)
    return np.concatenate(stamps)


def currencies(days, step=60):
    """Return bars of currencies: Sunday 17:00 to Friday 17:00 in New York."""
    return local(on_weekdays(days, range(5)), np.arange(-7 * 60, 17 * 60, step))


def months(step, count):
    first = np.datetime64("2000-01") + np.arange(count) * step
    return first.astype("datetime64[ns]").astype(np.int64)


def year(timestamp, interval=None):
    return annualisation(timestamp, interval or infer_interval(timestamp))


@pytest.mark.parametrize("days", [14, 30, 100, 365, 3650])
@pytest.mark.parametrize(
    ("weekdays", "periods", "basis"),
    [
        (range(5), 252, "252 sessions a year"),
        (range(7), 365, "365 sessions a year"),
        (range(6), 313, "313 sessions a year (six days a week)"),
        ([6, 0, 1, 2, 3], 252, "252 sessions a year"),
    ],
    ids=["Monday to Friday", "every day", "Monday to Saturday", "Sunday to Thursday"],
)
def test_daily_bars_count_weekdays(days, weekdays, periods, basis):
    found = year(on_weekdays(days, weekdays), "1d")
    assert (found.periods, found.basis, found.by_session) == (periods, basis, False)


def test_a_few_days_take_the_convention():
    assert year(every(1, 2), "1d").periods == 252
    assert year(every(1, 4), "1d").periods == 365
    assert year(every(1, 1), "1d").periods == 252


@pytest.mark.parametrize(("weekdays", "periods"), [(range(5), 252), (range(7), 365), (range(6), 313)])
def test_gaps_and_holidays_do_not_matter(weekdays, periods):
    at = on_weekdays(1000, weekdays)
    assert year(at[np.random.default_rng(5).random(len(at)) < 0.7], "1d").periods == periods
    assert year(np.concatenate([at[:200], at[-200:]]), "1d").periods == periods


def test_single_days_picked_from_years_take_the_convention():
    assert year(np.sort(every(1, 1000)[[3, 4, 200, 201, 500, 900, 901]]), "1d").periods == 365
    assert year(on_weekdays(1000, range(5))[[3, 4, 200, 201, 500, 600, 601]], "1d").periods == 252


def test_a_rare_saturday_or_a_moved_weekend_adds_no_day():
    at = on_weekdays(1000, range(5))
    saturdays = on_weekdays(1000, [5])[::20]
    assert year(np.sort(np.concatenate([at, saturdays])), "1d").periods == 252
    riyadh = np.concatenate([on_weekdays(700, [5, 6, 0, 1, 2]), on_weekdays(700, [6, 0, 1, 2, 3], START + 700 * DAY)])
    assert year(riyadh, "1d").periods == 252


def test_three_days_a_week():
    found = year(on_weekdays(365, [0, 2, 4]), "1d")
    assert (found.periods, found.basis) == (157, "157 sessions a year (three days a week)")


@pytest.mark.parametrize(
    ("timestamp", "interval", "periods", "basis"),
    [
        (every(7, 100), "1w", 52, "52 bars a year"),
        (every(14, 100), "2w", 26, "26 bars a year"),
        (every(28, 100), "1mo", 13, "13 bars a year"),
        (months(1, 50), "1mo", 12, "12 bars a year"),
        (months(1, 4), "1mo", 12, "12 bars a year"),
        (np.delete(months(1, 50), [7, 20, 21]), "1mo", 12, "12 bars a year"),
        (months(3, 20), "3mo", 4, "4 bars a year"),
        (months(6, 20), "6mo", 2, "2 bars a year"),
        (months(12, 20), "12mo", 1, "1 bar a year"),
        (every(3, 100), "3d", 121.75, "121.8 bars a year"),
        (every(10, 100), "1w", pytest.approx(36.525), "36.52 bars a year"),
        (on_weekdays(700, range(5))[::2], "2d", pytest.approx(365.25 * 5 / 14, rel=0.01), None),
        (on_weekdays(700, range(5))[::3], "3d", pytest.approx(365.25 * 5 / 21, rel=0.01), None),
    ],
)
def test_longer_bars_count_their_typical_step(timestamp, interval, periods, basis):
    found = year(timestamp)
    assert infer_interval(timestamp) == interval
    assert found.periods == periods
    assert basis in (None, found.basis)
    assert not found.by_session


def test_stock_exchange_through_daylight_saving():
    days = on_weekdays(730, range(5))
    at = local(days, np.arange(570, 960, 30))
    found = year(at)
    assert found.by_session
    assert found.periods == 252
    assert found.basis.startswith("252 sessions a year, returns joined by session (cut at ")
    assert session_ends(at, "30m").tolist() == (np.arange(len(days)) * 13 + 12).tolist()


def test_extended_hours_over_utc_midnight_are_one_session_each():
    days = on_weekdays(84, range(5))[:60]
    at = (days[:, None] + np.arange(9, 25) * HOUR).ravel()
    assert session_ends(at, "1h").tolist() == (np.arange(60) * 16 + 15).tolist()
    found = year(at)
    assert (found.periods, found.basis) == (252, "252 sessions a year, returns joined by session (cut at 05:00 UTC)")


def test_tokyo_is_cut_at_night_and_not_at_lunch():
    days = on_weekdays(300, range(5))
    morning, afternoon = np.arange(540, 690, 30), np.arange(750, 900, 30)
    at = local(days, np.concatenate([morning, afternoon]), ZoneInfo("Asia/Tokyo"))
    assert len(session_ends(at, "30m")) == len(days)
    assert year(at).periods == 252


def test_sydney_opens_the_day_before_in_utc():
    days = on_weekdays(300, range(5))
    at = local(days, np.arange(600, 960, 60), ZoneInfo("Australia/Sydney"))
    assert len(session_ends(at, "1h")) == len(days)
    assert year(at).periods == 252


@pytest.mark.parametrize("days", [7, 31, 120, 365, 1000])
@pytest.mark.parametrize("step", [15, 60, 240])
def test_currencies_have_five_sessions_a_week(days, step):
    at = currencies(days, step)
    ends = session_ends(at, infer_interval(at))
    assert len(ends) == len(on_weekdays(days, range(5)))
    if days > 7:
        found = year(at)
        assert found.periods == 260
        assert found.basis.startswith("260 sessions a year (round the clock, five days), returns joined by session")


def test_futures_with_a_daily_break_keep_their_evenings():
    days = on_weekdays(500, range(5))
    at = local(days, np.arange(-360, 1020, 60), ZoneInfo("America/Chicago"))  # 18:00 to 17:00, as New York counts
    assert session_ends(at, "1h").tolist() == (np.arange(len(days)) * 23 + 22).tolist()
    assert year(at).periods == 252


@pytest.mark.parametrize("share", [1, 0.9, 0.7])
@pytest.mark.parametrize("step", [MINUTE, HOUR, 4 * HOUR])
def test_what_never_closes_is_cut_at_utc_midnight(share, step):
    at = START + np.arange(30 * DAY // step) * step
    at = at[np.random.default_rng(2).random(len(at)) < share]
    interval = f"{step // HOUR}h" if step >= HOUR else "1m"
    days = at // DAY
    assert session_ends(at, interval).tolist() == np.append(np.flatnonzero(days[1:] != days[:-1]), len(at) - 1).tolist()
    found = year(at, interval)
    assert (found.periods, found.basis) == (365, "365 sessions a year, returns joined by session (cut at 00:00 UTC)")


def test_illiquid_minutes_keep_their_sessions():
    days = on_weekdays(100, range(5))
    at = local(days, np.arange(570, 960))
    at = at[np.random.default_rng(4).random(len(at)) < 0.05]
    assert len(session_ends(at, "1m")) == len(days)
    assert year(at, "1m").periods == 252


def test_one_bar_is_one_session():
    assert session_ends(every(1, 1), "1h").tolist() == [0]
    assert year(every(1, 1), "1h").periods == 252
    assert session_ends(every(1, 0), "1h").tolist() == []
