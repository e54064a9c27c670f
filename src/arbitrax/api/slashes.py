"""Slashes of names in paths: the symbol BTC/USD is BTC%2FUSD there. ASGI's ``path`` is decoded: it would be two names.

Until a route is found such a slash is a character that no name may have; `arbitrax.api.requests.GatewayRequest` gives
handlers the slash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

_STAND_IN = "\x01"


class SlashesOfNames:
    """An ASGI application around the one that has the routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it answer, and leave the path as it was to those around."""
        if not has_slashes(scope):
            await self._app(scope, receive, send)
            return
        asked = scope["path"]
        whole = scope["raw_path"].decode("latin-1").replace("%2f", "%01").replace("%2F", "%01")
        scope["path"] = unquote(whole)
        try:
            await self._app(scope, receive, send)
        finally:
            scope["path"] = asked


def has_slashes(scope: Scope) -> bool:
    """Whether names in the path have slashes. Of what itself has the character that stands for one, none is taken."""
    raw = scope.get("raw_path", b"").upper()
    return b"%2F" in raw and b"%01" not in raw


def with_slashes(name: str) -> str:
    """Return a name of such a path as it was meant."""
    return name.replace(_STAND_IN, "/")


def as_asked(path: str) -> str:
    """Return a path as it is written."""
    return path.replace(_STAND_IN, "%2F")
