"""How the exchange does, put together for who asks and for who follows."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from arbitrax.api.messages.exchange import ExchangeMessage, shard_message, traded_instrument
from arbitrax.api.messages.orders import moment
from arbitrax.domain.errors import StoreError

if TYPE_CHECKING:
    from arbitrax.api.parts import Parts
    from arbitrax.exchange.feed.messages import Statistics
    from arbitrax.trading.registry import Instrument


async def exchange_document(parts: Parts) -> ExchangeMessage:
    """Return how every shard does, and the phase of what it trades, whatever of the exchange is down.

    Raises:
        StoreError: what is listed is not known, for PostgreSQL does not answer.
    """
    listed = await parts.desk.instruments()
    shards = sorted({each.shard for each in listed}) or [0]
    told = await asyncio.gather(*(_statistics(parts, each) for each in listed))
    found = await asyncio.gather(*(parts.shards.get(each) for each in shards))
    return ExchangeMessage(
        as_of=moment(time.time_ns() // 1_000_000),
        shards=[shard_message(each) for each in found],
        instruments=[traded_instrument(*each) for each in zip(listed, told, strict=True)],
    )


async def _statistics(parts: Parts, instrument: Instrument) -> Statistics | None:
    try:
        return (await (await parts.desk.broker()).published(instrument.symbol, 1)).statistics
    except StoreError:
        return None
