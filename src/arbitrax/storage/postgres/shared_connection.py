"""One connection for the frequent questions of an event loop, each about rows by their keys; no thread waits for it.

A thread costs such a question more than PostgreSQL does: it is woken, takes Python's lock from the loop, and wakes the
loop again. Here a question is a future and a place in a queue, sent at once and answered in order (libpq's pipeline
mode), each a transaction of its own. A statement is prepared and planned once a connection, not each time: planning
takes three times what executing does. That plan goes by keys whatever the tables hold when it is made, so that it
stays right when they grow; what reads many rows has no place here, and would hold up the others.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus

from arbitrax.storage.postgres import failures
from arbitrax.storage.postgres.sql import statement

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from arbitrax.storage.postgres.connection import Connection

    Rows = list[tuple[Any, ...]]

TIMEOUT_SECONDS = 10.0
"""Without an answer; then the connection is given up."""
_PARAMETER = re.compile(rb"%\((\w+)\)s")


class SharedConnection:
    """For one event loop. Opened when first asked, and again after it broke."""

    def __init__(self, url: str, connect: Callable[[], Connection], *, timeout: float = TIMEOUT_SECONDS) -> None:
        """Take what opens a connection, which may block: it is called in a thread. ``url`` is for sentences."""
        self._url, self._connect, self._timeout = url, connect, timeout
        self._pipeline: _Pipeline | None = None
        self._opening: asyncio.Task[_Pipeline] | None = None

    async def rows(self, name: str, keys: Mapping[str, Any]) -> Rows:
        """Return the rows of a statement by its name.

        Raises:
            StoreUnavailableError: the server is down or silent, or the connection broke before the answer came.
            StoreError: the server refuses the question.
        """
        pipeline = self._pipeline
        if pipeline is None or pipeline.ended:
            pipeline = await self._connected()
        with failures.sentences(self._url):
            return await pipeline.ask(name, keys)

    def close(self) -> None:
        """End the connection; the next question opens it again."""
        if self._pipeline is not None:
            self._pipeline.end(psycopg.OperationalError("the connection was closed"))
            self._pipeline = None

    async def _connected(self) -> _Pipeline:
        """Return a new connection, the same to all who ask while it is opened; nor has one of them to fail again."""
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(self._opened)
        return await asyncio.shield(self._opening)

    async def _open(self) -> _Pipeline:
        connection = await asyncio.to_thread(self._planning_once)
        self._pipeline = _Pipeline(connection, self._timeout)
        return self._pipeline

    def _opened(self, task: asyncio.Task[_Pipeline]) -> None:
        self._opening = None
        if not task.cancelled():
            task.exception()  # whoever waits has it

    def _planning_once(self) -> Connection:
        connection = self._connect()
        try:
            with failures.sentences(self._url):
                connection.execute(statement("plan_once_by_keys"))
        except BaseException:
            connection.close()
            raise
        return connection


class _Question:
    """What waits for an answer."""

    __slots__ = ("answer", "due", "failed", "found")

    def __init__(self, answer: asyncio.Future[Rows], due: float) -> None:
        self.answer, self.due = answer, due
        self.found: PGresult | None = None
        self.failed: PGresult | None = None


class _Pipeline:
    """A connection that is open."""

    def __init__(self, connection: Connection, timeout: float) -> None:
        self._connection, self._timeout = connection, timeout
        self._pgconn = connection.pgconn
        self._pgconn.nonblocking = 1
        self._pgconn.enter_pipeline_mode()
        self._adapt = Transformer(connection)
        self._prepared: dict[str, list[str]] = {}
        """Names of parameters in their order, by statement."""
        self._waiting = deque[_Question]()
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._socket = self._pgconn.socket
        self._loop.add_reader(self._socket, self._read)
        self.ended = False
        """Whether it takes no more questions."""
        self._is_closed = False

    async def ask(self, name: str, keys: Mapping[str, Any]) -> Rows:
        now = self._loop.time()
        asked = _Question(self._loop.create_future(), now + self._timeout)
        names = self._prepared.get(name)
        if names is None:
            names = self._prepare(name)
        values = self._adapt.dump_sequence([keys[each] for each in names], [PyFormat.TEXT] * len(names))
        try:
            self._pgconn.send_query_prepared(name.encode(), values)
            self._pgconn.pipeline_sync()
            self._waiting.append(asked)
            self._write()
        except psycopg.OperationalError as error:
            self.end(error)
            raise
        if self._timer is None:
            self._timer = self._loop.call_later(self._timeout, self._look)
        return await asked.answer

    def end(self, error: psycopg.Error) -> None:
        """Close it, and tell all who wait."""
        if self._is_closed:
            return
        self.ended = self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        if not self._loop.is_closed():
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
        self._connection.close()
        waiting, self._waiting = self._waiting, deque()
        for each in waiting:
            if not each.answer.done():
                each.answer.set_exception(error)

    def _prepare(self, name: str) -> list[str]:
        text, names = statement(name), list[str]()

        def number(found: re.Match[bytes]) -> bytes:
            key = found[1].decode()
            if key not in names:
                names.append(key)
            return b"$%d" % (names.index(key) + 1)

        self._pgconn.send_prepare(name.encode(), _PARAMETER.sub(number, text))
        self._prepared[name] = names
        return names

    def _write(self) -> None:
        """Send what libpq holds; when the system takes no more, go on when it does."""
        try:
            more = self._pgconn.flush()
        except psycopg.OperationalError as error:
            self.end(error)
            return
        if more:
            self._loop.add_writer(self._socket, self._write)
        else:
            self._loop.remove_writer(self._socket)

    def _read(self) -> None:
        try:
            self._pgconn.consume_input()
            while self._waiting and not self._pgconn.is_busy():
                found = self._pgconn.get_result()
                if found is None:  # the end of a statement
                    continue
                head, status = self._waiting[0], found.status
                if status == ExecStatus.PIPELINE_SYNC:
                    self._waiting.popleft()
                    self._answer(head)
                elif status == ExecStatus.TUPLES_OK:
                    head.found = found
                elif status == ExecStatus.FATAL_ERROR:
                    head.failed = found
        except psycopg.Error as error:
            self.end(error)
            return
        # libpq has closed the socket of a connection that broke: the loop would wait for it for ever.
        if self._pgconn.status == ConnStatus.BAD or (self.ended and not self._waiting):
            self.end(psycopg.OperationalError("the connection broke"))

    def _answer(self, asked: _Question) -> None:
        if asked.answer.done():  # nobody waits any more
            return
        if asked.found is None:
            # It alone fails. What is prepared may be what cannot be executed: the next question has a new connection.
            self.ended = True
            failed = asked.failed
            asked.answer.set_exception(
                psycopg.OperationalError("no rows") if failed is None else errors.error_from_result(failed)
            )
            return
        self._adapt.set_pgresult(asked.found)
        asked.answer.set_result(self._adapt.load_rows(0, asked.found.ntuples, tuple))

    def _look(self) -> None:
        """Give the connection up when the oldest question has waited for too long."""
        self._timer = None
        if not self._waiting:
            return
        late = self._waiting[0].due - self._loop.time()
        if late > 0:
            self._timer = self._loop.call_later(late, self._look)
        else:
            self.end(psycopg.OperationalError("no answer in time"))
