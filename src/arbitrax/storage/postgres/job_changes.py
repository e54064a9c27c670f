"""Changes of jobs as their transactions commit, heard over a connection of its own (``LISTEN``) in an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import msgspec

from arbitrax.services.jobs import JobChange
from arbitrax.storage.postgres import failures
from arbitrax.storage.postgres.sql import statement

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Database

QUIET_SECONDS = 15.0
"""Without news; then the server is asked whether it is still there."""
ANSWER_SECONDS = 10.0


class PostgresJobChanges:
    """The changes of a database."""

    def __init__(self, database: Database) -> None:
        self._url = database.url

    async def changes(self) -> AsyncGenerator[JobChange | None, None]:
        """Yield None once it listens, then each change. What happens before the former is not told.

        Raises:
            StoreUnavailableError: the server is down or silent, or the connection broke: then changes may be missing.
        """
        import psycopg

        try:
            connection = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, application_name="arbitrax", connect_timeout=int(ANSWER_SECONDS)
            )
        except psycopg.OperationalError as error:
            raise failures.no_connection(error, self._url, failures.DATABASE_VARIABLE) from None
        try:
            with failures.sentences(self._url):
                await connection.execute(statement("job_changes_listen"))
                yield None
                while True:
                    async for each in connection.notifies(timeout=QUIET_SECONDS):
                        yield msgspec.json.decode(each.payload, type=JobChange)
                    try:
                        async with asyncio.timeout(ANSWER_SECONDS):
                            await connection.execute(statement("still_there"))
                    except TimeoutError:
                        raise psycopg.OperationalError("no answer in time") from None
        finally:
            await connection.close()
