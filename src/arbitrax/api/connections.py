"""HTTP connections: how long a client may take to say what it wants, and how much it may say."""

from __future__ import annotations

import asyncio
import os
import time
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from arbitrax.api.gate import CONTENT_POLICY, HEADERS, NO_STORE
from arbitrax.api.problems import MEDIA_TYPE, encode, problem
from arbitrax.domain.ids import encode as encode_id
from arbitrax.domain.ids import new_uuid

HEADER_SECONDS = 10.0
"""From a connection, or a request's first byte, to the end of its head."""
BODY_SECONDS = 30.0
"""From the end of the head to the end of the body."""
VERSIONS = ("1.1", "1.0")
"""The parser also takes 0.9, which has no headers, so that a proxy may see another request than we."""
MOST_HEAD = 32 * 1024
"""Bytes of a request's line and headers."""
TOO_LARGE = f"The line and headers of a request have at most {MOST_HEAD} bytes."


class BoundedProtocol(HttpToolsProtocol):
    """Ends connections that are slow on purpose (slow-loris), or whose heads have no end."""

    _timer: asyncio.TimerHandle | None = None
    _head = 0
    """Bytes of the head that is being read."""
    _in_head = True

    def connection_made(self, transport: Any) -> None:
        """Give the client its time."""
        super().connection_made(transport)
        self._wait(HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._wait(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read, as long as the head is not too large."""
        if self._in_head:
            self._head += len(data)
            if self._timer is None:
                self._wait(HEADER_SECONDS)
        super().data_received(data)
        if self._in_head and self._head > MOST_HEAD and not self.transport.is_closing():
            self._refuse(431, TOO_LARGE)

    def on_headers_complete(self) -> None:
        """Begin to wait for the body."""
        self._in_head = False
        self._wait(BODY_SECONDS)
        version = self.parser.get_http_version()
        if version not in VERSIONS or not self._names_one_host(version):
            self._refuse(400, "The request is of another version than HTTP 1.0 and 1.1, or does not name one host.")
            return
        if self._head_size() > MOST_HEAD:
            self._refuse(431, TOO_LARGE)
            return
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop waiting: now the client waits for us."""
        self._in_head, self._head = True, 0
        self._wait(None)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the socket's protocol."""
        self._wait(None)
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; uvicorn calls it."""
        self._refuse(400, "The request is no HTTP as RFC 9112 has it.")

    def _names_one_host(self, version: str) -> bool:
        """Say whether the head names its host as RFC 9112, 3.2 has it: a proxy may go by another one of several."""
        hosts = sum(name == b"host" for name, _ in self.headers)
        return hosts == 1 or (hosts == 0 and version == "1.0")

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        self._timer = None
        if self._in_head:
            self._refuse(408, f"The head of a request must come within {HEADER_SECONDS:g} seconds.")
        else:  # an answer may have begun
            self.transport.close()

    def _refuse(self, status: int, detail: str) -> None:
        """Answer what never becomes a request, so that no application sees it."""
        self._wait(None)
        request_id = encode_id("req", new_uuid(time.time_ns(), os.urandom(10)))
        body = encode(problem(status, detail, request_id, retryable=status == 408))
        more = "".join(f"{name.decode()}: {value.decode()}\r\n" for name, value in (*HEADERS, CONTENT_POLICY, NO_STORE))
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\nx-request-id: {request_id}\r\n{more}\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
