"""Stored series over REST: the catalogue, coverage against sessions, and what there is to doubt."""

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import numpy as np
import pytest

from arbitrax.domain.assets import Asset
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.validation.findings import Quarantined
from arbitrax.services.identity_ports import User
from arbitrax.services.ports import JudgedBars
from arbitrax.services.quality import judge_series
from tests.gateway import Gateway
from tests.integration.api.test_resources import pages

PATH = "/api/v1/series"
RECEIVED = start_of_day("2024-03-01")


@pytest.fixture(scope="module")
def reader(gateway: Gateway, viewer: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(viewer, "read")) as client:
        yield client


def bars_at(symbol: str, interval: str, times: np.ndarray, *, spike: int | None = None) -> Bars:
    close = np.full(len(times), 100.0) + np.arange(len(times)) % 7 * 0.1
    if spike is not None:
        close[spike] *= 3
    opened = close.copy()
    return Bars(symbol, interval, times, opened, close * 1.01, close * 0.99, close, np.full(len(times), 1000.0))


def store(gateway: Gateway, bars: Bars, *aside: Quarantined, exchange: str | None = "XNYS", judge: bool = True) -> None:
    """Store bars of an asset, and what was set aside of them."""
    found = gateway.parts.store
    counts = found.bars.store_judged(
        [JudgedBars(bars, quarantined=aside)], source="test", received=RECEIVED, rows_done=lambda _: None
    )
    assert counts[0].added == len(bars)
    found.assets.change(Asset(symbol=bars.symbol, asset_type="equity", exchange=exchange))
    if judge:
        judge_series(found, bars.symbol, bars.interval, now=time.time_ns())


def days(first: str, last: str) -> np.ndarray:
    """Return the dates of the sessions of New York."""
    return np.array(calendar("XNYS").sessions(start_of_day(first), start_of_day(last) + DAY).date)


def coverage(reader: httpx2.Client, symbol: str, interval: str = "1d", **params: str) -> dict[str, Any]:
    answer = reader.get(f"{PATH}/{symbol}/{interval}/coverage", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def parts(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(each["first"], each["last"], each["state"], each["sessions"], each["bars"]) for each in found["parts"]]


def test_the_catalogue_lists_the_samples_in_pages_with_their_quality(reader: httpx2.Client) -> None:
    whole = pages(reader, PATH)
    names = [(str(each["symbol"]), str(each["interval"])) for each in whole]
    assert {"AAPL", "GOOG", "IBM", "MSFT"} <= {symbol for symbol, _ in names}
    assert names == sorted(names)
    assert pages(reader, PATH, limit=1) == whole
    apple = next(each for each in whole if each["symbol"] == "AAPL")
    assert (apple["source"], apple["rows"], apple["last_ingestion"]) == ("sample", 3270, None)
    assert apple["quality_score"] is not None
    assert apple["doubts"] is not None
    assert [each["symbol"] for each in pages(reader, PATH, search="apple inc")] == ["AAPL"]


def test_coverage_names_the_sessions_that_lack_bars_as_an_ingestion_takes_them(
    gateway: Gateway, reader: httpx2.Client
) -> None:
    all_days = days("2023-11-01", "2023-12-29")
    gap = (all_days >= start_of_day("2023-11-20")) & (all_days <= start_of_day("2023-11-24"))  # Thanksgiving within
    store(gateway, bars_at("GAPPY", "1d", all_days[~gap]))
    found = coverage(reader, "GAPPY")
    assert found["calendar"] == "XNYS"
    assert parts(found) == [
        ("2023-11-01", "2023-11-17", "present", 13, 13),
        ("2023-11-20", "2023-11-24", "missing", 4, 0),
        ("2023-11-27", "2023-12-29", "present", 24, 24),
    ]
    assert found["sessions_behind"] > 250
    wider = coverage(reader, "GAPPY", start="2023-10-30", end="2023-11-10")
    assert parts(wider) == [
        ("2023-10-30", "2023-10-31", "missing", 2, 0),
        ("2023-11-01", "2023-11-10", "present", 8, 8),
    ]
    listed = next(each for each in pages(reader, PATH, search="gappy"))
    assert listed["doubts"]["gaps"] == 4  # type: ignore[index]  # JSON


def test_sessions_with_some_of_their_minutes_are_partial(gateway: Gateway, reader: httpx2.Client) -> None:
    sessions = calendar("XNYS").sessions(start_of_day("2023-07-03"), start_of_day("2023-07-08"))  # a half day first
    minutes = [np.arange(a, b, 5 * MINUTE) for a, b in zip(sessions.open, sessions.close, strict=True)]
    minutes[1] = minutes[1][:30]
    del minutes[2]
    store(gateway, bars_at("MINUTES", "5m", np.concatenate(minutes)))
    found = coverage(reader, "MINUTES", "5m")
    assert parts(found) == [
        ("2023-07-03", "2023-07-03", "present", 1, 42),
        ("2023-07-05", "2023-07-05", "partial", 1, 30),
        ("2023-07-06", "2023-07-06", "missing", 1, 0),
        ("2023-07-07", "2023-07-07", "present", 1, 78),
    ]
    assert [each["expected"] for each in found["parts"]] == [42, 78, 78, 78]


def test_without_a_calendar_only_long_pauses_are_missing(gateway: Gateway, reader: httpx2.Client) -> None:
    start = start_of_day("2023-05-01")
    times = np.array([start, start + DAY, start + 4 * DAY, start + 20 * DAY, start + 21 * DAY])
    store(gateway, bars_at("NOWHERE", "1d", times), exchange=None)
    found = coverage(reader, "NOWHERE")
    assert (found["calendar"], found["sessions_behind"]) == (None, None)
    assert [each[:3] for each in parts(found)] == [
        ("2023-05-01", "2023-05-05", "present"),
        ("2023-05-06", "2023-05-20", "missing"),
        ("2023-05-21", "2023-05-22", "present"),
    ]
    weekly = start + 7 * DAY * np.array([0, 1, 2, 5])
    store(gateway, bars_at("NOWHERE", "1w", weekly), exchange=None)
    assert [each[2] for each in parts(coverage(reader, "NOWHERE", "1w"))] == ["present", "missing", "present"]


def test_a_series_full_of_holes_is_told_in_so_many_parts(gateway: Gateway, reader: httpx2.Client) -> None:
    every_other = days("2000-01-03", "2023-12-29")[::2]
    store(gateway, bars_at("HOLES", "1d", every_other), judge=False)
    found = coverage(reader, "HOLES")
    assert len(found["parts"]) <= 2_000
    assert {each["state"] for each in found["parts"]} <= {"present", "partial", "missing"}
    assert sum(each["bars"] for each in found["parts"]) == len(every_other)
    assert sum(each["sessions"] for each in found["parts"]) == len(days("2000-01-03", "2023-12-29"))


def test_the_quality_report_has_gaps_spikes_rejected_rows_and_corporate_actions(
    gateway: Gateway, reader: httpx2.Client
) -> None:
    all_days = days("2023-01-03", "2023-06-30")
    aside = Quarantined(int(all_days[40]), {"open": -1.0, "close": 100.0}, "price_not_positive", "The open is -1.0.")
    kept = np.delete(all_days, [40, 60, 61])
    store(gateway, bars_at("DOUBT", "1d", kept, spike=20), aside)
    actions = [
        CorporateAction(symbol="DOUBT", kind="split", ex_date=start_of_day("2024-01-05"), ratio=2.0),
        CorporateAction(
            symbol="DOUBT", kind="dividend", ex_date=start_of_day("2023-03-10"), amount=0.5, currency="USD"
        ),
    ]
    gateway.parts.store.actions.store(actions, source="test", received=RECEIVED)
    answer = reader.get(f"{PATH}/DOUBT/1d/quality")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["rows"], found["score"] < 100) == (len(kept), True)
    assert found["doubts"]["gaps"] == 3
    assert found["doubts"]["spikes"] >= 1
    spikes = [each for each in found["findings"] if each["kind"] == "spike" and each["level"] != "info"]
    assert any(f"{kept[20].astype('M8[ns]')}"[:10] in time for each in spikes for time in each["times"])
    assert found["set_aside_count"] == 1
    rejected = found["set_aside"][0]
    assert (rejected["rules"], rejected["row"]["open"], rejected["source"]) == (["price_not_positive"], -1.0, "test")
    assert [(each["kind"], each["ex_date"], each["ratio"], each["amount"]) for each in found["actions"]] == [
        ("dividend", "2023-03-10", None, 0.5),
        ("split", "2024-01-05", 2.0, None),
    ]
    again = reader.get(f"{PATH}/DOUBT/1d/quality").json()
    assert again == found


def test_a_series_that_changed_is_judged_anew(gateway: Gateway, reader: httpx2.Client) -> None:
    all_days = days("2023-01-03", "2023-03-31")
    store(gateway, bars_at("FRESH", "1d", all_days[:-5]), judge=False)
    assert next(each for each in pages(reader, PATH, search="fresh"))["quality_score"] is None
    assert reader.get(f"{PATH}/FRESH/1d/quality").json()["rows"] == len(all_days) - 5
    store(gateway, bars_at("FRESH", "1d", all_days[-5:]), judge=False)
    assert reader.get(f"{PATH}/FRESH/1d/quality").json()["rows"] == len(all_days)
    assert next(each for each in pages(reader, PATH, search="fresh"))["quality_score"] is not None


@pytest.mark.parametrize("what", ["coverage", "quality"])
def test_what_is_not_stored_is_not_found(reader: httpx2.Client, what: str) -> None:
    missing = reader.get(f"{PATH}/APPL/1d/{what}")
    assert (missing.status_code, missing.json()["code"]) == (404, "input.unknown_name")
    assert "AAPL" in missing.json()["detail"]
    assert reader.get(f"{PATH}/AAPL/1h/{what}").status_code == 404
    assert reader.get(f"{PATH}/AAPL/daily/{what}").status_code == 422


def test_a_range_that_is_reversed_is_refused(reader: httpx2.Client) -> None:
    answer = reader.get(f"{PATH}/AAPL/1d/coverage?start=2012-01-01&end=2011-01-01")
    assert (answer.status_code, answer.json()["code"]) == (422, "input.range")


def test_a_symbol_with_a_slash_is_one_name_in_a_path(gateway: Gateway, reader: httpx2.Client) -> None:
    store(gateway, bars_at("BTC/USD", "1d", days("2024-01-02", "2024-01-31")))
    found = reader.get("/api/v1/instruments/BTC%2FUSD")
    assert (found.status_code, found.json()["symbol"]) == (200, "BTC/USD")
    assert reader.get("/api/v1/instruments/BTC%2fUSD").json() == found.json()
    assert reader.head("/api/v1/instruments/BTC%2FUSD").status_code == 200
    assert coverage(reader, "BTC%2FUSD")["symbol"] == "BTC/USD"
    assert reader.get(f"{PATH}/BTC%2FUSD/1d/quality").status_code == 200
    # What is written as two names, or as other characters, is not this one.
    for other in ("BTC/USD", "BTC%252FUSD", "BTC%01USD", "BTC%2FUSD%01"):
        assert reader.get(f"/api/v1/instruments/{other}").status_code in (404, 422), other
    unknown = reader.get("/api/v1/instruments/NO%2FSUCH%2FONE")
    assert (unknown.status_code, "NO/SUCH/ONE" in unknown.json()["detail"]) == (404, True)
    nowhere = reader.get("/api/v1/no%2Fwhere").json()
    assert (nowhere["status"], "\x01" in nowhere["detail"]) == (404, False)
