"""Sockets and orders when gateways end, tokens end, and stores are gone and come back."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import httpx2
import msgspec
import pytest

from arbitrax.services.identity_ports import User
from arbitrax.settings import Settings
from tests.exchange_processes import Exchange
from tests.gateway import Gateway, running_gateway
from tests.integration.api.test_faults import database_gone
from tests.integration.api.test_gateway_process import serving
from tests.passage import Passage
from tests.socket_client import Socket, book_of

ORDERS = "/api/v1/orders"
_ids = itertools.count()


@pytest.fixture
def key(gateway: Gateway, exchange: Exchange, trader: User) -> str:
    return gateway.key(trader, "read", "trade")


@pytest.fixture
def rest(gateway: Gateway, key: str) -> Iterator[httpx2.Client]:
    with gateway.client(key) as client:
        yield client
        client.request("DELETE", ORDERS, params={"account": "mine"})


def order(price: str = "20", **fields: Any) -> dict[str, Any]:
    plain = {"symbol": "COIN", "side": "buy", "quantity": "1", "price": price}
    return plain | {"client_order_id": f"life-{next(_ids)}"} | fields


def eventually(look: Callable[[], Any]) -> Any:
    end = time.monotonic() + 60
    while not (found := look()):
        assert time.monotonic() < end
        threading.Event().wait(0.05)
    return found


def sent_once(rest: httpx2.Client, clients: list[str]) -> bool:
    """Whether each of these client order ids has one order in the history, as recorded."""
    answer = rest.get(ORDERS, params={"account": "mine", "status": "all", "limit": 500})
    if answer.status_code != 200:  # a connection of before is found broken when it is used
        return False
    told = [each["client_order_id"] for each in answer.json()["data"] if each["client_order_id"] in clients]
    assert len(told) == len(set(told)), told
    return set(told) == set(clients)


def test_a_client_resumes_on_another_gateway(
    gateway: Gateway, gateway_settings: Settings, key: str, rest: httpx2.Client
) -> None:
    with running_gateway(gateway_settings) as other, closing(Socket(gateway.url, key)) as first:
        assert first.ask(op="subscribe", channel="book", symbols=["COIN"], depth="full")["type"] == "ack"
        assert first.ask(op="subscribe", channel="trades", symbols=["COIN"])["type"] == "ack"
        begun = first.first_of("book")
        assert rest.post(ORDERS, json=order("21") | {"account": "mine"}).status_code == 201
        sell = order("21", side="sell", quantity="0.25") | {"account": "mine too"}
        assert rest.post(ORDERS, json=sell).json()["status"] == "filled"
        trade = first.first_of("trades")
        had = [each for each in first.of("book") if each["seq"] <= begun["seq"]]
        first.close()
        assert rest.post(ORDERS, json=order("22") | {"account": "mine"}).status_code == 201
        assert rest.post(ORDERS, json=sell | {"client_order_id": "life-again"}).json()["status"] == "filled"
        with closing(Socket(other.url, key)) as second:
            epoch = begun["data"]["epoch"]
            positions = [
                {"channel": "book", "symbol": "COIN", "seq": begun["seq"], "epoch": epoch, "depth": "full"},
                {"channel": "trades", "symbol": "COIN", "seq": trade["seq"], "epoch": epoch},
            ]
            assert second.ask(op="resume", positions=positions)["type"] == "ack"
            assert second.first_of("book")["type"] == "delta"
            assert second.of("book")[0]["prev_seq"] == begun["seq"]
            next_trade = second.first_of("trades")
            assert (next_trade["prev_seq"], next_trade["data"]["trades"][0][2]) == (trade["seq"], "0.25")

            def same() -> bool:
                now = rest.get("/api/v1/books/COIN", params={"depth": 1000}).json()
                _, bids, asks = book_of(had + second.of("book"))
                return (bids, asks) == (now["bids"], now["asks"])

            eventually(same)


def test_a_gateway_that_ends_says_so_before(
    gateway_settings: Settings, exchange: Exchange, key: str, rest: httpx2.Client
) -> None:
    environment = {
        **os.environ,
        "ARBITRAX_HOME": str(gateway_settings.home),
        "ARBITRAX_DATABASE_URL": str(gateway_settings.database_url),
        "ARBITRAX_REDIS_URL": str(gateway_settings.redis_url),
        "ARBITRAX_CACHE_URL": str(gateway_settings.cache_url),
        "ARBITRAX_DRAIN_SECONDS": "2",
    }
    with serving(environment) as (url, process), closing(Socket(url, key)) as socket:
        assert socket.ask(op="subscribe", channel="orders", account="mine")["type"] == "ack"
        socket.first_of("orders")  # else the order below may be in this snapshot, and no event
        process.send_signal(signal.SIGTERM)
        assert socket.wait_for(lambda each: each["type"] == "shutdown_soon")["seconds"] == 2
        late = socket.ask(op="submit", account="mine", orders=[order("23")])  # it still answers
        assert late["results"][0]["status"] == "open"
        told = socket.wait_for(lambda each: each.get("channel") == "orders" and each["type"] == "event")
        assert told["data"]["orders"][0]["id"] == late["results"][0]["id"]
        assert socket.wait_closed()[0] in (1001, 1012)
        assert process.wait(60) == 0


def test_a_socket_lives_as_long_as_its_tokens(
    gateway: Gateway, exchange: Exchange, trader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def token() -> str:
        with closing(gateway.sign_in(trader.name)) as client:
            return str(client.headers["Authorization"]).removeprefix("Bearer ")

    tokens = gateway.parts.store.logins._tokens
    real = tokens._clock

    def pass_time(minutes: int) -> None:
        monkeypatch.setattr(tokens, "_clock", lambda: real() + timedelta(minutes=minutes))
        gateway.parts.authenticator.forget()

    ends = token()
    with closing(Socket(gateway.url, ends)) as left, closing(Socket(gateway.url, ends)) as renewed:
        for socket in (left, renewed):
            assert socket.ask(op="subscribe", channel="book", symbols=["COIN"])["type"] == "ack"
        pass_time(9)
        assert renewed.ask(op="authenticate", token=token())["type"] == "ack"
        pass_time(15)
        assert left.wait_closed()[0] == 4401
        beats = sum(each["type"] == "heartbeat" for each in renewed.messages)
        eventually(lambda: sum(each["type"] == "heartbeat" for each in renewed.messages) > beats + 2)
        assert renewed.ask(op="ping")["type"] == "pong"
        assert renewed.closed is None


def test_orders_while_the_journal_is_gone_have_one_effect(
    gateway_settings: Settings, key: str, rest: httpx2.Client
) -> None:
    with (
        Passage(str(gateway_settings.redis_url)) as passage,
        running_gateway(msgspec.structs.replace(gateway_settings, redis_url=passage.url)) as cut,
        cut.client(key) as client,
        closing(Socket(cut.url, key)) as socket,
    ):
        before = order("24") | {"account": "mine"}
        path = client.post(ORDERS, json=before).headers["Location"]
        assert socket.ask(op="subscribe", channel="orders", account="mine")["type"] == "ack"
        passage.shut()
        sent = list[dict[str, Any]]()

        def refused() -> httpx2.Response | None:
            sent.append(order("25") | {"account": "mine"})
            answer = client.post(ORDERS, json=sent[-1])
            assert answer.status_code in (202, 503), answer.text
            return answer if answer.status_code == 503 else None

        answer = eventually(refused)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.json()["retryable"] is True
        told = socket.ask(op="submit", account="mine", orders=[order("26")])["results"][0]
        assert (told["status"], told["reason"]) == ("refused", answer.json()["code"])
        for unread in (path, f"{ORDERS}?account=mine", "/api/v1/positions?account=mine"):
            found = client.get(unread)
            assert (found.status_code, found.headers["Content-Type"]) == (503, "application/problem+json"), unread
            assert int(found.headers["Retry-After"]) >= 1
        passage.open()
        for each in sent:
            eventually(lambda each=each: client.post(ORDERS, json=each).status_code in (200, 201))
        eventually(lambda: sent_once(rest, [each["client_order_id"] for each in (before, *sent)]))
        assert socket.ask(op="ping")["type"] == "pong"
        last = client.post(ORDERS, json=order("27") | {"account": "mine"}).json()["id"]
        eventually(lambda: any(each["id"] == last for told in socket.of("orders") for each in told["data"]["orders"]))


def test_a_book_goes_on_after_the_cache_was_gone(gateway_settings: Settings, key: str, rest: httpx2.Client) -> None:
    with (
        Passage(str(gateway_settings.cache_url)) as passage,
        running_gateway(msgspec.structs.replace(gateway_settings, cache_url=passage.url)) as cut,
        cut.client(key) as client,
        closing(Socket(cut.url, key)) as socket,
    ):
        assert socket.ask(op="subscribe", channel="book", symbols=["COIN"], depth="full")["type"] == "ack"
        socket.first_of("book")
        passage.shut()
        # Orders need no cache; what reads it says so, and limits are counted here.
        assert client.post(ORDERS, json=order("31") | {"account": "mine"}).status_code == 201
        answer = client.get("/api/v1/books/COIN")
        assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert int(answer.headers["Retry-After"]) >= 1
        assert socket.ask(op="ping")["type"] == "pong"
        refused = socket.ask(op="subscribe", channel="prices", symbols=["COIN"])
        assert (refused["type"], refused["retryable"]) == ("error", True)
        passage.open()
        assert client.post(ORDERS, json=order("32") | {"account": "mine"}).status_code == 201

        def same() -> bool:
            now = rest.get("/api/v1/books/COIN", params={"depth": 1000}).json()
            _, bids, asks = book_of(socket.of("book"))
            return (bids, asks) == (now["bids"], now["asks"]) and ["32.00", "1.00"] in bids

        eventually(same)
        assert socket.closed is None


def test_orders_and_sockets_while_the_database_is_gone(
    gateway: Gateway, gateway_settings: Settings, postgres_server: str, key: str, rest: httpx2.Client
) -> None:
    sent = [order("33") | {"account": "mine"} for _ in range(3)]
    with closing(Socket(gateway.url, key)) as socket:
        assert socket.ask(op="subscribe", channel="book", symbols=["COIN"])["type"] == "ack"
        with database_gone(gateway_settings, postgres_server):
            # Nobody's rights are known after a second: whoever it is has to ask again.
            assert socket.wait_closed()[0] == 1013
            for each in sent:
                answer = rest.post(ORDERS, json=each)
                assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
                assert int(answer.headers["Retry-After"]) >= 1
    for each in sent:
        eventually(lambda each=each: rest.post(ORDERS, json=each).status_code in (200, 201))
        assert rest.post(ORDERS, json=each).headers["Idempotent-Replayed"] == "true"
    eventually(lambda: sent_once(rest, [each["client_order_id"] for each in sent]))
    with closing(Socket(gateway.url, key)) as again:
        assert again.ask(op="subscribe", channel="book", symbols=["COIN"])["type"] == "ack"
