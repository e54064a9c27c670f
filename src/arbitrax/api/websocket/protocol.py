"""Connections of web sockets: how large a frame may be, and how one that takes nothing any more is ended."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

MOST_FRAME = 256 * 1024
"""Bytes of a client's frame: 200 orders have some 60,000."""
PING_SECONDS = 20.0


class BoundedSocket(WebSocketsSansIOProtocol):
    """Lets a session drop its connection without waiting for a client that does not read."""

    async def run_asgi(self) -> None:
        """Carry the application."""
        self.scope["state"]["abort"] = self.transport.abort
        await super().run_asgi()

    def keepalive_timeout(self) -> None:
        """End a connection whose client does not even answer pings."""
        super().keepalive_timeout()
        self.transport.abort()


SOCKET_OPTIONS: dict[str, Any] = {
    "ws": BoundedSocket,
    "ws_max_size": MOST_FRAME,
    "ws_ping_interval": PING_SECONDS,
    "ws_ping_timeout": PING_SECONDS,
    "ws_per_message_deflate": False,  # it costs more than the network it saves
}
