"""The channel of jobs: what a user's backtests, ingestions and reproductions become, whoever changes them.

PostgreSQL tells with the commit. A stream begins with the jobs that wait or go on, read after it was asked for while
changes are heard already: each says how the job is, so that one that is told twice does no harm. When changes may have
been missed it begins anew.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import msgspec

from arbitrax.api.websocket.streams import SnapshotStream
from arbitrax.domain.errors import StoreError
from arbitrax.domain.ids import encode
from arbitrax.services.backtests import RUN
from arbitrax.services.jobs import JobChange, JobChanges
from arbitrax.services.run_news import run_name

if TYPE_CHECKING:
    from arbitrax.api.websocket.formats import Format
    from arbitrax.api.websocket.streams import Tell

CHANNEL = "jobs"
MOST = 500
"""Jobs in a snapshot."""
AGAIN_SECONDS = 0.5
"""Until it is tried again what failed."""

Active = Callable[[UUID | None], Awaitable[list[JobChange]]]
"""Reads a user's jobs, everybody's for None, that wait or go on."""


class Follower(Protocol):
    """Who is told of changes."""

    def news(self, told: Told) -> None:
        """Take a change."""

    def begin(self) -> None:
        """Begin anew: changes may have been missed."""


class JobWatch:
    """For one event loop; it listens while somebody follows."""

    def __init__(self, source: JobChanges) -> None:
        self._source = source
        self._followers = set[Follower]()
        self._task: asyncio.Task[None] | None = None
        self.listens = asyncio.Event()

    def join(self, follower: Follower) -> None:
        """Tell somebody what changes from now on."""
        self._followers.add(follower)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._listen())

    def leave(self, follower: Follower) -> None:
        """Tell them no more."""
        self._followers.discard(follower)
        if not self._followers and self._task is not None:
            self._task.cancel()
            self._task = None
            self.listens.clear()

    async def _listen(self) -> None:
        while True:
            try:
                async with aclosing(self._source.changes()) as changes:
                    await anext(changes)
                    self.listens.set()
                    async for each in changes:
                        if each is not None:
                            told = Told(each)
                            for follower in list(self._followers):
                                follower.news(told)
            except StoreError:
                self.listens.clear()
                for follower in list(self._followers):
                    follower.begin()
                await asyncio.sleep(AGAIN_SECONDS)


class Told:
    """A change, encoded once for all."""

    def __init__(self, change: JobChange) -> None:
        self.change = change
        self._data = {"jobs": [_changed(change)]}
        self._made: dict[str, msgspec.Raw] = {}

    def encoded(self, form: Format) -> msgspec.Raw:
        """Return what is said of it."""
        made = self._made.get(form.name)
        if made is None:
            made = self._made[form.name] = msgspec.Raw(form.encode(self._data))
        return made


class JobStream(SnapshotStream[Told]):
    """Of one user; an admin has everybody's."""

    def __init__(
        self,
        user: str,
        form: Format,
        tell: Tell,
        overflow: Callable[[], None],
        *,
        sees: Callable[[], UUID | None],
        watch: JobWatch,
        active: Active,
    ) -> None:
        """Take whose it is, and whose jobs they may see, which is asked for each."""
        super().__init__(CHANNEL, user, form, tell, overflow)
        self._sees, self._watch, self._active = sees, watch, active
        watch.join(self)
        self.begin()

    def close(self) -> None:
        """End."""
        self._watch.leave(self)
        super().close()

    def happened(self, told: Told) -> None:
        """Put a change of a job that the user may see."""
        sees = self._sees()
        if sees is None or told.change.owner == sees:
            self.put("event", self._last + 1, told.change.at, told.encoded(self._form))

    async def whole(self) -> Callable[[], None]:
        """Read what waits or goes on, once changes are heard."""
        while True:
            await self._watch.listens.wait()
            try:
                found = await self._active(self._sees())
            except StoreError:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            jobs = {"jobs": [_changed(each) for each in found]}
            return lambda: self.put("snapshot", self._last + 1, time.time_ns() // 1_000_000, jobs)


def _changed(change: JobChange) -> dict[str, Any]:
    """Return a change as it is told; a reproduction by the id of its backtest, where it is found."""
    id = run_name(change.kind, change.id) if change.about is None else encode(RUN, change.about)
    return {"kind": change.kind, "id": id, "status": change.status, "cancel_asked": change.cancel_asked}
