"""Orders over REST on a running exchange: worker, recorder and feed as processes."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from unittest.mock import ANY

import httpx2
import pytest

from arbitrax.services.identity_ports import User
from tests.exchange_processes import Exchange
from tests.gateway import Gateway

_ids = itertools.count()


@pytest.fixture
def tom(gateway: Gateway, exchange: Exchange, trader: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        yield client
        for account in ("mine", "mine too"):
            client.request("DELETE", "/api/v1/orders", params={"account": account})


def new_id() -> str:
    return f"order-{next(_ids)}"


def order(**fields: Any) -> dict[str, Any]:
    plain = {"account": "mine", "symbol": "COIN", "side": "buy", "quantity": "1", "price": "100"}
    return plain | {"client_order_id": new_id()} | fields


def eventually(look: Callable[[], Any]) -> Any:
    end = time.monotonic() + 30
    while not (found := look()):
        assert time.monotonic() < end
        threading.Event().wait(0.05)
    return found


def test_an_order_rests_is_changed_and_cancelled(tom: httpx2.Client) -> None:
    made = tom.post("/api/v1/orders", json=order(price="99.5"))
    assert made.status_code == 201, made.text
    assert (made.json()["status"], made.json()["open_quantity"]) == ("open", "1.00")
    path = made.headers["Location"]
    found = tom.get(path).json()
    assert (found["price"], found["status"], found["type"], found["time_in_force"]) == ("99.50", "open", "limit", "gtc")
    assert found["created_at"].endswith("Z")
    listed = tom.get("/api/v1/orders", params={"account": "mine"}).json()["data"]
    assert [each["id"] for each in listed] == [found["id"]]
    changed = tom.patch(path, json={"quantity": "0.5", "price": "99"})
    assert changed.json()["open_quantity"] == "0.50"
    assert tom.get(path).json()["price"] == "99.00"
    cancelled = tom.delete(path)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    again = tom.delete(path)
    assert (again.status_code, again.json()["code"]) == (409, "order.closed")
    assert tom.get(path).json()["reason"] == "ended.by_owner"


@pytest.mark.parametrize("quantity", ["0", "0.00", "0.25"])
def test_a_change_to_what_has_filled_or_less_cancels_the_rest(tom: httpx2.Client, quantity: str) -> None:
    made = tom.post("/api/v1/orders", json=order(price="64")).json()
    tom.post("/api/v1/orders", json=order(account="mine too", side="sell", price="64", quantity="0.25"))
    path = made["links"]["order"]
    changed = tom.patch(path, json={"quantity": quantity})
    assert (changed.status_code, changed.json()["status"]) == (200, "cancelled")
    found = tom.get(path).json()
    assert (found["status"], found["reason"], found["filled_quantity"]) == ("cancelled", "ended.replaced", "0.25")
    again = tom.patch(path, json={"quantity": "2"})
    assert (again.status_code, again.json()["code"]) == (409, "order.closed")


def test_a_match_is_in_the_answer_then_in_fills_positions_and_cash(tom: httpx2.Client) -> None:
    accounts = {each["name"]: each["id"] for each in tom.get("/api/v1/accounts").json()["data"]}

    def held(account: str) -> tuple[Decimal, Decimal, Decimal]:
        found = tom.get("/api/v1/positions", params={"account": account}).json()["data"]
        coin = next((each for each in found if each["symbol"] == "COIN"), {"quantity": "0", "cost": "0"})
        cash = tom.get(f"/api/v1/accounts/{accounts[account]}").json()["cash"]
        return Decimal(coin["quantity"]), Decimal(coin["cost"]), Decimal(cash)

    mine, other = held("mine"), held("mine too")
    ask = tom.post("/api/v1/orders", json=order(account="mine too", side="sell", price="100", quantity="2"))
    bid = tom.post("/api/v1/orders", json=order(price="101", quantity="0.75")).json()
    assert (bid["status"], bid["filled_quantity"]) == ("filled", "0.75")
    assert [(each["price"], each["quantity"], each["maker"]) for each in bid["fills"]] == [("100.00", "0.75", False)]
    assert tom.get(ask.headers["Location"]).json()["open_quantity"] == "1.25"
    moved = tuple(now - before for now, before in zip(held("mine"), mine, strict=True))
    assert moved == (Decimal("0.75"), 75, -75)
    assert held("mine too")[0] - other[0] == Decimal("-0.75")
    of_bid = {"account": "mine", "order": bid["id"]}
    fills = eventually(lambda: tom.get("/api/v1/fills", params=of_bid).json()["data"])
    assert [(each["order"], each["side"], each["maker"]) for each in fills] == [(bid["id"], "buy", False)]
    tom.request("DELETE", "/api/v1/orders", params={"account": "mine too"})


@pytest.mark.parametrize("path", ["/api/v1/orders/cancel_all_after", "/api/v1/accounts/ID/kill"])
def test_a_command_is_sent_once_for_a_key(tom: httpx2.Client, exchange: Exchange, path: str) -> None:
    (mine,) = [each for each in tom.get("/api/v1/accounts").json()["data"] if each["name"] == "mine"]
    path = path.replace("ID", mine["id"])
    body = {"json": {"account": "mine", "milliseconds": 60_000}} if path.endswith("after") else {}
    key = {"Idempotency-Key": f"command {path}".replace(" ", "-")}
    try:
        first = tom.post(path, **body, headers=key)
        assert (first.status_code, first.headers.get("Idempotent-Replayed")) == (200, None), first.text
        tom.post(f"/api/v1/accounts/{mine['id']}/revival")
        again = tom.post(path, **body, headers=key)
        assert (again.status_code, again.content) == (200, first.content)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert tom.get(f"/api/v1/accounts/{mine['id']}").json()["killed"] is False, "it was done once"
        other = tom.post("/api/v1/orders/cancel_all_after", json={"account": "mine", "milliseconds": 1}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "input.idempotency_key")
    finally:
        tom.post(f"/api/v1/accounts/{mine['id']}/revival")
        tom.post("/api/v1/orders/cancel_all_after", json={"account": "mine", "milliseconds": 0})


def test_the_same_order_again_has_the_first_outcome(tom: httpx2.Client) -> None:
    sent = order(price="50")
    first = tom.post("/api/v1/orders", json=sent)
    again = tom.post("/api/v1/orders", json=sent)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    header = tom.post(
        "/api/v1/orders",
        json={name: value for name, value in sent.items() if name != "client_order_id"},
        headers={"Idempotency-Key": sent["client_order_id"]},
    )
    assert header.json()["id"] == first.json()["id"]
    other = tom.post("/api/v1/orders", json=sent | {"price": "51"})
    assert (other.status_code, other.json()["code"]) == (422, "order.client_id_used")
    assert [each["pointer"] for each in other.json()["errors"]] == ["/client_order_id"]
    found = tom.get("/api/v1/orders", params={"account": "mine", "client_order_id": sent["client_order_id"]})
    assert [each["id"] for each in found.json()["data"]] == [first.json()["id"]]

    def recorded() -> list[dict[str, Any]]:
        answer = tom.get("/api/v1/orders", params={"account": "mine", "status": "all", "limit": 20})
        return [each for each in answer.json()["data"] if each["reason"] == "order.client_id_used"]

    (refused, *_) = eventually(recorded)
    assert refused["client_order_id"] is None, "an id is of one order only"
    assert tom.get(f"/api/v1/orders/{refused['id']}", params={"account": "mine"}).json() == refused | {
        "links": ANY, "recorded_at": ANY,
    }  # fmt: skip
    unknown = tom.get("/api/v1/orders", params={"account": "mine", "client_order_id": "never-sent"})
    assert (unknown.status_code, unknown.json()["data"]) == (202, [])


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"price": "100.001"}, 422, "order.price_off_tick"),
        ({"quantity": "0.001"}, 422, "order.quantity_off_lot"),
        ({"quantity": "0"}, 422, "order.quantity_not_positive"),
        ({"price": "1e5"}, 422, "request.invalid"),
        ({"price": "NaN"}, 422, "request.invalid"),
        ({"price": "9" * 41}, 422, "request.invalid"),
        ({"price": "9" * 39}, 422, "order.invalid"),
        ({"price": 100}, 422, "request.invalid"),
        ({"symbol": "COINS"}, 422, "input.unknown_name"),
        ({"symbol": "\uff23OIN"}, 422, "input.unknown_name"),
        ({"account": "theirs"}, 422, "input.unknown_name"),
        ({"account": None}, 422, "input.invalid"),
        ({"client_order_id": None}, 422, "request.invalid"),
        ({"client_order_id": "x" * 33}, 422, "request.invalid"),
        ({"quantity": "100000"}, 403, "risk.no_buying_power"),
        ({"type": "stop"}, 422, "order.invalid"),
        ({"time_in_force": "fok"}, 409, "order.not_all_at_once"),
        ({"nobody": 1}, 422, "request.invalid"),
    ],
)
def test_what_cannot_be_is_refused_with_its_code(
    tom: httpx2.Client, change: dict[str, Any], status: int, code: str
) -> None:
    answer = tom.post("/api/v1/orders", json=order(**change))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    if code.startswith("input."):
        (name,) = change
        assert [each["pointer"] for each in answer.json()["errors"]] == [f"/{name}"]


def test_an_account_is_its_owners(gateway: Gateway, exchange: Exchange, tom: httpx2.Client, admin: User) -> None:
    made = tom.post("/api/v1/orders", json=order(price="42"))
    accounts = tom.get("/api/v1/accounts").json()["data"]
    assert {each["name"] for each in accounts} == {"mine", "mine too"}
    mine = next(each["id"] for each in accounts if each["name"] == "mine")
    detail = tom.get(f"/api/v1/accounts/{mine}").json()
    assert (detail["open_orders"], detail["currency"]) == (1, "USD")
    other = gateway.user("other-trader", "trader")
    with gateway.client(gateway.key(other, "read", "trade")) as client:
        assert client.get("/api/v1/accounts").json()["data"] == []
        for path in (
            f"/api/v1/accounts/{mine}",
            f"/api/v1/orders?account={mine}",
            f"{made.headers['Location']}",
            f"/api/v1/positions?account={mine}",
            f"/api/v1/fills?account={mine}",
        ):
            assert client.get(path).status_code == 404
        assert client.delete(made.headers["Location"]).status_code == 404
        assert client.post("/api/v1/orders", json=order(account=mine)).status_code == 422
        assert client.post("/api/v1/orders", json=order(account="mine")).status_code == 422
    with gateway.client(gateway.key(admin, "read", "trade", "admin")) as client:
        assert {each["name"] for each in client.get("/api/v1/accounts").json()["data"]} >= {"mine", "theirs"}
        assert client.get(made.headers["Location"]).json()["status"] == "open"
        taken = client.put(f"/api/v1/accounts/{mine}/owner", json={"user": "usr_" + "0" * 26})
        assert taken.status_code == 404


def test_history_is_paged_newest_first(tom: httpx2.Client) -> None:
    made = [tom.post("/api/v1/orders", json=order(price=str(20 + each))).json()["id"] for each in range(3)]
    tom.request("DELETE", "/api/v1/orders", params={"account": "mine"})

    def recorded() -> list[str] | None:
        found = tom.get("/api/v1/orders", params={"account": "mine", "status": "all", "limit": 3}).json()
        newest = [each["id"] for each in found["data"]]
        done = newest == made[::-1] and {each["status"] for each in found["data"]} == {"cancelled"}
        return newest if done else None

    newest = eventually(recorded)
    first = tom.get("/api/v1/orders", params={"account": "mine", "status": "all", "limit": 2}).json()
    second = tom.get(
        "/api/v1/orders", params={"account": "mine", "status": "all", "limit": 2, "cursor": first["next_cursor"]}
    ).json()
    assert [each["id"] for each in first["data"] + second["data"]][:3] == newest


def test_the_dead_mans_switch_cancels(tom: httpx2.Client) -> None:
    path = tom.post("/api/v1/orders", json=order(price="30")).headers["Location"]
    set_ = tom.post("/api/v1/orders/cancel_all_after", json={"account": "mine", "milliseconds": 1})
    assert set_.status_code == 200, set_.text
    eventually(lambda: tom.get(path).json()["reason"] == "ended.dead_man")


def test_the_book_is_read_as_published(tom: httpx2.Client) -> None:
    tom.post("/api/v1/orders", json=order(symbol="GOLD", price="10.5", quantity="7"))
    found = eventually(
        lambda: (book := tom.get("/api/v1/books/GOLD", params={"depth": 1}).json())["bids"] == [["10.5", "7"]] and book
    )
    assert (found["asks"], found["last"], found["phase"]) == ([], None, "continuous")
    assert tom.get("/api/v1/books/NONE").status_code == 404


def test_cancels_are_not_starved_by_orders(gateway: Gateway, tom: httpx2.Client) -> None:
    import msgspec

    path = tom.post("/api/v1/orders", json=order(price="12")).headers["Location"]
    plain = gateway.parts.limits
    gateway.parts.limits = msgspec.structs.replace(
        plain, key=msgspec.structs.replace(plain.key, name="few", burst=1, rate=0.001)
    )
    try:
        answers = [tom.get("/api/v1/accounts").status_code for _ in range(3)]
        assert answers[-1] == 429
        assert tom.delete(path).status_code == 200
    finally:
        gateway.parts.limits = plain


def test_without_a_worker_orders_are_refused_and_cancels_are_not_known_yet(
    gateway: Gateway, exchange: Exchange, tom: httpx2.Client
) -> None:
    from arbitrax.trading import exchange_broker

    path = tom.post("/api/v1/orders", json=order(price="13")).headers["Location"]
    exchange.kill("exchange")
    try:
        assert exchange_broker.DEADLINE  # a command waits that long, then its outcome is unknown
        sent = order(price="14")
        answer = tom.post("/api/v1/orders", json=sent)
        if answer.status_code == 202:
            assert answer.json()["status"] == "unknown"
            assert sent["client_order_id"] in answer.headers["Location"]
        refused = eventually(
            lambda: (found := tom.post("/api/v1/orders", json=order(price="15"))).status_code == 503 and found
        )
        assert refused.json()["code"] == "exchange.no_worker"
        assert refused.json()["retryable"] is True
        assert refused.headers["Retry-After"] == "1"
    finally:
        exchange.start("exchange", "recovery.done")
    again = eventually(lambda: (found := tom.post("/api/v1/orders", json=sent)).status_code == 201 and found)
    known = tom.get("/api/v1/orders", params={"account": "mine", "client_order_id": sent["client_order_id"]}).json()
    assert [each["id"] for each in known["data"]] == [again.json()["id"]]
    assert tom.get(path).status_code == 200


def test_a_dry_run_says_what_every_check_finds_and_sends_nothing(tom: httpx2.Client) -> None:
    sent = order(price="100000", quantity="50.005")
    before = tom.get("/api/v1/orders", params={"account": "mine"}).json()
    inexact = tom.post("/api/v1/orders/validations", json=sent)
    assert inexact.status_code == 200, inexact.text
    assert [(each["name"], each["code"]) for each in inexact.json()["checks"]] == [
        ("exact_decimals", "order.quantity_off_lot")
    ]
    large = sent | {"quantity": "50"}
    found = tom.post("/api/v1/orders/validations", json=large).json()
    assert (found["accepted"], found["code"]) == (False, "risk.no_buying_power")
    checks = {each["name"]: each for each in found["checks"]}
    assert (checks["buying_power"]["passed"], checks["phase"]["value"]) == (False, "continuous")
    assert float(checks["buying_power"]["value"]) == 5_000_000
    assert float(checks["buying_power"]["limit"]) <= 100_000
    assert tom.post("/api/v1/orders", json=large).json()["code"] == "risk.no_buying_power"
    fine = order(price="90")
    assert tom.post("/api/v1/orders/validations", json=fine | {"client_order_id": None}).json()["accepted"] is True
    told = tom.post("/api/v1/orders/validations", json=fine).json()
    assert (told["accepted"], told["fills_at_once"], told["repeats"]) == (True, "0.00", None)
    assert all(each["passed"] for each in told["checks"])
    assert tom.get("/api/v1/orders", params={"account": "mine"}).json() == before
    made = tom.post("/api/v1/orders", json=fine).json()
    assert tom.post("/api/v1/orders/validations", json=fine).json()["repeats"] == made["id"]
    other = tom.post("/api/v1/orders/validations", json=fine | {"price": "91"}).json()
    assert other["code"] == "order.client_id_used"
    unknown = tom.post("/api/v1/orders/validations", json=fine | {"account": "theirs"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "input.unknown_name")


def test_a_dry_run_says_what_would_trade_at_once(tom: httpx2.Client) -> None:
    path = tom.post("/api/v1/orders", json=order(account="mine too", side="sell", price="70", quantity="0.4")).headers
    bid = order(price="70", quantity="1")
    found = tom.post("/api/v1/orders/validations", json=bid).json()
    assert (found["accepted"], found["fills_at_once"]) == (True, "0.40")
    post_only = tom.post("/api/v1/orders/validations", json=bid | {"post_only": True}).json()
    assert post_only["code"] == "order.would_trade"
    assert tom.delete(path["Location"]).json()["status"] == "cancelled"


def audited(gateway: Gateway, admin: User, request_ids: set[str]) -> list[dict[str, Any]] | None:
    """Return what the audit log has of requests, oldest first, once it has all."""
    with gateway.client(gateway.key(admin, "read", "admin")) as client:
        rows = client.get("/api/v1/audit_entries", params={"limit": 500}).json()["data"]
    mine = [each for each in reversed(rows) if each["request_id"] in request_ids]
    return mine if {each["request_id"] for each in mine} == request_ids else None


def test_every_change_of_orders_is_in_the_audit_log_once_whatever_is_down(
    gateway: Gateway, exchange: Exchange, tom: httpx2.Client, trader: User, admin: User
) -> None:
    exchange.kill("recorder")
    ids = [f"audit-{each}" for each in range(6)]

    def asking(number: int) -> dict[str, str]:
        return {"X-Request-Id": ids[number]}

    made = tom.post("/api/v1/orders", json=order(price="61"), headers=asking(0))
    path = made.headers["Location"]
    assert tom.patch(path, json={"quantity": "0.5"}, headers=asking(1)).status_code == 200
    assert tom.delete(path, headers=asking(2)).status_code == 200
    assert tom.post("/api/v1/orders", json=order(quantity="100000"), headers=asking(3)).status_code == 403
    assert tom.delete("/api/v1/orders", params={"account": "mine"}, headers=asking(4)).status_code == 200
    switch = {"account": "mine", "milliseconds": 0}
    assert tom.post("/api/v1/orders/cancel_all_after", json=switch, headers=asking(5)).status_code == 200
    assert tom.post("/api/v1/orders/validations", json=order()).status_code == 200
    exchange.start("recorder")
    found = eventually(lambda: audited(gateway, admin, set(ids)))
    assert [(each["request_id"], each["action"]) for each in found] == list(
        zip(
            ids,
            [
                "order.submit",
                "order.amend",
                "order.cancel",
                "order.submit",
                "order.cancel_all",
                "order.cancel_all_after",
            ],
            strict=True,
        )
    )
    assert {(each["actor"], each["detail"]["account"]) for each in found} == {("tom", "mine")}
    assert all(each["user_id"].startswith("usr_") and each["key_id"].startswith("key_") for each in found)
    assert {each["address"] for each in found} == {"127.0.0.1"}
    assert [each["subject"] for each in found[:3]] == [made.json()["id"]] * 3
    assert found[3]["detail"]["refused"] == {"no_buying_power": 1}
    assert found[0]["at"] == made.json()["journaled_at"]


def test_an_order_says_when_each_step_was_and_where_more_is(tom: httpx2.Client) -> None:
    made = tom.post("/api/v1/orders", json=order(price="62")).json()
    assert made["received_at"] <= made["executed_at"]
    assert made["journaled_at"] <= made["executed_at"]
    found = tom.get(made["links"]["order"]).json()
    assert (found["id"], found["created_at"]) == (made["id"], made["journaled_at"])
    recorded = eventually(lambda: tom.get(made["links"]["order"]).json()["recorded_at"])
    assert recorded >= made["journaled_at"]
    assert tom.get(made["links"]["fills"]).json()["data"] == []
    assert tom.get(made["links"]["account"]).json()["name"] == "mine"
    asked = order(account="mine too", side="sell", price="62", quantity="0.25")
    sold = tom.post("/api/v1/orders", json=asked).json()
    fills = eventually(lambda: tom.get(sold["links"]["fills"]).json()["data"])
    assert [(each["order"], each["quantity"]) for each in fills] == [(sold["id"], "0.25")]


def test_a_change_with_an_etag_is_made_only_of_what_was_read(tom: httpx2.Client) -> None:
    path = tom.post("/api/v1/orders", json=order(price="63")).headers["Location"]
    tag = tom.get(path).headers["ETag"]
    assert tom.get(path).headers["ETag"] == tag
    statuses: list[int] = []

    def change(quantity: str) -> None:
        statuses.append(tom.patch(path, json={"quantity": quantity}, headers={"If-Match": tag}).status_code)

    threads = [threading.Thread(target=change, args=(f"0.{each}",)) for each in range(2, 6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(statuses) == [200, 412, 412, 412]
    refused = tom.delete(path, headers={"If-Match": tag})
    assert (refused.status_code, refused.json()["code"]) == (412, "conflict.changed")
    now = tom.get(path).headers["ETag"]
    assert tom.delete(path, headers={"If-Match": now}).json()["status"] == "cancelled"
