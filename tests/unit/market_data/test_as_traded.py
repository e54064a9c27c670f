"""Split-adjusted prices of vendors brought back to what was traded."""

import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.intervals import DAY, HOUR
from arbitrax.market_data.adjustment import as_traded
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.candidate import CandidateBars

APPLE = [
    CorporateAction(symbol="AAPL", kind="split", ex_date=start_of_day(day), ratio=ratio)
    for day, ratio in (
        ("1987-06-16", 2.0), ("2000-06-21", 2.0), ("2005-02-28", 2.0), ("2014-06-09", 7.0), ("2020-08-31", 4.0),
    )
]  # fmt: skip


def rows(days, close, volume, **rest):
    prices = np.array(close, dtype=float)
    stamps = np.array([start_of_day(day) for day in days], dtype=np.int64)
    return CandidateBars(
        "AAPL", "1d", stamps, prices, prices.copy(), prices.copy(), prices.copy(), np.array(volume, dtype=float),
        source="yahoo", basis="split_adjusted", **rest,
    )  # fmt: skip


def test_apple_comes_back_as_it_was_traded():
    # As Yahoo's chart gives them: six decimals, then a 32-bit float; volume in today's shares.
    days = ["1980-12-12", "2014-06-06", "2014-06-09", "2020-08-28", "2020-08-31"]
    adjusted = [0.1283479928970337, 23.056072235107422, 23.424999237060547, 124.80750274658203, 129.0399932861328]
    found = as_traded(rows(days, adjusted, [469033600, 349938400, 301660000, 187151600, 225702700]), APPLE)
    assert list(found.close) == [28.75, 645.57, 93.7, 499.23, 129.04]
    assert list(found.volume) == [2093900.0, 12497800.0, 75415000.0, 46787900.0, 225702700.0]
    assert found.basis == "raw"
    assert found.source == "yahoo"
    assert (as_traded(found, APPLE).close == found.close).all()


def test_rows_in_any_order_and_what_validation_kept_of_them_give_the_same():
    days = ["2014-06-06", "2014-06-09", "2020-08-28", "2020-08-31"]
    given = rows(days, [23.056072235107422, 23.424999237060547, 124.80750274658203, 129.0399932861328], [4e6] * 4)
    whole = as_traded(given, APPLE)
    for chosen in ([3, 1, 0, 2], [0, 3], [2], []):
        some = as_traded(given.take(np.array(chosen, dtype=np.int64)), APPLE)
        assert (some.close == whole.close[chosen]).all()
        assert (some.volume == whole.volume[chosen]).all()


def test_reverse_splits_and_fractions_are_undone():
    reverse = [CorporateAction(symbol="C", kind="split", ex_date=start_of_day("2011-05-09"), ratio=0.1)]
    found = as_traded(rows(["2011-05-06", "2011-05-09"], [45.20000076293945, 44.16], [38_000_000, 4e7]), reverse)
    assert list(found.close) == [4.52, 44.16]
    assert list(found.volume) == [380_000_000, 40_000_000]
    shares = [CorporateAction(symbol="C", kind="stock_dividend", ex_date=start_of_day("2011-05-09"), ratio=1.5)]
    sixteenths = as_traded(rows(["2011-05-06"], [np.float32(round(28.0625 / 1.5, 6))], [1_500_001]), shares)
    assert list(sixteenths.close) == [28.0625]
    assert list(sixteenths.volume) == [1_000_001]


def test_dividends_and_spin_offs_change_no_price_here():
    others = [
        CorporateAction(
            symbol="AAPL", kind="dividend", ex_date=start_of_day("2012-08-09"), amount=2.65, currency="USD"
        ),
        CorporateAction(symbol="AAPL", kind="spin_off", ex_date=start_of_day("2012-08-09"), ratio=0.5),
    ]
    given = rows(["2012-08-08"], [22.1], [1e6], adj_close=np.array([18.7]))
    found = as_traded(given, others)
    assert list(found.close) == [22.1]
    assert list(found.adj_close) == [18.7]


def test_empty_prices_stay_empty_and_tiny_ones_do_not_become_zero():
    found = as_traded(rows(["2020-08-28"] * 3, [np.nan, 1e-9, 3e-7], [np.nan, 0, 5]), APPLE)
    assert np.isnan(found.close[0])
    assert np.isnan(found.volume[0])
    assert (found.close[1:] > 0).all()
    assert list(found.volume[1:]) == [0, 1]
    coins = as_traded(rows(["2024-01-01"], [np.float32(8.961e-06)], [0.1234]), [])
    assert coins.close[0] == pytest.approx(8.961e-06, rel=1e-3)
    assert coins.volume[0] == 0.1234


def test_raw_rows_come_back_as_they_are():
    given = replace(rows(["2014-06-06"], [645.5700001], [1.5]), basis="raw")
    assert as_traded(given, APPLE).close[0] == 645.5700001


def test_an_intraday_row_belongs_to_the_session_of_its_exchange():
    evening = start_of_day("2014-06-07") + 30 * 60 * 10**9  # 20:30 on Friday in New York, Saturday in UTC
    sunday = start_of_day("2014-06-09") - HOUR
    split = [CorporateAction(symbol="AAPL", kind="split", ex_date=start_of_day("2014-06-09"), ratio=7.0)]
    given = replace(rows(["2014-06-06"] * 2, [92.22428894042969] * 2, [7, 7]), interval="1m")
    given = replace(given, timestamp=np.array([evening, sunday]))
    assert list(as_traded(given, split, exchange=calendar("XNYS")).close) == [645.57, 92.22429]
    assert list(as_traded(given, split).close) == [645.57, 645.57]
    assert given.timestamp[1] // DAY * DAY < split[0].ex_date
