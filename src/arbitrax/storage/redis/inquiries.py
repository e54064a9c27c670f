"""The gateway's side of inquiries: see `arbitrax.storage.redis.inquiry_answers`."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from valkey.exceptions import ValkeyError

from arbitrax.exchange.inquiries import Inquiry, Reply, inquiries_channel, read_reply, written_inquiry
from arbitrax.trading.task_end import end_tasks

if TYPE_CHECKING:
    import valkey.asyncio
    from valkey.asyncio.client import PubSub


Publish = Callable[[str, bytes], Awaitable[int]]
"""Send a message to a channel; return how many got it."""
CONFIRMED_IN = 2.0
"""Seconds that the server gets to say that it lets us listen."""


class ValkeyInquiries:
    """For one event loop. Listens from the first question on; a connection that broke is opened by the next one."""

    def __init__(self, listening: valkey.asyncio.Valkey, publish: Publish) -> None:
        """Take whose connection waits for answers, for however long, and what sends questions."""
        self._client, self._publish = listening, publish
        self._channel = f"verdicts:{secrets.token_hex(16)}"
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    async def ask(self, shard: int, command: bytes, seconds: float) -> Reply:
        """Return what the worker of a shard says, or None when nobody says anything in time.

        Raises:
            ValkeyError, OSError: the server is down.
        """
        async with self._opening:
            if self._listening is None or self._listening.done():
                self._listening = await self._listen()
        number = next(self._numbers)
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            question = written_inquiry(Inquiry(number, self._channel, command))
            if not await self._publish(inquiries_channel(shard), question):
                return None
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError:
            return None
        finally:
            del self._waiting[number]

    async def close(self) -> None:
        """Stop."""
        if self._listening is not None:
            await end_tasks([self._listening])

    async def _listen(self) -> asyncio.Task[None]:
        """Subscribe, and return what reads from then on."""
        subscription = self._client.pubsub(ignore_subscribe_messages=True)
        try:
            await subscription.subscribe(self._channel)
            await subscription.get_message(timeout=CONFIRMED_IN)
        except BaseException:
            await subscription.aclose()  # type: ignore[no-untyped-call]
            raise
        return asyncio.create_task(self._read(subscription))

    async def _read(self, subscription: PubSub) -> None:
        try:
            async for message in subscription.listen():
                number, reply = read_reply(message["data"])
                answer = self._waiting.get(number)
                if answer is not None and not answer.done():
                    answer.set_result(reply)
        except (ValkeyError, OSError) as error:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(error)
        finally:
            await subscription.aclose()  # type: ignore[no-untyped-call]
