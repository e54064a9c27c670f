"""Attacks that any public gateway sees, generated from the OpenAPI document where that can be."""

import base64
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx2
import msgspec
import pytest

from arbitrax.api import connections
from arbitrax.api.documentation import example
from arbitrax.api.duplicate_keys import duplicate_key
from arbitrax.api.limits import make_limits
from arbitrax.api.openapi import openapi_document
from arbitrax.services.identity_ports import User
from arbitrax.settings import Settings
from tests.exchange_processes import Exchange
from tests.gateway import PASSWORD, Gateway, running_gateway
from tests.integration.api.test_access import run_of

JSON = {"Content-Type": "application/json"}
PROTECTING = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.fixture(scope="module")
def chief(gateway: Gateway, admin: User) -> Iterator[httpx2.Client]:
    with closing(gateway.sign_in(admin.name)) as client:
        yield client


def raw(gateway: Gateway, *pieces: bytes) -> bytes:
    """Send bytes and return all that comes back until the gateway hangs up."""
    parts = urlsplit(gateway.url)
    got = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            while piece := connection.recv(65_536):
                got += piece
        except ConnectionError:
            pass  # it hung up while we were talking
    return got


def request(head: str, body: bytes = b"") -> bytes:
    return head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body


# Numbers.


def decimal_fields() -> list[tuple[str, str, str]]:
    """Return method, path and field of every decimal that a body takes."""
    document = openapi_document()
    found = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                name = content["schema"].get("$ref", "").rpartition("/")[2]
                if not name:  # a file
                    continue
                for field, schema in document["components"]["schemas"][name]["properties"].items():
                    if re.search(r"\[0-9\][+{].*\\\\\.", msgspec.json.encode(schema).decode()):
                        found.append((method, path, field))
    return found


DECIMALS = decimal_fields()
NO_DECIMALS = [
    "NaN", "Infinity", "-Infinity", "1e5", "1E5", "1e400", "0x10", "1_000", "1,000", "1.", ".5", "+1", " 1", "1 ",
    "1\n", "", "-", "--1", "1.2.3", "\u0661\u0662", "\uff11", "\u00b2", "1\u200b", "\u22121", "9" * 41, "0." + "0" * 40,
    "1" + "\u0000", "1e-400", "true",
]  # fmt: skip
NO_DECIMALS_OF_JSON = ["NaN", "Infinity", "-Infinity", "1e400", "1e5", "5", "1.5", "true", "[]", "{}", '["1"]']


def test_decimals_are_found() -> None:
    names = {field for _, _, field in DECIMALS}
    assert {"price", "quantity", "stop", "cash", "funds", "distance", "display", "offset"} <= names


@pytest.mark.parametrize(("method", "path", "field"), DECIMALS, ids=str)
def test_what_is_no_decimal_is_refused_in_every_field(
    gateway: Gateway, trader: User, method: str, path: str, field: str
) -> None:
    document = openapi_document()
    (content,) = document["paths"][path][method]["requestBody"]["content"].values()
    body = example(content["schema"], document)
    where = path.replace("{order}", "ord_0001000000000001")
    texts = [(value, msgspec.json.encode(body | {field: value})) for value in NO_DECIMALS]
    plain = msgspec.json.encode(body | {field: "HERE"})
    texts += [(value, plain.replace(b'"HERE"', value.encode())) for value in NO_DECIMALS_OF_JSON]
    with gateway.client(gateway.key(trader, "read", "trade"), headers=JSON) as client:
        for value, text in texts:
            answer = client.request(method, where, content=text)
            assert answer.status_code in (400, 422), f"{value!r}: {answer.status_code} {answer.text}"
            found = answer.json()
            if answer.status_code == 422:
                assert [each["pointer"] for each in found["errors"]] == [f"/{field}"], (value, found)


# Text.

TRICKS = [
    "\u0430da",  # a Cyrillic letter that looks like another
    "\uff41da",  # full width
    "ada\u200b",  # zero width
    "\u202eada",  # right to left
    "a\u0301da",  # combining
    "ada\u0000",
    "ada\n",
    "ada\r\nSet-Cookie: x=1",
    " ada",
    "ADA",
    "\ufeffada",
    "ada\u2028",
    "\U0001f4a9",
    "../ada",
    "..",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "%2e%2e",
    "<script>",
    "' OR 1=1 --",
    "a" * 65,
    "",
]


@pytest.mark.parametrize("name", TRICKS, ids=ascii)
def test_no_user_can_be_called_like_another_or_like_a_path(chief: httpx2.Client, name: str) -> None:
    answer = chief.post("/api/v1/users", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/name"


@pytest.mark.parametrize(
    "symbol",
    ["", " ", "A\u0000", "A\n", "A\r\nX: y", "\u202eA".replace("A", "\u0007"), "A" * 65, "\ud7ff\u0085", " A", "A "],
    ids=ascii,
)
@pytest.mark.parametrize("path", ["/api/v1/backtests", "/api/v1/ingestions", "/api/v1/orders"])
def test_a_symbol_that_a_log_or_store_cannot_hold_is_refused(
    gateway: Gateway, trader: User, path: str, symbol: str
) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "/api/v1/backtests": {"strategy": "sma_cross", "symbols": [symbol]},
        "/api/v1/ingestions": {"source": "synthetic", "symbols": [symbol]},
        "/api/v1/orders": {
            "symbol": symbol, "side": "buy", "quantity": "1", "price": "1", "client_order_id": "x", "account": "mine",
        },
    }  # fmt: skip
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        answer = client.post(path, json=bodies[path])
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"].startswith("/symbol")


@pytest.mark.parametrize(
    "text", ["A\u0301APL", "\u0410APL", "\uff21APL", "A\u200bAPL", "aapl", "AAPL\u202e"], ids=ascii
)
def test_a_symbol_that_looks_like_another_is_another(gateway: Gateway, trader: User, text: str) -> None:
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        answer = client.post("/api/v1/backtests", json={"strategy": "sma_cross", "symbols": [text]})
        assert (answer.status_code, answer.json()["code"]) == (422, "input.unknown_name")
        assert client.get(f"/api/v1/instruments/{quote(text)}").status_code == 404


def text_fields() -> list[tuple[str, str, str]]:
    """Return method, path and field of every text that a body takes, in lists as well."""
    document, found = openapi_document(), []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                name = content["schema"].get("$ref", "").rpartition("/")[2]
                fields = document["components"]["schemas"][name]["properties"] if name else {}
                found += [
                    (method, path, field)
                    for field, schema in fields.items()
                    if b'"string"' in msgspec.json.encode(schema) or b"$ref" in msgspec.json.encode(schema)
                ]
    return found


def query_parameters() -> list[tuple[str, str, str]]:
    return [
        (method, path, parameter["name"])
        for path, operations in openapi_document()["paths"].items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    ]


def is_in_our_words(answer: httpx2.Response) -> bool:
    return answer.status_code < 500 and not re.search("(?i)database|postgres|NUL \\(", answer.text)


@pytest.mark.parametrize(("method", "path", "field"), text_fields(), ids=str)
def test_a_text_that_no_database_holds_is_refused_in_our_words(
    chief: httpx2.Client, exchange: Exchange, method: str, path: str, field: str
) -> None:
    document = openapi_document()
    (content,) = document["paths"][path][method]["requestBody"]["content"].values()
    body = example(content["schema"], document)
    where = re.sub(r"\{\w+\}", lambda match: IDS.get(match[0][1:-1], "x"), path)
    for value in ("a\u0000b", ["a\u0000b"], {"a\u0000b": 1}, {"fast": "a\u0000b"}):
        answer = chief.request(method, where, json=body | {field: value}, headers={"If-Match": "*"})
        assert is_in_our_words(answer), f"{value!r}: {answer.status_code} {answer.text}"


@pytest.mark.parametrize(("method", "path", "name"), query_parameters(), ids=str)
def test_a_parameter_that_no_database_holds_is_refused_in_our_words(
    chief: httpx2.Client, exchange: Exchange, method: str, path: str, name: str
) -> None:
    where = re.sub(r"\{\w+\}", lambda match: IDS.get(match[0][1:-1], "x"), path)
    others = {"account": "theirs"} if "/orders" in path or "/fills" in path or "/positions" in path else {}
    for value in ("\u0000", "a\u0000b", base64.urlsafe_b64encode(b'"a\\u0000b"').decode().rstrip("=")):
        answer = chief.request(method, where, params=others | {"symbol": "AAPL"} | {name: value})
        assert is_in_our_words(answer), f"{value!r}: {answer.status_code} {answer.text}"


# Paths.

IDS = {
    **{name: f"{prefix}_{'0' * 26}" for name, prefix in [
        ("backtest", "bt"), ("user", "usr"), ("key", "key"), ("account", "acc"), ("ingestion", "ing"),
    ]},
    "order": "ord_0001000000000001", "table": "trades",
}  # fmt: skip
TRAVERSALS = [
    "..", "../..", "../../../../etc/passwd", "....//....//etc/passwd", "/etc/passwd", "\\..\\..\\windows", "%2e%2e",
    "..;/", "\u0000", "a\u0000b", "~root", "file:///etc/passwd", "\r\nX-Injected: 1", "a\n", "{{7*7}}", "${jndi:x}",
    "'; DROP TABLE users; --", "\u2025/\u2025", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
]  # fmt: skip


def path_parameters() -> list[tuple[str, str, str]]:
    return [
        (method, path, name)
        for path, operations in openapi_document()["paths"].items()
        for method in operations
        for name in re.findall(r"\{(\w+)\}", path)
    ]


@pytest.mark.parametrize(("method", "path", "name"), path_parameters(), ids=str)
def test_no_id_or_name_leads_elsewhere(
    chief: httpx2.Client, gateway: Gateway, method: str, path: str, name: str
) -> None:
    for text in TRAVERSALS:
        where = path.replace("{" + name + "}", quote(text, safe=""))
        for other in re.findall(r"\{(\w+)\}", where):
            where = where.replace("{" + other + "}", IDS.get(other, "x"))
        body = {} if method == "get" else {"json": {}, "headers": {"If-Match": "*"}}
        answer = chief.request(method, where, **body)
        assert answer.status_code in (404, 405, 422), f"{text!r}: {answer.status_code} {answer.text[:200]}"
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "x-injected" not in answer.headers
        assert "root:" not in answer.text
        assert "49" not in answer.json()["detail"] or "49" in text


# Bodies.


@pytest.mark.parametrize(
    "kind",
    [None, "", "text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
     "application/json-patch+json", "application/jsonx", "json", "*/*", "application/json, text/html", "a/b;" * 500],
    ids=repr,
)  # fmt: skip
def test_only_json_is_taken_as_json(chief: httpx2.Client, kind: str | None) -> None:
    body = b'{"name": "x", "password": "a long enough password"}'
    headers = {} if kind is None else {"Content-Type": kind}
    answer = chief.post("/api/v1/users", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "request.media_type")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "latin-1"])
def test_only_utf_8_is_taken_as_json(chief: httpx2.Client, encoding: str) -> None:
    text = '{"name": "x", "password": "a l\u00e4ng enough password"}'
    body = text.encode(encoding)
    answer = chief.post(
        "/api/v1/users", content=body, headers={"Content-Type": f"application/json; charset={encoding}"}
    )
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("name", ["Authorization", "Content-Type", "Idempotency-Key", "If-Match"])
@pytest.mark.parametrize("path", ["/api/v1/instruments", "/api/v1/books/COIN", "/nowhere"])
def test_a_header_that_two_readers_could_read_differently_is_refused(
    chief: httpx2.Client, path: str, name: str
) -> None:
    one = [(key, value) for key, value in chief.headers.items() if key.lower() != name.lower()]
    answer = httpx2.get(f"{chief.base_url}{path}", headers=[*one, (name, "first"), (name.lower(), "second")])
    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed"), answer.text
    assert name.lower() in answer.json()["detail"]


@pytest.mark.parametrize("place", ["9" * 26, str(1 << 63), "-1", str(-1 - (1 << 63)), "1e3", "null", '"x"'])
@pytest.mark.parametrize(
    "path", ["/api/v1/orders?status=all&account=theirs", "/api/v1/bars?symbol=AAPL", "/api/v1/instruments"]
)
def test_a_cursor_that_is_none_of_ours_is_refused(
    chief: httpx2.Client, exchange: Exchange, path: str, place: str
) -> None:
    cursor = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
    answer = chief.get(path + ("&" if "?" in path else "?") + f"cursor={cursor}")
    if (path.startswith("/api/v1/bars") and place == "-1") or (path.endswith("instruments") and place == '"x"'):
        assert answer.status_code == 200  # a moment before 1970, a name
    else:
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?cursor"), answer.text


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_order_id_beyond_all_numbers_is_unknown(chief: httpx2.Client, exchange: Exchange, method: str) -> None:
    body = {"json": {"quantity": "1"}} if method == "PATCH" else {}
    answer = chief.request(method, "/api/v1/orders/ord_ffffffffffffffff?account=theirs", **body)
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_compressed_body_is_no_bomb(chief: httpx2.Client, encoding: str) -> None:
    """Nothing unpacks it."""
    import zlib

    packed = zlib.compress(b'{"name": "' + b"x" * 10_000_000 + b'"}', 9, 31)
    answer = chief.post("/api/v1/users", content=packed, headers=JSON | {"Content-Encoding": encoding})
    assert (answer.status_code, answer.json()["code"]) == (415, "request.media_type")
    assert "Content-Encoding" in answer.json()["detail"]


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "x", "name": "y", "password": "a long enough password"}',
        '{"name": "x", "password": "a long enough password", "role": "viewer", "role" : "admin"}',
        '{"name": "x", "password": "a long enough password", "role": "viewer", "r\\u006fle": "admin"}',
        '{"name": "x", "password": "\\":\\":", "name"\n:"y"}',
    ],
)
def test_a_key_that_is_there_twice_is_refused(chief: httpx2.Client, text: str) -> None:
    answer = chief.post("/api/v1/users", content=text, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) in ((400, "request.malformed"), (422, "request.invalid"))
    if answer.status_code == 400:
        assert "twice" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("text", "twice"),
    [
        ("{}", None),
        ('{"a": 1, "b": {"a": 2}}', None),
        ('[{"a": 1}, {"a": 1}]', None),
        ('{"a": "\\":\\" \\":"}', None),
        ('{"a": 1, "a": 1}', "a"),
        ('{"b": {"c": [{"d": 1, "d": 2}]}}', "d"),
        ('{"a" : 1, "a"\\t: 2}'.replace("\\t", "\t"), "a"),
        ('{"a": 1, "\\u0061": 2}', "a"),
        ('{"x": "\\":", "a": 1, "a": 2}', "a"),
        ('{"": 1, "": 2}', ""),
    ],
)
def test_keys_that_are_there_twice_are_found(text: str, twice: str | None) -> None:
    assert duplicate_key(text.encode()) == twice


# The protocol.


@pytest.mark.parametrize(
    "head",
    [
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-length: 4\ntransfer-encoding: chunked",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ntransfer-encoding: chunked\ncontent-length: 4",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-length: 4\ncontent-length: 5",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-length: 4, 5",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-length: -1",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-length: +5",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-length: 0x5",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-length: 99999999999999999999999999",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-length : 5",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ntransfer-encoding: xchunked",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ntransfer-encoding: chunked, identity",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ntransfer-encoding: chunked\ntransfer-encoding: identity",
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ntransfer-encoding : chunked",
        "GET /health HTTP/1.1\nhost: x\nx: a\u0000b",
        "GET /health HTTP/9.9\nhost: x",
        "GET /health HTTP/1.1\nhost: x\nhost: y",
        "GET /health HTTP/1.1",
        "GET /health HTTP/1.0\nhost: x\nHost: x",
        "GET /health\nhost: x",
        "\u0016\u0003\u0001\u0002",
        "GET  /health HTTP/1.1\nhost: x",
    ],
    ids=ascii,
)
def test_a_request_that_two_readers_could_split_differently_is_refused(gateway: Gateway, head: str) -> None:
    """What follows would be a request of its own for one of them: it must never be answered."""
    smuggled = request("GET /openapi.json HTTP/1.1\nhost: x")
    got = raw(gateway, request(head, b"0\r\n\r\n" + smuggled))
    assert b'"openapi"' not in got
    assert got.count(b"HTTP/1.1 ") <= 1
    assert got.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413")) or got == b"", got[:200]
    if got:
        assert b"connection: close" in got.lower()
        for name, value in PROTECTING.items():
            assert f"{name}: {value}".encode() in got


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"GET /health HTTP/1.1\nhost: x\n\n", 400, "request.malformed"),
        (b"GET /health HTTP/1.1\r\nhost: x\r\n folded: y\r\n\r\n", 400, "request.malformed"),
        (b"GET /health HTTP/1.1\r\n\r\n", 400, "request.malformed"),
        (b"POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400, "request.malformed"),
        (b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 40_000 + b"\r\n\r\n", 431, "request.headers_too_large"),
        (b"GET /", 408, "request.too_slow"),
    ],
    ids=["bare lf", "folded", "no host", "two lengths", "large", "slow"],
)
def test_what_never_becomes_a_request_is_answered_as_a_problem(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, sent: bytes, status: int, code: str
) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    head, _, body = raw(gateway, sent).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first.split(" ")[1] == str(status)
    assert headers["content-type"] == "application/problem+json"
    found = msgspec.json.decode(body)
    assert (found["status"], found["code"], found["request_id"]) == (status, code, headers["x-request-id"])


@pytest.mark.parametrize(
    "path", ["/api/v1/auth/login", "/api/v1/backtests", "/api/v1/orders", "/api/v1/ingestions/uploads"]
)
def test_a_client_that_goes_away_within_a_body_is_no_failure_of_ours(
    gateway: Gateway, trader: User, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    counts, parts = gateway.parts.metrics._answered, urlsplit(gateway.url)

    def of_status(status: int) -> int:
        return sum(count for (method, _, each), count in list(counts.items()) if (method, each) == ("POST", status))

    gone, failed = of_status(499), of_status(500)
    path += "?symbol=MINE" * path.endswith("uploads")
    kind = "text/csv" if "uploads" in path else "application/json"
    head = f"POST {path} HTTP/1.1\nhost: x\nauthorization: Bearer {gateway.key(trader, 'read', 'trade')}"
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(request(f"{head}\ncontent-type: {kind}\ncontent-length: 500", b"{"))
        end = time.monotonic() + 30
        while not gateway.parts.metrics.open:
            assert time.monotonic() < end
            threading.Event().wait(0.01)
    while gateway.parts.metrics.open:
        assert time.monotonic() < end
        threading.Event().wait(0.01)
    assert (of_status(499), of_status(500)) == (gone + 1, failed)
    assert not caplog.records


@pytest.mark.parametrize(
    "chunk", [b"-1\r\nx\r\n", b"0x5\r\nhello\r\n", b"5;\r\r\nhello", b"fffffffffffffffff\r\nx", b"zz\r\n"]
)
def test_chunks_that_are_none_end_the_connection(gateway: Gateway, chunk: bytes) -> None:
    head = request(
        "POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-type: application/json\ntransfer-encoding: chunked"
    )
    got = raw(gateway, head + chunk + request("GET /openapi.json HTTP/1.1\nhost: x"))
    assert b'"openapi"' not in got


def test_requests_in_one_piece_are_answered_in_order_and_not_mixed(gateway: Gateway) -> None:
    body = b'{"name": "nobody", "password": "not the password"}'
    login = request(
        f"POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-type: application/json\ncontent-length: {len(body)}", body
    )
    last = request("GET /health HTTP/1.1\nhost: x\nconnection: close")
    got = raw(gateway, login + last)
    assert re.findall(rb"HTTP/1.1 (\d{3})", got) == [b"401", b"200"]


@pytest.mark.parametrize(
    "head",
    [
        "GET /health HTTP/1.1\nhost: x\nx-large: " + "y" * 40_000,
        "GET /" + "y" * 40_000 + " HTTP/1.1\nhost: x",
        "GET /health HTTP/1.1\nhost: x\n" + "\n".join(f"x-{number}: {'y' * 100}" for number in range(400)),
        "GET /health HTTP/1.1\nhost: x\ncookie: " + "; ".join(f"c{number}=1" for number in range(5_000)),
    ],
    ids=["a header", "a path", "many headers", "a cookie"],
)
def test_heads_that_are_too_large_are_refused(gateway: Gateway, head: str) -> None:
    got = raw(gateway, request(head))
    assert got.startswith(b"HTTP/1.1 431") or got == b"", got[:100]


def test_a_client_that_sends_a_byte_now_and_then_is_hung_up_on(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte is in time; the whole is not. Also for the second request of a connection."""
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.5)
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.5)
    parts = urlsplit(gateway.url)
    first = request("GET /health HTTP/1.1\nhost: x")
    body = request("POST /api/v1/auth/login HTTP/1.1\nhost: x\ncontent-type: application/json\ncontent-length: 9999")
    for begun in (b"", first, body):
        with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
            connection.sendall(begun)
            ended = threading.Event()
            got = []

            def listen(connection: socket.socket = connection, got: list[bytes] = got, ended: Any = ended) -> None:
                try:
                    while piece := connection.recv(65_536):
                        got.append(piece)
                except ConnectionError:
                    pass
                ended.set()

            listener = threading.Thread(target=listen)
            listener.start()
            try:
                while not ended.wait(0.02):
                    connection.sendall(b"x")
            except ConnectionError:
                pass
            listener.join(30)
            assert ended.is_set()
            assert b"".join(got).count(b"HTTP/1.1 200") == (1 if begun == first else 0)
    with gateway.client() as client:
        assert client.get("/health").status_code == 200


# What every answer has.


def test_every_kind_of_answer_has_the_headers_that_protect(
    gateway: Gateway, chief: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    users = "/api/v1/users"
    kept = f"/api/v1/backtests/{run_of(gateway, None)}"
    tag = chief.get(kept).headers["ETag"]
    with gateway.client() as nobody:
        answers = {
            200: chief.get(users),
            204: chief.options(users),
            304: chief.get(kept, headers={"If-None-Match": tag}),
            400: chief.post(users, content="{", headers=JSON),
            401: nobody.get(users),
            404: chief.get("/nowhere"),
            405: chief.put(users),
            406: chief.get("/api/v1/bars?symbol=AAPL", headers={"Accept": "image/png"}),
            413: chief.post(users, content=b"x" * 2_000_000, headers=JSON),
            415: chief.post(users, content="{}", headers={"Content-Type": "text/plain"}),
            422: chief.post(users, json={}),
            428: chief.patch(f"{users}/usr_{'0' * 26}", json={"role": "viewer"}),
        }
    monkeypatch.setattr(gateway.parts.store.users, "list", fail)
    answers[500] = chief.get(users)
    for status, answer in answers.items():
        assert answer.status_code == status, answer.text
        for name, value in PROTECTING.items():
            assert answer.headers[name] == value, status
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Request-Id"]
        assert answer.headers["Cache-Control"]
        assert "Server" not in answer.headers
        if status != 413:  # refused before anything was counted
            assert "RateLimit" in answer.headers, status
    assert sorted(answers[204].headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS", "POST"]


def private_reads() -> list[str]:
    return [path for path, operations in openapi_document()["paths"].items() if "security" in operations.get("get", {})]


@pytest.mark.parametrize("path", private_reads())
def test_no_private_answer_may_be_kept_by_anybody_between(gateway: Gateway, chief: httpx2.Client, path: str) -> None:
    ids = {
        "backtest": run_of(gateway, None), "symbol": "AAPL", "interval": "1d", "name": "sma_cross", "table": "trades",
        "ingestion": "ing_" + "0" * 26, "user": "usr_" + "0" * 26, "key": "key_" + "0" * 26,
        "account": "acc_" + "0" * 26, "order": "ord_0001000000000001",
    }  # fmt: skip
    accept = {"Accept": "text/html"} if path.endswith("report") else {}
    answer = chief.get(path.format(**ids), params={"symbol": "AAPL"} if path.endswith("bars") else {}, headers=accept)
    control = answer.headers["Cache-Control"]
    assert "public" not in control
    if "no-store" not in control:
        assert "private" in control
        assert "Authorization" in answer.headers["Vary"]


# Limits of what needs no credential.


@pytest.fixture(scope="module")
def narrow(gateway_settings: Settings) -> Iterator[Gateway]:
    """A gateway that gives an address five requests, and no more within a test."""
    with running_gateway(gateway_settings) as running:
        yield running


@pytest.fixture
def few(narrow: Gateway) -> Iterator[Gateway]:
    limits = make_limits(1e5, 1e5, 0.001)
    name = f"address-{uuid4().hex}"
    address = msgspec.structs.replace(limits.address, burst=5.0, name=name)
    before = narrow.parts.limits
    narrow.parts.limits = msgspec.structs.replace(limits, address=address, unverified=limits.key)
    yield narrow
    narrow.parts.limits = before


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/nowhere", {}, 404),
        ("GET", "/api/v1/users", {}, 401),
        ("GET", "/api/v1/users", {"Authorization": "Basic eDp5"}, 401),
        ("PUT", "/api/v1/users", {}, 405),
        ("OPTIONS", "/api/v1/users", {}, 204),
        ("GET", "/health", {}, 200),
    ],
    ids=str,
)
def test_asking_for_nothing_is_limited_too(
    few: Gateway, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    with few.client() as client:
        answers = [client.request(method, path, headers=headers) for _ in range(8)]
    assert [each.status_code for each in answers] == [status] * 5 + [429] * 3
    refused = answers[-1]
    assert refused.json()["code"] == "access.rate_limited"
    assert refused.json()["request_id"] == refused.headers["X-Request-Id"]
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["Content-Type"] == "application/problem+json"
    for name, value in PROTECTING.items():
        assert refused.headers[name] == value


# Pages from elsewhere.

DESK = "https://desk.example"


@pytest.fixture(scope="module")
def shared(gateway_settings: Settings) -> Iterator[Gateway]:
    """A gateway that one other origin may ask."""
    settings = msgspec.structs.replace(gateway_settings, cors_origins=(DESK,))
    with running_gateway(settings) as running:
        yield running


def preflight(gateway: Gateway, origin: str) -> httpx2.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    with gateway.client() as client:
        return client.options("/api/v1/backtests", headers=headers)


def test_an_origin_of_the_setting_may_ask(shared: Gateway) -> None:
    answer = preflight(shared, DESK)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == DESK
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    with shared.client() as client:
        refused = client.get("/api/v1/users", headers={"Origin": DESK})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == DESK
    assert "Origin" in refused.headers["Vary"]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "https://desk.example.evil.example", "https://xdesk.example", "http://desk.example",
     "https://desk.example:444", "https://DESK.example/", "*", "https://desk.example, https://evil.example"],
)  # fmt: skip
def test_no_other_origin_may(shared: Gateway, gateway: Gateway, origin: str) -> None:
    for each in (shared, gateway):
        assert "Access-Control-Allow-Origin" not in preflight(each, origin).headers
        with each.client() as client:
            answer = client.get("/health", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_without_the_setting_nobody_may(gateway: Gateway) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(gateway, DESK).headers
