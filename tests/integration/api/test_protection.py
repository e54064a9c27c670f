"""What the internet sends: bodies, headers, paths and connections that are wrong on purpose."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx2
import pytest

from arbitrax.api import connections
from arbitrax.api.gate import MOST_BODY
from arbitrax.services.identity_ports import User
from tests.gateway import PASSWORD, Gateway

JSON = {"Content-Type": "application/json"}
USERS = "/api/v1/users"


@pytest.fixture(scope="module")
def chief(gateway: Gateway, admin: User) -> Iterator[httpx2.Client]:
    with closing(gateway.sign_in(admin.name)) as client:
        yield client


def check_problem(answer: httpx2.Response, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, object] = answer.json()
    assert found["status"] == status
    assert found["code"] == code
    assert found["request_id"] == answer.headers["X-Request-Id"]
    assert set(found) == {"type", "title", "status", "code", "detail", "request_id", "retryable", "errors"}
    assert str(found["detail"]).endswith((".", ";", "?"))
    return found


def test_every_refusal_is_a_problem(chief: httpx2.Client, gateway: Gateway) -> None:
    check_problem(chief.get("/nowhere"), 404, "request.no_such_path")
    check_problem(chief.get("/api/v1/users/../../etc/passwd"), 404, "request.no_such_path")
    wrong = chief.delete(USERS)
    check_problem(wrong, 405, "request.method")
    assert wrong.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    check_problem(chief.post(USERS, content=b"name=x"), 415, "request.media_type")
    check_problem(chief.post(USERS, content=b"{}", headers={"Content-Type": "text/plain"}), 415, "request.media_type")
    empty = check_problem(chief.post(USERS, content=b"", headers=JSON), 422, "request.invalid")
    assert (empty["detail"], empty["errors"]) == ("The request has no body.", [])
    check_problem(chief.post(USERS, content=b"{", headers=JSON), 400, "request.malformed")
    check_problem(chief.post(USERS, content=b"\xff\xfe", headers=JSON), 400, "request.malformed")
    check_problem(chief.get("/api/v1/bars?symbol=AAPL", headers={"Accept": "image/png"}), 406, "request.not_acceptable")
    check_problem(chief.get("/api/v1/instruments/NOPE"), 404, "input.unknown_name")
    check_problem(chief.get("/api/v1/backtests/bt_x"), 422, "request.invalid")


def test_what_a_handler_did_not_expect_is_a_500_that_tells_nothing(
    chief: httpx2.Client, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(gateway.parts.store.users, "list", fail)
    answer = chief.get(USERS)
    check_problem(answer, 500, "internal")
    assert "secret" not in answer.text


def test_unknown_and_missing_fields_are_named(chief: httpx2.Client) -> None:
    found = check_problem(
        chief.post(USERS, json={"name": "x", "password": PASSWORD, "is_admin": True}), 422, "request.invalid"
    )
    assert found["errors"] == [
        {"pointer": "/is_admin", "code": "request.unknown", "detail": "Object contains unknown field `is_admin`"}
    ]
    found = check_problem(chief.post(USERS, json={"name": "x"}), 422, "request.invalid")
    assert [(each["pointer"], each["code"]) for each in found["errors"]] == [("/password", "request.missing")]  # type: ignore[attr-defined]
    found = check_problem(
        chief.post("/api/v1/keys", json={"name": "x", "scopes": ["read", "fly"]}), 422, "request.invalid"
    )
    assert [(each["pointer"], each["detail"]) for each in found["errors"]] == [  # type: ignore[attr-defined]
        ("/scopes/1", "'fly' is none of those that this takes; /docs shows them.")
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "x", "password": NaN}',
        '{"name": Infinity, "password": "y"}',
        '{"name": 1e400, "password": "y"}',
        '{"name": "1e5", "password": 1e5}',
        '{"name": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"name": "x", "name": "y", "password": {"a": 1}}',
        "[]",
        "null",
        "7",
        '"' + "x" * 500_000 + '"',
        '{"name": "\\ud800", "password": "y"}',
        '{"name": "x", "password": "' + "y" * 500_000 + '"}',
    ],
    ids=lambda text: text[:30],
)
def test_numbers_depths_and_lengths_that_nobody_takes(chief: httpx2.Client, text: str) -> None:
    answer = chief.post(USERS, content=text.encode(), headers=JSON)
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_huge_body_is_refused_before_it_is_read(gateway: Gateway) -> None:
    parts = urlsplit(gateway.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(
            b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"content-length: 104857600\r\n\r\n"
        )
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer
    assert b"request.too_large" in answer


def test_a_huge_body_of_unknown_length_is_cut_off(gateway: Gateway) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * MOST_BODY

    with gateway.client() as client:
        try:
            answer = client.post("/api/v1/auth/login", content=chunks(), headers=JSON)
        except httpx2.TransportError:
            return  # it hung up on us in the midst of it
        check_problem(answer, 413, "request.too_large")


@pytest.mark.parametrize(
    "given",
    ["a\r\nSet-Cookie: x=1", "a\tb", "\u00e9", "x" * 65, "<script>", "", "a b"],
)
def test_a_request_id_that_could_do_harm_is_replaced(gateway: Gateway, given: str) -> None:
    parts = urlsplit(gateway.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        head = f"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-request-id: {given}\r\n\r\n"
        connection.sendall(head.encode("latin-1"))
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert re.search(rb"x-request-id: (req_[0-9A-Z]{26}|a)\r\n", answer)  # "a": the rest was a header of its own
    assert b"set-cookie" not in answer.lower()


def test_a_request_id_of_the_client_is_kept(gateway: Gateway) -> None:
    with gateway.client() as client:
        answer = client.get("/nowhere", headers={"X-Request-Id": "deploy-17.3"})
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == "deploy-17.3"


def test_a_header_cannot_be_put_into_an_answer(chief: httpx2.Client) -> None:
    for path in (
        "/api/v1/instruments/%0d%0aSet-Cookie:%20x=1",
        "/%0d%0aSet-Cookie:%20x=1",
        "/api/v1/backtests?cursor=%0d%0aSet-Cookie:%20x=1",
    ):
        answer = chief.get(path)
        assert answer.status_code in (404, 422)
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/instruments/..%2f..%2fetc%2fpasswd",
        "/api/v1/instruments/%00",
        "/api/v1/instruments/A%00B",
        "/api/v1/instruments/%E2%80%AEAPPL",
        "/api/v1/instruments/" + "A" * 500,
        "/api/v1/strategies/..%2fsecret.py",
        "/api/v1/strategies/%2fetc%2fpasswd",
        "/api/v1/strategies/os.system",
        "/api/v1/backtests/bt_..%2f..%2f/report",
        "/api/v1/bars?symbol=AAPL&interval=1d;DROP TABLE users",
        "/api/v1/bars?symbol=A%00",
        "/api/v1/bars?symbol=AAPL&start=99999-01-01",
        "/api/v1/bars?symbol=AAPL&start=2020-01-01T00:00:00",
        "/api/v1/bars?symbol=AAPL&limit=501",
        "/api/v1/bars?symbol=AAPL&limit=1e400",
        "/api/v1/bars?symbol=AAPL&limit=NaN",
        "/api/v1/bars?symbol=AAPL&limit=-1",
        "/api/v1/bars?symbol=AAPL&cursor=MQ%3D%3D%3D",
        "/api/v1/bars?symbol=AAPL&cursor=" + "9" * 400,
        "/api/v1/bars?symbol=AAPL&limit=1&limit=2",
        "/api/v1/bars?symbol=AAPL&Limit=1",
        "/api/v1/bars",
        "/api/v1/instruments?search=",
        "/api/v1/instruments?search=%00",
        "/api/v1/keys?cursor=eyJhIjoxfQ",
        "/api/v1/users?cursor=NQ",
    ],
)
def test_paths_and_queries_that_nobody_takes(chief: httpx2.Client, path: str) -> None:
    answer = chief.get(path)
    assert answer.status_code in (404, 422), answer.text[:200]
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_text_of_other_scripts_is_data(chief: httpx2.Client) -> None:
    for text in ("\u0410\u0410PL", "A\u0301", "\U0001f4a9", "'; --", "%", "\\", "A\u200bAPL", "_"):
        answer = chief.get("/api/v1/instruments", params={"search": text})
        assert answer.status_code == 200
        assert answer.json()["data"] == [] or text in ("%", "_")
        assert chief.get("/api/v1/bars", params={"symbol": text}).status_code in (404, 422)


def test_every_answer_has_the_headers_that_protect(gateway: Gateway, chief: httpx2.Client) -> None:
    for path in ("/health", "/nowhere", "/docs", USERS, "/openapi.json"):
        headers = chief.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "script-src" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"]
        assert "Server" not in headers
        assert "Strict-Transport-Security" not in headers, "over plain HTTP it means nothing"
    assert chief.get(USERS).headers["Cache-Control"] == "no-store"


def test_pages_from_elsewhere_get_no_permission_unless_a_setting_gives_it(chief: httpx2.Client) -> None:
    answer = chief.get(USERS, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_client_that_never_ends_its_request_is_hung_up_on(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.2)
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.2)
    parts = urlsplit(gateway.url)
    head = b"POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\n"
    body = head + b"content-type: application/json\r\ncontent-length: 50\r\n\r\n{"
    for sent, answered in ((b"", b"408"), (head, b"408"), (body, b"")):
        with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
            connection.sendall(sent)
            got = b"".join(iter(lambda: connection.recv(65_536), b""))
        assert answered in got
    with gateway.client() as client:
        assert client.get("/health").status_code == 200


def test_a_head_without_end_is_refused(gateway: Gateway) -> None:
    parts = urlsplit(gateway.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        try:
            connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n")
            for number in range(200):
                connection.sendall(f"x-{number}: {'y' * 1000}\r\n".encode())
            got = b"".join(iter(lambda: connection.recv(65_536), b""))
        except OSError:
            return  # it hung up before everything was sent
    assert got.startswith(b"HTTP/1.1 431") or got == b""


def test_cookies_and_tokens_are_not_taken_from_the_query(gateway: Gateway, chief: httpx2.Client) -> None:
    token = chief.headers["Authorization"].removeprefix("Bearer ")
    with gateway.client() as client:
        assert client.get(f"/api/v1/auth/me?access_token={token}").status_code == 401
        assert client.get("/api/v1/auth/me", headers={"Cookie": f"access_token={token}"}).status_code == 401
        assert client.get("/api/v1/auth/me", headers={"Authorization": f"Basic {token}"}).status_code == 401


def test_an_entity_tag_guards_changes(chief: httpx2.Client, gateway: Gateway) -> None:
    made = chief.post(USERS, json={"name": "guarded", "password": PASSWORD})
    path = made.headers["Location"]
    tag = chief.get(path).headers["ETag"]
    check_problem(chief.patch(path, json={"role": "trader"}), 428, "request.precondition_required")
    check_problem(chief.patch(path, json={"role": "trader"}, headers={"If-Match": '"v999"'}), 412, "conflict.changed")
    check_problem(chief.patch(path, json={"role": "trader"}, headers={"If-Match": "junk"}), 422, "request.invalid")
    check_problem(chief.patch(path, json={}, headers={"If-Match": tag}), 422, "request.invalid")
    changed = chief.patch(path, json={"role": "trader"}, headers={"If-Match": tag})
    assert changed.json()["role"] == "trader"
    assert changed.headers["ETag"] != tag
    check_problem(chief.patch(path, json={"role": "viewer"}, headers={"If-Match": tag}), 412, "conflict.changed")


def test_the_last_admin_stays_one(gateway: Gateway) -> None:
    store = gateway.parts.store
    admins = [user for user in store.users.list() if user.role == "admin" and user.is_active]
    last, *others = admins
    try:
        for each in others:
            store.users.change(each.id, role="viewer")
        with closing(gateway.sign_in(last.name)) as client:
            from arbitrax.domain.ids import encode

            path = f"{USERS}/{encode('usr', last.id)}"
            for change in ({"role": "viewer"}, {"is_active": False}):
                check_problem(
                    client.patch(path, content=json.dumps(change).encode(), headers=JSON | {"If-Match": "*"}),
                    409,
                    "conflict.exists",
                )
    finally:
        for each in others:
            store.users.change(each.id, role="admin")
