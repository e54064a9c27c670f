"""Recorded dirty data gets its verdicts, and clean data none."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.dates import start_of_day, to_nanoseconds
from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.files import read_file
from arbitrax.market_data.validation.findings import Context
from arbitrax.market_data.validation.validator import validate
from tests.candidates import XNYS, as_bars, candidate, dividend, found, rules, split
from tests.dirty_yahoo import read_dirty

CORPUS = Path(os.environ.get("ARBITRAX_CORPUS", ""))
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif("ARBITRAX_CORPUS" not in os.environ, reason="ARBITRAX_CORPUS is not set"),
]
KINDS = {
    "100x-error": {"unit_switch"},
    "bad-stock-split": {"jump", "mixed_basis"},
    "missing-div-adjust": {"adjusted_close"},
    "cg-double-count": {"adjusted_close"},
    "bad-div": {"adjusted_close", "event"},
}
"""What the name of a file says is wrong with it, and the rules that tell."""


def dirty(pattern):
    return [pytest.param(path, id=path.stem) for path in sorted(CORPUS.glob(f"dirty/yahoo/{pattern}.csv"))]


def kind_of(path):
    return next((kind for kind in KINDS if path.stem.removesuffix("-fixed").endswith(kind)), None)


def blamed(path):
    """What is said of a file by the rules of its kind."""
    rows, context = read_dirty(path)
    result = validate(rows, context)
    levels = {"error"} if kind_of(path) in {"100x-error", "bad-stock-split"} else {"error", "warn"}
    return {each.rule for each in result.findings if str(each.level) in levels} & KINDS[kind_of(path)]


@pytest.mark.parametrize("path", [each for each in dirty("*") if kind_of(each.values[0])])
def test_fault_is_found_in_the_bad_file_and_not_in_its_fixed_twin(path):
    assert bool(blamed(path)) != path.stem.endswith("-fixed")


@pytest.mark.parametrize("path", dirty("*-no-bad-divs"))
def test_good_dividends_are_not_blamed(path):
    rows, context = read_dirty(path)
    result = validate(rows, context)
    assert rules(result, "error", "warn") == set()
    assert len(result.kept) == len(rows)


@pytest.mark.parametrize("path", dirty("*-bad-stock-split") + dirty("*-100x-error"))
def test_just_the_rows_that_differ_from_the_twin_are_set_aside(path):
    rows, context = read_dirty(path)
    fixed, _ = read_dirty(path.with_name(f"{path.stem}-fixed.csv"))
    differ = np.abs(rows.close / fixed.close - 1) > 0.01
    result = validate(rows, context)
    assert sorted(each.timestamp for each in result.quarantined) == sorted(rows.timestamp[differ].tolist())


def declared(symbol, *sources):
    """Splits and dividends of the corpus; Lean's factors are of the last day before."""
    actions = []
    with (CORPUS / "daily" / "corporate_actions.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if line["symbol"] != symbol or line["source"] not in sources:
                continue
            at, value = start_of_day(line["date"]), float(line["value"])
            if line["type"] == "dividend":
                more = {"kind": "dividend", "amount": value, "currency": "USD"}
            elif line["type"] == "split":
                more = {"kind": "split", "ratio": value}
            elif line["type"].startswith("split_factor_change"):
                at = int(XNYS.table.date[XNYS.table.date.searchsorted(at, "right")])
                more = {"kind": "split", "ratio": round(value, 3)}
            else:
                continue
            actions.append(CorporateAction(symbol=symbol, ex_date=at, **more))
    return in_order(actions)


def daily(name):
    (series,) = read_file(CORPUS / "daily" / f"{name}.parquet")
    bars = series.bars
    columns = (bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume)
    return CandidateBars(bars.symbol, bars.interval, *columns, adj_close=bars.adj_close, source="corpus")


def checked(name, *sources, **more):
    rows = daily(name)
    return rows, validate(rows, Context(calendar=XNYS, actions=declared(rows.symbol, *sources), **more))


@pytest.mark.parametrize(
    ("name", "asset_type"),
    [
        ("COST__zipline_bundle", "equity"),
        ("MMM__zipline_bundle", "equity"),
        ("INTC__zipline_bundle", "equity"),
        ("GSPC__arch_yahoo", "index"),
        ("SPY__lean", "etf"),
        ("FB__bokeh_quandlwiki", "equity"),
        ("GOOG__bokeh_quandlwiki", "equity"),
        ("TSLA__yahoo_v8", "equity"),
    ],
)
def test_clean_series_are_kept_without_doubt(name, asset_type):
    rows, result = checked(name, name.partition("__")[2], "lean_factor_file", asset_type=asset_type)
    assert rules(result, "warn", "error") == set()
    assert len(result.kept) == len(rows)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AAPL__lean", {"wick": ["2009-09-21", "2011-01-03"], "jump": ["2000-09-29"]}),
        ("AAPL__bokeh_quandlwiki", {"jump": ["2000-09-29"]}),
        ("IBM__bokeh_quandlwiki", {}),
        ("IWM__lean", {"wick": ["2008-09-19"]}),
        ("BAC__lean", {"wick": ["2001-11-12"], "jump": ["2009-04-09"]}),
        ("MSFT__bokeh_quandlwiki", {"jump": ["2003-02-18"]}),  # a 2:1 split that the list does not have
    ],
)
def test_known_defects_and_crashes_are_flagged_and_kept(name, expected):
    rows, result = checked(name, "lean_factor_file")
    assert len(result.kept) == len(rows)
    for rule, dates in expected.items():
        assert {start_of_day(each) for each in dates} <= set(found(result, rule, "warn"))
    assert rules(result, "warn", "error") == set(expected)
    assert len(found(result, "jump", "warn")) == len(expected.get("jump", ()))


def test_splits_in_raw_prices_are_explained():
    _, result = checked("AAPL__lean", "lean_factor_file")
    dates = ("2000-06-21", "2005-02-28", "2014-06-09", "2020-08-31")
    assert found(result, "jump", "info") == [start_of_day(each) for each in dates]


def test_the_crash_of_aig_is_no_error():
    rows, result = checked("AIG__lean", "lean_factor_file")
    assert len(result.kept) == len(rows)
    assert rules(result, "warn", "error") == {"jump", "wick"}


def test_phantom_holidays_of_dell():
    _, result = checked("DELL__zipline_bundle", "zipline_bundle")
    assert len(found(result, "session", "error")) == 20
    assert rules(result, "warn", "error") == {"session"}


def test_adjusted_volumes_beside_raw_prices():
    rows, result = checked("AAPL__zipline_bundle", "zipline_bundle")
    before = rows.timestamp[rows.timestamp < start_of_day("2014-06-09")]
    assert found(result, "mixed_basis", "error") == before.tolist()


@pytest.mark.parametrize("name", ["AAPL__1min__lean", "IBM__1min__lean", "BTCUSD__1min__lean_coinbase"])
def test_minutes_are_kept(name):
    (series,) = read_file(CORPUS / "intraday" / f"{name}.parquet")
    bars = series.bars
    columns = (bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume)
    rows = CandidateBars(bars.symbol, bars.interval, *columns, source="corpus")
    crypto = bars.symbol == "BTCUSD"
    known = Context(
        calendar=calendar("24/7") if crypto else XNYS,
        asset_type="crypto" if crypto else "equity",
        actions=declared(bars.symbol, "lean_factor_file"),
    )
    result = validate(rows, known)
    assert len(result.kept) == len(rows)
    # Apple's first trade after its 7:1 split is recorded at the old price.
    assert (
        found(result, "jump", "warn") == ([start_of_day("2014-06-09") + 480 * MINUTE] if bars.symbol == "AAPL" else [])
        or crypto
    )


def real_rows():
    path = CORPUS / "dirty" / "real_rows.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    return [pytest.param(line, id=f"{line['rule']}-{line['symbol']}-{line['date']}") for line in lines]


VERDICTS = {
    "bad_tick_low": ("wick", "warn"),
    "bad_tick_high": ("wick", "warn"),
    "bad_tick_open": ("jump", "warn"),
    "low_above_open": ("price_outside_range", "warn"),
    "zero_volume_session": ("volume", "warn"),
    "holiday_row": ("session", "error"),
    "volume_scale": ("sources_differ", "info"),
    "real_split": ("jump", "info"),
    "real_crash": ("jump", "warn"),
    "ticker_reuse": ("identity_break", "error"),
}


@pytest.mark.parametrize("line", real_rows())
def test_real_row_gets_its_verdict(line):
    row, at = json.loads(line["row"]), start_of_day(line["date"])
    prices = {name: row[name] for name in ("open", "high", "low", "close", "volume")}
    session = int(XNYS.table.date.searchsorted(at))
    before = XNYS.table.date[session - 30 : session].copy()
    last = {"real_crash": 53.5, "real_split": 645.57, "bad_tick_open": 79.79, "WM": 0.16, "EEM": 9.98}
    # The close before, as the file that the row is from has it.
    close = last.get(line["rule"], last.get(line["symbol"], prices["close"]))
    if line["rule"] == "ticker_reuse":
        before = XNYS.table.date[session - 250 : session - 220].copy()
    rows = candidate(*((int(time), close, close, close, close, 1000) for time in before), (at, *prices.values()))
    actions = (split("2014-06-09", 7.0),) if line["rule"] == "real_split" else ()
    other = None
    if line["reference"]:
        reference = json.loads(line["reference"])
        other = as_bars(candidate((at, *(reference[name] for name in prices))))
    result = validate(rows, Context(calendar=XNYS, actions=actions, other=other))
    rule, level = VERDICTS[line["rule"]]
    assert at in found(result, rule, level) or (rule == "identity_break" and at in found(result, rule))
    if level != "error":
        assert at in result.kept.timestamp
    if rule == "identity_break":
        assert found(result, rule, "error") == before.tolist()


@pytest.fixture(scope="module")
def case():
    cases = {each["id"]: each for each in json.loads((CORPUS / "dirty" / "cases.json").read_text(encoding="utf-8"))}
    checked_here = {name.removeprefix("test_case_") for name in globals() if name.startswith("test_case_")}
    assert set(cases) == checked_here
    return cases


def rows_of(case, interval="1d", **more):
    rows = []
    for row in case["rows"]:
        text = row["t"]
        at = start_of_day(text) if len(text) == 10 else None
        if at is None:
            from datetime import UTC, datetime

            moment = datetime.fromisoformat(text)
            at = to_nanoseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        close = row.get("c", np.nan)
        values = (row.get("o", close), row.get("h", close), row.get("l", close), close, row.get("v", 1))
        rows.append((at, *(np.nan if value is None else value for value in values)))
    return candidate(*rows, interval=interval, **more)


def test_case_dup_same_day_amzn(case):
    result = validate(rows_of(case["dup_same_day_amzn"]))
    assert result.kept.volume.tolist() == [4945900]
    assert result.quarantined[0].row["volume"] == 4959679
    assert rules(result) == {"duplicate_timestamp"}


def test_case_identical_prices_fund(case):
    result = validate(rows_of(case["identical_prices_fund"]), Context(calendar=XNYS))
    assert len(result.kept) == 2
    assert result.findings == ()


def test_case_saturday_bar_spike(case):
    result = validate(rows_of(case["saturday_bar_spike"]), Context(calendar=XNYS))
    assert found(result, "session", "error") == [start_of_day("2019-01-26")]
    assert len(result.kept) == 2
    unknown = validate(rows_of(case["saturday_bar_spike"]))
    assert found(unknown, "unit_switch", "error") == [start_of_day("2019-01-26")]


def test_case_minute_high_spike_amc(case):
    result = validate(rows_of(case["minute_high_spike_amc"], "1m"), Context(calendar=XNYS))
    assert rules(result) == {"wick"}


def test_case_split_not_applied_bcan(case):
    rows = rows_of(case["split_not_applied_bcan"], basis="split_adjusted")
    result = validate(rows, Context(calendar=XNYS, actions=(split("2024-03-22", 0.005263),)))
    assert found(result, "jump", "error") == [start_of_day("2024-03-21")]


def test_case_raw_series_nvda(case):
    assert "never merge" in case["raw_series_nvda"]["expect"]
    rows = candidate(("2021-07-19", 751, 751, 751, 751, 1), ("2021-07-20", 187, 187, 186, 186, 1))
    actions = (split("2021-07-20", 4.0),)
    assert rules(validate(rows, Context(actions=actions)), "warn", "error") == set()
    merged = candidate(("2021-07-19", 187.8, 188, 187, 187.8, 1), ("2021-07-20", 187, 187, 186, 186, 1))
    assert rules(validate(merged, Context(actions=actions)), "error") == {"mixed_basis"}


def test_case_partial_day_av(case):
    (row,) = case["partial_day_av"]["rows"]
    assert row["meta_last_refreshed"] == "2018-05-31 14:43:40"
    refreshed = start_of_day("2018-05-31") + (18 * 60 + 43) * MINUTE
    result = validate(candidate((row["t"], 1, 1, 1, 1, 1)), Context(calendar=XNYS, last_quote=refreshed))
    assert result.kept.is_final.tolist() == [False]


def test_case_tz_switch_mid_file(case):
    bad = rows_of(case["tz_switch_mid_file"], "30m")
    local = [
        (start_of_day(date) + (570 + 30 * n) * MINUTE, 609, 609, 609, 609, 5)
        for date in ("2025-02-11", "2025-02-12", "2025-02-13")
        for n in range(13)
    ]
    good = [(int(bad.timestamp[1]) + 30 * n * MINUTE, 609, 609, 609, 609, 5) for n in range(13)]
    mixed = candidate((int(bad.timestamp[0]), 609, 609, 609, 609, 0), *local, *good, interval="30m")
    result = validate(mixed, Context(calendar=XNYS))
    assert found(result, "time_zone", "error") == [each[0] for each in local]


def test_case_nan_on_event_days(case):
    rows = rows_of(case["nan_on_event_days"])
    result = validate(rows, Context(calendar=XNYS, actions=(dividend("2012-06-27", 1.0),)))
    assert len(result.kept) == 0
    assert rules(result) == {"price_missing"}


def test_case_zero_open_jnj(case):
    assert case["zero_open_jnj"]["rule"] == "nonpositive_open"
    result = validate(candidate(("1962-01-03", 0, 62.1, 60.2, 61.0, 3)))
    assert rules(result) == {"price_not_positive"}
    assert result.quarantined[0].row["close"] == 61.0


def test_case_duplicate_splits(case):
    assert case["duplicate_splits"]["rule"] == "duplicate_event"
    rows = candidate(("2021-07-19", 40, 40, 40, 40, 1), ("2021-07-20", 10, 10, 10, 10, 1))
    twice = (split("2021-07-20", 4.0), split("2021-07-20", 4.0))
    assert found(validate(rows, Context(actions=twice)), "event", "warn") == [start_of_day("2021-07-20")]


def test_case_ticker_reuse_meta(case):
    assert "2022-06-09" in case["ticker_reuse_meta"]["rows"][0]["note"]
    fund = [(int(at), 12, 12, 12, 12, 1) for at in XNYS.table.date[-900:] if at < start_of_day("2022-01-20")][-20:]
    fund = fund or [(start_of_day("2022-01-19"), 12, 12, 12, 12, 1)]
    company = ("2022-06-09", 184, 184, 184, 184, 1)
    result = validate(candidate(*fund, company), Context(calendar=XNYS))
    assert found(result, "identity_break", "error") == [each[0] for each in fund]


def test_case_weekly_div_adjust(case):
    assert case["weekly_div_adjust"]["rule"] == "multi_day_adjust"
    rows = candidate(("2022-11-07", 23, 24, 23, 23.5, 1), interval="1w", source="yahoo")
    assert rules(validate(rows), "error") == {"multi_day_bar"}


def test_case_fractional_volume(case):
    volumes = [row["v"] for row in case["fractional_volume"]["rows"]]
    at = start_of_day("2020-02-04")
    rows = candidate(*((at + n * DAY, 1, 1, 1, 1, volume) for n, volume in enumerate(volumes)))
    result = validate(rows, Context(calendar=XNYS))
    assert result.findings == ()
    assert result.kept.volume.tolist() == volumes


def test_case_closing_auction(case):
    assert "tolerance" in case["closing_auction"]["expect"]
    at = start_of_day("2024-03-21")
    minutes = candidate(*((at + (810 + n) * MINUTE, 100, 100, 100, 100, 10) for n in range(390)), interval="1m")
    day = as_bars(candidate(("2024-03-21", 100, 100.2, 99.9, 100.08, 6000)))
    assert validate(minutes, Context(calendar=XNYS, daily=day)).findings == ()
