"""A gateway's sockets: what they share. Each stream is read once, each message encoded once a turn for all who get it.

Sessions that have something to send are written to in turns, so that each gets one frame a turn: a frame costs far more
than a message in it. Few sessions have a turn each 10 ms; many wait twice as long as the last turn took, so that
writing takes a third of the process and no more.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from arbitrax.api.client_address import network_of
from arbitrax.api.websocket.accounts import AccountFold
from arbitrax.api.websocket.bars import BarMaker
from arbitrax.api.websocket.exchange import ExchangeWatch
from arbitrax.api.websocket.fan_out import FanOuts, market_envelope
from arbitrax.api.websocket.jobs import JobWatch
from arbitrax.api.websocket.messages import written_time
from arbitrax.api.websocket.run_endings import RunEndings
from arbitrax.api.websocket.streams import RunStream
from arbitrax.domain.errors import StoreError, TooManyRequests
from arbitrax.domain.ids import decode
from arbitrax.exchange.feed.messages import Channel
from arbitrax.exchange.feed.reader import FeedReader
from arbitrax.trading.task_end import end_tasks

if TYPE_CHECKING:
    from arbitrax.api.websocket.accounts import Follows
    from arbitrax.api.websocket.formats import Format
    from arbitrax.api.websocket.limits import SocketLimits
    from arbitrax.api.websocket.session import Session
    from arbitrax.exchange.feed.messages import Message
    from arbitrax.exchange.journal import EntryId
    from arbitrax.services.jobs import Job, JobChanges
    from arbitrax.storage.redis.feed_source import ValkeyFeedSource
    from arbitrax.storage.redis.run_reader import ValkeyRunReader
    from arbitrax.trading.registry import Account

TURN = 0.01
"""Seconds between frames of a connection, at least."""
REST_OF_TURN = 2.0
"""How long a turn is rested from, in the time of the processor that it took."""
HEARTBEAT = 1.0
BEATS = 20
"""Parts of the sessions that have their heartbeats one after the other, so that many do not hold up the rest."""
REST = 0.5
WAIT_MS = 100
"""Of a read of runs; one that is followed from now on is not in a read that has begun."""

K = TypeVar("K")
log = logging.getLogger("arbitrax.api.websocket")


class Hub:
    """For one event loop."""

    def __init__(
        self,
        open_feed: Callable[[], ValkeyFeedSource],
        open_runs: Callable[[], ValkeyRunReader],
        is_certain: Callable[[], bool],
        limits: SocketLimits,
        changes: JobChanges,
        *,
        find_job: Callable[[UUID], Awaitable[Job | None]],
        tell_end: Callable[[Job], Awaitable[bool]],
    ) -> None:
        """Take what opens the feed and the runs; that is done when they are first asked for. ``changes``: of jobs.

        ``is_certain``: whether rights that were verified still count. ``tell_end``: adds how a job ended to its run's
        messages; says whether it is there now.
        """
        self._open_feed, self._open_runs, self._is_certain, self.limits = open_feed, open_runs, is_certain, limits
        self.jobs, self.exchange = JobWatch(changes), ExchangeWatch()
        self._endings = RunEndings(self.jobs, find_job, tell_end)
        self.is_holding = False
        """Nobody's rights are known, so no stream is written to anybody."""
        self.sessions: dict[Session, UUID | None] = {}
        """With their users, once known."""
        self._of_user, self._of_address = Counter[UUID](), Counter[str]()
        self._feed: FeedReader | None = None
        self._runs: ValkeyRunReader | None = None
        self._run_streams: dict[str, set[RunStream]] = {}
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: set[Session] = set()
        self._turning = False
        self._rest = TURN
        self.fan_outs = FanOuts(self._turn_soon)
        self._made: dict[tuple[int, str, str], tuple[Message, bytes]] = {}
        self._draining = False
        self._bars: dict[tuple[str, str], BarMaker] = {}
        self._accounts: dict[str, AccountFold] = {}

    def add(self, session: Session) -> str | None:
        """Take a session in; else say why not."""
        if self._draining:
            return "the gateway is about to end"
        if len(self.sessions) >= self.limits.process:
            return "too many connections"
        if self._of_address[network_of(session.address)] >= self.limits.address:
            return "too many connections of this address"
        self.sessions[session] = None
        self._of_address[network_of(session.address)] += 1
        if not self._tasks:
            self._tasks.append(asyncio.get_running_loop().create_task(self._beat()))
        return None

    def admit(self, session: Session, user: UUID) -> None:
        """Note whose session it is.

        Raises:
            TooManyRequests: the user has too many.
        """
        if self._of_user[user] >= self.limits.user:
            raise TooManyRequests(
                f"You have {self.limits.user:,} sockets at this gateway; close some.", retry_after=HEARTBEAT
            )
        self.sessions[session] = user
        self._of_user[user] += 1

    def remove(self, session: Session) -> None:
        """Forget a session."""
        if session not in self.sessions:
            return
        self._waiting.discard(session)
        _less(self._of_address, network_of(session.address))
        if (user := self.sessions.pop(session)) is not None:
            _less(self._of_user, user)

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
        self._turn_soon()

    def _turn_soon(self) -> None:
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_later(self._rest, self._turn)

    def _turn(self) -> None:
        begun = time.thread_time()
        if not self._can_tell():
            self._turning = False
            return
        self._made.clear()
        if self._feed is not None:
            self.fan_outs.turn(self._feed)  # before those that go alone: then they can join
        waiting, self._waiting = self._waiting, set()
        for each in waiting:
            each.write()
        # The loop hands to the system what was written in a step when the step is over.
        asyncio.get_running_loop().call_soon(self._turned, begun)

    def _turned(self, begun: float) -> None:
        self._rest = max(TURN, REST_OF_TURN * (time.thread_time() - begun))
        self._turning = False
        if self._waiting or self.fan_outs.have_news:
            self._turn_soon()

    def _can_tell(self) -> bool:
        """See whether rights are known; have sessions hold what they follow while they are not."""
        certain = self._is_certain()
        if certain == self.is_holding:
            self.is_holding = not certain
            for each in list(self.sessions):
                each.verify() if certain else each.hold()
            if certain:
                self._turn_soon()
        return certain

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

    def account(self, account: Account, broker: Follows) -> AccountFold:
        """Return what follows an account; a stream is to join it at once."""
        found = self._accounts.get(account.text)
        if found is None:

            def ended() -> None:
                del self._accounts[account.text]

            found = self._accounts[account.text] = AccountFold(account, broker, ended)
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
        self._endings.follow(_job_of(run))

    def leave_run(self, stream: RunStream) -> None:
        """End that."""
        streams = self._run_streams.get(stream.symbol, set())
        streams.discard(stream)
        if not streams:
            self._run_streams.pop(stream.symbol, None)
            self._endings.leave(_job_of(stream.symbol))

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
        due = time.monotonic()
        while True:
            for maker in list(self._bars.values()):
                maker.tick()
            there = list(self.sessions)
            for part in range(BEATS):
                due = max(due + HEARTBEAT / BEATS, time.monotonic() - HEARTBEAT)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                self._can_tell()
                for each in there[part::BEATS]:
                    if each in self.sessions:
                        each.beat()


def _job_of(run: str) -> UUID:
    return decode(run.partition("_")[0], run)


def _less(counts: Counter[K], key: K) -> None:
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
