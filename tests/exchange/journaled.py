"""A shard as its worker writes it: commands into a Valkey, the reference engine, events out of it."""

from itertools import pairwise

import numpy as np
import valkey

from arbitrax.exchange.core import fold_events
from arbitrax.exchange.journal import INDEX, NO_EVENTS, START, CommandEntry, EntryId, EventEntry
from arbitrax.exchange.records import COMMAND, Kind
from arbitrax.exchange.reference import MatchingEngine
from tests.exchange.venue import command


class JournaledShard:
    """Entries of ``entry`` commands, batches of ``batch`` entries. Ids follow the commands' time."""

    def __init__(self, url, shard=0, *, entry=20, batch=3, engine=None):
        self.client = valkey.Valkey.from_url(url)
        self.shard, self.entry, self.batch = shard, entry, batch
        self.engine = engine or MatchingEngine()
        self.running, self.applied, self.epoch = NO_EVENTS, START, 0
        self.last = START
        self.waiting = []
        self.events = []
        """(epoch, entry, commands, offsets, events) of each command entry executed."""

    def append(self, commands):
        """Journal commands."""
        for first in range(0, len(commands), self.entry):
            part = commands[first : first + self.entry].copy()
            ms = max(int(part["time"].max()), self.last.ms, 1)
            self.last = EntryId(ms, self.last.seq + 1 if ms == self.last.ms else 0)
            part["time"] = ms
            self.client.xadd(f"commands:{self.shard}", CommandEntry(part).fields(), id=str(self.last))
            self.waiting.append((self.last, part))

    def execute(self, batches=None):
        """Execute what is journaled, and write its events."""
        while self.waiting and batches != 0:
            chosen, self.waiting = self.waiting[: self.batch], self.waiting[self.batch :]
            self.write(self.entry_of(chosen))
            batches = None if batches is None else batches - 1

    def entry_of(self, chosen):
        index, counts, events = [], [], []
        for name, commands in chosen:
            made, offsets = self.engine.run(commands)
            self.events.append((self.epoch, name, commands, offsets, made))
            index.append((name.ms, name.seq, len(commands), len(made)))
            counts += [b - a for a, b in pairwise(offsets.tolist())]
            events.append(made)
        every = np.concatenate(events)
        self.running = fold_events(self.running, every)
        entry = EventEntry(
            self.epoch, self.applied, np.array(index, INDEX), np.array(counts, "<u4"), every, self.running
        )
        self.applied = entry.last
        return entry

    def write(self, entry):
        self.client.xadd(f"events:{self.shard}", entry.fields(), id=str(entry.last))

    def run(self, commands):
        """Journal and execute."""
        self.append(np.ascontiguousarray(commands, COMMAND))
        self.execute()

    def lose_tail(self, batches):
        """Return the shard as recovered by a worker after the server lost all but the first ``batches`` of events."""
        kept = batches * self.batch
        point = self.events[kept - 1][1]
        for key in (f"commands:{self.shard}", f"events:{self.shard}"):
            entries = self.client.xrange(key, "-", str(point))
            self.client.delete(key)
            for name, fields in entries:
                self.client.xadd(key, fields, id=name)
        again = JournaledShard.__new__(JournaledShard)
        again.client = self.client
        again.shard, again.entry, again.batch, again.engine = self.shard, self.entry, self.batch, MatchingEngine()
        again.running, again.applied, again.epoch, again.last = NO_EVENTS, START, 0, point
        again.waiting, again.events = [], []
        for first in range(0, kept, self.batch):
            again.entry_of([(name, commands) for _, name, commands, _, _ in self.events[first : first + self.batch]])
        return again

    def begin_epoch(self):
        """Put an EPOCH command after the last entry applied."""
        self.last, self.epoch = EntryId(self.last.ms, self.last.seq + 1), self.epoch + 1
        part = command(Kind.EPOCH, time=self.last.ms, extra=self.epoch, quantity=self.shard)
        self.client.xadd(f"commands:{self.shard}", CommandEntry(part).fields(), id=str(self.last))
        self.write(self.entry_of([(self.last, part)]))
