"""A shard served by real processes on the real journal, and the auditor who judges what they wrote."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise

import numpy as np

from arbitrax.exchange.core import MatchingCore, fold_events
from arbitrax.exchange.journal import NO_EVENTS, START, CommandEntry, EntryId, read_command_entry, read_event_entry
from arbitrax.exchange.records import COMMAND, Kind, TimeInForce
from arbitrax.exchange.streams import as_commands, generate, opening
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.journal import ValkeyJournal, events_stream
from arbitrax.storage.redis.outputs import ValkeyOutputs

PATIENCE = 60.0
ORDERS_END_AFTER = 40
"""Ms, of those that end by themselves."""


def until(condition, what):
    """Wait for something another process does."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"after {PATIENCE:.0f} s still not: {what}"
        threading.Event().wait(0.005)
    return found


class Shard:
    """A shard nobody has used; its workers end with it."""

    def __init__(self, url, number, folder):
        self.url, self.number, self.folder = url, number, folder
        self.workers = []
        self.reconnect()

    def reconnect(self):
        """Take a new connection, to a server that was started anew."""
        self.channel = Channel(self.url)
        self.journal = ValkeyJournal(self.channel, self.number)
        self.events = events_stream(self.channel, self.number)
        self.outputs = ValkeyOutputs(self.channel, self.number)

    def start(self, *, words=None, **environment):
        """Start a worker; what it says goes to a file."""
        words = words or ["serve", "exchange", "--shard", str(self.number)]
        log = self.folder / f"worker-{self.number}-{len(self.workers)}.log"
        with log.open("wb") as file:
            worker = subprocess.Popen(
                [sys.executable, "-m", "arbitrax.cli.main", *words],
                stderr=file,
                env={**os.environ, "ARBITRAX_HOME": str(self.folder), "ARBITRAX_REDIS_URL": self.url, **environment},
            )
        worker.log = log
        self.workers.append(worker)
        return worker

    def started(self, **environment):
        """Start a worker and wait until it executes."""
        worker = self.start(**environment)
        until(lambda: "recovery.done" in worker.log.read_text(), "recovered")
        return worker

    def wait_for(self, entry):
        """Wait until an entry's outputs are written."""
        until(lambda: self.outputs.applied().entry >= entry, f"entry {entry} executed")

    def finish(self, worker):
        """Stop a worker as an operator does, once it has executed everything."""
        self.wait_for(self.journal.tail())
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0, worker.log.read_text()

    def close(self):
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.kill()
                worker.wait()
        self.channel.close()

    def written(self):
        """Return the entries of events."""
        return [read_event_entry(*each) for part in self.events.scan(START) for each in part]

    def audit(self, acknowledged=()):
        """Nothing lost, nothing twice, nothing else than one engine makes of the journal at once."""
        journal = [(name, read_command_entry(name, each)) for part in self.journal.scan(START) for name, each in part]
        names = [name for name, _ in journal]
        assert set(acknowledged) <= set(names)
        written = self.written()
        answered = [EntryId(int(ms), int(seq)) for each in written for ms, seq, *_ in each.index.tolist()]
        assert answered == names, f"only one has {set(names) ^ set(answered)}"
        assert written[0].predecessor == START
        assert all(each.predecessor == before.last for before, each in pairwise(written))
        commands = np.concatenate([entry.commands for _, entry in journal])
        commands["time"] = np.concatenate([np.full(len(entry.commands), name.ms) for name, entry in journal])
        events, offsets = MatchingCore().run(commands)
        assert np.array_equal(np.concatenate([each.counts for each in written]), np.diff(offsets))
        assert np.concatenate([each.events for each in written]).tobytes() == events.tobytes()
        running = fold_events(NO_EVENTS, events)
        assert written[-1].hash == running
        applied = self.outputs.applied()
        assert (applied.entry, applied.hash, applied.epoch) == (names[-1], running, written[-1].epoch)
        return events


class Client(threading.Thread):
    """Appends entries of the generator's stream without a pause, some with orders that soon end by themselves."""

    def __init__(self, shard, seed=1):
        super().__init__(daemon=True)
        self.channel = Channel(shard.url)
        self.journal = ValkeyJournal(self.channel, shard.number)
        self.random = np.random.default_rng(seed)
        self.commands = as_commands(generate(50, 40_000, seed).lines)
        self.commands["order"] += (self.commands["order"] > 0) * ((1 << 48) + (shard.number << 40))
        self.acknowledged = [self.journal.append(CommandEntry(opening()))]
        self.end = threading.Event()
        self.failure = None

    def run(self):
        at = 0
        try:
            while not self.end.wait(0.002):
                size = int(self.random.integers(1, 100))
                part = self.commands[at : at + size].copy()
                soon = part["kind"] == Kind.SUBMIT
                soon[1:] = False
                part["time_in_force"][soon] = TimeInForce.GTD
                part["expire"][soon] = self.journal.now() + ORDERS_END_AFTER
                self.acknowledged.append(self.journal.append(CommandEntry(part)))
                at = (at + size) % (len(self.commands) - 100)
        except Exception as error:
            self.failure = error

    def stop(self):
        self.end.set()
        self.join()
        self.channel.close()
        assert self.failure is None, self.failure
        return self.acknowledged


def orders(count, shard_number=0):
    """Return commands that open the streams' symbol and trade in it."""
    commands = as_commands(generate(20, count).lines)
    commands["order"] += (commands["order"] > 0) * ((1 << 48) + (shard_number << 40))
    return np.concatenate([opening(), commands]).astype(COMMAND)
