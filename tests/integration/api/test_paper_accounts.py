"""Opening paper accounts over REST, on a running exchange."""

import asyncio
import itertools
from typing import Any

import httpx2
import pytest

from arbitrax.services.identity_ports import User
from arbitrax.services.paper_accounts import note_of
from arbitrax.storage.redis.client_journal import ValkeyClientJournal
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.integration.api.test_orders import audited, eventually

PATH = "/api/v1/accounts"
_names = itertools.count()


@pytest.fixture
def newcomer(gateway: Gateway, exchange: Exchange) -> User:
    return gateway.user(f"newcomer-{next(_names)}", "trader")


def client_of(gateway: Gateway, user: User) -> httpx2.Client:
    return gateway.client(gateway.key(user, "read", "trade"))


def test_a_newcomer_opens_an_account_and_trades_with_it(gateway: Gateway, newcomer: User) -> None:
    with client_of(gateway, newcomer) as client:
        assert client.get(PATH).json()["data"] == []
        made = client.post(PATH, json={"name": "paper", "cash": "5000"})
        assert made.status_code == 201, made.text
        found = client.get(made.headers["Location"]).json()
        assert (found["name"], found["kind"], found["cash"], found["killed"]) == ("paper", "cash", "5000.0000", False)
        assert found["owner"].startswith("usr_")
        order = {"symbol": "COIN", "side": "buy", "quantity": "1", "price": "7", "client_order_id": "first"}
        sent = client.post("/api/v1/orders", json=order)
        assert (sent.status_code, sent.json()["account"]) == (201, found["id"])
        too_much = client.post("/api/v1/orders", json=order | {"quantity": "1000", "client_order_id": "second"})
        assert too_much.json()["code"] == "risk.no_buying_power"


def test_an_account_cannot_be_called_like_an_id(gateway: Gateway, newcomer: User) -> None:
    with client_of(gateway, newcomer) as client:
        for name in ("acc_01M8ZQ4M8K3T5V7X9Y1B3D5F7H", "ACC_01m8zq4m8k3t5v7x9y1b3d5f7h"):
            refused = client.post(PATH, json={"name": name})
            assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/name"), refused.text
        assert client.post(PATH, json={"name": "acc_01"}).status_code == 201


def test_accounts_of_one_name_are_told_apart_by_who_owns_them(gateway: Gateway, exchange: Exchange) -> None:
    for _ in range(2):
        user = gateway.user(f"namesake-{next(_names)}", "trader")
        with client_of(gateway, user) as client:
            assert client.post(PATH, json={"name": "same"}).status_code == 201
            order = {"symbol": "TIN", "side": "buy", "quantity": "1", "price": "5", "client_order_id": "mine"}
            assert client.post("/api/v1/orders", json=order).status_code == 201
            assert len(client.get("/api/v1/orders").json()["data"]) == 1


def test_a_trader_has_one_with_so_much_cash_and_an_admin_any(gateway: Gateway, newcomer: User, admin: User) -> None:
    with client_of(gateway, newcomer) as client:
        rich = client.post(PATH, json={"name": "rich", "cash": "100000.01"})
        assert (rich.status_code, rich.json()["code"]) == (403, "access.forbidden")
        assert "100000 USD at most" in rich.json()["detail"]
        assert client.post(PATH, json={"name": "one", "kind": "margin"}).status_code == 201
        again = client.post(PATH, json={"name": "one", "kind": "margin"})
        assert (again.status_code, again.json()["code"]) == (409, "conflict.exists")
        second = client.post(PATH, json={"name": "two"})
        assert (second.status_code, second.json()["code"]) == (403, "access.forbidden")
        assert len(client.get(PATH).json()["data"]) == 1
    with gateway.client(gateway.key(admin, "read", "trade", "admin")) as client:
        for name in ("desk a", "desk b"):
            assert client.post(PATH, json={"name": name, "cash": "5000000"}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "cash": "-1"},
        {"name": "x", "cash": "1e5"},
        {"name": "x", "cash": "0.00001"},
        {"name": "x", "cash": "9" * 24},
        {"name": ""},
        {"name": " x"},
        {"name": "x\n"},
        {"name": "x" * 33},
        {"name": "x", "kind": "credit"},
        {"name": "x", "owner": "usr_" + "0" * 26},
        {},
    ],
)
def test_what_is_no_account_is_refused_and_nothing_is_there(
    gateway: Gateway, newcomer: User, body: dict[str, Any]
) -> None:
    with client_of(gateway, newcomer) as client:
        assert client.post(PATH, json=body).status_code == 422
        assert client.get(PATH).json()["data"] == []


def test_the_same_request_again_has_the_same_answer_and_deposits_once(gateway: Gateway, newcomer: User) -> None:
    with client_of(gateway, newcomer) as client:
        asked = {"json": {"name": "once", "cash": "700"}, "headers": {"Idempotency-Key": "open-once"}}
        first, second = client.post(PATH, **asked), client.post(PATH, **asked)
        assert (first.status_code, second.status_code) == (201, 201)
        assert second.headers["Idempotent-Replayed"] == "true"
        assert first.json() == second.json()
        assert client.get(first.headers["Location"]).json()["cash"] == "700.0000"


def test_one_that_was_left_unopened_is_opened_by_asking_again(
    gateway: Gateway, exchange: Exchange, newcomer: User
) -> None:
    """As when the gateway was killed after the row, or after the deposit and before its note."""

    async def forget(note: str) -> None:
        journal = ValkeyClientJournal(str(gateway.settings.redis_url))
        await journal.ask("HDEL", f"configured:{exchange.shard}", note)
        await journal.close()

    with client_of(gateway, newcomer) as client:
        made = client.post(PATH, json={"name": "broken", "cash": "900"})
        row = next(each for each in gateway.parts.store.registry.accounts() if each.text == made.json()["id"])
        asyncio.run(forget(note_of(row)))
        again = client.post(PATH, json={"name": "broken", "cash": "900"})
        assert (again.status_code, again.json()["id"]) == (201, made.json()["id"])
        assert client.get(made.headers["Location"]).json()["cash"] == "900.0000"
        assert client.post(PATH, json={"name": "broken", "cash": "900"}).status_code == 409


def test_while_the_exchange_is_down_it_is_not_yet_open_and_then_it_is(
    gateway: Gateway, exchange: Exchange, newcomer: User
) -> None:
    asked = {"json": {"name": "patient"}, "headers": {"Idempotency-Key": "patience"}}
    exchange.kill("exchange")
    try:
        with client_of(gateway, newcomer) as client:
            waiting = client.post(PATH, **asked)
            assert (waiting.status_code, waiting.json()["retryable"]) == (503, True)
    finally:
        exchange.start("exchange", "recovery.done")
    with client_of(gateway, newcomer) as client:
        made = eventually(lambda: (found := client.post(PATH, **asked)).status_code == 201 and found)
        assert client.get(made.headers["Location"]).json()["cash"] == "100000.0000"


def test_it_is_in_the_audit_log_and_a_viewer_may_not(gateway: Gateway, newcomer: User, admin: User) -> None:
    with client_of(gateway, newcomer) as client:
        made = client.post(PATH, json={"name": "noted"}, headers={"X-Request-Id": "opening"}).json()
    found = eventually(lambda: audited(gateway, admin, {"opening"}))
    assert [(each["action"], each["subject"], each["actor"]) for each in found] == [
        ("account.open", made["id"], newcomer.name)
    ]
    looking = gateway.user(f"looking-{next(_names)}", "viewer")
    with gateway.client(gateway.key(looking, "read")) as client:
        assert client.post(PATH, json={"name": "no"}).json()["code"] == "access.forbidden"
