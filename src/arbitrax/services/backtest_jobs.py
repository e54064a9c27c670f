"""Backtests as jobs: submitted by whoever asks, done by a worker's child process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import strategy_ref
from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.ids import new_uuid
from arbitrax.services.backtests import run_stored
from arbitrax.services.jobs import submit_job
from arbitrax.strategies.registry import find_registered

if TYPE_CHECKING:
    from uuid import UUID

    from arbitrax.backtest.engine import Watch
    from arbitrax.backtest.result import Result
    from arbitrax.services.catalogue_ports import QualityStore
    from arbitrax.services.jobs import Job, JobStore, Lease
    from arbitrax.services.ports import ActionStore, BarStore

KIND = "backtest"


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


def submit_backtest(stores: BacktestStores, spec: RunSpec, *, owner: UUID | None, now: int) -> Job:
    """Store a backtest to be done; the run will have the id of the job. now: ns UTC.

    Raises:
        UnknownNameError: no strategy is registered under this name, or nothing is stored of a symbol.
        ParameterError: a parameter the strategy does not have, or out of its bounds.
    """
    strategy = find_registered(spec.strategy.name)(**spec.strategy.parameters)
    known = {each.symbol for each in stores.bars.catalogue()}
    for symbol in (*spec.symbols, *([spec.benchmark] if spec.benchmark else [])):
        if symbol not in known:
            raise UnknownNameError(f"No bars are stored for '{symbol}'; the list of instruments shows what is.")
    exact = msgspec.structs.replace(spec, strategy=strategy_ref(strategy, spec.strategy.name))
    return submit_job(stores.jobs, new_uuid(now), KIND, exact, owner=owner)


def do_backtest(
    stores: BacktestStores, job: UUID, spec: bytes, *, owner: UUID | None, lease: Lease, now: int, watch: Watch
) -> Result:
    """Run a submitted backtest and store it; with the run, in one transaction, its job succeeds.

    Raises:
        Cancelled: its end was asked for.
        Fenced: another process has the job by now; nothing was written.
    """
    asked = msgspec.json.decode(spec, type=RunSpec)
    strategy = find_registered(asked.strategy.name)(**asked.strategy.parameters)
    exact = msgspec.structs.replace(asked, strategy=strategy_ref(strategy, asked.strategy.name))
    _, result = run_stored(
        stores.bars,
        stores.actions,
        stores.jobs.runs_of(lease),
        exact,
        strategy,
        now=now,
        quality=stores.quality,
        owner=owner,
        run_id=job,
        watch=watch,
    )
    return result
