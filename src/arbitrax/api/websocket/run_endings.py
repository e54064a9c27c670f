"""The last message about a run, ``done``, whoever ended its job and however.

A worker tells it when it ends a job. But a job also ends while it waits, by the command line, by another worker that
heard nothing of its own, or the moment before that one is killed. So the gateways of those who follow a run look at the
stored job, when they begin to follow and when it changes, and add what is missing; the stream takes it once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from arbitrax.api.websocket.jobs import AGAIN_SECONDS
from arbitrax.domain.errors import StoreError
from arbitrax.services.jobs import OVER

if TYPE_CHECKING:
    from arbitrax.api.websocket.jobs import JobWatch, Told
    from arbitrax.services.jobs import Job

GRACE_SECONDS = 1.0
"""For a worker to tell the last of a job that it has ended: nothing is taken after ``done``."""


class RunEndings:
    """For one event loop."""

    def __init__(
        self,
        watch: JobWatch,
        find: Callable[[UUID], Awaitable[Job | None]],
        tell: Callable[[Job], Awaitable[bool]],
    ) -> None:
        """Take what reads a job and what tells how it ended, which says whether that is told now."""
        self._watch, self._find, self._tell = watch, find, tell
        self._looks: dict[UUID, asyncio.Task[None]] = {}

    def follow(self, job: UUID) -> None:
        """See to the end of a job that somebody follows from now on."""
        if not self._looks:
            self._watch.join(self)
        self._look(job)

    def leave(self, job: UUID) -> None:
        """Forget a job: nobody follows it any more."""
        look = self._looks.pop(job, None)
        if look is not None:
            look.cancel()
        if not self._looks:
            self._watch.leave(self)

    def begin(self) -> None:
        """Look at every job: changes may have been missed."""
        for each in list(self._looks):
            self._look(each)

    def news(self, told: Told) -> None:
        """Look at a job that ended."""
        if told.change.id in self._looks and told.change.status in OVER:
            self._look(told.change.id)

    def _look(self, job: UUID) -> None:
        before = self._looks.get(job)
        if before is not None:
            before.cancel()
        self._looks[job] = asyncio.get_running_loop().create_task(self._see_to(job))

    async def _see_to(self, job: UUID) -> None:
        while True:
            await self._watch.listens.wait()  # what happens after it was read is then heard
            try:
                found = await self._find(job)
                if found is None or found.status not in OVER:
                    return
                if found.attempt and found.finished_at is not None:
                    passed = time.time() - found.finished_at / 1e9
                    await asyncio.sleep(GRACE_SECONDS - min(max(passed, 0.0), GRACE_SECONDS))
                if await self._tell(found):
                    return
            except StoreError:
                pass  # it is away for a moment
            await asyncio.sleep(AGAIN_SECONDS)
