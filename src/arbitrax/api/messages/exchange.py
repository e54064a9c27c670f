"""Messages of how the exchange does. Latencies are microseconds."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from arbitrax.api.messages.fields import MaybePrice, Symbol
from arbitrax.api.messages.orders import moment
from arbitrax.telemetry.latencies import BOUNDS

if TYPE_CHECKING:
    from arbitrax.exchange.feed.messages import Statistics
    from arbitrax.exchange.journal import SnapshotManifest
    from arbitrax.exchange.service.metering import WorkerReport
    from arbitrax.exchange.service.status import PartStatus, ShardStatus
    from arbitrax.trading.registry import Instrument

FRESH_MS = 5_000
"""Age of a worker's report up to which its rates are of now; it writes one a second."""
EntryText = Annotated[str, Meta(examples=["1795775981728-0"])]
MaybeEntryText = Annotated[str | None, Meta(examples=["1795775981728-0"])]
HashText = Annotated[str, Meta(examples=["9f86d081884c7d65"])]


class PartMessage(Struct, frozen=True):
    """A process or server of a shard."""

    name: Annotated[str, Meta(examples=["worker"])]
    state: Annotated[Literal["up", "down", "behind", "unknown"], Meta(examples=["up"])]
    lag_ms: Annotated[int | None, Meta(examples=[3])]
    """How far it is behind the events of the journal; null: not known."""
    start: Annotated[str | None, Meta(examples=["arbitrax serve exchange --shard 0"])]
    """How to start it, when it is not up."""


class LatencyBucket(Struct, frozen=True):
    """How many took so long."""

    up_to_us: Annotated[int | None, Meta(examples=[1250])]
    """null: longer than every other bucket."""
    count: Annotated[int, Meta(examples=[42])]


class LatencyMessage(Struct, frozen=True):
    """From a batch's first command in the journal to its written events.

    The journal's times are whole milliseconds: each may be told 1,000 us too long, and a bucket's bound is a quarter
    above the one before.
    """

    p50_us: Annotated[int | None, Meta(examples=[800])]
    p99_us: Annotated[int | None, Meta(examples=[1900])]
    p999_us: Annotated[int | None, Meta(examples=[4500])]
    buckets: list[LatencyBucket]
    """Those that are not empty, shortest first."""


class WorkerMessage(Struct, frozen=True):
    """What the worker that executes a shard says of itself once a second; rates and latencies are of a minute."""

    at: datetime
    fresh: bool
    """Whether that minute is the last one: a worker that ended says nothing more."""
    commands: Annotated[int, Meta(examples=[120000])]
    """Since its process began, as the events."""
    events: Annotated[int, Meta(examples=[180000])]
    commands_per_second: Annotated[float, Meta(examples=[412.5])]
    """Orders, changes and cancels, and the few commands of the exchange itself."""
    events_per_second: Annotated[float, Meta(examples=[630.0])]
    latency: LatencyMessage
    refused: Annotated[dict[str, int], Meta(examples=[{"no_buying_power": 3}])]
    """By code, since its process began."""


class SnapshotMessage(Struct, frozen=True):
    """The newest snapshot that another process has verified."""

    at: datetime
    entry: EntryText
    """The last entry of the journal that is in it."""
    epoch: Annotated[int, Meta(examples=[1])]
    state_hash: HashText
    bytes: Annotated[int, Meta(examples=[1048576])]


class ShardMessage(Struct, frozen=True):
    """A shard of the exchange. null: the journal's server does not answer, or nothing is there yet."""

    shard: int
    well: bool
    """Whether every part is up."""
    parts: list[PartMessage]
    epoch: Annotated[int | None, Meta(examples=[1])]
    """Of the journal: a new one when its end was lost."""
    journal_end: MaybeEntryText
    applied: MaybeEntryText
    """Up to which entry commands are executed and their events written."""
    journal_lag_ms: Annotated[int | None, Meta(examples=[0])]
    """Age of what waits in between."""
    events_hash: Annotated[str | None, Meta(examples=["9f86d081884c7d65"])]
    """Running hash of all events up to `applied`."""
    memory_bytes: Annotated[int | None, Meta(examples=[2097152])]
    """Of the journal's server."""
    memory_limit_bytes: Annotated[int | None, Meta(examples=[1073741824])]
    """null: not known, or none."""
    worker: WorkerMessage | None
    snapshot: SnapshotMessage | None


class TradedInstrument(Struct, frozen=True):
    """An instrument as the feed published it a moment ago; null: it has published nothing."""

    symbol: Symbol
    shard: int
    phase: Literal["continuous", "auction", "halted", "closed"] | None
    last: MaybePrice
    """Price of its last trade."""


class ExchangeMessage(Struct, frozen=True):
    """How the exchange does."""

    as_of: datetime
    shards: list[ShardMessage]
    instruments: list[TradedInstrument]


def shard_message(found: ShardStatus) -> ShardMessage:
    """Return a shard's message."""
    return ShardMessage(
        shard=found.shard,
        well=found.is_well,
        parts=[_part(each) for each in found.parts],
        epoch=found.epoch,
        journal_end=found.journal_end,
        applied=found.applied,
        journal_lag_ms=found.journal_lag_ms,
        events_hash=found.running_hash,
        memory_bytes=found.memory_used,
        memory_limit_bytes=found.memory_limit or None,
        worker=None if found.worker is None else _worker(found.worker),
        snapshot=None if found.snapshot is None else _snapshot(found.snapshot),
    )


def traded_instrument(instrument: Instrument, told: Statistics | None) -> TradedInstrument:
    """Return an instrument's message."""
    phase, last = (None, None) if told is None else (told.phase, told.last)
    return TradedInstrument(instrument.symbol, instrument.shard, phase, last)  # type: ignore[arg-type] # one of the four


def _part(part: PartStatus) -> PartMessage:
    # Its detail is left out: the sentence of a server that is down says where it is.
    return PartMessage(part.name, part.state, part.lag_ms, part.start)  # type: ignore[arg-type] # one of the four


def _worker(report: WorkerReport) -> WorkerMessage:
    bounds = [round(each * 1000) for each in BOUNDS]
    buckets = [
        LatencyBucket(bound, count)
        for bound, count in zip([*bounds, None], report.latency_counts, strict=False)
        if count
    ]
    p50, p99, p999 = (_us(report.latency_ms.get(each)) for each in ("p50", "p99", "p99.9"))
    return WorkerMessage(
        at=moment(report.at),
        fresh=time.time_ns() // 1_000_000 - report.at < FRESH_MS,
        commands=report.commands,
        events=report.events,
        commands_per_second=report.commands_per_second,
        events_per_second=report.events_per_second,
        latency=LatencyMessage(p50, p99, p999, buckets),
        refused=report.rejects,
    )


def _us(ms: float | None) -> int | None:
    return None if ms is None else round(ms * 1000)


def _snapshot(found: SnapshotManifest) -> SnapshotMessage:
    return SnapshotMessage(moment(found.taken_at), found.entry, found.epoch, found.state_hash, found.size)
