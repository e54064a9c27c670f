"""The web socket on a running exchange."""

import itertools
import json
import random
import re
import signal
import socket as plain_socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import msgspec
import pytest
import valkey
from msgspec.structs import replace
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from arbitrax.api.websocket import streams
from arbitrax.exchange.journal import EventEntry
from arbitrax.services.identity_ports import User
from arbitrax.storage.postgres.exchange_accounts import PostgresAccounts
from arbitrax.trading import turns
from arbitrax.trading.account_reads import AccountNow, AccountReads
from arbitrax.trading.client_ids import new_client_order_id
from arbitrax.trading.registry import Account
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.socket_client import Socket, book_of

_ids = itertools.count()


@pytest.fixture(scope="module")
def published(gateway: Gateway, exchange: Exchange, trader: User) -> None:
    """COIN had an order, and the feed has told of it."""
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        assert client.post("/api/v1/orders", json=order(price="1") | {"account": "mine"}).status_code == 201
        end = time.monotonic() + 30
        while client.get("/api/v1/books/COIN").status_code != 200:
            assert time.monotonic() < end
            threading.Event().wait(0.05)
        client.request("DELETE", "/api/v1/orders", params={"account": "mine"})


@pytest.fixture
def key(gateway: Gateway, published: None, trader: User) -> str:
    return gateway.key(trader, "read", "trade")


@pytest.fixture
def socket(gateway: Gateway, key: str) -> Iterator[Socket]:
    found = Socket(gateway.url, key)
    yield found
    found.close()


@pytest.fixture
def rest(gateway: Gateway, key: str) -> Iterator[httpx2.Client]:
    with gateway.client(key) as client:
        yield client
        for account in ("mine", "mine too"):
            client.request("DELETE", "/api/v1/orders", params={"account": account})


def order(side: str = "buy", price: str = "100", quantity: str = "1", **more: Any) -> dict[str, Any]:
    client = f"socket-{next(_ids)}"
    return {"symbol": "COIN", "side": side, "price": price, "quantity": quantity, "client_order_id": client} | more


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("depth", [10, 50, "full"])
def test_a_book_is_followed_without_a_gap_or_a_wrong_level(
    gateway: Gateway, key: str, rest: httpx2.Client, packed: bool, depth: Any
) -> None:
    draw = random.Random(7)  # noqa: S311 - the same each time
    socket, trading = Socket(gateway.url, key, packed=packed), Socket(gateway.url, key)
    found = socket.ask(op="subscribe", channel="book", symbols=["COIN"], depth=depth)
    assert found["type"] == "ack", found
    for _ in range(20):
        orders = [
            order(side, f"{(90 if side == 'buy' else 110) + draw.randrange(-900, 900) / 100:.2f}")
            for side in draw.choices(("buy", "sell"), k=8)
        ]
        found = trading.ask(op="submit", account="mine", orders=orders)
        assert {each["status"] for each in found["results"]} == {"open"}, found
        gone = [each["id"] for each in draw.sample(found["results"], 3)]
        assert trading.ask(op="cancel", account="mine", orders=gone)["type"] == "result"
    end = time.monotonic() + 30
    while True:
        now = rest.get("/api/v1/books/COIN", params={"depth": 1000}).json()
        seq, bids, asks = book_of(socket.of("book"))
        shown = 1000 if depth == "full" else depth
        if (bids[:shown], asks[:shown]) == (now["bids"][:shown], now["asks"][:shown]) and now["bids"]:
            break
        assert time.monotonic() < end, (seq, now["seq"])
        threading.Event().wait(0.05)
    assert socket.of("book")[0]["type"] == "snapshot"
    socket.close()
    trading.close()


def test_orders_over_the_socket_tell_their_account_everything_once(socket: Socket, rest: httpx2.Client) -> None:
    for channel in ("orders", "fills", "positions", "account"):
        assert socket.ask(op="subscribe", channel=channel, account="mine")["type"] == "ack"
        assert socket.first_of(channel)["type"] == "snapshot"
    sold = socket.ask(op="submit", account="mine too", orders=[order("sell", "100", "30")])
    assert sold["results"][0]["status"] == "open"
    frames = [[order("buy", "100", "0.1") for _ in range(50)] for _ in range(4)]
    ids = [socket.send(op="submit", account="mine", orders=orders) for orders in frames]
    results = [socket.wait_for(lambda each, id=id: each.get("id") == id)["results"] for id in ids]
    told = [each["id"] for result in results for each in result]
    assert {each["status"] for result in results for each in result} == {"filled"}
    end = time.monotonic() + 30
    while len(fills := [each["order"] for event in socket.of("fills") for each in event["data"]["fills"]]) < 200:
        assert time.monotonic() < end
        threading.Event().wait(0.05)
    assert sorted(fills) == sorted(told)
    for channel in ("orders", "fills", "positions", "account"):
        messages = socket.of(channel)
        assert [each["seq"] for each in messages] == list(range(1, len(messages) + 1))
        assert [each["prev_seq"] for each in messages] == [None, *range(1, len(messages))]
    assert {each["status"] for event in socket.of("orders")[1:] for each in event["data"]["orders"]} == {"filled"}


def test_who_joins_while_orders_are_on_their_way_has_each_fill_once_and_the_journal_is_folded_once(
    gateway: Gateway, key: str, socket: Socket, rest: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, folded = AccountReads.take, list[tuple[str, str]]()

    async def counted(self: AccountReads, owner: Account, now: AccountNow, entry: EventEntry) -> None:
        folded.append((owner.name, str(entry.last)))
        await take(self, owner, now, entry)

    monkeypatch.setattr(AccountReads, "take", counted)
    for channel in ("fills", "orders"):
        assert socket.ask(op="subscribe", channel=channel, account="mine")["type"] == "ack"
        assert socket.first_of(channel)["type"] == "snapshot"
    assert socket.ask(op="submit", account="mine too", orders=[order("sell", "100", "30")])["type"] == "result"
    joined = list[Socket]()
    try:
        for number in range(12):
            sent = socket.send(op="submit", account="mine", orders=[order("buy", "100", "0.1") for _ in range(20)])
            joined.append(Socket(gateway.url, key, packed=number % 2 == 0))
            for channel in ("fills", "positions"):
                assert joined[-1].ask(op="subscribe", channel=channel, account="mine")["type"] == "ack"
        made = socket.wait_for(lambda each: each.get("id") == sent)["results"][-1]["id"]
        socket.wait_for(lambda each: made in filled(each))
        fills = [(event["data"]["entry"], event["data"]["fills"]) for event in socket.of("fills")[1:]]
        for each in joined:
            each.wait_for(lambda one: one.get("channel") == "fills" and entry_of(one) >= as_entry(fills[-1][0]))
            begun, *events = each.of("fills")
            at = as_entry(begun["data"]["entry"])
            wanted = [(entry, told) for entry, told in fills if as_entry(entry) > at]
            assert [(event["data"]["entry"], event["data"]["fills"]) for event in events] == wanted
            assert [event["seq"] for event in events] == list(range(2, len(events) + 2))
    finally:
        for each in joined:
            each.close()
    assert sum(len(told) for _, told in fills) == 240
    assert len(folded) == len(set(folded))


def filled(message: dict[str, Any]) -> list[str]:
    """Return the orders whose fills a message tells of."""
    return [each["order"] for each in (message.get("data") or {}).get("fills", ())]


def entry_of(message: dict[str, Any]) -> tuple[int, ...]:
    return as_entry((message.get("data") or {}).get("entry", "0"))


def as_entry(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split("-")))


def test_an_order_is_executed_once_and_refusals_have_their_codes(socket: Socket, rest: httpx2.Client) -> None:
    same, wrong = order(price="20"), order(price="20.001")
    first = socket.ask(op="submit", account="mine", orders=[same, wrong])["results"]
    again = socket.ask(op="submit", account="mine", orders=[same])["results"]
    assert first[0]["id"] == again[0]["id"]
    assert (first[1]["status"], first[1]["reason"]) == ("refused", "order.price_off_tick")
    by_rest = rest.post("/api/v1/orders", json=same | {"account": "mine"})
    assert (by_rest.status_code, by_rest.json()["id"]) == (201, first[0]["id"])
    too_many = socket.ask(op="submit", account="mine", orders=[order() for _ in range(201)])
    assert (too_many["type"], too_many["code"]) == ("error", "request.invalid")
    nobody = socket.ask(op="submit", account="theirs", orders=[order()])
    assert (nobody["type"], nobody["code"]) == ("error", "input.unknown_name")
    assert [each["pointer"] for each in nobody["errors"]] == ["/account"]
    without = socket.ask(op="submit", account="mine", orders=[order() | {"client_order_id": None}])
    assert without["code"] == "request.invalid"
    assert [each["pointer"] for each in without["errors"]] == ["/orders/0/client_order_id"]


def test_orders_go_with_the_session_that_said_so(gateway: Gateway, key: str, rest: httpx2.Client) -> None:
    going, staying = Socket(gateway.url), Socket(gateway.url, key)
    assert going.ask(op="authenticate", token=key, cancel_on_disconnect=True)["type"] == "ack"
    also = Socket(gateway.url)
    also.ask(op="authenticate", token=key, cancel_on_disconnect=True)
    first = going.ask(op="submit", account="mine", orders=[order(price="11")])["results"][0]["id"]
    second = staying.ask(op="submit", account="mine", orders=[order(price="12")])["results"][0]["id"]
    third = also.ask(op="submit", account="mine", orders=[order(price="13")])["results"][0]["id"]

    def status(id: str) -> str:
        return str(rest.get(f"/api/v1/orders/{id}", params={"account": "mine"}).json()["status"])

    def becomes(id: str) -> None:
        end = time.monotonic() + 30
        while status(id) != "cancelled":
            assert time.monotonic() < end
            threading.Event().wait(0.05)

    going.close()
    becomes(first)
    assert (status(second), status(third)) == ("open", "open")
    also.close()
    becomes(third)
    staying.close()
    assert status(second) == "open"


def test_cancel_all_takes_what_was_submitted_just_before_it(socket: Socket, rest: httpx2.Client) -> None:
    """Ids that do not say when they were made are looked up first, and a cancel needs no look."""
    for count in (1, 2, 50, 200, 1):
        ids = [
            socket.send(op="submit", account="mine", orders=[order(price="15") for _ in range(count)]),
            socket.send(op="cancel_all", account="mine"),
        ]
        submitted, cancelled = (socket.wait_for(lambda each, id=id: each.get("id") == id) for id in ids)
        assert {each["status"] for each in submitted["results"]} == {"open"}
        assert sorted(cancelled["cancelled"]) == sorted(each["id"] for each in submitted["results"])


def test_frames_enter_in_their_order_whatever_their_ids_say(socket: Socket, rest: httpx2.Client) -> None:
    def dated(is_dated: bool) -> dict[str, Any]:
        named = {"client_order_id": new_client_order_id(time.time_ns() // 1_000_000)} if is_dated else {}
        return order(price="16") | named

    draw = random.Random(11)  # noqa: S311 - the same each time
    frames = [[dated(draw.random() < 0.5) for _ in range(draw.choice((1, 1, 5)))] for _ in range(60)]
    ids = [socket.send(op="submit", account="mine", orders=orders) for orders in frames]
    last = socket.send(op="cancel_all", account="mine")
    told = [each["id"] for id in ids for each in socket.wait_for(lambda each, id=id: each.get("id") == id)["results"]]
    assert told == sorted(told)  # an order's id is its number at the exchange
    assert sorted(socket.wait_for(lambda each: each.get("id") == last)["cancelled"]) == told


def test_a_cancel_passes_an_order_whose_id_cannot_be_looked_up(
    socket: Socket, rest: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = socket.ask(op="submit", account="mine", orders=[order(price="17")])["results"][0]["id"]
    look, answers = PostgresAccounts.first_outcomes, threading.Event()
    monkeypatch.setattr(PostgresAccounts, "first_outcomes", lambda self, ids: answers.wait(60) and look(self, ids))
    monkeypatch.setattr(turns, "READY_SECONDS", 0.1)
    try:
        stuck = socket.send(op="submit", account="mine", orders=[order(price="17")])
        assert socket.ask(op="cancel_all", account="mine")["cancelled"] == [first]
    finally:
        answers.set()
    late = socket.wait_for(lambda each: each.get("id") == stuck)
    assert (late["type"], late["retryable"]) == ("error", True)
    assert socket.ask(op="cancel_all", account="mine")["cancelled"] == []


def test_orders_that_were_on_their_way_go_with_the_session_too(
    gateway: Gateway, exchange: Exchange, key: str, rest: httpx2.Client
) -> None:
    def going() -> Socket:
        found = Socket(gateway.url)
        assert found.ask(op="authenticate", token=key, cancel_on_disconnect=True)["type"] == "ack"
        return found

    def is_journaled(client: str) -> bool:
        with valkey.Valkey.from_url(str(gateway.settings.redis_url)) as journal:
            newest = journal.xrevrange(f"commands:{exchange.shard}", count=20)
        return any(client.encode() in value for _, fields in newest for value in fields.values())

    staying, leaving = going(), going()
    kept = staying.ask(op="submit", account="mine", orders=[order(price="18")])["results"][0]["id"]
    sent = [order(price="18") for _ in range(3)]
    worker = exchange.processes["exchange"]
    worker.send_signal(signal.SIGSTOP)  # so that no answer can come before the socket ends
    try:
        leaving.send(op="submit", account="mine", orders=sent)
        end = time.monotonic() + 30
        while not is_journaled(sent[-1]["client_order_id"]):
            assert time.monotonic() < end
            threading.Event().wait(0.01)
        before = len(gateway.parts.hub.sessions)
        leaving.connection.socket.shutdown(plain_socket.SHUT_RDWR)
        while len(gateway.parts.hub.sessions) == before:
            assert time.monotonic() < end
            threading.Event().wait(0.01)
    finally:
        worker.send_signal(signal.SIGCONT)

    def status(client: str) -> str | None:
        rows = rest.get("/api/v1/orders", params={"account": "mine", "status": "all", "limit": 50}).json()["data"]
        return next((str(each["status"]) for each in rows if each["client_order_id"] == client), None)

    end = time.monotonic() + 30
    while {status(each["client_order_id"]) for each in sent} != {"cancelled"}:
        assert time.monotonic() < end, [status(each["client_order_id"]) for each in sent]
        threading.Event().wait(0.05)
    assert rest.get(f"/api/v1/orders/{kept}", params={"account": "mine"}).json()["status"] == "open"
    leaving.close()
    staying.close()


def test_resuming_gives_what_is_missing_and_no_snapshot(gateway: Gateway, key: str, rest: httpx2.Client) -> None:
    before = Socket(gateway.url, key)
    before.ask(op="subscribe", channel="book", symbols=["COIN"])
    seq = before.first_of("book")["seq"]
    epoch = before.of("book")[0]["data"]["epoch"]
    book = before.of("book")
    before.ask(op="submit", account="mine", orders=[order(price="33")])
    before.first_of("book", seq)
    before.close()
    after = Socket(gateway.url, key)
    position = {"channel": "book", "symbol": "COIN", "seq": seq, "epoch": epoch}
    assert after.ask(op="resume", positions=[position])["type"] == "ack"
    after.first_of("book")
    assert after.of("book")[0]["type"] == "delta"
    assert after.of("book")[0]["prev_seq"] == seq
    assert ["33.00", "1.00"] in book_of(book[:1] + after.of("book"))[1]
    after.close()
    anew = Socket(gateway.url, key)
    anew.ask(op="resume", positions=[position | {"epoch": epoch + 1}])
    assert anew.first_of("book")["type"] == "snapshot"
    anew.close()


def test_heartbeats_say_up_to_where(socket: Socket) -> None:
    socket.ask(op="subscribe", channel="book", symbols=["COIN"])
    last = socket.wait_for(lambda each: each["type"] == "heartbeat" and each["subscriptions"])
    assert last["subscriptions"][0][:2] == ["book", "COIN"]
    listed = socket.ask(op="list")["subscriptions"]
    assert [(each["channel"], each["symbol"], each["depth"]) for each in listed] == [("book", "COIN", 10)]
    assert socket.ask(op="subscribe", channel="book", symbols=["COIN"])["code"] == "conflict.exists"
    assert socket.ask(op="unsubscribe", channel="book", symbols=["COIN"])["type"] == "ack"
    assert socket.ask(op="list")["subscriptions"] == []
    assert socket.ask(op="ping")["type"] == "pong"


def test_a_symbol_of_which_nothing_happened_has_an_empty_book(socket: Socket, rest: httpx2.Client) -> None:
    assert socket.ask(op="subscribe", channel="book", symbols=["TIN"])["type"] == "ack"
    silent = socket.first_of("book")
    assert (silent["type"], silent["seq"], silent["data"]["bids"], silent["data"]["asks"]) == ("snapshot", 0, [], [])
    assert rest.get("/api/v1/books/TIN").json()["crc"] == silent["data"]["crc"]
    for channel in ("prices", "statistics", "trades"):
        assert socket.ask(op="subscribe", channel=channel, symbols=["TIN"])["type"] == "ack"
    assert socket.first_of("prices")["data"]["bid"] is None
    assert socket.ask(op="submit", account="mine", orders=[order(symbol="TIN", price="3")])["type"] == "result"
    assert socket.first_of("book", 0)["data"]["bids"] == [["3", "1"]]
    assert book_of(socket.of("book"))[1] == [["3", "1"]]
    assert socket.ask(op="subscribe", channel="book", symbols=["TIN", "NONE"])["code"] == "conflict.exists"
    assert socket.ask(op="subscribe", channel="book", symbols=["GOLD", "NONE"])["code"] == "input.unknown_name"
    assert {each["symbol"] for each in socket.ask(op="list")["subscriptions"]} == {"TIN"}


def test_who_says_nothing_is_closed(gateway: Gateway) -> None:
    silent = Socket(gateway.url)
    assert silent.wait_for(lambda each: each["type"] == "hello")["session_id"].startswith("wss_")
    assert silent.wait_closed()[0] == 4408


def test_authority_ends_with_the_key(gateway: Gateway, trader: User, published: None) -> None:
    store = gateway.parts.store
    made, secret = store.keys.add(trader, "to be revoked", scopes=["read"])
    socket = Socket(gateway.url, secret)
    assert socket.ask(op="subscribe", channel="book", symbols=["COIN"])["type"] == "ack"
    refused = socket.ask(op="submit", account="mine", orders=[order()])
    assert refused["code"] == "access.forbidden"
    store.keys.revoke(made.id, of=None)
    assert socket.wait_closed()[0] == 4401


def test_strangers_follow_and_send_nothing_of_an_account(gateway: Gateway, exchange: Exchange, trader: User) -> None:
    socket = Socket(gateway.url)
    assert socket.ask(op="subscribe", channel="book", symbols=["COIN"])["code"] == "access.not_authenticated"
    stranger = gateway.user("socket-stranger", "trader")
    assert socket.ask(op="authenticate", token="nonsense")["code"] == "access.not_authenticated"  # noqa: S106 - no secret
    assert socket.ask(op="authenticate", token=gateway.key(stranger, "read", "trade"))["type"] == "ack"
    assert socket.ask(op="authenticate", token=gateway.key(trader, "read"))["code"] == "access.forbidden"
    for channel in ("orders", "fills", "positions", "account"):
        assert socket.ask(op="subscribe", channel=channel, account="mine")["code"] == "input.unknown_name"
    assert socket.ask(op="cancel_all", account="mine")["code"] == "input.unknown_name"
    run = "runs.bt_" + "0" * 26
    assert socket.ask(op="subscribe", channel=run)["code"] == "input.unknown_name"
    socket.close()


def test_pages_from_elsewhere_get_no_socket(gateway: Gateway) -> None:
    with pytest.raises(InvalidStatus) as refused:
        Socket(gateway.url, origin="https://elsewhere.example")
    assert refused.value.response.status_code == 403
    own = Socket(gateway.url, origin=gateway.url)
    own.wait_for(lambda each: each["type"] == "hello")
    own.close()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("", "request.malformed"),
        ("{", "request.malformed"),
        ("[" * 100_000, "request.invalid"),
        ("[]", "request.invalid"),
        ("null", "request.invalid"),
        ('{"op":1}', "request.invalid"),
        ('{"op":"submit"}', "request.invalid"),
        ('{"op":"ping","x":1}', "request.invalid"),
    ],
)
def test_nonsense_is_answered_and_the_socket_lives(socket: Socket, frame: str, code: str) -> None:
    socket.connection.send(frame)
    assert socket.wait_for(lambda each: each["type"] == "error")["code"] == code
    assert socket.ask(op="ping")["type"] == "pong"


@pytest.mark.parametrize("packed", [False, True])
def test_an_error_says_where_the_message_is_wrong_as_rest_does(
    gateway: Gateway, key: str, rest: httpx2.Client, packed: bool
) -> None:
    wrong = order() | {"quantity": "1e5"}
    by_rest = rest.post("/api/v1/orders", json=wrong | {"account": "mine"}).json()
    with closing(Socket(gateway.url, key, packed=packed)) as socket:
        answer = socket.ask(op="submit", account="mine", orders=[order(), wrong])
        (told,), (found,) = by_rest["errors"], answer["errors"]
        assert found == told | {"pointer": "/orders/1/quantity"}
        assert (answer["code"], answer["retryable"], answer["retry_after"]) == ("request.invalid", False, None)
        unknown = socket.ask(op="cancel_all", sid="buy")
        assert [(each["pointer"], each["code"]) for each in unknown["errors"]] == [("/sid", "request.unknown")]


def test_the_page_shows_an_error_as_it_is(socket: Socket) -> None:
    page = (Path(__file__).parents[3] / "docs" / "websocket.md").read_text()
    (shown,) = re.findall(r'^\{"type": "error".*$', page, re.MULTILINE)
    second = order()
    del second["side"]
    socket.connection.send(json.dumps({"op": "submit", "id": 4, "orders": [order(), second]}))
    assert socket.wait_for(lambda each: each.get("id") == 4 and each["type"] == "error") == json.loads(shown)


@pytest.mark.parametrize(
    "frame",
    [
        '{"op": "ping", "id": "twice", "id": "twice"}',
        '{"id":"twice","op":"subscribe","channel":"book","symbols":["COIN"],"symbols":["GOLD"]}',
        '{"id":"twice","op":"submit","orders":[{FIELDS},{"price":"1",FIELDS}]}',
        '{"id":"twice","op":"submit","orders":[{"\\u0070rice" :"1",FIELDS}]}',
        '{"id":"twice","op":"validate","order":{"quantity" : "9",FIELDS}}',
    ],
)
def test_a_key_that_is_there_twice_is_refused(socket: Socket, rest: httpx2.Client, frame: str) -> None:
    socket.connection.send(frame.replace("FIELDS", json.dumps(order("buy", "11"))[1:-1]))
    answer = socket.wait_for(lambda each: each.get("id") == "twice")
    assert (answer["type"], answer["code"]) == ("error", "request.malformed")
    assert "twice" in answer["detail"]
    assert rest.get("/api/v1/orders", params={"account": "mine"}).json()["data"] == []


def test_a_packed_key_that_is_there_twice_is_refused(gateway: Gateway, key: str, rest: httpx2.Client) -> None:
    asked = msgspec.msgpack.encode({"op": "submit", "id": "twice", "account": "mine", "orders": [order("buy", "11")]})
    price = msgspec.msgpack.encode("price") + msgspec.msgpack.encode("11")
    assert asked.count(price) == 1
    fields = len(order("buy", "11"))
    one, two = bytes([0x91, 0x80 | fields]), bytes([0x91, 0x80 | fields + 1])
    assert asked.count(one) == 1
    with closing(Socket(gateway.url, key, packed=True)) as socket:
        socket.connection.send(asked.replace(one, two).replace(price, price + price.replace(b"11", b"12")))
        answer = socket.wait_for(lambda each: each.get("id") == "twice")
        assert (answer["type"], answer["code"]) == ("error", "request.malformed")
        assert answer["detail"] == "The message names the key 'price' twice in one object; say which you mean."
    assert rest.get("/api/v1/orders", params={"account": "mine"}).json()["data"] == []


def test_a_colon_in_a_text_is_no_key(socket: Socket, rest: httpx2.Client) -> None:
    named = order("buy", "11", client_order_id='a:"b":c')
    assert socket.ask(op="submit", account="mine", orders=[named])["results"][0]["status"] == "open"


def test_a_limit_says_how_long_to_wait(gateway: Gateway, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = gateway.parts.limits
    narrow = replace(plain.user, name="narrow", rate=0.1, burst=3.0)
    with closing(Socket(gateway.url, key)) as socket:
        monkeypatch.setattr(gateway.parts, "limits", replace(plain, user=narrow))
        answers = [socket.ask(op="ping") for _ in range(4)]
        refused = answers[-1]
        assert [each["type"] for each in answers] == ["pong"] * 3 + ["error"]
        assert (refused["code"], refused["retryable"], refused["errors"]) == ("access.rate_limited", True, [])
        assert 1 <= refused["retry_after"] <= 11


def test_an_order_is_checked_over_the_socket_as_by_rest(socket: Socket, rest: httpx2.Client) -> None:
    for each in (order("buy", "11"), order("buy", "11.001"), order("buy", "11", "1000000000")):
        found = socket.ask(op="validate", account="mine", order=each)
        assert (found["type"], found["op"]) == ("result", "validate")
        by_rest = rest.post("/api/v1/orders/validations", json=each | {"account": "mine"}).json()
        assert found["validation"] | {"as_of": None} == by_rest | {"as_of": None}
    assert rest.get("/api/v1/orders", params={"account": "mine"}).json()["data"] == []
    nowhere = socket.ask(op="validate", account="mine", order=order() | {"symbol": "NONE"})
    assert (nowhere["type"], nowhere["code"]) == ("error", "input.unknown_name")
    assert [each["pointer"] for each in nowhere["errors"]] == ["/order/symbol"]
    nowhere = socket.ask(op="submit", account="mine", orders=[order(), order() | {"symbol": "NONE"}])
    assert [each["pointer"] for each in nowhere["errors"]] == ["/orders/1/symbol"]
    assert rest.get("/api/v1/orders", params={"account": "mine"}).json()["data"] == []


def test_who_may_not_trade_may_not_have_orders_checked(gateway: Gateway, published: None, trader: User) -> None:
    with closing(Socket(gateway.url, gateway.key(trader, "read"))) as socket:
        assert socket.ask(op="validate", account="mine", order=order())["code"] == "access.forbidden"


def test_a_frame_without_end_closes_the_socket(socket: Socket) -> None:
    socket.connection.send("x" * 300_000)
    assert socket.wait_closed()[0] == 1009


def test_a_client_that_does_not_read_its_orders_harms_only_itself(
    gateway: Gateway, key: str, rest: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_WAITING", 20)
    host, port = urlsplit(gateway.url).netloc.split(":")
    plain = plain_socket.socket()
    plain.setsockopt(plain_socket.SOL_SOCKET, plain_socket.SO_RCVBUF, 4096)
    plain.connect((host, int(port)))
    hub = gateway.parts.hub
    with (
        closing(Socket(gateway.url, key)) as fast,
        connect(f"ws://{host}:{port}/api/v1/ws", sock=plain, compression=None, max_queue=1) as slow,
    ):
        slow.send(json.dumps({"op": "authenticate", "token": key}))
        slow.send(json.dumps({"op": "subscribe", "channel": "orders", "account": "mine"}))
        end = time.monotonic() + 60
        while len(hub.sessions) < 2:
            assert time.monotonic() < end
            threading.Event().wait(0.01)
        rounds = 0
        while len(hub.sessions) > 1:
            assert time.monotonic() < end, rounds
            rounds += 1
            found = fast.ask(op="submit", account="mine", orders=[order(price="1") for _ in range(200)])
            assert {each["status"] for each in found["results"]} == {"open"}
            assert len(fast.ask(op="cancel_all", account="mine")["cancelled"]) == 200
        assert fast.ask(op="ping")["type"] == "pong"


def test_what_a_socket_changed_is_in_the_audit_log(gateway: Gateway, socket: Socket, admin: User) -> None:
    session = socket.wait_for(lambda each: each["type"] == "hello")["session_id"]
    ids = [
        socket.send(op="submit", account="mine", orders=[order(price="14") for _ in range(3)]),
        socket.send(op="cancel_all", account="mine"),
    ]
    done = [socket.wait_for(lambda each, id=id: each.get("id") == id) for id in ids]
    with gateway.client(gateway.key(admin, "read", "admin")) as client:
        end = time.monotonic() + 30
        while True:
            rows = client.get("/api/v1/audit_entries").json()["data"]
            found = {each["request_id"]: each for each in rows if str(each["request_id"]).startswith(session)}
            if found.keys() >= {f"{session}:{id}" for id in ids}:
                break
            assert time.monotonic() < end, rows[:3]
            threading.Event().wait(0.05)
    submitted, cancelled = (found[f"{session}:{id}"] for id in ids)
    assert (submitted["actor"], submitted["action"], cancelled["action"]) == (
        "tom",
        "order.submit",
        "order.cancel_all",
    )
    assert submitted["detail"]["orders"] == [each["id"] for each in done[0]["results"]]


def test_bars_are_the_trades_whenever_one_comes(
    gateway: Gateway, key: str, socket: Socket, rest: httpx2.Client
) -> None:
    assert socket.ask(op="subscribe", channel="trades", symbols=["GOLD"])["type"] == "ack"
    for channel in ("bars.1s", "bars.1m"):
        assert socket.ask(op="subscribe", channel=channel, symbols=["GOLD"])["type"] == "ack"

    def gold(side: str, quantity: str, price: str) -> dict[str, Any]:
        return order(side, price, quantity) | {"symbol": "GOLD"}

    socket.ask(op="submit", account="mine too", orders=[gold("sell", "30", "50.5"), gold("sell", "30", "51")])
    for quantity in ("3", "40", "2"):
        done = socket.ask(op="submit", account="mine", orders=[gold("buy", quantity, "51")])
        assert done["results"][0]["status"] == "filled", done
    end = time.monotonic() + 30
    while len(tape := [trade for each in socket.of("trades") for trade in each["data"]["trades"]]) < 4:
        assert time.monotonic() < end
        threading.Event().wait(0.05)

    def of(start: str, milliseconds: int) -> dict[str, Any]:
        first = datetime.fromisoformat(start).timestamp() * 1000
        mine = [each for each in tape if first <= each[4] < first + milliseconds]
        prices = [float(each[1]) for each in mine]
        return {
            "open": mine[0][1],
            "close": mine[-1][1],
            "high": f"{max(prices):.1f}",
            "low": f"{min(prices):.1f}",
            "volume": str(sum(int(each[2]) for each in mine)),
            "trades": len(mine),
        }

    def newest(of: Socket, channel: str) -> dict[str, Any]:
        found = of.wait_for(lambda each: each.get("channel") == channel and each.get("seq") == tape[-1][0])
        return dict(found["data"])

    late = Socket(gateway.url, key)
    for channel, length in (("bars.1s", 1_000), ("bars.1m", 60_000)):
        bar = newest(socket, channel)
        assert bar | of(bar["start"], length) == bar
        assert late.ask(op="subscribe", channel=channel, symbols=["GOLD"])["type"] == "ack"
        again = newest(late, channel)
        assert again | {"closed": bar["closed"]} == bar
    late.close()
    closed = socket.wait_for(
        lambda each: each.get("channel") == "bars.1s" and "data" in each and each["data"]["closed"]
    )
    assert closed["data"]["trades"] >= 1
    rest.delete("/api/v1/orders", params={"account": "mine too"})
