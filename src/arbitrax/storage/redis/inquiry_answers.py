"""The worker's side of inquiries: questions come by pub/sub and go back the same way; nothing of them is kept.

A thread with connections of its own, so that who executes never waits for who asks: it looks at the engine between two
batches, as the engine is then. Only the holder of the lease answers.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.exchange.inquiries import Inquiry, inquiries_channel, read_inquiry, written_reply
from arbitrax.exchange.records import COMMAND, Kind
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.connected_thread import ConnectedThread

if TYPE_CHECKING:
    from arbitrax.exchange.core import MatchingCore
    from arbitrax.exchange.inquiries import Reply

PAUSE = 0.2
"""Seconds between attempts to connect."""
WAIT_MS = 500
"""For a question: how long ending takes at most."""
REST = 0.0005
"""Seconds until an engine that runs a batch is looked at again."""
MOST_RESTS = 2_000


class InquiryAnswers(ConnectedThread):
    """See `arbitrax.exchange.service.ports.Answers`. Faults of the server are waited out."""

    def __init__(self, url: Callable[[], str], shard: int) -> None:
        super().__init__("inquiries", url, PAUSE)
        self._shard = shard
        self._core: MatchingCore | None = None

    def answer_from(self, core: MatchingCore | None) -> None:
        """Answer as this engine would from now on; None: not at all."""
        self._core = core

    def _follow(self, channel: Channel) -> None:
        channel.ask("SUBSCRIBE", inquiries_channel(self._shard))
        ready = select.poll()
        ready.register(channel.fileno(), select.POLLIN)
        with Channel(self._url()) as answers:
            channel.expect()
            while not self._end.is_set():
                if not channel.has_reply() and not ready.poll(WAIT_MS):
                    continue
                kind, _, packed = channel.receive()
                channel.expect()
                inquiry = read_inquiry(packed) if kind == b"message" else None
                if inquiry is not None and (told := self._told(inquiry)):
                    answers.ask("PUBLISH", inquiry.answer_to, written_reply(inquiry.number, told[0]))

    def _told(self, inquiry: Inquiry) -> tuple[Reply] | None:
        """Return what the engine says; None: it is not ours to say."""
        command = np.frombuffer(inquiry.command, COMMAND)[0]
        for _ in range(MOST_RESTS):
            core = self._core
            if core is None:
                return None
            try:
                if command["kind"] == Kind.ACCOUNT:
                    return (core.account(int(command["account"])),)
                if (verdict := core.judge(inquiry.command)) is not None:
                    return (verdict,)
            except LookupError:
                return (None,)
            except RuntimeError:
                pass  # a batch is running
            if self._end.wait(REST):
                return None
        return None
