"""Where a feed begins: a checkpoint or nothing, then the events since, up to what is published."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from arbitrax.domain.errors import DataError
from arbitrax.exchange.feed import checkpoint
from arbitrax.exchange.feed.event_run import EventRun, FlatEntry, flat, read_runs
from arbitrax.exchange.feed.listing import Directory
from arbitrax.exchange.feed.ports import Checkpoints, EventArchive, FeedStore, Published
from arbitrax.exchange.feed.shard_feed import DivergedError, ShardFeed
from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.service.recovery import Stopped

LEAST_READ, MOST_READ = 16, 512
"""Entries at once: as many as make `EVENTS`, judged by the last time."""
EVENTS = 8_192
"""Events at once, about: more take longer than a client should wait for."""

Say = Callable[[str], None]
Read = Callable[[EntryId, int], Sequence[FlatEntry]]
"""Gives entries after an id, so many at most."""


class Reads:
    """How many entries to ask for: they hold one event or thousands."""

    def __init__(self) -> None:
        self.count = LEAST_READ

    def note(self, entries: int, events: int) -> None:
        """Judge by what a read gave."""
        if events >= EVENTS:
            self.count = max(self.count // 2, LEAST_READ)
        elif entries == self.count:
            self.count = min(2 * self.count, MOST_READ)


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

    def replay(feed: ShardFeed, goal: EntryId) -> None:
        """Follow the events up to ``goal``, or one step beyond when no entry ends there."""

        def read(after: EntryId, count: int) -> Sequence[FlatEntry]:
            return () if after >= goal else store.events.read_upto(after, goal, count)

        for runs in runs_after(feed.entry, read, sources.archive, shard, last=goal):
            for run in runs:
                feed.follow(run, quiet=True)
            store.publisher.lease.renew()
            if stop.is_set():
                raise Stopped

    for name, feed in _candidates(shard, sources, say):
        start = feed.entry
        try:
            if published is not None and start <= published.entry <= applied.entry:
                replay(feed, published.entry)
                if _is_at(feed, published):
                    say(f"feed.continues shard={shard} checkpoint={name} from={start} to={feed.entry}")
                    return Recovered(feed, True)
            replay(feed, applied.entry)
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


def runs_after(
    after: EntryId, read: Read, archive: EventArchive | None, shard: int, *, last: EntryId | None = None
) -> Iterator[list[EventRun]]:
    """Yield the events there are after an entry: from the archive what the server has trimmed, be it meanwhile.

    Of the archive what is up to ``last``, or one step beyond.
    """
    reads = Reads()
    while found := read(after, reads.count):
        runs = list(read_runs(found))
        if archive is not None and runs[0].predecessor != after:
            before, entries = after, iter(archive.events_after(shard, after))
            while page := list(islice(entries, LEAST_READ)):
                upto = next((at for at, (name, _) in enumerate(page, 1) if last is not None and name >= last), None)
                yield list(read_runs([flat(name, dict(fields)) for name, fields in page[:upto]]))
                after = page[(upto or len(page)) - 1][0]
                if upto:
                    return
            if after != before:
                continue
        yield runs
        after = runs[-1].last
        reads.note(len(found), sum(len(each.events) for each in runs))


def _candidates(shard: int, sources: Sources, say: Say) -> Iterator[tuple[str, ShardFeed]]:
    for name, data in sources.checkpoints.newest_first() if sources.checkpoints else ():
        try:
            yield name, checkpoint.load(data, shard, sources.directory)
        except DataError as error:
            say(f"feed.passes_over shard={shard} checkpoint={name} {error}")
    yield "none", ShardFeed(sources.directory)


def _is_at(feed: ShardFeed, published: Published) -> bool:
    return (feed.entry, feed.hash, feed.epoch) == (published.entry, published.hash, published.epoch)
