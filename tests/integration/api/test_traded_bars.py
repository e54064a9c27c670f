"""Bars of the exchange's trades over REST, and how the web socket goes on from them."""

import io
import itertools
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx2
import pyarrow as pa
import pytest

from arbitrax.client import Client
from arbitrax.services.identity_ports import User
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.patience import eventually
from tests.socket_client import Socket

PATH = "/api/v1/bars"
_ids = itertools.count()


@pytest.fixture(scope="module")
def tom(gateway: Gateway, exchange: Exchange, trader: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        yield client


@pytest.fixture
def tape(gateway: Gateway, tom: httpx2.Client, trader: User) -> Iterator[Socket]:
    """Follows the trades of COIN, and its bars, from before a first trade of the test."""
    trade(tom, "100", "1")
    with closing(Socket(gateway.url, gateway.key(trader, "read"))) as socket:
        for channel in ("trades", "bars.1s"):
            eventually(
                lambda channel=channel: socket.ask(op="subscribe", channel=channel, symbols=["COIN"])["type"] == "ack"
            )
        yield socket


def trade(tom: httpx2.Client, price: str, quantity: str) -> None:
    for account, side in (("mine too", "sell"), ("mine", "buy")):
        terms = {"account": account, "symbol": "COIN", "side": side, "quantity": quantity, "price": price}
        answer = tom.post("/api/v1/orders", json=terms | {"client_order_id": f"bars-{next(_ids)}"})
        assert answer.status_code == 201, answer.text


def bars(tom: httpx2.Client, **query: Any) -> dict[str, Any]:
    answer = tom.get(PATH, params={"symbol": "COIN", "interval": "1s", "source": "exchange", **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def of_trades(socket: Socket, first: int, until: int) -> list[dict[str, Any]]:
    """Return bars of a second, made of what the tape told."""
    made: dict[int, dict[str, Any]] = {}
    for each in socket.of("trades"):
        for _, price, quantity, _, time in each["data"]["trades"]:
            if not first <= time < until:
                continue
            start = time // 1000 * 1000
            bar = made.setdefault(start, {"open": price, "high": price, "low": price, "volume": Decimal(0)})
            bar["high"], bar["low"] = max(bar["high"], price, key=Decimal), min(bar["low"], price, key=Decimal)
            bar["close"], bar["volume"] = price, bar["volume"] + Decimal(quantity)
    return [{"start": start, **bar, "volume": str(bar["volume"])} for start, bar in sorted(made.items())]


def shown(page: dict[str, Any], first: int, until: int) -> list[dict[str, Any]]:
    names = ("open", "high", "low", "close", "volume")
    rows = [{"start": ms(each["timestamp"]), **{name: each[name] for name in names}} for each in page["data"]]
    return [each for each in rows if first <= each["start"] < until]


def test_they_are_those_of_the_tape_and_say_until_when(tom: httpx2.Client, tape: Socket) -> None:
    for price in ("100.00", "101.50", "99.25", "100.75"):
        trade(tom, price, "0.5")
        tape.wait_for(lambda each, price=price: price in str(each.get("data")))
    first = ms(tape.of("trades")[0]["ts_event"]) // 1000 * 1000 + 1000  # of the second before it may have had more
    last = tape.of("trades")[-1]["data"]["trades"][-1][4]

    def complete() -> dict[str, Any] | None:
        found = bars(tom)
        return found if ms(found["complete_until"]) > last else None

    page = eventually(complete)
    expected = of_trades(tape, first, last + 1)
    assert shown(page, first, last + 1) == expected
    assert {each["adj_close"] for each in page["data"]} == {None}
    starts = [each["timestamp"] for each in page["data"]]
    assert starts == sorted(set(starts))


def test_history_and_what_the_socket_tells_make_every_trade_once(
    gateway: Gateway, tom: httpx2.Client, trader: User, tape: Socket
) -> None:
    """As a chart does it: it follows, asks, and of a bar that both have takes the one with more."""
    trade(tom, "90", "1")
    with closing(Socket(gateway.url, gateway.key(trader, "read"))) as late:
        assert late.ask(op="subscribe", channel="bars.1s", symbols=["COIN"])["type"] == "ack"
        live = late.first_of("bars.1s")
        assert live["type"] == "snapshot"
        page = eventually(
            lambda: found if ms((found := bars(tom))["complete_until"]) >= ms(live["data"]["start"]) else None
        )
        for price in ("91", "92", "93"):
            trade(tom, price, "2")
        tape.wait_for(lambda each: each.get("channel") == "trades" and "93.00" in str(each.get("data")))
        last = tape.of("trades")[-1]["data"]["trades"][-1]
        eventually(lambda: late.of("bars.1s")[-1]["seq"] >= last[0])
        first = ms(tape.of("trades")[0]["ts_event"]) // 1000 * 1000 + 1000
        merged = {each["start"]: each for each in shown(page, first, last[4] + 1)}
        for each in late.of("bars.1s"):
            start, found = ms(each["data"]["start"]), each["data"]
            if start >= first and Decimal(found["volume"]) >= Decimal(merged.get(start, {"volume": 0})["volume"]):
                merged[start] = {
                    "start": start,
                    **{name: found[name] for name in ("open", "high", "low", "close", "volume")},
                }
    assert [merged[start] for start in sorted(merged)] == of_trades(tape, first, last[4] + 1)


def test_wider_ones_pages_and_tables_hold_the_same_trades(tom: httpx2.Client, tape: Socket, gateway: Gateway) -> None:
    trade(tom, "100", "1.25")
    last = eventually(lambda: tape.of("trades"))[-1]["data"]["trades"][-1][4]
    eventually(lambda: ms(bars(tom)["complete_until"]) > last)
    seconds = bars(tom, limit=500)["data"]
    for interval in ("1m", "15m", "1h", "1d"):
        wide = bars(tom, interval=interval)["data"]
        assert sum(Decimal(each["volume"]) for each in wide) == sum(Decimal(each["volume"]) for each in seconds)
        assert (wide[0]["open"], wide[-1]["close"]) == (seconds[0]["open"], seconds[-1]["close"])
    paged, cursor = list[Any](), None
    while True:
        page = bars(tom, limit=2) if cursor is None else bars(tom, limit=2, cursor=cursor)
        paged += page["data"]
        if not page["has_more"]:
            break
        cursor = page["next_cursor"]
    assert paged == seconds
    (one,) = bars(tom, points=1)["data"]
    assert one["volume"] == str(sum(Decimal(each["volume"]) for each in seconds))
    query = {"symbol": "COIN", "interval": "1s", "source": "exchange"}
    answer = tom.get(PATH, params=query, headers={"Accept": "application/vnd.apache.arrow.stream"})
    table = pa.ipc.open_stream(io.BytesIO(answer.content)).read_all()
    assert table.column("close").to_pylist() == [float(each["close"]) for each in seconds]
    with Client(gateway.url, api_key=tom.headers["Authorization"].removeprefix("Bearer ")) as client:
        listed = list(client.bars.list("COIN", interval="1s", source="exchange"))
    assert [each.close for each in listed] == [each["close"] for each in seconds]


def test_what_has_not_traded_has_none(tom: httpx2.Client) -> None:
    for query in ({}, {"points": 100}, {"interval": "1d"}):
        page = bars(tom, symbol="TIN", **query)
        assert (page["data"], page["has_more"], page["complete_until"] is None) == ([], False, False)
    answer = tom.get(
        PATH, params={"symbol": "TIN", "interval": "1s", "source": "exchange"}, headers={"Accept": "text/csv"}
    )
    assert (answer.status_code, len(answer.text.splitlines())) == (200, 1)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"interval": "1w"}, 422, "input.invalid"),
        ({"interval": "7m"}, 422, "input.invalid"),
        ({"interval": "2d"}, 422, "input.invalid"),
        ({"symbol": "NOTLISTED"}, 404, "input.unknown_name"),
        ({"start": "2020-01-01"}, 422, "input.range"),
        ({"source": "moon"}, 422, "request.invalid"),
        ({"points": 5, "limit": 5}, 422, "request.invalid"),
    ],
)
def test_what_cannot_be_made_is_refused(tom: httpx2.Client, query: dict[str, Any], status: int, code: str) -> None:
    asked = {"symbol": "COIN", "interval": "1s", "source": "exchange"} | query
    answer = tom.get(PATH, params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_stored_bars_say_nothing_of_it(tom: httpx2.Client) -> None:
    page = tom.get(PATH, params={"symbol": "AAPL", "limit": 2}).json()
    assert (page["complete_until"], len(page["data"])) == (None, 2)
