"""The Python client's requests, on a running gateway and exchange."""

import asyncio
import itertools
from collections.abc import Iterator

import httpx2
import pytest
from msgspec.structs import replace

from arbitrax.client import AsyncClient, Client, NewIngestion, NewOrder, problem_of
from arbitrax.client.messages import NewKey, NewUser, UserChange
from arbitrax.domain.errors import (
    ArbitraxError,
    InputError,
    NotAuthenticated,
    TooManyRequests,
    UnknownNameError,
    WrongCredentials,
)
from arbitrax.services.identity_ports import User
from tests.exchange_processes import Exchange
from tests.gateway import PASSWORD, Gateway

_ids = itertools.count()


def order(price: str = "10", quantity: str = "1", side: str = "buy", **more: str) -> NewOrder:
    return NewOrder(symbol="COIN", side=side, quantity=quantity, price=price, account="mine", **more)


@pytest.fixture
def client(gateway: Gateway, trader: User, exchange: Exchange) -> Iterator[Client]:
    with Client(gateway.url, api_key=gateway.key(trader, "read", "trade")) as made:
        yield made
        made.orders.cancel_all(account="mine")


def test_an_order_lives_from_submission_to_its_end(client: Client) -> None:
    assert client.orders.validate(order("11", "2")).accepted
    assert client.orders.validate(order("11.001", "2")).code == "order.price_off_tick"
    made = client.orders.submit(order("11", "2"))
    assert (made.status, made.open_quantity) == ("open", "2.00")
    assert made.client_order_id is not None
    assert made.client_order_id.startswith("t_")
    changed = client.orders.amend(made.id or "", quantity="1.5", price="11.5", account="mine")
    assert (changed.id, changed.quantity) == (made.id, "1.50")
    found = client.orders.find(made.client_order_id, account="mine")
    assert found == client.orders.get(made.id or "", account="mine")
    assert [each.id for each in client.orders.list(account="mine")] == [made.id]
    assert client.orders.cancel(made.id or "", account="mine").status == "cancelled"
    assert client.orders.find("never-sent", account="mine") is None
    assert client.orders.cancel_all_after(0, account="mine").orders == []


def test_both_faces_are_one(gateway: Gateway, trader: User, client: Client) -> None:
    async def ask() -> list[str]:
        async with AsyncClient(gateway.url, api_key=gateway.key(trader, "read", "trade")) as other:
            made = await other.orders.submit(order("12"))
            listed = [each.id async for each in other.orders.list(account="mine")]
            assert await other.orders.get(made.id or "", account="mine") == client.orders.get(
                made.id or "", account="mine"
            )
            return listed

    assert asyncio.run(ask()) == [each.id for each in client.orders.list(account="mine")]
    assert (client.orders.submit.__doc__ or "").startswith("Submit an order")


def test_refusals_are_errors_with_their_codes(client: Client) -> None:
    with pytest.raises(InputError) as refused:
        client.orders.submit(order("11.001"))
    assert (refused.value.code, refused.value.http_status, refused.value.exit_code) == ("order.price_off_tick", 422, 2)
    problem = problem_of(refused.value)
    assert problem is not None
    assert problem.request_id.startswith("req_")
    with pytest.raises(ArbitraxError) as risky:
        client.orders.submit(order("11", "1000000"))
    assert (risky.value.code, risky.value.exit_code) == ("risk.no_buying_power", 4)
    with pytest.raises(UnknownNameError, match="NOPE"):
        client.orders.submit(NewOrder(symbol="NOPE", side="buy", quantity="1", price="1", account="mine"))
    with pytest.raises(InputError, match="/quantity") as wrong:
        client.orders.submit(order(quantity="1e5"))
    assert wrong.value.code == "request.invalid"
    client.orders.submit(order("13", client_order_id="same"))
    with pytest.raises(InputError) as used:
        client.orders.submit(order("14", client_order_id="same"))
    assert used.value.code == "order.client_id_used"
    # An error of one request leaves the class as it was.
    assert InputError.code == "input.invalid"


def test_lists_come_page_after_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arbitrax.client.resource.MOST", 3)
    made = [client.orders.submit(order("15")).id for _ in range(8)]
    assert [each.id for each in client.orders.list(account="mine")] == made[::-1]
    first = client.orders.list(account="mine")
    assert [next(first).id, next(first).id] == made[:5:-1]
    bars = list(client.bars.list("AAPL", start="2012-01-01", end="2012-02-01"))
    frame = client.bars.frame("AAPL", start="2012-01-01", end="2012-02-01")
    assert [float(each.close) for each in bars] == frame["close"].tolist()
    assert client.bars.table("AAPL", start="2012-01-01", end="2012-02-01").num_rows == len(bars)
    assert client.bars.table("AAPL", points=10).num_rows == 10


def test_every_resource_is_read(client: Client, gateway: Gateway, admin: User) -> None:
    accounts = {each.name: each.id for each in client.accounts.list()}
    assert set(accounts) == {"mine", "mine too"}
    mine = client.accounts.get(accounts["mine"])
    assert (mine.name, mine.currency) == ("mine", "USD")
    client.orders.submit(replace(order("20", side="sell"), account="mine too"))
    client.orders.submit(order("20"))
    assert "COIN" in [each.symbol for each in client.accounts.positions(account="mine")]
    assert client.instruments.get("AAPL").symbol == "AAPL"
    assert "AAPL" in [each.symbol for each in client.instruments.list(search="AAP")]
    assert client.strategies.get("sma_cross").class_name == "SmaCross"
    assert "sma_cross" in [each.name for each in client.strategies.list()]
    assert client.me.get().user.name == "tom"
    asked = client.ingestions.submit(NewIngestion(symbols=["MADE"], source="synthetic", start="2020-01-01"))
    assert client.ingestions.get(asked.id).status == "queued"
    assert client.ingestions.cancel(asked.id).status == "cancelled"
    assert asked.id in [each.id for each in client.ingestions.list(status="cancelled")]
    assert list(client.ingestions.list(status="succeeded")) == []
    with Client(gateway.url, api_key=gateway.key(admin, "read", "trade", "admin")) as boss:
        name = f"new-{next(_ids)}"
        made = boss.users.add(NewUser(name=name, password=PASSWORD))
        assert boss.users.change(made.id, UserChange(role="trader")).role == "trader"
        assert boss.users.get(made.id).role == "trader"
        assert name in [each.name for each in boss.users.list()]
        key = boss.keys.add(NewKey(name="one", scopes=["read"]))
        assert key.secret is not None
        assert boss.keys.get(key.key.id).hint in key.secret
        with Client(gateway.url, api_key=key.secret) as reader:
            assert reader.me.get().scopes == ["read"]
        assert boss.keys.revoke(key.key.id).revoked_at is not None
        assert key.key.id in [each.id for each in boss.keys.list()]
        assert next(boss.audit.list()).action == "key.revoke"


def test_a_name_and_password_are_renewed_before_they_end(gateway: Gateway, trader: User) -> None:
    with Client(gateway.url, name="tom", password=PASSWORD) as client:
        assert client.me.get().authenticated_by == "token"
        credentials = client._transport.credentials
        first = credentials._tokens
        assert first.access.renew_at is not None
        credentials._clock = lambda: first.access.renew_at + 1.0
        client.me.get()
        second = credentials._tokens
        assert second.refresh != first.refresh
        credentials._clock = lambda: 0.0
        # The login ends elsewhere: its token and refresh token do not count any more, the password does.
        with gateway.client(second.access.text) as other:
            assert other.post("/api/v1/auth/logout").status_code == 204
        while credentials._tokens is second:  # it ends within a second
            assert client.me.get().user.name == "tom"
        assert credentials._tokens.refresh != first.refresh
        client.me.logout()
    with Client(gateway.url, name="tom", password="wrong" * 4) as client, pytest.raises(WrongCredentials):
        client.me.get()
    with Client(gateway.url, api_key="ax_nobody") as client, pytest.raises(NotAuthenticated):
        client.me.get()
    with Client(gateway.url) as client, pytest.raises(NotAuthenticated):
        client.me.get()


def test_a_limit_is_waited_for_as_long_as_the_gateway_says(
    gateway: Gateway, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    waits: list[float | None] = []

    async def pause(attempt: int, told: float | None) -> None:
        waits.append(told)
        gateway.parts.limits = plain

    monkeypatch.setattr("arbitrax.client.transport.pause", pause)
    plain = gateway.parts.limits
    tight = msgspec.structs.replace(plain, key=msgspec.structs.replace(plain.key, name="tight", burst=1, rate=0.5))
    gateway.parts.limits = tight
    try:
        assert [client.me.get().user.name for _ in range(3)] == ["tom"] * 3
        assert waits
        assert None not in waits
        waits.clear()
        gateway.parts.limits = msgspec.structs.replace(
            plain, key=msgspec.structs.replace(plain.key, name="shut", burst=1, rate=0.001)
        )
        with pytest.raises(TooManyRequests) as refused:
            [client.me.get() for _ in range(3)]
        assert refused.value.retry_after > 60
        assert waits == []  # a quarter of an hour is the caller's to wait
    finally:
        gateway.parts.limits = plain


def test_addresses_and_credentials_that_cannot_be_are_said_so() -> None:
    for wrong in ("localhost:8080", "", []):
        with pytest.raises(InputError, match="no address"):
            Client(wrong)
    with pytest.raises(InputError, match="Give an API key, a name"):
        Client("http://localhost", api_key="ax_1", name="tom", password=PASSWORD)


def test_what_is_no_gateway_is_told(gateway: Gateway, trader: User, tmp_path: object) -> None:
    nowhere = "http://127.0.0.1:9"
    with (
        Client(nowhere, api_key="ax_1", retries=0) as client,
        pytest.raises(ArbitraxError, match="does not answer") as no,
    ):
        client.me.get()
    assert (no.value.code, no.value.retryable) == ("gateway.unreachable", True)
    # With another one in the list it is asked instead.
    with Client([nowhere, gateway.url], api_key=gateway.key(trader, "read")) as client:
        assert client.me.get().user.name == "tom"
    assert httpx2.get(gateway.url + "/health").status_code == 200
