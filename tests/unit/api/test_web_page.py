"""The web page as the gateway serves it, from a folder such as `make web` leaves."""

import asyncio
import gzip
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from arbitrax.api.gate import Gate
from arbitrax.api.request_metrics import RequestMetrics
from arbitrax.api.web_page import WebPage, read_page

PAGE = '<!doctype html><style nonce="{{nonce}}"></style><script type="module" src="/assets/main-abc.js"></script>'
SCRIPT = b"console.log('the page');" * 100
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def inner(scope: Any, receive: Any, send: Any) -> None:
    """What is behind the page: has an answer of its own to everything."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode(), "more_body": False})


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "notes.txt").write_text("no part of it")
    assets = tmp_path / "assets"
    assets.mkdir()
    (assets / "main-abc.js").write_bytes(SCRIPT)
    (assets / "main-abc.js.gz").write_bytes(gzip.compress(SCRIPT))
    (assets / "main-abc.js.br").write_bytes(b"as brotli")
    (assets / "inter-abc.woff2").write_bytes(b"letters")
    return tmp_path


def ask(folder: Path, path: str, method: str = "GET", **headers: str) -> httpx2.Response:
    app = Gate(WebPage(inner, read_page(folder)), RequestMetrics())

    async def asked() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await client.request(method, path, headers={"Accept-Encoding": "identity", **headers})

    return asyncio.run(asked())


def test_the_page_has_a_policy_with_a_number_of_its_own_each_time(built: Path):
    first, second = ask(built, "/"), ask(built, "/", **BROWSER)
    numbers = [re.search(r'nonce="([\w-]{22})"', each.text).group(1) for each in (first, second)]  # type: ignore[union-attr]
    assert numbers[0] != numbers[1]
    policy = first.headers["Content-Security-Policy"]
    assert f"style-src 'self' 'nonce-{numbers[0]}'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Content-Type"] == "text/html; charset=utf-8"
    assert first.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/backtests/bt_1", "/trade", "/index.html", "/apis"])
def test_an_address_that_a_browser_opens_is_the_page(built: Path, path: str):
    assert "<!doctype html>" in ask(built, path, **BROWSER).text


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/docs", "/health", "/ready", "/openapi.json", "/assets/gone.js"])
def test_what_is_not_the_pages_is_answered_behind_it_whoever_asks(built: Path, path: str):
    assert ask(built, path, **BROWSER).status_code == 418


def test_programs_are_told_that_an_address_is_unknown(built: Path):
    assert ask(built, "/trade", Accept="application/json").status_code == 418
    assert ask(built, "/trade", method="POST", **BROWSER).status_code == 418
    assert ask(built, "/../pyproject.toml", Accept="*/*").status_code == 418
    assert ask(built, "/notes.txt").status_code == 418


def test_what_has_its_hash_in_its_name_is_kept_for_ever(built: Path):
    answer = ask(built, "/assets/main-abc.js")
    assert answer.content == SCRIPT
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in answer.headers


def test_other_files_are_asked_for_anew_and_not_sent_again(built: Path):
    icon = ask(built, "/icon.svg")
    assert icon.headers["Cache-Control"] == "no-cache"
    again = ask(built, "/icon.svg", **{"If-None-Match": icon.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("liked", "sent", "content"),
    [
        ("gzip, deflate, br, zstd", "br", b"as brotli"),
        ("gzip, deflate", "gzip", SCRIPT),
        ("br;q=0, gzip", "gzip", SCRIPT),
        ("zstd", None, SCRIPT),
    ],
)
def test_files_are_sent_in_the_smallest_form_that_is_liked(built: Path, liked: str, sent: str | None, content: bytes):
    app = Gate(WebPage(inner, read_page(built)), RequestMetrics())
    got: list[Any] = []

    async def send(message: Any) -> None:
        got.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/assets/main-abc.js", "client": ("127.0.0.1", 1),
        "headers": [(b"accept-encoding", liked.encode())],
    }  # fmt: skip
    asyncio.run(app(scope, None, send))  # type: ignore[arg-type]
    headers, body = dict(got[0]["headers"]), got[1]["body"]
    assert headers.get(b"content-encoding") == (None if sent is None else sent.encode())
    assert headers[b"content-length"] == str(len(body)).encode()
    assert (gzip.decompress(body) if sent == "gzip" else body) == content


def test_the_head_is_the_same_without_a_body(built: Path):
    head, whole = ask(built, "/assets/main-abc.js", method="HEAD"), ask(built, "/assets/main-abc.js")
    assert head.content == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


def test_without_a_page_one_sentence_says_how_to_build_it(tmp_path: Path):
    answer = ask(tmp_path / "web_dist", "/", **BROWSER)
    assert answer.status_code == 404
    assert answer.text == "The web page is not built. Run `make web`, then start the gateway again.\n"
