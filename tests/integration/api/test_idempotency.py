"""Done once: the same key and body give the same answer, in the transaction of the effect."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx2
import psycopg
import pytest

from arbitrax.domain.errors import InFlight
from arbitrax.services.identity_ports import Actor, User
from arbitrax.services.mutations import Answer, Change, Mutations, OnceKey
from arbitrax.storage.postgres.idempotency_store import PostgresIdempotencyStore, lock_of
from tests.gateway import PASSWORD, Gateway

USERS = "/api/v1/users"


@pytest.fixture(scope="module")
def chief(gateway: Gateway, admin: User) -> Iterator[httpx2.Client]:
    with closing(gateway.sign_in(admin.name)) as client:
        yield client


def post(client: httpx2.Client, key: str, name: str) -> httpx2.Response:
    return client.post(USERS, json={"name": name, "password": PASSWORD}, headers={"Idempotency-Key": key})


def test_the_same_request_gives_the_same_answer_and_one_effect(chief: httpx2.Client) -> None:
    first, again = post(chief, "k1", "once"), post(chief, "k1", "once")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


def test_another_request_with_the_same_key_is_refused(chief: httpx2.Client) -> None:
    post(chief, "k2", "twice")
    answer = post(chief, "k2", "thrice")
    assert answer.status_code == 422
    assert answer.json()["code"] == "input.idempotency_key"
    names = {row["name"] for row in chief.get(USERS).json()["data"]}
    assert "twice" in names
    assert "thrice" not in names


def test_keys_are_each_users_own(gateway: Gateway, chief: httpx2.Client) -> None:
    gateway.user("second-admin", "admin")
    assert post(chief, "k3", "mine").status_code == 201
    with closing(gateway.sign_in("second-admin")) as other:
        assert post(other, "k3", "theirs").status_code == 201


def test_a_refused_request_leaves_its_key_free(chief: httpx2.Client) -> None:
    assert post(chief, "k4", "ada").status_code == 409
    assert post(chief, "k4", "not a name").status_code == 422
    assert post(chief, "k4", "fresh").status_code == 201


def test_a_request_that_is_being_done_is_answered_409(gateway: Gateway, chief: httpx2.Client, admin: User) -> None:
    assert gateway.settings.database_url is not None
    with psycopg.connect(gateway.settings.database_url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock_of(OnceKey(admin.id, "k5", "")),))
        answer = post(chief, "k5", "busy")
        assert answer.status_code == 409
        assert answer.json()["code"] == "conflict.in_flight"
        assert answer.json()["retryable"] is True
        assert int(answer.headers["Retry-After"]) >= 1
    assert post(chief, "k5", "busy").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "\u00e9"])
def test_a_key_that_cannot_be_kept_is_refused(chief: httpx2.Client, key: str) -> None:
    answer = chief.post(
        USERS, json={"name": "n", "password": PASSWORD}, headers={"Idempotency-Key": key.encode("latin-1")}
    )
    assert answer.status_code == 422


def test_a_password_cannot_be_guessed_by_a_fast_hash_of_the_request(gateway: Gateway, chief: httpx2.Client) -> None:
    made = post(chief, "k9", "slowly")
    assert made.status_code == 201
    fast = hashlib.sha256(f"POST {USERS}?\n".encode() + made.request.content).hexdigest()
    with psycopg.connect(gateway.settings.database_url) as connection:
        stored = {row for (row,) in connection.execute("SELECT request_hash FROM idempotency_keys")}
    assert stored
    assert fast not in stored


def test_the_secret_of_a_key_is_not_kept_for_replays(chief: httpx2.Client) -> None:
    body, headers = {"name": "replayed", "scopes": ["read"]}, {"Idempotency-Key": "k6"}
    first = chief.post("/api/v1/keys", json=body, headers=headers).json()
    again = chief.post("/api/v1/keys", json=body, headers=headers).json()
    assert first["secret"].startswith("ax_")
    assert again == {"key": first["key"], "secret": None}


def test_effect_answer_and_audit_are_one_transaction(gateway: Gateway, admin: User) -> None:
    store = gateway.parts.store
    once = OnceKey(admin.id, "k7", "0" * 64)

    def fails() -> Change:
        store.users.add("half-done", PASSWORD)
        raise InFlight("as if")

    before = len(store.identity.audit(None, 500))
    with pytest.raises(InFlight):
        store.mutations.make(Actor("test"), "user.add", fails, once)
    assert store.identity.find_user_named("half-done") is None
    assert len(store.identity.audit(None, 500)) == before
    done = store.mutations.make(Actor("test"), "user.add", lambda: Change(Answer(204)), once)
    assert not done.replayed


def test_an_answer_is_kept_for_a_day(gateway: Gateway, admin: User) -> None:
    store, now = gateway.parts.store, [datetime.now(UTC)]
    idempotency = PostgresIdempotencyStore(store.identity._database)  # type: ignore[attr-defined]
    mutations = Mutations(store.identity, idempotency, lambda: now[0])
    once = OnceKey(admin.id, "k8", "1" * 64)
    done: list[int] = []

    def effect() -> Change:
        done.append(1)
        return Change(Answer(201, b'{"n": 1}', "/somewhere"))

    mutations.make(Actor("test"), "test", effect, once)
    now[0] += timedelta(hours=23, minutes=59)
    assert mutations.make(Actor("test"), "test", effect, once).replayed
    now[0] += timedelta(minutes=2)
    assert not mutations.make(Actor("test"), "test", effect, once).replayed
    assert len(done) == 2
