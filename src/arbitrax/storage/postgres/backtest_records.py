"""The port for backtests in every status on PostgreSQL: jobs and runs side by side."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from arbitrax.backtest.spec import RunSpec
from arbitrax.services.backtest_records import BacktestFilter, BacktestRecord, FinishedRun
from arbitrax.services.jobs import Problem, Progress
from arbitrax.services.ports import StoredMetric
from arbitrax.storage.postgres.run_parts import Results
from arbitrax.storage.postgres.run_store import asset_of
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds

if TYPE_CHECKING:
    from datetime import datetime

    from arbitrax.services.ports import StoredAsset
    from arbitrax.storage.postgres.connection import Database

_EVERY = BacktestFilter()


class PostgresBacktestRecords:
    """Reads backtests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, limit: int, which: BacktestFilter, *, before: UUID | None = None) -> list[BacktestRecord]:
        """Return backtests, newest first."""
        return self._read(limit, which, older_than(before))

    def find(self, backtest: UUID) -> BacktestRecord | None:
        """Return a backtest."""
        return next(iter(self._read(1, _EVERY, (backtest, backtest))), None)

    def _read(self, limit: int, which: BacktestFilter, ids: tuple[UUID, UUID]) -> list[BacktestRecord]:
        keys = msgspec.structs.asdict(which) | {"limit": limit, "least": ids[0], "most": ids[1]}
        assets: defaultdict[UUID, list[StoredAsset]] = defaultdict(list)
        with self._database.connection() as connection:
            rows = connection.execute(statement("backtests_page"), keys).fetchall()
            runs = [row[0] for row in rows]
            for run, *asset in connection.execute(statement("backtests_assets"), {"runs": runs}):
                assets[run].append(asset_of(tuple(asset)))
        return [_record(row, tuple(assets[row[0]])) for row in rows]


def older_than(id: UUID | None) -> tuple[UUID, UUID]:
    """Return the least and the greatest id of what is older than one, of everything without one."""
    return UUID(int=0), UUID(int=(1 << 128) - 1 if id is None else max(id.int, 1) - 1)


def _record(row: tuple[Any, ...], assets: tuple[StoredAsset, ...]) -> BacktestRecord:
    id, owner, asked, *of_job = row[:12]
    made, ran, *of_run = row[12:]
    # Of a run that was made, what it was made by; the strategy's text may have changed since it was asked for.
    spec = msgspec.json.decode(ran or asked, type=RunSpec)
    progress = _made(nanoseconds(made)) if asked is None else _progress(of_job)
    return BacktestRecord(id, owner, spec, progress, asked is not None, _run(spec, of_run, assets) if ran else None)


def _made(at: int) -> Progress:
    """Return how far a run is that no job made."""
    return Progress(
        status="succeeded",
        attempt=1,
        progress=1.0,
        eta=None,
        cancel_asked=False,
        error=None,
        created_at=at,
        started_at=at,
        finished_at=at,
    )


def _progress(columns: list[Any]) -> Progress:
    status, attempt, progress, eta, asked, error, created, started, finished = columns
    return Progress(
        status=status,
        attempt=attempt,
        progress=progress,
        eta=_time(eta),
        cancel_asked=asked,
        error=None if error is None else msgspec.json.decode(error, type=Problem),
        created_at=nanoseconds(created),
        started_at=_time(started),
        finished_at=_time(finished),
    )


def _run(spec: RunSpec, columns: list[Any], assets: tuple[StoredAsset, ...]) -> FinishedRun:
    result_hash, engine, bars, first, last, metrics, results = columns
    outcome = msgspec.json.decode(results, type=Results)
    return FinishedRun(
        run_hash=spec.hash,
        result_hash=result_hash,
        engine_version=engine,
        bars=bars,
        first=_bar_time(first),
        last=_bar_time(last),
        assets=assets,
        metrics=msgspec.json.decode(metrics, type=dict[str, StoredMetric]),
        metrics_basis=outcome.metrics_basis,
        notices=outcome.notices,
        bankrupt_bar=outcome.bankrupt_bar,
    )


def _bar_time(data: bytes) -> datetime:
    return moment(int.from_bytes(data, "little", signed=True))


def _time(time: datetime | None) -> int | None:
    return None if time is None else nanoseconds(time)
