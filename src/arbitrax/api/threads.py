"""Threads for what waits on PostgreSQL or takes a while: so many, and so many who wait for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from arbitrax.domain.errors import StoreUnavailableError

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
MOST_WAITING = 512


class Threads:
    """Runs functions beside the event loop. Each thread has one connection to the database at a time.

    No function waits for ever: a database that hangs is given up (`arbitrax.storage.postgres.limited_connection`).
    """

    def __init__(self, count: int = THREADS, is_stalled: Callable[[], bool] = lambda: False) -> None:
        """Take how many; ``is_stalled``: whether what they wait on was found not to answer a moment ago."""
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="gateway")
        self._count = count
        self._busy = 0
        self.is_stalled = is_stalled

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a function returns. What it has begun it ends, even when nobody waits for it any more.

        Raises:
            StoreUnavailableError: too many wait already; or all threads are likely to hang.
        """
        if self._busy >= self._count and self.is_stalled():
            raise StoreUnavailableError("The database does not answer, and all that it holds up waits already.")
        if self._busy >= MOST_WAITING:
            raise StoreUnavailableError("The gateway has more to do than it can; try again in a moment.")
        self._busy += 1
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        future = self._pool.submit(function, *args, **kwargs)
        future.add_done_callback(lambda done: loop.call_soon_threadsafe(self._ended, done, answer))
        return await answer

    def _ended(self, done: Future[T], answer: asyncio.Future[T]) -> None:
        """Hand over a result: one message to the event loop, whether somebody waits or not."""
        self._busy -= 1
        if answer.done():
            return
        if done.cancelled():
            answer.cancel()
        elif (error := done.exception()) is not None:
            answer.set_exception(error)
        else:
            answer.set_result(done.result())

    def close(self) -> None:
        """Wait for what runs."""
        self._pool.shutdown(wait=True, cancel_futures=True)
