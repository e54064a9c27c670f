"""The web page at `/`: the files that `make web` built, beside the package.

A browser that opens an address which no route has gets the page, whose program shows what the address means. Programs
are told as everywhere that there is no such path.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, cast

from msgspec import Struct

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

BUILT = Path(__file__).parents[1] / "web_dist"
INDEX = "/index.html"
ASSETS = "/assets/"
"""What is below has the hash of its content in its name."""
NONCE = b"{{nonce}}"
"""In the page, where a number belongs that no other page has."""
OURS = ("/api/", "/docs", "/health", "/openapi.json", "/ready")
"""Beginnings of paths that are never the page's."""
NOT_BUILT = b"The web page is not built. Run `make web`, then start the gateway again.\n"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; font-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Styles beside our files only with the page's number: the library of components adds some."""
FOR_EVER = b"public, max-age=31536000, immutable"
ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
"""The better one first; browsers take brotli only over https and from this machine."""
TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".html": b"text/html; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".woff2": b"font/woff2",
}


class PageFile(Struct, frozen=True):
    """A file of the page."""

    content: bytes
    encoded: dict[bytes, bytes]
    """By encoding."""
    media_type: bytes
    tag: bytes
    is_kept: bool
    """Whether it never changes under this name."""


def read_page(folder: Path = BUILT) -> dict[str, PageFile]:
    """Return the files by path; none where nothing was built."""
    found: dict[str, PageFile] = {}
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.suffix not in TYPES:
            continue
        path, content = f"/{file.relative_to(folder).as_posix()}", file.read_bytes()
        beside = [(name, file.with_name(file.name + suffix)) for name, suffix in ENCODINGS]
        found[path] = PageFile(
            content,
            {name: each.read_bytes() for name, each in beside if each.exists()},
            TYPES[file.suffix],
            f'"{hashlib.sha256(content).hexdigest()[:32]}"'.encode(),
            path.startswith(ASSETS),
        )
    return found


class WebPage:
    """An ASGI application around another one, which answers what is not the page's."""

    def __init__(self, app: ASGIApp, files: dict[str, PageFile]) -> None:
        """Take the inner application and the page's files."""
        self._app, self._files = app, files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, the page, or what the inner application says."""
        request = cast("HTTPScope", scope)
        is_read = str(scope["type"]) == "http" and request["method"] == "GET"
        if not is_read or request["path"].startswith(OURS):
            await self._app(scope, receive, send)
            return
        path, headers = request["path"], request["state"]["header"]
        file = self._files.get(path)
        if file is not None and path != INDEX:
            await _answer(request, send, *_file(file, headers))
        elif path == "/" or (b"text/html" in headers.get(b"accept", b"") and not path.startswith(ASSETS)):
            await _answer(request, send, *_page(self._files.get(INDEX)))
        else:
            await self._app(scope, receive, send)


def _file(file: PageFile, headers: dict[bytes, bytes]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    more = [
        (b"cache-control", FOR_EVER if file.is_kept else b"no-cache"),
        (b"etag", file.tag),
        (b"vary", b"Accept-Encoding"),
    ]
    if file.tag in headers.get(b"if-none-match", b""):
        return 304, more, b""
    liked = headers.get(b"accept-encoding", b"").lower()
    names = {
        each.partition(b";")[0].strip() for each in liked.split(b",") if not each.replace(b" ", b"").endswith(b"q=0")
    }
    name = next((name for name, _ in ENCODINGS if name in names and name in file.encoded), None)
    if name is not None:
        more.append((b"content-encoding", name))
    return 200, [(b"content-type", file.media_type), *more], file.content if name is None else file.encoded[name]


def _page(index: PageFile | None) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    if index is None:
        return 404, [(b"content-type", b"text/plain; charset=utf-8")], NOT_BUILT
    nonce = secrets.token_urlsafe(16)
    more = [
        (b"content-type", index.media_type),
        (b"cache-control", b"no-cache"),
        (b"content-security-policy", POLICY.format(nonce).encode()),
    ]
    return 200, more, index.content.replace(NONCE, nonce.encode())


async def _answer(scope: HTTPScope, send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    scope["path_template"] = ASSETS if scope["path"].startswith(ASSETS) else "/"
    if status != 304:
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
