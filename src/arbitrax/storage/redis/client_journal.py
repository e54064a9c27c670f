"""The client's side of the journal on a Valkey: `arbitrax.trading.client_journal.ClientJournal`."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeVar

import valkey.asyncio
from valkey.backoff import NoBackoff
from valkey.exceptions import ConnectionError as NoConnectionError
from valkey.exceptions import ResponseError, ValkeyError
from valkey.exceptions import TimeoutError as NoReplyError
from valkey.retry import Retry

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.exchange import commands
from arbitrax.exchange.journal import (
    START,
    CommandEntry,
    EntryId,
    EventEntry,
    read_command_entry,
    read_event_entry,
)
from arbitrax.exchange.views import AccountView, Verdict
from arbitrax.storage.redis.inquiries import ValkeyInquiries
from arbitrax.storage.redis.session_schedule import calendars_key
from arbitrax.storage.redis.shared_connection import SharedConnection
from arbitrax.trading.client_journal import AppendInterruptedError, AppendRefusedError, Condition, Producer

Answer = TypeVar("Answer")

TIMEOUT = 2.0
"""Seconds without a reply after which nobody knows."""
PAGE = 128
"""Entries read at once."""
LEASE = 10_000
"""Milliseconds a producer number stays with a process that is silent."""
MOST_PRODUCERS = 1 << 16

# KEYS: the hash of epochs; ARGV: owner, lease in ms, how many there may be. The first number that nobody holds.
_TAKE = """
for number = 1, tonumber(ARGV[3]) do
  if redis.call('SET', 'producer:' .. number, ARGV[1], 'NX', 'PX', ARGV[2]) then
    return {number, redis.call('HINCRBY', KEYS[1], number, 1)}
  end
end
return {}
"""
# KEYS: of the number; ARGV: owner, lease. One who slept and whose number nobody took has it again.
_KEEP = """
local holder = redis.call('GET', KEYS[1])
if holder ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""
_LEAVE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
EPOCHS = "producer_epochs"


class ValkeyClientJournal:
    """A server by its URL, for one event loop: connections to append, to wait for each shard's events, for the rest."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._url = url
        self._owner = secrets.token_hex(16)
        self._reads = self._client(timeout)
        self._appends = SharedConnection(url, timeout=timeout)
        self._shared = SharedConnection(url, timeout=timeout)
        self._waits: dict[int, SharedConnection] = {}
        """By shard: who waits there holds up what comes after."""
        self._timeout = timeout
        self._asks = self._client(None)
        self._inquiries = ValkeyInquiries(self._asks, lambda channel, message: self._run("PUBLISH", channel, message))

    async def append(self, shard: int, fields: dict[bytes, bytes]) -> EntryId:
        """Append an entry."""
        words = [word for pair in fields.items() for word in pair]
        try:
            name = await self._appends.ask("XADD", f"commands:{shard}", "*", *words)
        except (NoConnectionError, NoReplyError, OSError) as error:
            raise AppendInterruptedError(
                f"The journal's Valkey did not say whether it took the command ({type(error).__name__})."
            ) from None
        except ResponseError as error:
            if str(error).startswith("LOADING"):
                raise StoreUnavailableError("The journal's Valkey is loading its data; try again.") from None
            raise AppendRefusedError(f"The journal's Valkey refused the command: {error}.") from None
        return EntryId.parse(name)

    async def last_event(self, shard: int) -> EntryId:
        """Return the id of the newest entry of events."""
        return await self._last(f"events:{shard}")

    async def last_command(self, shard: int) -> EntryId:
        """Return the id of the newest entry of commands."""
        return await self._last(f"commands:{shard}")

    async def _last(self, stream: str) -> EntryId:
        found = await self._ask(self._reads.xrevrange(stream, count=1))
        return EntryId.parse(found[0][0]) if found else START

    async def events_after(self, shard: int, after: EntryId, wait: int) -> list[EventEntry]:
        """Return the next entries of events."""
        words = "STREAMS", f"events:{shard}", str(after)
        if wait:
            if shard not in self._waits:
                self._waits[shard] = SharedConnection(self._url, timeout=self._timeout)
            asked = self._waits[shard].ask("XREAD", "COUNT", PAGE, "BLOCK", wait, *words)
        else:
            asked = self._shared.ask("XREAD", "COUNT", PAGE, *words)
        return [_read_event(*each) for _, entries in await self._ask(asked) or () for each in entries]

    async def newest_and_after(self, shard: int, after: EntryId) -> tuple[EntryId, list[EventEntry]]:
        """Return the id of the newest entry of events, and the next entries."""
        stream = f"events:{shard}"
        newest, found = await self._ask(
            self._shared.ask_at_once(
                ("XREVRANGE", stream, "+", "-", "COUNT", 1), ("XRANGE", stream, f"({after}", "+", "COUNT", PAGE)
            )
        )
        return EntryId.parse(newest[0][0]) if newest else START, [_read_event(*each) for each in found]

    async def events_of(self, shard: int, entry: EntryId) -> EventEntry | None:
        """Return the answers to an entry: those of the first batch that ends with it or later."""
        found = await self._ask(self._reads.xrange(f"events:{shard}", min=str(entry), count=1))
        read = _event_entry(*found[0]) if found else None
        return read if read is not None and read.predecessor < entry else None

    async def commands_between(self, shard: int, after: EntryId, last: EntryId) -> list[tuple[EntryId, CommandEntry]]:
        """Return entries of commands, oldest first."""
        if after >= last:
            return []
        found = await self._ask(self._reads.xrange(f"commands:{shard}", min=f"({after}", max=str(last), count=PAGE))
        return [_command_entry(*each) for each in found]

    async def commands_before(self, shard: int, before: EntryId | None) -> list[tuple[EntryId, CommandEntry]]:
        """Return entries of commands, newest first."""
        last = "+" if before is None else f"({before}"
        found = await self._ask(self._reads.xrevrange(f"commands:{shard}", max=last, count=PAGE))
        return [_command_entry(*each) for each in found]

    async def take_producer(self) -> Producer:
        """Take the lowest free number."""
        found = await self._ask(self._run("EVAL", _TAKE, 1, EPOCHS, self._owner, LEASE, MOST_PRODUCERS))
        if not found:
            raise StoreUnavailableError(
                f"All {MOST_PRODUCERS:,} producer numbers of the journal's Valkey are taken; end some clients."
            )
        return Producer(int(found[0]), int(found[1]))

    async def keep_producer(self, producer: Producer) -> bool:
        """Renew the lease."""
        return bool(await self._ask(self._run("EVAL", _KEEP, 1, f"producer:{producer.number}", self._owner, LEASE)))

    async def leave_producer(self, producer: Producer) -> None:
        """End the lease."""
        await self._ask(self._run("EVAL", _LEAVE, 1, f"producer:{producer.number}", self._owner))

    async def condition(self, shard: int) -> Condition:
        """Return clock, memory, lease and the recorder's lag."""
        async with self._reads.pipeline(transaction=False) as pipeline:
            pipeline.time()
            pipeline.info("memory")
            pipeline.exists(f"lease:{shard}")
            pipeline.hget(f"marks:{shard}", "recorded")
            pipeline.xrevrange(f"events:{shard}", count=1)
            clock, memory, worker, recorded, newest = await self._ask(pipeline.execute())
        most = int(memory["maxmemory"]) or int(memory.get("total_system_memory", 0))
        lag = 0
        if newest:
            done = START if recorded is None else EntryId.parse(recorded)
            after = f"({done}" if done.ms else "1"  # the first epoch opens at 0, long before anything happened
            waiting = await self._ask(self._reads.xrange(f"events:{shard}", after, count=1))
            lag = EntryId.parse(newest[0][0]).ms - EntryId.parse(waiting[0][0]).ms if waiting else 0
        return Condition(
            time=clock[0] * 1000 + clock[1] // 1000,
            memory_share=int(memory["used_memory"]) / most if most else 0.0,
            worker=bool(worker),
            recorder_lag=lag,
        )

    async def inquire(self, shard: int, submission: bytes, seconds: float) -> Verdict | None:
        """Return what the worker would make of a submission."""
        told = await self._ask(self._inquiries.ask(shard, submission, seconds))
        return told if isinstance(told, Verdict) else None

    async def account(self, shard: int, number: int, seconds: float) -> AccountView | None:
        """Return how the worker has an account."""
        told = await self._ask(self._inquiries.ask(shard, commands.open_account(number), seconds))
        return told if isinstance(told, AccountView) else None

    async def configured(self, shard: int) -> dict[str, bytes]:
        """Return what `arbitrax exchange configure` has seen done, by name."""
        found = await self._ask(self._run("HGETALL", f"configured:{shard}"))
        return {name.decode(): value for name, value in found.items()}

    async def note_configured(self, shard: int, name: str, value: bytes) -> None:
        """Note that it was done."""
        await self._ask(self._run("HSET", f"configured:{shard}", name, value))

    async def note_calendar(self, shard: int, symbol: int, name: str) -> None:
        """Say whose sessions a symbol keeps to."""
        await self._ask(self._run("HSET", calendars_key(shard), symbol, name))

    async def ask(self, *words: str | bytes | int) -> Any:
        """Send a command that may be sent again; return its reply."""
        return await self._ask(self._run(*words))

    async def close(self) -> None:
        """Close the connections."""
        await self._inquiries.close()
        for client in (self._reads, self._asks):
            await client.aclose()
        for shared in (self._appends, self._shared, *self._waits.values()):
            await shared.close()

    async def _run(self, *words: object) -> Any:
        return await self._reads.execute_command(*words)  # type: ignore[no-untyped-call]

    def _client(self, timeout: float | None) -> valkey.asyncio.Valkey:
        return valkey.asyncio.Valkey.from_url(
            self._url, socket_connect_timeout=timeout or TIMEOUT, socket_timeout=timeout, retry=Retry(NoBackoff(), 0)
        )

    async def _ask(self, question: Awaitable[Answer]) -> Answer:
        try:
            return await question
        except (ValkeyError, OSError) as error:
            raise StoreUnavailableError(
                f"The journal's Valkey does not answer or refuses us ({type(error).__name__}: {error}); start it, or "
                "correct or unset ARBITRAX_REDIS_URL."
            ) from None


def _read_event(name: bytes, fields: Sequence[bytes]) -> EventEntry:
    return _event_entry(name, dict(zip(fields[::2], fields[1::2], strict=True)))


def _event_entry(name: bytes, fields: Mapping[bytes, bytes]) -> EventEntry:
    return read_event_entry(EntryId.parse(name), fields)


def _command_entry(name: bytes, fields: Mapping[bytes, bytes]) -> tuple[EntryId, CommandEntry]:
    entry = EntryId.parse(name)
    return entry, read_command_entry(entry, fields)
