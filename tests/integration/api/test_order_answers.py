"""What is told of an order, first and afterwards: by REST and over the socket, before it is recorded and after."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from arbitrax.services.identity_ports import User
from arbitrax.trading import exchange_broker
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.socket_client import Socket

ORDERS = "/api/v1/orders"
_ids = itertools.count()


@pytest.fixture
def key(gateway: Gateway, exchange: Exchange, trader: User) -> str:
    return gateway.key(trader, "read", "trade")


@pytest.fixture
def tom(gateway: Gateway, key: str) -> Iterator[httpx2.Client]:
    with gateway.client(key) as client:
        yield client
        for account in ("mine", "mine too"):
            client.request("DELETE", ORDERS, params={"account": account})


@pytest.fixture
def socket(gateway: Gateway, key: str) -> Iterator[Socket]:
    with closing(Socket(gateway.url, key)) as found:
        yield found


@pytest.fixture
def unrecorded(exchange: Exchange) -> Iterator[Callable[[], None]]:
    """Without a recorder until what this gives is called."""
    exchange.kill("recorder")
    begun: list[bool] = []

    def record() -> None:
        if not begun:
            exchange.start("recorder")
            begun.append(True)

    yield record
    record()


def order(**fields: Any) -> dict[str, Any]:
    plain = {"account": "mine", "symbol": "COIN", "side": "buy", "quantity": "1", "price": "100"}
    return plain | {"client_order_id": f"answer-{next(_ids)}"} | fields


def eventually(look: Callable[[], Any]) -> Any:
    end = time.monotonic() + 30
    while not (found := look()):
        assert time.monotonic() < end
        threading.Event().wait(0.05)
    return found


def is_recorded(tom: httpx2.Client, path: str) -> Callable[[], bool]:
    return lambda: tom.get(path).json()["recorded_at"] is not None


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """Return all of an answer but what is of the request, not of the order, and the links that only REST has."""
    return {name: value for name, value in answer.items() if name not in ("received_at", "repeated", "links")}


def test_the_answer_to_a_repeated_order_is_the_first_one_whatever_happened_since(
    tom: httpx2.Client, socket: Socket, unrecorded: Callable[[], None]
) -> None:
    ask = {"account": "mine too", "side": "sell", "price": "60"}
    for quantity in ("0.3", "0.4"):
        tom.post(ORDERS, json=order(**ask, quantity=quantity))
    sent = order(price="60", quantity="2")
    made = tom.post(ORDERS, json=sent)
    first, path = made.json(), made.headers["Location"]
    assert (first["status"], first["filled_quantity"], first["open_quantity"]) == ("open", "0.70", "1.30")
    assert [each["quantity"] for each in first["fills"]] == ["0.30", "0.40"]
    assert "Idempotent-Replayed" not in made.headers
    assert first["repeated"] is False
    assert tom.post(ORDERS, json=order(**ask, quantity="0.5")).json()["status"] == "filled"
    assert tom.patch(path, json={"quantity": "1.9"}).status_code == 200
    assert tom.delete(path).json()["status"] == "cancelled"

    def check() -> None:
        again = tom.post(ORDERS, json=sent)
        assert (again.status_code, again.headers["Location"]) == (201, path)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert told(again.json()) == told(first)
        assert again.json()["repeated"] is True
        frame = {name: value for name, value in sent.items() if name != "account"}
        (result,) = socket.ask(op="submit", account="mine", orders=[frame])["results"]
        assert told(result) == told(first)
        assert result["repeated"] is True

    check()
    unrecorded()
    eventually(is_recorded(tom, path))
    check()
    now = tom.get(path).json()
    assert (now["status"], now["filled_quantity"], now["quantity"]) == ("cancelled", "1.20", "1.90")


def test_an_order_that_ended_at_once_is_told_so_again(tom: httpx2.Client) -> None:
    tom.post(ORDERS, json=order(account="mine too", side="sell", price="61", quantity="0.25"))
    sent = order(price="61", time_in_force="ioc")
    first = tom.post(ORDERS, json=sent).json()
    assert (first["status"], first["reason"], first["filled_quantity"]) == ("cancelled", "order.not_at_once", "0.25")
    assert told(tom.post(ORDERS, json=sent).json()) == told(first)
    eventually(is_recorded(tom, first["links"]["order"]))
    assert told(tom.post(ORDERS, json=sent).json()) == told(first)


def test_a_refused_order_is_found_with_its_reason_and_refused_again(
    gateway: Gateway, tom: httpx2.Client, admin: User, unrecorded: Callable[[], None]
) -> None:
    sent = order(quantity="100000")
    first = tom.post(ORDERS, json=sent)
    assert (first.status_code, first.json()["code"]) == (403, "risk.no_buying_power")
    query = {"account": "mine", "client_order_id": sent["client_order_id"]}

    def check() -> dict[str, Any]:
        page = tom.get(ORDERS, params=query)
        assert page.status_code == 200
        (found,) = page.json()["data"]
        assert (found["status"], found["reason"]) == ("refused", "risk.no_buying_power")
        assert (found["client_order_id"], found["quantity"]) == (sent["client_order_id"], "100000.00")
        by_id = tom.get(found["links"]["order"]).json()
        assert by_id | {"recorded_at": None} == found | {"recorded_at": None}
        return dict(found)

    check()
    again = tom.post(ORDERS, json=sent, headers={"X-Request-Id": "answer-again"})
    assert (again.status_code, again.json()["code"]) == (403, "risk.no_buying_power")
    assert again.headers["Idempotent-Replayed"] == "true"
    unrecorded()
    found = eventually(lambda: (now := check())["recorded_at"] and now)
    with gateway.client(gateway.key(admin, "read", "admin")) as client:
        row = eventually(
            lambda: next(
                (
                    each
                    for each in client.get("/api/v1/audit_entries", params={"limit": 500}).json()["data"]
                    if each["request_id"] == "answer-again"
                ),
                None,
            )
        )
    assert row["detail"]["repeated"] == [found["id"]]
    assert "refused" not in row["detail"]


def test_an_unknown_outcome_ends_as_what_became_of_it(
    exchange: Exchange, tom: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_broker, "PATIENCE", 0)
    exchange.kill("exchange")
    try:
        answer = tom.post(ORDERS, json=order(price="14"))
        assert (answer.status_code, answer.json()["status"]) == (202, "unknown")
        where = answer.headers["Location"]
        # Its time is over, and it is in the journal: nobody may say yet that it will not be executed.
        assert answer.json()["deadline"] < datetime.now(UTC).isoformat()
        assert tom.get(where).status_code == 202
    finally:
        exchange.start("exchange", "recovery.done")
    page = eventually(lambda: (found := tom.get(where)).status_code == 200 and found.json()["data"])
    assert [each["status"] for each in page] == ["open"]
    eventually(lambda: tom.post(ORDERS, json=order(price="14")).status_code == 201)  # entry is open again


def test_an_unknown_outcome_of_a_cancellation_says_where_it_will_be(
    gateway: Gateway, exchange: Exchange, tom: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_broker, "PATIENCE", 0)
    (mine,) = [each for each in tom.get("/api/v1/accounts").json()["data"] if each["name"] == "mine"]
    eventually(lambda: tom.post(ORDERS, json=order(price="15")).status_code == 201)
    body, kill = {"account": "mine", "milliseconds": 60_000}, f"/api/v1/accounts/{mine['id']}"
    exchange.kill("exchange")
    try:
        told = [
            tom.request("DELETE", ORDERS, params={"account": "mine"}),
            tom.post(f"{ORDERS}/cancel_all_after", json=body),
            tom.post(f"{kill}/revival"),
        ]
    finally:
        exchange.start("exchange", "recovery.done")
    for answer, where in zip(told, [f"{ORDERS}?account={mine['id']}"] * 2 + [kill], strict=True):
        assert answer.status_code == 202, answer.text
        assert (answer.headers["Location"], answer.headers["Retry-After"]) == (where, "1")
    eventually(lambda: tom.get(told[0].headers["Location"]).json().get("data") == [])
    assert tom.post(f"{ORDERS}/cancel_all_after", json=body | {"milliseconds": 0}).status_code == 200
    eventually(lambda: tom.post(ORDERS, json=order(price="14")).status_code == 201)  # entry is open again


@pytest.mark.parametrize(
    ("fields", "code", "pointers"),
    [
        ({"price": "0"}, "order.price_not_positive", ["/price"]),
        ({"quantity": "0"}, "order.quantity_not_positive", ["/quantity"]),
        ({"type": "stop_limit", "price": "90", "stop": "0"}, "order.price_not_positive", []),  # of either
    ],
)
def test_a_refusal_points_to_the_field_that_its_code_names(
    tom: httpx2.Client, fields: dict[str, Any], code: str, pointers: list[str]
) -> None:
    refused = tom.post(ORDERS, json=order(**fields)).json()
    assert (refused["code"], [each["pointer"] for each in refused["errors"]]) == (code, pointers), refused


def test_what_is_wrong_with_a_form_is_said_in_units_of_the_user_and_where(tom: httpx2.Client) -> None:
    wrong = tom.post(ORDERS, json=order(type="peg", price=None)).json()
    assert (wrong["code"], wrong["errors"][0]["pointer"]) == ("order.invalid", "/price")
    assert wrong["detail"] == "price is missing; an order of type peg needs its limit price."
    unlisted = tom.post(ORDERS, json=order(symbol="XYZW"))
    assert (unlisted.status_code, unlisted.json()["detail"]) == (422, "The exchange lists no symbol 'XYZW'.")
    path = tom.post(ORDERS, json=order(price="37")).headers["Location"]
    zero = tom.patch(path, json={"price": "0"}).json()
    assert (zero["code"], zero["detail"]) == ("order.price_not_positive", "price=0 is not above 0.")


def test_a_client_order_id_that_never_came_ends_as_refused(tom: httpx2.Client) -> None:
    query = {"account": "mine", "client_order_id": "never-came"}
    assert tom.get(ORDERS, params=query).status_code == 202
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert tom.get(ORDERS, params=query | {"deadline": soon.isoformat()}).status_code == 202
    before = datetime.now(UTC) - timedelta(minutes=1)
    ended = tom.get(ORDERS, params=query | {"deadline": before.isoformat()})
    assert (ended.status_code, ended.json()["code"]) == (409, "order.stale")
    assert ended.json()["retryable"] is True
    wrong = tom.get(ORDERS, params=query | {"deadline": "soon"})
    assert wrong.status_code == 422


def test_a_change_may_be_of_the_price_only_and_answers_say_what_the_order_is(
    tom: httpx2.Client, socket: Socket
) -> None:
    sent = order(price="40", quantity="2")
    path = tom.post(ORDERS, json=sent).headers["Location"]
    tom.post(ORDERS, json=order(account="mine too", side="sell", price="40", quantity="0.5"))
    terms = ("client_order_id", "quantity", "filled_quantity", "open_quantity")

    def of(answer: dict[str, Any]) -> list[str]:
        return [answer[each] for each in terms]

    client = sent["client_order_id"]
    dearer = tom.patch(path, json={"price": "41"}).json()
    assert of(dearer) == [client, "2.00", "0.50", "1.50"]
    assert tom.get(path).json()["price"] == "41.00"
    smaller = tom.patch(path, json={"quantity": "1.5"}).json()
    assert of(smaller) == [client, "1.50", "0.50", "1.00"]
    assert tom.get(path).json()["price"] == "41.00"
    nothing = tom.patch(path, json={})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "order.invalid")
    (changed,) = socket.ask(op="amend", account="mine", order=dearer["id"], price="42")["results"]
    assert of(changed) == [client, "1.50", "0.50", "1.00"]
    cancelled = tom.delete(path).json()
    assert of(cancelled) == [client, "1.50", "0.50", "0.00"]
    again = tom.patch(path, json={"price": "43"})
    assert (again.status_code, again.json()["code"]) == (409, "order.closed")
    other = tom.post(ORDERS, json=order(price="40", quantity="3")).json()
    (result,) = socket.ask(op="cancel", account="mine", orders=[other["id"]])["results"]
    assert of(result) == [other["client_order_id"], "3.00", "0.00", "0.00"]


def test_who_has_an_order_as_it_is_gets_no_second_copy(tom: httpx2.Client) -> None:
    path = tom.post(ORDERS, json=order(price="39")).headers["Location"]
    tag = tom.get(path).headers["ETag"]
    same = tom.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    tom.patch(path, json={"price": "38"})
    other = tom.get(path, headers={"If-None-Match": tag})
    assert (other.status_code, other.json()["price"]) == (200, "38.00")
    assert other.headers["ETag"] != tag


def test_a_fill_has_one_id_everywhere_and_they_sort_by_time(tom: httpx2.Client, socket: Socket) -> None:
    socket.ask(op="subscribe", channel="fills", account="mine")
    socket.first_of("fills")
    ids = []
    for price in ("35", "34"):
        tom.post(ORDERS, json=order(account="mine too", side="sell", price=price, quantity="0.5"))
        bid = tom.post(ORDERS, json=order(price="35", quantity="0.5")).json()
        ids += [each["id"] for each in bid["fills"]]
    assert len(set(ids)) == 2
    assert ids == sorted(ids)
    assert all(each.startswith("fill_") and len(each) == 31 for each in ids)
    newest = {"account": "mine", "limit": 2}
    eventually(lambda: [each["id"] for each in tom.get("/api/v1/fills", params=newest).json()["data"]] == ids[::-1])
    streamed = eventually(
        lambda: (
            len(found := [each["id"] for event in socket.of("fills") for each in event["data"]["fills"]]) > 1 and found
        )
    )
    assert streamed == ids


def test_a_value_is_written_in_one_way_everywhere(tom: httpx2.Client, socket: Socket) -> None:
    tom.post(ORDERS, json=order(account="mine too", side="sell", price="33", quantity="0.5"))
    made = tom.post(ORDERS, json=order(price="33.0", quantity="1.000")).json()
    path = made["links"]["order"]
    assert (made["quantity"], made["fills"][0]["price"], made["fills"][0]["quantity"]) == ("1.00", "33.00", "0.50")
    eventually(is_recorded(tom, path))
    one = tom.get(path).json()
    assert (one["price"], one["quantity"]) == ("33.00", "1.00")
    history = tom.get(ORDERS, params={"account": "mine", "status": "all", "limit": 10}).json()["data"]
    assert next(each for each in history if each["id"] == one["id"]) == one
    fill = eventually(lambda: tom.get(made["links"]["fills"]).json()["data"])[0]
    assert {name: fill[name] for name in made["fills"][0]} == made["fills"][0]
    assert fill["fee"] == one["fee"]
    book = eventually(
        lambda: (found := tom.get("/api/v1/books/COIN").json()).get("bids") == [["33.00", "0.50"]] and found
    )
    assert book["last"] == "33.00"


def test_an_order_tells_the_terms_it_was_sent_with(
    tom: httpx2.Client, socket: Socket, unrecorded: Callable[[], None]
) -> None:
    socket.ask(op="subscribe", channel="orders", account="mine")
    socket.first_of("orders")
    tin: dict[str, Any] = {"symbol": "TIN", "quantity": "5", "price": "100"}
    tom.post(ORDERS, json=order(**tin, account="mine too", side="sell"))
    assert tom.post(ORDERS, json=order(**tin)).json()["status"] == "filled"
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    nothing: dict[str, Any] = {"distance": None, "display": None, "offset": None, "expires_at": None, "stop": None}
    nothing |= {"reduce_only": False}
    terms: list[dict[str, Any]] = [
        {"type": "iceberg", "price": "90", "quantity": "10", "display": "2"},
        {"type": "peg", "price": "95", "quantity": "3", "offset": "4"},
        {"type": "trailing_stop", "side": "sell", "price": None, "quantity": "1", "distance": "7"},
        {"time_in_force": "gtd", "expires_at": f"{until:%Y-%m-%dT%H:%M:%SZ}", "side": "sell", "price": "200"}
        | {"reduce_only": True, "quantity": "4"},
        {"price": "80"},
    ]
    wanted = {}
    for each in terms:
        made = tom.post(ORDERS, json=order(**tin | each)).json()
        assert made["status"] == "open", made
        wanted[made["id"]] = nothing | {name: each[name] for name in nothing if name in each}
    refused = order(**tin | {"side": "sell", "quantity": "50", "reduce_only": True, "display": "3", "type": "iceberg"})
    assert tom.post(ORDERS, json=refused).json()["code"] == "order.not_reducing"

    def of(message: dict[str, Any]) -> dict[str, Any]:
        return {name: message[name] for name in nothing}

    def find_refused() -> dict[str, Any]:
        query = {"account": "mine", "client_order_id": refused["client_order_id"]}
        (found,) = tom.get(ORDERS, params=query).json()["data"]
        return dict(found)

    def check() -> None:
        listed = tom.get(ORDERS, params={"account": "mine"}).json()["data"]
        assert {each["id"]: of(each) for each in listed if each["symbol"] == "TIN"} == wanted
        for id, each in wanted.items():
            assert of(tom.get(f"{ORDERS}/{id}", params={"account": "mine"}).json()) == each
        assert of(find_refused()) == nothing | {"display": "3", "reduce_only": True}
        socket.ask(op="unsubscribe", channel="orders", account="mine")
        at = len(socket.messages)
        socket.ask(op="subscribe", channel="orders", account="mine")
        whole = socket.wait_for(lambda each: each.get("type") == "snapshot" and each in socket.messages[at:])
        assert {each["id"]: of(each) for each in whole["data"]["orders"] if each["symbol"] == "TIN"} == wanted

    for id, each in wanted.items():
        event = socket.wait_for(
            lambda message, id=id: (
                message.get("type") == "event" and id in {order["id"] for order in message["data"].get("orders", ())}
            )
        )
        assert of(next(order for order in event["data"]["orders"] if order["id"] == id)) == each
    check()
    unrecorded()
    eventually(lambda: find_refused()["recorded_at"])
    check()
    history = tom.get(ORDERS, params={"account": "mine", "status": "all", "limit": 50}).json()["data"]
    assert {each["id"]: of(each) for each in history if each["id"] in wanted} == wanted
    assert of(next(each for each in history if each["status"] == "refused" and each["symbol"] == "TIN")) == of(
        find_refused()
    )


def test_a_stop_tells_when_it_was_triggered(tom: httpx2.Client, unrecorded: Callable[[], None]) -> None:
    gold: dict[str, Any] = {"symbol": "GOLD", "quantity": "1", "price": "100"}

    def trade(price: str) -> None:
        tom.post(ORDERS, json=order(**gold | {"price": price}, account="mine too", side="sell"))
        assert tom.post(ORDERS, json=order(**gold | {"price": price})).json()["status"] == "filled"

    trade("100")
    waiting = order(**gold | {"type": "stop_limit", "stop": "110", "price": "105"})
    path = tom.post(ORDERS, json=waiting).headers["Location"]
    before = tom.get(path)
    assert (before.json()["stop"], before.json()["triggered_at"]) == ("110.0", None)
    trade("110")
    after = tom.get(path)
    triggered = after.json()["triggered_at"]
    assert triggered > before.json()["created_at"]
    assert (after.json()["status"], after.json()["stop"]) == ("open", "110.0")
    assert after.headers["ETag"] != before.headers["ETag"]
    unrecorded()
    eventually(is_recorded(tom, path))
    history = tom.get(ORDERS, params={"account": "mine", "status": "all", "limit": 50}).json()["data"]
    assert [each["triggered_at"] for each in history if each["links"]["order"] == path] == [triggered]
    assert tom.get(path).json()["triggered_at"] == triggered
