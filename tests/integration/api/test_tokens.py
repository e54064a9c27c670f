"""Tokens and keys: forged, expired, replayed, revoked."""

import base64
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx2
import jwt
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from arbitrax.domain.ids import encode
from arbitrax.services.identity_first import add_with_made_password, forget_changed_passwords
from arbitrax.services.identity_ports import KEY, LOGIN, USER, User
from arbitrax.services.identity_tokens import AUDIENCE, ISSUER, AccessTokens
from arbitrax.storage.signing_key_file import HomeSigningKey
from tests.gateway import PASSWORD, Gateway
from tests.socket_client import Socket

ME = "/api/v1/auth/me"
REFRESH = "/api/v1/auth/refresh"


def part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signing_key(gateway: Gateway) -> tuple[str, Ed25519PrivateKey]:
    def never() -> None:
        raise AssertionError("The gateway has made its key.")

    key = HomeSigningKey(gateway.settings.home / "identity").newest(datetime(2000, 1, 1, tzinfo=UTC), never)
    return key.id, Ed25519PrivateKey.from_private_bytes(key.private)


@pytest.fixture
def claims(gateway: Gateway, viewer: User) -> dict[str, object]:
    """Claims of a login that counts."""
    with closing(gateway.sign_in(viewer.name)) as client:
        token = client.headers["Authorization"].removeprefix("Bearer ")
    found: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return found


def answer_to(gateway: Gateway, token: str) -> httpx2.Response:
    with gateway.client(token) as client:
        return client.get(ME)


@pytest.mark.parametrize("id", ["a\0b", "", "x" * 16, "0" * 16 + "\n", "0" * 17, 7, None, ["0" * 16]], ids=repr)
def test_a_key_id_that_is_none_of_ours_is_no_question_for_the_database(
    gateway: Gateway, id: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    store = gateway.parts.store.logins._tokens._store
    monkeypatch.setattr(type(store), "signing_key", lambda _, id, **_more: asked.append(id))
    token = f"{part({'alg': 'EdDSA', 'typ': 'JWT', 'kid': id})}.{part({})}.{'x' * 86}"
    answer = answer_to(gateway, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "access.not_authenticated")
    with closing(Socket(gateway.url)) as socket:
        assert socket.ask(op="authenticate", token=token)["code"] == "access.not_authenticated"
    assert not asked


def test_a_token_of_ours_counts(gateway: Gateway, claims: dict[str, object], viewer: User) -> None:
    id, private = signing_key(gateway)
    answer = answer_to(gateway, jwt.encode(claims, private, "EdDSA", {"kid": id}))
    assert answer.json()["user"]["id"] == encode(USER, viewer.id)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "somebody-else"},
        {"aud": [AUDIENCE + "x"]},
        {"iss": "somebody-else"},
        {"exp": 1_700_000_000},
        {"exp": int(time.time()) + 86_400},  # longer than ours ever last
        {"iat": int(time.time()) + 3_600, "exp": int(time.time()) + 3_700},
        {"exp": "soon"},
        {"exp": 10**30},
        {"sub": "usr_00000000000000000000000000"},
        {"sub": 7},
        {"sid": "lgn_00000000000000000000000000"},
        {"sid": None},
    ],
    ids=repr,
)
def test_a_token_with_other_claims_does_not_count(
    gateway: Gateway, claims: dict[str, object], change: dict[str, object]
) -> None:
    id, private = signing_key(gateway)
    try:
        token = jwt.encode({**claims, **change}, private, "EdDSA", {"kid": id})
    except TypeError:  # pyjwt itself refuses to write it
        header, body = part({"alg": "EdDSA", "kid": id}), part({**claims, **change})
        signature = private.sign(f"{header}.{body}".encode())
        token = f"{header}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    assert answer_to(gateway, token).status_code == 401


@pytest.mark.parametrize("claim", ["exp", "iat", "sub", "sid", "aud", "iss"])
def test_a_token_without_a_claim_does_not_count(gateway: Gateway, claims: dict[str, object], claim: str) -> None:
    id, private = signing_key(gateway)
    del claims[claim]
    assert answer_to(gateway, jwt.encode(claims, private, "EdDSA", {"kid": id})).status_code == 401


def test_a_token_that_nobody_or_somebody_else_signed_does_not_count(
    gateway: Gateway, claims: dict[str, object]
) -> None:
    id, private = signing_key(gateway)
    public = private.public_key().public_bytes_raw()
    genuine = jwt.encode(claims, private, "EdDSA", {"kid": id})
    head, body, signature = genuine.split(".")
    forged = [
        f"{part({'alg': 'none', 'typ': 'JWT', 'kid': id})}.{body}.",
        f"{part({'alg': 'None', 'kid': id})}.{body}.{signature}",
        # The public key is no secret: as one of HMAC's it must not do.
        jwt.encode(claims, public, "HS256", {"kid": id}),
        jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", {"kid": id}),
        jwt.encode(claims, private, "EdDSA", {"kid": "another"}),
        jwt.encode(claims, private, "EdDSA"),
        f"{head}.{part({**claims, 'sub': 'usr_00000000000000000000000000'})}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{genuine}.{signature}",
        "a.b.c",
        "x" * 5_000,
        part({"alg": "EdDSA", "kid": {"a": 1}}) + f".{body}.{signature}",
        part({"alg": "EdDSA", "kid": "../../etc/passwd"}) + f".{body}.{signature}",
        "ax_" + "x" * 43,
    ]
    for token in forged:
        assert answer_to(gateway, token).status_code == 401, token
    assert answer_to(gateway, genuine).status_code == 200


def test_a_token_of_an_expired_signing_key_does_not_count(gateway: Gateway, viewer: User) -> None:
    past = datetime.now(UTC) - timedelta(days=40)
    store = gateway.parts.store

    class InMemory:
        def newest(self, made_after: datetime, make: object) -> object:
            return make()  # type: ignore[operator] - parametrised

    token, _ = AccessTokens(store.identity, InMemory(), lambda: past).issue(viewer.id, viewer.id)
    assert answer_to(gateway, token).status_code == 401


def test_keys_are_made_once_and_only_their_owner_reads_them(gateway: Gateway) -> None:
    folder = gateway.settings.home / "identity"
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    id, _ = signing_key(gateway)
    assert signing_key(gateway)[0] == id


def test_refreshing_gives_new_tokens_and_a_replayed_one_ends_the_whole_login(gateway: Gateway, viewer: User) -> None:
    with closing(gateway.sign_in(viewer.name)) as client:
        first = client.cookies["arbitrax_refresh"]
        renewed = client.post(REFRESH)
        assert renewed.status_code == 200
        cookie = renewed.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Path=/api/v1/auth" in cookie
        second = client.cookies["arbitrax_refresh"]
        assert second != first
        access = renewed.json()["access_token"]
        assert answer_to(gateway, access).status_code == 200
        pass_seconds(gateway, 10)
        replayed = refreshed(gateway, first)
        assert replayed.status_code == 401
        assert replayed.json()["code"] == "access.token_reused"
        # The thief's or the victim's: nobody can tell, so neither counts.
        assert refreshed(gateway, second).status_code == 401
    until_gone(gateway, access)


def refreshed(gateway: Gateway, token: str, address: str = "127.0.0.1") -> httpx2.Response:
    """Return the answer to a refresh token that comes from an address of this machine."""
    with httpx2.Client(transport=httpx2.HTTPTransport(local_address=address), timeout=30.0) as client:
        return client.post(gateway.url + REFRESH, headers={"Cookie": f"arbitrax_refresh={token}"})


def pass_seconds(gateway: Gateway, seconds: int) -> None:
    """Let all refresh tokens have been used so much earlier."""
    assert gateway.settings.database_url is not None
    with psycopg.connect(gateway.settings.database_url) as connection:
        connection.execute("UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => %s)", (seconds,))


def test_two_tabs_that_refresh_at_once_stay_signed_in(gateway: Gateway, viewer: User) -> None:
    with closing(gateway.sign_in(viewer.name)) as client:
        shared = client.cookies["arbitrax_refresh"]
    with ThreadPoolExecutor(8) as tabs:
        answers = list(tabs.map(lambda _: refreshed(gateway, shared), range(8)))
    assert [each.status_code for each in answers] == [200] * 8
    assert all(answer_to(gateway, each.json()["access_token"]).status_code == 200 for each in answers)
    given = [each.cookies["arbitrax_refresh"] for each in answers]
    assert len(set(given)) == 8
    # The browser keeps the last one; ten minutes later it goes on with that, and the others are used up with it.
    pass_seconds(gateway, 450)
    kept = refreshed(gateway, given[-1])
    assert kept.status_code == 200
    assert refreshed(gateway, kept.cookies["arbitrax_refresh"]).status_code == 200
    assert refreshed(gateway, given[0]).json()["code"] == "access.token_reused"


def test_a_client_that_lost_the_answer_may_ask_again_for_ten_seconds(gateway: Gateway, viewer: User) -> None:
    with closing(gateway.sign_in(viewer.name)) as client:
        first = client.cookies["arbitrax_refresh"]
    assert refreshed(gateway, first).status_code == 200
    pass_seconds(gateway, 1)
    again = refreshed(gateway, first)
    assert again.status_code == 200
    pass_seconds(gateway, 9)  # since the first exchange: asking again gives no longer
    assert refreshed(gateway, first).status_code == 401
    assert refreshed(gateway, again.cookies["arbitrax_refresh"]).status_code == 401


def test_who_asks_again_from_elsewhere_or_with_an_older_token_is_no_other_tab(gateway: Gateway, viewer: User) -> None:
    with closing(gateway.sign_in(viewer.name)) as one, closing(gateway.sign_in(viewer.name)) as other:
        stolen, older = one.cookies["arbitrax_refresh"], other.cookies["arbitrax_refresh"]
    assert refreshed(gateway, stolen).status_code == 200
    assert refreshed(gateway, stolen, "127.0.0.2").json()["code"] == "access.token_reused"
    newer = refreshed(gateway, older).cookies["arbitrax_refresh"]
    assert refreshed(gateway, newer).status_code == 200
    assert refreshed(gateway, older).json()["code"] == "access.token_reused"


def test_a_client_that_moved_may_still_ask_again(gateway: Gateway, viewer: User) -> None:
    with closing(gateway.sign_in(viewer.name)) as client:
        first = client.cookies["arbitrax_refresh"]
    assert refreshed(gateway, first, "127.0.0.2").status_code == 200
    assert refreshed(gateway, first, "127.0.0.2").status_code == 200


def test_asking_again_does_not_bring_back_a_login_that_ended(gateway: Gateway, viewer: User) -> None:
    with closing(gateway.sign_in(viewer.name)) as client:
        first = client.cookies["arbitrax_refresh"]
        assert client.post(REFRESH).status_code == 200
        assert client.post("/api/v1/auth/logout").status_code == 204
    assert refreshed(gateway, first).status_code == 401


def test_another_login_of_the_same_user_survives(gateway: Gateway, viewer: User) -> None:
    with closing(gateway.sign_in(viewer.name)) as one, closing(gateway.sign_in(viewer.name)) as other:
        first = one.cookies["arbitrax_refresh"]
        one.post(REFRESH)
        one.post(REFRESH)
        assert refreshed(gateway, first).status_code == 401
        assert other.post(REFRESH).status_code == 200


def test_a_page_from_elsewhere_cannot_refresh(gateway: Gateway, viewer: User) -> None:
    with closing(gateway.sign_in(viewer.name)) as client:
        answer = client.post(REFRESH, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert client.post(REFRESH, headers={"Origin": gateway.url}).status_code == 200


def test_refreshing_without_a_token_that_counts(gateway: Gateway) -> None:
    with gateway.client() as client:
        assert client.post(REFRESH).status_code == 401
        for cookie in ("x", "x" * 300, ""):
            assert client.post(REFRESH, headers={"Cookie": f"arbitrax_refresh={cookie}"}).status_code == 401


def until_gone(gateway: Gateway, credential: str) -> None:
    """Wait until a credential does not count, for a second at most after which it must not."""
    begun = time.monotonic()
    with gateway.client(credential) as client:
        while (answer := client.get(ME)).status_code == 200:
            # Only answers that began more than a second after the change are too late.
            assert time.monotonic() - begun < 1.5, "It still counts."
    assert answer.status_code == 401


def test_signing_out_ends_the_tokens(gateway: Gateway, viewer: User) -> None:
    with closing(gateway.sign_in(viewer.name)) as client:
        access = client.headers["Authorization"].removeprefix("Bearer ")
        assert answer_to(gateway, access).status_code == 200
        answer = client.post("/api/v1/auth/logout")
        assert answer.status_code == 204
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
        assert client.post(REFRESH).status_code == 401
    until_gone(gateway, access)


@pytest.fixture
def unwatched(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if a second took for ever: the gateway does not learn from the database what was taken away."""
    authenticator = gateway.parts.authenticator
    watch = authenticator.watch
    assert watch is not None
    with watch._looking:
        monkeypatch.setattr(authenticator, "watch", SimpleNamespace(fresh=True, version=watch.version))
        yield


@pytest.mark.usefixtures("unwatched")
def test_what_a_gateway_takes_away_itself_is_gone_with_its_answer(gateway: Gateway, admin: User) -> None:
    user = gateway.user("alma", "trader")
    path = f"/api/v1/users/{encode(USER, user.id)}"

    def in_use() -> tuple[httpx2.Client, str]:
        client = gateway.sign_in(user.name)
        access = client.headers["Authorization"].removeprefix("Bearer ")
        assert answer_to(gateway, access).status_code == 200
        return client, access

    def change(what: dict[str, object]) -> None:
        tag = chief.get(path).headers["ETag"]
        assert chief.patch(path, json=what, headers={"If-Match": tag}).status_code == 200

    with closing(gateway.sign_in(admin.name)) as chief:
        client, access = in_use()
        with closing(client):
            made = client.post("/api/v1/keys", json={"name": "brief", "scopes": ["read", "trade"]}).json()
            assert answer_to(gateway, made["secret"]).status_code == 200
            change({"role": "viewer"})
            assert answer_to(gateway, made["secret"]).json()["scopes"] == ["read"]
            client.delete(f"/api/v1/keys/{made['key']['id']}")
            assert answer_to(gateway, made["secret"]).status_code == 401
            client.post("/api/v1/auth/logout")
            assert answer_to(gateway, access).status_code == 401
        client, access = in_use()
        with closing(client), closing(gateway.sign_in(user.name)) as other:
            changed = {"current": PASSWORD, "password": "another long password"}
            assert other.put("/api/v1/auth/password", json=changed).status_code == 200
            assert answer_to(gateway, access).status_code == 401
        change({"password": PASSWORD})
        client, access = in_use()
        with closing(client):
            first = client.cookies["arbitrax_refresh"]
            client.post(REFRESH)
            client.post(REFRESH)
            assert refreshed(gateway, first).json()["code"] == "access.token_reused"
            assert answer_to(gateway, access).status_code == 401
        client, access = in_use()
        with closing(client):
            change({"is_active": False})
            assert answer_to(gateway, access).status_code == 401


def test_a_disabled_user_is_out_and_back_when_enabled(gateway: Gateway, admin: User) -> None:
    user = gateway.user("dora", "trader")
    key = gateway.key(user, "read")
    with closing(gateway.sign_in(user.name)) as client, closing(gateway.sign_in(admin.name)) as chief:
        access = client.headers["Authorization"].removeprefix("Bearer ")
        assert answer_to(gateway, key).status_code == 200
        path = f"/api/v1/users/{encode(USER, user.id)}"
        tag = chief.get(path).headers["ETag"]
        done = chief.patch(path, json={"is_active": False}, headers={"If-Match": tag})
        assert done.json()["is_active"] is False
        until_gone(gateway, access)
        until_gone(gateway, key)
        refused = client.post("/api/v1/auth/login", json={"name": user.name, "password": PASSWORD})
        assert refused.json()["code"] == "access.wrong_credentials"
        chief.patch(path, json={"is_active": True}, headers={"If-Match": done.headers["ETag"]})
        assert answer_to(gateway, key).status_code == 200
        assert client.post(REFRESH).status_code == 401, "a login that has ended stays ended"


def test_less_rights_count_within_a_second(gateway: Gateway, admin: User) -> None:
    user = gateway.user("max", "admin")
    with closing(gateway.sign_in(user.name)) as client:
        assert client.get("/api/v1/users").status_code == 200
        gateway.parts.store.users.change(user.id, role="viewer")
        begun = time.monotonic()
        while client.get("/api/v1/users").status_code == 200:
            assert time.monotonic() - begun < 1.5
        assert client.get("/api/v1/users").status_code == 403


def test_changing_the_password_ends_the_other_logins(gateway: Gateway) -> None:
    user = gateway.user("petra", "viewer")
    with closing(gateway.sign_in(user.name)) as one, closing(gateway.sign_in(user.name)) as other:
        wrong = one.put("/api/v1/auth/password", json={"current": "wrong wrong wrong", "password": "a new password!"})
        assert wrong.status_code == 401
        weak = one.put("/api/v1/auth/password", json={"current": PASSWORD, "password": "short"})
        assert weak.status_code == 422
        done = one.put("/api/v1/auth/password", json={"current": PASSWORD, "password": "a new password!"})
        assert done.status_code == 200
        assert one.post(REFRESH).status_code == 200
        assert other.post(REFRESH).status_code == 401
        until_gone(gateway, other.headers["Authorization"].removeprefix("Bearer "))
    gateway.sign_in(user.name, "a new password!").close()


def test_a_first_password_must_be_changed_before_anything_else(gateway: Gateway) -> None:
    frieda = gateway.parts.store.users.add("frieda", PASSWORD, role="admin", must_change=True)
    assert answer_to(gateway, gateway.key(frieda, "read")).status_code == 200, "the operator made it"
    with closing(gateway.sign_in("frieda")) as client:
        refused = client.get("/api/v1/users")
        assert refused.status_code == 403
        assert refused.json()["code"] == "access.password_change_required"
        assert client.get(ME).json()["user"]["must_change_password"] is True
        assert client.post("/api/v1/keys", json={"name": "k", "scopes": ["read"]}).status_code == 403
        client.put("/api/v1/auth/password", json={"current": PASSWORD, "password": "a new password!"})
        begun = time.monotonic()
        while client.get("/api/v1/users").status_code == 403:
            assert time.monotonic() - begun < 1.5


def test_the_file_with_a_made_password_goes_when_the_password_does(gateway: Gateway, admin: User) -> None:
    users, home = gateway.parts.store.users, gateway.settings.home

    def added(name: str) -> tuple[User, Path]:
        return add_with_made_password(users, name, "viewer", home, lambda change: change())

    def change(user: User, what: dict[str, object]) -> None:
        path = f"/api/v1/users/{encode(USER, user.id)}"
        assert chief.patch(path, json=what, headers={"If-Match": chief.get(path).headers["ETag"]}).status_code == 200

    (selma, hers), (simon, his), (_, left) = added("selma"), added("simon"), added("sofia")
    with closing(gateway.sign_in(selma.name, hers.read_text().strip())) as client:
        wrong = {"current": "not the password", "password": PASSWORD}
        assert client.put("/api/v1/auth/password", json=wrong).status_code == 401
        assert hers.exists()
        own = {"current": hers.read_text().strip(), "password": PASSWORD}
        assert client.put("/api/v1/auth/password", json=own).status_code == 200
        assert not hers.exists()
    with closing(gateway.sign_in(admin.name)) as chief:
        change(simon, {"role": "trader"})
        assert his.exists()
        change(simon, {"password": PASSWORD})
        assert not his.exists()
    # As if the gateway had been killed before it removed the file: the next `arbitrax up` does.
    hers.write_text("what it was\n")
    forget_changed_passwords(users, home)
    assert (hers.exists(), left.exists()) == (False, True)


def test_a_revoked_key_is_gone_within_a_second(gateway: Gateway, trader: User) -> None:
    with closing(gateway.sign_in(trader.name)) as client:
        made = client.post("/api/v1/keys", json={"name": "short lived", "scopes": ["read", "trade"]}).json()
        assert answer_to(gateway, made["secret"]).json()["scopes"] == ["read", "trade"]
        assert client.delete(f"/api/v1/keys/{made['key']['id']}").json()["revoked_at"] is not None
        until_gone(gateway, made["secret"])
        shown = client.get(f"/api/v1/keys/{made['key']['id']}").json()
        assert "secret" not in shown
        assert made["secret"] not in repr(shown)


def test_a_key_ends_at_its_time_and_counts_from_its_addresses_only(gateway: Gateway, trader: User) -> None:
    soon = datetime.now(UTC) + timedelta(milliseconds=1200)
    key = gateway.key(trader, "read", expires_at=soon)
    assert answer_to(gateway, key).status_code == 200
    with gateway.client(key) as client:
        while client.get(ME).status_code == 200:
            assert datetime.now(UTC) < soon + timedelta(seconds=1)
    elsewhere = answer_to(gateway, gateway.key(trader, "read", addresses=["10.0.0.0/8", "2001:db8::/32"]))
    assert elsewhere.status_code == 403
    assert elsewhere.json()["code"] == "access.address"
    assert answer_to(gateway, gateway.key(trader, "read", addresses=["127.0.0.0/8"])).status_code == 200


def test_a_key_cannot_have_what_its_maker_lacks(gateway: Gateway, viewer: User, admin: User) -> None:
    with closing(gateway.sign_in(viewer.name)) as client:
        assert client.post("/api/v1/keys", json={"name": "bold", "scopes": ["admin"]}).status_code == 403
    narrow = gateway.key(admin, "read", "admin")
    with gateway.client(narrow) as client:
        assert client.post("/api/v1/keys", json={"name": "bold", "scopes": ["trade"]}).status_code == 403
        assert client.post("/api/v1/keys", json={"name": "meek", "scopes": ["read"]}).status_code == 201


def test_a_key_is_stored_as_a_hash_only(gateway: Gateway, trader: User) -> None:
    key = gateway.key(trader, "read")
    assert gateway.settings.database_url is not None
    with psycopg.connect(gateway.settings.database_url) as connection:
        for table in ("api_keys", "audit_log", "idempotency_keys", "users", "refresh_tokens"):
            name = sql.Identifier(table)
            rows = connection.execute(sql.SQL("SELECT row_to_json({0})::text FROM {0}").format(name)).fetchall()
            assert all(key not in text and PASSWORD not in text for (text,) in rows)


def test_wrong_names_and_passwords_are_answered_alike(gateway: Gateway, viewer: User) -> None:
    with gateway.client() as client:
        bodies = []
        for name, password in (
            (viewer.name, "not the password"),
            ("nobody", PASSWORD),
            ("\u0430da", PASSWORD),  # a Cyrillic letter
            ("vera\u0000", PASSWORD),
            ("' OR 1=1 --", PASSWORD),
        ):
            answer = client.post("/api/v1/auth/login", json={"name": name, "password": password})
            assert answer.status_code == 401
            bodies.append({key: value for key, value in answer.json().items() if key != "request_id"})
    assert all(each == bodies[0] for each in bodies)


def test_ids_in_tokens_are_the_users(gateway: Gateway, claims: dict[str, object], viewer: User) -> None:
    assert claims["sub"] == encode(USER, viewer.id)
    assert str(claims["sid"]).startswith(f"{LOGIN}_")
    assert (claims["iss"], claims["aud"]) == (ISSUER, AUDIENCE)
    assert KEY not in claims
