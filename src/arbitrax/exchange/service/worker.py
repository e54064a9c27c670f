"""The worker of a shard: takes the lease, recovers, executes what comes, until stopped or fenced."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from msgspec.structs import replace

from arbitrax.domain.errors import StoreError, StoreUnavailableError
from arbitrax.exchange.journal import START, EntryId
from arbitrax.exchange.records import COMMAND
from arbitrax.exchange.service import crash_points
from arbitrax.exchange.service.batches import MOST_COMMANDS, MOST_ENTRIES, form, take
from arbitrax.exchange.service.heartbeats import Heartbeats, disconnections
from arbitrax.exchange.service.phases import Phases, Sessions
from arbitrax.exchange.service.ports import Answers, RawEntry, ShardStore
from arbitrax.exchange.service.recovery import Recovered, Say, Sources, Stopped, prepare, recover
from arbitrax.exchange.service.sequencer import Sequencer, tick_entry
from arbitrax.exchange.service.snapshotting import Pace, Snapshooter

IN_FLIGHT = 2
"""Outputs on their way while the next batch runs: a later one is refused when an earlier one was."""
LEAST_READ = 16
IDLE_MS = 250
STANDBY_SECONDS = 0.1
LONGEST_REST = 0.5

Connect = Callable[[], ShardStore]


def serve(
    shard: int,
    connect: Connect,
    *,
    sources: Sources,
    pace: Pace,
    say: Say,
    stop: threading.Event,
    sessions: Sessions | None = None,
    answers: Answers | None = None,
) -> None:
    """Execute a shard, or stand by while another process does, until ``stop`` is set.

    After a fault of the store, a time-out or a lost lease, everything known is dropped and recovered. A server that is
    down, be it from the start, is waited for.

    Raises:
        StoreError: the journal's server would lose entries, by what it said when it was first reached.
        DataError: the journal is damaged, or gives other events than were written.
    """
    rest, said, reached = STANDBY_SECONDS, "", False
    while not stop.is_set():
        try:
            store = connect()
            reached = True
        except StoreError as error:
            if not reached and not isinstance(error, StoreUnavailableError):
                raise
            if str(error) != said:
                say(f"worker.waits shard={shard} {error}")
            said = str(error)
            stop.wait(rest)
            rest = min(rest * 2, LONGEST_REST)
            continue
        try:
            if _await_lease(shard, store, sources, say, stop):
                recovered = recover(store, shard, sources, say, stop)
                snapshots = Snapshooter(sources.snapshots, shard, pace, say) if sources.snapshots else None
                turn = _Turn(shard, store, recovered, snapshots=snapshots, phases=Phases(sessions), say=say)
                if answers is not None:
                    answers.answer_from(recovered.sequencer.core)
                turn.run(stop)
            rest, said = STANDBY_SECONDS, ""
        except Stopped:
            say(f"worker.stopped shard={shard} while it recovered")
        except StoreError as error:
            if str(error) != said:
                say(f"worker.dropped shard={shard} {error}")
            said = str(error)
            stop.wait(rest)
        finally:
            if answers is not None:
                answers.answer_from(None)
            _give_up(store)


def _await_lease(shard: int, store: ShardStore, sources: Sources, say: Say, stop: threading.Event) -> bool:
    """Return whether the lease is ours; not, when stopped."""
    holder = ""
    while not stop.is_set():
        token = store.lease.acquire()
        if token is not None:
            crash_points.reach("lease.acquired")
            say(f"lease.acquired shard={shard} token={token}")
            return True
        now = store.lease.holder()
        if now != holder:
            say(f"lease.standby shard={shard} holder={now}")
            if not holder:
                prepare(shard, sources)
            holder = now
        stop.wait(STANDBY_SECONDS)
    return False


def _give_up(store: ShardStore) -> None:
    """Let the next one begin at once, if the server still hears us."""
    with suppress(StoreError):  # else it expires
        store.lease.release()
    store.close()


class _Turn:
    """One time of having the lease."""

    def __init__(
        self,
        shard: int,
        store: ShardStore,
        recovered: Recovered,
        *,
        snapshots: Snapshooter | None,
        phases: Phases,
        say: Say,
    ) -> None:
        self._store, self._journal, self._outputs, self._lease = store, store.journal, store.outputs, store.lease
        self._say, self._shard = say, shard
        self._sequencer: Sequencer = recovered.sequencer
        self._waiting: deque[RawEntry] = deque(recovered.unwritten)
        self._read = self._waiting[-1][0] if self._waiting else self._sequencer.entry
        self._heartbeats = Heartbeats(self._outputs.gateways())
        self._snapshots, self._phases = snapshots, phases
        self._count = LEAST_READ
        """Entries to read at once: about as many as make a batch."""
        self._appended: EntryId = START
        """The last entry of ours; while it is not executed, there is no need for another."""
        self._offset = self._asked = 0.0
        """What is to be added to our clock to have the server's, ms, and when that was asked, ms."""
        self._seen = 0
        """Ms by the server's clock: every entry before has been read."""

    def run(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                self._lease.renew()
                self._look_at_time()
                self._look_at_snapshots()
                if not self._waiting and not self._fetch():
                    continue
                self._execute()
            self._settle(0)
        finally:
            if self._snapshots:
                self._snapshots.end()
        self._say(f"worker.stopped shard={self._shard} entry={self._sequencer.entry}")

    def _fetch(self) -> bool:
        """Read what comes, or nothing for a while; outputs are seen through meanwhile."""
        now = self._now()
        self._journal.ask_after(self._read, self._count, self._wait(now))
        while self._outputs.pending and not self._store.entries_first():
            self._outputs.confirm()
        found = self._journal.found()
        if not found:
            self._seen = now
            self._settle(0)
            return False
        self._waiting.extend(found)
        self._read = found[-1][0]
        commands = sum(len(fields.get(b"c", b"")) for _, fields in found) // COMMAND.itemsize
        self._count = min(max(MOST_COMMANDS * len(found) // (commands + 1), LEAST_READ), MOST_ENTRIES)
        self._seen = self._read.ms
        crash_points.reach("batch.read")
        return True

    def _execute(self) -> None:
        batch = form(take(self._waiting), self._sequencer.entry)
        self._heartbeats.note(batch.heartbeats)
        began = time.perf_counter()
        made = self._sequencer.execute(batch)
        if self._snapshots:
            self._snapshots.executed_in(time.perf_counter() - began)
        crash_points.reach("batch.executed")
        self._settle(IN_FLIGHT - 1)
        executed = max(int(time.monotonic() * 1000 + self._offset), made.last.ms)
        self._outputs.send(replace(made, executed=executed), self._lease.name, self._heartbeats.changes())

    def _settle(self, most: int) -> None:
        """Wait until no more than so many outputs are on their way."""
        while self._outputs.pending > most:
            self._outputs.confirm()

    def _look_at_snapshots(self) -> None:
        if self._snapshots and self._snapshots.is_due(self._sequencer):
            self._settle(0)
            self._snapshots.take(self._sequencer, int(self._lease.name.rpartition(":")[2]))

    def _wait(self, now: int) -> int:
        """Return how long to wait for entries, ms: something may be due before."""
        due = [each for each in (self._sequencer.core.next_due(), self._phases.next_due()) if each is not None]
        return min(max(min(due) - now, 1), IDLE_MS) if due else IDLE_MS

    def _now(self) -> int:
        """Return the server's time, ms, which is asked for once a second."""
        clock = time.monotonic() * 1000
        if clock - self._asked > 1000:
            self._offset, self._asked = self._journal.now() - clock, clock
        return int(clock + self._offset)

    def _look_at_time(self) -> None:
        """Append what time asks for, as far as everything earlier has been executed."""
        if self._waiting or self._appended > self._sequencer.entry:
            return
        due = self._sequencer.core.next_due()
        if due is not None and due <= self._seen:
            self._appended = self._journal.append(tick_entry())
        for entry in self._phases.due(self._sequencer.core, self._seen):
            self._say(f"phases.due shard={self._shard} symbols={len(entry.commands)}")
            self._appended = self._journal.append(entry)
        for entry in disconnections(self._heartbeats.lost(self._seen)):
            self._say(f"gateway.lost shard={self._shard} accounts={len(entry.commands)}")
            self._appended = self._journal.append(entry)
