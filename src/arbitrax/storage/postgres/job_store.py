"""The port for jobs on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec

from arbitrax.domain.errors import Fenced
from arbitrax.services.jobs import (
    LEASE_SECONDS,
    MOST_ATTEMPTS,
    MOST_LOSSES,
    Attempt,
    Job,
    JobChange,
    Lease,
    Problem,
    Status,
    death,
)
from arbitrax.services.run_log import LogLine, RunLog
from arbitrax.storage.postgres.run_store import PostgresRunStore
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from arbitrax.services.ports import RunStore, StoredRun
    from arbitrax.storage.postgres.connection import Connection, Database


class PostgresJobStore:
    """Jobs in PostgreSQL; its clock decides when a lease ends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, job: UUID, kind: str, spec: bytes, owner: UUID | None) -> Job:
        """Store a job and the news of it."""
        keys = {"id": job, "job": job, "kind": kind, "owner": owner, "spec": spec.decode()}
        with self._database.connection() as connection, connection.transaction():
            row = connection.execute(statement("job_add"), keys).fetchone()
            assert row is not None  # noqa: S101 -- one row by construction
            connection.execute(statement("job_turn_ensure"), keys)
            connection.execute(statement("job_announce"), keys)
        return _job(row)

    def find(self, job: UUID) -> Job | None:
        """Return a job."""
        with self._database.connection() as connection:
            return _found(connection, job)

    def attempts(self, job: UUID) -> list[Attempt]:
        """Return the attempts at a job, oldest first."""
        with self._database.connection() as connection:
            rows = connection.execute(statement("job_attempts_find"), {"job": job}).fetchall()
        return [
            Attempt(number, holder, nanoseconds(started), _time(finished), outcome, reason)
            for number, holder, started, finished, outcome, reason in rows
        ]

    def newest(
        self,
        limit: int,
        *,
        kind: str | None = None,
        owner: UUID | None = None,
        status: Status | None = None,
        before: UUID | None = None,
    ) -> list[Job]:
        """Return jobs, newest first."""
        keys = {"kind": kind, "owner": owner, "status": status, "before": before, "limit": limit}
        with self._database.connection() as connection:
            return [_job(row) for row in connection.execute(statement("jobs_list"), keys)]

    def active(self, owner: UUID | None, limit: int) -> list[JobChange]:
        """Return how jobs are that wait or go on, newest first."""
        with self._database.connection() as connection:
            return [
                JobChange(*row)
                for row in connection.execute(statement("jobs_active"), {"owner": owner, "limit": limit})
            ]

    def newest_about(self, kind: str, what: str, id: UUID) -> Job | None:
        """Return the newest job of a kind about something."""
        keys = {"kind": kind, "what": what, "id": str(id)}
        with self._database.connection() as connection:
            row = connection.execute(statement("job_newest_about"), keys).fetchone()
        return None if row is None else _job(row)

    def waiting(self, owner: UUID, most: int) -> int:
        """Return how many jobs of a user wait, counted up to ``most``."""
        with self._database.connection() as connection:
            row = connection.execute(statement("jobs_waiting"), {"owner": owner, "most": most}).fetchone()
        assert row is not None  # noqa: S101 -- one row by construction
        return int(row[0])

    def claim(self, holder: str) -> tuple[Job, Lease] | None:
        """Take the job whose turn it is."""
        with self._database.connection() as connection, connection.transaction():
            connection.execute(statement("job_claims_lock"))
            row = connection.execute(statement("job_claim"), {"holder": holder, "seconds": LEASE_SECONDS}).fetchone()
        return None if row is None else (_job(row[:-1]), Lease(row[0], row[-1]))

    def beat(self, lease: Lease, progress: float, eta: int | None) -> bool:
        """Keep a lease; say whether the job's end was asked for."""
        keys = _keys(lease) | {
            "seconds": LEASE_SECONDS,
            "progress": progress,
            "eta": None if eta is None else moment(eta),
        }
        with self._database.connection() as connection:
            row = connection.execute(statement("job_beat"), keys).fetchone()
        if row is None:
            raise _fenced()
        return bool(row[0])

    def finish(
        self,
        lease: Lease,
        status: Literal["succeeded", "failed", "cancelled"],
        problem: Problem | None,
        result: bytes | None = None,
        log: RunLog | None = None,
    ) -> None:
        """End a job."""
        with self._database.connection() as connection, connection.transaction():
            _finish(connection, lease, status, problem, result=result)
            _keep(connection, lease.job, log)

    def log(self, job: UUID) -> RunLog:
        """Return what was said while a job was done."""
        with self._database.connection() as connection:
            row = connection.execute(statement("job_log_find"), {"job": job}).fetchone()
        return RunLog() if row is None else RunLog(msgspec.json.decode(row[0], type=tuple[LogLine, ...]), row[1])

    def runs_of(self, lease: Lease, log: Callable[[], RunLog] | None = None) -> RunStore:
        """Return where the job's run is saved."""
        return _RunsOfJob(self._database, lease, log)

    def lose(self, lease: Lease, reason: str) -> Status | None:
        """Note that an attempt ended with its process."""
        with self._database.connection() as connection, connection.transaction():
            return _lose(connection, lease, reason, counts=True)

    def give_back(self, lease: Lease, reason: str) -> Status | None:
        """Note that an attempt ended through no fault of its job."""
        with self._database.connection() as connection, connection.transaction():
            return _lose(connection, lease, reason, counts=False)

    def expire(self) -> list[tuple[UUID, Status]]:
        """End the attempts whose lease ended."""
        ended: list[tuple[UUID, Status]] = []
        with self._database.connection() as connection, connection.transaction():
            keys = {"seconds": LEASE_SECONDS}
            for job, fence, holder, begun_anew in connection.execute(statement("jobs_expired"), keys).fetchall():
                since = ", and PostgreSQL began anew meanwhile" if begun_anew else ""
                reason = f"nothing was heard of its worker ({holder}) for {LEASE_SECONDS:g} s{since}."
                status = _lose(connection, Lease(job, fence), reason, counts=not begun_anew)
                if status is not None:
                    ended.append((job, status))
        return ended

    def cancel(self, job: UUID) -> None:
        """Ask for the end of a job."""
        with self._database.connection() as connection, connection.transaction():
            connection.execute(statement("job_cancel"), {"job": job})


class _RunsOfJob(PostgresRunStore):
    """Saves a run and the success of its job in one transaction."""

    def __init__(self, database: Database, lease: Lease, log: Callable[[], RunLog] | None) -> None:
        super().__init__(database)
        self._lease, self._log = lease, log

    def save(self, run: StoredRun) -> None:
        """Store the run, unless the job is another's by now."""
        with self._database.connection() as connection, connection.transaction():
            super().save(run)
            # Last, for it holds the job's row: beats and cancellations would wait while a million bars are stored.
            _finish(connection, self._lease, "succeeded", None, result_hash=run.result_hash)
            _keep(connection, self._lease.job, None if self._log is None else self._log())


def _keep(connection: Connection, job: UUID, log: RunLog | None) -> None:
    if log is not None and log.lines:
        keys = {"job": job, "lines": msgspec.json.encode(log.lines).decode(), "cut": log.cut}
        connection.execute(statement("job_log_put"), keys)


def _finish(
    connection: Connection,
    lease: Lease,
    status: str,
    problem: Problem | None,
    *,
    result_hash: str | None = None,
    result: bytes | None = None,
) -> None:
    keys = _keys(lease) | {
        "status": status,
        "error": None if problem is None or status != "failed" else msgspec.json.encode(problem).decode(),
        "reason": None if problem is None else problem.detail,
        "result_hash": result_hash,
        "result": None if result is None else result.decode(),
    }
    if connection.execute(statement("job_finish"), keys).fetchone() is None:
        raise _fenced()


def _lose(connection: Connection, lease: Lease, reason: str, *, counts: bool) -> Status | None:
    most = MOST_LOSSES if counts else MOST_ATTEMPTS
    keys = _keys(lease) | {
        "counts": counts,
        "most": most,
        "reason": reason,
        "error": msgspec.json.encode(death(most, reason)).decode(),
    }
    row = connection.execute(statement("job_lose"), keys).fetchone()
    if row is None:
        return None
    if row[0] == "queued":
        connection.execute(statement("job_announce"), {"job": lease.job})
    status: Status = row[0]
    return status


def _found(connection: Connection, job: UUID) -> Job | None:
    row = connection.execute(statement("job_find"), {"job": job}).fetchone()
    return None if row is None else _job(row)


def _job(row: tuple[Any, ...]) -> Job:
    job, kind, owner, spec, status, attempt, losses, progress, eta, asked, error, result, *times = row
    return Job(
        id=job,
        kind=kind,
        owner=owner,
        spec=msgspec.Raw(spec.encode()),
        status=status,
        attempt=attempt,
        losses=losses,
        progress=progress,
        eta=_time(eta),
        cancel_asked=asked,
        error=None if error is None else msgspec.json.decode(error, type=Problem),
        result=None if result is None else msgspec.Raw(result.encode()),
        created_at=nanoseconds(times[0]),
        started_at=_time(times[1]),
        finished_at=_time(times[2]),
    )


def _time(time: datetime | None) -> int | None:
    return None if time is None else nanoseconds(time)


def _keys(lease: Lease) -> dict[str, Any]:
    return {"job": lease.job, "fence": lease.fence}


def _fenced() -> Fenced:
    return Fenced("Another process has the job by now; nothing was written.")
