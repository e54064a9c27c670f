"""The kill switch over REST, on a running exchange."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest

from arbitrax.services.identity_ports import User
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.integration.api.test_orders import audited, eventually
from tests.socket_client import Socket

_ids = itertools.count()


@pytest.fixture
def tom(gateway: Gateway, exchange: Exchange, trader: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        yield client


@pytest.fixture
def mine(tom: httpx2.Client) -> Iterator[str]:
    """The path of tom's account, alive again at the end."""
    accounts = tom.get("/api/v1/accounts").json()["data"]
    path = "/api/v1/accounts/" + next(each["id"] for each in accounts if each["name"] == "mine")
    yield path
    assert tom.post(f"{path}/revival").status_code == 200
    tom.request("DELETE", "/api/v1/orders", params={"account": "mine"})


def order(**fields: Any) -> dict[str, Any]:
    plain = {"account": "mine", "symbol": "COIN", "side": "buy", "quantity": "1", "price": "40"}
    return plain | {"client_order_id": f"kill-{next(_ids)}"} | fields


def test_it_cancels_what_is_open_and_refuses_what_is_new_until_the_revival(tom: httpx2.Client, mine: str) -> None:
    made = [tom.post("/api/v1/orders", json=order()).json()["id"] for _ in range(2)]
    other = tom.post("/api/v1/orders", json=order(account="mine too"))
    assert tom.get(mine).json()["killed"] is False
    killed = tom.post(f"{mine}/kill")
    assert killed.status_code == 200, killed.text
    assert killed.json() == {"account": mine.rpartition("/")[2], "killed": True, "orders": made}
    assert (tom.get(mine).json()["killed"], tom.get(mine).json()["open_orders"]) == (True, 0)
    assert tom.get(f"/api/v1/orders/{made[0]}?account=mine").json()["reason"] == "risk.killed"
    refused = tom.post("/api/v1/orders", json=order())
    assert (refused.status_code, refused.json()["code"]) == (403, "risk.killed")
    verdict = tom.post("/api/v1/orders/validations", json=order()).json()
    assert (verdict["accepted"], verdict["code"]) == (False, "risk.killed")
    again = tom.post(f"{mine}/kill").json()
    assert (again["killed"], again["orders"]) == (True, [])
    assert tom.get(other.headers["Location"]).json()["status"] == "open"
    revived = tom.post(f"{mine}/revival")
    assert (revived.status_code, revived.json()["killed"], revived.json()["orders"]) == (200, False, [])
    assert tom.get(mine).json()["killed"] is False
    assert tom.post("/api/v1/orders", json=order()).status_code == 201
    tom.request("DELETE", "/api/v1/orders", params={"account": "mine too"})


def test_kill_and_revival_are_told_over_the_accounts_channel_though_no_order_and_no_cash_changes(
    gateway: Gateway, trader: User, tom: httpx2.Client, mine: str
) -> None:
    """So that other tabs look at the account again."""
    with closing(Socket(gateway.url, gateway.key(trader, "read"))) as socket:
        socket.ask(op="subscribe", channel="account", account="mine")
        first = socket.first_of("account")
        tom.post(f"{mine}/kill")
        second = socket.first_of("account", first["seq"])
        tom.post(f"{mine}/revival")
        third = socket.first_of("account", second["seq"])
    assert first["data"]["cash"] == second["data"]["cash"] == third["data"]["cash"]


def test_what_an_account_may_still_set_aside_is_told(tom: httpx2.Client, mine: str) -> None:
    before = tom.get(mine).json()
    tom.post("/api/v1/orders", json=order(price="50", quantity="2"))
    after = tom.get(mine).json()
    assert float(before["buying_power"]) - float(after["buying_power"]) == 100
    assert after["cash"] == before["cash"]


def test_an_admin_may_throw_it_and_a_viewer_or_a_reading_key_may_not(
    gateway: Gateway, tom: httpx2.Client, mine: str, admin: User, trader: User
) -> None:
    with gateway.client(gateway.key(trader, "read")) as reading:
        assert reading.post(f"{mine}/kill").json()["code"] == "access.forbidden"
    assert tom.get(mine).json()["killed"] is False
    with gateway.client(gateway.key(admin, "read", "trade", "admin")) as client:
        assert client.post(f"{mine}/kill").json()["killed"] is True
    assert tom.get(mine).json()["killed"] is True


def test_it_is_in_the_audit_log_with_what_it_cancelled(
    gateway: Gateway, tom: httpx2.Client, mine: str, admin: User
) -> None:
    made = tom.post("/api/v1/orders", json=order()).json()["id"]
    ids = ["killing", "reviving"]
    tom.post(f"{mine}/kill", headers={"X-Request-Id": ids[0]})
    tom.post(f"{mine}/revival", headers={"X-Request-Id": ids[1]})
    found = eventually(lambda: audited(gateway, admin, set(ids)))
    assert [(each["action"], each["actor"], each["detail"]["account"]) for each in found] == [
        ("account.kill", "tom", "mine"),
        ("account.revive", "tom", "mine"),
    ]
    assert [each["detail"]["orders"] for each in found] == [[made], []]


def test_without_a_worker_the_account_is_still_told(
    gateway: Gateway, exchange: Exchange, tom: httpx2.Client, mine: str
) -> None:
    exchange.kill("exchange")
    try:
        found = tom.get(mine).json()
        assert (found["buying_power"], found["killed"]) == (None, None)
        assert float(found["cash"]) > 0
    finally:
        exchange.start("exchange", "recovery.done")
