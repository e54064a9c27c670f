"""How the exchange does: its processes, rates and latencies, its journal and snapshots, and what it trades."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from litestar import get

from arbitrax.api.messages.exchange import ExchangeMessage, shard_message, traded_instrument
from arbitrax.api.messages.orders import moment
from arbitrax.api.requests import GatewayRequest
from arbitrax.domain.errors import StoreError

if TYPE_CHECKING:
    from arbitrax.exchange.feed.messages import Statistics
    from arbitrax.trading.registry import Instrument

PATH = "/api/v1/exchange"


@get(PATH, opt={"access": "read"}, tags=["exchange"], operation_id="get_exchange", summary="How the exchange does")
async def get_exchange(request: GatewayRequest) -> ExchangeMessage:
    """Return how every shard does, and the phase of what it trades, whatever is down.

    Workers report once a second, so asking more often tells nothing new.
    """
    listed = await request.parts.desk.listed()
    shards = sorted({each.shard for each in listed}) or [0]
    told = await asyncio.gather(*(_statistics(request, each) for each in listed))
    found = await asyncio.gather(*(request.parts.shards.get(each) for each in shards))
    return ExchangeMessage(
        as_of=moment(time.time_ns() // 1_000_000),
        shards=[shard_message(each) for each in found],
        instruments=[traded_instrument(*each) for each in zip(listed, told, strict=True)],
    )


async def _statistics(request: GatewayRequest, instrument: Instrument) -> Statistics | None:
    try:
        return (await (await request.parts.desk.broker()).published(instrument.symbol, 1)).statistics
    except StoreError:
        return None


ROUTES: list[Any] = [get_exchange]
