"""Requests that no route's guard counted: of paths and methods there are none of, and of nobody known.

Asking for what is not there, or without a credential, is limited by address like everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from arbitrax.api.limits import COUNTED, limit_headers, too_many
from arbitrax.api.problems import MEDIA_TYPE, encode, problem_of

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

    from arbitrax.api.parts import Parts


class Uncounted:
    """An ASGI application around another one: counts what it answers and did not count."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        """Take the inner application."""
        self._app = app
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the inner application answer, or say that it is too much."""
        if str(scope["type"]) != "http":
            await self._app(scope, receive, send)
            return
        state = scope["state"]
        refused = False

        async def answer(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and COUNTED not in state:
                refused = await self._is_refused(scope, send)
            if not refused:
                await send(message)

        await self._app(scope, receive, answer)

    async def _is_refused(self, scope: Scope, send: Send) -> bool:
        parts, state = self._parts, scope["state"]
        verdict = await parts.limiter.take(parts.limits.demands(None, state["address"], cancel=False))
        state[COUNTED] = limit_headers(parts, verdict)
        if verdict.allowed:
            return False
        said: dict[str, str] = {}
        body = encode(problem_of(too_many(verdict), state["request_id"], said))
        headers = [(name.lower().encode(), value.encode()) for name, value in said.items()]
        headers += [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        return True
