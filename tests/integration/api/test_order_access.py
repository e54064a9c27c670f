"""Another user's accounts and orders: as if they were not there, on every route and every request of the socket."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest

from arbitrax.services.identity_ports import User
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.integration.api.test_access import EVERY
from tests.socket_client import Socket

_ids = itertools.count()
OF_ORDERS = ("orders", "fills", "positions", "accounts")


def order() -> dict[str, Any]:
    client = f"access-{next(_ids)}"
    return {"symbol": "COIN", "side": "buy", "price": "40", "quantity": "1", "client_order_id": client}


@pytest.fixture
def theirs(gateway: Gateway, exchange: Exchange, trader: User) -> Iterator[tuple[str, str, str]]:
    """An account of tom's, an open order of his, and its client order id."""
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        account = next(each["id"] for each in client.get("/api/v1/accounts").json()["data"] if each["name"] == "mine")
        sent = order()
        made = client.post("/api/v1/orders", json=sent | {"account": account}).json()["id"]
        yield account, made, sent["client_order_id"]
        left = client.get(f"/api/v1/orders/{made}", params={"account": account}).json()
        assert (left["status"], left["quantity"], left["price"]) == ("open", "1.00", "40.00")
        client.request("DELETE", "/api/v1/orders", params={"account": account})


@pytest.fixture(scope="module")
def stranger(gateway: Gateway) -> str:
    return gateway.key(gateway.user("order-stranger", "trader"), "read", "trade")


def requests(account: str, made: str, client: str) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return a request of each route of orders and accounts that names somebody else's, by operation."""
    of: dict[str, Any] = {"params": {"account": account}}
    return {
        "add_order": ("POST", "/api/v1/orders", {"json": order() | {"account": account}}),
        "validate_order": ("POST", "/api/v1/orders/validations", {"json": order() | {"account": account}}),
        "list_orders": ("GET", "/api/v1/orders", {"params": {"account": account, "client_order_id": client}}),
        "get_order": ("GET", f"/api/v1/orders/{made}", of),
        "change_order": ("PATCH", f"/api/v1/orders/{made}", of | {"json": {"quantity": "2"}}),
        "cancel_order": ("DELETE", f"/api/v1/orders/{made}", of),
        "cancel_orders": ("DELETE", "/api/v1/orders", of),
        "cancel_all_after": (
            "POST",
            "/api/v1/orders/cancel_all_after",
            {"json": {"account": account, "milliseconds": 1}},
        ),
        "list_positions": ("GET", "/api/v1/positions", of),
        "list_fills": ("GET", "/api/v1/fills", {"params": {"account": account, "order": made}}),
        "get_account": ("GET", f"/api/v1/accounts/{account}", {}),
        "kill_account": ("POST", f"/api/v1/accounts/{account}/kill", {}),
        "revive_account": ("POST", f"/api/v1/accounts/{account}/revival", {}),
    }


def test_every_route_of_orders_and_accounts_hides_another_users(
    gateway: Gateway, theirs: tuple[str, str, str], stranger: str
) -> None:
    known = {
        handler.operation_id
        for _, path, handler in EVERY
        if path.split("/")[3:4] and path.split("/")[3] in OF_ORDERS and handler.opt["access"] in ("read", "trade")
    }
    asked = requests(*theirs)
    assert known - asked.keys() == {"list_accounts", "open_account"}, "Add the new route here."
    with gateway.client(stranger) as client:
        for name, (method, path, more) in asked.items():
            answer = client.request(method, path, **more)
            status = 422 if "account" in more.get("json", {}) else 404  # a body that names it, or an address
            assert (answer.status_code, answer.json()["code"]) == (status, "input.unknown_name"), name
            assert "COIN" not in answer.text
        assert client.get("/api/v1/accounts").json()["data"] == []


@pytest.mark.parametrize("by", ["id", "name"])
def test_every_request_of_the_socket_hides_another_users(
    gateway: Gateway, theirs: tuple[str, str, str], stranger: str, by: str
) -> None:
    account, made, _ = theirs
    name = account if by == "id" else "mine"
    asked: list[dict[str, Any]] = [
        {"op": "submit", "orders": [order()]},
        {"op": "amend", "order": made, "quantity": "2"},
        {"op": "cancel", "orders": [made]},
        {"op": "cancel_all"},
        {"op": "cancel_all", "symbol": "COIN", "side": "buy"},
        {"op": "cancel_all_after", "milliseconds": 1},
        *({"op": "subscribe", "channel": each} for each in ("orders", "fills", "positions", "account")),
        *({"op": "unsubscribe", "channel": each} for each in ("orders", "fills", "positions", "account")),
    ]
    with closing(Socket(gateway.url, stranger)) as socket:
        for each in asked:
            answer = socket.ask(**each, account=name)
            assert (answer["type"], answer.get("code")) == ("error", "input.unknown_name"), each
        position = {"channel": "orders", "symbol": name, "seq": 1}
        assert socket.ask(op="resume", positions=[position])["code"] == "input.unknown_name"
        assert socket.ask(op="list")["subscriptions"] == []


def test_an_order_of_another_of_ones_own_accounts_is_not_found(
    gateway: Gateway, theirs: tuple[str, str, str], trader: User
) -> None:
    _, made, _ = theirs
    with (
        gateway.client(gateway.key(trader, "read", "trade")) as client,
        closing(Socket(gateway.url, gateway.key(trader, "read", "trade"))) as socket,
    ):
        path, of = f"/api/v1/orders/{made}", {"params": {"account": "mine too"}}
        assert client.get(path, **of).status_code == 404
        changed = client.patch(path, json={"quantity": "2"}, **of)
        assert changed.status_code in (403, 404), changed.text
        assert client.delete(path, **of).json()["code"] in ("order.not_owner", "order.unknown", "input.unknown_name")
        told = socket.ask(op="cancel", account="mine too", orders=[made])["results"][0]
        assert told["status"] == "refused"


def test_a_key_that_may_only_read_sends_nothing(gateway: Gateway, theirs: tuple[str, str, str], trader: User) -> None:
    account, made, _ = theirs
    key = gateway.key(trader, "read")
    with gateway.client(key) as client, closing(Socket(gateway.url, key)) as socket:
        for name, (method, path, more) in requests(*theirs).items():
            answer: httpx2.Response = client.request(method, path, **more)
            assert answer.status_code == (200 if method == "GET" else 403), name
        for asked in (
            {"op": "submit", "orders": [order()]},
            {"op": "amend", "order": made, "quantity": "2"},
            {"op": "cancel", "orders": [made]},
            {"op": "cancel_all"},
            {"op": "cancel_all_after", "milliseconds": 1},
        ):
            assert socket.ask(**asked, account=account)["code"] == "access.forbidden"
        assert socket.ask(op="subscribe", channel="orders", account=account)["type"] == "ack"
