"""What the bench of the service says."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray


class Spread(Struct, frozen=True):
    """Of durations, ms."""

    count: int
    p50: float
    p99: float
    p99_9: float
    max: float


class Offered(Struct, frozen=True):
    """Commands one an entry at fixed times; latency from when each was due to when its event was read."""

    per_second: int
    latency: Spread


class Throughput(Struct, frozen=True):
    """From packing at the client to the reply that the last outputs are written."""

    commands_per_entry: int
    commands: int
    events: int
    seconds: float
    agrees: bool
    """Whether the events are those of an engine without a service, by their running hash."""

    @property
    def per_second(self) -> float:
        """Return commands a second."""
        return self.commands / self.seconds


class Recovered(Struct, frozen=True):
    """A start of a worker, from the lease to the first new entry."""

    commands_per_entry: int
    commands: int
    """In the journal."""
    from_snapshot: bool
    seconds: float


class Paused(Struct, frozen=True):
    """Commands offered while a snapshot is taken."""

    open_orders: int
    fork_ms: float
    """Matching stands still so long for the snapshot itself."""
    longest_batch_ms: float
    """The engine's longest batch while a child wrote: commands then copy the pages they change."""
    snapshot_seconds: float
    before: Spread
    """Latency until the snapshot was begun."""
    during: Spread


class ServiceSpeed(Struct, frozen=True):
    """All of it."""

    durability: str
    sync: Spread
    """Of the disk alone: 4 KB appended to a file and fdatasync."""
    offered: Offered
    throughput: list[Throughput]
    recovered: list[Recovered]
    paused: Paused

    @property
    def agrees(self) -> bool:
        """Whether all events were those expected."""
        return all(each.agrees for each in self.throughput)


def spread(nanoseconds: NDArray[np.int64]) -> Spread:
    """Return the quantiles of durations."""
    ordered = np.sort(nanoseconds) / 1e6
    last = len(ordered) - 1
    shares = (round(float(ordered[min(int(len(ordered) * share), last)]), 3) for share in (0.5, 0.99, 0.999, 1.0))
    return Spread(len(ordered), *shares)
