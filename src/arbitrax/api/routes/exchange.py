"""How the exchange does: its processes, rates and latencies, its journal and snapshots, and what it trades."""

from __future__ import annotations

from typing import Any

from litestar import get

from arbitrax.api.exchange_document import exchange_document
from arbitrax.api.messages.exchange import ExchangeMessage
from arbitrax.api.requests import GatewayRequest

PATH = "/api/v1/exchange"


@get(PATH, opt={"access": "read"}, tags=["exchange"], operation_id="get_exchange", summary="How the exchange does")
async def get_exchange(request: GatewayRequest) -> ExchangeMessage:
    """Return how every shard does, and the phase of what it trades, whatever is down.

    Workers report once a second, so asking more often tells nothing new; the web socket's channel `exchange` says the
    same each second.
    """
    return await exchange_document(request.parts)


ROUTES: list[Any] = [get_exchange]
