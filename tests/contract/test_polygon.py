"""What only Polygon (Massive) does."""

import json

import numpy as np
import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import BadPayload, NotEntitled, RateLimited, UnknownSymbol
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.providers.provider import BarRequest
from tests.contract.asking import NOW, access_to, as_traded, ask, days, equal, refusal
from tests.vendors import StandIn, answer, market

DECEMBER = days("AAPL", "2020-12-01", "2020-12-31")


def bars(request):
    return lambda adapter: adapter.bars(request)


def page(*results, **changes):
    document = {
        "ticker": "AAPL", "queryCount": len(results), "resultsCount": len(results), "adjusted": False, "status": "OK",
        "request_id": "1", "count": len(results), "results": list(results),
    }  # fmt: skip
    return answer.reply(200, json.dumps({**document, **changes}))


def bar(time, **changes):
    return {
        "v": 1.5e6,
        "vw": 10.0,
        "o": 10.0,
        "c": 10.5,
        "h": 11.0,
        "l": 9.5,
        "t": time // 1_000_000,
        "n": 3,
        **changes,
    }


@pytest.mark.parametrize("page_rows", [1, 5, 21, 22, 23])
def test_every_page_is_read(page_rows):
    with StandIn(now=lambda: NOW, page_rows=page_rows) as server:
        found = ask("polygon", access_to(server, "polygon"), bars(DECEMBER))
        expected = market.daily("AAPL", DECEMBER.start, DECEMBER.end)
        equal(as_traded(found), expected)
        asked = [each for each in server.seen if each.path.startswith("/v2/")]
    assert len(asked) == -(-len(expected) // page_rows)
    assert all(each.headers["Authorization"].startswith("Bearer ") for each in asked)
    assert not any("apiKey" in each.query for each in asked)
    assert asked[0].query == {"adjusted": "false", "sort": "asc", "limit": "50000"}


def test_lists_of_actions_have_pages_too():
    with StandIn(now=lambda: NOW, page_rows=2) as server:
        start, end = start_of_day("2014-01-01"), start_of_day("2020-12-01")
        found = ask("polygon", access_to(server, "polygon"), lambda it: it.actions("AAPL", start, end))
    assert len(found) == 2 + 4 * 7


def test_a_page_in_the_middle_that_fails_fails_all():
    with StandIn(now=lambda: NOW, page_rows=5) as server:
        server.next("AAPL", answer.good, answer.good)
        server.always("AAPL", answer.reply(500, ""))
        with pytest.raises(Exception, match="error 500"):
            ask("polygon", access_to(server, "polygon"), bars(DECEMBER))


@pytest.mark.parametrize(
    "url", ["http://elsewhere.invalid/v2/aggs?cursor=x", "//elsewhere.invalid/x", "http://127.0.0.1:1/x"]
)
def test_a_next_page_on_another_host_is_not_followed(stand_in, url):
    stand_in.always("AAPL", page(bar(NOW), next_url=url))
    assert "another host" in refusal("polygon", access_to(stand_in, "polygon"), bars(DECEMBER), BadPayload)
    assert len(stand_in.seen) == 1


@pytest.mark.parametrize("host", ["api.massive.com", "api.polygon.io"])
def test_a_next_page_at_the_vendor_is_asked_for_at_the_base_url(stand_in, host):
    first = bar(start_of_day("2020-12-01") + 5 * HOUR)
    second = bar(start_of_day("2020-12-02") + 5 * HOUR)
    stand_in.next(
        "AAPL",
        page(first, next_url=f"https://{host}/v2/aggs/ticker/AAPL/range/1/day/2020-12-01/2020-12-30?cursor=MA=="),
        page(second),
    )
    found = ask("polygon", access_to(stand_in, "polygon"), bars(DECEMBER))
    assert len(found.candidate) == 2
    assert stand_in.seen[1].query == {"cursor": "MA=="}


def test_pages_in_a_circle_end(stand_in):
    stand_in.always(
        "AAPL",
        page(bar(NOW), next_url=f"{stand_in.url}/v2/aggs/ticker/AAPL/range/1/day/2020-12-01/2020-12-30?cursor=MA=="),
    )
    assert "circle" in refusal("polygon", access_to(stand_in, "polygon"), bars(DECEMBER), BadPayload)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"resultsCount": 2}, "announces 2 rows and has 1"),
        ({"adjusted": True}, "adjusted"),
        ({"adjusted": None}, "adjusted"),
        ({"ticker": "aapl"}, "about aapl"),
        ({"status": "ERROR"}, "status is 'ERROR'"),
        ({"status": ""}, "status"),
        ({"results": [{"t": "noon"}]}, "shape"),
        ({"results": [{"o": 1.0}]}, "shape"),
        ({"results": [None]}, "shape"),
        ({"results": None, "resultsCount": 3}, "announces 3 rows and has 0"),
    ],
)
def test_an_answer_that_contradicts_itself_or_the_question_is_refused(stand_in, changes, said):
    stand_in.always("AAPL", page(bar(NOW), **changes))
    assert said in refusal("polygon", access_to(stand_in, "polygon"), bars(DECEMBER), BadPayload)


def test_a_days_bar_starts_at_midnight_in_new_york_on_both_sides_of_the_clock_change(stand_in):
    stand_in.always(
        "AAPL", page(bar(start_of_day("2020-03-06") + 5 * HOUR), bar(start_of_day("2020-03-09") + 4 * HOUR))
    )
    found = ask("polygon", access_to(stand_in, "polygon"), bars(days("AAPL", "2020-03-01", "2020-03-15"))).candidate
    assert found.timestamp.tolist() == [start_of_day("2020-03-06"), start_of_day("2020-03-09")]


def test_a_days_bar_at_another_time_keeps_it_for_the_validator(stand_in):
    stand_in.always("AAPL", page(bar(start_of_day("2020-03-06") + 20 * HOUR)))
    found = ask("polygon", access_to(stand_in, "polygon"), bars(days("AAPL", "2020-03-01", "2020-03-15"))).candidate
    assert found.timestamp.tolist() == [start_of_day("2020-03-06") + 15 * HOUR]


def test_days_of_coins_are_those_of_utc(stand_in):
    stand_in.always("X:BTCUSD", page(bar(start_of_day("2020-03-06")), ticker="X:BTCUSD"))
    found = ask("polygon", access_to(stand_in, "polygon"), bars(days("X:BTCUSD", "2020-03-01", "2020-03-15"))).candidate
    assert found.timestamp.tolist() == [start_of_day("2020-03-06")]
    assert found.currency == "USD"


def test_missing_values_and_fractions_stay(stand_in):
    lacking = bar(start_of_day("2020-12-01") + 5 * HOUR, v=1.25)
    del lacking["c"]
    stand_in.always("AAPL", page(lacking))
    found = ask("polygon", access_to(stand_in, "polygon"), bars(DECEMBER)).candidate
    assert found.volume.tolist() == [1.25]
    assert np.isnan(found.close[0])


def test_the_day_that_goes_on_is_not_final(stand_in):
    today = NOW // DAY * DAY  # 18:00 in New York
    request = BarRequest("AAPL", "1d", today - 2 * DAY, today + DAY)
    found = ask("polygon", access_to(stand_in, "polygon"), bars(request)).candidate
    assert found.timestamp.tolist() == [today - 2 * DAY, today - DAY, today]
    assert found.is_final.tolist() == [True, True, False]


def test_delayed_data_are_data_and_their_newest_minutes_are_not_final(stand_in):
    stand_in.polygon_status = "DELAYED"
    closing = start_of_day("2020-12-31") + 21 * HOUR
    request = BarRequest("AAPL", "5m", closing - 30 * MINUTE, closing)
    access = access_to(stand_in, "polygon", clock=lambda: closing)
    found = ask("polygon", access, bars(request))
    assert found.candidate.is_final.tolist() == [True, True, True, False, False, False]
    assert "15 minutes late" in found.notices[0]


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (
            429,
            {"status": "ERROR", "error": "You've exceeded the maximum requests per minute, please wait"},
            RateLimited,
            "60 s",
        ),
        (
            403,
            {"status": "NOT_AUTHORIZED", "message": "Your plan doesn't include this data timeframe."},
            NotEntitled,
            "timeframe",
        ),
        (404, {"status": "NOT_FOUND", "message": "Ticker not found."}, UnknownSymbol, "Ticker not found"),
        (400, {"status": "ERROR", "error": "bad range"}, BadPayload, "bad range"),
    ],
)
def test_refusals_say_what_the_vendor_says(stand_in, status, body, kind, said):
    stand_in.always("AAPL", answer.reply(status, json.dumps(body)))
    sentence = refusal("polygon", access_to(stand_in, "polygon"), bars(DECEMBER), kind)
    assert said in sentence
    assert "AAPL" in sentence


def test_actions_of_another_symbol_are_refused(stand_in):
    other = {
        "status": "OK",
        "results": [{"execution_date": "2020-08-31", "split_from": 1, "split_to": 4, "ticker": "MSFT"}],
    }
    stand_in.always("AAPL", answer.reply(200, json.dumps(other)))
    question = lambda adapter: adapter.actions("AAPL", 0, NOW)  # noqa: E731
    assert "MSFT" in refusal("polygon", access_to(stand_in, "polygon"), question, BadPayload)


def test_the_official_client_gets_the_same_bars(stand_in):
    massive = pytest.importorskip("massive", reason="the vendor's own client, for comparison, is not installed")
    client = massive.RESTClient(api_key=stand_in.key, base=stand_in.url)
    request = BarRequest("AAPL", "5m", start_of_day("2020-12-01"), start_of_day("2020-12-05"))
    for asked, span, count in ((DECEMBER, "day", 1), (request, "minute", 5)):
        theirs = list(
            client.list_aggs(
                "AAPL",
                count,
                span,
                asked.start // 1_000_000,
                (asked.end - 1) // 1_000_000,
                adjusted=False,
                limit=50_000,
            )
        )
        ours = ask("polygon", access_to(stand_in, "polygon"), bars(asked)).candidate
        assert len(ours) == len(theirs) > 10
        for column in ("open", "high", "low", "close", "volume"):
            assert getattr(ours, column).tolist() == [getattr(each, column) for each in theirs]
        if asked is request:
            assert (ours.timestamp // 1_000_000).tolist() == [each.timestamp for each in theirs]
