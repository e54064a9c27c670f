"""Messages of runs that are run again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from arbitrax.api.messages.fields import BacktestId
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.ids import encode
from arbitrax.services.backtests import RUN
from arbitrax.services.jobs import JOB, Job
from arbitrax.services.reproductions import ReproductionResult

_Hash = Annotated[str | None, Meta(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])]


class ReproductionMessage(Struct, frozen=True):
    """A run that is run again, or was."""

    backtest: BacktestId
    job: Annotated[str | None, Meta(examples=["job_01J8ZQ4M8K3T5V7X9Y1B3D5F7H"])]
    status: Annotated[
        Literal["none", "queued", "running", "succeeded", "failed", "cancelled", "dead"], Meta(examples=["succeeded"])
    ]
    """none: it was never run again; succeeded: it was, and `equal` says what came of it."""
    progress: Annotated[float, Meta(examples=[1.0])]
    """From 0 to 1."""
    created_at: datetime | None
    reproduced_at: datetime | None
    equal: Annotated[bool | None, Meta(examples=[True])]
    """Whether every byte came out as it was stored; null: not known, yet or at all."""
    differences: Annotated[list[str], Meta(examples=[[]])]
    """What did not."""
    cause: Annotated[str | None, Meta(examples=[None])]
    """Why, where that can be told."""
    result_hash: _Hash
    stored_result_hash: _Hash
    code: Annotated[str | None, Meta(examples=[None])]
    """Why it could not be run again, when it could not."""
    detail: Annotated[str | None, Meta(examples=[None])]


def reproduction_message(backtest: UUID, job: Job | None) -> ReproductionMessage:
    """Return the message of a reproduction's job; None: there was none."""
    if job is None:
        return ReproductionMessage(
            backtest=encode(RUN, backtest),
            job=None,
            status="none",
            progress=0.0,
            created_at=None,
            reproduced_at=None,
            equal=None,
            differences=[],
            cause=None,
            result_hash=None,
            stored_result_hash=None,
            code=None,
            detail=None,
        )
    made = None if job.result is None else msgspec.json.decode(job.result, type=ReproductionResult)
    return ReproductionMessage(
        backtest=encode(RUN, backtest),
        job=encode(JOB, job.id),
        status=job.status,
        progress=1.0 if job.status == "succeeded" else job.progress,
        created_at=to_datetime(job.created_at),
        reproduced_at=None if made is None or job.finished_at is None else to_datetime(job.finished_at),
        equal=None if made is None else not made.differences,
        differences=[] if made is None else list(made.differences),
        cause=None if made is None else made.cause,
        result_hash=None if made is None else made.result_hash,
        stored_result_hash=None if made is None else made.stored_result_hash,
        code=None if job.error is None else job.error.code,
        detail=None if job.error is None else job.error.detail,
    )
