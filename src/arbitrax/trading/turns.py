"""The order in which one client's commands are sent. What each needs before (look-ups) and after (its answer) overlaps.

A client that submits and then cancels all means the orders it has just submitted. A submission may have to be looked
up first, a cancel needs nothing: without turns it would arrive first and find nothing to cancel.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

from arbitrax.domain.errors import StoreUnavailableError

READY_SECONDS = 3.0
"""Until what a command needs must be there; then it is not sent any more if others wait behind it. Cancels pass while
PostgreSQL does not answer."""


class Turn:
    """Of a request, after that of the request before. For one event loop."""

    def __init__(self, before: Turn | None) -> None:
        self._before = before
        self._over = asyncio.Event()
        self._until = asyncio.get_running_loop().time() + READY_SECONDS
        self.has_come = False

    async def come(self) -> None:
        """Wait until those before have sent or given up; what is sent without awaiting more is ahead of those behind.

        Raises:
            StoreUnavailableError: those behind did not wait any longer.
        """
        while (before := self._before) is not None:
            if not before._over.is_set():
                try:
                    async with asyncio.timeout_at(before._until):
                        await before._over.wait()
                except TimeoutError:
                    before.skip()
            self._before = before._before  # of one that gave up
        if self._over.is_set():
            raise StoreUnavailableError(f"What it needs was not there within {READY_SECONDS:g} s; it was not sent.")
        self.has_come = True
        self._over.set()

    def skip(self) -> None:
        """Let those behind go; nothing when they may already."""
        self._over.set()


TURN: ContextVar[Turn | None] = ContextVar("turn", default=None)
"""Of a task that sends once; None: it is sent when it is ready."""
