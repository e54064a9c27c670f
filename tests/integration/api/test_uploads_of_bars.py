"""Files of bars sent over HTTP: looked at, stored by real workers, refused."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from arbitrax.services.identity_ports import User
from arbitrax.storage.postgres.sql import statement
from tests.gateway import Gateway
from tests.integration.api.test_orders import audited, eventually
from tests.job_workers import Workers

PATH = "/api/v1/ingestions/uploads"
CSV = {"Content-Type": "text/csv"}
PLAIN = "date,open,high,low,close,volume\n" + "".join(
    f"2024-01-{day:02},10,11,9,{10 + day / 100},100\n" for day in range(2, 20)
)
SETTLED = "Day;Last;Settle;Open;High;Low\n" + "".join(f"2024-02-{day:02};1;10;10;11;9\n" for day in range(1, 9))


@pytest.fixture
def tom(gateway: Gateway, trader: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        yield client


def send(client: httpx2.Client, text: str | bytes, headers: dict[str, str] | None = None, **params: str) -> Any:
    return client.post(PATH, content=text, params=params, headers=CSV | (headers or {}))


def done(client: httpx2.Client, sent: httpx2.Response) -> dict[str, Any]:
    assert sent.status_code == 202, sent.text

    def over() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get(sent.headers["Location"]).json()
        return found if found["status"] in ("succeeded", "failed", "dead") else None

    found: dict[str, Any] = eventually(over)
    return found


def files(gateway: Gateway) -> list[Path]:
    return sorted(gateway.parts.uploads.glob("*"))


def bars(client: httpx2.Client, symbol: str, interval: str = "1d") -> list[dict[str, Any]]:
    answer = client.get("/api/v1/bars", params={"symbol": symbol, "interval": interval})
    found: list[dict[str, Any]] = answer.json()["data"] if answer.status_code == 200 else []
    return found


def test_a_file_is_looked_at_and_then_stored(gateway: Gateway, worker: Workers, tom: httpx2.Client) -> None:
    before = set(files(gateway))
    seen = send(tom, PLAIN, preview="true")
    assert seen.status_code == 200, seen.text
    found = seen.json()
    assert [(each["name"], each["role"]) for each in found["columns"]] == [
        (name, name) for name in ("date", "open", "high", "low", "close", "volume")
    ]
    assert (found["rows"][0], len(found["rows"])) == (["2024-01-02", "10", "11", "9", "10.02", "100"], 18)
    assert (found["interval"], found["problem"], found["ingestion"]) == ("1d", None, None)
    assert (set(files(gateway)) <= before, bars(tom, "MINE")) == (True, [])
    sent = send(tom, PLAIN, symbol="MINE")
    assert sent.json()["ingestion"] == sent.headers["Location"].rpartition("/")[2]
    outcome = done(tom, sent)
    assert outcome["status"] == "succeeded", outcome
    stored = bars(tom, "MINE")
    assert len(stored) + outcome["outcomes"][0]["symbols"][0]["quarantined"] == 18
    assert (outcome["bars_added"], outcome["rows_quarantined"]) == (len(stored), 18 - len(stored))
    assert stored[0]["close"] == "10.02"
    assert eventually(lambda: set(files(gateway)) <= before)
    listed = tom.get("/api/v1/series?search=MINE").json()["data"][0]
    assert (listed["source"], listed["quality_score"] is not None) == ("file", True)


def test_a_symbol_of_two_words_is_stored(gateway: Gateway, worker: Workers, tom: httpx2.Client) -> None:
    outcome = done(tom, send(tom, PLAIN, symbol="EUR USD"))
    assert outcome["status"] == "succeeded", outcome
    assert outcome["outcomes"][0]["symbols"][0]["symbol"] == "EUR USD"
    assert bars(tom, "EUR USD")[0]["close"] == "10.02"


def test_a_file_that_cannot_be_stored_goes_when_its_ingestion_has_failed(
    gateway: Gateway, worker: Workers, tom: httpx2.Client
) -> None:
    adjusted = "date,open,high,low,close,adj close,volume\n2024-01-25,10,11,9,10,5,100\n"
    assert done(tom, send(tom, adjusted, symbol="ADJUSTED"))["status"] == "succeeded"
    before = set(files(gateway))
    outcome = done(tom, send(tom, PLAIN, symbol="ADJUSTED"))  # which is stored with adjusted closes
    assert (outcome["status"], outcome["error"]["code"]) == ("failed", "data.invalid")
    assert eventually(lambda: set(files(gateway)) <= before)


def test_columns_are_said_where_names_do_not_tell(gateway: Gateway, worker: Workers, tom: httpx2.Client) -> None:
    plain = send(tom, SETTLED, preview="true").json()
    assert [each["role"] for each in plain["columns"]] == ["date", "close", None, "open", "high", "low"]
    mapped = {"close_column": "Settle"}
    seen = send(tom, SETTLED, preview="true", **mapped).json()
    roles = [each["role"] for each in seen["columns"]]
    assert (roles[1], roles[2]) == (None, "close")
    assert [each["name"] for each in seen["columns"]] == ["Day", "Last", "Settle", "Open", "High", "Low"]
    assert done(tom, send(tom, SETTLED, symbol="SETTLED", **mapped))["status"] == "succeeded"
    assert {each["close"] for each in bars(tom, "SETTLED")} == {"10"}
    assert send(tom, "\n\n" + SETTLED, preview="true", **mapped).json()["problem"] is None
    missing = send(tom, SETTLED, symbol="SETTLED", close_column="Close")
    assert (missing.status_code, missing.json()["code"]) == (422, "input.invalid")
    assert "it has Day, Last, Settle" in missing.json()["detail"]
    twice = send(tom, SETTLED, symbol="SETTLED", close_column="Settle", open_column="Settle")
    assert twice.status_code == 422


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no body"),
        ("a,b\n1,2\n", "no column for"),
        ("date,open,high,low,close\n", "not one row"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"date,open\xff\n", "UTF-8"),
        (";", "empty but for separators"),
        ("date,open\rhigh,low,close\n", "line 1 cannot be split into fields"),
        ("date,open,high,low,close\nsoon,1,2,3,4\n", "soon"),
    ],
)
def test_what_is_no_file_of_bars_is_refused_and_not_kept(
    gateway: Gateway, tom: httpx2.Client, text: str | bytes, says: str
) -> None:
    before = set(files(gateway))
    answer = send(tom, text, symbol="BAD")
    assert answer.status_code == 422, answer.text
    assert says in answer.json()["detail"]
    assert set(files(gateway)) <= before


def test_a_preview_says_what_is_wrong_and_shows_the_rows(tom: httpx2.Client) -> None:
    seen = send(tom, "when,a,b\n2024-01-02,1,2\n", preview="true").json()
    assert seen["rows"] == [["2024-01-02", "1", "2"]]
    assert "no column for" in seen["problem"]
    assert [each["role"] for each in seen["columns"]] == [None, None, None]


def test_other_types_sizes_and_names_are_refused(gateway: Gateway, tom: httpx2.Client, trader: User) -> None:
    assert tom.post(PATH, json={}, params={"symbol": "X"}).status_code == 415
    assert send(tom, PLAIN).json()["errors"][0]["pointer"] == "?symbol"
    assert send(tom, PLAIN, symbol="X", interval="daily").status_code == 422
    assert send(tom, PLAIN, symbol="X", nobody="takes this").status_code == 422
    plain, before = gateway.parts.most_upload, set(files(gateway))
    gateway.parts.most_upload = 500
    try:

        def parts() -> Iterator[bytes]:  # without a length
            yield from (PLAIN.encode() for _ in range(3))

        answer = tom.post(PATH, content=parts(), params={"symbol": "X"}, headers=CSV)
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
    finally:
        gateway.parts.most_upload = plain
    assert set(files(gateway)) <= before
    large = tom.post("/api/v1/ingestions", content=b" " * (2 << 20), headers={"Content-Type": "application/json"})
    assert large.status_code == 413
    with gateway.client(gateway.key(trader, "read")) as reading:
        assert send(reading, PLAIN, symbol="X").json()["code"] == "access.forbidden"


def test_the_files_of_a_user_that_wait_are_bounded_and_those_of_others_are_not(gateway: Gateway) -> None:
    size, plain = len(PLAIN), gateway.parts.most_uploads
    gateway.parts.most_uploads = 2 * size + size // 2
    one, other = (gateway.key(gateway.user(name, "trader"), "read", "trade") for name in ("una", "otto"))
    try:
        with gateway.client(one) as una, gateway.client(other) as otto, nobody_claims(gateway):
            sent = [send(una, PLAIN, {"Idempotency-Key": f"una-{each}"}, symbol=f"UNA{each}") for each in range(2)]
            assert [each.status_code for each in sent] == [202, 202]
            before = set(files(gateway))
            refused = send(una, PLAIN, symbol="UNA2")
            assert (refused.status_code, refused.json()["code"]) == (429, "upload.too_many_bytes")
            assert f"{gateway.parts.most_uploads:,} bytes" in refused.json()["detail"]
            assert refused.headers["Retry-After"]
            assert (set(files(gateway)), una.get("/api/v1/ingestions?limit=5").json()["data"][2:]) == (before, [])
            assert send(otto, PLAIN, symbol="OTTO").status_code == 202
            # What was taken is told again, and what a cancelled ingestion leaves is in nobody's way.
            assert send(una, PLAIN, {"Idempotency-Key": "una-1"}, symbol="UNA1").json() == sent[1].json()
            una.post(f"{sent[0].headers['Location']}/cancellation")
            assert send(una, PLAIN, symbol="UNA2").status_code == 202
            assert send(una, PLAIN, symbol="UNA3").status_code == 429
    finally:
        gateway.parts.most_uploads = plain


def test_a_file_is_refused_on_its_way_where_a_user_sends_too_much(gateway: Gateway, tom: httpx2.Client) -> None:
    plain, before = gateway.parts.most_uploads, set(files(gateway))
    gateway.parts.most_uploads = 1 << 20
    try:
        answer = send(tom, PLAIN + " " * (3 << 20), preview="true")
        assert (answer.status_code, answer.json()["code"]) == (429, "upload.too_many_bytes")
    finally:
        gateway.parts.most_uploads = plain
    assert set(files(gateway)) <= before


@contextmanager
def nobody_claims(gateway: Gateway) -> Iterator[None]:
    with psycopg.connect(str(gateway.settings.database_url)) as locked:
        locked.execute(statement("job_claims_lock"))
        yield


def test_a_file_above_what_other_bodies_may_have_is_stored(
    gateway: Gateway, worker: Workers, tom: httpx2.Client
) -> None:
    rows = (
        f"2023-{1 + minute // 40_000:02}-{1 + minute // 1440 % 28:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z,"
        "10,11,9,10,100\n"
        for minute in range(40_000)
    )
    text = "date,open,high,low,close,volume\n" + "".join(rows)
    assert len(text) > 1 << 20
    outcome = done(tom, send(tom, text, symbol="MANY", interval="1m"))
    assert outcome["status"] == "succeeded", outcome
    assert len(bars(tom, "MANY", "1m")) == 500


def test_the_same_request_again_is_one_ingestion_and_it_is_audited(
    gateway: Gateway, tom: httpx2.Client, admin: User
) -> None:
    headers = {"Idempotency-Key": "file-1", "X-Request-Id": "sending"}
    first, second = (send(tom, PLAIN, headers, symbol="ONCE") for _ in range(2))
    assert (first.status_code, second.headers["Idempotent-Replayed"]) == (202, "true")
    assert first.json() == second.json()
    other = send(tom, PLAIN + "2024-01-22,1,1,1,1,1\n", headers, symbol="ONCE")
    assert (other.status_code, other.json()["code"]) == (422, "input.idempotency_key")
    found = eventually(lambda: audited(gateway, admin, {"sending"}))
    assert [(each["action"], each["subject"], each["detail"]) for each in found] == [
        (
            "ingestion.upload",
            first.json()["ingestion"],
            {"source": "file", "symbol": "ONCE", "interval": "1d", "bytes": len(PLAIN)},
        )
    ]


@pytest.fixture
def una(gateway: Gateway) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(gateway.user(f"una-{os.urandom(4).hex()}", "trader"), "read", "trade")) as client:
        yield client


@pytest.fixture
def ada(gateway: Gateway, admin: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(admin, "read", "trade", "admin")) as client:
        yield client


TWO = "Date,Open,High,Low,Close,Adj Close,Volume\n2012-01-03,1,1,1,1,1,100\n2012-01-04,1,1,1,1,1,100\n"
HOURS = "".join(f"2024-01-02T{hour}:00:00Z,10,11,9,10,100\n" for hour in (15, 16, 17))


def closes(gateway: Gateway, symbol: str) -> list[float]:
    found = gateway.parts.store.bars.load(symbol, "1d", cached=False)
    assert found is not None
    return list(found.bars.close)


def test_the_bundled_prices_and_those_of_vendors_are_no_users_to_change(
    gateway: Gateway, worker: Workers, tom: httpx2.Client, ada: httpx2.Client
) -> None:
    asked = {"symbols": ["SYN-SHARED"], "source": "synthetic", "start": "2020-01-01", "end": "2020-01-31"}
    assert done(tom, tom.post("/api/v1/ingestions", json=asked))["status"] == "succeeded"
    before, listed = set(files(gateway)), ada.get("/api/v1/ingestions").json()["data"]
    for symbol, says in (("AAPL", "the bundled ones"), ("SYN-SHARED", "those of synthetic")):
        was = closes(gateway, symbol)
        weekly = send(tom, TWO, symbol=symbol, interval="1w")
        assert (weekly.status_code, weekly.json()["code"]) == (403, "access.series"), weekly.text
        for options in ({}, {"replace_source": "true"}, {"interval": "1d"}):
            refused = send(tom, TWO, symbol=symbol, **options)
            assert (refused.status_code, refused.json()["code"]) == (403, "access.series"), refused.text
            assert refused.json()["detail"] == (
                f"The 1d bars of {symbol} are {says}, and everybody's backtests use them, so you cannot change them; "
                "store yours under another symbol, or ask an admin."
            )
        assert closes(gateway, symbol) == was
    assert (set(files(gateway)), ada.get("/api/v1/ingestions").json()["data"]) == (before, listed)


def test_the_uploads_of_a_user_are_no_other_users_to_change(
    gateway: Gateway, worker: Workers, tom: httpx2.Client, una: httpx2.Client, ada: httpx2.Client
) -> None:
    assert done(tom, send(tom, PLAIN, symbol="TOMS"))["status"] == "succeeded"
    was = closes(gateway, "TOMS")
    refused = send(una, TWO, symbol="TOMS")
    assert (refused.status_code, refused.json()["code"]) == (403, "access.series")
    assert "are another user's uploads" in refused.json()["detail"]
    vendor = una.post("/api/v1/ingestions", json={"symbols": ["TOMS"], "start": "2012-01-01"})
    assert (vendor.status_code, vendor.json()["code"]) == (403, "access.series")
    assert closes(gateway, "TOMS") == was
    more = PLAIN + "2024-01-22,10,11,9,10,100\n"
    assert done(tom, send(tom, more, symbol="TOMS"))["bars_added"] == 1
    # Another interval would be used in the place of one made of these, and once an admin has changed a series it is
    # nobody's alone.
    hourly = "date,open,high,low,close,volume\n" + HOURS
    refused = send(una, hourly, symbol="TOMS", interval="1h")
    assert (refused.status_code, refused.json()["code"]) == (403, "access.series")
    assert done(tom, send(tom, hourly, symbol="TOMS", interval="1h"))["status"] == "succeeded"
    assert done(ada, send(ada, more + "2024-01-23,10,11,9,10,100\n", symbol="TOMS"))["status"] == "succeeded"
    assert "not your uploads alone" in send(tom, PLAIN, symbol="TOMS").json()["detail"]


def test_a_series_that_came_to_be_while_a_file_waited_is_not_changed(
    gateway: Gateway, worker: Workers, tom: httpx2.Client, una: httpx2.Client
) -> None:
    before = set(files(gateway))
    with nobody_claims(gateway):
        sent = [send(tom, PLAIN, symbol="RACE"), send(una, TWO, symbol="RACE")]
    outcomes = [done(client, each) for client, each in zip((tom, una), sent, strict=True)]
    stored, failed = sorted(outcomes, key=lambda each: str(each["status"]), reverse=True)
    assert (stored["status"], failed["status"]) == ("succeeded", "failed"), outcomes
    assert (failed["error"]["code"], failed["error"]["retryable"]) == ("access.series", False), failed
    assert "are another user's uploads" in failed["error"]["detail"]
    assert len(closes(gateway, "RACE")) == stored["bars_added"]
    assert eventually(lambda: set(files(gateway)) <= before)


def test_an_admin_replaces_a_series_whole_and_only_when_asked_to(
    gateway: Gateway, worker: Workers, ada: httpx2.Client
) -> None:
    was = closes(gateway, "MSFT")
    refused = send(ada, TWO, symbol="MSFT")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict.source")
    assert "the bundled ones" in refused.json()["detail"]
    assert closes(gateway, "MSFT") == was
    assert done(ada, send(ada, TWO, symbol="MSFT", replace_source="true"))["bars_added"] == 2
    assert closes(gateway, "MSFT") == [1.0, 1.0]
    listed = ada.get("/api/v1/series?search=MSFT").json()["data"][0]
    assert (listed["source"], listed["rows"]) == ("file", 2)


def test_a_vendor_that_a_user_asks_for_takes_the_place_of_nobodys_bars(
    gateway: Gateway, worker: Workers, tom: httpx2.Client
) -> None:
    changes: list[dict[str, Any]] = [
        {"source": "yahoo"},
        {"source": "auto", "replace_source": True},
        {"symbols": ["NEW", "GSPC"]},
    ]
    for change in changes:
        answer = tom.post("/api/v1/ingestions", json={"symbols": ["GSPC"], "start": "2012-01-01"} | change)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.series"), answer.text
        assert "The 1d bars of GSPC are the bundled ones" in answer.json()["detail"]
    assert done(tom, tom.post("/api/v1/ingestions", json={"symbols": ["GSPC"], "source": "sample"}))["error"] is None


def test_files_that_wait_are_their_owners_alone(gateway: Gateway, tom: httpx2.Client) -> None:
    gateway.parts.uploads.mkdir(mode=0o700, exist_ok=True)
    left = gateway.parts.uploads / "left.part"
    left.write_text("old")

    os.utime(left, (0, 0))
    send(tom, PLAIN, symbol="KEPT")
    assert not left.exists()
    assert gateway.parts.uploads.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in files(gateway)} <= {0o600}
