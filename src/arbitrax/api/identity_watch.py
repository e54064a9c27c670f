"""Watches the identity's version in the database, so that what was taken away is gone within a second.

The version counts changes that take rights away. It is read four times a second, by a thread and a connection of its
own: a busy gateway must not be late here. When it has moved, everything that was verified is forgotten; when it could
not be read for a second, nothing that was verified counts until it can: whoever asks then has it read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from arbitrax.domain.errors import ArbitraxError

POLL_SECONDS = 0.25
TRUST_SECONDS = 1.0
STALLED_SECONDS = 2.0
"""Without an answer: the database is taken for one that does not answer."""


class IdentityWatch:
    """Reads the version until the block ends. ``changed`` is called in the thread, with the new version."""

    def __init__(self, read: Callable[[], int], changed: Callable[[int], None]) -> None:
        self._read = read
        self._changed = changed
        self._stop = threading.Event()
        self._looking = threading.Lock()
        self._thread = threading.Thread(target=self._watch, name="identity-watch", daemon=True)
        self.version = read()
        self._seen = time.monotonic()

    @property
    def fresh(self) -> bool:
        """Say whether the version was read within the last second."""
        return time.monotonic() - self._seen < TRUST_SECONDS

    @property
    def stalled(self) -> bool:
        """Say whether the database has not answered for a while."""
        return time.monotonic() - self._seen > STALLED_SECONDS

    def look(self) -> None:
        """Read the version now; from any thread.

        Raises:
            StoreError: it cannot be read.
        """
        with self._looking:
            begun = time.monotonic()
            version = self._read()
            if version != self.version:
                self.version = version
                self._changed(version)
            self._seen = begun

    def _watch(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            with suppress(ArbitraxError):
                self.look()

    def __enter__(self) -> IdentityWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
