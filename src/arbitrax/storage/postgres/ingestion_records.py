"""The port for ingestions in every status on PostgreSQL: jobs, and runs that the operator began, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from arbitrax.domain.errors import JobError
from arbitrax.services.ingestion import IngestionOutcome
from arbitrax.services.ingestion_jobs import IngestionSpec
from arbitrax.services.ingestion_records import IngestionRecord
from arbitrax.services.ingestion_sources import UP_TO_NOW
from arbitrax.services.jobs import Problem, Progress, Status
from arbitrax.storage.postgres.backtest_records import older_than
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import nanoseconds

if TYPE_CHECKING:
    from datetime import datetime

    from arbitrax.storage.postgres.connection import Database


class PostgresIngestionRecords:
    """Reads ingestions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(
        self, limit: int, *, owner: UUID | None = None, status: Status | None = None, before: UUID | None = None
    ) -> list[IngestionRecord]:
        """Return ingestions, newest first."""
        least, most = older_than(before)
        return self._read({"limit": limit, "owner": owner, "status": status, "least": least, "most": most})

    def find(self, ingestion: UUID) -> IngestionRecord | None:
        """Return an ingestion."""
        keys = {"limit": 1, "owner": None, "status": None, "least": ingestion, "most": ingestion}
        return next(iter(self._read(keys)), None)

    def _read(self, keys: dict[str, Any]) -> list[IngestionRecord]:
        # A standby knows nothing of the locks.
        with self._database.connection() as connection:
            return [_record(row) for row in connection.execute(statement("ingestions_page"), keys)]


class _Request(Struct):
    """What is shown of a run's request; of one noted before requests were, nothing."""

    symbols: tuple[str, ...] = ()
    interval: str = ""
    start: int | None = None
    end: int | None = None
    only_missing: bool = False


def _record(row: tuple[Any, ...]) -> IngestionRecord:
    id, owner, spec, result, *of_job = row[:13]
    request, source, run_status, run_error, chunks, done, added, updated, unchanged, quarantined = row[13:]
    attempt, progress, eta, asked, error, status, created, started, finished = of_job
    problem = None if error is None else msgspec.json.decode(error, type=Problem)
    if spec is None:
        attempt, progress = 1, 1.0 if status == "succeeded" else done / max(chunks, 1)
        problem = None if status != "failed" else _run_problem(run_status, run_error)
    outcomes = None if result is None else msgspec.json.decode(result, type=tuple[IngestionOutcome, ...])
    if outcomes is not None and not chunks:  # of a file, which comes in one piece
        brought = [symbol for outcome in outcomes for symbol in outcome.symbols]
        added, updated = sum(each.added for each in brought), sum(each.updated for each in brought)
        unchanged, quarantined = sum(each.unchanged for each in brought), sum(each.quarantined for each in brought)
    return IngestionRecord(
        id,
        owner,
        _asked(request, source) if spec is None else msgspec.json.decode(spec, type=IngestionSpec),
        Progress(
            status=status,
            attempt=attempt,
            progress=progress,
            eta=_time(eta),
            cancel_asked=asked,
            error=problem,
            created_at=nanoseconds(created),
            started_at=_time(started),
            finished_at=_time(finished),
        ),
        spec is not None,
        added,
        updated,
        unchanged,
        quarantined,
        outcomes,
    )


def _asked(request: str | None, source: str) -> IngestionSpec:
    found = _Request() if request is None else msgspec.json.decode(request, type=_Request)
    return IngestionSpec(
        symbols=found.symbols,
        interval=found.interval,
        source=source,
        start=found.start,
        end=None if found.end == UP_TO_NOW else found.end,
        only_missing=found.only_missing,
    )


def _run_problem(status: str, error: str | None) -> Problem:
    """Return why a run without a job failed: it says so itself, or was killed or interrupted."""
    if status == "running":
        return Problem(JobError.code, "It was stopped before its end; asked for again, it goes on.", retryable=True)
    return Problem(JobError.code, error or "It has chunks that wait.", retryable=True)


def _time(time: datetime | None) -> int | None:
    return None if time is None else nanoseconds(time)
