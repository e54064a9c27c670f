import numpy as np
import pytest

from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.alignment import align, last_completed
from arbitrax.market_data.resample import bars_from_ticks, resample
from tests.minutes import MONDAY, new_york, series


def test_an_hour_is_known_at_the_close_of_its_last_minute_and_a_short_one_next_morning():
    minutes = series(new_york(5))
    hours = resample(minutes, "1h")
    got = last_completed(hours, minutes)
    assert got[[58, 59, 60, 389, 390, 449]].tolist() == [-1, 0, 0, 5, 6, 7]


def test_with_the_calendar_s_ends_the_short_hour_is_known_at_the_close():
    minutes = series(new_york(5))
    hours = resample(minutes, "1h")
    closes = hours.timestamp // DAY * DAY + 21 * HOUR
    got = last_completed(hours, minutes, ends=np.minimum(hours.timestamp + HOUR, closes))
    assert got[[388, 389, 390]].tolist() == [5, 6, 6]


def test_a_missing_last_minute_delays_the_hour_to_the_next_bar():
    times = new_york(5)
    minutes = series(np.delete(times, 59))
    assert last_completed(resample(minutes, "1h"), minutes)[[58, 59]].tolist() == [-1, 0]


def test_an_exchange_s_day_is_known_in_the_next_session_and_utc_s_at_its_last_bar():
    stock = series(new_york(12))
    assert last_completed(resample(stock, "1d"), stock)[[389, 390, 779, 780]].tolist() == [-1, 0, 0, 1]
    always = series(MONDAY + np.arange(10 * 1440) * MINUTE)
    assert last_completed(resample(always, "1d"), always)[[1438, 1439, 1440]].tolist() == [-1, 0, 0]


def test_weeks_and_months_beside_days():
    weekdays = series(MONDAY + np.array([d for d in range(40) if d % 7 < 5]) * DAY, "1d")
    weeks = resample(weekdays, "1w")
    assert last_completed(weeks, weekdays)[:7].tolist() == [-1] * 5 + [0, 0]
    fridays = weeks.timestamp + 5 * DAY
    assert last_completed(weeks, weekdays, ends=fridays)[:6].tolist() == [-1] * 4 + [0, 0]
    every = series(MONDAY + np.arange(40) * DAY, "1d")
    assert last_completed(resample(every, "1w"), every)[[5, 6, 7]].tolist() == [-1, 0, 0]
    # March ends with Sunday the 31st, row 27.
    assert last_completed(resample(every, "1mo"), every)[[26, 27]].tolist() == [-1, 0]
    weekly = resample(every, "1w")
    assert last_completed(resample(every, "1mo"), weekly).tolist() == [-1, -1, -1, 0, 0, 0]


def test_counted_bars_are_known_when_the_next_has_begun():
    price = np.arange(1.0, 7)
    ticks = MONDAY + np.arange(6) * 20 * 10**9
    counted = bars_from_ticks("X", ticks, price, np.ones(6), "2t")
    minutes = bars_from_ticks("X", ticks, price, np.ones(6), "20s")
    assert last_completed(counted, minutes).tolist() == [-1, -1, 0, 0, 1, 1]
    hourly = bars_from_ticks("X", ticks, price, np.ones(6), "1m")
    assert last_completed(hourly, counted).tolist() == [-1, -1, 0]


def test_values_stand_where_they_are_known():
    minutes = series(new_york(5))
    hours = resample(minutes, "1h")
    out = align(hours.close, hours, minutes)
    assert np.isnan(out[:59]).all()
    assert out[[59, 118, 119]].tolist() == [hours.close[0], hours.close[0], hours.close[1]]
    empty = minutes.take(slice(0, 0))
    assert np.isnan(align([], resample(empty, "1h"), minutes)).all()
    assert len(align(hours.close, hours, empty)) == 0


def test_what_does_not_fit_is_refused():
    minutes = series(new_york(5))
    hours = resample(minutes, "1h")
    with pytest.raises(InputError, match="swap the two"):
        last_completed(minutes, hours)
    with pytest.raises(InputError, match="one value each"):
        align([1.0], hours, minutes)
    with pytest.raises(InputError, match="ends has shape"):
        last_completed(hours, minutes, ends=np.array([1]))
