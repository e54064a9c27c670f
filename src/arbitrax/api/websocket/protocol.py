"""Connections of web sockets: what a client may send, and how frames are written.

A session writes frames here, below ASGI: one costs a few microseconds instead of some forty, and the session sees when
the client takes no more. Handshake, requests and the end pass through ASGI.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.streams import StreamReader

if TYPE_CHECKING:
    import asyncio
    from asyncio.transports import BaseTransport

    from websockets.frames import Frame

MOST_FRAME = 256 * 1024
"""Bytes of a client's message: 200 orders have some 60,000."""
MOST_FRAGMENTS = 256
"""Frames of a message."""
MESSAGE_SECONDS = 10.0
"""From the first byte of a message to its last."""
PING_SECONDS = 20.0
VIOLATED = 1008
NO_TEXT = 1007
MOST_UNSENT = 128 * 1024
"""Bytes that wait in the system for a slow client; more would be old before it has them."""
_TEXT, _BINARY = 0x81, 0x82


class Wire(Protocol):
    """What a session writes to."""

    full: bool
    """The client has not taken what was written; write later."""
    on_room: Callable[[], None] | None
    """Called when it is not full any more."""

    def write(self, frame: bytes) -> None:
        """Write a frame; nothing when the connection is ending."""

    def abort(self) -> None:
        """Drop the connection, and what was not taken."""


class BoundedSocket(WebSocketsSansIOProtocol):
    """A connection; `Wire` for its session."""

    full = False
    on_room: Callable[[], None] | None = None
    _fragments = 0
    _is_open = False
    """Whether the last frame of a message has not come yet."""
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin."""
        super().connection_made(transport)
        # The system's own limit is megabytes: minutes of market data, for each of thousands of connections.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_UNSENT)

    async def run_asgi(self) -> None:
        """Carry the application."""
        self.scope["state"]["wire"] = self
        await super().run_asgi()
        if not self.disconnected:  # or a client that does not read keeps it open for ever
            self.loop.call_later(self.close_timeout, self.transport.abort)

    # Writing

    def write(self, frame: bytes) -> None:
        """Write a frame."""
        if not (self.close_sent or self.transport.is_closing()):
            self.transport.write(frame)

    def abort(self) -> None:
        """Drop the connection."""
        self.transport.abort()

    def pause_writing(self) -> None:
        """Note that the client does not take what was written."""
        self.full = True
        super().pause_writing()

    def resume_writing(self) -> None:
        """Let the session write on."""
        self.full = False
        super().resume_writing()
        if self.on_room is not None:
            self.on_room()

    def keepalive_timeout(self) -> None:
        """End a connection whose client does not even answer pings."""
        super().keepalive_timeout()
        self.transport.abort()

    # Reading

    def data_received(self, data: bytes) -> None:
        """Read, and give the client its time for the rest of a message."""
        super().data_received(data)
        self._expect_rest()

    async def receive(self) -> Any:
        """Return the next message; the application calls it."""
        message = await super().receive()
        self._expect_rest()
        return message

    def handle_text(self, event: Frame) -> None:
        """Take a message, or its first part."""
        super().handle_text(event)
        self._begin(event)

    def handle_bytes(self, event: Frame) -> None:
        """Take a message, or its first part."""
        super().handle_bytes(event)
        self._begin(event)

    def handle_cont(self, event: Frame) -> None:
        """Take a part of a message: so many."""
        self._fragments += 1
        if self._fragments > MOST_FRAGMENTS:
            self._refuse()
            return
        super().handle_cont(event)
        self._is_open = not event.fin

    def send_receive_event_to_app(self) -> None:
        """Give a message to the application, unless it says that it is text and is none."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self._refuse(NO_TEXT, "text that is no UTF-8")
                return
        super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """Answer, unless the client takes no answers."""
        self._pass_control()
        if self.full:
            self.conn.data_to_send()
        else:
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Note that the client lives."""
        self._pass_control()
        super().handle_pong(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let nobody wait."""
        self._wait(None)
        super().connection_lost(exc)
        self.full = False
        if self.on_room is not None:
            self.on_room()

    def _begin(self, event: Frame) -> None:
        self._fragments, self._is_open = 1, not event.fin

    def _pass_control(self) -> None:
        """Note that a frame ended which is no part of a message: the time of the next one is its own."""
        if not self._is_open:
            self._wait(None)

    def _expect_rest(self) -> None:
        """Wait for the rest of a message that has begun; not while nobody reads, for then it is we who are slow."""
        if self.read_paused or self.close_sent or not (self._is_open or self._in_frame()):
            self._wait(None)
        elif self._timer is None:
            self._wait(MESSAGE_SECONDS)

    def _in_frame(self) -> bool:
        """Say whether a part of a frame has come: the parser, generators within each other, then reads its rest."""
        within: Any = self.conn.parser
        while (inner := getattr(within, "gi_yieldfrom", None)) is not None:
            within = inner
        return getattr(within, "gi_code", None) is StreamReader.read_exact.__code__

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._refuse)

    def _refuse(self, code: int = VIOLATED, reason: str = "a message in too many parts, or too slow") -> None:
        """End a connection that sends what it must not, or too slowly."""
        self._wait(None)
        self.frames = []
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()


def framed(payload: bytes, *, binary: bool) -> bytes:
    """Return a message as a frame of a server (RFC 6455, 5.2): the same bytes for every client."""
    kind, length = _BINARY if binary else _TEXT, len(payload)
    if length < 126:
        return bytes((kind, length)) + payload
    if length < 1 << 16:
        return bytes((kind, 126, length >> 8, length & 255)) + payload
    return bytes((kind, 127)) + length.to_bytes(8) + payload


SOCKET_OPTIONS: dict[str, Any] = {
    "ws": BoundedSocket,
    "ws_max_size": MOST_FRAME,
    "ws_ping_interval": PING_SECONDS,
    "ws_ping_timeout": PING_SECONDS,
    "ws_per_message_deflate": False,  # it costs more than the network it saves
}
