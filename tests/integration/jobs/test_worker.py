"""Workers, their children and their brokers, killed while they work."""

import os
import signal
import socket
import threading
import time

import numpy as np
import psycopg
import pytest
import valkey

from arbitrax.bootstrap import cache_url, database_url
from arbitrax.domain.errors import StoreUnavailableError, UnknownNameError
from arbitrax.domain.ids import encode
from arbitrax.jobs import child
from arbitrax.jobs.messages import Line, Start
from arbitrax.jobs.watching import Watcher
from arbitrax.services.backtests import find_run, run_stored
from arbitrax.services.jobs import MOST_LOSSES
from arbitrax.settings import Settings
from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.strategies.registry import find_strategy
from tests.job_workers import child_of_job, children, kill, year


@pytest.fixture(params=["valkey", "rabbitmq"])
def broker(request):
    """What workers are to be given for their broker."""
    return {} if request.param == "valkey" else {"ARBITRAX_QUEUE_URL": request.getfixturevalue("rabbitmq").url}


@pytest.fixture
def cache(home, jobs):
    with valkey.Valkey.from_url(cache_url(Settings(home=home))) as client:
        yield client


def test_a_job_gives_the_bytes_of_the_command_line(jobs, workers, broker, cache) -> None:
    workers.start(**broker)
    spec = year(fast=10, slow=30)
    job = jobs.submit(spec)
    assert jobs.wait(job).status == "succeeded"
    stores = jobs.store
    stored = find_run(stores.runs, encode("bt", job))
    _, result = run_stored(
        stores.bars, stores.actions, stores.runs, stored.spec, find_strategy("sma_cross")(fast=10, slow=30),
        now=time.time_ns(), quality=stores.quality,
    )  # fmt: skip
    assert stored.result_hash == result.hash
    assert stored.curves["equity"].tobytes() == result.equity_curve.tobytes()
    assert stored.fills.tobytes() == result.fill_records.tobytes()
    assert [kind for kind, *_ in feed(cache, job)] == [b"progress", b"equity", b"done"]
    assert jobs.outcomes(job) == ["succeeded"]


def feed(cache, job):
    """What was told of a run, once it is over."""
    for _ in range(6000):
        told = [(entry[b"type"], entry[b"data"]) for _, entry in cache.xrange(f"runs.{encode('bt', job)}")]
        if told and told[-1][0] == b"done":
            return told
        threading.Event().wait(0.02)
    raise AssertionError(told)


def test_the_job_of_a_killed_worker_is_done_once_by_another(jobs, workers, broker) -> None:
    first = workers.start(**broker)
    job = jobs.submit(year("slow", pause=0.02))
    jobs.under_way(job)
    orphans = [each for slot in children(first.pid) for each in (slot, *children(slot))]
    kill(first.pid)
    first.wait()
    workers.start(**broker)
    done = jobs.wait(job)
    assert (done.status, done.attempt, jobs.outcomes(job)) == ("succeeded", 2, ["lost", "succeeded"])
    assert len(orphans) == 2
    for each in orphans:  # the child did not go on beside the other
        with pytest.raises(ProcessLookupError):
            os.kill(each, 0)
    run = find_run(jobs.store.runs, encode("bt", job))
    assert run.curves["equity"].shape == (250,)


def test_a_killed_child_costs_one_attempt(jobs, workers) -> None:
    worker = workers.start()
    job = jobs.submit(year("slow", pause=0.01))
    jobs.under_way(job)
    kill(child_of_job(worker))
    done = jobs.wait(job)
    assert (done.status, done.losses, jobs.outcomes(job)) == ("succeeded", 1, ["lost", "succeeded"])
    assert "SIGKILL" in jobs.store.jobs.attempts(job)[0].reason


def test_a_killed_slot_is_replaced(jobs, workers) -> None:
    worker = workers.start()
    job = jobs.submit(year("slow", pause=0.01))
    jobs.under_way(job)
    kill(children(worker.pid)[0])
    assert jobs.wait(job).status == "succeeded"
    assert jobs.outcomes(job) == ["lost", "succeeded"]


def test_a_poisonous_job_ends_dead_and_the_worker_goes_on(jobs, workers, cache) -> None:
    workers.start()
    poison = jobs.submit(year("deadly"))
    dead = jobs.wait(poison)
    assert (dead.status, dead.error.code) == ("dead", "job.dead")
    assert "killed by SIGKILL, signal 9" in dead.error.detail
    assert jobs.outcomes(poison) == ["lost"] * MOST_LOSSES
    assert jobs.wait(jobs.submit(year())).status == "succeeded"
    assert feed(cache, poison)[-1][0] == b"done"


def test_a_cancelled_job_ends_between_two_bars(jobs, workers, cache) -> None:
    workers.start()
    job = jobs.submit(year("slow", pause=1.0))
    jobs.wait(job, lambda found: found.progress > 0.01)
    jobs.store.jobs.cancel(job)
    assert jobs.wait(job).status == "cancelled"
    assert jobs.store.runs.load(job) is None
    done = [data for kind, data in feed(cache, job) if kind == b"progress"]
    assert b'"bars":250' in done[-1]


def test_a_cancelled_job_that_does_not_listen_is_killed(jobs, workers) -> None:
    workers.start()
    job = jobs.submit(year("endless"))
    jobs.wait(job, lambda found: found.status == "running")
    jobs.store.jobs.cancel(job)
    assert jobs.wait(job).status == "cancelled"
    assert jobs.wait(jobs.submit(year())).status == "succeeded"


def test_a_job_may_not_take_all_memory_or_all_time(jobs, workers) -> None:
    workers.start(ARBITRAX_JOB_MEGABYTES="2000", ARBITRAX_JOB_SECONDS="2")
    hungry, endless = jobs.submit(year("hungry")), jobs.submit(year("endless"))
    for job, said in ((hungry, "2000 MB of memory"), (endless, "more than the 2 s")):
        ended = jobs.wait(job)
        assert (ended.status, ended.error.code) == ("failed", "job.limit")
        assert said in ended.error.detail


def test_a_strategy_error_fails_the_job_at_once(jobs, workers) -> None:
    workers.start()
    job = jobs.submit(year(fast=10, slow=300))
    failed = jobs.wait(job)
    assert (failed.status, failed.error.code, failed.attempt) == ("failed", "input.range", 1)


def test_a_file_is_no_strategy_of_a_job(jobs, tmp_path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("raise SystemExit('it ran')")
    for name in (str(path), f"{path}:Mine", "no_such"):
        with pytest.raises(UnknownNameError):
            jobs.submit(year(name))


def test_positions_are_seen_while_a_backtest_runs(jobs, workers, cache) -> None:
    workers.start()
    job = jobs.submit(year("slow", pause=0.05))
    key = f"positions:{encode('bt', job)}"
    for _ in range(2000):
        if held := cache.hgetall(key):
            break
        threading.Event().wait(0.01)
    assert set(held) == {b"AAPL"}
    assert b'"quantity":"' in held[b"AAPL"]
    assert 0 < cache.ttl(key) <= 3600
    jobs.store.jobs.cancel(job)
    jobs.wait(job)


def test_a_run_that_takes_long_to_be_stored_is_told_to_be_done(jobs, workers, cache, home) -> None:
    workers.start()
    with psycopg.connect(database_url(Settings(home=home))) as holding:
        holding.execute("LOCK TABLE backtests IN SHARE MODE")
        job = jobs.submit(year())
        leases = set()
        for _ in range(6000):  # until the worker has kept the lease twice while the child waits to store the run
            (blocked,) = holding.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
            if blocked:
                leases |= {*holding.execute("SELECT lease_until FROM jobs WHERE id = %(job)s", {"job": job})}
            if len(leases) > 2:
                break
            threading.Event().wait(0.02)
        assert len(leases) > 2
    assert jobs.wait(job).status == "succeeded"
    assert b'"succeeded"' in feed(cache, job)[-1][1]
    assert jobs.outcomes(job) == ["succeeded"]


def test_a_worker_that_is_told_to_stop_ends_its_jobs_first(jobs, workers) -> None:
    worker = workers.start()
    job = jobs.submit(year("slow", pause=0.01))
    jobs.under_way(job)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait() == 0
    assert jobs.find(job).status == "succeeded"


def test_what_a_valkey_forgets_is_sent_again(jobs, workers, cache) -> None:
    first = workers.start()
    running = jobs.submit(year("slow", pause=0.02))
    jobs.under_way(running)
    first.send_signal(signal.SIGSTOP)
    job = jobs.submit(year())
    kill(first.pid)
    first.wait()
    cache.flushall()
    workers.start()
    assert jobs.wait(job).status == "succeeded"
    assert jobs.wait(running).status == "succeeded"


def test_a_killed_valkey_delays_jobs_and_loses_none(jobs, workers, home) -> None:
    workers.start()
    (pid,) = [each.pid for each in EmbeddedServers(home).status() if each.name == "cache"]
    kill(pid)
    made = [jobs.submit(year(fast=fast)) for fast in (5, 6, 7)]
    assert [jobs.wait(job).status for job in made] == ["succeeded"] * 3
    assert [jobs.outcomes(job) for job in made] == [["succeeded"]] * 3


def test_a_killed_rabbitmq_delays_jobs_and_loses_none(jobs, workers, rabbitmq) -> None:
    workers.start(ARBITRAX_QUEUE_URL=rabbitmq.url)
    assert jobs.wait(jobs.submit(year())).status == "succeeded"
    rabbitmq.kill()
    made = [jobs.submit(year(fast=fast)) for fast in (5, 6, 7)]
    rabbitmq.start()
    assert [jobs.wait(job).status for job in made] == ["succeeded"] * 3


def test_a_killed_postgres_delays_jobs_and_does_each_once(jobs, workers, home) -> None:
    workers.start()
    job = jobs.submit(year("slow", pause=0.02))
    jobs.under_way(job)
    (pid,) = [each.pid for each in EmbeddedServers(home).status() if each.name == "postgres"]
    kill(pid)
    for _ in range(1200):
        try:
            found = jobs.find(job)
            if found.status == "succeeded":
                break
        except Exception:  # noqa: S110 - it is away for a moment
            pass
        threading.Event().wait(0.05)
    assert found.status == "succeeded"
    equity = find_run(jobs.store.runs, encode("bt", job)).curves["equity"]
    assert np.isfinite(equity).all()


def test_a_child_whose_database_ended_gives_its_attempt_back(jobs, home, monkeypatch) -> None:
    def ended(*_: object) -> None:
        raise StoreUnavailableError("The connection broke.")

    monkeypatch.setitem(child.KINDS, "backtest", ended)
    settings, job = Settings(home=home), jobs.submit(year())
    _, lease = jobs.store.jobs.claim("this test")
    start = Start(
        job=job, kind="backtest", spec=jobs.find(job).spec, owner=None, created_at=0, lease=lease,
        database_url=database_url(settings), cache_url=cache_url(settings), seconds=60, megabytes=4096,
    )  # fmt: skip
    ours, theirs = socket.socketpair()
    with ours, theirs:
        outcome = child._attempt(start, Watcher(Line(theirs), on_loss=lambda: None), settings)
    assert (outcome.status, outcome.problem.detail) == ("given_back", "The connection broke.")
    jobs.store.jobs.finish(lease, "cancelled", None)


def test_two_workers_share_many_jobs_and_do_each_once(jobs, workers, broker) -> None:
    workers.start(2, **broker)
    workers.start(2, **broker)
    made = [jobs.submit(year(fast=5 + k)) for k in range(12)]
    assert {jobs.wait(job).status for job in made} == {"succeeded"}
    attempts = [jobs.store.jobs.attempts(job) for job in made]
    assert [[each.outcome for each in of_one] for of_one in attempts] == [["succeeded"]] * 12, attempts
