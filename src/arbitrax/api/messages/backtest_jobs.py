"""Messages of backtests that are asked for, wait or run. Cash is a decimal string; rates and ratios are numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from arbitrax.api.parameters import SYMBOL
from arbitrax.backtest.models import Account, Costs, Instrument
from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.ids import encode
from arbitrax.services.backtests import RUN
from arbitrax.services.jobs import JOB, Job, Status

MOST_SYMBOLS = 500
MOST_SOURCE = 200_000
"""Characters of an uploaded strategy."""
Unfinished = Literal["queued", "running", "failed", "cancelled", "dead"]

SymbolText = Annotated[str, Meta(min_length=1, max_length=64, pattern=SYMBOL, examples=["AAPL"])]
ShortText = Annotated[str, Meta(min_length=1, max_length=16)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)", examples=["2012-01-01"])]
Cash = Annotated[str, Meta(pattern=r"^[0-9]{1,15}(\.[0-9]{1,8})?$(?!\n)", examples=["100000"])]
ParameterName = Annotated[str, Meta(min_length=1, max_length=64)]
ParameterText = Annotated[str, Meta(max_length=256)]


class NewBacktest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A backtest to run: what `arbitrax backtest run` takes, on stored bars, by a strategy that is registered."""

    strategy: Annotated[str, Meta(min_length=1, max_length=100, examples=["sma_cross"])]
    """Its name in the list of strategies; with `source`, of a class in it."""
    source: Annotated[str, Meta(min_length=1, max_length=MOST_SOURCE, pattern=r"^[^\x00]*$")] | None = None
    """Text of a Python file with a strategy, which a sandbox runs: for admins, where the operator allows it."""
    parameters: Annotated[
        dict[ParameterName, bool | int | float | ParameterText],
        Meta(max_length=100, examples=[{"fast": 10, "slow": 30}]),
    ] = {}
    symbols: Annotated[list[SymbolText], Meta(min_length=1, max_length=MOST_SYMBOLS, examples=[["AAPL"]])]
    interval: ShortText = "1d"
    start: Day | None = None
    """First day; both are inclusive."""
    end: Day | None = None
    cash: Cash = "100000"
    """In quote currency."""
    commission_bps: float = 10.0
    slippage_bps: float = 0.0
    costs: Costs = Costs()
    """Beyond the two rates."""
    account: Account = Account()
    instruments: Annotated[dict[SymbolText, Instrument], Meta(max_length=MOST_SYMBOLS)] = {}
    """By symbol; ``*`` stands for those not named."""
    fill: Literal["next_open", "same_close"] = "next_open"
    prices: Literal["adjusted", "raw"] = "adjusted"
    calendar: ShortText | None = None
    finer: ShortText | None = None
    benchmark: SymbolText | None = None
    risk_free: float = 0.0

    def spec(self) -> RunSpec:
        """Return what is asked for as the engine's spec.

        Raises:
            InputError: a value that it does not allow.
        """
        return RunSpec(
            strategy=StrategyRef(self.strategy, "" if self.source is None else self.strategy, dict(self.parameters)),
            symbols=tuple(self.symbols),
            interval=self.interval,
            start=self.start,
            end=self.end,
            cash=float(self.cash),
            commission_bps=self.commission_bps,
            slippage_bps=self.slippage_bps,
            costs=self.costs,
            account=self.account,
            instruments=dict(self.instruments),
            fill=self.fill,
            prices=self.prices,
            calendar=self.calendar,
            finer=self.finer,
            benchmark=self.benchmark,
            risk_free=self.risk_free,
        )


class JobProblem(Struct, frozen=True):
    """Why a backtest has no result."""

    code: str
    detail: str
    retryable: bool


class BacktestJob(Struct, frozen=True):
    """A backtest that waits, runs, or ended without a result."""

    id: str
    job: str
    status: Status
    progress: float
    """From 0 to 1."""
    eta: datetime | None
    attempt: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: JobProblem | None
    spec: dict[str, Any]
    channel: str
    """Of the web socket, where progress and the equity curve are."""


def job_message(job: Job) -> BacktestJob:
    """Return the message of a backtest's job."""
    id = encode(RUN, job.id)
    return BacktestJob(
        id=id,
        job=encode(JOB, job.id),
        status=job.status,
        progress=job.progress,
        eta=_moment(job.eta),
        attempt=job.attempt,
        created_at=to_datetime(job.created_at),
        started_at=_moment(job.started_at),
        finished_at=_moment(job.finished_at),
        error=None if job.error is None else JobProblem(job.error.code, job.error.detail, job.error.retryable),
        spec=msgspec.json.decode(job.spec, type=dict[str, Any]),
        channel=f"runs.{id}",
    )


def _moment(time: int | None) -> datetime | None:
    return None if time is None else to_datetime(time)
