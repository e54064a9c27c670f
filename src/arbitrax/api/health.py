"""`/health`: the process lives. `/ready`: it can do its work, and is to be sent requests."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Literal

from litestar import Response, get
from msgspec import Struct

from arbitrax.api.requests import GatewayRequest
from arbitrax.domain.errors import ArbitraxError

log = logging.getLogger("arbitrax.api")
Verdict = Literal["ok", "failed"]

LOOKED_FOR = 1.0
"""Seconds for which an answer is given again: anybody may ask."""
CHECK_SECONDS = 1.25
"""What has not answered by then has failed. With what counts requests, which waits for the cache first, under 2 s."""


class Health(Struct, frozen=True):
    """The process lives."""

    status: Literal["alive"]


class Readiness(Struct, frozen=True):
    """Whether the gateway is to be sent requests, and what it needs."""

    status: Literal["ready", "not_ready", "draining"]
    checks: dict[str, Verdict]


class _Looked:
    """What was found last."""

    def __init__(self) -> None:
        self.at = float("-inf")
        self.checks: dict[str, Verdict] = {}
        self.lock = asyncio.Lock()
        self.running: dict[str, asyncio.Task[object]] = {}
        """Checks that have not answered yet: of what hangs there is one, not one more each second."""


@get("/health", opt={"access": "public"}, tags=["health"], operation_id="health", summary="Whether the process lives")
async def health() -> Health:
    """Answer as long as the process lives."""
    return Health("alive")


@get(
    "/ready",
    opt={"access": "public"},
    tags=["health"],
    operation_id="ready",
    summary="Whether the gateway can do its work",
    status_code=200,
)
async def ready(request: GatewayRequest) -> Response[Readiness]:
    """Answer 200 when everything that the gateway needs answers, 503 when not, or when it is about to end."""
    parts = request.parts
    looked: _Looked = request.app.state.setdefault("looked", _Looked())
    async with looked.lock:
        if time.monotonic() - looked.at > LOOKED_FOR:
            looked.checks, looked.at = await _look(request, looked.running), time.monotonic()
    failed = "failed" in looked.checks.values()
    status: Literal["ready", "not_ready", "draining"] = (
        "draining" if parts.draining else "not_ready" if failed else "ready"
    )
    code = 200 if status == "ready" else 503
    headers = {} if code == 200 else {"Retry-After": "1"}
    return Response(Readiness(status, dict(looked.checks)), status_code=code, headers=headers)


async def _look(request: GatewayRequest, running: dict[str, asyncio.Task[object]]) -> dict[str, Verdict]:
    parts, loop = request.parts, asyncio.get_running_loop()
    for name, check in parts.checks.items():
        if name not in running:
            running[name] = loop.create_task(parts.probes.run(check))
    await asyncio.wait(running.values(), timeout=CHECK_SECONDS)
    return {name: _verdict(name, running) for name in parts.checks}


def _verdict(name: str, running: dict[str, asyncio.Task[object]]) -> Verdict:
    if not running[name].done():
        log.warning("check.failed name=%s reason=no answer in %g s", name, CHECK_SECONDS)
        return "failed"
    try:
        running.pop(name).result()
    except ArbitraxError as error:
        log.warning("check.failed name=%s reason=%s", name, error)
        return "failed"
    return "ok"
