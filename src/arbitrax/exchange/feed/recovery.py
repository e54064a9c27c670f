"""Where a feed begins: a checkpoint or nothing, then the events since, up to what is published."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

from arbitrax.domain.errors import DataError
from arbitrax.exchange.feed import checkpoint
from arbitrax.exchange.feed.listing import Directory
from arbitrax.exchange.feed.ports import Checkpoints, EventArchive, EventSource, FeedStore, Published
from arbitrax.exchange.feed.shard_feed import DivergedError, ShardFeed
from arbitrax.exchange.journal import EntryId, EventEntry, read_event_entry
from arbitrax.exchange.service.ports import Lease
from arbitrax.exchange.service.recovery import Stopped

READ = 16
"""Entries at once."""

Say = Callable[[str], None]
EventsAfter = Callable[[EntryId], Iterator[EventEntry]]


class Sources(NamedTuple):
    """What is left besides the two servers. None: nothing is."""

    directory: Directory
    checkpoints: Checkpoints | None = None
    archive: EventArchive | None = None


class Recovered(NamedTuple):
    """A feed to go on with; unless it ``continues`` what is published, everything has to be published again."""

    feed: ShardFeed
    continues: bool


def recover(shard: int, store: FeedStore, sources: Sources, say: Say, stop: threading.Event) -> Recovered:
    """Return a feed as of what is published, or, where that is nothing or of a lost past, as of now.

    Raises:
        DataError: the beginning of the events is gone, and with it what the books are.
        Stopped: ``stop`` was set meanwhile.
    """
    published, applied = store.publisher.published(), store.events.applied()

    def events(after: EntryId) -> Iterator[EventEntry]:
        return entries_after(after, store.events, sources.archive, shard)

    for name, feed in _candidates(shard, sources, say):
        start = feed.entry
        try:
            if published is not None and start <= published.entry <= applied.entry:
                _replay(feed, published.entry, events, store.publisher.lease, stop)
                if _is_at(feed, published):
                    say(f"feed.continues shard={shard} checkpoint={name} from={start} to={feed.entry}")
                    return Recovered(feed, True)
            _replay(feed, applied.entry, events, store.publisher.lease, stop)
        except DivergedError as error:
            say(f"feed.passes_over shard={shard} checkpoint={name} {error}")
            continue
        if (feed.entry, feed.hash) == (applied.entry, applied.hash):
            say(f"feed.begins shard={shard} checkpoint={name} from={start} to={feed.entry}")
            return Recovered(feed, False)
    raise DataError(
        f"The events of shard {shard} do not reach back to their beginning, and no checkpoint of the feed fits what is "
        "left; bring the archive back."
    )


def entries_after(
    after: EntryId, source: EventSource, archive: EventArchive | None, shard: int
) -> Iterator[EventEntry]:
    """Return the events there are after an entry: from the archive what the server has trimmed, be it meanwhile."""
    while found := source.read_after(after, READ, 0):
        if archive is not None and read_event_entry(*found[0]).predecessor != after:
            before = after
            for name, fields in archive.events_after(shard, after):
                yield read_event_entry(name, fields)
                after = name
            if after != before:
                continue
        for name, fields in found:
            yield read_event_entry(name, fields)
            after = name


def _candidates(shard: int, sources: Sources, say: Say) -> Iterator[tuple[str, ShardFeed]]:
    for name, data in sources.checkpoints.newest_first() if sources.checkpoints else ():
        try:
            yield name, checkpoint.load(data, shard, sources.directory)
        except DataError as error:
            say(f"feed.passes_over shard={shard} checkpoint={name} {error}")
    yield "none", ShardFeed(sources.directory)


def _replay(feed: ShardFeed, goal: EntryId, events: EventsAfter, lease: Lease, stop: threading.Event) -> None:
    """Follow the events up to ``goal``, or one step beyond when no entry ends there."""
    if feed.entry >= goal:
        return
    for entry in events(feed.entry):
        feed.follow(entry, quiet=True)
        lease.renew()
        if stop.is_set():
            raise Stopped
        if feed.entry >= goal:
            return


def _is_at(feed: ShardFeed, published: Published) -> bool:
    return (feed.entry, feed.hash, feed.epoch) == (published.entry, published.hash, published.epoch)
