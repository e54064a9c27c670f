"""One connection for all questions of an event loop: those of one turn of the loop leave in one write.

The client library takes a connection for each question and about 150 us of Python; here a question is a future and a
place in a queue. Replies come in the order of the questions (the protocol's pipelining).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from hashlib import sha1
from typing import Any

Word = str | bytes | int | float


class Script:
    """A script in Lua, which the server keeps under the hash of its text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.name = sha1(text.encode(), usedforsecurity=False).hexdigest()


class SharedConnection:
    """A server by its URL, for one event loop; opened when first asked, and again after it broke.

    Errors are the client library's: ConnectionError when it broke before the reply came, TimeoutError after ``timeout``
    seconds without one, ResponseError when the server says no.
    """

    def __init__(self, url: str, *, timeout: float) -> None:
        self._url, self._timeout = url, timeout
        self._open: _Protocol | None = None
        self._opening = asyncio.Lock()

    async def ask(self, *words: Word) -> Any:
        """Return the reply to a command."""
        return await (await self._connected()).ask([words])

    async def ask_at_once(self, *commands: Sequence[Word]) -> list[Any]:
        """Return the replies to commands that are executed together, with nothing in between (MULTI, EXEC)."""
        found: list[Any] = await (await self._connected()).ask([("MULTI",), *commands, ("EXEC",)])
        return found

    async def run(self, script: Script, keys: Sequence[str], words: Sequence[Word]) -> Any:
        """Return what a script returns."""
        from valkey.exceptions import ResponseError

        try:
            return await self.ask("EVALSHA", script.name, len(keys), *keys, *words)
        except ResponseError as error:
            if not str(error).startswith("NOSCRIPT"):
                raise
            return await self.ask("EVAL", script.text, len(keys), *keys, *words)

    async def close(self) -> None:
        """End the connection; the next question opens it again."""
        if self._open is not None:
            self._open.end()
            self._open = None

    async def _connected(self) -> _Protocol:
        if self._open is not None and not self._open.ended:
            return self._open
        async with self._opening:
            if self._open is None or self._open.ended:
                self._open = await self._connect()
            return self._open

    async def _connect(self) -> _Protocol:
        from valkey.asyncio.connection import SSLConnection, parse_url
        from valkey.exceptions import ConnectionError as NoConnectionError
        from valkey.exceptions import TimeoutError as NoReplyError

        # The library's own connection gives the options of TLS their meaning; it is not opened.
        options: dict[str, Any] = dict(parse_url(self._url))
        kind = options.pop("connection_class", None)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout):
                if "path" in options:
                    _, protocol = await loop.create_unix_connection(self._protocol, options["path"])
                else:
                    secure = None
                    if kind is SSLConnection:
                        secure = SSLConnection(**options).ssl_context.get()
                    _, protocol = await loop.create_connection(
                        self._protocol, options.get("host", "localhost"), int(options.get("port", 6379)), ssl=secure
                    )
        except TimeoutError:
            raise NoReplyError("Timeout connecting to server") from None
        except OSError as error:
            raise NoConnectionError(str(error)) from None
        greeting: list[Sequence[Word]] = []
        if options.get("password"):
            user = (str(options["username"]),) if options.get("username") else ()
            greeting.append(("AUTH", *user, str(options["password"])))
        if options.get("db"):
            greeting.append(("SELECT", int(options["db"])))
        for words in greeting:
            await protocol.ask([words])
        return protocol

    def _protocol(self) -> _Protocol:
        return _Protocol(self._timeout)


class _Protocol(asyncio.Protocol):
    """A connection that is open."""

    def __init__(self, timeout: float) -> None:
        import libvalkey
        from valkey.exceptions import InvalidResponse, ResponseError

        self._pack = libvalkey.pack_command
        self._reader = libvalkey.Reader(protocolError=InvalidResponse, replyError=ResponseError)
        self._timeout = timeout
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[tuple[asyncio.Future[Any], int, float]] = deque()
        """Future, how many replies come before its own, and until when it waits."""
        self._unsent: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self.ended = False

    def ask(self, commands: Sequence[Sequence[Word]]) -> asyncio.Future[Any]:
        """Send commands; the future has the reply to the last of them."""
        answer: asyncio.Future[Any] = self._loop.create_future()
        if not self._unsent:
            self._loop.call_soon(self._send)
        self._unsent += [self._pack(tuple(words)) for words in commands]
        self._waiting.append((answer, len(commands) - 1, self._loop.time() + self._timeout))
        if self._timer is None:
            self._timer = self._loop.call_later(self._timeout, self._look)
        return answer

    def end(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: Any) -> None:
        """Keep what to write to."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand out replies."""
        from valkey.exceptions import InvalidResponse, ResponseError

        self._reader.feed(data)
        while self._waiting:
            try:
                reply = self._reader.gets()
            except InvalidResponse as error:
                self._fail(error)
                self.end()
                return
            if reply is False:
                return
            answer, before, due = self._waiting[0]
            if before:  # QUEUED, or why not: EXEC says that again
                self._waiting[0] = (answer, before - 1, due)
                continue
            self._waiting.popleft()
            if answer.done():  # nobody waits any more
                continue
            if isinstance(reply, ResponseError):
                answer.set_exception(reply)
            else:
                answer.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all who wait."""
        from valkey.exceptions import ConnectionError as NoConnectionError

        self._fail(NoConnectionError("Connection closed by server." if exc is None else str(exc)))

    def _send(self) -> None:
        data, self._unsent = b"".join(self._unsent), []
        if self._transport is not None and not self.ended:
            self._transport.write(data)

    def _look(self) -> None:
        """End the connection when the oldest question has waited for too long."""
        from valkey.exceptions import TimeoutError as NoReplyError

        self._timer = None
        if not self._waiting:
            return
        late = self._waiting[0][2] - self._loop.time()
        if late > 0:
            self._timer = self._loop.call_later(late, self._look)
        else:
            self._fail(NoReplyError("Timeout reading from server"))
            self.end()

    def _fail(self, error: Exception) -> None:
        self.ended = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, deque()
        for answer, _, _ in waiting:
            if not answer.done():
                answer.set_exception(error)
