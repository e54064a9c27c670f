"""What only Alpha Vantage does."""

import json

import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import BadPayload, NotEntitled, RateLimited, Unauthorized, UnknownSymbol
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.providers.provider import BarRequest
from tests.contract.asking import NOW, access_to, ask, days, refusal
from tests.vendors import KEY, StandIn, answer

DECEMBER = days("IBM", "2020-12-01", "2020-12-31")
MORE = "You may subscribe to any of the premium plans to instantly unlock all premium endpoints"


def bars(request):
    return lambda adapter: adapter.bars(request)


def row(volume_key="5. volume", **changes):
    return {"1. open": "10.0", "2. high": "11.0", "3. low": "9.0", "4. close": "10.5", volume_key: "100", **changes}


def series(rows, *, refreshed="2020-12-30", name="Time Series (Daily)", **meta):
    told = {
        "1. Information": "Daily Prices",
        "2. Symbol": "IBM",
        "3. Last Refreshed": refreshed,
        "4. Output Size": "Compact",
        "5. Time Zone": "US/Eastern",
        **meta,
    }
    return answer.reply(200, json.dumps({"Meta Data": told, name: rows}))


def replied(stand_in, spoiled, request=DECEMBER, **changes):
    stand_in.next("IBM", spoiled)
    return ask("alpha_vantage", access_to(stand_in, "alpha_vantage", **changes), bars(request))


def test_a_free_key_asks_for_the_free_series_and_a_paid_one_for_all(stand_in):
    ask("alpha_vantage", access_to(stand_in, "alpha_vantage", plan="free"), bars(DECEMBER))
    ask("alpha_vantage", access_to(stand_in, "alpha_vantage"), bars(DECEMBER))
    ask("alpha_vantage", access_to(stand_in, "alpha_vantage"), bars(days("IBM", "2010-12-01", "2010-12-31")))
    assert [(each.query["function"], each.query["outputsize"]) for each in stand_in.seen] == [
        ("TIME_SERIES_DAILY", "compact"),
        ("TIME_SERIES_DAILY_ADJUSTED", "compact"),
        ("TIME_SERIES_DAILY_ADJUSTED", "full"),
    ]


def test_a_plan_that_is_told_larger_than_it_is_gets_the_vendors_refusal():
    with StandIn(now=lambda: NOW, premium=False) as server:
        sentence = refusal("alpha_vantage", access_to(server, "alpha_vantage"), bars(DECEMBER), NotEntitled)
    assert "premium" in sentence
    assert "IBM" in sentence


def test_a_short_answer_that_begins_too_late_is_no_success(stand_in):
    start = NOW // DAY * DAY - 134 * DAY
    rows = {str(np.datetime64(start + (10 + at) * DAY, "ns"))[:10]: row() for at in range(100)}
    request = BarRequest("IBM", "1d", start, NOW // DAY * DAY)
    stand_in.always("IBM", series(rows))
    sentence = refusal("alpha_vantage", access_to(stand_in, "alpha_vantage", plan="free"), bars(request), NotEntitled)
    assert "begins on" in sentence


@pytest.mark.parametrize("key", ["5. volume", "6. volume"])
def test_volume_is_the_fifth_or_the_sixth_value(stand_in, key):
    extra = {"5. adjusted close": "10.1"} if key[0] == "6" else {}
    found = replied(stand_in, series({"2020-12-30": row(key, **extra)})).candidate
    assert found.volume.tolist() == [100.0]
    assert (found.adj_close is None) == (key[0] == "5")


def test_splits_and_dividends_stand_beside_adjusted_days(stand_in):
    rows = {
        "2020-12-30": row("6. volume", **{"7. dividend amount": "0.0000", "8. split coefficient": "2.0"}),
        "2020-12-29": row("6. volume", **{"7. dividend amount": "1.6900", "8. split coefficient": "1.0"}),
    }
    found = replied(stand_in, series(rows))
    assert [(each.kind, each.ratio, each.amount) for each in found.actions] == [
        ("dividend", None, 1.69),
        ("split", 2.0, None),
    ]
    assert found.candidate.timestamp.tolist() == [start_of_day("2020-12-30"), start_of_day("2020-12-29")]
    assert found.candidate.basis == "raw"


def test_a_time_of_day_says_that_the_newest_day_goes_on(stand_in):
    rows = {"2020-12-30": row(), "2020-12-29": row()}
    assert replied(stand_in, series(rows)).candidate.is_final.tolist() == [True, True]
    assert replied(stand_in, series(rows, refreshed="2020-12-30 14:31:00")).candidate.is_final.tolist() == [False, True]


def test_minutes_are_on_new_yorks_clock_and_the_running_one_is_not_final(stand_in):
    start = start_of_day("2020-12-30") + 14 * HOUR + 30 * MINUTE
    rows = {"2020-12-30 09:35:00": row(), "2020-12-30 09:30:00": row()}
    reply = series(rows, name="Time Series (5min)", **{"4. Interval": "5min", "6. Time Zone": "US/Eastern"})
    request = BarRequest("IBM", "5m", start, start + HOUR)
    found = replied(stand_in, reply, request, clock=lambda: start + 7 * MINUTE).candidate
    assert found.timestamp.tolist() == [start + 5 * MINUTE, start]
    assert found.is_final.tolist() == [False, True]
    asked = stand_in.seen[0].query
    assert (asked["month"], asked["adjusted"], asked["interval"]) == ("2020-12", "false", "5min")


def test_a_range_over_a_month_asks_for_each_month(stand_in):
    request = BarRequest("IBM", "1h", start_of_day("2020-10-30"), start_of_day("2020-12-02"))
    found = ask("alpha_vantage", access_to(stand_in, "alpha_vantage"), bars(request)).candidate
    assert [each.query["month"] for each in stand_in.seen] == ["2020-10", "2020-11", "2020-12"]
    assert (np.diff(found.timestamp) < 0).all()
    assert found.timestamp.min() >= request.start
    assert found.timestamp.max() < request.end


@pytest.mark.parametrize(
    ("reply", "said"),
    [(series({"2020-12-30": row(**{"4. close": "ten"})}), "4. close"), (series({"the 30th": row()}), "30th"),
     (series({"2020-12-30": {"1. open": "1"}}), "shape"), (answer.reply(200, "{}"), "no series, but nothing"),
     (series({"2020-12-30": row("6. volume", **{"8. split coefficient": "-2"})}), "above zero"),
     (answer.reply(200, '{"Information": "Something new. Call us."}'), "Something new. Call us")],
)  # fmt: skip
def test_what_is_no_series_of_numbers_is_refused(stand_in, reply, said):
    stand_in.always("IBM", reply)
    assert said in refusal("alpha_vantage", access_to(stand_in, "alpha_vantage"), bars(DECEMBER), BadPayload)


def test_a_time_the_clock_skipped_is_refused(stand_in):
    reply = series({"2020-03-08 02:30:00": row()}, name="Time Series (5min)", **{"4. Interval": "5min"})
    stand_in.always("IBM", reply)
    request = BarRequest("IBM", "5m", start_of_day("2020-03-06"), start_of_day("2020-03-10"))
    assert "a time that is none" in refusal(
        "alpha_vantage", access_to(stand_in, "alpha_vantage"), bars(request), BadPayload
    )


def said(name, text):
    return answer.reply(200, json.dumps({name: text}))


def test_a_burst_is_waited_for_though_its_text_names_the_day(stand_in):
    burst = said(
        "Information",
        "Please consider spreading out your free API requests more sparingly (1 request per second). You may subscribe "
        f"to lift the free key rate limit (25 requests per day), raise the per-second burst limit. {MORE}",
    )
    stand_in.always("IBM", burst)
    access = access_to(stand_in, "alpha_vantage")
    # Its 1.1 s are longer than the patience here, so that the test need not wait.
    impatient = replace(access, retries=replace(access.retries, patience=1.0))
    with pytest.raises(RateLimited) as caught:
        ask("alpha_vantage", impatient, bars(DECEMBER))
    assert caught.value.retry_after == 1.1
    assert not caught.value.daily


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        (
            said("Note", "Our standard API call frequency is 5 calls per minute and 500 calls per day."),
            RateLimited,
            "wait 60 s",
        ),
        (
            said(
                "Information",
                f"We have detected your API key as {KEY} and our standard API rate limit is 25 requests per day. "
                "Please subscribe to any of the premium plans",
            ),
            RateLimited,
            "tomorrow",
        ),
        (
            said("Error Message", "the parameter apikey is invalid or missing."),
            Unauthorized,
            "ARBITRAX_ALPHA_VANTAGE_KEY",
        ),
        (
            said("Information", "The **demo** API key is for demo purposes only."),
            Unauthorized,
            "ARBITRAX_ALPHA_VANTAGE_KEY",
        ),
        (
            said("Error Message", "Invalid API call. Please retry or visit the documentation for X."),
            UnknownSymbol,
            "spelling",
        ),
        (said("Information", f"This is a premium endpoint. {MORE}"), NotEntitled, "premium"),
        (
            said("Information", "The outputsize=full parameter value is a premium feature for the X endpoint."),
            NotEntitled,
            "premium",
        ),
    ],
)
def test_texts_are_told_apart(stand_in, reply, kind, told):
    stand_in.always("IBM", reply)
    sentence = refusal("alpha_vantage", access_to(stand_in, "alpha_vantage"), bars(DECEMBER), kind)
    assert told in sentence
    assert "IBM" in sentence
    assert len(stand_in.seen) == 1


def test_the_days_quota_is_marked_as_the_days(stand_in):
    stand_in.always("IBM", said("Information", "Our standard API rate limit is 25 requests per day."))
    with pytest.raises(RateLimited) as caught:
        ask("alpha_vantage", access_to(stand_in, "alpha_vantage"), bars(DECEMBER))
    assert caught.value.daily


def test_dividends_in_an_unknown_currency_are_left_out(stand_in):
    async def question(adapter):
        return await adapter.actions("IBM.XYZ", start_of_day("2010-01-01"), NOW)

    found = ask("alpha_vantage", access_to(stand_in, "alpha_vantage"), question)
    assert {each.kind for each in found} <= {"split"}
