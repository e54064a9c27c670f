"""Backtests from being asked for to their result, in one list: jobs, and runs that no job made."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from arbitrax.backtest.spec import RunSpec
from arbitrax.domain.errors import NotFinished, UnknownNameError
from arbitrax.domain.ids import encode
from arbitrax.services.backtests import RUN
from arbitrax.services.jobs import OVER, JobStore, Progress, Status, require_ended_by_cancellation
from arbitrax.services.ports import StoredAsset, StoredMetric


class FinishedRun(Struct, frozen=True):
    """What came of a backtest, without its curves and records."""

    run_hash: str
    result_hash: str
    engine_version: str
    bars: int
    first: datetime
    """Time of the first bar."""
    last: datetime
    assets: tuple[StoredAsset, ...]
    metrics: dict[str, StoredMetric]
    metrics_basis: str
    notices: tuple[str, ...]
    bankrupt_bar: int | None


class BacktestRecord(Struct, frozen=True):
    """A backtest, whatever its status."""

    id: UUID
    owner: UUID | None
    """None: the operator of the command line."""
    spec: RunSpec
    progress: Progress
    """Of a run that no job made: that it succeeded when it was made."""
    has_job: bool
    run: FinishedRun | None
    """Once it has succeeded."""


class BacktestFilter(Struct, frozen=True):
    """Which backtests; None: of every one."""

    owner: UUID | None = None
    status: Status | None = None
    strategy: str | None = None
    """Its name."""
    symbol: str | None = None
    """One of those traded."""


class BacktestRecords(Protocol):
    """Reads backtests, each as of one moment."""

    def newest(self, limit: int, which: BacktestFilter, *, before: UUID | None = None) -> list[BacktestRecord]:
        """Return backtests, newest first; before: only those older than this one."""
        ...

    def find(self, backtest: UUID) -> BacktestRecord | None:
        """Return a backtest."""
        ...


def find_backtest(records: BacktestRecords, id: UUID, *, sees: UUID | None) -> BacktestRecord:
    """Return a backtest; ``sees``: when it is this user's, None: whoever's.

    Raises:
        UnknownNameError: there is no such backtest, or it is another's.
    """
    found = records.find(id)
    if found is None or (sees is not None and found.owner != sees):
        raise UnknownNameError(f"There is no {encode(RUN, id)}; the list of backtests shows the ids.")
    return found


def cancel_backtest(records: BacktestRecords, jobs: JobStore, id: UUID, *, sees: UUID | None) -> BacktestRecord:
    """Ask for the end of a backtest and return it as it is then; one that was cancelled stays so.

    Raises:
        UnknownNameError: there is no such backtest, or it is another's.
        AlreadyOver: it has ended by itself.
    """
    find_backtest(records, id, sees=sees)
    jobs.cancel(id)
    found = find_backtest(records, id, sees=sees)
    require_ended_by_cancellation(found.progress, encode(RUN, id))
    return found


def require_result(record: BacktestRecord) -> None:
    """See whether a backtest has a result.

    Raises:
        NotFinished: it waits or runs.
        UnknownNameError: it ended without one.
    """
    if record.run is not None:
        return
    id, status = encode(RUN, record.id), record.progress.status
    if status not in OVER:
        raise NotFinished(f"The backtest {id} is {status}; it has no result yet.")
    raise UnknownNameError(f"The backtest {id} is {status}; it has no result.")
