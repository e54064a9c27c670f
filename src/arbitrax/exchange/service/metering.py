"""What a worker does, counted where its outputs leave: the loop itself knows nothing of it."""

from __future__ import annotations

import time
from collections import deque

import numpy as np
from msgspec import Struct

from arbitrax.exchange.journal import EntryId, EventEntry
from arbitrax.exchange.records import Code, Happening
from arbitrax.exchange.service.ports import Applied, Outputs
from arbitrax.telemetry.latencies import Latencies, quantile

REFUSED = int(Happening.REFUSED)
MOST_CODES = 1_024
MINUTE = 60


class WorkerReport(Struct, frozen=True):
    """What a worker says of itself once a second. Rates and latencies are of the last minute."""

    pid: int
    at: int
    """Ms since 1970."""
    entry: str
    commands: int
    events: int
    commands_per_second: float
    events_per_second: float
    latency_ms: dict[str, float | None]
    """p50, p99, p99.9 from command to written event, up to 1 ms and a quarter more than it was."""
    rejects: dict[str, int]
    """By code, since the process began."""
    latency_counts: tuple[int, ...] = ()
    """Batches of the last minute by latency, one number for each of `arbitrax.telemetry.latencies.BOUNDS` and one
    beyond."""


class WorkerMeter:
    """Counts of a process."""

    def __init__(self) -> None:
        self.latencies = Latencies()
        self.commands = self.events = self.batches = 0
        self.entry = EntryId(0, 0)
        self.offset = 0.0
        """Ms to be added to our clock to have the server's."""
        self._refused = np.zeros(MOST_CODES, np.int64)
        self._before: deque[tuple[float, int, int, list[int]]] = deque(maxlen=MINUTE)

    def refused(self, events: np.ndarray) -> None:
        """Count refusals among events of EVENT."""
        codes = events["code"][events["kind"] == REFUSED]
        if len(codes):
            self._refused += np.bincount(codes, minlength=MOST_CODES)

    def written(self, began: int, entry: EntryId, commands: int, events: int) -> None:
        """Note that the events of a batch are written whose first command came at ``began``, ms by the server.

        0: that is not to be counted; the entry of an epoch has the id of what it follows, not of when it came.
        """
        if began:
            self.latencies.add(time.time() * 1000 + self.offset - began)
        self.entry = entry
        self.commands += commands
        self.events += events
        self.batches += 1

    def rejects(self) -> dict[str, int]:
        """Return refusals by code."""
        return {Code(code).name.lower(): int(self._refused[code]) for code in np.flatnonzero(self._refused).tolist()}

    def report(self, pid: int) -> WorkerReport:
        """Return what there is to say; to be called once a second."""
        now = time.monotonic()
        self._before.append((now, self.commands, self.events, list(self.latencies.counts)))
        then, commands, events, counts = self._before[0]
        seconds = max(now - then, 1e-9)
        lately = [new - old for new, old in zip(self.latencies.counts, counts, strict=True)]
        return WorkerReport(
            pid,
            int(time.time() * 1000),
            str(self.entry),
            self.commands,
            self.events,
            round((self.commands - commands) / seconds, 1),
            round((self.events - events) / seconds, 1),
            {name: quantile(lately, share) for name, share in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999))},
            self.rejects(),
            tuple(lately),
        )


class MeteredOutputs:
    """Outputs that are counted as they leave and as they are written."""

    def __init__(self, outputs: Outputs, meter: WorkerMeter) -> None:
        self._outputs, self._meter = outputs, meter
        self._sent: deque[tuple[int, EntryId, int, int]] = deque()
        self._epoch: int | None = None

    def applied(self) -> Applied:
        """Return what is written."""
        return self._outputs.applied()

    def send(self, entry: EventEntry, lease: str, gateways: bytes | None) -> None:
        """Send off what a batch gave."""
        self._outputs.send(entry, lease, gateways)
        began = int(entry.index["ms"][0]) if entry.epoch == self._epoch else 0
        self._epoch = entry.epoch
        self._sent.append((began, entry.last, len(entry.counts), len(entry.events)))
        self._meter.refused(entry.events)

    @property
    def pending(self) -> int:
        """Return how many are on their way."""
        return self._outputs.pending

    def confirm(self) -> None:
        """Wait for the reply to the oldest on its way; raises like that of the outputs."""
        self._outputs.confirm()
        self._meter.written(*self._sent.popleft())

    def gateways(self) -> bytes:
        """Return what is kept of heartbeats."""
        return self._outputs.gateways()
