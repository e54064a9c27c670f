"""Another user's ids, wherever the OpenAPI document takes one: in paths, queries and bodies, as every role.

Generated: a route, parameter or field that is added later is tried here, or this file says what it lacks.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest

from arbitrax.api.documentation import example
from arbitrax.api.openapi import openapi_document
from arbitrax.domain.ids import encode, new_uuid
from arbitrax.services.backtest_jobs import submit_backtest
from arbitrax.services.identity_ports import KEY, USER, User
from arbitrax.services.ingestion_jobs import IngestionSpec, submit_ingestion
from arbitrax.services.series_rights import Writer
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.integration.api.test_access import run_of
from tests.job_workers import year

OWNED = {"user", "key", "backtest", "ingestion", "account", "order"}
"""Names of parameters and fields that say whose something is."""
SHARED = {
    "symbol", "name", "table", "depth", "points", "strategy", "limit", "cursor", "status", "search", "interval",
    "start", "end", "source", "side", "client_order_id", "vendor", "timezone", "preview", "date_column", "time_column",
    "open_column", "high_column", "low_column", "close_column", "volume_column", "adj_close_column", "symbol_column",
    "replace_source",
    "deadline", "If-Match", "If-None-Match", "Idempotency-Key",
}  # fmt: skip
"""Names of those that do not."""
CHANGING = ("post", "put", "patch", "delete")


def properties(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a body's schema."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found: dict[str, Any] = schema.get("properties", {})
    return found


def places() -> Iterator[tuple[str, str, str, str]]:
    """Give method, path, where (path, query, body) and name of each place for an id that belongs to somebody."""
    document = openapi_document()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for each in operation.get("parameters", ()):
                assert each["name"] in OWNED | SHARED, f"Say in OWNED or SHARED whether {each['name']} is a user's."
                if each["name"] in OWNED:
                    yield method, path, each["in"], each["name"]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                for name, schema in properties(content["schema"], document).items():
                    if name in OWNED and not isinstance(example(schema, document), dict):
                        yield method, path, "body", name


PLACES = list(places())


@pytest.fixture(scope="module")
def stranger(gateway: Gateway) -> User:
    return gateway.user("somebody-else", "trader")


@pytest.fixture(scope="module")
def theirs(gateway: Gateway, exchange: Exchange, stranger: User) -> dict[str, str]:
    """Ids of what is the stranger's."""
    store = gateway.parts.store
    key, _ = store.keys.add(stranger, "theirs", scopes=["read"])
    account = next(each for each in store.registry.accounts() if each.name == "theirs")
    assert store.registry.give_account(account.id, stranger.id)
    with gateway.client(gateway.key(stranger, "read", "trade")) as client:
        body = {"account": account.text, "symbol": "COIN", "side": "buy", "quantity": "1", "price": "1"}
        made = client.post("/api/v1/orders", json=body | {"client_order_id": "theirs"})
        while made.status_code == 503:  # the recorder is starting
            made = client.post("/api/v1/orders", json=body | {"client_order_id": "theirs"})
        assert made.status_code == 201, made.text
        while client.get(made.headers["Location"]).json()["recorded_at"] is None:
            threading.Event().wait(0.02)  # what is compared later does not change by itself
    waiting = submit_backtest(store, year(fast=5, slow=20), owner=stranger.id, now=time.time_ns())
    asked = IngestionSpec(symbols=("SYN-THEIRS",), source="synthetic")
    ingestion = submit_ingestion(store, asked, writer=Writer(stranger.id, everybodys=False), now=time.time_ns())
    return {
        "user": encode(USER, stranger.id),
        "ingestion": encode("ing", ingestion.id),
        "key": encode(KEY, key.id),
        "backtest": run_of(gateway, stranger),
        "waiting": encode("bt", waiting.id),
        "account": account.text,
        "order": made.json()["id"],
    }


@pytest.fixture(scope="module")
def clients(gateway: Gateway, viewer: User, trader: User) -> Iterator[dict[str, httpx2.Client]]:
    found = {
        user.role: gateway.client(gateway.key(user, "read", *extra))
        for user, extra in ((viewer, ()), (trader, ("trade",)))
    }
    found |= {f"{user.role} signed in": gateway.sign_in(user.name) for user in (viewer, trader)}
    yield found
    for each in found.values():
        each.close()


def state(gateway: Gateway, theirs: dict[str, str], stranger: User) -> list[Any]:
    """Return everything of the stranger's."""
    store = gateway.parts.store
    with closing(gateway.sign_in(stranger.name)) as client:
        answers = [
            client.get(path)
            for path in (
                f"/api/v1/keys/{theirs['key']}",
                f"/api/v1/backtests/{theirs['backtest']}",
                f"/api/v1/backtests/{theirs['waiting']}",
                f"/api/v1/ingestions/{theirs['ingestion']}",
                f"/api/v1/accounts/{theirs['account']}",
                f"/api/v1/orders?account={theirs['account']}",
                f"/api/v1/orders/{theirs['order']}?account={theirs['account']}",
                f"/api/v1/fills?account={theirs['account']}",
            )
        ]
    assert [each.status_code for each in answers] == [200] * len(answers)
    user = next(each for each in store.users.list() if each.id == stranger.id)
    return [*(each.text for each in answers), user.role, user.is_active, user.version]


def request_at(place: tuple[str, str, str, str], theirs: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    """Return a request that would succeed if the id were one's own."""
    method, path, *_ = place
    document = openapi_document()
    operation = document["paths"][path][method]
    for each, id in theirs.items():
        path = path.replace(
            "{" + each + "}", theirs["waiting"] if "cancellation" in path and each == "backtest" else id
        )
    path = path.replace("{table}", "trades").replace("{symbol}", "COIN")
    options: dict[str, Any] = {"headers": {"If-Match": "*"}}
    names = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
    options["params"] = {each: theirs[each] for each in names & OWNED}
    for content in operation.get("requestBody", {}).get("content", {}).values():
        body = example(content["schema"], document)
        fields = properties(content["schema"], document)
        body |= {each: theirs[each] for each in fields.keys() & OWNED if not isinstance(body[each], dict)}
        if "client_order_id" in fields:
            body = {"account": theirs["account"], "symbol": "COIN", "side": "buy", "quantity": "1", "price": "1"}
            body["client_order_id"] = f"try-{new_uuid(time.time_ns()).hex[:20]}"
        if "quantity" in fields and method == "patch":
            body = {"quantity": "2"}
        options["json"] = body
    return method, path, options


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_nothing_of_a_stranger_is_seen_or_changed(
    gateway: Gateway,
    clients: dict[str, httpx2.Client],
    theirs: dict[str, str],
    stranger: User,
    place: tuple[str, str, str, str],
) -> None:
    before = state(gateway, theirs, stranger)
    for who, client in clients.items():
        method, path, options = request_at(place, theirs)
        answer = client.request(method, path, **options)
        # In a body it is a field that is wrong.
        missing = 422 if place[2] == "body" else 404
        assert answer.status_code in (403, missing), f"{who}: {answer.status_code} {answer.text}"
        assert answer.json()["code"] in ("access.forbidden", "input.unknown_name"), answer.text
        if answer.status_code == missing:
            # Word for word what is said of an id that nobody has.
            nobodys = theirs | nobody(theirs)
            method, path, options = request_at(place, nobodys)
            unknown = client.request(method, path, **options)
            assert unknown.status_code == missing
            assert _without_ids(unknown, nobodys) == _without_ids(answer, theirs)
    assert state(gateway, theirs, stranger) == before


def nobody(theirs: dict[str, str]) -> dict[str, str]:
    """Return ids of the same form that nobody has."""
    id = new_uuid(time.time_ns())
    found = {name: encode(text.partition("_")[0], id) for name, text in theirs.items() if name != "order"}
    return found | {"order": "ord_7fff000000000001"}


def _without_ids(answer: httpx2.Response, ids: dict[str, str]) -> str:
    text = str(answer.json()["detail"])
    for name, id in ids.items():
        text = text.replace(id, name)
    return text.replace("waiting", "backtest")


def test_there_are_places_to_try() -> None:
    """The generator finds what is known to be there."""
    assert len(PLACES) >= 24
    assert {where for _, _, where, _ in PLACES} == {"path", "query", "body"}
    assert {name for _, _, _, name in PLACES} == OWNED


@pytest.mark.parametrize("method", ["get", "delete", "patch"])
def test_a_strangers_order_is_not_found_under_ones_own_account(
    gateway: Gateway, clients: dict[str, httpx2.Client], theirs: dict[str, str], stranger: User, method: str
) -> None:
    before = state(gateway, theirs, stranger)
    body = {"json": {"quantity": "2"}} if method == "patch" else {}
    answer = clients["trader"].request(method, f"/api/v1/orders/{theirs['order']}", params={"account": "mine"}, **body)
    assert answer.status_code == 404, answer.text
    assert state(gateway, theirs, stranger) == before
