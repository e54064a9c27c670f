"""Runs run again as jobs: whether every byte comes out as it was stored. The newest one stays with the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import msgspec
from msgspec import Struct

from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.ids import encode, new_uuid
from arbitrax.services.backtests import RUN, reproduce
from arbitrax.services.jobs import OVER, submit_job

if TYPE_CHECKING:
    from arbitrax.backtest.engine import Watch
    from arbitrax.services.jobs import Job, JobStore, Lease
    from arbitrax.services.ports import ActionStore, BarStore, RunStore

KIND = "reproduction"


class ReproductionStores(Protocol):
    """What a reproduction reads, and where jobs are."""

    @property
    def bars(self) -> BarStore:
        """Bars."""
        ...

    @property
    def actions(self) -> ActionStore:
        """Corporate actions."""
        ...

    @property
    def runs(self) -> RunStore:
        """Finished runs."""
        ...

    @property
    def jobs(self) -> JobStore:
        """Jobs."""
        ...


class ReproductionSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """What to run again."""

    backtest: UUID


class ReproductionResult(Struct, frozen=True):
    """What came of it."""

    differences: tuple[str, ...]
    """What is not as it was; empty: every byte is."""
    cause: str | None
    """Why, where that can be told."""
    result_hash: str
    stored_result_hash: str


def newest_reproduction(jobs: JobStore, backtest: UUID) -> Job | None:
    """Return the newest reproduction of a run; None: nobody has asked for one."""
    return jobs.newest_about(KIND, "backtest", backtest)


def submit_reproduction(jobs: JobStore, backtest: UUID, *, owner: UUID | None, now: int) -> Job:
    """Store that a run is to be run again, unless that waits or goes on already. now: ns UTC."""
    known = newest_reproduction(jobs, backtest)
    if known is not None and known.status not in OVER:
        return known
    return submit_job(jobs, new_uuid(now), KIND, ReproductionSpec(backtest), owner=owner)


def do_reproduction(stores: ReproductionStores, spec: bytes, *, lease: Lease, watch: Watch) -> None:
    """Run again what a job names, and end the job with what came of it. Only registered strategies run.

    Raises:
        UnknownNameError: the run is gone.
        InputError: its strategy is not registered with the text it had then.
        Cancelled: its end was asked for.
        Fenced: another process has the job by now.
    """
    asked = msgspec.json.decode(spec, type=ReproductionSpec)
    run = stores.runs.load(asked.backtest)
    if run is None:
        raise UnknownNameError(f"There is no run {encode(RUN, asked.backtest)} any more.")
    made = reproduce(stores.bars, stores.actions, run, only_registered=True, watch=watch)
    result = ReproductionResult(made.differences, made.cause, made.result.hash, run.result_hash)
    stores.jobs.finish(lease, "succeeded", None, msgspec.json.encode(result))
