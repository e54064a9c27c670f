"""The web socket's address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from litestar import WebSocket, websocket

from arbitrax.api.websocket.formats import chosen
from arbitrax.api.websocket.session import Session

if TYPE_CHECKING:
    from arbitrax.api.parts import Parts

PATH = "/api/v1/ws"
FORBIDDEN = 4403


@websocket(PATH, opt={"access": "public"})
async def web_socket(socket: WebSocket[Any, Any, Any]) -> None:
    """Carry a session: market data, one's own orders, runs (docs/websocket.md)."""
    parts: Parts = socket.app.state.parts
    origin = socket.headers.get("origin")
    if origin is not None and not _is_ours(origin, socket.headers.get("host", ""), parts.origins):
        await socket.close(FORBIDDEN, "origin")
        return
    form, protocol = chosen(socket.scope.get("subprotocols", []))
    await socket.accept(subprotocols=protocol)
    session = Session(socket, parts, form, str(socket.scope["state"]["address"]))
    await session.run(socket.headers.get("authorization"))


def _is_ours(origin: str, host: str, others: tuple[str, ...]) -> bool:
    """Say whether a page of this origin may open a socket: our own, or one that the settings name."""
    return origin in others or (bool(host) and urlsplit(origin).netloc == host)


ROUTES: list[Any] = [web_socket]
