"""What holds for every vendor, against the stand-in: one class, run for each adapter."""

import logging
import socket

import httpx2
import numpy as np
import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import (
    BadPayload,
    InputError,
    RateLimited,
    Unauthorized,
    UnknownSymbol,
    VendorDown,
)
from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.market_data.providers import http_client
from arbitrax.market_data.providers.access import Access, Timeouts
from arbitrax.market_data.providers.limits import VENDORS
from arbitrax.market_data.providers.provider import BarRequest
from tests.contract.asking import (
    KEYS,
    NOW,
    PLANS,
    QUICK,
    OpenBucket,
    access_to,
    as_traded,
    ask,
    days,
    equal,
    refusal,
    without_key,
)
from tests.vendors import KEY, StandIn, alpha_vantage, answer, market, polygon, yahoo

YEAR = days("AAPL", "2020-01-01", "2020-12-31")  # a 4:1 split in it
OLD = days("AAPL", "2013-11-01", "2014-08-01")  # a 7:1 split in it, the 4:1 after it
DAYS = days("AAPL", "2020-12-01", "2020-12-15")


def bars(request):
    return lambda adapter: adapter.bars(request)


def windows_of(request):
    async def question(adapter):
        return adapter.windows(request, now=NOW)

    return question


class EveryVendor:
    """The contract of `arbitrax.market_data.providers.provider.Provider`."""

    name: str

    @pytest.mark.parametrize("request_", [YEAR, OLD, days("GE", "2021-01-01", "2021-12-31")], ids=lambda it: it.symbol)
    def test_days_are_what_was_traded(self, request_):
        later = start_of_day("2022-06-01")
        with StandIn(now=lambda: later) as server:
            found = ask(self.name, access_to(server, self.name, clock=lambda: later), bars(request_))
        equal(as_traded(found), market.daily(request_.symbol, request_.start, request_.end))
        assert found.candidate.source == self.name
        assert found.candidate.currency == "USD"
        assert found.candidate.is_final.all()

    @pytest.mark.parametrize("interval", ["1m", "5m", "1h"])
    def test_bars_of_a_day_are_what_was_traded(self, stand_in, interval):
        start = NOW // DAY * DAY - 6 * DAY
        request = BarRequest("AAPL", interval, start + 15 * 3600 * 10**9, start + 6 * DAY + 17 * 3600 * 10**9)
        found = ask(self.name, access_to(stand_in, self.name), bars(request))
        length = {"1m": MINUTE, "5m": 5 * MINUTE, "1h": 60 * MINUTE}[interval]
        expected = market.intraday("AAPL", length, request.start, request.end, from_open=self.name == "yahoo")
        assert len(expected) > 10
        equal(as_traded(found), expected)

    def test_windows_together_bring_what_one_long_request_would(self, stand_in):
        whole = BarRequest("AAPL", "5m", NOW // DAY * DAY - 55 * DAY, NOW // DAY * DAY)

        async def question(adapter):
            return [await adapter.bars(each) for each in adapter.windows(whole, now=NOW)]

        rows = [as_traded(each) for each in ask(self.name, access_to(stand_in, self.name), question)]
        expected = market.intraday("AAPL", 5 * MINUTE, whole.start, whole.end, from_open=False)
        equal(
            market.Rows(
                *(np.concatenate([getattr(one, column) for one in rows]) for column in market.Rows.__dataclass_fields__)
            ),
            expected,
        )

    def test_windows_cover_the_range_without_gap_or_overlap(self, stand_in):
        for interval in ("1d", "5m"):
            whole = BarRequest("AAPL", interval, NOW - 59 * DAY, NOW - 7 * MINUTE)
            found = ask(self.name, access_to(stand_in, self.name), windows_of(whole))
            assert found[0].start == whole.start
            assert found[-1].end == whole.end
            assert [one.end for one in found[:-1]] == [one.start for one in found[1:]]
            assert all(one.start < one.end for one in found)

    def test_an_interval_nobody_has_is_refused_before_any_request(self, stand_in):
        for interval in ("1w", "7m"):
            with pytest.raises(InputError, match=VENDORS[self.name].title):
                ask(self.name, access_to(stand_in, self.name), windows_of(BarRequest("AAPL", interval, NOW - DAY, NOW)))
        assert stand_in.seen == []

    def test_actions_are_as_declared(self, stand_in):
        start, end = start_of_day("2014-01-01"), start_of_day("2020-10-01")
        found = ask(self.name, access_to(stand_in, self.name), lambda adapter: adapter.actions("AAPL", start, end))
        assert [(each.ex_date, each.ratio) for each in found if each.kind == "split"] == [
            (day, new / old) for day, new, old in market.splits("AAPL") if start <= day < end
        ]
        assert [(each.ex_date, each.amount) for each in found if each.kind == "dividend"] == [
            pytest.approx(each, rel=1e-5) for each in market.dividends("AAPL") if start <= each[0] < end
        ]
        assert {each.currency for each in found if each.kind == "dividend"} == {"USD"}

    def test_a_range_without_sessions_has_no_rows(self, stand_in):
        found = ask(self.name, access_to(stand_in, self.name), bars(days("AAPL", "2020-12-12", "2020-12-14")))
        assert len(found.candidate) == 0

    def test_a_symbol_nobody_has_is_an_error_or_no_rows(self, stand_in):
        access = access_to(stand_in, self.name)
        if self.name == "polygon":  # which cannot tell it from a holiday
            assert len(ask(self.name, access, bars(days("ZZZZ", "2020-12-01", "2020-12-31"))).candidate) == 0
        else:
            sentence = refusal(self.name, access, bars(days("ZZZZ", "2020-12-01", "2020-12-31")), UnknownSymbol)
            assert "ZZZZ" in sentence

    def test_search_finds_by_name(self, stand_in):
        found = ask(self.name, access_to(stand_in, self.name), lambda adapter: adapter.search("apple"))
        assert [(each.symbol, each.name, each.asset_type) for each in found] == [("AAPL", "Apple Inc.", "equity")]

    def test_another_symbols_prices_are_refused(self, stand_in):
        wrong = {"polygon": polygon, "alpha_vantage": alpha_vantage, "yahoo": yahoo}[self.name]
        stand_in.next("AAPL", answer.edited(wrong.wrong_symbol))
        sentence = refusal(self.name, access_to(stand_in, self.name), bars(DAYS), BadPayload)
        assert "AAPL" in sentence
        assert "MSFT" in sentence

    def test_a_silent_vendor_is_given_up(self, stand_in):
        stand_in.always("AAPL", answer.hang)
        access = access_to(stand_in, self.name, timeouts=Timeouts(connect=10.0, read=0.05, total=60.0))
        sentence = refusal(self.name, access, bars(DAYS), VendorDown)
        assert "0.05 s" in sentence
        assert "AAPL" in sentence
        assert len(stand_in.seen) == 3  # attempts

    def test_a_vendor_that_never_finishes_is_given_up(self, stand_in):
        stand_in.always("AAPL", answer.drip)
        access = access_to(stand_in, self.name, timeouts=Timeouts(connect=10.0, read=30.0, total=0.2))
        assert "0.2 s" in refusal(self.name, access, bars(DAYS), VendorDown)

    @pytest.mark.parametrize(
        "spoiled",
        [answer.cut_off, answer.cut_off_unannounced, answer.page_for_people(), answer.page_for_people(503),
         answer.reply(500, "{}"), answer.reply(502, "")],
        ids=["cut off", "cut off unannounced", "page with 200", "page with 503", "500", "502"],
    )  # fmt: skip
    def test_a_broken_vendor_is_asked_again_and_then_given_up(self, stand_in, spoiled):
        access = access_to(stand_in, self.name)
        stand_in.next("AAPL", spoiled, spoiled)
        equal(as_traded(ask(self.name, access, bars(DAYS))), market.daily("AAPL", DAYS.start, DAYS.end))
        stand_in.always("AAPL", spoiled)
        stand_in.seen.clear()
        sentence = refusal(self.name, access, bars(DAYS), VendorDown)
        assert VENDORS[self.name].title in sentence
        assert "AAPL" in sentence
        assert len(stand_in.seen) == 3

    @pytest.mark.parametrize(
        "spoiled",
        [answer.garbage, answer.reply(200, "[]"), answer.reply(200, '"text"'), answer.reply(200, "{}"),
         answer.reply(200, '{"results": 7, "chart": 7, "Meta Data": 7, "status": "OK"}'),
         answer.reply(302, "", Location="http://elsewhere.invalid/?apikey=x")],
        ids=["garbage", "list", "text", "nothing", "another shape", "redirect"],
    )  # fmt: skip
    def test_garbage_is_refused_and_not_asked_for_again(self, stand_in, spoiled):
        stand_in.always("AAPL", spoiled)
        sentence = refusal(self.name, access_to(stand_in, self.name), bars(DAYS), BadPayload)
        assert "AAPL" in sentence
        assert len(stand_in.seen) == 1

    @pytest.mark.parametrize("header", ["0", "Thu, 31 Dec 2020 22:59:59 GMT"])
    def test_a_short_retry_after_is_honoured(self, stand_in, header):
        stand_in.next("AAPL", answer.rate_limited(header), answer.rate_limited(header))
        found = ask(self.name, access_to(stand_in, self.name), bars(DAYS))
        equal(as_traded(found), market.daily("AAPL", DAYS.start, DAYS.end))

    @pytest.mark.parametrize(("header", "seconds"), [("90", 90.0), ("Thu, 31 Dec 2020 23:01:30 GMT", 90.0)])
    def test_a_long_retry_after_is_the_callers_matter(self, stand_in, header, seconds):
        stand_in.always("AAPL", answer.rate_limited(header))
        with pytest.raises(RateLimited, match="wait 90 s") as caught:
            ask(self.name, access_to(stand_in, self.name), bars(DAYS))
        assert caught.value.retry_after == seconds
        assert not caught.value.daily
        assert len(stand_in.seen) == 1

    def test_too_many_requests_without_a_time_lasts_as_long_as_is_known_of_the_vendor(self, stand_in):
        stand_in.always("AAPL", answer.rate_limited())
        with pytest.raises(RateLimited, match="AAPL") as caught:
            ask(self.name, access_to(stand_in, self.name), bars(DAYS))
        assert caught.value.retry_after == VENDORS[self.name].limit_lasts

    def test_nobody_at_the_address(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # and not listening
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            access = Access(
                key=KEYS[self.name],
                plan=PLANS[self.name],
                base_url=url,
                bucket=OpenBucket(),
                clock=lambda: NOW,
                retries=QUICK,
            )
            assert "could not be reached" in refusal(self.name, access, bars(DAYS), VendorDown)

    def test_an_endless_answer_is_cut(self, stand_in, monkeypatch):
        monkeypatch.setattr(http_client, "MOST_BYTES", 100)
        assert "longer than" in refusal(self.name, access_to(stand_in, self.name), bars(DAYS), BadPayload)

    def test_a_token_is_taken_and_waited_for_before_each_request(self, stand_in):
        slept = []

        async def sleep(seconds):
            slept.append((seconds, len(stand_in.seen)))

        bucket = OpenBucket(wait=3.5)
        stand_in.next("AAPL", answer.reply(500, ""))
        ask(self.name, access_to(stand_in, self.name, bucket=bucket, sleep=sleep), bars(DAYS))
        sent = len(stand_in.seen)
        assert sent >= 2
        assert slept == [(3.5, before) for before in range(sent)]
        plan = VENDORS[self.name].plans[PLANS[self.name]]
        assert {each[1:] for each in bucket.taken} == {(plan.rate, plan.burst)}
        without_key(repr(bucket.taken))
        assert bucket.closed

    def test_all_keys_stay_out_of_logs(self, stand_in, caplog):
        caplog.set_level(logging.DEBUG)
        stand_in.next("AAPL", answer.reply(500, f"your apikey={KEY}"), answer.cut_off)
        ask(self.name, access_to(stand_in, self.name), bars(DAYS))
        assert any(record.name == "httpx2" for record in caplog.records)
        without_key(caplog.text + repr([vars(record) for record in caplog.records]))

    def test_another_transport_can_stand_in_for_the_network(self):
        asked = []

        def handle(request):
            asked.append(request)
            return httpx2.Response(503)

        access = Access(
            key=KEYS[self.name],
            plan=PLANS[self.name],
            transport=httpx2.MockTransport(handle),
            bucket=OpenBucket(),
            clock=lambda: NOW,
            retries=QUICK,
        )
        refusal(self.name, access, bars(DAYS), VendorDown)
        assert str(asked[0].url).startswith(VENDORS[self.name].url)
        assert "ArbitraX" in asked[0].headers["user-agent"]

    def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(self, stand_in, monkeypatch):
        for name in ("NO_PROXY", "no_proxy", "http_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTP_PROXY", stand_in.url)
        access = access_to(stand_in, self.name, base_url="http://vendor.invalid")
        equal(as_traded(ask(self.name, access, bars(DAYS))), market.daily("AAPL", DAYS.start, DAYS.end))
        monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:1")
        found = ask(self.name, access_to(stand_in, self.name), bars(DAYS))
        assert len(found.candidate) > 0

    def test_a_plan_nobody_sells_is_refused(self, stand_in):
        with pytest.raises(InputError, match="no plan 'gold'"):
            ask(self.name, access_to(stand_in, self.name, plan="gold"), bars(DAYS))


class NeedsKey:
    name: str

    def test_no_key_is_told_before_any_request(self, stand_in):
        sentence = refusal(self.name, access_to(stand_in, self.name, key=None), bars(DAYS), Unauthorized)
        assert VENDORS[self.name].key_variable in sentence
        assert stand_in.seen == []

    def test_an_unknown_key_is_told(self, stand_in):
        sentence = refusal(self.name, access_to(stand_in, self.name, key="someone-elses"), bars(DAYS), Unauthorized)
        assert VENDORS[self.name].key_variable in sentence
        assert "someone-elses" not in sentence
        assert len(stand_in.seen) == 1

    @pytest.mark.parametrize("key", ["", "two words", "line\nbreak", "naïve"])
    def test_what_can_be_no_key_is_refused_without_showing_it(self, stand_in, key):
        sentence = refusal(self.name, access_to(stand_in, self.name, key=key), bars(DAYS), Unauthorized)
        assert not key or key not in sentence

    def test_a_key_that_the_vendor_repeats_is_not_passed_on(self, stand_in):
        said = f'{{"status": "ERROR", "error": "no good: {KEY}", "Information": "no good: {KEY}"}}'
        stand_in.always("AAPL", answer.reply(200, said))
        assert "no good: ***" in refusal(self.name, access_to(stand_in, self.name), bars(DAYS), BadPayload)


class TestPolygon(EveryVendor, NeedsKey):
    name = "polygon"


class TestAlphaVantage(EveryVendor, NeedsKey):
    name = "alpha_vantage"


class TestYahoo(EveryVendor):
    name = "yahoo"
