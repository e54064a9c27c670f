"""Backtests: asked for, waited for, cancelled; their results as frames."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from arbitrax.client.faces import F, listing, offered
from arbitrax.client.messages import BacktestJob, BacktestMessage, BacktestSummary, IngestionJob, NewBacktest
from arbitrax.client.problems import made_error
from arbitrax.client.resource import Resource

if TYPE_CHECKING:
    import pandas as pd

BACKTESTS = "/api/v1/backtests"
Unfinished = Literal["queued", "running", "failed", "cancelled", "dead"]
OVER = ("failed", "cancelled", "dead")
SOONEST, LATEST = 0.05, 1.0
"""Seconds between two looks at a run that is waited for: few bars take less than the first, most runs not the last."""


class BacktestResult(Struct, frozen=True, eq=False):
    """A finished backtest with its tables as pandas frames."""

    message: BacktestMessage
    frames: dict[str, pd.DataFrame]
    """By the names of `message.tables`, as far as they were asked for."""

    @property
    def metrics(self) -> dict[str, float | None]:
        """Its metrics; `message.metrics` says why one is undefined."""
        return {name: each.value for name, each in self.message.metrics.items()}

    @property
    def equity(self) -> pd.DataFrame:
        """The curve."""
        return self.frames["equity"]

    @property
    def trades(self) -> pd.DataFrame:
        """Round trips."""
        return self.frames["trades"]

    @property
    def orders(self) -> pd.DataFrame:
        """Every order."""
        return self.frames["orders"]


class Backtests(Resource[F]):
    """Runs of a strategy that is registered at the gateway, on stored bars."""

    @offered
    async def submit(self, backtest: NewBacktest) -> BacktestJob:
        """Ask for a backtest; a worker does it."""
        return await self._transport.send("POST", BACKTESTS, BacktestJob, backtest)

    @offered
    async def get(self, backtest: str) -> BacktestMessage | BacktestJob:
        """Return a finished backtest, or how far another is and why it has no result."""
        return await self._get(backtest)

    @offered
    async def wait(self, backtest: str, seen: Callable[[BacktestJob], object] | None = None) -> BacktestMessage:
        """Wait until a backtest is finished; ``seen`` is called with how far it is.

        Raises:
            ArbitraxError: it ended without a result; `code` says why, such as ``job.cancelled``.
        """
        pause = SOONEST
        while True:
            found = await self._get(backtest)
            if isinstance(found, BacktestMessage):
                return found
            if seen is not None:
                seen(found)
            require_going(found)
            await asyncio.sleep(pause)
            pause = min(LATEST, pause * 1.5)

    @offered
    async def cancel(self, backtest: str) -> BacktestJob:
        """Ask for the end of a backtest: at once while it waits, within seconds while it runs."""
        return await self._transport.send("POST", f"{BACKTESTS}/{backtest}/cancellation", BacktestJob)

    @offered
    async def result(
        self, backtest: str, tables: tuple[str, ...] = ("equity", "trades", "orders", "fills")
    ) -> BacktestResult:
        """Return a finished backtest with tables as frames.

        Raises:
            ConflictError: it is not finished.
        """
        found = await self._get(backtest)
        if not isinstance(found, BacktestMessage):
            raise made_error("backtest.unfinished", f"{backtest} is {found.status} and has no result.", status=409)
        made = await asyncio.gather(*(self._table(f"{BACKTESTS}/{backtest}/tables/{each}") for each in tables))
        # Only now: loading pandas would keep the other answers waiting.
        return BacktestResult(found, {name: each.to_pandas() for name, each in zip(tables, made, strict=True)})

    @offered
    async def honesty(self, backtest: str) -> dict[str, Any]:
        """Return what there is to doubt about a result."""
        return await self._transport.get(f"{BACKTESTS}/{backtest}/honesty", dict[str, Any])

    @offered
    async def report(self, backtest: str) -> bytes:
        """Return the report: one HTML page that needs no network."""
        return (await self._transport.ask("GET", f"{BACKTESTS}/{backtest}/report", accept="text/html")).content

    @listing
    async def list(self) -> AsyncIterator[BacktestSummary]:
        """Yield one's own finished backtests, newest first; an admin sees everybody's."""
        async for each in self._pages(BACKTESTS, BacktestSummary):
            yield each

    @listing
    async def unfinished(self, status: Unfinished) -> AsyncIterator[BacktestJob]:
        """Yield those with another status."""
        async for each in self._pages(BACKTESTS, BacktestJob, status=status):
            yield each

    async def _get(self, backtest: str) -> BacktestMessage | BacktestJob:
        body = (await self._transport.ask("GET", f"{BACKTESTS}/{backtest}")).content
        if msgspec.json.decode(body)["status"] == "succeeded":
            return msgspec.json.decode(body, type=BacktestMessage)
        return msgspec.json.decode(body, type=BacktestJob)


def require_going(job: BacktestJob | IngestionJob) -> None:
    """See whether a job waits or runs.

    Raises:
        ArbitraxError: it ended; the error is its own.
    """
    if job.status in OVER:
        code, detail = (
            ("job.cancelled", "It was cancelled.") if job.error is None else (job.error.code, job.error.detail)
        )
        raise made_error(code, f"{job.id}: {detail}", status=409)
