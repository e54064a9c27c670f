"""Reads that go together: one call is on its way, and the next takes along all that was asked meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Together(Generic[Key, Value]):
    """Answers questions of one event loop."""

    def __init__(self, answer: Callable[[list[Key]], Awaitable[list[Value]]]) -> None:
        """Take what answers many questions at once, in their order."""
        self._answer = answer
        self._waiting: list[tuple[Key, asyncio.Future[Value]]] = []
        self._round: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> Value:
        """Return the answer to a question, as of a moment after it was asked; raises what answering raises."""
        future: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, future))
        if self._round is None:
            self._round = asyncio.create_task(self._answer_all())
        return await future

    async def _answer_all(self) -> None:
        try:
            await asyncio.sleep(0)  # what else is asked in this turn of the loop goes along
            while self._waiting:
                asked, self._waiting = self._waiting, []
                try:
                    found = await self._answer([key for key, _ in asked])
                except Exception as error:
                    for _, future in asked:
                        if not future.done():
                            future.set_exception(error)
                else:
                    for (_, future), value in zip(asked, found, strict=True):
                        if not future.done():
                            future.set_result(value)
        finally:
            self._round = None
