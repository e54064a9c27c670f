"""The worker process: tickets from the broker, claims from the database, jobs in children."""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from arbitrax.bootstrap import cache_url, database_url, open_store, run_feed
from arbitrax.domain.errors import ArbitraxError, InputError
from arbitrax.jobs.attempt import Attempt, described
from arbitrax.jobs.broker import announcer, consumer, open_broker
from arbitrax.jobs.messages import Start
from arbitrax.jobs.relay import Relay
from arbitrax.jobs.slot import Slot

if TYPE_CHECKING:
    from arbitrax.bootstrap import Store
    from arbitrax.services.jobs import Job, Lease
    from arbitrax.settings import Settings

GRACE_SECONDS = 10.0
"""How long jobs may go on once the worker was told to stop; then they are given back."""
MOST_PROCESSES = 14
"""Each keeps a connection to the database, of which a process has 16."""


class Worker:
    """Does jobs in as many children at a time as it has slots."""

    def __init__(self, settings: Settings, store: Store, processes: int, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._store = store
        self._say = say
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._give_up_at = float("inf")
        self._feed = run_feed(settings)
        self._slots = [Slot() for _ in range(processes)]
        self._idle: queue.SimpleQueue[Slot] = queue.SimpleQueue()
        for slot in self._slots:
            slot.wait_ready()
            self._idle.put(slot)

    def work(self) -> None:
        """Do the job whose turn it is, if there is one."""
        slot = self._idle.get()
        try:
            claimed = self._store.jobs.claim(self._holder)
            if claimed is not None:
                self._do(slot, *claimed)
        except ArbitraxError as error:
            # The ticket is used up; the job is announced again, or its lease ends.
            self._say(f"job.not_begun reason={error}")
        finally:
            self._idle.put(slot)

    def stop_soon(self) -> None:
        """Let what is under way end within the grace."""
        self._give_up_at = time.monotonic() + GRACE_SECONDS

    def close(self) -> None:
        """End the slots."""
        for slot in self._slots:
            slot.close()

    def _do(self, slot: Slot, job: Job, lease: Lease) -> None:
        begun = time.monotonic()
        start = Start(
            job=job.id,
            kind=job.kind,
            spec=job.spec,
            owner=job.owner,
            created_at=job.created_at,
            lease=lease,
            database_url=database_url(self._settings),
            cache_url=cache_url(self._settings),
            seconds=self._settings.job_seconds,
            megabytes=self._settings.job_megabytes,
        )
        attempt = Attempt(
            job,
            lease,
            slot,
            jobs=self._store.jobs,
            feed=self._feed,
            stopping=lambda: time.monotonic() >= self._give_up_at,
        )
        became = attempt.run(start)
        self._say(described(job, became, time.monotonic() - begun))


def serve_worker(settings: Settings, processes: int, say: Callable[[str], None], stop: threading.Event) -> None:
    """Work until ``stop`` is set.

    Raises:
        StoreError: the database is down at the start, or of another release.
        InputError: a number of processes that is not possible, or RabbitMQ without its client.
    """
    if not 1 <= processes <= MOST_PROCESSES:
        raise InputError(
            f"--processes {processes} is not possible; give 1 to {MOST_PROCESSES}, and start more workers."
        )
    with ExitStack() as stack:
        store = stack.enter_context(open_store(settings))
        worker = Worker(settings, store, processes, say)
        stack.callback(worker.close)
        broker = open_broker(settings.queue_url or cache_url(settings))
        send = announcer(broker, worker.work)
        tickets = consumer(broker, processes)
        tickets.start()
        relay = Relay(store, send, say, revive=lambda: (database_url(settings), cache_url(settings)))
        relay.start()
        say(f"jobs.ready pid={os.getpid()} processes={processes}")
        stop.wait()
        relay.stop()
        worker.stop_soon()
        tickets.stop()
        broker.close()
    say("jobs.stopped")
