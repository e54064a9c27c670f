"""Sockets while the database of identities is away: nothing goes out, nothing ends at once, and rights still end."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from arbitrax.api.websocket import session as sessions
from arbitrax.bootstrap import open_broker, read_registry
from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.services.identity_ports import User
from arbitrax.trading.orders import Done, NewOrder
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.socket_client import Socket

ORDER = {"symbol": "COIN", "side": "buy", "price": "10", "quantity": "1"}


def becomes(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        threading.Event().wait(0.02)


@pytest.fixture
def trade(gateway: Gateway, exchange: Exchange) -> Callable[[str], None]:
    """Return what submits an order past the gateway, which knows nobody's rights at the time."""
    registry = read_registry(gateway.settings)
    account = next(each for each in registry.by_id.values() if each.name == "mine")

    def submit(client: str) -> None:
        async def run() -> None:
            async with open_broker(gateway.settings, registry, {account.shard}) as broker:
                order = NewOrder("COIN", "buy", "1", price="10", client_order_id=client)
                assert isinstance(await broker.submit(account.text, order), Done)

        asyncio.run(run())

    return submit


@pytest.fixture
def identities(gateway: Gateway) -> Iterator[Callable[[bool], None]]:
    """Return what takes the identities' version away, or gives it back."""
    watch = gateway.parts.authenticator.watch
    assert watch is not None
    read = watch._read

    def down() -> int:
        raise StoreUnavailableError("PostgreSQL does not answer.")

    def reachable(is_reachable: bool) -> None:
        watch._read = read if is_reachable else down
        becomes(lambda: gateway.parts.hub.is_holding is not is_reachable)

    yield reachable
    watch._read = read


@pytest.fixture
def socket(gateway: Gateway, trader: User, trade: Callable[[str], None]) -> Iterator[Socket]:
    """A socket that follows a book and an account."""
    trade(f"before-{time.monotonic_ns()}")
    with closing(Socket(gateway.url, gateway.key(trader, "read", "trade"))) as found:
        becomes(lambda: found.ask(op="subscribe", channel="book", symbols=["COIN"])["type"] == "ack")
        assert found.ask(op="subscribe", channel="orders", account="mine")["type"] == "ack"
        found.first_of("book")
        found.first_of("orders")
        yield found


def test_nothing_is_told_until_rights_are_known_again_and_then_nothing_is_missing(
    gateway: Gateway, socket: Socket, trade: Callable[[str], None], identities: Callable[[bool], None]
) -> None:
    identities(False)
    book, orders = len(socket.of("book")), len(socket.of("orders"))
    trade("meanwhile")
    refused = socket.ask(op="submit", account="mine", orders=[ORDER | {"client_order_id": "refused"}])
    assert (refused["type"], refused["retryable"]) == ("error", True)
    beats = sum(each["type"] == "heartbeat" for each in socket.messages)
    becomes(lambda: sum(each["type"] == "heartbeat" for each in socket.messages) > beats + 1)
    assert (len(socket.of("book")), len(socket.of("orders"))) == (book, orders)
    last = socket.of("book")[-1]["seq"]
    identities(True)
    message = socket.first_of("book", last)
    assert (message["type"], message["prev_seq"]) == ("delta", last)
    told = socket.wait_for(lambda each: each.get("channel") == "orders" and each["type"] == "event")
    assert [each["client_order_id"] for each in told["data"]["orders"]] == ["meanwhile"]
    assert socket.closed is None


def test_rights_that_ended_meanwhile_end_before_anything_is_told(
    gateway: Gateway, trader: User, trade: Callable[[str], None], identities: Callable[[bool], None]
) -> None:
    trade(f"before-{time.monotonic_ns()}")
    made, secret = gateway.parts.store.keys.add(trader, f"revoked {time.monotonic_ns()}", scopes=["read"])
    with closing(Socket(gateway.url, secret)) as socket:
        becomes(lambda: socket.ask(op="subscribe", channel="book", symbols=["COIN"])["type"] == "ack")
        socket.first_of("book")
        identities(False)
        there = len(socket.of("book"))
        gateway.parts.store.keys.revoke(made.id, of=None)
        trade("after-the-end")
        identities(True)
        assert socket.wait_closed()[0] == 4401
        assert len(socket.of("book")) == there


def test_who_cannot_be_verified_for_long_is_closed(
    socket: Socket, identities: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "UNCERTAIN_SECONDS", 0.1)
    identities(False)
    assert socket.wait_closed() == (1013, "identity unavailable")
