"""A process's way to the exchange: a channel a shard, the producer's lease, heartbeats, whether entry is open."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.exchange.records import WINDOW_TIME
from arbitrax.trading.client_journal import ClientJournal, Condition
from arbitrax.trading.command_channel import CommandChannel
from arbitrax.trading.producer import ProducerLease
from arbitrax.trading.refusals import NO_JOURNAL, NO_WORKER, PAUSED, Refusal
from arbitrax.trading.task_end import end_tasks

BEAT = 1.0
"""Seconds between heartbeats, and between looks at the shards."""
MOST_MEMORY = 0.80
"""Share of the server's memory beyond which entry pauses."""
MOST_RECORDER_LAG = WINDOW_TIME // 2
"""Milliseconds. Beyond the window a client order id could come again before PostgreSQL knows it; half of it leaves time
to stop."""
WITHOUT_JOURNAL = 5.0
"""Seconds without a word from the journal's server after which entry closes: what would only wait is not taken."""
WITHOUT_WORKER = 5.0
"""Seconds a shard may be without a worker before entry closes: a standby takes over sooner."""


class Gateway:
    """Channels of one process to the shards of a journal's server. `open` first; for one event loop."""

    def __init__(self, journal: ClientJournal, shards: set[int], *, clock: Callable[[], int] = time.time_ns) -> None:
        self.journal = journal
        self._producer = ProducerLease(journal)
        self.channels = {each: CommandChannel(journal, each, self._producer) for each in sorted(shards)}
        self._clock = clock
        self._sessions: dict[int, Counter[int]] = {each: Counter() for each in shards}
        self._conditions: dict[int, Condition] = {}
        self._looked: dict[int, float] = {}
        self._worker_seen: dict[int, float] = {}
        self._ahead = 0
        self._task: asyncio.Task[None] | None = None
        self._adding = asyncio.Lock()

    async def open(self) -> None:
        """Take a producer number, note where events are, look at the shards.

        Raises:
            StoreUnavailableError: the journal's server is down.
        """
        await self._producer.open()
        for shard, channel in self.channels.items():
            await self._look(shard)
            await channel.open()
        self._task = asyncio.create_task(self._keep())

    async def add_shard(self, shard: int) -> None:
        """Open a channel to one more shard; one that is there already stays. The same errors."""
        async with self._adding:
            if shard in self.channels:
                return
            channel = CommandChannel(self.journal, shard, self._producer)
            self._sessions.setdefault(shard, Counter())
            await self._look(shard)
            await channel.open()
            self.channels[shard] = channel

    async def close(self) -> None:
        """Stop, and give the number back."""
        if self._task is not None:
            await end_tasks([self._task])
        for channel in self.channels.values():
            await channel.close()
        with suppress(StoreUnavailableError):
            await self._producer.close()
        await self.journal.close()

    def now(self) -> int:
        """Return the time by the journal's clock, which is the engine's, ms."""
        return self._clock() // 1_000_000 + self._ahead

    def closed(self, shard: int) -> tuple[Refusal, str] | None:
        """Return why the shard takes no new orders now, and the sentence; None when it does."""
        known = self._conditions.get(shard)
        if known is None:
            return None
        if time.monotonic() - self._looked[shard] > WITHOUT_JOURNAL:
            return NO_JOURNAL, NO_JOURNAL.sentence
        if known.memory_share > MOST_MEMORY:
            return PAUSED, (
                f"New orders are paused: the journal's memory is {known.memory_share:.0%} full, above "
                f"{MOST_MEMORY:.0%}; cancels still pass, try again when the archiver has trimmed it."
            )
        if known.recorder_lag > MOST_RECORDER_LAG:
            return PAUSED, (
                f"New orders are paused: the recorder is {known.recorder_lag / 1000:.0f} s behind; cancels still pass, "
                f"try again when the one of shard {shard} has caught up."
            )
        seen = self._worker_seen.get(shard)
        if not known.worker and (seen is None or time.monotonic() - seen > WITHOUT_WORKER):
            return NO_WORKER, NO_WORKER.sentence.format(shard=shard)
        return None

    def begin_session(self, shard: int, account: int) -> None:
        """Let heartbeats say that an account is connected here."""
        self._sessions[shard][account] += 1

    def end_session(self, shard: int, account: int) -> bool:
        """Take a session back; True when it was the account's last one here, and DISCONNECT is due."""
        sessions = self._sessions[shard]
        sessions[account] -= 1
        if sessions[account] <= 0:
            del sessions[account]
            return True
        return False

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            await self._producer.renew()
            for shard, channel in list(self.channels.items()):
                with suppress(StoreUnavailableError):
                    await self._look(shard)
                if self._sessions[shard]:
                    channel.beat(sorted(self._sessions[shard]))

    async def _look(self, shard: int) -> None:
        before = self._clock() // 1_000_000
        self._conditions[shard] = found = await self.journal.condition(shard)
        self._ahead = found.time - (before + self._clock() // 1_000_000) // 2
        self._looked[shard] = time.monotonic()
        if found.worker:
            self._worker_seen[shard] = time.monotonic()
