"""Jobs: what is done in the background, and the ports that keep it.

    queued ── claim ──> running ── finish ──> succeeded | failed | cancelled
       ^                   │
       └─ lose, give back ─┴────── too often ────> dead

The stored job is the truth. Who runs a job holds a lease on it with a fence, and writes nothing once another has it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import UUID

import msgspec
from msgspec import Struct

from arbitrax.domain.errors import AlreadyOver, ArbitraxError, DeadJob, TooManyJobs, UnknownNameError
from arbitrax.domain.ids import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from arbitrax.services.ports import RunStore
    from arbitrax.services.run_log import RunLog

JOB = "job"
"""Prefix of a job's id."""
LEASE_SECONDS = 6.0
"""How long a lease lasts without a sign of life."""
MOST_WAITING = 200
"""Jobs of a user that may wait at a time. The operator's have no such limit."""
MOST_LOSSES = 3
"""Attempts that may end with their process or worker; then the job is dead."""
MOST_ATTEMPTS = 20
"""Attempts in all. One that the database ended is not held against its job, but a job may be what ends the database."""

Status = Literal["queued", "running", "succeeded", "failed", "cancelled", "dead"]
STATUSES: tuple[Status, ...] = ("queued", "running", "succeeded", "failed", "cancelled", "dead")
OVER: frozenset[Status] = frozenset({"succeeded", "failed", "cancelled", "dead"})


class Problem(Struct, frozen=True):
    """Why a job has no result."""

    code: str
    detail: str
    retryable: bool = False


class Progress(Struct, frozen=True, kw_only=True):
    """How far a job is; times are ns UTC."""

    status: Status
    attempt: int
    """How often it was begun."""
    progress: float
    """From 0 to 1."""
    eta: int | None
    cancel_asked: bool
    error: Problem | None
    created_at: int
    started_at: int | None
    """Of the newest attempt."""
    finished_at: int | None


class Job(Progress, frozen=True, kw_only=True):
    """A job as stored."""

    id: UUID
    kind: str
    owner: UUID | None
    """None: the operator of the command line."""
    spec: msgspec.Raw
    """JSON, what its kind takes."""
    losses: int
    result: msgspec.Raw | None
    """JSON, of kinds that have no place of their own for it."""


class Attempt(Struct, frozen=True):
    """One try at a job; times are ns UTC."""

    number: int
    holder: str
    started_at: int
    finished_at: int | None
    outcome: str | None
    reason: str | None


class Lease(Struct, frozen=True):
    """The right to write about a job."""

    job: UUID
    fence: int


class JobChange(Struct, frozen=True):
    """What became of a job, or of a run or ingestion that the operator made without one."""

    kind: str
    id: UUID
    owner: UUID | None
    """None: the operator of the command line."""
    status: Status
    cancel_asked: bool
    about: UUID | None
    """The backtest that a reproduction is of."""
    at: int
    """Ms since 1970."""


class JobChanges(Protocol):
    """Tells of changes while they happen."""

    def changes(self) -> AsyncGenerator[JobChange | None, None]:
        """Yield None once it listens, then each change; raises `StoreUnavailableError` when some may be missing."""
        ...


class JobStore(Protocol):
    """Jobs, their attempts, and whose turn it is."""

    def submit(self, job: UUID, kind: str, spec: bytes, owner: UUID | None) -> Job:
        """Store a job and the news of it for the broker, in one transaction; the caller's, when it has one."""
        ...

    def find(self, job: UUID) -> Job | None:
        """Return a job."""
        ...

    def attempts(self, job: UUID) -> list[Attempt]:
        """Return the attempts at a job, oldest first."""
        ...

    def newest(
        self,
        limit: int,
        *,
        kind: str | None = None,
        owner: UUID | None = None,
        status: Status | None = None,
        before: UUID | None = None,
    ) -> list[Job]:
        """Return jobs, newest first; None: of every one. before: only those older than this one."""
        ...

    def active(self, owner: UUID | None, limit: int) -> list[JobChange]:
        """Return how jobs are that wait or go on, newest first; owner None: everybody's."""
        ...

    def newest_about(self, kind: str, what: str, id: UUID) -> Job | None:
        """Return the newest job of a kind whose spec names an id under ``what``."""
        ...

    def waiting(self, owner: UUID, most: int) -> int:
        """Return how many jobs of a user wait, counted up to ``most``."""
        ...

    def claim(self, holder: str) -> tuple[Job, Lease] | None:
        """Take the next job: of the waiting owners whose fewest run, the one whose turn is longest ago; its oldest."""
        ...

    def beat(self, lease: Lease, progress: float, eta: int | None) -> bool:
        """Keep a lease; say whether the job's end was asked for.

        Raises:
            Fenced: the lease is another's by now.
        """
        ...

    def finish(
        self,
        lease: Lease,
        status: Literal["succeeded", "failed", "cancelled"],
        problem: Problem | None,
        result: bytes | None = None,
        log: RunLog | None = None,
    ) -> None:
        """End a job; ``result``: JSON, of kinds that have no place of their own for it. ``log``: what was said.

        Raises:
            Fenced: the lease is another's by now.
        """
        ...

    def log(self, job: UUID) -> RunLog:
        """Return what was said while a job was done; nothing of one that is not over."""
        ...

    def runs_of(self, lease: Lease, log: Callable[[], RunLog] | None = None) -> RunStore:
        """Return where the job's run is saved: with it and its log, in the same transaction, the job succeeds.

        Saving raises `Fenced` when the lease is another's by now.
        """
        ...

    def lose(self, lease: Lease, reason: str) -> Status | None:
        """Note that an attempt ended with its process; the job waits again, or is dead. None: it was another's."""
        ...

    def give_back(self, lease: Lease, reason: str) -> Status | None:
        """Note that an attempt ended through no fault of its job; else as `lose`, but dead after `MOST_ATTEMPTS`."""
        ...

    def expire(self) -> list[tuple[UUID, Status]]:
        """End the attempts whose lease ended; return their jobs and what became of these.

        Lost, unless the database began anew since their last sign of life: then they are given back.
        """
        ...

    def cancel(self, job: UUID) -> None:
        """Ask for the end of a job; one that waits ends here, one that is over stays as it is."""
        ...


def submit_job(jobs: JobStore, job: UUID, kind: str, spec: Any, *, owner: UUID | None) -> Job:
    """Store a job to be done; ``spec`` is what its kind takes, encoded as JSON.

    Raises:
        TooManyJobs: so many of the owner's wait already.
    """
    if owner is not None and jobs.waiting(owner, MOST_WAITING) >= MOST_WAITING:
        raise TooManyJobs(
            f"{MOST_WAITING} of your jobs wait already; cancel some, or try again when they are done.", retry_after=5.0
        )
    return jobs.submit(job, kind, msgspec.json.encode(spec), owner)


def find_job(
    jobs: JobStore, job: UUID, *, owner: UUID | None = None, kind: str | None = None, prefix: str = JOB
) -> Job:
    """Return a job; with ``owner`` or ``kind`` only when it is theirs or of this kind.

    Raises:
        UnknownNameError: there is no such job, or it is another's.
    """
    found = jobs.find(job)
    if found is None or (owner is not None and found.owner != owner) or (kind is not None and found.kind != kind):
        raise UnknownNameError(f"There is no {encode(prefix, job)}; a list shows the ids.")
    return found


def cancel_job(
    jobs: JobStore, job: UUID, *, owner: UUID | None = None, kind: str | None = None, prefix: str = JOB
) -> Job:
    """Ask for the end of a job and return it as it is then.

    Raises:
        UnknownNameError: there is no such job, or it is another's.
    """
    find_job(jobs, job, owner=owner, kind=kind, prefix=prefix)
    jobs.cancel(job)
    return find_job(jobs, job, owner=owner, kind=kind, prefix=prefix)


def require_ended_by_cancellation(job: Progress, id: str) -> None:
    """See whether a job whose end was asked for ends, or has ended, for that.

    Raises:
        AlreadyOver: it had ended by itself.
    """
    if job.status in OVER and job.status != "cancelled":
        raise AlreadyOver(f"{id} is {job.status}; there is nothing to cancel.")


def job_id(text: str) -> UUID:
    """Return the id behind ``job_...`` or ``bt_...``: a backtest has the id of its job."""
    return decode("bt" if text.startswith("bt_") else JOB, text)


def problem_of(error: ArbitraxError) -> Problem:
    """Return an error as it is stored."""
    return Problem(error.code, str(error), error.retryable)


def death(times: int, reason: str) -> Problem:
    """Return why a job is dead."""
    return Problem(DeadJob.code, f"The job was tried {times} times and ended each time without a result: {reason}")
