"""Runs that name an exchange: whose opens, closes, half days and holidays count."""

import numpy as np
import pytest

import arbitrax as ax
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.intervals import DAY, HOUR, MINUTE


def at(text):
    return int(np.datetime64(text, "ns").astype(np.int64))


def bars_at(times, interval="1m", prices=None):
    times = np.array(times, np.int64)
    price = np.arange(100.0, 100 + len(times)) if prices is None else np.array(prices, np.float64)
    return Bars("X", interval, times, price, price, price, price, price * 0 + 1e6)


def minutes(*spans):
    """Return bars of every minute from each start to before each end."""
    return bars_at(np.concatenate([np.arange(at(start), at(end), MINUTE) for start, end in spans]))


# Thursday was Thanksgiving; on Friday 2019-11-29 New York closed at 13:00, 18:00 UTC; each day an hour more is traded.
THANKSGIVING = minutes(
    ("2019-11-27T14:30", "2019-11-27T22:00"),
    ("2019-11-29T14:00", "2019-11-29T19:00"),
    ("2019-12-02T14:30", "2019-12-02T21:00"),
)


class Orders(ax.Strategy):
    """Sends an order at the close of given bars."""

    def __init__(self, wanted, **order):
        super().__init__()
        self.wanted = wanted
        self.order = order

    def on_bar(self, ctx):
        if ctx.time in self.wanted:
            ctx.buy(1, **self.order)


def run(times, bars=THANKSGIVING, calendar="XNYS", **order):
    return ax.backtest(Orders({at(each) for each in times}, **order), bars, calendar=calendar)


def ended(result):
    bars = result.order_records["ended_bar"]
    return [str(np.datetime64(int(result.bars.timestamp[bar]), "ns").astype("datetime64[m]")) for bar in bars]


def test_a_half_day_closes_early():
    result = run(["2019-11-29T15:00"], on="close")
    assert ended(result) == ["2019-11-29T17:59"]
    assert len(result.fill_records) == 1


def test_an_order_of_the_day_ends_with_the_exchanges_day():
    result = run(["2019-11-29T15:00", "2019-11-29T18:30"], limit=1.0, time_in_force="day")
    # The second was sent after the close: it is of the next day.
    assert ended(result) == ["2019-11-29T17:59", "2019-12-02T20:59"]
    assert result.orders["reason"].tolist() == ["session_ended"] * 2


def test_an_order_on_the_open_waits_for_the_opening():
    result = run(["2019-11-27T21:30"], on="open")
    assert ended(result) == ["2019-11-29T14:30"]


def test_without_a_calendar_the_gap_in_the_data_counts():
    result = run(["2019-11-29T15:00"], calendar=None, on="close")
    assert ended(result) == ["2019-11-29T18:59"]


def test_the_last_bar_there_is_closes_a_session():
    bars = minutes(("2019-11-29T14:30", "2019-11-29T17:40"), ("2019-12-02T14:30", "2019-12-02T21:00"))
    assert ended(run(["2019-11-29T15:00"], bars, on="close")) == ["2019-11-29T17:39"]


def test_holidays_and_missing_sessions_are_told():
    days = np.array([at(f"2019-11-{day}") for day in (25, 26, 28)])
    notices = run([], bars_at(days, "1d"), limit=1.0).notices
    assert "X has 1 bar on days without a session of XNYS (first 2019-11-28)." in notices
    days = np.array([at(f"2019-11-{day}") for day in (25, 27)])
    notices = run([], bars_at(days, "1d"), limit=1.0).notices
    assert "X has no bar in 1 of 3 sessions of XNYS (first 2019-11-26)." in notices


def test_a_holiday_of_daily_bars_has_no_opening():
    days = np.array([at(f"2019-11-{day}") for day in (26, 27, 28, 29)])
    result = run(["2019-11-27"], bars_at(days, "1d"), on="open")
    assert ended(result) == ["2019-11-29T00:00"]


def test_the_exchange_says_how_many_sessions_a_year_has():
    series = bars_at(np.arange(40) * DAY + at("2020-01-01"), "1d")
    assert ax.backtest(ax.BuyAndHold(), series, calendar="24/7").metrics.basis == "365 sessions a year of 24/7"
    assert ax.backtest(ax.BuyAndHold(), series, calendar="XNYS").metrics.basis == "252 sessions a year of XNYS"
    intraday = ax.backtest(ax.BuyAndHold(), THANKSGIVING, calendar="XNYS").metrics
    assert intraday.basis == "252 sessions a year of XNYS, returns joined by session"


def test_ex_dates_are_of_the_exchanges_sessions():
    # 00:30 UTC on Tuesday is Monday evening in New York: a dividend of Tuesday is not yet off the price.
    times = [at("2020-01-13T15:00"), at("2020-01-14T00:30"), at("2020-01-14T15:00"), at("2020-01-14T16:00")]
    dividend = CorporateAction(symbol="X", kind="dividend", ex_date=at("2020-01-14"), amount=1.0, currency="USD")

    class Hold(ax.Strategy):
        def signals(self, bars):
            return np.ones(len(bars))

    for calendar, bar in (("XNYS", 2), (None, 1)):
        series = bars_at([times[0] - HOUR, *times], "1h", np.full(5, 100.0))
        result = ax.backtest(Hold(), series, prices="raw", actions=[dividend], calendar=calendar)
        assert result.event_records["bar"].tolist() == [bar + 1]


def test_wrong_calendars_are_refused():
    with pytest.raises(UnknownNameError, match="'XNYSE' is not an exchange; did you mean"):
        run([], calendar="XNYSE", limit=1.0)
