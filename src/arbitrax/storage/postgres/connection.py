"""Connections to PostgreSQL, opened when first needed, shared by the stores of a process.

Writes, and reads that must see them, go to the database itself. With a read replica, other reads go there, and see a
state of the database that was true a moment ago, whole: each read is one statement or one snapshot, so a replica that
lags never mixes old and new. After a write, the reads of the same process go to the database itself until the replica
has replayed it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import psycopg

from arbitrax.domain.errors import StoreError, StoreUnavailableError
from arbitrax.storage.postgres import failures
from arbitrax.storage.postgres.limited_connection import LimitedConnection
from arbitrax.storage.postgres.schema import require_current
from arbitrax.storage.postgres.shared_connection import SharedConnection
from arbitrax.storage.postgres.sql import statement

if TYPE_CHECKING:
    Connection = psycopg.Connection[tuple[Any, ...]]

CONNECT_SECONDS = 10
GRACE_SECONDS = 2.0
"""For the server to end a statement that takes too long; then the connection is given up."""
PROBE_SECONDS = 3
"""To connect to a server that was silent a moment ago."""
TURN_SECONDS = 0.5
"""To wait while another thread tries whether such a server is back."""
MAX_CONNECTIONS = 16
"""Of a process to a server; more threads than that take turns."""
# A broken pipeline would be reported twice: by psycopg on stderr, and by our sentence.
logging.getLogger("psycopg").addHandler(logging.NullHandler())


def connect(url: str, variable: str = failures.DATABASE_VARIABLE, *, seconds: int | None = None) -> LimitedConnection:
    """Open a connection in autocommit mode; transactions are explicit. ``variable`` is where the URL comes from.

    seconds: to wait for the server at most; None: as the URL says, or `CONNECT_SECONDS`.

    Raises:
        StoreUnavailableError: nobody answers, or refuses us.
        StoreError: the URL cannot be read.
    """
    failures.place(url)  # refuses a malformed URL without quoting it
    timeout: dict[str, Any] = {"connect_timeout": seconds or CONNECT_SECONDS}
    if seconds is None and "connect_timeout" in url:
        timeout = {}
    try:
        return LimitedConnection.connect(url, autocommit=True, application_name="arbitrax", **timeout)
    except psycopg.OperationalError as error:
        # With its frames goes the half open connection, which a server that was silent would else wait for.
        error.__traceback__ = None
        raise failures.no_connection(error, url, variable) from None  # its text may quote the URL
    except psycopg.Error:
        raise StoreError(
            f"The database URL for {failures.place(url)} has an option PostgreSQL does not know; correct it."
        ) from None


class Database:
    """A database by its URL. Each thread at a time has a connection of its own; a forked child opens its own."""

    def __init__(self, url: str, *, replica_url: str | None = None, patience: float | None = None) -> None:
        """Take the URLs; ``patience``: seconds after which a statement is given up, None never.

        The server gives it up, and the connection stays. From one that hangs nothing comes: then the connection is
        given up here, and until it answers again one thread at a time tries; the others are refused.
        """
        self.url = url
        self._connections = _Connections(url, failures.DATABASE_VARIABLE, patience)
        self._replica = None if replica_url is None else _Connections(replica_url, failures.REPLICA_VARIABLE, patience)
        self._shared = list[SharedConnection]()
        self._written: str | None = None
        """Where the log stood after this process's last write, until the replica is known to have got there."""

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection, with the schema checked; failures inside become errors of the tree.

        Raises:
            StoreUnavailableError: the server is down, refuses us, or the connection broke.
            SchemaError: the schema is another release's.
            DataError: a constraint refuses the data.
        """
        with self._connections.lent() as connection:
            yield connection
            if self._replica is not None:
                self._written = str(_one(connection, "log_position")[0])

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for reads that may be a moment old: to the replica, when there is one; else as above."""
        if self._replica is None:
            with self._connections.lent() as connection:
                yield connection
            return
        with self._replica.lent() as connection:
            if self._replayed(connection):
                yield connection
                return
        with self._connections.lent() as connection:
            yield connection

    def _replayed(self, replica: Connection) -> bool:
        """Say whether the replica has what this process wrote."""
        written = self._written
        if written is None:
            return True
        if not _one(replica, "log_replayed", {"position": written})[0]:
            return False
        if self._written == written:  # else written again meanwhile
            self._written = None
        return True

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """Open a connection for whoever needs one of their own, such as for locks that last."""
        with connect(self.url) as connection, failures.sentences(self.url):
            yield connection

    def shared(self, *, primary: bool = False) -> SharedConnection:
        """Return a connection for an event loop, which ends with the others; to the replica, unless ``primary``.

        What the process itself wrote may not be there yet: it is for what others write.
        """
        server = self._connections if primary or self._replica is None else self._replica
        self._shared.append(SharedConnection(server.url, server.open))
        return self._shared[-1]

    def close(self) -> None:
        """Close the connections; the next use opens another."""
        for each in self._shared:
            each.close()
        self._connections.close()
        if self._replica is not None:
            self._replica.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Connections:
    """Connections to one server, kept for the next use; a thread that has one gets the same again."""

    def __init__(self, url: str, variable: str, patience: float | None) -> None:
        self.url = url
        self._patience = patience
        self._variable = variable
        self._idle: list[LimitedConnection] = []
        self._owner = os.getpid()
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._mine = threading.local()
        self._is_silent = False
        """The server was there and said nothing, when last tried."""
        self._trying = threading.Lock()

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        if (mine := getattr(self._mine, "connection", None)) is not None and self._owner == os.getpid():
            with failures.sentences(self.url):
                yield mine
            return
        with self._places:
            connection = self._opened()
            self._mine.connection = connection
            try:
                with failures.sentences(self.url):
                    yield connection
            finally:
                self._mine.connection = None
                self._is_silent = connection.fell_silent
                if not connection.closed:
                    self._idle.append(connection)
                else:  # the server is likely to have ended the others too
                    self.close()

    def _opened(self) -> LimitedConnection:
        if self._owner != os.getpid():  # a parent's, not ours to close: that would end its sessions
            self._idle, self._owner = [], os.getpid()
            self._places, self._trying = threading.BoundedSemaphore(MAX_CONNECTIONS), threading.Lock()
        while self._idle:
            with suppress(IndexError):  # another thread was faster
                connection = self._idle.pop()
                if connection.is_usable:
                    return connection
                connection.close()
        return self.open()

    def open(self) -> LimitedConnection:
        """Open a connection, with the schema checked; whoever asked for it closes it.

        Raises:
            StoreUnavailableError: also while the server is known to be silent, and another thread tries.
        """
        if not self._is_silent:
            return self._open(self._connect_seconds)
        if not self._trying.acquire(timeout=TURN_SECONDS):
            raise StoreUnavailableError(
                f"PostgreSQL at {failures.place(self.url)} does not answer; it is tried again and again."
            )
        try:
            return self._open(PROBE_SECONDS)
        finally:
            self._trying.release()

    @property
    def _connect_seconds(self) -> int | None:
        """Those of the URL, unless a statement may take less."""
        patience = self._patience
        return None if patience is None or patience + GRACE_SECONDS >= CONNECT_SECONDS else PROBE_SECONDS

    def _open(self, seconds: int | None) -> LimitedConnection:
        begun = time.monotonic()
        try:
            connection = connect(self.url, self._variable, seconds=seconds)
        except StoreUnavailableError:
            # Not of one that refuses us at once: whether it is back costs nothing to try.
            self._is_silent = time.monotonic() - begun >= PROBE_SECONDS - 0.5
            raise
        if self._patience is not None:
            connection.limit = self._patience + GRACE_SECONDS
        try:
            with failures.sentences(self.url):
                require_current(connection, self.url)
                if self._patience is not None:
                    _one(connection, "statement_timeout", {"milliseconds": str(int(self._patience * 1000))})
        except BaseException:
            self._is_silent = connection.fell_silent
            connection.close()
            raise
        self._is_silent = False
        return connection

    def close(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle if self._owner == os.getpid() else ():
            with suppress(psycopg.Error):
                connection.close()


def _one(connection: Connection, name: str, keys: dict[str, Any] | None = None) -> tuple[Any, ...]:
    row = connection.execute(statement(name), keys).fetchone()
    assert row is not None  # noqa: S101 -- one row by construction
    return row
