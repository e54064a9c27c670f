"""Instruments, bars, ingestions and strategies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Literal

from arbitrax.client.backtests import Status
from arbitrax.client.faces import F, listing, offered
from arbitrax.client.messages import (
    BarMessage,
    IngestionMessage,
    InstrumentMessage,
    NewIngestion,
    SeriesCoverageMessage,
    SeriesMessage,
    SeriesQualityMessage,
    StrategyDetail,
    StrategyMessage,
    UploadMessage,
)
from arbitrax.client.paths import quoted
from arbitrax.client.resource import Resource

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BARS = "/api/v1/bars"
INGESTIONS = "/api/v1/ingestions"
Source = Literal["stored", "exchange"]


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
    """Bars, raw, from ``start`` to ``end``: days, which both count, or moments, of which the end does not.

    ``source``: ``stored`` as they were ingested, or ``exchange``, those of what traded on the exchange. ``points``
    joins neighbours, so that a range has at most so many bars and no high or low is lost.
    """

    @offered
    async def frame(
        self,
        symbol: str,
        *,
        interval: str = "1d",
        start: str | None = None,
        end: str | None = None,
        points: int | None = None,
        source: Source = "stored",
    ) -> pd.DataFrame:
        """Return a range as a pandas frame."""
        query = {"symbol": symbol, "interval": interval, "start": start, "end": end, "points": points}
        return await self._frame(BARS, **query, source=source)

    @offered
    async def table(
        self,
        symbol: str,
        *,
        interval: str = "1d",
        start: str | None = None,
        end: str | None = None,
        points: int | None = None,
        source: Source = "stored",
    ) -> pa.Table:
        """Return a range as an Arrow table, for polars and others."""
        query = {"symbol": symbol, "interval": interval, "start": start, "end": end, "points": points}
        return await self._table(BARS, **query, source=source)

    @listing
    async def list(
        self,
        symbol: str,
        *,
        interval: str = "1d",
        start: str | None = None,
        end: str | None = None,
        source: Source = "stored",
    ) -> AsyncIterator[BarMessage]:
        """Yield the bars of a range, oldest first, as exact decimals."""
        query = {"symbol": symbol, "interval": interval, "start": start, "end": end, "source": source}
        async for each in self._pages(BARS, BarMessage, **query):
            yield each


class Series(Resource[F]):
    """What bars are stored, and what there is to doubt about them."""

    @listing
    async def list(self, *, search: str | None = None) -> AsyncIterator[SeriesMessage]:
        """Yield stored series by symbol and interval, all or those whose symbol or name holds a text."""
        async for each in self._pages("/api/v1/series", SeriesMessage, search=search):
            yield each

    @offered
    async def coverage(
        self, symbol: str, interval: str, *, start: str | None = None, end: str | None = None
    ) -> SeriesCoverageMessage:
        """Return which sessions have bars and which lack them."""
        path = f"/api/v1/series/{quoted(symbol)}/{quoted(interval)}/coverage"
        return await self._transport.get(path, SeriesCoverageMessage, start=start, end=end)

    @offered
    async def quality(self, symbol: str, interval: str) -> SeriesQualityMessage:
        """Return what was found when a series was checked, what was set aside, and corporate actions."""
        path = f"/api/v1/series/{quoted(symbol)}/{quoted(interval)}/quality"
        return await self._transport.get(path, SeriesQualityMessage)


class Ingestions(Resource[F]):
    """Bars brought from vendors."""

    @offered
    async def submit(self, ingestion: NewIngestion) -> IngestionMessage:
        """Ask for an ingestion; a worker does it."""
        return await self._transport.send("POST", INGESTIONS, IngestionMessage, ingestion)

    @offered
    async def cancel(self, ingestion: str) -> IngestionMessage:
        """Ask for the end of one; what it has stored stays.

        Raises:
            ConflictError: it has ended by itself.
        """
        return await self._transport.send("POST", f"{INGESTIONS}/{ingestion}/cancellation", IngestionMessage)

    @offered
    async def upload(
        self, text: bytes, *, symbol: str | None = None, interval: str | None = None, preview: bool = False
    ) -> UploadMessage:
        """Send a CSV file of bars, which becomes an ingestion; ``preview``: only say what it would be taken as."""
        query = {"symbol": symbol, "interval": interval, "preview": "true" if preview else None}
        options = {"query": query, "content": text, "headers": {"Content-Type": "text/csv"}}
        return await self._transport.send("POST", f"{INGESTIONS}/uploads", UploadMessage, **options)

    @offered
    async def get(self, ingestion: str) -> IngestionMessage:
        """Return an ingestion: how far it is, and what came of it."""
        return await self._transport.get(f"{INGESTIONS}/{ingestion}", IngestionMessage)

    @listing
    async def list(self, *, status: Status | None = None) -> AsyncIterator[IngestionMessage]:
        """Yield one's own ingestions, the newest first; an admin sees everybody's and the operator's."""
        async for each in self._pages(INGESTIONS, IngestionMessage, status=status):
            yield each


class Strategies(Resource[F]):
    """What the gateway can run."""

    @listing
    async def list(self) -> AsyncIterator[StrategyMessage]:
        """Yield the strategies, by name."""
        async for each in self._pages("/api/v1/strategies", StrategyMessage):
            yield each

    @offered
    async def get(self, name: str) -> StrategyDetail:
        """Return a strategy with its parameters and its text."""
        return await self._transport.get(f"/api/v1/strategies/{quoted(name)}", StrategyDetail)
