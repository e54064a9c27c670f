"""A gateway's sockets: what they share. Each stream is read once, each message encoded once a turn for all who get it.

Who has something to send is woken once in 20 ms, so that a busy client gets one frame a turn: a send costs far more
than a message in it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from arbitrax.api.websocket.bars import BarMaker
from arbitrax.api.websocket.messages import written_time
from arbitrax.api.websocket.streams import RunStream, market_envelope
from arbitrax.domain.errors import StoreError
from arbitrax.exchange.feed.messages import Channel
from arbitrax.exchange.feed.reader import FeedReader
from arbitrax.trading.task_end import end_tasks

if TYPE_CHECKING:
    from arbitrax.api.websocket.formats import Format
    from arbitrax.api.websocket.session import Session
    from arbitrax.exchange.feed.messages import Message
    from arbitrax.exchange.journal import EntryId
    from arbitrax.storage.redis.feed_source import ValkeyFeedSource
    from arbitrax.storage.redis.run_reader import ValkeyRunReader

TURN = 0.02
"""Seconds between frames of a connection."""
HEARTBEAT = 1.0
MOST_SESSIONS = 20_000
REST = 0.5
WAIT_MS = 100
"""Of a read of runs; one that is followed from now on is not in a read that has begun."""

log = logging.getLogger("arbitrax.api.websocket")


class Hub:
    """For one event loop."""

    def __init__(self, open_feed: Callable[[], ValkeyFeedSource], open_runs: Callable[[], ValkeyRunReader]) -> None:
        """Take what opens the feed and the runs; that is done when they are first asked for."""
        self._open_feed, self._open_runs = open_feed, open_runs
        self.sessions: set[Session] = set()
        self._feed: FeedReader | None = None
        self._runs: ValkeyRunReader | None = None
        self._run_streams: dict[str, set[RunStream]] = {}
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: set[Session] = set()
        self._turning = False
        self._made: dict[tuple[int, str, str], tuple[Message, bytes]] = {}
        self._draining = False
        self._bars: dict[tuple[str, str], BarMaker] = {}

    def add(self, session: Session) -> bool:
        """Take a session in; False: there are too many."""
        if len(self.sessions) >= MOST_SESSIONS or self._draining:
            return False
        self.sessions.add(session)
        if not self._tasks:
            self._tasks.append(asyncio.get_running_loop().create_task(self._beat()))
        return True

    def remove(self, session: Session) -> None:
        """Forget a session."""
        self.sessions.discard(session)
        self._waiting.discard(session)

    def drain(self, seconds: float) -> None:
        """Tell everybody that the gateway is about to end."""
        self._draining = True
        for each in self.sessions:
            each.say({"type": "shutdown_soon", "seconds": seconds})

    async def close(self) -> None:
        """End."""
        await end_tasks(self._tasks)
        if self._runs is not None:
            await self._runs.close()
        await self._stack.aclose()

    # Turns

    def wake(self, session: Session) -> None:
        """Let a session write with the next turn."""
        self._waiting.add(session)
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_later(TURN, self._turn)

    def _turn(self) -> None:
        self._turning = False
        self._made.clear()
        waiting, self._waiting = self._waiting, set()
        for each in waiting:
            each.write_now()

    def encode(self, message: Message, channel: str, form: Format) -> bytes:
        """Return a message of the feed encoded, once for all who get it in a turn."""
        key = id(message), channel, form.name
        made = self._made.get(key)
        if made is None:
            now = written_time(time.time_ns() // 1_000_000)
            # The message is kept, so that nothing else gets its id.
            made = self._made[key] = message, form.encode(market_envelope(message, channel, now))
        return made[1]

    # Sources

    async def feed(self) -> FeedReader:
        """Return the reader of the feed."""
        async with self._opening:
            if self._feed is None:
                source = await self._stack.enter_async_context(self._open_feed())
                self._feed = FeedReader(source)
                self._tasks.append(asyncio.get_running_loop().create_task(self._read_feed(self._feed)))
            return self._feed

    async def bars(self, channel: str, symbol: str) -> BarMaker:
        """Return what makes the bars of a symbol; the same errors as of following its trades."""
        key = channel, symbol
        found = self._bars.get(key)
        if found is None:
            feed = await self.feed()
            tape = await feed.subscribe(Channel.TRADES, symbol)
            try:
                earlier = await feed.kept(Channel.TRADES, symbol)
            except BaseException:
                tape.close()
                raise
            found = self._bars.get(key)
            if found is not None:  # somebody asked meanwhile
                tape.close()
                return found

            def done() -> None:
                self._bars.pop(key, None)

            found = self._bars[key] = BarMaker(channel, tape, earlier, done)
        return found

    async def follow_run(self, stream: RunStream, run: str, after: EntryId) -> None:
        """Give a stream what is told of a run after a message, and what comes.

        Raises:
            StoreUnavailableError: the cache's server is down.
        """
        if self._runs is None:
            self._runs = self._open_runs()
            self._tasks.append(asyncio.get_running_loop().create_task(self._read_runs(self._runs)))
        stream.at = after
        while found := await self._runs.since(run, stream.at):
            for each in found:
                stream.news(each)
        self._run_streams.setdefault(run, set()).add(stream)

    def leave_run(self, stream: RunStream) -> None:
        """End that."""
        streams = self._run_streams.get(stream.symbol, set())
        streams.discard(stream)
        if not streams:
            self._run_streams.pop(stream.symbol, None)

    async def _read_feed(self, feed: FeedReader) -> None:
        while True:
            try:
                await feed.run()
            except Exception:
                log.exception("feed.reader_failed")
                await asyncio.sleep(REST)

    async def _read_runs(self, runs: ValkeyRunReader) -> None:
        while True:
            if not self._run_streams:
                await asyncio.sleep(WAIT_MS / 1000)
                continue
            # From the one who is furthest behind: `RunStream.news` takes a message once.
            after = {run: min(each.at for each in streams) for run, streams in self._run_streams.items()}
            try:
                for news in await runs.wait(after, WAIT_MS):
                    for each in self._run_streams.get(news.run, ()):
                        each.news(news)
            except StoreError:
                await asyncio.sleep(REST)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            for maker in list(self._bars.values()):
                maker.tick()
            for each in list(self.sessions):
                each.beat()
