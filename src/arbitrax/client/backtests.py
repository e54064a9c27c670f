"""Backtests: asked for, waited for, cancelled; their results as frames."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from arbitrax.client.faces import F, listing, offered
from arbitrax.client.messages import (
    BacktestMessage,
    BacktestValidation,
    EquityCurve,
    IngestionMessage,
    NewBacktest,
    ReproductionMessage,
    RunAccount,
    RunFigures,
    RunLogMessage,
    RunPrices,
    RunResult,
    RunSource,
)
from arbitrax.client.problems import made_error
from arbitrax.client.resource import Resource

if TYPE_CHECKING:
    import pandas as pd

BACKTESTS = "/api/v1/backtests"
Status = Literal["queued", "running", "succeeded", "failed", "cancelled", "dead"]
OVER = ("failed", "cancelled", "dead")
SOONEST, LATEST = 0.05, 1.0
"""Seconds between two looks at a run that is waited for: few bars take less than the first, most runs not the last."""


class BacktestResult(Struct, frozen=True, eq=False):
    """A finished backtest with its tables as pandas frames."""

    message: BacktestMessage
    outcome: RunResult
    """The message's `result`."""
    frames: dict[str, pd.DataFrame]
    """By the names of `outcome.tables`, as far as they were asked for."""

    @property
    def metrics(self) -> dict[str, float | None]:
        """Its metrics; `outcome.metrics` says why one is undefined."""
        return {name: each.value for name, each in self.outcome.metrics.items()}

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
    async def submit(self, backtest: NewBacktest) -> BacktestMessage:
        """Ask for a backtest; a worker does it."""
        return await self._transport.send("POST", BACKTESTS, BacktestMessage, backtest)

    @offered
    async def validate(self, backtest: NewBacktest) -> BacktestValidation:
        """Return what a backtest would be of, without asking for it; what is wrong with it is raised."""
        return await self._transport.send("POST", f"{BACKTESTS}/validations", BacktestValidation, backtest)

    @offered
    async def get(self, backtest: str) -> BacktestMessage:
        """Return a backtest: how far it is, and once it has succeeded its result."""
        return await self._get(backtest)

    @offered
    async def wait(self, backtest: str, seen: Callable[[BacktestMessage], object] | None = None) -> BacktestMessage:
        """Wait until a backtest is finished; ``seen`` is called with how far it is.

        Raises:
            ArbitraxError: it ended without a result; `code` says why, such as ``job.cancelled``.
        """
        pause = SOONEST
        while True:
            found = await self._get(backtest)
            if found.status == "succeeded":
                return found
            if seen is not None:
                seen(found)
            require_going(found)
            await asyncio.sleep(pause)
            pause = min(LATEST, pause * 1.5)

    @offered
    async def cancel(self, backtest: str) -> BacktestMessage:
        """Ask for the end of a backtest: at once while it waits, within seconds while it runs.

        Raises:
            ConflictError: it has ended by itself.
        """
        return await self._transport.send("POST", f"{BACKTESTS}/{backtest}/cancellation", BacktestMessage)

    @offered
    async def result(
        self, backtest: str, tables: tuple[str, ...] = ("equity", "trades", "orders", "fills")
    ) -> BacktestResult:
        """Return a finished backtest with tables as frames.

        Raises:
            ConflictError: it is not finished.
        """
        found = await self._get(backtest)
        outcome = found.result
        if outcome is None:
            raise made_error("conflict.not_finished", f"{backtest} is {found.status} and has no result.", status=409)
        made = await asyncio.gather(*(self._table(f"{BACKTESTS}/{backtest}/tables/{each}") for each in tables))
        # Only now: loading pandas would keep the other answers waiting.
        return BacktestResult(found, outcome, {name: each.to_pandas() for name, each in zip(tables, made, strict=True)})

    @offered
    async def equity(
        self, backtest: str, *, points: int = 1000, start: str | None = None, end: str | None = None
    ) -> EquityCurve:
        """Return the equity of a range in at most so many points: neighbours are joined, no extreme is lost."""
        path = f"{BACKTESTS}/{backtest}/equity"
        return await self._transport.get(path, EquityCurve, points=points, start=start, end=end)

    @offered
    async def prices(
        self,
        backtest: str,
        *,
        symbol: str | None = None,
        points: int = 1000,
        start: str | None = None,
        end: str | None = None,
    ) -> RunPrices:
        """Return prices as a run saw them, with what its strategy shows over them; symbol: None for the first."""
        path = f"{BACKTESTS}/{backtest}/prices"
        return await self._transport.get(path, RunPrices, symbol=symbol, points=points, start=start, end=end)

    @offered
    async def figures(self, backtest: str) -> RunFigures:
        """Return every metric with its formula, sample and the benchmark's, and what the run rests on."""
        return await self._transport.get(f"{BACKTESTS}/{backtest}/figures", RunFigures)

    @offered
    async def account(self, backtest: str) -> RunAccount:
        """Return exposure and the largest weights over time, and what happened to the account besides trades."""
        return await self._transport.get(f"{BACKTESTS}/{backtest}/account", RunAccount)

    @offered
    async def source(self, backtest: str) -> RunSource:
        """Return the text of the strategy as it was when the backtest ran."""
        return await self._transport.get(f"{BACKTESTS}/{backtest}/source", RunSource)

    @offered
    async def reproduce(self, backtest: str) -> ReproductionMessage:
        """Ask for a finished backtest to be run again and compared, byte by byte; a worker does it."""
        return await self._transport.send("POST", f"{BACKTESTS}/{backtest}/reproduction", ReproductionMessage)

    @offered
    async def reproduction(self, backtest: str) -> ReproductionMessage:
        """Return the newest try to run a backtest again, and whether every byte was equal."""
        return await self._transport.get(f"{BACKTESTS}/{backtest}/reproduction", ReproductionMessage)

    @offered
    async def log(self, backtest: str) -> RunLogMessage:
        """Return the newest lines that the strategy said, once it has ended; `Stream.run` has them as they come."""
        return await self._transport.get(f"{BACKTESTS}/{backtest}/log", RunLogMessage)

    @offered
    async def honesty(self, backtest: str) -> dict[str, Any]:
        """Return what there is to doubt about a result."""
        return await self._transport.get(f"{BACKTESTS}/{backtest}/honesty", dict[str, Any])

    @offered
    async def report(self, backtest: str) -> bytes:
        """Return the report: one HTML page that needs no network."""
        return (await self._transport.ask("GET", f"{BACKTESTS}/{backtest}/report", accept="text/html")).content

    @listing
    async def list(
        self, *, status: Status | None = None, strategy: str | None = None, symbol: str | None = None
    ) -> AsyncIterator[BacktestMessage]:
        """Yield one's own backtests, newest first; an admin sees everybody's."""
        query = {"status": status, "strategy": strategy, "symbol": symbol}
        async for each in self._pages(BACKTESTS, BacktestMessage, **query):
            yield each

    async def _get(self, backtest: str) -> BacktestMessage:
        return await self._transport.get(f"{BACKTESTS}/{backtest}", BacktestMessage)


def require_going(job: BacktestMessage | IngestionMessage) -> None:
    """See whether a job waits or runs.

    Raises:
        ArbitraxError: it ended; the error is its own.
    """
    if job.status in OVER:
        code, detail = (
            ("job.cancelled", "It was cancelled.") if job.error is None else (job.error.code, job.error.detail)
        )
        raise made_error(code, f"{job.id}: {detail}", status=409)
