"""The adapters on what vendors really sent: every recording's rows, every error's class and sentence."""

import csv
import json
import os
import re
from pathlib import Path

import httpx2
import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import BadPayload, NoData, NotEntitled, RateLimited, Unauthorized, UnknownSymbol, VendorDown
from arbitrax.domain.intervals import DAY, HOUR, SECOND
from arbitrax.market_data.local_time import to_local, to_utc
from arbitrax.market_data.providers.access import Access
from arbitrax.market_data.providers.limits import VENDORS
from arbitrax.market_data.providers.provider import BarRequest
from tests.contract.asking import KEYS, PLANS, QUICK, OpenBucket, ask, days, refusal

CORPUS = os.environ.get("ARBITRAX_CORPUS")
pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not CORPUS, reason="ARBITRAX_CORPUS is not set")]
ROOT = Path(CORPUS or "") / "vendor"
NOW = start_of_day("2026-11-26")
EVER = (start_of_day("1980-01-01"), NOW)
IMPATIENT = replace(QUICK, patience=1.0)
ECHOED = "XXXXXXXXXXXXXXXX"
"""Where a recorded text had a key."""


def files(pattern):
    return sorted(ROOT.glob(pattern)) if CORPUS else []


def access(name, handle):
    transport = httpx2.MockTransport(handle)
    return Access(
        key=KEYS[name], plan=PLANS[name], transport=transport, bucket=OpenBucket(), clock=lambda: NOW, retries=QUICK
    )


def bars_of(name, request, handle):
    return ask(name, access(name, handle), lambda adapter: adapter.bars(request))


def close_to(found, expected):
    """Whether two columns agree in single precision, as far as Yahoo's go."""
    np.testing.assert_array_equal(np.asarray(found, dtype=np.float32), np.asarray(expected, dtype=np.float32))


# Yahoo

CHARTS = [each for each in files("yahoo/node-yahoo-finance2/*.json") if "chart" in each.name]


@pytest.mark.parametrize("path", CHARTS, ids=lambda it: it.stem)
def test_yahoos_charts(path):
    body = json.loads(path.read_bytes())["response"]["bodyJson"]
    result = body["chart"]["result"][0]
    meta, quote = result["meta"], result["indicators"]["quote"][0]
    stamps = result.get("timestamp") or []

    def handle(request):
        if request.url.params["interval"] != "3mo":
            return httpx2.Response(200, json=body)
        since = {**result, "meta": {**meta, "dataGranularity": "3mo"}, "timestamp": [meta["regularMarketTime"]]}
        return httpx2.Response(200, json={"chart": {"result": [since], "error": None}})

    request = BarRequest(meta["symbol"], meta["dataGranularity"], *EVER)
    if "notimestamp" in path.name:  # made by their origin: quotes without times
        sentence = refusal("yahoo", access("yahoo", handle), lambda adapter: adapter.bars(request), BadPayload)
        assert meta["symbol"] in sentence
        return
    found = bars_of("yahoo", request, handle)
    rows = found.candidate
    assert len(rows) == len(stamps)
    for column in ("open", "high", "low", "close", "volume"):
        close_to(getattr(rows, column), quote.get(column, []))
    if stamps:
        assert max(len(f"{each:.10g}") for each in rows.close) <= 10  # no noise
        expected = np.array(stamps) * SECOND + meta["gmtoffset"] * SECOND
        # The offset is today's; the date is the same with the one of then.
        local = to_local(np.array(stamps) * SECOND, meta["exchangeTimezoneName"]) // DAY * DAY
        assert (np.abs(expected - local) < DAY + HOUR).all()
        assert rows.timestamp.tolist() == local.tolist()
        close_to(rows.adj_close, result["indicators"]["adjclose"][0]["adjclose"])
    events = result.get("events") or {}
    kinds = [each.kind for each in found.actions]
    assert kinds.count("split") == len(events.get("splits", ()))
    assert kinds.count("dividend") == len(events.get("dividends", ()))
    assert found.asset.asset_type != "unknown"
    assert rows.currency == {"GBp": "GBX"}.get(meta["currency"], meta["currency"])
    assert found.last_quote == meta["regularMarketTime"] * SECOND


def test_yahoos_recordings_were_there():
    assert len(CHARTS) >= 25


# Polygon

AGGREGATES = files("polygon/rest/aggs*.json") + files("polygon/rest/aggs/ticker_AAPL_range*.json")


@pytest.mark.parametrize("path", [*AGGREGATES, *files("polygon/rest/aggs/*prev.json")], ids=lambda it: it.stem)
def test_polygons_aggregates(path):
    document = json.loads(path.read_bytes())
    calls = []

    def handle(request):
        calls.append(request)
        last = {**document, "next_url": None, "results": [], "resultsCount": 0}
        # They were asked for adjusted prices, which we never do.
        return httpx2.Response(200, json={**(last if len(calls) > 1 else document), "adjusted": False})

    rows = bars_of("polygon", days("AAPL", "2000-01-01", "2026-01-01"), handle).candidate
    for column in ("open", "high", "low", "close", "volume"):
        assert getattr(rows, column).tolist() == [each[column[0]] for each in document["results"]]
    local = to_local(np.array([each["t"] for each in document["results"]]) * 1_000_000, "America/New_York")
    assert rows.timestamp.tolist() == local.tolist()
    if path in AGGREGATES:
        assert (rows.timestamp % DAY == 0).all()
    assert len(calls) == (2 if "next_url" in document else 1)


def test_polygon_asked_for_prices_as_traded_refuses_adjusted_ones():
    body = json.loads((ROOT / "polygon/rest/aggs_AAPL_1day_2023-01-01_2023-01-10.json").read_bytes())
    handle = lambda request: httpx2.Response(200, json=body)  # noqa: E731
    question = lambda adapter: adapter.bars(days("AAPL", "2023-01-01", "2023-01-11"))  # noqa: E731
    assert "adjusted" in refusal("polygon", access("polygon", handle), question, BadPayload)


@pytest.mark.parametrize("kind", ["splits", "dividends"])
def test_polygons_lists(kind):
    document = json.loads((ROOT / f"polygon/rest/{kind}.json").read_bytes())
    symbol = document["results"][0]["ticker"]
    mine = [each for each in document["results"] if each["ticker"] == symbol]

    def handle(request):
        wanted = request.url.path.endswith(kind)
        return httpx2.Response(200, json={**document, "results": mine if wanted else []})

    found = ask("polygon", access("polygon", handle), lambda adapter: adapter.actions(symbol, *EVER))
    assert len(found) == len(mine) > 0
    for each, line in zip(
        found, sorted(mine, key=lambda it: it.get("execution_date") or it["ex_dividend_date"]), strict=True
    ):
        if kind == "splits":
            assert (each.ex_date, each.ratio) == (
                start_of_day(line["execution_date"]), line["split_to"] / line["split_from"],
            )  # fmt: skip
        else:
            assert (each.ex_date, each.amount) == (start_of_day(line["ex_dividend_date"]), line["cash_amount"])


# Alpha Vantage: the adapter speaks JSON; rows recorded as CSV are put into the JSON that carries them

NUMBERED = {
    "open": "1. open", "high": "2. high", "low": "3. low", "close": "4. close", "volume": "5. volume",
    "adjusted_close": "5. adjusted close", "dividend_amount": "7. dividend amount",
    "split_coefficient": "8. split coefficient",
}  # fmt: skip


def as_json(path, symbol, name):
    lines = list(csv.DictReader(path.read_text().splitlines()))
    adjusted = "adjusted_close" in lines[0]
    numbered = {**NUMBERED, "volume": "6. volume"} if adjusted else NUMBERED
    rows = {
        line.get("timestamp") or line["time"]: {numbered[key]: value for key, value in line.items() if key in numbered}
        for line in lines
    }
    meta = {
        "1. Information": "x",
        "2. Symbol": symbol,
        "3. Last Refreshed": next(iter(rows)),
        "6. Time Zone": "US/Eastern",
    }
    return {"Meta Data": meta, name: rows}, lines


def check_columns(rows, lines):
    for column in ("open", "high", "low", "close", "volume"):
        assert getattr(rows, column).tolist() == [float(line[column]) for line in lines]


@pytest.mark.parametrize(
    "name", ["TIME_SERIES_DAILY_42a08190.csv", "TIME_SERIES_DAILY_ADJUSTED_572d0539.csv", "daily_AMJ.csv"]
)
def test_alpha_vantages_days(name):
    body, lines = as_json(ROOT / "alpha_vantage/portfoliotree" / name, "IBM", "Time Series (Daily)")
    found = bars_of("alpha_vantage", BarRequest("IBM", "1d", *EVER), lambda request: httpx2.Response(200, json=body))
    check_columns(found.candidate, lines)
    assert found.candidate.timestamp.tolist() == [start_of_day(line["timestamp"]) for line in lines]
    paid = [float(line["dividend_amount"]) for line in lines if float(line.get("dividend_amount", 0))]
    assert sorted(each.amount for each in found.actions) == sorted(paid)
    if "ADJUSTED" in name:
        assert found.candidate.adj_close.tolist() == [float(line["adjusted_close"]) for line in lines]
        assert paid


@pytest.mark.parametrize(
    "name",
    [
        "portfoliotree/TIME_SERIES_INTRADAY_3dbdcdc7.csv",
        "portfoliotree/intraday_5min_IBM.csv",
        "RomelTorres/mock_time_series_extended.head.csv",
    ],
)
def test_alpha_vantages_minutes(name):
    interval = "1m" if "extended" in name else "5m"
    body, lines = as_json(ROOT / "alpha_vantage" / name, "IBM", f"Time Series ({interval}in)")
    stamps = [line.get("timestamp") or line["time"] for line in lines]
    local = np.array([np.datetime64(each, "ns") for each in stamps]).astype(np.int64)
    start = int(local.min()) // DAY * DAY
    request = BarRequest("IBM", interval, start, int(local.max()) // DAY * DAY + 2 * DAY)
    rows = bars_of("alpha_vantage", request, lambda asked: httpx2.Response(200, json=body)).candidate
    check_columns(rows, lines)
    assert rows.timestamp.tolist() == to_utc(local, "America/New_York")[0].tolist()


def test_alpha_vantages_minutes_as_json():
    body = json.loads((ROOT / "alpha_vantage/RomelTorres/mock_time_series").read_bytes())
    request = BarRequest("MSFT", "1m", start_of_day("2017-12-18"), start_of_day("2017-12-20"))
    rows = bars_of("alpha_vantage", request, lambda asked: httpx2.Response(200, json=body)).candidate
    recorded = body["Time Series (1min)"]
    assert len(rows) == len(recorded) == 100
    assert rows.close.tolist() == [float(each["4. close"]) for each in recorded.values()]
    assert rows.timestamp[0] == start_of_day("2017-12-18") + 19 * HOUR + 56 * 60 * SECOND


@pytest.mark.parametrize("name", ["mock_crypto_currencies", "mock_foreign_exchange", "global_quote"])
def test_alpha_vantages_other_functions_are_no_series(name):
    body = (ROOT / "alpha_vantage/RomelTorres" / name).read_bytes()
    handle = lambda request: httpx2.Response(200, content=body)  # noqa: E731
    question = lambda adapter: adapter.bars(BarRequest("BTC", "1d", *EVER))  # noqa: E731
    refusal("alpha_vantage", access("alpha_vantage", handle), question, BadPayload)


def test_alpha_vantages_csv_is_no_json():
    body = (ROOT / "alpha_vantage/portfoliotree/daily_AMJ.csv").read_bytes()
    handle = lambda request: httpx2.Response(200, content=body)  # noqa: E731
    question = lambda adapter: adapter.bars(BarRequest("AMJ", "1d", *EVER))  # noqa: E731
    assert "no JSON" in refusal("alpha_vantage", access("alpha_vantage", handle), question, BadPayload)


def test_alpha_vantages_search():
    body = json.loads((ROOT / "alpha_vantage/RomelTorres/symbol_search").read_bytes())
    handle = lambda request: httpx2.Response(200, json=body)  # noqa: E731
    found = ask("alpha_vantage", access("alpha_vantage", handle), lambda adapter: adapter.search("BA"))
    assert [each.symbol for each in found] == [each["1. symbol"] for each in body["bestMatches"]]
    assert (found[0].name, found[0].currency, found[0].asset_type) == ("The Boeing Company", "USD", "equity")


def test_alpha_vantages_splits_and_dividends():
    lists = {
        function: list(csv.DictReader((ROOT / "alpha_vantage/portfoliotree" / name).read_text().splitlines()))
        for function, name in (("SPLITS", "SPLITS_358e2618.csv"), ("DIVIDENDS", "DIVIDENDS_5b9f5d9f.csv"))
    }

    def handle(request):
        return httpx2.Response(200, json={"symbol": "IBM", "data": lists[request.url.params["function"]]})

    since = start_of_day("1960-01-01")
    found = ask("alpha_vantage", access("alpha_vantage", handle), lambda adapter: adapter.actions("IBM", since, NOW))
    assert [each.ratio for each in found if each.kind == "split"] == [2.0, 1.046]
    assert len([each for each in found if each.kind == "dividend"]) == len(lists["DIVIDENDS"])


# Errors

EXPECTED = {
    "yahoo/errors/404_not_found_delisted.json": UnknownSymbol,
    "yahoo/errors/400_no_data_in_range.json": None,
    "yahoo/errors/422_intraday_too_old.json": NoData,
    "yahoo/errors/422_intraday_range_too_wide.json": NoData,
    "yahoo/errors/429_too_many_requests.txt": RateLimited,
    "yahoo/errors/429_edge.html": RateLimited,
    "yahoo/errors/401_invalid_crumb.json": Unauthorized,
    "yahoo/errors/200_will_be_right_back.html": VendorDown,
    "yahoo/errors/200_chart_null.json": BadPayload,
    "alpha_vantage/errors/200_information_25_per_day.json": RateLimited,
    "alpha_vantage/errors/200_information_detected_key_25_per_day.json": RateLimited,
    "alpha_vantage/errors/200_information_burst_1_per_second.json": RateLimited,
    "alpha_vantage/errors/200_note_5_per_minute.json": RateLimited,
    "alpha_vantage/errors/200_error_message_invalid_call.json": UnknownSymbol,
    "alpha_vantage/errors/200_error_message_apikey.json": Unauthorized,
    "alpha_vantage/errors/200_information_premium_endpoint.json": NotEntitled,
    "alpha_vantage/errors/200_information_outputsize_full_premium.json": NotEntitled,
    "alpha_vantage/errors/200_information_demo_key.json": Unauthorized,
    "alpha_vantage/errors/200_empty_object.json": BadPayload,
    "alpha_vantage/errors/200_csv_request_but_json_error.json": RateLimited,
    "polygon/errors/429_max_requests.json": RateLimited,
    "polygon/errors/401_unknown_api_key.json": Unauthorized,
    "polygon/errors/401_no_api_key.json": Unauthorized,
    "polygon/errors/403_not_authorized.json": NotEntitled,
    "polygon/errors/403_timeframe.json": NotEntitled,
    "polygon/errors/403_before_end_of_day.json": NotEntitled,
    "polygon/errors/404_not_found.json": UnknownSymbol,
    "polygon/errors/200_no_results.json": None,
    "polygon/errors/200_delayed.json": 1,
    "polygon/errors/502_bad_gateway.html": VendorDown,
}
"""The class of each body; None: no rows, a number: as many rows."""
DAILY_QUOTA = {
    "200_information_25_per_day",
    "200_information_detected_key_25_per_day",
    "200_csv_request_but_json_error",
}


def errors():
    return json.loads((ROOT / "errors_index.json").read_bytes()) if CORPUS else []


def test_every_recorded_error_has_a_class():
    assert {each["file"] for each in errors()} == set(EXPECTED)


@pytest.mark.parametrize("entry", errors(), ids=lambda it: it["file"])
def test_recorded_errors(entry):
    name, symbol = entry["file"].partition("/")[0], "AAPL"
    body, kind = (ROOT / entry["file"]).read_bytes(), EXPECTED[entry["file"]]
    if entry["file"].startswith("polygon/errors/200"):
        document = json.loads(body)
        symbol, body = document["ticker"], json.dumps({**document, "adjusted": False}).encode()
    calls = []

    def handle(request):
        calls.append(request)
        return httpx2.Response(entry["http_status"], content=body, headers={"content-type": entry["content_type"]})

    request = days(symbol, "2023-01-01", "2023-01-11")
    patient = access(name, handle)
    if "burst" in entry["file"]:  # its 1.1 s would be waited for
        patient = Access(
            key=KEYS[name], plan=PLANS[name], transport=patient.transport, bucket=OpenBucket(), retries=IMPATIENT
        )
    if kind is None or kind == 1:
        assert len(bars_of(name, request, handle).candidate) == (kind or 0)
        return
    sentence = refusal(name, patient, lambda adapter: adapter.bars(request), kind)
    assert VENDORS[name].title in sentence
    assert symbol in sentence
    assert ECHOED not in sentence
    assert re.search(r"; [a-z]", sentence), f"says what to do: {sentence}"
    assert len(calls) == (QUICK.attempts if kind is VendorDown else 1)
    if kind is RateLimited:
        with pytest.raises(RateLimited) as caught:
            ask(name, patient, lambda adapter: adapter.bars(request))
        assert caught.value.daily == (Path(entry["file"]).stem in DAILY_QUOTA)
        assert (caught.value.retry_after is None) == caught.value.daily
