"""Snapshots from a forked child: the worker goes on while its state of a moment is written."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from arbitrax.domain.errors import ArbitraxError
from arbitrax.exchange.service import crash_points
from arbitrax.exchange.service.huge_pages import collapse
from arbitrax.exchange.service.ports import SnapshotPoint, SnapshotStore
from arbitrax.exchange.service.recovery import Say
from arbitrax.exchange.service.sequencer import Sequencer

LOW_PRIORITY = 10
"""A tenth of what others get where cores are short: a snapshot is late then, matching is not."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often: after so many commands, or so many seconds when there were any."""

    commands: int = 5_000_000
    seconds: float = 300.0


class Snapshooter:
    """Takes one snapshot at a time. One that fails is said, and tried again at the next turn."""

    def __init__(self, store: SnapshotStore, shard: int, pace: Pace, say: Say) -> None:
        self._store, self._shard, self._pace, self._say = store, shard, pace, say
        self._point: SnapshotPoint | None = None
        self._child = 0
        self._finishing: threading.Thread | None = None
        self._executed, self._since = 0, time.monotonic()
        self._longest = 0.0

    def executed_in(self, seconds: float) -> None:
        """Note how long a batch took: while a child writes, those that change its pages copy them first."""
        self._longest = max(self._longest, seconds)

    def is_due(self, sequencer: Sequencer) -> bool:
        """Whether it is time for the next one and none is being taken. Look after a child that is."""
        if self._child:
            self._reap()
        if self._child or (self._finishing and self._finishing.is_alive()):
            return False
        done = sequencer.executed - self._executed
        return done >= self._pace.commands or (done > 0 and time.monotonic() - self._since >= self._pace.seconds)

    def take(self, sequencer: Sequencer, token: int) -> None:
        """Fork a child that writes the state. All outputs up to it are written."""
        self._executed, self._since = sequencer.executed, time.monotonic()
        point = SnapshotPoint(
            self._shard, sequencer.epoch, token, sequencer.entry, sequencer.hash, time.time_ns() // 1_000_000
        )
        try:
            path = self._store.begin(point)
            began = time.perf_counter()
            self._child = sequencer.core.fork_save(path)
            pause = time.perf_counter() - began
        except (OSError, ArbitraxError) as error:
            self._failed(point, str(error))
            return
        _step_back(self._child)
        self._point, self._longest = point, 0.0
        self._say(f"snapshot.forked shard={point.shard} entry={point.entry} pause_ms={pause * 1000:.2f}")
        crash_points.reach("snapshot.forked")

    def end(self) -> None:
        """Give up a child that writes."""
        if self._child:
            with suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._child = 0
            if self._point is not None:
                self._failed(self._point, "the worker ends")
        if self._finishing:
            self._finishing.join(timeout=1.0)

    def _reap(self) -> None:
        child, status = os.waitpid(self._child, os.WNOHANG)
        point = self._point
        if not child or point is None:
            return
        self._child = 0
        if status:
            self._failed(point, f"the child that writes it ended with {os.waitstatus_to_exitcode(status)}")
            return
        crash_points.reach("snapshot.written")
        self._finishing = threading.Thread(
            target=self._finish, args=(point, self._longest), name="snapshot", daemon=True
        )
        self._finishing.start()

    def _finish(self, point: SnapshotPoint, longest: float) -> None:
        collapse()  # before it steps back: what holds the process's memory must not wait for a core
        _step_back(threading.get_native_id())
        try:
            self._store.finish(point)
        except (OSError, ArbitraxError) as error:
            self._failed(point, str(error))
            return
        self._say(
            f"snapshot.written shard={point.shard} entry={point.entry} epoch={point.epoch} "
            f"seconds={time.monotonic() - self._since:.2f} longest_batch_ms={longest * 1000:.2f}"
        )

    def _failed(self, point: SnapshotPoint, why: str) -> None:
        self._say(f"snapshot.failed shard={point.shard} entry={point.entry}: {why}")
        with suppress(OSError, ArbitraxError):
            self._store.abandon(point)


def _step_back(task: int) -> None:
    """Let a process or thread of ours run when nobody else wants to: matching does not wait for it."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, task, LOW_PRIORITY)
