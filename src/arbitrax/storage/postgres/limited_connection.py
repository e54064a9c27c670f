"""A connection that is given up when the server does not answer in time.

The server itself ends a statement that takes too long (``statement_timeout``); one that hangs, or that no packet
reaches any more, does not, and libpq would wait for ever.
"""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg import errors

if TYPE_CHECKING:
    from psycopg.abc import PQGen

RV = TypeVar("RV")
INTERVAL = 0.1
"""Seconds between looks whether the time is over."""


class Silent(psycopg.OperationalError):
    """No answer in time: what was under way may have been done or not."""


class LimitedConnection(psycopg.Connection[tuple[Any, ...]]):
    """Waits for each answer for ``limit`` seconds, None for ever; then it is closed."""

    limit: float | None = None
    fell_silent = False
    _news: select.poll | None = None

    def wait(self, gen: PQGen[RV], interval: float = INTERVAL, timeout: float | None = None) -> RV:
        """Wait for what psycopg does; it calls this for everything that waits on the server.

        Raises:
            Silent: the limit is over.
        """
        if timeout is not None or self.limit is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.limit)
        except errors._WaitTimeout:
            self.fell_silent = True
            self.close()
            raise Silent(f"no answer in {self.limit:g} s") from None

    @property
    def is_usable(self) -> bool:
        """Whether the server has left it alone while it was idle: it tells of its end, and has nothing else to say."""
        if self.closed:
            return False
        if self._news is None:
            self._news = select.poll()
            self._news.register(self.pgconn.socket, select.POLLIN)
        return not self._news.poll(0)
