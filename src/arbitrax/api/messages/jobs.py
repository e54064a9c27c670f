"""What all that is done in the background has: how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from arbitrax.api.messages.fields import MaybeUserId
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.ids import encode
from arbitrax.services.identity_ports import USER
from arbitrax.services.jobs import JOB, Progress, Status
from arbitrax.services.run_log import RunLog


class JobProblem(Struct, frozen=True):
    """Why there is no result."""

    code: str
    detail: str
    retryable: bool


class JobState(Struct, frozen=True):
    """How far something is that is done in the background. It has these fields from being asked for to its end."""

    id: str
    job: str | None
    """Null of what was done on the command line."""
    owner: MaybeUserId
    """Null: the operator of the command line."""
    status: Status
    progress: Annotated[float, Meta(ge=0, le=1)]
    """From 0 to 1."""
    eta: datetime | None
    """When it is likely to end; null: it cannot be told."""
    attempt: int
    """How often it was begun: more than once after a worker was lost."""
    cancel_asked: bool
    """Whether its end was asked for: one that runs ends within seconds."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: JobProblem | None


class LogLineMessage(Struct, frozen=True):
    """A line that a strategy said."""

    text: Annotated[str, Meta(examples=["bought after three down days"])]
    bar: datetime | None
    """At which it was said; null: before the first one."""


class RunLogMessage(Struct, frozen=True):
    """What a run's strategy said by `print` and `logging`, the newest 1,000 lines, oldest first."""

    lines: list[LogLineMessage]
    cut: int
    """Lines before them that are not kept."""


def log_message(log: RunLog) -> RunLogMessage:
    """Return a log's message."""
    return RunLogMessage([LogLineMessage(each.text, _moment(each.bar)) for each in log.lines], log.cut)


def state_fields(prefix: str, id: UUID, owner: UUID | None, job: Progress, *, has_job: bool) -> dict[str, object]:
    """Return the fields of a `JobState`; ``prefix``: of its id."""
    error = None if job.error is None else JobProblem(job.error.code, job.error.detail, job.error.retryable)
    return {
        "id": encode(prefix, id),
        "job": encode(JOB, id) if has_job else None,
        "owner": None if owner is None else encode(USER, owner),
        "status": job.status,
        "progress": job.progress,
        "eta": _moment(job.eta),
        "attempt": job.attempt,
        "cancel_asked": job.cancel_asked,
        "created_at": to_datetime(job.created_at),
        "started_at": _moment(job.started_at),
        "finished_at": _moment(job.finished_at),
        "error": error,
    }


def _moment(time: int | None) -> datetime | None:
    return None if time is None else to_datetime(time)
