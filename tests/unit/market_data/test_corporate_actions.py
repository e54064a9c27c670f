"""Splits applied to history, and actions against the prices they should have moved."""

import os
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import DataError
from arbitrax.domain.intervals import DAY, HOUR
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.corporate_actions import check_actions, cumulative_split_factor, ratio_text, split_adjusted
from arbitrax.market_data.files import read_file
from tests.market import START, daily, sample


def split(day, ratio, kind="split", symbol="TEST"):
    ex_date = start_of_day(day) if isinstance(day, str) else START + day * DAY
    return CorporateAction(symbol=symbol, kind=kind, ex_date=ex_date, ratio=ratio)


def dividend(day, amount):
    return CorporateAction(symbol="TEST", kind="dividend", ex_date=START + day * DAY, amount=amount, currency="USD")


def test_the_factor_changes_on_the_ex_date():
    actions = [split(4, 0.5), split(2, 7.0), dividend(3, 1.0), split(1, 3.0, kind="spin_off"), split(9, 2.0)]
    dates = START + np.arange(6) * DAY
    factor = cumulative_split_factor(actions, dates)
    assert factor.dtype == np.float64
    assert list(factor) == [1, 1, 7, 7, 3.5, 3.5]
    assert list(cumulative_split_factor([], dates)) == [1] * 6
    # The session after an ex-date that is none has the split too; years before all splits have none.
    assert list(cumulative_split_factor([split("2000-01-01", 2.0)], np.array([-DAY, START - DAY, START + DAY]))) == [
        1,
        1,
        2,
    ]


def test_history_is_in_the_units_of_the_last_bar():
    bars = daily([700.0, 707.0, 102.0, 51.5], open_=[690.0, 700.0, 101.0, 51.0], adj_close=[1.0, 2.0, 3.0, 4.0])
    actions = [split(2, 7.0), split(3, 2.0), split(4, 10.0)]
    made = split_adjusted(bars, actions)
    assert list(made.close) == [50.0, 50.5, 51.0, 51.5]
    assert list(made.open) == [690.0 / 14, 50.0, 50.5, 51.0]
    assert list(made.high) == [50.0, 50.5, 51.0, 51.5]
    assert list(made.volume) == [14_000, 14_000, 2_000, 1_000]
    assert made.adj_close is None
    assert made.basis == "adjusted"
    with pytest.raises(DataError, match="adjusted already"):
        split_adjusted(made, actions)


def test_later_splits_do_not_reach_back():
    bars = daily([700.0, 707.0, 102.0, 51.5])
    actions = [split(2, 7.0), split(3, 2.0)]
    for end in range(1, 5):
        known = [each for each in actions if each.ex_date <= START + (end - 1) * DAY]
        cut = bars.take(slice(0, end))
        assert split_adjusted(cut, actions).close.tobytes() == split_adjusted(cut, known).close.tobytes()


def test_intraday_bars_take_the_date_of_their_session():
    # 20:00 in New York on the evening before the split is 00:00 UTC of its date.
    stamps = np.array([start_of_day("2014-06-07") + HOUR // 2, start_of_day("2014-06-09") + 14 * HOUR])
    bars = replace(daily([700.0, 100.0]), timestamp=stamps, interval="1m")
    dates = calendar("XNYS").session_date_of(stamps, "1m")
    action = split("2014-06-07", 7.0)
    assert list(cumulative_split_factor([action], stamps)) == [7, 7]
    assert list(split_adjusted(bars, [action], session_date=dates).close) == [100, 100]


def test_the_bundled_split_of_apple():
    bars, action = sample("AAPL"), split("2005-02-28", 2.0, symbol="AAPL")
    earlier = split("2000-06-21", 2.0, symbol="AAPL")
    assert check_actions(bars, [earlier, action]) == ()
    at = int(bars.timestamp.searchsorted(action.ex_date))
    made = split_adjusted(bars, [earlier, action])
    assert bars.close[at - 1] / bars.close[at] > 1.9
    assert abs(made.close[at - 1] / made.close[at] - 1) < 0.05
    assert (made.close[at:] == bars.close[at:]).all()


@pytest.mark.parametrize(
    ("open_", "ratio", "said"),
    [
        (101.0, 7.0, None),
        (88.0, 7.0, None),
        (700.0, 7.0, "TEST on 2000-01-02 is 7:1, but the price went from 700 to 700; the prices seem adjusted for it"),
        (101.0, 1 / 7, "is 1:7, but the price went from 700 to 101; the ratio seems upside down."),
        (350.0, 7.0, "went from 700 to 350, not near 100; check both."),
        (690.0, 1.05, None),
    ],
)
def test_a_split_that_prices_contradict_gives_a_notice(open_, ratio, said):
    found = check_actions(daily([700.0, open_]), [split(1, ratio)])
    assert len(found) == (said is not None)
    assert said is None or said in found[0]


def test_what_prices_cannot_contradict():
    flat = daily([700.0, 700.0])
    assert check_actions(flat, [split(0, 7.0), split(2, 8.0), split(1, 2.0, kind="spin_off"), dividend(1, 349.0)]) == ()
    stray = daily([700.0, 101.0], open_=[700.0, 699.0])
    assert check_actions(stray, [split(1, 7.0)]) == ()
    assert check_actions(replace(flat, basis="adjusted"), [split(1, 7.0)]) == ()
    assert check_actions(flat.take(slice(0, 1)), [split(0, 7.0)]) == ()
    assert "check its units" in check_actions(flat, [dividend(1, 350.0)])[0]


def test_a_split_listed_under_two_dates_gives_a_notice():
    (notice,) = check_actions(daily([1.0]), [split(20, 10.0), split(26, 10.0), split(90, 10.0)])
    assert "two splits of 10:1 within days, on 2000-01-21 and 2000-01-27" in notice


def test_ratios_are_shown_as_spoken():
    assert [ratio_text(ratio) for ratio in (7.0, 0.1, 1 / 3, 1.5, 1.05, 0.4)] == [
        "7:1", "1:10", "1:3", "1.5:1", "1.05:1", "0.4:1",
    ]  # fmt: skip


@pytest.mark.corpus
@pytest.mark.skipif(not os.environ.get("ARBITRAX_CORPUS"), reason="ARBITRAX_CORPUS is not set")
def test_the_recorded_seven_to_one_split_in_minutes():
    (series,) = read_file(Path(os.environ["ARBITRAX_CORPUS"]) / "intraday" / "AAPL__1min__lean.parquet")
    bars: Bars = series.bars
    dates = calendar("XNYS").session_date_of(bars.timestamp, "1m")
    action = split("2014-06-09", 7.0, symbol="AAPL")
    assert check_actions(bars, [action], session_date=dates) == ()
    made = split_adjusted(bars, [action], session_date=dates)
    assert np.abs(np.diff(bars.close) / bars.close[:-1]).max() > 0.8
    assert np.abs(np.diff(made.close) / made.close[:-1]).max() < 0.05
