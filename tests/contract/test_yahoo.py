"""What only Yahoo does."""

import json

import numpy as np
import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import BadPayload, NoData, RateLimited, Unauthorized, UnknownSymbol
from arbitrax.domain.intervals import DAY, HOUR, MINUTE, SECOND
from arbitrax.market_data.providers.provider import BarRequest
from tests.contract.asking import NOW, access_to, as_traded, ask, days, equal, refusal
from tests.vendors import StandIn, answer, market

DECEMBER = days("AAPL", "2020-12-01", "2020-12-31")
MONDAY = start_of_day("2020-12-14")


def bars(request):
    return lambda adapter: adapter.bars(request)


def chart(stamps, *, interval="1d", quote=None, events=None, adjclose=None, **meta):
    """Return a reply with the same price in all rows, or the quote given."""
    result = {
        "meta": {
            "symbol": "AAPL", "currency": "USD", "exchangeName": "NMS", "instrumentType": "EQUITY",
            "exchangeTimezoneName": "America/New_York", "dataGranularity": interval, **meta,
        },
        "indicators": {"quote": [quote if quote is not None else prices(len(stamps))]},
    }  # fmt: skip
    if stamps:
        result["timestamp"] = [each // SECOND for each in stamps]
    if events is not None:
        result["events"] = events
    if adjclose is not None:
        result["indicators"]["adjclose"] = [{"adjclose": adjclose}]
    return answer.reply(200, json.dumps({"chart": {"result": [result], "error": None}}))


def prices(rows):
    return {
        "open": [10.0] * rows,
        "high": [11.0] * rows,
        "low": [9.0] * rows,
        "close": [10.5] * rows,
        "volume": [100] * rows,
    }


def replied(stand_in, spoiled, request=DECEMBER, *, clock=NOW, events=None):
    """Return what is made of one reply; the list of events that follows is empty unless given."""
    symbol = request.symbol
    stand_in.next(symbol, spoiled, events or chart([], interval="3mo", quote={}, symbol=symbol))
    return ask("yahoo", access_to(stand_in, "yahoo", clock=lambda: clock), bars(request))


def test_splits_after_the_range_come_along_and_are_asked_for_once(stand_in):
    async def question(adapter):
        first = await adapter.bars(days("AAPL", "2013-11-01", "2014-02-01"))
        return (
            first,
            await adapter.bars(days("AAPL", "2015-01-05", "2015-02-01")),
            await adapter.actions("AAPL", 0, NOW),
        )

    first, second, actions = ask("yahoo", access_to(stand_in, "yahoo"), question)
    assert [each.ratio for each in first.actions if each.kind == "split"] == [7.0, 4.0]
    assert [each.ratio for each in second.actions if each.kind == "split"] == [4.0]
    assert len([each for each in actions if each.kind == "split"]) == 2
    assert [each.query["interval"] for each in stand_in.seen] == ["1d", "3mo", "1d"]
    assert stand_in.seen[0].query["events"] == "div,splits,capitalGains"


def test_the_list_of_events_is_asked_for_again_after_a_while(stand_in):
    now = [NOW]

    async def question(adapter):
        await adapter.actions("AAPL", 0, NOW)
        now[0] += 16 * MINUTE
        await adapter.actions("AAPL", 0, NOW)

    ask("yahoo", access_to(stand_in, "yahoo", clock=lambda: now[0]), question)
    assert len(stand_in.seen) == 2


def test_a_split_in_the_bars_that_is_in_no_list_is_refused(stand_in):
    stamp = MONDAY + 14 * HOUR + 30 * MINUTE
    split = {"splits": {str(stamp // SECOND): {"date": stamp // SECOND, "numerator": 3, "denominator": 1}}}
    stand_in.next("AAPL", chart([stamp], events=split))
    sentence = refusal("yahoo", access_to(stand_in, "yahoo"), bars(DECEMBER), BadPayload)
    assert "split of ratio 3" in sentence


def test_single_precision_leaves_no_trace(stand_in):
    noisy = {**prices(1), "close": [166.69000244140625], "open": [1 / 3]}
    found = replied(stand_in, chart([MONDAY + 15 * HOUR], quote=noisy, adjclose=[161.6998748779297])).candidate
    assert found.close.tolist() == [166.69]
    assert found.open.tolist() == [1 / 3]  # no single: stays
    assert found.adj_close.tolist() == [161.69987]
    assert found.basis == "split_adjusted"


def test_nulls_are_kept_as_rows_without_values(stand_in):
    quote = {**prices(2), "close": [None, 10.5], "volume": [None, 7]}
    found = replied(stand_in, chart([MONDAY + 15 * HOUR, MONDAY + DAY + 15 * HOUR], quote=quote)).candidate
    assert np.isnan(found.close).tolist() == [True, False]
    assert np.isnan(found.volume).tolist() == [True, False]


def test_a_quote_with_closes_alone(stand_in):
    found = replied(stand_in, chart([MONDAY + 15 * HOUR], quote={"close": [10.5]})).candidate
    assert found.close.tolist() == [10.5]
    assert np.isnan([found.open[0], found.high[0], found.low[0], found.volume[0]]).all()


def test_no_times_and_an_empty_quote_are_no_rows(stand_in):
    assert len(replied(stand_in, chart([], quote={})).candidate) == 0


@pytest.mark.parametrize(
    ("reply", "said"),
    [(chart([], quote=prices(1)), "0 times and 1 values of open"),
     (chart([MONDAY], quote={**prices(1), "low": [1.0, 2.0]}), "1 times and 2 values of low"),
     (chart([MONDAY], interval="1mo"), "bars are of 1mo, and 1d was asked for"),
     (chart([MONDAY], exchangeTimezoneName="Mars/Base"), "not a time zone"),
     (chart([MONDAY], quote={**prices(1), "low": ["low"]}), "shape"),
     (answer.reply(200, '{"chart":{"result":null,"error":null}}'), "no chart and no reason"),
     (answer.reply(200, '{"chart":null}'), "no chart and no reason"),
     (answer.reply(200, '{"chart":{"result":[{"meta":{}}],"error":null}}'), "no chart")],
)  # fmt: skip
def test_an_answer_that_contradicts_itself_or_the_question_is_refused(stand_in, reply, said):
    stand_in.always("AAPL", reply)
    assert said in refusal("yahoo", access_to(stand_in, "yahoo"), bars(DECEMBER), BadPayload)


@pytest.mark.parametrize(
    ("zone", "stamp", "date"),
    [("America/New_York", "2020-12-14T14:30", "2020-12-14"), ("Asia/Tokyo", "2020-12-14T00:00", "2020-12-14"),
     ("Australia/Sydney", "2020-12-13T23:00", "2020-12-14"), ("UTC", "2020-12-14T00:00", "2020-12-14"),
     ("Europe/London", "2020-12-14T00:00", "2020-12-14"), ("Pacific/Auckland", "2020-12-13T21:00", "2020-12-14")],
)  # fmt: skip
def test_a_days_bar_has_the_date_of_its_session_at_the_exchange(stand_in, zone, stamp, date):
    opened = int(np.datetime64(stamp, "ns").astype(np.int64))
    found = replied(stand_in, chart([opened], exchangeTimezoneName=zone), days("AAPL", "2020-12-14", "2020-12-15"))
    assert found.candidate.timestamp.tolist() == [start_of_day(date)]
    first = stand_in.seen[0].query
    assert int(first["period1"]) * SECOND <= opened < int(first["period2"]) * SECOND


def test_days_around_the_range_that_were_only_asked_for_to_be_safe_are_left_out(stand_in):
    stamps = [MONDAY + at * DAY + 15 * HOUR for at in (-1, 0, 1, 40)]
    found = replied(stand_in, chart(stamps), BarRequest("AAPL", "1d", MONDAY, MONDAY + DAY)).candidate
    # The last was not asked for at all: that is for the validator to say.
    assert found.timestamp.tolist() == [MONDAY, MONDAY + 40 * DAY]


def running(at):
    opens, closes = MONDAY + DAY + 14 * HOUR + 30 * MINUTE, MONDAY + DAY + 21 * HOUR
    regular = {"start": opens // SECOND, "end": closes // SECOND}
    return {"regularMarketTime": at // SECOND, "currentTradingPeriod": {"regular": regular}}


def test_the_day_that_goes_on_is_not_final(stand_in):
    stamps = [MONDAY + 14 * HOUR + 30 * MINUTE, MONDAY + DAY + 14 * HOUR + 30 * MINUTE]
    noon = MONDAY + DAY + 17 * HOUR
    found = replied(stand_in, chart(stamps, **running(noon)), clock=noon)
    assert found.candidate.is_final.tolist() == [True, False]
    assert found.last_quote == noon
    evening = replied(stand_in, chart(stamps, **running(MONDAY + DAY + 21 * HOUR)), clock=NOW)
    assert evening.candidate.is_final.tolist() == [True, True]
    # Before the open of the next day, whose hours are announced already.
    early = replied(stand_in, chart(stamps[:1], **running(MONDAY + 21 * HOUR)), clock=NOW)
    assert early.candidate.is_final.tolist() == [True]


def test_a_live_row_is_not_final_and_does_not_come_twice(stand_in):
    noon = MONDAY + DAY + 17 * HOUR + 123 * SECOND
    once = replied(stand_in, chart([MONDAY + 14 * HOUR + 30 * MINUTE, noon], **running(noon)), clock=noon).candidate
    assert once.timestamp.tolist() == [MONDAY, MONDAY + DAY]
    assert once.is_final.tolist() == [True, False]
    quote = {**prices(2), "close": [10.5, 10.6]}
    twice = replied(
        stand_in, chart([MONDAY + DAY + 14 * HOUR + 30 * MINUTE, noon], quote=quote, **running(noon)), clock=noon
    )
    assert twice.candidate.timestamp.tolist() == [MONDAY + DAY]
    assert twice.candidate.close.tolist() == [10.5]
    assert twice.candidate.is_final.tolist() == [False]


def test_a_live_minute_is_left_out_where_its_bar_is_there(stand_in):
    start = MONDAY + 15 * HOUR
    live = start + 5 * MINUTE + 17 * SECOND
    request = BarRequest("AAPL", "5m", start, start + HOUR)
    meta = {"interval": "5m", **running(live)}
    there = replied(stand_in, chart([start, start + 5 * MINUTE, live], **meta), request, clock=live).candidate
    assert there.timestamp.tolist() == [start, start + 5 * MINUTE]
    assert there.is_final.tolist() == [True, False]
    alone = replied(stand_in, chart([start - 5 * MINUTE, live], **meta), request, clock=live).candidate
    assert alone.timestamp.tolist() == [start - 5 * MINUTE, live]
    assert alone.is_final.tolist() == [True, False]


@pytest.mark.parametrize(("code", "ours"), [("GBp", "GBX"), ("ZAc", "ZAC"), ("ILA", "ILA"), ("EUR", "EUR")])
def test_pence_stay_pence(stand_in, code, ours):
    found = replied(stand_in, chart([MONDAY + 15 * HOUR], currency=code))
    assert found.candidate.currency == ours
    assert found.asset.currency == ours


def test_the_asset_is_described(stand_in):
    told = {
        "symbol": "VOD.L",
        "exchangeName": "LSE",
        "longName": "Vodafone",
        "instrumentType": "EQUITY",
        "currency": "GBp",
    }
    found = replied(stand_in, chart([MONDAY + 8 * HOUR], **told), days("VOD.L", "2020-12-01", "2020-12-31")).asset
    assert (found.symbol, found.name, found.exchange, found.asset_type) == ("VOD.L", "Vodafone", "XLON", "equity")


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (
            200,
            '{"chart":{"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}',
            UnknownSymbol,
            "delisted",
        ),
        (
            422,
            '{"chart":{"result":null,"error":{"code":"Unprocessable Entity","description":"1m data not available. The '
            'requested range must be within the last 30 days."}}}',
            NoData,
            "last 30 days",
        ),
        (
            401,
            '{"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}}',
            Unauthorized,
            "Crumb",
        ),
        (200, "Too Many Requests\r\n", RateLimited, "20 minutes"),
        (429, "Edge: Too Many Requests", RateLimited, "another vendor"),
    ],
)
def test_refusals_are_told_by_their_words(stand_in, status, body, kind, said):
    stand_in.always(
        "AAPL", answer.reply(status, body, "text/html" if body[0] != "{" and status == 429 else "application/json")
    )
    sentence = refusal("yahoo", access_to(stand_in, "yahoo"), bars(DECEMBER), kind)
    assert said in sentence
    assert "AAPL" in sentence


def test_a_range_that_yahoo_says_is_empty_has_no_rows(stand_in):
    said = (
        '{"chart":{"result":null,"error":{"code":"Bad Request","description":"Data doesn\'t exist for startDate = 1"}}}'
    )
    stand_in.always("AAPL", answer.reply(400, said))
    assert len(ask("yahoo", access_to(stand_in, "yahoo"), bars(DECEMBER)).candidate) == 0


def test_what_the_stand_in_refuses_as_too_old_is_an_error_and_not_no_rows(stand_in):
    request = BarRequest("AAPL", "1m", NOW - 40 * DAY, NOW - 39 * DAY)
    assert "last 30 days" in refusal("yahoo", access_to(stand_in, "yahoo"), bars(request), NoData)


def test_many_at_once_ask_for_the_events_of_a_symbol_once():
    import asyncio

    with StandIn(now=lambda: NOW) as server:
        ranges = [days("AAPL", f"20{year}-01-01", f"20{year}-03-01") for year in range(10, 20)]

        async def question(adapter):
            return await asyncio.gather(*(adapter.bars(each) for each in ranges))

        for found, asked in zip(ask("yahoo", access_to(server, "yahoo"), question), ranges, strict=True):
            equal(as_traded(found), market.daily("AAPL", asked.start, asked.end))
        assert [each.query["interval"] for each in server.seen].count("3mo") == 1
