"""How a shard of the exchange is doing, from what its parts leave on the two servers."""

from __future__ import annotations

from msgspec import Struct

from arbitrax.exchange.journal import SnapshotManifest
from arbitrax.exchange.service.metering import WorkerReport

LATE_MS = 10_000
"""Behind by more, a part is taken to be down: those that run are behind by a second or two."""


class PartStatus(Struct, frozen=True):
    """A process or server of a shard."""

    name: str
    state: str
    """up, down, behind or unknown."""
    detail: str
    lag_ms: int | None = None
    """Between the last entry of the journal's outputs and what the part has done; None: not known."""
    start: str | None = None
    """How to start it, when it is not up."""


class ShardStatus(Struct, frozen=True):
    """A shard. None: the journal's server does not answer, or nothing is there."""

    shard: int
    parts: list[PartStatus]
    holder: str | None = None
    """Owner and token of the lease."""
    epoch: int | None = None
    applied: str | None = None
    running_hash: str | None = None
    journal_end: str | None = None
    journal_lag_ms: int | None = None
    """Age of what waits between the journal's end and what is applied, by the ids."""
    memory_used: int | None = None
    memory_limit: int | None = None
    snapshot: SnapshotManifest | None = None
    """The newest verified one."""
    worker: WorkerReport | None = None

    @property
    def is_well(self) -> bool:
        """Whether every part is up."""
        return all(each.state == "up" for each in self.parts)
