"""Carry news from the database to the broker, and take jobs from workers of which nothing is heard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from arbitrax.domain.errors import ArbitraxError
from arbitrax.domain.ids import encode
from arbitrax.services.jobs import JOB

if TYPE_CHECKING:
    from arbitrax.bootstrap import Store

WAIT_SECONDS = 0.25
EXPIRE_SECONDS = 1.0
BACKOFF = (0.1, 2.0)
"""Seconds to wait after a failure: at first, and at most."""


class Relay(threading.Thread):
    """Relays until it is told to stop; several in several processes share the work."""

    def __init__(
        self, store: Store, send: Callable[[UUID], None], say: Callable[[str], None], *, revive: Callable[[], object]
    ) -> None:
        """Take the store and what sends; ``revive`` is called after a failure: embedded servers start again there."""
        super().__init__(name="relay", daemon=True)
        self._store = store
        self._send = send
        self._say = say
        self._revive = revive
        self._stop_asked = threading.Event()

    def stop(self) -> None:
        """End after what is under way."""
        self._stop_asked.set()
        self.join()

    def run(self) -> None:
        """Relay; what fails is tried again, and said once."""
        wait, said = BACKOFF[0], ""
        while not self._stop_asked.is_set():
            try:
                with self._store.job_outbox() as outbox:
                    expire_at = 0.0
                    while not self._stop_asked.is_set():
                        if time.monotonic() >= expire_at:
                            self._expire()
                            expire_at = time.monotonic() + EXPIRE_SECONDS
                        if not outbox.relay(self._send):
                            outbox.wait(WAIT_SECONDS)
                        if said:
                            self._say("relay.recovered")
                        wait, said = BACKOFF[0], ""
            except Exception as error:  # a broker's errors are of many kinds, and none may end the relay
                reason = f"relay.failed error={type(error).__name__} reason={error}".splitlines()[0]
                if reason != said:
                    self._say(reason)
                said = reason
                self._stop_asked.wait(wait)
                wait = min(wait * 2, BACKOFF[1])
                with suppress(ArbitraxError):
                    self._revive()

    def _expire(self) -> None:
        for job, status in self._store.jobs.expire():
            self._say(f"job.expired job={encode(JOB, job)} became={status}")
