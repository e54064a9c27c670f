"""Backtests as jobs: submitted by whoever asks, done by a worker's child process."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec.structs import asdict, replace

from arbitrax.backtest.spec import UPLOADED, RunSpec, StrategyRef
from arbitrax.backtest.specify import strategy_ref
from arbitrax.domain.errors import AccessError, InputError, within
from arbitrax.domain.ids import new_uuid
from arbitrax.services.asked_series import check_number, check_series
from arbitrax.services.backtests import run_stored, run_uploaded
from arbitrax.services.jobs import submit_job
from arbitrax.strategies.registry import find_registered

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from arbitrax.backtest.engine import Watch
    from arbitrax.backtest.result import Result
    from arbitrax.services.backtests import Sandbox
    from arbitrax.services.catalogue_ports import QualityStore
    from arbitrax.services.jobs import Job, JobStore, Lease
    from arbitrax.services.ports import ActionStore, BarStore
    from arbitrax.services.run_log import RunLog

KIND = "backtest"
PATIENCE = 20.0
"""Seconds that a result waits for its honesty panel; who looks at one of a slow strategy waits then."""


class BacktestStores(Protocol):
    """What a backtest reads, and where jobs are."""

    @property
    def bars(self) -> BarStore:
        """Bars."""
        ...

    @property
    def actions(self) -> ActionStore:
        """Corporate actions."""
        ...

    @property
    def quality(self) -> QualityStore:
        """Quality reports."""
        ...

    @property
    def jobs(self) -> JobStore:
        """Jobs."""
        ...


class AskedBacktest(RunSpec, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a job of a backtest is about: a spec, and the text of a strategy that was uploaded with it."""

    source: str | None = None

    def spec(self) -> RunSpec:
        """Return the spec alone."""
        return RunSpec(**{name: getattr(self, name) for name in RunSpec.__struct_fields__})


def submit_uploaded(stores: BacktestStores, spec: RunSpec, source: str, *, owner: UUID | None, now: int) -> Job:
    """Store a backtest of a strategy that is uploaded with it. Nothing reads the text before a sandbox does.

    Raises:
        InputError: the strategy's name is no name of a class.
        UnknownNameError: nothing is stored of a symbol.
    """
    if not spec.strategy.class_name.isidentifier():
        raise InputError(
            f"'{spec.strategy.class_name}' is no name of a class; name the one in the source that is to run."
        ).at("strategy")
    check_series(stores.bars, spec)
    name, digest = spec.strategy.class_name, hashlib.sha256(source.encode()).hexdigest()
    exact = replace(spec, strategy=StrategyRef(UPLOADED + name, name, spec.strategy.parameters, digest))
    return submit_job(stores.jobs, new_uuid(now), KIND, AskedBacktest(**asdict(exact), source=source), owner=owner)


def submit_backtest(stores: BacktestStores, spec: RunSpec, *, owner: UUID | None, now: int) -> Job:
    """Store a backtest to be done; the run will have the id of the job. now: ns UTC.

    Raises:
        UnknownNameError: no strategy is registered under this name, or nothing is stored of a symbol.
        ParameterError: a parameter the strategy does not have, or out of its bounds.
        InputError: the strategy does not take so many symbols.
        RangeError: no bar of a symbol lies in the range.
    """
    with within("strategy"):
        kind = find_registered(spec.strategy.name)
    with within("parameters"):
        strategy = kind(**spec.strategy.parameters)
    check_number(spec, kind)
    check_series(stores.bars, spec)
    exact = replace(spec, strategy=strategy_ref(strategy, spec.strategy.name))
    return submit_job(stores.jobs, new_uuid(now), KIND, exact, owner=owner)


def do_backtest(
    stores: BacktestStores,
    job: UUID,
    spec: bytes,
    *,
    owner: UUID | None,
    lease: Lease,
    now: int,
    watch: Watch,
    sandbox: Sandbox | None,
    log: Callable[[], RunLog],
) -> Result:
    """Run a submitted backtest and store it; with the run, in one transaction, its job succeeds.

    now: when it was asked for, ns UTC: the run is as old as its job. sandbox: where uploaded strategies run; None:
    nowhere. log: what was said meanwhile, which is kept with the run.

    Raises:
        Cancelled: its end was asked for.
        Fenced: another process has the job by now; nothing was written.
        AccessError: an uploaded strategy, which this worker does not take.
    """
    asked = msgspec.json.decode(spec, type=AskedBacktest)
    runs = stores.jobs.runs_of(lease, log)
    if asked.source is not None:
        if sandbox is None:
            raise AccessError("This worker runs no uploaded strategies; ARBITRAX_STRATEGY_UPLOADS=admin allows them.")
        return run_uploaded(
            stores.bars,
            stores.actions,
            runs,
            asked.spec(),
            source=asked.source,
            sandbox=sandbox,
            now=now,
            quality=stores.quality,
            owner=owner,
            run_id=job,
            watch=watch,
        )
    strategy = find_registered(asked.strategy.name)(**asked.strategy.parameters)
    _, result = run_stored(
        stores.bars,
        stores.actions,
        runs,
        replace(asked.spec(), strategy=strategy_ref(strategy, asked.strategy.name)),
        strategy,
        now=now,
        quality=stores.quality,
        owner=owner,
        run_id=job,
        watch=watch,
        patience=PATIENCE,
    )
    return result
