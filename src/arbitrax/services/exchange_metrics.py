"""The exchange's metrics: those of a shard, and those of the process that is asked."""

from __future__ import annotations

from collections.abc import Iterator

from arbitrax.exchange.service.metering import WorkerMeter
from arbitrax.exchange.service.status import ShardStatus
from arbitrax.telemetry.exposition import Distribution, Sample


def shard_metrics(status: ShardStatus) -> Iterator[Sample]:
    """Yield what is known of a shard from outside."""
    labels = {"shard": str(status.shard)}
    for part in status.parts:
        own = labels | {"part": part.name}
        yield Sample("arbitrax_exchange_up", "1: the part is up", float(part.state == "up"), own)
        if part.lag_ms is not None:
            yield Sample("arbitrax_exchange_lag_seconds", "How far the part is behind", part.lag_ms / 1000, own)
    held = float(status.holder is not None)
    yield Sample("arbitrax_exchange_lease_held", "1: a worker has the lease of the shard", held, labels)
    if status.epoch is not None:
        yield Sample("arbitrax_exchange_epoch", "Epoch of the journal", status.epoch, labels)
    if status.memory_used is not None:
        yield Sample("arbitrax_journal_memory_bytes", "Memory of the journal's server", status.memory_used, labels)
        yield Sample("arbitrax_journal_memory_limit_bytes", "What it may use; 0: all", status.memory_limit or 0, labels)


def worker_metrics(shard: int, meter: WorkerMeter) -> Iterator[Sample | Distribution]:
    """Yield what a worker has counted since it began."""
    labels = {"shard": str(shard)}
    yield Sample("arbitrax_worker_commands_total", "Commands executed", meter.commands, labels)
    yield Sample("arbitrax_worker_events_total", "Events written", meter.events, labels)
    yield Sample("arbitrax_worker_batches_total", "Batches written", meter.batches, labels)
    for code, count in meter.rejects().items():
        yield Sample("arbitrax_worker_rejects_total", "Commands refused", count, labels | {"code": code})
    yield Distribution(
        "arbitrax_worker_latency_seconds", "From a command's entry to its written events", meter.latencies, labels
    )
