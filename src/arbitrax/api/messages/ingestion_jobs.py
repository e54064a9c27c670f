"""Messages of ingestions that are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from arbitrax.api.messages.backtest_jobs import Day, JobProblem, ShortText, SymbolText
from arbitrax.api.messages.market_data import INGESTION
from arbitrax.domain.dates import canonical_date, end_of_day, start_of_day, to_datetime
from arbitrax.domain.ids import encode
from arbitrax.services.ingestion_jobs import IngestionSpec
from arbitrax.services.jobs import JOB, Job, Status

MOST_SYMBOLS = 500


class NewIngestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bars to bring from a vendor: what `arbitrax data ingest` takes."""

    symbols: Annotated[list[SymbolText], Meta(min_length=1, max_length=MOST_SYMBOLS, examples=[["AAPL"]])]
    start: Day | None = None
    """First day; None begins where the stored series do."""
    end: Day | None = None
    """Last day; None goes up to now."""
    interval: ShortText = "1d"
    source: Annotated[str, Meta(min_length=1, max_length=32, examples=["synthetic"])] = "auto"
    only_missing: bool = False
    replace_source: bool = False
    """Let this vendor's bars take the place of another source's."""

    def spec(self) -> IngestionSpec:
        """Return what is asked for.

        Raises:
            RangeError: a day that there is not.
        """
        return IngestionSpec(
            symbols=tuple(dict.fromkeys(self.symbols)),
            interval=self.interval,
            source=self.source,
            start=None if self.start is None else start_of_day(canonical_date(self.start, "start")),
            end=None if self.end is None else end_of_day(canonical_date(self.end, "end")),
            only_missing=self.only_missing,
            replace_source=self.replace_source,
        )


class IngestionJob(Struct, frozen=True):
    """An ingestion somebody asked for: how far it is, and what came of it."""

    id: str
    job: str
    status: Status
    progress: float
    """From 0 to 1."""
    eta: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: JobProblem | None
    spec: dict[str, Any]
    outcomes: list[dict[str, Any]] | None
    """By vendor asked, once it has succeeded."""


def ingestion_job_message(job: Job) -> IngestionJob:
    """Return the message of an ingestion's job."""
    spec = msgspec.json.decode(job.spec, type=dict[str, Any])
    for name in ("start", "end"):
        spec[name] = _moment(spec[name])
    return IngestionJob(
        id=encode(INGESTION, job.id),
        job=encode(JOB, job.id),
        status=job.status,
        progress=job.progress,
        eta=_moment(job.eta),
        created_at=to_datetime(job.created_at),
        started_at=_moment(job.started_at),
        finished_at=_moment(job.finished_at),
        error=None if job.error is None else JobProblem(job.error.code, job.error.detail, job.error.retryable),
        spec=spec,
        outcomes=None if job.result is None else msgspec.json.decode(job.result, type=list[dict[str, Any]]),
    )


def _moment(time: int | None) -> datetime | None:
    return None if time is None else to_datetime(time)
