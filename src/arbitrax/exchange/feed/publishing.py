"""The feed's process: takes the lease of a shard's feed, recovers, publishes what comes, until stopped or fenced."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from arbitrax.domain.errors import StoreError
from arbitrax.exchange.feed import checkpoint
from arbitrax.exchange.feed.event_run import EventRun, FlatEntry, read_runs
from arbitrax.exchange.feed.messages import OrderSnapshot
from arbitrax.exchange.feed.ports import FeedStore
from arbitrax.exchange.feed.recovery import Reads, Say, Sources, recover, runs_after
from arbitrax.exchange.feed.shard_feed import DivergedError, Posted, ShardFeed
from arbitrax.exchange.feed.update import Collector
from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.service import crash_points
from arbitrax.exchange.service.recovery import Stopped

IDLE_MS = 250
STANDBY_SECONDS = 0.1
LONGEST_REST = 2.0
RENEW_SECONDS = 0.25
MARK_SECONDS = 1.0
"""Between looks at unrealised profits and at who asks for orders."""
SNAPSHOT_SECONDS = 10.0
"""Between snapshots of the orders of a symbol that somebody follows."""
CHECKPOINT_SECONDS = 30.0

Connect = Callable[[], FeedStore]


def serve(shard: int, connect: Connect, *, sources: Sources, say: Say, stop: threading.Event) -> None:
    """Publish a shard, or stand by while another process does, until ``stop`` is set.

    After a fault of a server, or when the events go on from another past, everything known is dropped and recovered.

    Raises:
        DataError: the beginning of the events is gone.
    """
    rest, said = STANDBY_SECONDS, ""
    while not stop.is_set():
        store: FeedStore | None = None
        try:
            store = connect()
            if _await_lease(shard, store, say, stop):
                _Turn(shard, store, sources, say, stop).run()
            rest, said = STANDBY_SECONDS, ""
        except Stopped:
            return
        except (StoreError, DivergedError) as error:
            if str(error) != said:
                say(f"feed.dropped shard={shard} {error}")
            said = str(error)
            stop.wait(rest)
            rest = min(rest * 2, LONGEST_REST)
        finally:
            if store is not None:
                with suppress(StoreError):  # it expires
                    store.publisher.lease.release()
                store.close()


def _await_lease(shard: int, store: FeedStore, say: Say, stop: threading.Event) -> bool:
    """Return whether the lease is ours; not, when stopped."""
    holder = ""
    while not stop.is_set():
        token = store.publisher.lease.acquire()
        if token is not None:
            say(f"feed.lease shard={shard} token={token}")
            return True
        now = store.publisher.lease.holder()
        if now != holder:
            say(f"feed.standby shard={shard} holder={now}")
            holder = now
        stop.wait(STANDBY_SECONDS)
    return False


class _Turn:
    """One time of having the lease."""

    def __init__(self, shard: int, store: FeedStore, sources: Sources, say: Say, stop: threading.Event) -> None:
        self._shard, self._say, self._stop = shard, say, stop
        self._events, self._publisher = store.events, store.publisher
        self._checkpoints, self._archive = sources.checkpoints, sources.archive
        recovered = recover(shard, store, sources, say, stop)
        self._feed: ShardFeed = recovered.feed
        self._collector = Collector(self._feed)
        self._snapped: dict[str, float] = {}
        """By symbol when its orders were published last, of those that somebody follows."""
        self._reads = Reads()
        self._looked = self._renewed = 0.0
        self._sent = False
        """Whether an update is on its way."""
        self._kept = time.monotonic()
        if not recovered.continues:
            self._publisher.send(self._collector.everything())
            self._publisher.confirm()
            self._say(f"feed.published_anew shard={shard} entry={self._feed.entry}")

    def run(self) -> None:
        while not self._stop.is_set():
            self._look()
            found = self._events.read_after(self._feed.entry, self._reads.count, 0 if self._sent else IDLE_MS)
            runs = list(read_runs(found)) if found else []
            if not runs:
                self._confirm()  # while nothing comes
            elif runs[0].predecessor != self._feed.entry:
                self._catch_up()
            else:
                self._reads.note(len(found), sum(len(each.events) for each in runs))
                self._publish(runs)
        self._confirm()
        self._keep()
        self._say(f"feed.stopped shard={self._shard} entry={self._feed.entry}")

    def _catch_up(self) -> None:
        """Publish what the server has trimmed since it was published: it is archived."""

        def read(after: EntryId, count: int) -> Sequence[FlatEntry]:
            return self._events.read_after(after, count, 0)

        for runs in runs_after(self._feed.entry, read, self._archive, self._shard):
            self._look()
            self._publish(runs)
            if self._stop.is_set():
                return

    def _publish(self, runs: Sequence[EventRun]) -> None:
        """Follow entries while those before are being written, then send off what they did, all at once."""
        before, messages = self._feed.entry, list[Posted]()
        for run in runs:
            messages += self._feed.follow(run)
        crash_points.reach("feed.followed")
        self._publisher.send(self._collector.news(before, messages))
        self._sent = True

    def _confirm(self) -> None:
        if self._sent:
            self._sent = False
            self._publisher.confirm()
            crash_points.reach("feed.published")

    def _look(self) -> None:
        """Do what is due by the clock."""
        now = time.monotonic()
        if now - self._renewed < RENEW_SECONDS:
            return
        self._confirm()
        self._publisher.lease.renew()
        self._renewed = now
        if now - self._looked < MARK_SECONDS:
            return
        self._looked = now
        snapshots = self._orders(now)
        if self._collector.mark() or snapshots:
            self._publisher.send(self._collector.news(self._feed.entry, (), snapshots))
            self._publisher.confirm()
        if now - self._kept > CHECKPOINT_SECONDS:
            self._keep()

    def _orders(self, now: float) -> list[OrderSnapshot]:
        """Return snapshots of the orders of those symbols that somebody asked for, from time to time."""
        asked, snapshots = self._publisher.asked(), []
        for symbol in self._feed.symbols.values():
            name = symbol.listing.symbol
            symbol.book.follow_orders(name in asked)
            if name not in asked:
                self._snapped.pop(name, None)
            elif now - self._snapped.get(name, -SNAPSHOT_SECONDS) >= SNAPSHOT_SECONDS:
                self._snapped[name] = now
                snapshots.append(symbol.orders(self._feed.epoch, self._feed.ms))
        return snapshots

    def _keep(self) -> None:
        """Write a checkpoint; one that fails is said and tried again at the next turn."""
        self._kept = time.monotonic()
        if self._checkpoints is None:
            return
        try:
            self._checkpoints.write(self._feed.entry, checkpoint.save(self._feed, self._shard))
        except OSError as error:
            self._say(f"feed.checkpoint_failed shard={self._shard} {error}")
