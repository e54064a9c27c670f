"""What is told of a job while it is followed: under which name, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from arbitrax.domain.errors import Cancelled
from arbitrax.domain.ids import encode
from arbitrax.services.backtest_jobs import KIND as BACKTEST
from arbitrax.services.backtests import RUN
from arbitrax.services.ingestion_jobs import KIND as INGESTION
from arbitrax.services.ingestion_records import INGESTION as OF_INGESTION
from arbitrax.services.jobs import JOB, Problem, Status

if TYPE_CHECKING:
    from uuid import UUID

    from arbitrax.services.jobs import Job

_PREFIXES = {BACKTEST: RUN, INGESTION: OF_INGESTION}
CANCELLED = Problem(Cancelled.code, "The job was cancelled.")


class Done(Struct, frozen=True):
    """The last message about a job."""

    status: Status
    error: Problem | None


def run_name(kind: str, job: UUID) -> str:
    """Return the id under which a job is followed."""
    return encode(_PREFIXES.get(kind, JOB), job)


def done_of(job: Job) -> Done:
    """Return how a job ended that is over."""
    return Done(job.status, CANCELLED if job.status == "cancelled" else job.error)
