"""Corporate actions from vendors' JSON: hand-made replies in the shapes they send, and recorded ones."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import date_text, start_of_day
from arbitrax.domain.errors import DataError
from arbitrax.market_data.providers.declared_actions import polygon_actions, yahoo_actions

CORPUS = os.environ.get("ARBITRAX_CORPUS")
recorded = pytest.mark.skipif(not CORPUS, reason="ARBITRAX_CORPUS is not set")


def second(text):
    return int(np.datetime64(text, "s").astype(np.int64))


def chart(dividends=(), splits=(), *, last="2020-11-09T14:30", newest="2020-11-09T21:00", **meta):
    """Return a v8 chart reply; dividends are (stamp, amount), splits (stamp, numerator, denominator)."""
    return {
        "chart": {
            "result": [
                {
                    "meta": {
                        "symbol": "AAPL", "currency": "USD", "exchangeTimezoneName": "America/New_York",
                        "regularMarketTime": second(newest), "dataGranularity": "1d", **meta,
                    },
                    "timestamp": [second("2013-11-06T14:30"), second(last)],
                    "events": {
                        "dividends": {
                            str(second(at)): {"amount": amount, "date": second(at)} for at, amount in dividends
                        },
                        "splits": {
                            str(second(at)): {
                                "date": second(at), "numerator": new, "denominator": old, "splitRatio": f"{new}:{old}",
                            }
                            for at, new, old in splits
                        },
                    },
                }
            ],
            "error": None,
        }
    }  # fmt: skip


def short(found):
    return [
        (each.symbol, each.kind, date_text(each.ex_date), each.ratio if each.amount is None else each.amount)
        for each in found.actions
    ]


def test_yahoos_dividends_are_taken_back_to_what_was_declared():
    found = yahoo_actions(
        chart(
            [("2013-11-06T14:30", 0.108929), ("2014-08-07T13:30", 0.1175), ("2020-11-06T14:30", 0.205)],
            [("2014-06-09T13:30", 7, 1), ("2020-08-31T13:30", 4, 1)],
        )
    )
    assert short(found) == [
        ("AAPL", "dividend", "2013-11-06", 3.050012),  # 3.05, but Yahoo rounds what it divides
        ("AAPL", "split", "2014-06-09", 7.0),
        ("AAPL", "dividend", "2014-08-07", 0.47),
        ("AAPL", "split", "2020-08-31", 4.0),
        ("AAPL", "dividend", "2020-11-06", 0.205),
    ]
    assert (found.rows_read, found.notices) == (5, ())


def test_a_dividend_on_the_day_of_a_split_is_for_shares_from_before():
    found = yahoo_actions(chart([("2020-08-31T13:30", 0.25)], [("2020-08-31T13:30", 4, 1)]))
    assert short(found)[1] == ("AAPL", "dividend", "2020-08-31", 1.0)


def test_a_reply_that_ends_early_needs_the_later_splits():
    early = chart([("2014-08-07T13:30", 0.1175)], last="2014-12-31T14:30")
    with pytest.raises(DataError, match=r"ends on 2014-12-31, before its newest quote of 2020-11-09.*pass the later"):
        yahoo_actions(early)
    later = [CorporateAction(symbol="AAPL", kind="split", ex_date=start_of_day("2020-08-31"), ratio=4.0)]
    assert short(yahoo_actions(early, later_splits=later)) == [("AAPL", "dividend", "2014-08-07", 0.47)]
    assert short(yahoo_actions(early, later_splits=[]))[0][-1] == 0.1175
    # Splits alone need nothing, and those of the reply count once.
    split = chart(splits=[("2014-06-09T13:30", 7, 1)], last="2014-12-31T14:30")
    assert short(yahoo_actions(split)) == [("AAPL", "split", "2014-06-09", 7.0)]
    whole = chart([("2014-08-07T13:30", 0.1175)], [("2020-08-31T13:30", 4, 1)])
    assert short(yahoo_actions(whole, later_splits=later))[0][-1] == 0.47


def test_dates_are_those_of_the_exchanges_clock():
    found = yahoo_actions(
        chart(splits=[("2020-01-05T23:00", 2, 1)], symbol="CBA.AX", exchangeTimezoneName="Australia/Sydney")
    )
    assert short(found) == [("CBA.AX", "split", "2020-01-06", 2.0)]


def test_pence_are_a_currency_of_their_own():
    assert yahoo_actions(chart([("2020-11-06T09:00", 7.5)], currency="GBp")).actions[0].currency == "GBX"


def test_a_chart_without_events_has_none():
    reply = chart()
    del reply["chart"]["result"][0]["events"]
    assert yahoo_actions(reply).actions == ()
    reply["chart"]["result"][0]["events"] = {"capitalGains": {"1": {"amount": 1, "date": 1}}}
    assert "capital gains" in yahoo_actions(reply).notices[0]


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (
            {"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found"}}},
            "'No data found'",
        ),
        ({"chart": {"result": [], "error": None}}, "holds no chart"),
        ({"chart": None}, "holds no chart"),
        ({}, "holds no chart"),
        (chart(splits=[("2020-08-31T13:30", 4, 0)]), "has the split '0', which is no number above zero"),
        (chart([("2020-08-31T13:30", None)]), "has the amount 'None'"),
        (
            chart(splits=[("2020-08-31T13:30", 4, 1)], exchangeTimezoneName="Mars/Base"),
            "'Mars/Base' is not a time zone",
        ),
        (
            {"chart": {"result": [{**chart([("2020-08-31T13:30", 0.2)])["chart"]["result"][0], "timestamp": [[]]}]}},
            "has the time '[]'",
        ),
    ],
)
def test_a_reply_that_cannot_be_read_is_refused(reply, sentence):
    with pytest.raises(DataError) as caught:
        yahoo_actions(reply)
    assert sentence in str(caught.value)


SPLITS = {
    "status": "OK",
    "results": [
        {"ticker": "SHOP", "execution_date": "2022-06-29", "split_from": 1, "split_to": 10},
        {"ticker": "BRW", "execution_date": "2022-05-20", "split_from": 2, "split_to": 1},
        {
            "ticker": "X", "execution_date": "2025-05-20", "split_from": 20, "split_to": 21,
            "adjustment_type": "stock_dividend",
        },
    ],
}  # fmt: skip


def paid(amount, pay_date="2020-11-12", kind="CD", **more):
    return {
        "ticker": "AAPL", "ex_dividend_date": "2020-11-06", "pay_date": pay_date, "cash_amount": amount,
        "dividend_type": kind, "currency": "USD", **more,
    }  # fmt: skip


def test_polygons_splits_and_dividends():
    found = polygon_actions([SPLITS, {"status": "DELAYED", "results": [paid(0.205)]}, {"status": "OK"}])
    assert short(found) == [
        ("AAPL", "dividend", "2020-11-06", 0.205),
        ("BRW", "split", "2022-05-20", 0.5),
        ("SHOP", "split", "2022-06-29", 10.0),
        ("X", "stock_dividend", "2025-05-20", 1.05),
    ]
    assert date_text(found.actions[0].pay_date) == "2020-11-12"
    assert (found.rows_read, found.duplicates_dropped, found.notices) == (4, 0, ())


def test_polygons_special_dividend_of_the_same_day_is_added():
    found = polygon_actions([{"results": [paid(0.1), paid(0.2, "2020-12-01", "SC"), paid(0.1)], "next_url": "x"}])
    assert short(found) == [("AAPL", "dividend", "2020-11-06", 0.3)]
    assert date_text(found.actions[0].pay_date) == "2020-12-01"
    assert found.duplicates_dropped == 1
    assert found.notices == (
        "Polygon's reply has further pages that are not among these.",
        "Polygon's reply has several dividends of AAPL on 2020-11-06, taken as one, paid on the later day.",
    )


def test_polygons_dividend_of_nothing_is_left_out():
    found = polygon_actions([{"results": [paid(0)]}])
    assert found.actions == ()
    assert "dividend of 0 for AAPL" in found.notices[0]


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        ({"status": "ERROR", "error": "Unknown API Key"}, "'Unknown API Key'"),
        ({"status": "NOT_AUTHORIZED", "message": "upgrade"}, "'upgrade'"),
        ({"results": [{"ticker": "A", "c": 1.0}]}, "neither split_to nor cash_amount"),
        ({"results": [paid("0.2")]}, "has the cash_amount '0.2'"),
        ({"results": [paid(0.2, "12.11.2020")]}, "the date '12.11.2020'"),
        ({"results": [paid(0.2, ex_dividend_date=None)]}, "the date 'None'"),
        ({"results": [paid(0.2), paid(0.3, currency="EUR")]}, "dividends in USD and EUR"),
        ({"results": [SPLITS["results"][0], {**SPLITS["results"][0], "split_to": 5}]}, "two different splits of SHOP"),
    ],
)
def test_polygons_errors_are_refused(reply, sentence):
    with pytest.raises(DataError) as caught:
        polygon_actions([reply])
    assert sentence in str(caught.value)


def recording(path):
    return json.loads((Path(CORPUS) / "vendor" / path).read_text())


def yahoo_recording(name):
    return recording(f"yahoo/node-yahoo-finance2/{name}.json")["response"]["bodyJson"]


@recorded
@pytest.mark.corpus
def test_recorded_charts():
    aapl = yahoo_recording("chart-AAPL-2020-08-31-to-2020-11-07")
    with pytest.raises(DataError, match="before its newest quote of 2025-02-19"):
        yahoo_actions(aapl)
    assert short(yahoo_actions(aapl, later_splits=())) == [
        ("AAPL", "split", "2020-08-31", 4.0),
        ("AAPL", "dividend", "2020-11-06", 0.205),
    ]
    microsoft = yahoo_recording("historical-via-chart-MSFT-dividends-2021-02-01-to-2022-01-31.csv")
    assert [each[2:] for each in short(yahoo_actions(microsoft, later_splits=()))] == [
        ("2021-02-17", 0.56), ("2021-05-19", 0.56), ("2021-08-18", 0.56), ("2021-11-17", 0.62),
    ]  # fmt: skip
    nvidia = yahoo_recording("historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv")
    assert short(yahoo_actions(nvidia)) == [("NVDA", "split", "2021-07-20", 4.0)]
    assert yahoo_actions(yahoo_recording("historical-via-chart-dividends-TSLA-no-dividends")).actions == ()


@recorded
@pytest.mark.corpus
def test_every_recorded_chart_is_read():
    read = 0
    for path in sorted((Path(CORPUS) / "vendor/yahoo/node-yahoo-finance2").glob("chart-*.json")):
        reply = json.loads(path.read_text())["response"].get("bodyJson")
        if reply is not None and reply["chart"]["result"]:
            yahoo_actions(reply, later_splits=())
            read += 1
    assert read > 20


@recorded
@pytest.mark.corpus
def test_recorded_references():
    found = polygon_actions([recording("polygon/rest/splits.json"), recording("polygon/rest/dividends.json")])
    actions = {(each.symbol, each.kind, date_text(each.ex_date)): each for each in found.actions}
    assert actions["GOOGL", "split", "2022-07-18"].ratio == 20.0
    assert actions["BRW", "split", "2022-05-20"].ratio == 0.5
    assert actions["CSSEN", "dividend", "2025-06-12"].amount == 0.59375
    assert date_text(actions["CSSEN", "dividend", "2025-06-12"].pay_date) == "2025-06-30"
    assert found.rows_read == 20
