"""One connection to PostgreSQL, opened when first needed, shared by the stores of a process."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import psycopg

from arbitrax.domain.errors import StoreError
from arbitrax.storage.postgres import failures
from arbitrax.storage.postgres.schema import require_current

if TYPE_CHECKING:
    Connection = psycopg.Connection[tuple[Any, ...]]

CONNECT_SECONDS = 10
# A broken pipeline would be reported twice: by psycopg on stderr, and by our sentence.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


def connect(url: str) -> Connection:
    """Open a connection in autocommit mode; transactions are explicit.

    Raises:
        StoreUnavailableError: nobody answers, or refuses us.
        StoreError: the URL cannot be read.
    """
    failures.place(url)  # refuses a malformed URL without quoting it
    timeout: dict[str, Any] = {} if "connect_timeout" in url else {"connect_timeout": CONNECT_SECONDS}
    try:
        return psycopg.connect(url, autocommit=True, application_name="arbitrax", **timeout)
    except psycopg.OperationalError as error:
        raise failures.no_connection(error, url) from None  # its text may quote the URL
    except psycopg.Error:
        raise StoreError(
            f"The database URL for {failures.place(url)} has an option PostgreSQL does not know; correct it."
        ) from None


class Database:
    """A database by its URL. Threads take turns on its connection; a forked child opens its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._turn = threading.RLock()
        self._connection: Connection | None = None
        self._owner = 0

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend the connection, with the schema checked; failures inside become errors of the tree.

        Raises:
            StoreUnavailableError: the server is down, refuses us, or the connection broke.
            SchemaError: the schema is another release's.
            DataError: a constraint refuses the data.
        """
        with self._turn:
            connection = self._opened()
            with failures.sentences(self.url):
                yield connection

    def _opened(self) -> Connection:
        if self._owner != os.getpid():
            self._connection = None  # a parent's, not ours to close: that would end its session
        if self._connection is None or self._connection.closed:
            connection = connect(self.url)
            try:
                with failures.sentences(self.url):
                    require_current(connection, self.url)
            except BaseException:
                connection.close()
                raise
            self._connection, self._owner = connection, os.getpid()
        return self._connection

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        connection, self._connection = self._connection, None
        if connection is not None and self._owner == os.getpid():
            with suppress(psycopg.Error):
                connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
