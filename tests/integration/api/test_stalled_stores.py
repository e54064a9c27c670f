"""Stores that hang without ending, and one that restarts while nobody asks: a gateway answers all the same."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import psycopg
import pytest

from arbitrax.api import health
from arbitrax.services.identity_ports import User
from arbitrax.storage.embedded import EmbeddedServers
from tests.exchange_processes import Exchange
from tests.gateway import PASSWORD, Gateway
from tests.stalled import needs_proc, stalled

PATIENCE = 60.0
BOOK, ORDERS, USERS = "/api/v1/books/COIN", "/api/v1/orders", "/api/v1/users"
BARS = "/api/v1/bars?symbol=AAPL&limit=1"
ORDER = {"account": "mine", "symbol": "COIN", "side": "buy", "quantity": "1", "price": "1"}
Ask = Callable[[], httpx2.Response]


@pytest.fixture
def tom(gateway: Gateway, exchange: Exchange, trader: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        client.timeout = PATIENCE
        assert client.get(BOOK).status_code == 200
        assert client.get(ORDERS, params={"account": "mine"}).status_code == 200
        yield client


@pytest.fixture
def ada(gateway: Gateway, admin: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(admin, "read", "admin")) as client:
        client.timeout = PATIENCE
        assert client.get(USERS).status_code == 200
        yield client


def at_once(asked: list[Ask]) -> list[httpx2.Response]:
    """Return what is answered to requests that wait for nobody; there is an answer to each."""
    found: list[httpx2.Response | None] = [None] * len(asked)

    def ask(place: int) -> None:
        found[place] = asked[place]()

    threads = [threading.Thread(target=ask, args=[place]) for place in range(len(asked))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE + 10)
    answers = [each for each in found if each is not None]
    assert len(answers) == len(asked)
    return answers


def require_unavailable(answer: httpx2.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["retryable"] is True


def until(status: int, ask: Ask) -> httpx2.Response:
    end = time.monotonic() + PATIENCE
    while (answer := ask()).status_code != status:
        assert time.monotonic() < end, answer.text
        threading.Event().wait(0.05)
    return answer


def placed(tom: httpx2.Client, client_order_id: str) -> list[Any]:
    found = tom.get(ORDERS, params={"account": "mine"}).json()["data"]
    return [each for each in found if each["client_order_id"] == client_order_id]


@needs_proc
def test_a_database_that_hangs_leaves_nobody_without_an_answer(
    gateway: Gateway,
    embedded_servers: EmbeddedServers,
    tom: httpx2.Client,
    ada: httpx2.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "LOOKED_FOR", 0.0)
    new, once = {"name": "patient", "password": PASSWORD}, {"Idempotency-Key": "stalled"}
    order = ORDER | {"client_order_id": "stalled"}

    def login() -> httpx2.Response:
        with gateway.client() as client:
            return client.post("/api/v1/auth/login", json={"name": "ada", "password": PASSWORD}, timeout=PATIENCE)

    with ExitStack() as stack:
        stranger = stack.enter_context(gateway.client())
        stranger.timeout = PATIENCE
        stack.enter_context(stalled(embedded_servers, "postgres"))
        # While what was verified counts, more than there are threads.
        answers = at_once(
            [
                lambda: tom.get(BOOK),
                lambda: tom.delete(ORDERS, params={"account": "mine"}),
                lambda: tom.post(ORDERS, json=order),
                lambda: ada.post(USERS, json=new, headers=once),
                lambda: stranger.get("/ready"),
                login,
                *[lambda: ada.get(USERS)] * 12,
                *[lambda: tom.get(BARS)] * 8,
            ]
        )
        assert answers[0].status_code in (200, 503)
        assert answers[1].status_code in (200, 503)
        # An id that does not say when it was made is looked up before it is sent: not sent, and so told.
        assert answers[2].status_code == 503, answers[2].text
        checks = answers[4].json()["checks"]
        assert (answers[4].status_code, checks) == (503, {"postgres": "failed", "journal": "ok", "cache": "ok"})
        for each in (answers[3], *answers[5:]):
            require_unavailable(each)
        # And when it does not any more.
        for each in at_once(
            [
                lambda: tom.get(BOOK),
                lambda: tom.delete(ORDERS, params={"account": "mine"}),
                lambda: tom.post(ORDERS, json=order),
                lambda: ada.post(USERS, json=new, headers=once),
                login,
                *[lambda: tom.get(BARS)] * 8,
            ]
        ):
            require_unavailable(each)
        ready = stranger.get("/ready")
        assert (ready.status_code, ready.json()["checks"]["postgres"]) == (503, "failed")
        assert ready.headers["Retry-After"] == "1"
        assert stranger.get("/health").status_code == 200
    until(200, lambda: tom.get("/ready"))
    assert until(200, lambda: tom.get(BARS)).json()["data"]
    assert tom.get(BOOK).status_code == 200
    until(201, lambda: ada.post(USERS, json=new, headers=once))
    assert [each["name"] for each in ada.get(USERS).json()["data"]].count("patient") == 1
    until(201, lambda: tom.post(ORDERS, json=order))
    assert tom.post(ORDERS, json=order).headers["Idempotent-Replayed"] == "true"
    assert len(placed(tom, "stalled")) == 1
    assert login().status_code == 200
    assert tom.delete(ORDERS, params={"account": "mine"}).status_code == 200


@needs_proc
def test_a_cache_that_hangs_is_named_and_orders_go_on(
    gateway: Gateway, embedded_servers: EmbeddedServers, tom: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LOOKED_FOR", 0.0)
    with ExitStack() as stack:
        stack.enter_context(stalled(embedded_servers, "cache"))
        answers = at_once(
            [
                lambda: tom.get("/ready"),
                lambda: tom.get(BOOK),
                lambda: tom.post(ORDERS, json=ORDER | {"client_order_id": "no-cache"}),
                lambda: tom.get(ORDERS, params={"account": "mine"}),
            ]
        )
        checks = answers[0].json()["checks"]
        assert (answers[0].status_code, checks) == (503, {"postgres": "ok", "journal": "ok", "cache": "failed"})
        require_unavailable(answers[1])
        assert (answers[2].status_code, answers[3].status_code) == (201, 200)
        assert tom.get("/ready").json()["checks"]["cache"] == "failed"
        assert tom.delete(ORDERS, params={"account": "mine"}).status_code == 200
    until(200, lambda: tom.get("/ready"))
    until(200, lambda: tom.get(BOOK))


def test_connections_that_ended_while_nobody_asked_fail_no_request(
    gateway: Gateway, tom: httpx2.Client, ada: httpx2.Client
) -> None:
    before = tom.post(ORDERS, json=ORDER | {"client_order_id": "before-it"})
    assert before.status_code == 201, before.text
    assert tom.get(before.headers["Location"]).status_code == 200
    with psycopg.connect(str(gateway.settings.database_url), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    made = tom.post(ORDERS, json=ORDER | {"client_order_id": "after-it"})
    assert made.status_code == 201, made.text
    assert tom.get(made.headers["Location"]).status_code == 200
    assert ada.get(USERS).status_code == 200
    assert tom.get(BARS).status_code == 200
    assert tom.delete(ORDERS, params={"account": "mine"}).status_code == 200
