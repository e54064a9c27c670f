"""Messages of stored backtests. Prices and money are decimal strings; returns, ratios and drawdowns are numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from arbitrax.api.messages.fields import BacktestId, Hash, Interval, Symbol
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.ids import encode
from arbitrax.services.backtests import RUN
from arbitrax.services.ports import RunSummary, StoredRun


class BacktestSummary(Struct, frozen=True):
    """A line of the list of backtests."""

    id: BacktestId
    created_at: datetime
    strategy: Annotated[str, Meta(examples=["sma_cross"])]
    parameters: dict[str, Any]
    symbol: Symbol
    start: datetime
    end: datetime
    bars: int
    total_return: float | None
    sharpe: float | None
    max_drawdown: float | None
    trades: int
    run_hash: Hash


class MetricMessage(Struct, frozen=True):
    """A metric: its value, or why it has none."""

    value: float | None
    undefined_because: str | None


class AssetMessage(Struct, frozen=True):
    """A series that a run was computed from."""

    symbol: Symbol
    interval: Interval
    role: Literal["traded", "benchmark", "finer"]
    as_of: datetime
    data_hash: Hash
    quality: str | None


class BacktestMessage(Struct, frozen=True):
    """A finished backtest: everything that decided it, and what came out."""

    id: BacktestId
    status: Literal["succeeded"]
    created_at: datetime
    spec: dict[str, Any]
    run_hash: Hash
    result_hash: Hash
    engine_version: Annotated[str, Meta(examples=["0.1.0"])]
    assets: list[AssetMessage]
    metrics: dict[str, MetricMessage]
    notices: list[str]
    bankrupt: bool
    tables: dict[str, str]
    """By name where each table of the result is."""
    honesty: str
    report: str


class RowPage(Struct, frozen=True):
    """A page of a table's rows, objects by column."""

    data: list[dict[str, Any]]
    next_cursor: str | None
    has_more: bool


def summary_message(run: RunSummary) -> BacktestSummary:
    """Return the message of a line."""
    return BacktestSummary(
        id=encode(RUN, run.id),
        created_at=run.created_at,
        strategy=run.strategy,
        parameters=run.parameters,
        symbol=run.symbol,
        start=run.start,
        end=run.end,
        bars=run.bars,
        total_return=run.total_return,
        sharpe=run.sharpe,
        max_drawdown=run.max_drawdown,
        trades=run.trades,
        run_hash=run.run_hash,
    )


def backtest_message(run: StoredRun, path: str, tables: tuple[str, ...]) -> BacktestMessage:
    """Return a run's message; ``path``: where the run is."""
    spec = msgspec.to_builtins(run.spec)
    return BacktestMessage(
        id=encode(RUN, run.id),
        status="succeeded",
        created_at=to_datetime(run.created_at),
        spec=spec,
        run_hash=run.spec.hash,
        result_hash=run.result_hash,
        engine_version=run.engine_version,
        assets=[
            AssetMessage(
                each.symbol,
                each.interval,
                each.role,  # type: ignore[arg-type]  # one of the three
                to_datetime(each.as_of),
                each.data_hash,
                each.quality,
            )
            for each in run.assets
        ],
        metrics={name: MetricMessage(each.value, each.undefined) for name, each in run.metrics.items()},
        notices=list(run.notices),
        bankrupt=run.bankrupt_bar is not None,
        tables={name: f"{path}/tables/{name}" for name in tables},
        honesty=f"{path}/honesty",
        report=f"{path}/report",
    )
