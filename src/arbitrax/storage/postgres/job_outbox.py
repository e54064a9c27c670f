"""What waits to be announced to the broker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.storage.postgres.sql import statement

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from arbitrax.storage.postgres.connection import Connection, Database

MOST = 100
"""Announced in one transaction."""


class PostgresJobOutbox:
    """The outbox of a database, with a connection of its own that hears of new rows."""

    def __init__(self, database: Database) -> None:
        self._session = database.session()
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        self._connection = self._session.__enter__()
        self._connection.execute(statement("job_listen"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.__exit__(kind, error, trace)

    def wait(self, seconds: float) -> None:
        """Return when there may be something new, or the time is over.

        Raises:
            StoreUnavailableError: the connection broke.
        """
        for _ in self._mine.notifies(timeout=seconds, stop_after=1):
            pass

    def relay(self, send: Callable[[UUID], None]) -> int:
        """Send what is due and return how much that was. What `send` raises leaves it due."""
        with self._mine.transaction():
            due = [row[0] for row in self._mine.execute(statement("job_outbox_due"), {"limit": MOST})]
            for job in due:
                send(job)
            if due:
                self._mine.execute(statement("job_outbox_sent"), {"jobs": due})
        return len(due)

    @property
    def _mine(self) -> Connection:
        if self._connection is None or self._connection.closed:
            raise StoreUnavailableError("The connection to PostgreSQL that hears of new jobs is closed.")
        return self._connection
