"""Series adjusted for splits and dividends, held against vendors' own."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import DataError, InputError
from arbitrax.domain.intervals import DAY, HOUR
from arbitrax.market_data.adjustment import adjusted_series, as_traded
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.files import read_file
from tests.market import START, daily, sample

CORPUS = os.environ.get("ARBITRAX_CORPUS")


def action(day, symbol="TEST", *, ratio=None, amount=None):
    ex_date = start_of_day(day) if isinstance(day, str) else START + day * DAY
    if amount is None:
        return CorporateAction(symbol=symbol, kind="split", ex_date=ex_date, ratio=ratio)
    return CorporateAction(symbol=symbol, kind="dividend", ex_date=ex_date, amount=amount, currency="USD")


def with_adjusted_close(bars, actions):
    return replace(bars, adj_close=adjusted_series(bars, actions, "split+dividend").close)


def factors(bars, actions):
    """Return derived and the vendor's adjusted / raw close, both 1 at the last bar."""
    derived = with_adjusted_close(replace(bars, adj_close=None), actions)
    ours, theirs = derived.adj_close / derived.close, bars.adj_close / bars.close
    return ours / ours[-1], theirs / theirs[-1]


def test_splits_and_dividends_leave_no_jump():
    bars = daily([100.0, 98.0, 49.0, 48.5], open_=[100.0, 98.0, 49.0, 48.0])
    actions = [action(1, amount=2.0), action(2, ratio=2.0), action(3, amount=0.5)]
    split = adjusted_series(bars, actions, "split")
    assert list(split.close) == [50.0, 49.0, 49.0, 48.5]
    assert list(split.volume) == [2000, 2000, 1000, 1000]
    both = adjusted_series(bars, actions, "split+dividend")
    late = 1 - 0.5 / 49
    assert both.close == pytest.approx([50 * 0.98 * late, 49 * late, 49 * late, 48.5], rel=1e-15)
    assert both.open == pytest.approx([50 * 0.98 * late, 49 * late, 49 * late, 48.0], rel=1e-15)
    assert list(both.volume) == list(split.volume)
    assert both.basis == split.basis == "adjusted"
    assert both.adj_close is None
    kept = with_adjusted_close(bars, actions)
    assert (kept.adj_close == both.close).all()
    assert (kept.close == bars.close).all()
    assert kept.basis == "raw"
    assert kept.adjusted().close == pytest.approx(both.close, rel=1e-15)


def test_a_split_and_a_dividend_of_one_day_the_amount_is_for_the_shares_before():
    bars = daily([100.0, 49.0])
    made = adjusted_series(bars, [action(1, ratio=2.0), action(1, amount=2.0)], "split+dividend")
    assert list(made.close) == [49.0, 49.0]


def test_dividends_of_one_day_are_their_sum_also_across_a_gap():
    bars = daily([100.0, 100.0, 100.0]).take([0, 2])
    made = adjusted_series(bars, [action(1, amount=2.0), action(2, amount=3.0)], "split+dividend")
    assert made.close[0] == pytest.approx(95.0, rel=1e-15)


def test_what_happened_outside_the_bars_changes_nothing():
    bars = daily([10.0, 11.0, 12.0])
    spin_off = CorporateAction(symbol="TEST", kind="spin_off", ex_date=START + DAY, ratio=0.5)
    outside = [action(0, ratio=3.0), action(0, amount=99.0), action(3, amount=1.0), action(3, ratio=2.0), spin_off]
    for mode in ("split", "split+dividend"):
        assert (adjusted_series(bars, outside, mode).close == bars.close).all()
        assert len(adjusted_series(bars.take(slice(0, 0)), outside, mode)) == 0


def test_minutes_are_adjusted_by_the_sessions_of_their_exchange():
    friday = start_of_day("2024-01-05")
    stamps = np.array([friday + 20 * HOUR, friday + DAY + HOUR // 2, friday + 3 * DAY + 15 * HOUR])
    price = np.array([70.0, 70.0, 10.0])
    bars = Bars("TEST", "30m", stamps, price, price, price, price, price)
    saturday = [action("2024-01-06", ratio=7.0)]  # takes effect on Monday
    # 19:30 in New York is Saturday in UTC, and still Friday's session.
    made = adjusted_series(bars, saturday, "split+dividend", exchange=calendar("XNYS"))
    assert list(made.close) == [10.0, 10.0, 10.0]
    assert list(adjusted_series(bars, saturday, "split").close) == [10.0, 70.0, 10.0]
    paid = adjusted_series(bars, [action("2024-01-08", amount=7.0)], "split+dividend", exchange=calendar("XNYS"))
    assert list(paid.close) == [63.0, 63.0, 10.0]


def test_what_cannot_be_adjusted_is_refused():
    bars = daily([10.0, 11.0])
    with pytest.raises(InputError, match="'dividend' is no way to adjust prices; use one of split, split"):
        adjusted_series(bars, [], "dividend")
    with pytest.raises(DataError, match="adjusted already"):
        adjusted_series(replace(bars, basis="adjusted"), [], "split+dividend")
    with pytest.raises(InputError, match=r"TEST has 1w bars, .*; adjust daily bars and resample them"):
        adjusted_series(replace(bars, interval="1w"), [], "split")
    for amount in (10.0, 11.0):
        with pytest.raises(
            DataError, match=rf"dividend of TEST on 2000-01-02, {amount:g}, is not below .* 10; correct"
        ):
            adjusted_series(bars, [action(1, amount=amount)], "split+dividend")
    with pytest.raises(DataError, match="2000-01-02, 12, is not below"):
        adjusted_series(bars, [action(1, amount=6.0), action(1, amount=6.0)], "split+dividend")


@given(
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from([2.0, 7.0, 0.1, 1.5])), max_size=4),
    st.lists(st.tuples(st.integers(1, 9), st.floats(0.01, 0.9)), max_size=4),
)
def test_the_adjusted_return_is_that_of_a_holder_who_reinvests(splits, dividends):
    close = np.linspace(90, 110, 10)
    actions = [action(day, ratio=ratio) for day, ratio in splits] + [
        action(day, amount=cash) for day, cash in dividends
    ]
    adjusted = adjusted_series(daily(close), actions, "split+dividend").close
    for day in range(1, 10):
        shares = np.prod([ratio for at, ratio in splits if at == day])
        cash = sum(amount for at, amount in dividends if at == day)
        # Cash before the ex-date buys at the close before it, less the dividend.
        wanted = shares * close[day] / (close[day - 1] - cash)
        assert adjusted[day] / adjusted[day - 1] == pytest.approx(wanted, rel=1e-12)


def by_closes_on_the_ex_date(bars, actions):
    """Return the factors of Quandl, which reinvests a dividend at the close of its ex-date and not before."""
    factor = np.ones(len(bars))
    for each in actions:
        at = int(bars.timestamp.searchsorted(each.ex_date))
        if 0 < at < len(bars):
            close = bars.close[at]
            factor[:at] *= 1 / each.ratio if each.amount is None else close / (close + each.amount)
    return factor


def test_apple_is_adjusted_as_its_vendor_did_but_for_the_day_of_the_close():
    declared = [
        action("2000-06-21", "AAPL", ratio=2.0), action("2005-02-28", "AAPL", ratio=2.0),
        action("2012-08-09", "AAPL", amount=2.65), action("2012-11-07", "AAPL", amount=2.65),
        action("2013-02-07", "AAPL", amount=2.65),
    ]  # fmt: skip
    ours, theirs = factors(sample("AAPL"), declared)
    assert np.abs(ours / theirs - 1).max() < 2e-4
    assert np.abs(by_closes_on_the_ex_date(sample("AAPL"), declared) / theirs - 1).max() < 1e-12


@pytest.mark.parametrize("symbol", ["GOOG", "FB"])
def test_shares_that_paid_nothing_are_left_as_they_are(symbol):
    ours, theirs = factors(sample(symbol), [])
    assert (ours == theirs).all()


def corpus_bars(name):
    return read_file(Path(CORPUS or "") / "daily" / f"{name}.parquet")[0].bars


def corpus_actions(symbol, source):
    with (Path(CORPUS or "") / "daily" / "corporate_actions.csv").open() as file:
        return [row for row in csv.DictReader(file) if row["symbol"] == symbol and row["source"] == source]


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="ARBITRAX_CORPUS is not set")
def test_ibm_by_the_dividends_of_one_vendor_agrees_with_the_adjusted_close_of_another():
    declared = [
        action(row["date"], "IBM", **{"ratio" if row["type"] == "split" else "amount": float(row["value"])})
        for row in corpus_actions("IBM", "alpha_vantage")
    ]
    bars = corpus_bars("IBM__bokeh_quandlwiki")
    ours, theirs = factors(bars, declared)
    assert np.abs(ours / theirs - 1).max() < 5e-4
    assert np.abs(by_closes_on_the_ex_date(bars, declared) / theirs - 1).max() < 1e-12


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="ARBITRAX_CORPUS is not set")
@pytest.mark.parametrize("symbol", ["SPY", "AAPL"])
def test_lean_factor_files_are_met(symbol):
    bars = corpus_bars(f"{symbol}__lean")
    actions = []
    for row in corpus_actions(symbol, "lean_factor_file"):  # each dated the last day before
        last = int(bars.timestamp.searchsorted(start_of_day(row["date"])))
        ex_date = int(bars.timestamp[last + 1])
        ratio = float(row["value"])
        if row["type"].startswith("split"):
            actions.append(replace(action("2000-01-01", symbol, ratio=float(round(ratio))), ex_date=ex_date))
        else:  # the declared amount, to a hundredth of a cent
            amount = round((1 - ratio) * float(bars.close[last]), 4)
            actions.append(replace(action("2000-01-01", symbol, amount=amount), ex_date=ex_date))
    lines = (Path(CORPUS or "") / "lean" / f"{symbol.lower()}_factor.csv").read_text().split()
    fields = [line.split(",") for line in lines]
    until = np.array([start_of_day(f"{day[:4]}-{day[4:6]}-{day[6:]}") for day, *_ in fields])
    factor = np.array([float(price) * float(split) for _, price, split, _ in fields])
    theirs = factor[until.searchsorted(bars.timestamp)]
    derived = with_adjusted_close(bars, actions)
    ours = derived.adj_close / derived.close
    assert np.abs(ours / (theirs / theirs[-1]) - 1).max() < 1e-5


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS, reason="ARBITRAX_CORPUS is not set")
def test_tesla_of_yahoo_goes_to_whole_cents_as_traded_and_back():
    given_ = corpus_bars("TSLA__yahoo_v8")
    columns = [getattr(given_, name) for name in ("timestamp", "open", "high", "low", "close", "volume", "adj_close")]
    splits = [action("2020-08-31", "TSLA", ratio=5.0), action("2022-08-25", "TSLA", ratio=3.0)]
    traded = as_traded(CandidateBars("TSLA", "1d", *columns, basis="split_adjusted"), splits)
    for name in ("open", "high", "low", "close"):
        cents = getattr(traded, name) * 100
        assert np.abs(cents - np.rint(cents)).max() < 1e-7
    bars = Bars(
        "TSLA", "1d", *(getattr(traded, name) for name in ("timestamp", "open", "high", "low", "close", "volume"))
    )
    back = with_adjusted_close(bars, splits)
    assert back.adj_close == pytest.approx(given_.adj_close, rel=1e-6)
    assert adjusted_series(bars, splits, "split").volume == pytest.approx(given_.volume, rel=1e-6)
