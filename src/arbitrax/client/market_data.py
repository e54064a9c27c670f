"""Instruments, bars, ingestions and strategies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import msgspec

from arbitrax.client.faces import F, listing, offered
from arbitrax.client.messages import (
    BarMessage,
    IngestionJob,
    IngestionMessage,
    InstrumentMessage,
    NewIngestion,
    StrategyMessage,
)
from arbitrax.client.paths import quoted
from arbitrax.client.resource import Resource

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BARS = "/api/v1/bars"
INGESTIONS = "/api/v1/ingestions"


class Instruments(Resource[F]):
    """What is known, stored and traded."""

    @listing
    async def list(self, *, search: str | None = None) -> AsyncIterator[InstrumentMessage]:
        """Yield instruments by symbol, all or those whose symbol or name holds a text."""
        async for each in self._pages("/api/v1/instruments", InstrumentMessage, search=search):
            yield each

    @offered
    async def get(self, symbol: str) -> InstrumentMessage:
        """Return an instrument."""
        return await self._transport.get(f"/api/v1/instruments/{quoted(symbol)}", InstrumentMessage)


class Bars(Resource[F]):
    """Stored bars, raw; ``start <= timestamp < end``, both ISO 8601."""

    @offered
    async def frame(
        self, symbol: str, *, interval: str = "1d", start: str | None = None, end: str | None = None
    ) -> pd.DataFrame:
        """Return a range as a pandas frame."""
        return await self._frame(BARS, symbol=symbol, interval=interval, start=start, end=end)

    @offered
    async def table(
        self, symbol: str, *, interval: str = "1d", start: str | None = None, end: str | None = None
    ) -> pa.Table:
        """Return a range as an Arrow table, for polars and others."""
        return await self._table(BARS, symbol=symbol, interval=interval, start=start, end=end)

    @listing
    async def list(
        self, symbol: str, *, interval: str = "1d", start: str | None = None, end: str | None = None
    ) -> AsyncIterator[BarMessage]:
        """Yield the bars of a range, oldest first, as exact decimals."""
        async for each in self._pages(BARS, BarMessage, symbol=symbol, interval=interval, start=start, end=end):
            yield each


class Ingestions(Resource[F]):
    """Bars brought from vendors."""

    @offered
    async def submit(self, ingestion: NewIngestion) -> IngestionJob:
        """Ask for an ingestion; a worker does it."""
        return await self._transport.send("POST", INGESTIONS, IngestionJob, ingestion)

    @offered
    async def cancel(self, ingestion: str) -> IngestionJob:
        """Ask for the end of one; what it has stored stays."""
        return await self._transport.send("POST", f"{INGESTIONS}/{ingestion}/cancellation", IngestionJob)

    @offered
    async def get(self, ingestion: str) -> IngestionMessage | IngestionJob:
        """Return an ingestion, one's own that was asked for here with how far it is."""
        body = (await self._transport.ask("GET", f"{INGESTIONS}/{ingestion}")).content
        if "job" in msgspec.json.decode(body):
            return msgspec.json.decode(body, type=IngestionJob)
        return msgspec.json.decode(body, type=IngestionMessage)

    @listing
    async def list(self) -> AsyncIterator[IngestionMessage]:
        """Yield ingestions, the newest first."""
        async for each in self._pages(INGESTIONS, IngestionMessage):
            yield each


class Strategies(Resource[F]):
    """What the gateway can run."""

    @listing
    async def list(self) -> AsyncIterator[StrategyMessage]:
        """Yield the strategies, by name."""
        async for each in self._pages("/api/v1/strategies", StrategyMessage):
            yield each

    @offered
    async def get(self, name: str) -> StrategyMessage:
        """Return a strategy with its parameters."""
        return await self._transport.get(f"/api/v1/strategies/{quoted(name)}", StrategyMessage)
