"""How the exchange does, over REST, with its processes running and without."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest

from arbitrax.services.identity_ports import User
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.integration.api.test_orders import eventually
from tests.socket_client import Socket

_ids = itertools.count()


@pytest.fixture(scope="module")
def reader(gateway: Gateway, viewer: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(viewer, "read")) as client:
        yield client


def looked_at(reader: httpx2.Client, shard: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the answer, and the shard's part of it."""
    answer = reader.get("/api/v1/exchange")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found, next(each for each in found["shards"] if each["shard"] == shard)


def test_before_there_is_an_exchange_it_says_what_is_down(gateway: Gateway, reader: httpx2.Client) -> None:
    found = reader.get("/api/v1/exchange").json()
    if not found["instruments"]:  # no other test has begun one yet
        assert [each["shard"] for each in found["shards"]] == [0]
    assert "unix:" not in str(found)


def test_a_running_one_tells_rates_latencies_and_phases(
    gateway: Gateway, reader: httpx2.Client, exchange: Exchange, trader: User
) -> None:
    with gateway.client(gateway.key(trader, "read", "trade")) as tom:
        for _ in range(20):
            order = {"account": "mine", "symbol": "COIN", "side": "buy", "quantity": "1", "price": "3"}
            assert tom.post("/api/v1/orders", json=order | {"client_order_id": f"x{next(_ids)}"}).status_code == 201
        refused = order | {"quantity": "1000000", "client_order_id": "far-too-much"}
        assert tom.post("/api/v1/orders", json=refused).status_code == 403

        def reported() -> dict[str, Any] | None:
            tom.request("DELETE", "/api/v1/orders", params={"account": "mine"})  # rates need two reports
            _, shard = looked_at(reader, exchange.shard)
            worker = shard["worker"]
            told = worker and "no_buying_power" in worker["refused"] and worker["commands_per_second"]
            return shard if told and shard["journal_lag_ms"] == 0 else None

        shard = eventually(reported)
    worker = shard["worker"]
    parts = {each["name"]: each for each in shard["parts"]}
    assert parts.keys() == {"journal", "worker", "archiver", "recorder", "cache", "feed"}
    assert {parts[name]["state"] for name in ("journal", "worker", "cache", "feed")} == {"up"}
    assert (parts["worker"]["start"], parts["archiver"]["state"], shard["well"]) == (None, "down", False)
    assert parts["archiver"]["start"] == f"arbitrax serve archiver --shard {exchange.shard}"
    assert worker["fresh"] is True
    assert worker["commands_per_second"] > 0
    assert worker["refused"]["no_buying_power"] >= 1
    latency = worker["latency"]
    bounds = [each["up_to_us"] for each in latency["buckets"]]
    assert bounds == sorted(bounds)
    assert 100 <= latency["p50_us"] <= latency["p99_us"] <= latency["p999_us"]
    assert {latency["p50_us"], latency["p999_us"]} <= set(bounds)
    assert sum(each["count"] for each in latency["buckets"]) > 0
    assert (shard["applied"], len(shard["events_hash"])) == (shard["journal_end"], 16)
    found, _ = looked_at(reader, exchange.shard)
    phases = {each["symbol"]: each["phase"] for each in found["instruments"]}
    assert phases == {"COIN": "continuous", "TIN": "continuous", "GOLD": "continuous"}


def test_the_hash_of_events_changes_with_what_happens(
    gateway: Gateway, reader: httpx2.Client, exchange: Exchange, trader: User
) -> None:
    before = looked_at(reader, exchange.shard)[1]["events_hash"]
    with gateway.client(gateway.key(trader, "read", "trade")) as tom:
        order = {"account": "mine", "symbol": "COIN", "side": "buy", "quantity": "1", "price": "2"}
        tom.post("/api/v1/orders", json=order | {"client_order_id": f"x{next(_ids)}"})
        tom.request("DELETE", "/api/v1/orders", params={"account": "mine"})
    assert looked_at(reader, exchange.shard)[1]["events_hash"] != before


def test_the_channel_tells_the_same_each_second_to_who_may_read_it(
    gateway: Gateway, reader: httpx2.Client, exchange: Exchange, viewer: User
) -> None:
    with (
        closing(Socket(gateway.url, gateway.key(viewer, "read"))) as one,
        closing(Socket(gateway.url, gateway.key(viewer, "read"))) as two,
        closing(Socket(gateway.url)) as nobody,
    ):
        assert nobody.ask(op="subscribe", channel="exchange")["code"] == "access.not_authenticated"
        assert one.ask(op="subscribe", channel="exchange", symbols=["COIN"])["code"] == "input.invalid"
        for each in (one, two):
            assert each.ask(op="subscribe", channel="exchange")["symbols"] == ["exchange"]
        eventually(lambda: len(one.of("exchange")) >= 3)
        told = one.of("exchange")
        assert {each["type"] for each in told} == {"snapshot"}
        assert told[2]["seq"] - told[1]["seq"] >= 900  # ms
        last = two.first_of("exchange", told[1]["seq"] - 1)
        (same,) = [each for each in one.of("exchange") if each["seq"] == last["seq"]]
        assert last == same  # put together once for both
        assert last["data"].keys() == reader.get("/api/v1/exchange").json().keys()
        assert [each["symbol"] for each in last["data"]["instruments"]] == ["COIN", "TIN", "GOLD"]
        position = {"channel": "exchange", "symbol": "exchange", "seq": last["seq"]}
        one.ask(op="unsubscribe", channel="exchange")
        assert one.ask(op="resume", positions=[position])["type"] == "ack"
        assert one.first_of("exchange", last["seq"])["data"]["shards"]


def test_a_worker_that_is_gone_is_down_and_its_rates_are_old(reader: httpx2.Client, exchange: Exchange) -> None:
    exchange.kill("exchange")
    exchange.kill("feed")
    try:
        parts = eventually(
            lambda: (
                (found := {each["name"]: each for each in looked_at(reader, exchange.shard)[1]["parts"]})["worker"][
                    "state"
                ]
                == found["feed"]["state"]
                == "down"
                and found
            )
        )
        assert parts["worker"]["start"] == f"arbitrax serve exchange --shard {exchange.shard}"
        assert eventually(lambda: looked_at(reader, exchange.shard)[1]["worker"]["fresh"] is False)
        assert looked_at(reader, exchange.shard)[0]["instruments"]
    finally:
        exchange.start("exchange", "recovery.done")
        exchange.start("feed")
