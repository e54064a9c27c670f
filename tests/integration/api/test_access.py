"""Every route, as every role and as somebody else: generated from the application, so that no route is forgotten."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx2
import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from arbitrax.api.application import ROUTES
from arbitrax.api.requests import GatewayRequest
from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.domain.ids import encode, new_uuid
from arbitrax.services.backtests import RUN, run_stored
from arbitrax.services.identity_ports import KEY, SCOPES, USER, User
from arbitrax.strategies.registry import find_strategy
from arbitrax.strategies.strategy import source_of
from arbitrax.trading.registry import Account
from tests.gateway import PASSWORD, Gateway

ROLES = ("viewer", "trader", "admin")


def routes() -> list[tuple[str, str, HTTPRouteHandler]]:
    """Return method, path and handler of everything the gateway answers."""
    from litestar import Litestar

    app = Litestar(ROUTES, request_class=GatewayRequest, openapi_config=None, logging_config=None)
    return [
        (method, route.path_format, handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.http_methods != {"OPTIONS"}
        for method in handler.http_methods
    ]


EVERY = routes()
NAMES = [f"{method} {path}" for method, path, _ in EVERY]


def run_of(gateway: Gateway, owner: User | None) -> str:
    """Store a run of a user and return its id."""
    store = gateway.parts.store
    strategy = find_strategy("sma_cross")(fast=3, slow=9)
    source = source_of(type(strategy))
    digest = None if source is None else hashlib.sha256(source.encode()).hexdigest()
    spec = RunSpec(
        strategy=StrategyRef("sma_cross", "SmaCross", strategy.values, digest),
        symbols=("AAPL",),
        start="2012-01-01",
    )
    id, _ = run_stored(
        store.bars,
        store.actions,
        store.runs,
        spec,
        strategy,
        now=time.time_ns(),
        owner=None if owner is None else owner.id,
    )
    return encode(RUN, id)


@pytest.fixture(scope="module")
def stranger(gateway: Gateway) -> User:
    return gateway.user("stranger", "trader")


@pytest.fixture(scope="module")
def strangers(gateway: Gateway, stranger: User) -> dict[str, str]:
    """Ids of what belongs to somebody else, by the name of the path's parameter; of everybody's where it is shared."""
    key, _ = gateway.parts.store.keys.add(stranger, "theirs", scopes=["read"])
    account = Account(new_uuid(time.time_ns()), "theirs", 1, 1, "USD", "0.0001", "cash", stranger.id)
    gateway.parts.store.registry.add_accounts([account])
    return {
        "user": encode(USER, stranger.id),
        "key": encode(KEY, key.id),
        "backtest": run_of(gateway, stranger),
        # Shared by all.
        "symbol": "AAPL",
        "interval": "1d",
        "name": "sma_cross",
        "vendor": "polygon",
        "table": "trades",
        "ingestion": "ing_" + "0" * 26,
        "account": account.text,
        "order": "ord_0001000000000001",
    }


OWNED = {"user", "key", "backtest", "account", "order"}
"""Parameters of paths that name what belongs to a user. Others name what everybody may read."""


@pytest.fixture(scope="module")
def clients(gateway: Gateway, admin: User, trader: User, viewer: User) -> Iterator[dict[str, httpx2.Client]]:
    found = {user.role: gateway.sign_in(user.name) for user in (admin, trader, viewer)}
    yield found
    for each in found.values():
        each.close()


def filled(path: str, ids: dict[str, str]) -> str:
    for name, id in ids.items():
        path = path.replace("{" + name + "}", id)
    assert "{" not in path, f"Say in `strangers` what {path} is filled with, and in OWNED whether it belongs to a user."
    return path


def ask(client: httpx2.Client, method: str, path: str) -> httpx2.Response:
    """Ask with a body that no route takes: whoever gets past the guard is refused for it, and nothing changes."""
    if method in ("POST", "PUT", "PATCH", "DELETE"):
        return client.request(method, path, json={"nobody takes this": 1}, headers={"If-Match": '"v0"'})
    return client.request(method, path)


@pytest.mark.parametrize(("method", "path", "handler"), EVERY, ids=NAMES)
def test_nobody_gets_past_what_is_not_public(
    gateway: Gateway, strangers: dict[str, str], method: str, path: str, handler: HTTPRouteHandler
) -> None:
    with gateway.client() as client:
        answer = ask(client, method, filled(path, strangers))
    if handler.opt["access"] == "public":
        assert answer.status_code not in (403, 404)
    else:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "access.not_authenticated"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("method", "path", "handler"),
    # Signing out would end the login that the others use.
    [pytest.param(*each, id=name) for each, name in zip(EVERY, NAMES, strict=True) if not name.endswith("/logout")],
)
def test_a_role_gets_what_it_may_and_no_more(
    gateway: Gateway,
    clients: dict[str, httpx2.Client],
    strangers: dict[str, str],
    role: Any,
    method: str,
    path: str,
    handler: HTTPRouteHandler,
) -> None:
    access = handler.opt["access"]
    may = access in ("public", "person") or access in SCOPES[role]
    answer = ask(clients[role], method, filled(path, strangers))
    if not may:
        assert answer.status_code == 403
        assert answer.json()["code"] == "access.forbidden"
        return
    assert answer.status_code != 403
    if access != "public":
        assert answer.status_code != 401
    if method == "GET" and role != "admin" and any("{" + name + "}" in path for name in OWNED):
        # Somebody else's is as if it were not there.
        assert answer.status_code == 404, answer.text
        assert answer.json()["code"] == "input.unknown_name"


@pytest.mark.parametrize(("method", "path", "handler"), EVERY, ids=NAMES)
def test_a_key_that_may_only_read_changes_nothing(
    gateway: Gateway, admin: User, strangers: dict[str, str], method: str, path: str, handler: HTTPRouteHandler
) -> None:
    access = handler.opt["access"]
    with gateway.client(gateway.key(admin, "read")) as client:
        answer = ask(client, method, filled(path, strangers))
    if access in ("public", "read"):
        assert answer.status_code not in (401, 403) or access == "public"
    else:
        assert answer.status_code == 403


def test_somebody_elses_things_cannot_be_changed(
    gateway: Gateway, clients: dict[str, httpx2.Client], stranger: User
) -> None:
    key, _ = gateway.parts.store.keys.add(stranger, "stays", scopes=["read"])
    path = f"/api/v1/keys/{encode(KEY, key.id)}"
    for role in ("viewer", "trader"):
        assert clients[role].delete(path).status_code == 404
    assert clients["admin"].get(path).json()["revoked_at"] is None


def test_lists_show_ones_own_only(
    gateway: Gateway, clients: dict[str, httpx2.Client], strangers: dict[str, str]
) -> None:
    owner = gateway.user("owner", "trader")
    mine, operators = run_of(gateway, owner), run_of(gateway, None)
    own = gateway.key(owner, "read")

    def ids(client: httpx2.Client, path: str) -> set[str]:
        return {row["id"] for row in client.get(f"{path}?limit=500").json()["data"]}

    with closing(gateway.sign_in(owner.name)) as client:
        assert ids(client, "/api/v1/backtests") == {mine}
        assert client.get(f"/api/v1/backtests/{mine}").status_code == 200
        assert client.get(f"/api/v1/backtests/{operators}").status_code == 404
        assert [row["hint"] for row in client.get("/api/v1/keys").json()["data"]] == [own[:9]]
    assert not ids(clients["viewer"], "/api/v1/backtests") & {mine, operators, strangers["backtest"]}
    assert ids(clients["admin"], "/api/v1/backtests") >= {mine, operators, strangers["backtest"]}
    assert strangers["key"] in ids(clients["admin"], "/api/v1/keys")


def test_answers_about_a_run_are_never_given_to_somebody_else(
    gateway: Gateway, clients: dict[str, httpx2.Client], trader: User
) -> None:
    mine = run_of(gateway, trader)
    first = clients["trader"].get(f"/api/v1/backtests/{mine}/tables/trades")
    assert first.status_code == 200
    again = clients["trader"].get(f"/api/v1/backtests/{mine}/tables/trades")
    assert again.content == first.content
    assert "private" in first.headers["Cache-Control"]
    assert "Authorization" in first.headers["Vary"]
    theirs = clients["viewer"].get(
        f"/api/v1/backtests/{mine}/tables/trades", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert theirs.status_code == 404


def free_account(gateway: Gateway) -> str:
    """Add an account of the operator's and return its id."""
    account = Account(new_uuid(time.time_ns()), "to give away", 1, 1, "USD", "0.0001", "cash")
    gateway.parts.store.registry.add_accounts([account])
    return account.text


Mutation = Callable[[httpx2.Client, Gateway], httpx2.Response]


def _first_key(client: httpx2.Client, gateway: Gateway) -> httpx2.Response:
    made = client.post("/api/v1/keys", json={"name": "to revoke", "scopes": ["read"]}).json()
    return client.delete(f"/api/v1/keys/{made['key']['id']}")


BACKTEST = {"strategy": "sma_cross", "symbols": ["AAPL"]}
INGESTION = {"symbols": ["AAPL"], "source": "synthetic"}
MUTATIONS: dict[str, Mutation] = {
    "login": lambda client, _: client.post("/api/v1/auth/login", json={"name": "mutable", "password": PASSWORD}),
    "refresh": lambda client, _: client.post("/api/v1/auth/refresh"),
    "logout": lambda client, _: client.post("/api/v1/auth/logout"),
    "change_password": lambda client, _: client.put(
        "/api/v1/auth/password", json={"current": PASSWORD, "password": "another good password"}
    ),
    "add_user": lambda client, _: client.post("/api/v1/users", json={"name": "new", "password": PASSWORD}),
    "change_user": lambda client, gateway: client.patch(
        f"/api/v1/users/{encode(USER, gateway.user('changed', 'viewer').id)}",
        json={"role": "trader"},
        headers={"If-Match": "*"},
    ),
    "add_key": lambda client, _: client.post("/api/v1/keys", json={"name": "made", "scopes": ["read"]}),
    "revoke_key": _first_key,
    "add_backtest": lambda client, _: client.post("/api/v1/backtests", json=BACKTEST),
    "cancel_backtest": lambda client, _: client.post(
        f"{client.post('/api/v1/backtests', json=BACKTEST).headers['Location']}/cancellation"
    ),
    "reproduce_backtest": lambda client, gateway: client.post(
        f"/api/v1/backtests/{run_of(gateway, None)}/reproduction"
    ),
    "set_vendor_key": lambda client, _: client.put(
        "/api/v1/vendor_keys/polygon", json={"key": PASSWORD.replace(" ", "")}
    ),
    "remove_vendor_key": lambda client, _: client.delete("/api/v1/vendor_keys/polygon"),
    "add_ingestion": lambda client, _: client.post("/api/v1/ingestions", json=INGESTION),
    "give_account": lambda client, gateway: client.put(
        f"/api/v1/accounts/{free_account(gateway)}/owner",
        json={"user": encode(USER, gateway.user("given", "trader").id)},
    ),
    "cancel_ingestion": lambda client, _: client.post(
        f"{client.post('/api/v1/ingestions', json=INGESTION).headers['Location']}/cancellation"
    ),
}
"""How each route that changes something is used with success."""
CHANGING = {
    str(handler.operation_id): handler for method, _, handler in EVERY if method in ("POST", "PUT", "PATCH", "DELETE")
}
UNLOGGED = {"refresh"}
"""New tokens of a login that is in the log; a reused token is logged."""
JOURNALED = {
    "add_order", "change_order", "cancel_order", "cancel_orders", "cancel_all_after", "kill_account", "revive_account",
}  # fmt: skip
"""Logged from the exchange's journal, a moment later: test_orders.py and test_kill_switch.py look for each."""
CHANGES_NOTHING = {"validate_order", "validate_backtest"}
TRIED_IN_THEIR_OWN = {"upload_bars"}
"""test_uploads_of_bars.py looks for it in the log."""
NEEDS_AN_EXCHANGE = {"open_account"}
"""test_paper_accounts.py looks for it in the log."""
TRIED_ELSEWHERE = JOURNALED | CHANGES_NOTHING | NEEDS_AN_EXCHANGE | TRIED_IN_THEIR_OWN


def test_every_route_that_changes_something_is_tried_here() -> None:
    assert set(MUTATIONS) == set(CHANGING) - TRIED_ELSEWHERE


@pytest.mark.parametrize("operation", sorted(set(CHANGING) - TRIED_ELSEWHERE))
def test_every_change_is_in_the_audit_log(gateway: Gateway, operation: str) -> None:
    store = gateway.parts.store
    name = "mutable" if operation == "login" else f"mutable-{operation.replace('_', '-')}"
    user = gateway.user(name, "admin")
    with closing(gateway.sign_in(user.name)) as client:
        before = {each.id for each in store.identity.audit(None, 500)}
        answer = MUTATIONS[operation](client, gateway)
        assert answer.status_code < 300, answer.text
    added = [each for each in store.identity.audit(None, 500) if each.id not in before]
    if operation in UNLOGGED:
        return
    assert added
    newest = next(each for each in added if each.actor.request_id == answer.headers["X-Request-Id"])
    assert newest.actor.name == name
    assert newest.actor.address == "127.0.0.1"
    assert newest.subject is not None
    assert PASSWORD not in repr(newest)
