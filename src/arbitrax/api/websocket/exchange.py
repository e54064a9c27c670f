"""The channel of the exchange: how it does, read once a second while somebody follows, and encoded once for all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from arbitrax.api.websocket.messages import Envelope, written_time
from arbitrax.domain.errors import StoreError

if TYPE_CHECKING:
    from arbitrax.api.messages.exchange import ExchangeMessage
    from arbitrax.api.websocket.formats import Format
    from arbitrax.api.websocket.streams import Tell

CHANNEL = "exchange"
EVERY_SECONDS = 1.0
"""Workers report as often."""

Read = Callable[[], Awaitable["ExchangeMessage"]]


class ExchangeWatch:
    """For one event loop."""

    def __init__(self) -> None:
        self._streams = set[ExchangeStream]()
        self._task: asyncio.Task[None] | None = None
        self._envelope: Envelope | None = None
        self._made: dict[str, bytes] = {}

    @property
    def seq(self) -> int | None:
        """Of the newest message; None: there is none yet."""
        return None if self._envelope is None else self._envelope.seq

    def join(self, stream: ExchangeStream, read: Read) -> None:
        """Tell a stream from now on."""
        self._streams.add(stream)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._look(read))

    def leave(self, stream: ExchangeStream) -> None:
        """Tell it no more."""
        self._streams.discard(stream)
        if not self._streams and self._task is not None:
            self._task.cancel()
            self._task, self._envelope = None, None

    def encoded(self, form: Format) -> bytes | None:
        """Return the newest message."""
        if self._envelope is None:
            return None
        made = self._made.get(form.name)
        if made is None:
            made = self._made[form.name] = form.encode(self._envelope)
        return made

    async def _look(self, read: Read) -> None:
        while True:
            due = time.monotonic() + EVERY_SECONDS
            try:
                found = await read()
            except StoreError:  # who follows sees that nothing comes, and how old it is what they have
                pass
            else:
                at = int(found.as_of.timestamp() * 1000)
                now = written_time(time.time_ns() // 1_000_000)
                self._envelope = Envelope(CHANNEL, "snapshot", CHANNEL, at, None, written_time(at), now, found)
                self._made = {}
                for each in self._streams:
                    each.wake()
            await asyncio.sleep(max(0.0, due - time.monotonic()))


class ExchangeStream:
    """Of one client, who gets the newest."""

    def __init__(self, form: Format, tell: Tell, watch: ExchangeWatch, read: Read) -> None:
        self.channel = self.symbol = CHANNEL
        self._form, self._tell, self._watch = form, tell, watch
        self._seq: int | None = None
        watch.join(self, read)

    @property
    def seq(self) -> int | None:
        """The last message that was taken."""
        return self._seq

    def wake(self) -> None:
        """Note that there is a newer one."""
        self._tell(self)

    def take(self) -> list[bytes]:
        """Return the newest, once."""
        message = self._watch.encoded(self._form)
        if message is None or self._watch.seq == self._seq:
            return []
        self._seq = self._watch.seq
        return [message]

    def close(self) -> None:
        """End."""
        self._watch.leave(self)
