"""What goes the short way past Litestar is answered as on the long one, whatever is right or wrong with it."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import msgspec
import pytest

from arbitrax.api.limits import make_limits
from arbitrax.api.short_way import ShortWay
from arbitrax.services.identity_ports import User
from arbitrax.telemetry.exposition import Sample
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.integration.api.conftest import forget_rates

LONG = {"Origin": "http://elsewhere.example"}
"""A header that takes a request the long way; no origin is allowed here, so that nothing else comes of it."""
OWN = {"date", "x-request-id", "ratelimit"}
"""Headers that differ from answer to answer."""
BARS = "/api/v1/bars?symbol=AAPL&start=2012-01-01&end=2013-01-01"
UNKNOWN = "ord_00000000000000ff"


@pytest.fixture(scope="module")
def tom(gateway: Gateway, exchange: Exchange, trader: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        yield client


@pytest.fixture(scope="module")
def path(tom: httpx2.Client) -> str:
    """The address of an order."""
    body = {"account": "mine", "symbol": "COIN", "side": "buy", "quantity": "1", "price": "90"}
    made = tom.post("/api/v1/orders", json=body | {"client_order_id": "short-way"})
    assert made.status_code == 201, made.text
    end = time.monotonic() + 30
    while tom.get("/api/v1/books/COIN").status_code != 200:
        assert time.monotonic() < end, "The feed does not publish the order."
        threading.Event().wait(0.05)
    return str(made.headers["Location"])


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of requests that went the short way."""
    found: list[str] = []
    find = ShortWay._find

    def noted(self: ShortWay, scope: Any) -> Any:
        asked = find(self, scope)
        if asked is not None:
            found.append(scope["path"])
        return asked

    monkeypatch.setattr(ShortWay, "_find", noted)
    return found


def seen(answer: httpx2.Response) -> tuple[int, dict[str, str], Any]:
    headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    is_json = answer.headers.get("content-type", "").endswith("json") and answer.content
    body = answer.json() if is_json else answer.content
    if isinstance(body, dict):
        own = body.pop("request_id", None), body.pop("received_at", None)
        if any(own):
            del headers["content-length"]
    return answer.status_code, headers, body


def both(client: httpx2.Client, method: str, path: str, **more: Any) -> tuple[Any, Any]:
    headers = more.pop("headers", {})
    return tuple(seen(client.request(method, path, headers=headers | extra, **more)) for extra in ({}, LONG))  # type: ignore[return-value]


def assert_same(taken: list[str], short: Any, long: Any, status: int) -> None:
    assert len(taken) == 1, "The request did not go the short way, or both did."
    assert short == long
    assert short[0] == status


def test_an_order(tom: httpx2.Client, path: str, taken: list[str]) -> None:
    assert_same(taken, *both(tom, "GET", path), 200)


def test_an_order_that_is_known(tom: httpx2.Client, path: str, taken: list[str]) -> None:
    known = {"If-None-Match": tom.get(path).headers["ETag"]}
    taken.clear()
    assert_same(taken, *both(tom, "GET", path, headers=known), 304)


def test_an_order_of_no_account_named(tom: httpx2.Client, path: str, taken: list[str]) -> None:
    assert_same(taken, *both(tom, "GET", path.partition("?")[0]), 422)  # there are two accounts


def test_an_account(tom: httpx2.Client, path: str, taken: list[str]) -> None:
    assert_same(taken, *both(tom, "GET", f"/api/v1/accounts/{path.partition('account=')[2]}"), 200)


def test_somebody_elses_account(gateway: Gateway, tom: httpx2.Client, taken: list[str]) -> None:
    theirs = next(each for each in gateway.parts.store.registry.accounts() if each.name == "theirs")
    assert_same(taken, *both(tom, "GET", f"/api/v1/accounts/{theirs.text}"), 404)


@pytest.mark.parametrize(
    ("where", "status"),
    [
        (f"/api/v1/orders/{UNKNOWN}?account=mine", 404),
        (f"/api/v1/orders/{UNKNOWN}?account=nobodys", 404),
        ("/api/v1/books/NONE", 404),
        (BARS, 200),
        ("/api/v1/bars?symbol=NONE", 404),
        ("/api/v1/bars?symbol=AAPL&start=2012-02-30", 422),
    ],
)
def test_what_is_read(tom: httpx2.Client, taken: list[str], where: str, status: int) -> None:
    assert_same(taken, *both(tom, "GET", where), status)


def test_a_book(tom: httpx2.Client, path: str, taken: list[str]) -> None:
    assert_same(taken, *both(tom, "GET", "/api/v1/books/COIN"), 200)


def test_bars_that_the_client_has(tom: httpx2.Client, taken: list[str]) -> None:
    tag = tom.get(BARS, headers=LONG).headers["ETag"]
    assert_same(taken, *both(tom, "GET", BARS, headers={"If-None-Match": tag}), 304)


@pytest.mark.parametrize("accept", ["text/csv", "image/png"])
def test_bars_in_another_format_go_the_long_way(tom: httpx2.Client, taken: list[str], accept: str) -> None:
    assert tom.get(BARS, headers={"Accept": accept}).status_code in (200, 406)
    assert taken == []


@pytest.mark.parametrize("query", ["=", "&", "=1", "depth", "depth=", "symbol=NONE"])
def test_a_query_that_is_not_known_goes_the_long_way(tom: httpx2.Client, taken: list[str], query: str) -> None:
    for address in ("/api/v1/books/NONE", f"/api/v1/orders/{UNKNOWN}", BARS):
        assert tom.get(f"{address}{'&' if '?' in address else '?'}{query}").status_code < 500
    assert taken == []


def test_bars_compressed(tom: httpx2.Client, taken: list[str]) -> None:
    short, long = both(tom, "GET", BARS, headers={"Accept-Encoding": "gzip"})
    assert_same(taken, short, long, 200)
    assert short[1]["content-encoding"] == "gzip"


ORDER = {"account": "mine", "symbol": "COIN", "side": "buy", "quantity": "1", "price": "90"}


def test_an_order_sent_again(tom: httpx2.Client, path: str, taken: list[str]) -> None:
    assert_same(taken, *both(tom, "POST", "/api/v1/orders", json=ORDER | {"client_order_id": "short-way"}), 201)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"json": ORDER}, 422),
        ({"json": ORDER | {"client_order_id": "a", "more": 1}}, 422),
        ({"json": ORDER | {"client_order_id": "a", "price": "1e5"}}, 422),
        ({"json": ORDER | {"client_order_id": "a", "symbol": "NONE"}}, 422),
        ({"json": ORDER | {"client_order_id": "a", "account": "nobodys"}}, 422),
        ({"json": ORDER | {"client_order_id": "a"}, "headers": {"Idempotency-Key": "b"}}, 422),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"content": b"[" * 5000, "headers": {"Content-Type": "application/json"}}, 422),
        ({"content": b'{"a": "\xff"}', "headers": {"Content-Type": "application/json"}}, 422),
        ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"content": b"{}"}, 415),
        ({"content": b"{}", "headers": {"Content-Type": "application/json; charset=utf-8"}}, 422),
    ],
)
def test_an_order_that_is_wrong(tom: httpx2.Client, taken: list[str], more: Any, status: int) -> None:
    assert_same(taken, *both(tom, "POST", "/api/v1/orders", **more), status)


@pytest.mark.parametrize("credential", [None, "nonsense", "axk_0000"])
def test_nobody(gateway: Gateway, taken: list[str], credential: str | None) -> None:
    with gateway.client(credential) as client:
        assert_same(taken, *both(client, "GET", f"/api/v1/orders/{UNKNOWN}"), 401)


def test_who_may_not(gateway: Gateway, viewer: User, taken: list[str]) -> None:
    with gateway.client(gateway.key(viewer, "read")) as client:
        assert_same(taken, *both(client, "POST", "/api/v1/orders", json=ORDER | {"client_order_id": "a"}), 403)


def test_who_asks_too_often(gateway: Gateway, trader: User, taken: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    least = msgspec.structs.replace(make_limits(1e-9, 1e-9, 1e-9), unverified=gateway.parts.limits.unverified)
    monkeypatch.setattr(gateway.parts, "limits", least)
    with gateway.client(gateway.key(trader, "read")) as client:
        short, long = both(client, "GET", f"/api/v1/orders/{UNKNOWN}?account=mine")
    forget_rates(gateway.settings)
    gateway.parts.limiter._leases.clear()  # who is refused is not asked for again before the time
    for each in (short, long):
        each[1].pop("retry-after")
    assert_same(taken, short, long, 429)


@pytest.mark.parametrize(
    "where",
    [
        f"/api/v1/orders/{UNKNOWN}?account=mine%20too",
        f"/api/v1/orders/{UNKNOWN}?account=mine&account=mine",
        f"/api/v1/orders/{UNKNOWN}?account=mine&more=1",
        f"/api/v1/orders/{UNKNOWN}?account=",
        "/api/v1/orders/ord_1",
        "/api/v1/orders/",
        "/api/v1/orders?account=mine",
        "/api/v1/books/a%0ab",
        "/api/v1/books/COIN?depth=3",
        "/api/v1/books/",
        "/api/v1/bars",
        "/api/v1/bars?symbol=AAPL&limit=3",
        "/api/v1/bars/AAPL",
    ],
)
def test_what_is_out_of_the_ordinary_goes_the_long_way(
    tom: httpx2.Client, path: str, taken: list[str], where: str
) -> None:
    assert tom.get(where).status_code < 500
    assert taken == []


def test_another_method_goes_the_long_way(tom: httpx2.Client, path: str, taken: list[str]) -> None:
    assert tom.delete(path.replace("orders", "accounts")).status_code == 405
    assert tom.put("/api/v1/orders").status_code == 405
    assert tom.post("/api/v1/orders").status_code == 422  # without a body
    assert taken == []


def test_requests_of_both_ways_are_counted_under_one_name(gateway: Gateway, tom: httpx2.Client, path: str) -> None:
    tom.get(path)
    tom.get(path, headers=LONG)
    counted = [each for each in gateway.parts.metrics.collect() if isinstance(each, Sample)]
    routes = {each.labels["route"] for each in counted if "orders/{" in each.labels.get("route", "")}
    assert len(routes) == 1
