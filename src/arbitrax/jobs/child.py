"""The child process of a job: limits, the job, its outcome."""

from __future__ import annotations

import logging
import os
import resource
import sys
import time
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from arbitrax.domain.errors import ArbitraxError, Cancelled, Fenced, LimitReached, StoreUnavailableError
from arbitrax.jobs.messages import Line, Outcome, Start, Tick
from arbitrax.jobs.said import heard
from arbitrax.jobs.watching import Watcher
from arbitrax.services.jobs import Problem, problem_of

if TYPE_CHECKING:
    from arbitrax.bootstrap import Store
    from arbitrax.settings import Settings

_log = logging.getLogger(__name__)


def run_child(line: Line, start: Start, settings: Settings) -> None:
    """Do a job, tell the worker the outcome, and end the process."""
    code = 1
    try:
        _limit(start)
        watcher = Watcher(line)
        outcome = _attempt(start, watcher, settings)
        watcher.tick()
        watcher.send(outcome if outcome.status == "succeeded" else replace(outcome, log=watcher.log))
        code = 0
    except OSError:
        pass  # the worker is gone
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # no handlers of the process this one was forked from


def _attempt(start: Start, watcher: Watcher, settings: Settings) -> Outcome:
    from arbitrax.bootstrap import open_store

    try:
        settings = replace(settings, database_url=start.database_url, cache_url=start.cache_url)
        with open_store(settings, recent=True) as store:
            KINDS[start.kind](store, settings, start, watcher)
    except (Cancelled, Fenced) as error:
        return Outcome("cancelled", problem_of(error)) if watcher.cancelled else Outcome("lost", problem_of(error))
    except Exception as error:
        if watcher.cancelled:
            return Outcome("cancelled", Problem(Cancelled.code, "The job was cancelled."))
        if isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError):
            said = f"The job needs more than the {start.megabytes} MB of memory that a job may take."
            return Outcome("failed", Problem(LimitReached.code, said))
        if isinstance(error, ArbitraxError):
            return Outcome("given_back" if isinstance(error, StoreUnavailableError) else "failed", problem_of(error))
        _log.exception("job.broke job=%s", start.job)
        return Outcome("failed", Problem(ArbitraxError.code, f"The job broke: {type(error).__name__}: {error}"))
    return Outcome("succeeded")


def _backtest(store: Store, settings: Settings, start: Start, watcher: Watcher) -> None:
    from arbitrax.jobs.sandbox.run import Sandbox
    from arbitrax.services.backtest_jobs import do_backtest

    with heard(watcher.say):
        do_backtest(
            store,
            start.job,
            bytes(start.spec),
            owner=start.owner,
            lease=start.lease,
            now=start.created_at,
            watch=watcher.watch,
            sandbox=Sandbox(start.megabytes, watcher.say_at) if settings.strategy_uploads == "admin" else None,
            log=lambda: watcher.log,
        )


def _ingestion(store: Store, settings: Settings, start: Start, watcher: Watcher) -> None:
    from arbitrax.bootstrap import Vendors, uploads_folder
    from arbitrax.services.ingestion_jobs import do_ingestion

    do_ingestion(
        store,
        Vendors(settings, store.vendor_keys.key),
        bytes(start.spec),
        owner=start.owner,
        lease=start.lease,
        clock=time.time_ns,
        told=lambda done, all_: watcher.send(Tick(done, all_, [], [], {})),
        cancelled=lambda: watcher.cancelled,
        notice=watcher.say,
        uploads=uploads_folder(settings),
    )


def _reproduction(store: Store, settings: Settings, start: Start, watcher: Watcher) -> None:
    from arbitrax.services.reproductions import do_reproduction

    do_reproduction(store, bytes(start.spec), lease=start.lease, watch=watcher.watch)


KINDS = {"backtest": _backtest, "ingestion": _ingestion, "reproduction": _reproduction}


def _limit(start: Start) -> None:
    """Set what the process may use. The worker's clock limits its time; this holds when there is no worker any more."""
    cores = os.cpu_count() or 1
    for what, most in (
        (resource.RLIMIT_DATA, start.megabytes << 20),
        (resource.RLIMIT_CPU, start.seconds * cores),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (value, hard))


def warm_up() -> None:
    """Load what jobs use and run a small backtest, so that a child has nothing left to load."""
    import numpy as np
    import psycopg  # noqa: F401 - for children
    import pyarrow.parquet  # noqa: F401 - likewise

    import arbitrax.bootstrap
    import arbitrax.market_data.adjustment
    import arbitrax.market_data.corporate_actions
    import arbitrax.services.backtest_jobs
    import arbitrax.storage.parquet.bar_cache
    import arbitrax.storage.postgres.action_store
    import arbitrax.storage.postgres.bar_store
    import arbitrax.storage.postgres.job_store
    import arbitrax.storage.postgres.quality_store  # noqa: F401 - likewise
    from arbitrax.backtest.engine import run_backtest
    from arbitrax.backtest.spec import RunSpec
    from arbitrax.backtest.specify import strategy_ref
    from arbitrax.domain.bars import Bars
    from arbitrax.services.run_documents import make_documents
    from arbitrax.strategies.registry import BUILT_IN, find_strategy

    close = 100 + np.sin(np.arange(300.0))
    days = np.arange(300, dtype=np.int64) * 86_400_000_000_000
    bars = Bars("WARM", "1d", days, close, close, close, close, np.full(300, 1e6))
    for name in BUILT_IN:
        find_strategy(name)
    for name in ("sma_cross", "buy_and_hold"):
        strategy = find_strategy(name)()
        spec = RunSpec(strategy=strategy_ref(strategy, name), symbols=("WARM",), prices="raw")
        result = run_backtest(spec, strategy, bars)
        msgspec.json.encode(dict(result.metrics.items()))
        _ = result.hash
        make_documents("warm", result)
