"""Content encodings (R12): large answers as zstd or gzip, whichever Accept-Encoding likes better (RFC 9110, 12.5.3)."""

from __future__ import annotations

import asyncio
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

COMPRESSED_FROM = 1024
"""Bytes of a body from which it is worth it."""
BESIDE_FROM = 32 * 1024
"""Bytes from which the event loop does not wait for it: half a millisecond."""
TYPES = (b"application/json", b"application/problem+json", b"application/vnd.apache.arrow.stream", b"text/")
"""What shrinks. Parquet is compressed in itself."""
ZSTD_LEVEL, GZIP_LEVEL = 3, 4
GZIP_FORMAT = 31
"""zlib's window bits for 32 KB and gzip's frame."""


class Encoder:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the inner application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the inner application answer, its answer smaller where that is liked."""
        liked = (
            next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
            if str(scope["type"]) == "http"
            else b""
        )
        encoding = chosen_encoding(liked)
        if encoding is None:
            await self._app(scope, receive, send)
            return
        known = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        start: Any = None

        async def answer(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    message["body"] = await _encoded(start, message["body"], encoding, known)
                await send(start)
                start = None
            await send(message)

        await self._app(scope, receive, answer)


@lru_cache(maxsize=256)
def chosen_encoding(header: bytes) -> str | None:
    """Return ``zstd`` or ``gzip``, None for neither: what an Accept-Encoding likes best; zstd of two liked alike."""
    liked: dict[str, float] = {}
    for each in header.decode("latin-1").lower().split(",")[:16]:
        name, _, parameter = each.partition(";")
        weight = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            liked[name.strip()] = float(weight)
        except ValueError:
            liked[name.strip()] = 0.0
    anything = liked.get("*", 0.0)
    offered = {name: liked.get(name, anything) for name in ("zstd", "gzip")}
    best = max(offered, key=lambda name: offered[name])
    return best if 0.0 < offered[best] <= 1.0 and offered[best] >= liked.get("identity", 0.0) else None


async def _encoded(start: Any, body: bytes, encoding: str, known: bytes) -> bytes:
    """Return the body encoded, and say so in the headers; or as it is, where it would not be worth it.

    ``known``: the tags that the client has.
    """
    headers = {name.lower(): value for name, value in start["headers"]}
    if start["status"] == 304 and (weak := b"W/" + headers.get(b"etag", b"")) in known:
        start["headers"] = [
            (b"etag", weak) if name.lower() == b"etag" else (name, value) for name, value in start["headers"]
        ]
    kind = headers.get(b"content-type", b"")
    if not kind.startswith(TYPES) or b"content-encoding" in headers:
        return body
    vary = headers.get(b"vary")
    headers[b"vary"] = b"Accept-Encoding" if vary is None else vary + b", Accept-Encoding"
    if len(body) >= COMPRESSED_FROM:
        compress = _zstd if encoding == "zstd" else _gzip
        body = await asyncio.to_thread(compress, body) if len(body) >= BESIDE_FROM else compress(body)
        headers[b"content-encoding"] = encoding.encode()
        headers[b"content-length"] = str(len(body)).encode()
        tag = headers.get(b"etag")
        if tag is not None and not tag.startswith(b"W/"):
            headers[b"etag"] = b"W/" + tag  # the same content, other bytes
    kept = [each for each in start["headers"] if each[0].lower() == b"set-cookie"]
    start["headers"] = [*((name, value) for name, value in headers.items() if name != b"set-cookie"), *kept]
    return body


def _zstd(body: bytes) -> bytes:
    import pyarrow as pa

    return bytes(pa.Codec("zstd", compression_level=ZSTD_LEVEL).compress(body))


def _gzip(body: bytes) -> bytes:
    return zlib.compress(body, GZIP_LEVEL, GZIP_FORMAT)
