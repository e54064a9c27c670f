"""What every request passes first and every answer last: ids, addresses, sizes, security headers, counts.

Below Litestar, so that it holds for what has no route as well.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from arbitrax.api.client_address import client_address
from arbitrax.api.problems import MEDIA_TYPE, Problem, encode, problem
from arbitrax.domain.ids import encode as encode_id
from arbitrax.domain.ids import new_uuid

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

    from arbitrax.api.request_metrics import RequestMetrics
    from arbitrax.services.identity_ports import Network

MOST_BODY = 1 << 20
"""Bytes of a request's body."""
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
CONTENT_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
NO_STORE = (b"cache-control", b"no-store")
_KEPT = frozenset({b"content-security-policy", b"cache-control"})
"""Headers that an answer may have its own of."""
_ONCE = frozenset({b"authorization", b"content-type", b"idempotency-key", b"if-match"})
"""Headers that a proxy before us may read another one of than we, were there two."""
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class Gate:
    """An ASGI application around another one."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: RequestMetrics,
        *,
        trusted_proxies: Sequence[Network] = (),
        strict_transport: bool = False,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        """Take the inner application; ``strict_transport``: it is reached by TLS only.

        larger: bytes that a body may have at certain paths, which count them themselves as well.
        """
        self._larger = larger or {}
        self._app = app
        self._metrics = metrics
        self._trusted = trusted_proxies
        self._headers = [*HEADERS, _HSTS] if strict_transport else HEADERS
        self._plain = [*self._headers, CONTENT_POLICY, NO_STORE]
        self._secure = strict_transport
        self._random = random.Random()  # noqa: S311 - ids tell requests apart, they guard nothing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or carry a socket or the application's life."""
        kind = str(scope["type"])
        if kind == "lifespan":
            await self._app(scope, receive, send)
            return
        headers, twice = _read(scope["headers"])
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        given = headers.get(b"x-request-id")
        if given is not None and _REQUEST_ID.fullmatch(given):
            request_id = given.decode()
        else:
            request_id = encode_id("req", new_uuid(time.time_ns(), self._random.randbytes(10)))
        forwarded = headers.get(b"x-forwarded-for")
        peer = scope.get("client")
        state["request_id"] = request_id
        state["address"] = client_address(
            peer[0] if peer else None, None if forwarded is None else forwarded.decode("latin-1"), self._trusted
        )
        state["secure"] = self._secure
        state["header"] = headers
        if kind != "http":  # a socket
            await self._app(scope, receive, send)
            return
        asked = str(cast("HTTPScope", scope)["method"])
        if asked == "HEAD":
            # Answered as GET is (RFC 9110, 9.3.2): the connection, which sees HEAD, sends the head only.
            scope = cast("Scope", dict(scope, method="GET"))
        begun = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._complete(message["headers"], request_id, state)
            await send(message)

        self._metrics.begun()
        try:
            length = headers.get(b"content-length")
            if twice:
                detail = f"The header {twice} was sent more than once; send it once."
                await _refuse(answer, problem(400, detail, request_id))
            elif headers.get(b"content-encoding", b"identity").lower() != b"identity":
                detail = "A body is taken as it comes; send it without Content-Encoding."
                await _refuse(answer, problem(415, detail, request_id))
            elif length is not None and length.isdigit() and int(length[:20]) > (most := self._most(scope["path"])):
                detail = f"A body has at most {most} bytes."
                await _refuse(answer, problem(413, detail, request_id))
            else:
                await self._app(scope, receive, answer)
        finally:
            seconds = time.perf_counter() - begun
            self._metrics.ended(asked, str(scope.get("path_template", "")), status or 499, seconds)

    def _most(self, path: str) -> int:
        return self._larger.get(path, MOST_BODY)

    def _complete(
        self, headers: Iterable[tuple[bytes, bytes]], request_id: str, state: MutableMapping[str, Any]
    ) -> list[tuple[bytes, bytes]]:
        names = _KEPT.intersection([name.lower() for name, _ in headers])
        more = self._plain if not names else [each for each in self._plain if each[0] not in names]
        return [*headers, (b"x-request-id", request_id.encode()), *more, *state.get("headers", ())]


def _read(given: Iterable[tuple[bytes, bytes]]) -> tuple[dict[bytes, bytes], str]:
    """Return headers by name, and one that is there more than once and must not be; empty: none."""
    headers: dict[bytes, bytes] = {}
    twice = ""
    for name, value in given:
        if name not in headers:
            headers[name] = value
        elif name == b"x-forwarded-for":
            headers[name] += b"," + value
        elif name in _ONCE:
            twice = name.decode()
    return headers, twice


async def _refuse(send: Send, why: Problem) -> None:
    """Refuse a request before its body is read; the connection ends, for the body would follow."""
    body = encode(why)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": why.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
