import re
from pathlib import Path

import numpy as np
import pytest

import arbitrax as ax
from arbitrax.domain.bars import COLUMNS, Bars
from arbitrax.domain.errors import DataError, InputError
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.resample import bars_from_ticks, resample
from tests.minutes import MONDAY, new_york, series


def test_two_minutes_of_four_by_hand():
    nan = float("nan")
    bars = Bars(
        "X", "1m", MONDAY + np.arange(4) * MINUTE,
        open=np.array([1.0, 2, nan, 4]), high=np.array([5.0, 3, nan, 6]), low=np.array([1.0, 0.5, nan, 4]),
        close=np.array([2.0, 3, nan, 5]), volume=np.array([10.0, 20, nan, 40]), adj_close=np.array([1.0, 1.5, nan, 5]),
    )  # fmt: skip
    out = resample(bars, "2m")
    assert [getattr(out, name).tolist() for name in COLUMNS] == [
        [MONDAY, MONDAY + 2 * MINUTE], [1, 4], [5, 6], [0.5, 4], [3, 5], [30, 40], [1.5, 5],
    ]  # fmt: skip


def test_hours_of_a_session_start_at_its_open_and_the_last_is_short_through_a_clock_change():
    out = resample(series(new_york(12)), "1h")
    clock = out.timestamp % DAY // MINUTE
    winter, summer = [870 + 60 * k for k in range(7)], [810 + 60 * k for k in range(7)]
    assert clock.tolist() == winter * 5 + summer * 5
    assert (out.close - out.open + 0.5)[:7].tolist() == [60] * 6 + [30]


def test_a_late_first_trade_does_not_move_the_hours():
    times = new_york(12)
    late = times[~((times >= MONDAY + DAY) & (times < MONDAY + DAY + 14 * HOUR + 42 * MINUTE))]
    assert resample(series(late), "1h").timestamp.tolist() == resample(series(times), "1h").timestamp.tolist()


def test_days_are_sessions_and_weeks_and_months_the_calendar_s():
    bars = series(new_york(28))
    days = resample(bars, "1d")
    assert (days.timestamp == MONDAY + np.array([d for d in range(28) if d % 7 < 5]) * DAY).all()
    assert days.open[:2].tolist() == [10, 400]
    for source in (bars, days):
        weeks, months = resample(source, "1w"), resample(source, "1mo")
        assert weeks.timestamp.tolist() == [MONDAY + 7 * DAY * k for k in range(4)]
        assert months.timestamp.tolist() == [MONDAY - 3 * DAY]
        assert weeks.volume.sum() == months.volume.sum() == bars.volume.sum()
    assert resample(days, "3mo").timestamp.tolist() == [19_723 * DAY]  # the first of January


def test_a_week_without_its_monday_carries_monday_s_date():
    days = series(MONDAY + np.array([1, 2, 3, 7]) * DAY, "1d")
    assert resample(days, "1w").timestamp.tolist() == [MONDAY, MONDAY + 7 * DAY]


def test_round_the_clock_hours_lie_on_the_utc_grid():
    out = resample(series(MONDAY + (7 + np.arange(10 * 1440)) * MINUTE), "4h")
    assert (out.timestamp % (4 * HOUR) == 0).all()
    assert len(out) == 61


def test_the_same_interval_and_slices_copy_nothing():
    bars = series(new_york(5))
    assert all(np.shares_memory(getattr(resample(bars, "1m"), name), getattr(bars, name)) for name in COLUMNS[:6])
    half = bars.take(slice(100, 900))
    assert all(np.shares_memory(getattr(half, name), getattr(bars, name)) for name in COLUMNS[:6])
    assert all(not np.shares_memory(getattr(resample(bars, "5m"), name), getattr(bars, name)) for name in COLUMNS[:6])


def test_no_bars_make_no_bars():
    assert [len(resample(series([]), interval)) for interval in ("5m", "1d", "1mo")] == [0, 0, 0]


@pytest.mark.parametrize(
    ("finer", "coarser", "why"),
    [
        ("1h", "5m", "not shorter"),
        ("1h", "60m", "not shorter"),
        ("5m", "7m", "do not divide"),
        ("1w", "1mo", "do not divide"),
        ("2d", "4d", "do not divide"),
        ("100t", "1h", "of ticks"),
        ("1m", "100v", "of ticks"),
        ("1m", "1y", "is not an interval"),
    ],
)
def test_what_cannot_be_made_is_refused(finer, coarser, why):
    with pytest.raises(InputError, match=why):
        resample(series(MONDAY + np.arange(3) * 2 * DAY, finer), coarser)


def test_ticks_make_bars_by_count_volume_value_and_clock():
    times = np.array([0, 0, 0, 5, 61]) * 10**9 + MONDAY
    price, size = [10.0, 12, 11, 13, 9], [60.0, 50, 30, 80, 5]

    def made(interval):
        bars = bars_from_ticks("X", times, price, size, interval)
        return (bars.timestamp - MONDAY).tolist(), bars.open.tolist(), bars.close.tolist(), bars.volume.tolist()

    assert made("2t") == ([0, 1, 61 * 10**9], [10, 11, 9], [12, 13, 9], [110, 110, 5])
    assert made("100v") == ([0, 1, 61 * 10**9], [10, 11, 9], [12, 13, 9], [110, 110, 5])
    assert made("600q") == ([0, 1, 2, 61 * 10**9], [10, 12, 11, 9], [10, 12, 13, 9], [60, 50, 110, 5])
    assert made("1m") == ([0, 60 * 10**9], [10, 9], [13, 9], [220, 5])
    assert made("1d") == ([0], [10], [9], [225])


@pytest.mark.parametrize(
    ("times", "price", "size", "why"),
    [
        ([], [], [], "one time, price and size each"),
        ([1, 2], [1.0], [1.0], "one time, price and size each"),
        ([2, 1], [1.0, 1], [1.0, 1], "Tick 1 of X.* comes before"),
        ([1, 2], [1.0, np.nan], [1.0, 1], "Tick 1 of X has price nan"),
        ([1, 2], [1.0, 1], [-1.0, 1], "Tick 0 of X has size -1"),
        ([1.5], [1.0], [1.0], "whole nanoseconds"),
    ],
)
def test_ticks_that_are_none_are_refused(times, price, size, why):
    times = np.array(times, dtype=None if times else np.int64)
    with pytest.raises(DataError, match=why):
        bars_from_ticks("X", times, price, size, "10t")


def test_a_strategy_runs_on_counted_bars():
    random = np.random.default_rng(1)
    price = 100 + random.normal(0, 0.01, 5000).cumsum()
    bars = bars_from_ticks("X", MONDAY + random.integers(0, 10**9, 5000).cumsum(), price, np.ones(5000), "50t")
    assert ax.backtest(ax.SmaCross(fast=3, slow=9), bars).spec.interval == "50t"


def test_the_documented_strategy_sees_hours_only_once_they_are_over():
    page = (Path(__file__).parents[3] / "docs" / "concepts" / "intervals.md").read_text(encoding="utf-8")
    names = {"__name__": "page"}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], names)  # noqa: S102 - our own page
    times = new_york(12)
    bars = series(times)
    bars.close[:] = 100 + np.random.default_rng(2).normal(0, 0.1, len(times)).cumsum()
    whole = names["HourlyTrend"]().signals(bars)
    assert set(whole.tolist()) == {0.0, 1.0}
    for rows in (900, 1201, 2000, 3333):
        assert names["HourlyTrend"]().signals(bars.take(slice(0, rows))).tolist() == whole[:rows].tolist()
