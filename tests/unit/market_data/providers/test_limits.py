"""Plans as token buckets, ranges as windows, vendors by name."""

import asyncio

import msgspec
import pytest

from arbitrax.domain.dates import date_text, start_of_day
from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY, HOUR
from arbitrax.market_data.calendars import TABLES, calendar
from arbitrax.market_data.providers.access import Access
from arbitrax.market_data.providers.choice import choose, provider_named
from arbitrax.market_data.providers.limits import ALPHA_VANTAGE, POLYGON, VENDORS, YAHOO
from arbitrax.market_data.providers.provider import BarRequest
from arbitrax.market_data.providers.token_bucket import ProcessBucket
from arbitrax.market_data.providers.windows import split
from arbitrax.market_data.providers.yahoo_chart import EXCHANGES

NOW = start_of_day("2026-11-26")
PLANS = [(vendor, plan) for vendor in VENDORS.values() for plan in vendor.plans]


@pytest.mark.parametrize(("vendor", "plan"), PLANS, ids=lambda it: it if isinstance(it, str) else it.name)
def test_no_window_of_the_vendors_ever_sees_more_than_its_limit(vendor, plan):
    limit = vendor.plans[plan]
    assert limit.burst >= 1
    sent = int(limit.burst + limit.rate * limit.seconds)
    assert sent <= limit.requests


def test_an_unknown_plan_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="no plan 'premum_75'; did you mean 'premium_75'"):
        ALPHA_VANTAGE.plan("premum_75")
    with pytest.raises(InputError, match="use free, starter"):
        POLYGON.plan("xyz")


def request(interval, days_back, days=None):
    start = NOW - days_back * DAY
    return BarRequest("AAPL", interval, start, NOW if days is None else start + days * DAY)


def test_minutes_of_yahoo_come_eight_days_at_a_time():
    found = split(request("1m", 20), YAHOO, "free", now=NOW)
    assert [(each.end - each.start) // DAY for each in found] == [8, 8, 4]


def test_days_of_yahoo_come_at_once():
    assert split(request("1d", 20_000), YAHOO, "free", now=NOW) == [request("1d", 20_000)]


def test_an_empty_range_needs_no_request():
    assert split(request("1d", 5, 0), YAHOO, "free", now=NOW) == []


@pytest.mark.parametrize(
    ("vendor", "plan", "interval", "days"),
    [(YAHOO, "free", "1m", 30), (YAHOO, "free", "15m", 60), (YAHOO, "free", "1h", 730), (POLYGON, "free", "1d", 730),
     (POLYGON, "developer", "1m", 3650)],
)  # fmt: skip
def test_what_is_too_old_is_refused_with_the_first_day_that_is_not(vendor, plan, interval, days):
    asked = BarRequest("AAPL", interval, NOW - days * DAY - 1, NOW)
    with pytest.raises(InputError, match=f"AAPL.*start on {date_text(NOW - days * DAY)} or later") as caught:
        split(asked, vendor, plan, now=NOW)
    assert vendor.title in str(caught.value)
    assert split(request(interval, days), vendor, plan, now=NOW)[0].start == NOW - days * DAY


def test_the_free_plan_of_alpha_vantage_has_the_latest_days_only():
    adapter = provider_named("alpha_vantage", Access(key="k"))
    with pytest.raises(InputError, match=r"latest 100 days.*2026-07-14"):
        adapter.windows(request("1d", 400), now=NOW)
    assert adapter.windows(request("1d", 100), now=NOW) == [request("1d", 100)]


def test_a_compact_answer_always_holds_the_days_that_are_asked_of_it():
    dates = calendar("XNYS").table.date
    assert max(dates.searchsorted(each + 135 * DAY) - at for at, each in enumerate(dates[:-200])) < 100


def test_months_of_alpha_vantage_are_those_of_new_york():
    adapter = provider_named("alpha_vantage", Access(key="k"))
    found = adapter.windows(BarRequest("IBM", "5m", start_of_day("2026-01-15"), start_of_day("2026-04-02")), now=NOW)
    starts = ["2026-01-15T00", "2026-02-01T05", "2026-03-01T05", "2026-04-01T04"]
    assert [each.start // 3_600_000_000_000 % 24 for each in found] == [int(each[-2:]) for each in starts]
    assert [date_text(each.start) for each in found] == [each[:10] for each in starts]
    assert found[-1].end == start_of_day("2026-04-02")


def test_a_plan_until_yesterday_is_not_asked_for_today():
    adapter = provider_named("polygon", Access(key="k"))
    evening = NOW + 2 * HOUR  # the 25th in New York still, where it is UTC-5
    day = DAY - 5 * HOUR
    for interval, end in (("1d", NOW - DAY), ("5m", NOW - day)):
        asked = BarRequest("AAPL", interval, NOW - 10 * DAY, NOW + DAY)
        assert adapter.windows(asked, now=evening)[-1].end == end
    assert adapter.windows(BarRequest("AAPL", "1d", NOW - DAY, NOW), now=evening) == []
    paid = provider_named("polygon", Access(key="k", plan="starter"))
    assert paid.windows(BarRequest("AAPL", "1d", NOW - DAY, NOW), now=evening)[-1].end == NOW


def test_weeks_are_made_here_from_days():
    with pytest.raises(InputError, match="ingest 1d and resample"):
        split(request("1w", 100), YAHOO, "free", now=NOW)


def test_auto_takes_prices_as_traded_first_and_yahoo_last():
    assert choose({"polygon", "alpha_vantage"}, "1d", "equity") == ["polygon", "alpha_vantage", "yahoo"]
    assert choose({"alpha_vantage"}, "1d") == ["alpha_vantage", "yahoo"]
    assert choose((), "1d") == ["yahoo"]
    assert choose({"polygon"}, "4h") == ["polygon"]
    assert choose({"polygon", "alpha_vantage"}, "1d", "crypto") == ["yahoo"]
    with pytest.raises(InputError, match="set a vendor's key"):
        choose((), "4h")


def test_an_unknown_vendor_is_refused():
    with pytest.raises(InputError, match="did you mean 'polygon'"):
        provider_named("polygn", Access())
    with pytest.raises(InputError, match="use auto, polygon"):
        provider_named("", Access())


def test_the_codes_of_yahoos_exchanges_name_calendars():
    known = msgspec.json.decode((TABLES / "exchanges.json").read_bytes())
    assert set(EXCHANGES.values()) <= {*known["names"], *known["aliases"]}


def test_access_shows_neither_key_nor_address():
    assert repr(Access(key="secret", base_url="http://user:secret@proxy")) == "Access(plan='free')"


async def take(bucket, times, **limit):
    return [await bucket.take("one", **limit) for _ in range(times)]


def test_a_bucket_lets_a_burst_through_and_then_one_at_a_time():
    now = [100.0]
    bucket = ProcessBucket(clock=lambda: now[0])
    assert asyncio.run(take(bucket, 5, rate=2.0, burst=3.0)) == pytest.approx([0, 0, 0, 0.5, 1.0])
    now[0] += 1.0  # the waiting two are sent, and nothing is left
    assert asyncio.run(take(bucket, 1, rate=2.0, burst=3.0)) == pytest.approx([0.5])
    now[0] += 100.0  # full again, not more than full
    assert asyncio.run(take(bucket, 4, rate=2.0, burst=3.0)) == pytest.approx([0, 0, 0, 0.5])
    assert asyncio.run(bucket.take("another", rate=2.0, burst=1.0)) == 0
