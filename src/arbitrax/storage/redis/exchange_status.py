"""How a shard is doing, read from both servers; a server that is down is a part that is down."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import DecodeError, json

from arbitrax.domain.errors import DataError, StoreError
from arbitrax.exchange.journal import START, EntryId, SnapshotManifest
from arbitrax.exchange.service.metering import WorkerReport
from arbitrax.exchange.service.status import LATE_MS, PartStatus, ShardStatus
from arbitrax.storage.redis import feed_keys
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.feed_publisher import PREFIX
from arbitrax.storage.redis.journal import ValkeyJournal, events_stream
from arbitrax.storage.redis.outputs import read_applied
from arbitrax.storage.redis.server_settings import memory

Url = Callable[[], str]
SERVERS_START = "arbitrax up, or check its URL"


def report_key(shard: int) -> str:
    """HASH of what processes of a shard say of themselves, JSON."""
    return f"status:{shard}"


def read_status(journal_url: Url, cache_url: Url, shard: int, *, timeout: float = 2.0) -> ShardStatus:
    """Return how a shard is doing; raises nothing because something is down."""
    parts: list[PartStatus] = []
    applied = START
    found = ShardStatus(shard, parts)
    try:
        channel = Channel(journal_url(), timeout=timeout)
        try:
            applied, found = _journal(channel, shard, parts)
        finally:
            channel.close()
    except (StoreError, DataError) as error:
        parts[:] = [
            PartStatus("journal", "down", str(error), start=SERVERS_START),
            *(
                PartStatus(name, "unknown", "only the journal's server tells")
                for name in ("worker", "archiver", "recorder")
            ),
        ]
    try:
        channel = Channel(cache_url(), timeout=timeout)
        try:
            parts += _cache(channel, shard, applied)
        finally:
            channel.close()
    except (StoreError, DataError) as error:
        parts.append(PartStatus("cache", "down", str(error), start=SERVERS_START))
        parts.append(PartStatus("feed", "unknown", "only the cache's server tells"))
    return found


def _journal(channel: Channel, shard: int, parts: list[PartStatus]) -> tuple[EntryId, ShardStatus]:
    commands, events = ValkeyJournal(channel, shard), events_stream(channel, shard)
    applied, tail = read_applied(channel, shard), commands.tail()
    used = memory(channel)
    holder = (channel.ask("GET", f"lease:{shard}") or b"").decode()
    marks = channel.ask("HMGET", f"marks:{shard}", "archived_commands", "archived_events", "recorded")
    told = channel.ask("HGET", report_key(shard), "worker")
    archived = [None if each is None else EntryId.parse(each) for each in marks]
    waiting = _lag(tail, applied.entry)
    of = f" of {used.limit >> 20:,} MB, {used.used / used.limit:.0%}" if used.limit else ", no limit"
    parts.append(PartStatus("journal", "up", f"memory {used.used >> 20:,} MB{of}"))
    start = f"arbitrax serve exchange --shard {shard}"
    if not holder:
        parts.append(PartStatus("worker", "down", "nobody has the lease", waiting, start))
    else:
        parts.append(PartStatus("worker", "up" if waiting < LATE_MS else "behind", f"lease {holder}", waiting))
    end = events.tail()
    marked = min((each or START for each in archived[:2]), default=START)
    parts.append(_follower("archiver", end, marked, f"arbitrax serve archiver --shard {shard}"))
    parts.append(_follower("recorder", end, archived[2] or START, f"arbitrax serve recorder --shard {shard}"))
    return applied.entry, ShardStatus(
        shard,
        parts,
        holder or None,
        applied.epoch,
        str(applied.entry),
        f"{applied.hash:016x}",
        str(tail),
        waiting,
        used.used,
        used.limit,
        _snapshot(channel, shard),
        _report(told),
    )


def _cache(channel: Channel, shard: int, applied: EntryId) -> list[PartStatus]:
    holder = channel.ask("GET", f"{PREFIX}lease:{shard}")
    done = channel.ask("HGET", feed_keys.state(shard), "applied")
    start = f"arbitrax serve feed --shard {shard}"
    published = EntryId.parse(done) if done else START
    lag = None if applied.ms and not published.ms else _lag(applied, published)
    if holder is None:
        feed = PartStatus("feed", "down", "nobody has its lease", lag, start)
    else:
        feed = PartStatus("feed", "up" if (lag or 0) < LATE_MS else "behind", f"lease {holder.decode()}", lag)
    return [PartStatus("cache", "up", "answers"), feed]


def _follower(name: str, end: EntryId, done: EntryId, start: str) -> PartStatus:
    """Judge a process by its mark: there is nothing else to know it by."""
    if done >= end:
        return PartStatus(name, "up", f"level, at {done}", 0)
    if not done.ms:  # nothing, or the opening of the first epoch, which is at 0
        return PartStatus(name, "down", "has done nothing yet", None, start)
    lag = _lag(end, done)
    state = "up" if lag < LATE_MS else "down"
    return PartStatus(name, state, f"at {done}", lag, None if state == "up" else start)


def _lag(end: EntryId, done: EntryId) -> int:
    """Return by how many ms of the journal something is behind; 0: level."""
    return max(end.ms - done.ms, 1) if done < end else 0


def _snapshot(channel: Channel, shard: int) -> SnapshotManifest | None:
    newest: SnapshotManifest | None = None
    for text in channel.ask("HVALS", f"snapshots:{shard}"):
        try:
            each = json.decode(text, type=SnapshotManifest)
        except DecodeError:
            continue
        if each.verified and (newest is None or EntryId.parse(each.entry) > EntryId.parse(newest.entry)):
            newest = each
    return newest


def _report(told: bytes | None) -> WorkerReport | None:
    try:
        return None if told is None else json.decode(told, type=WorkerReport)
    except DecodeError:
        return None
