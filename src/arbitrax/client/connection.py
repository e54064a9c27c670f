"""One connection of a web socket: requests and their answers, messages as they come."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import msgspec

from arbitrax.client.messages import FieldError, Problem
from arbitrax.client.problems import error_of
from arbitrax.domain.errors import ArbitraxError

if TYPE_CHECKING:
    import ssl

    from websockets.asyncio.client import ClientConnection

PATH = "/api/v1/ws"
SILENCE = 10.0
"""Seconds without a message, of which one comes each second, after which a connection is given up."""
ANSWER = 30.0
"""Seconds in which a request is answered, or the connection is given up."""
CLOSING = 2.0
"""Seconds that a gateway has to agree to the end of a connection."""
MOST_FRAME = 64 * 1024 * 1024
"""Bytes of a frame, which may hold all levels of many books."""
_REQUEST_STATUS = {"access.not_authenticated": 401, "access.rate_limited": 429, "input.unknown_name": 404}
_ANSWERS = frozenset({"ack", "result", "error", "pong"})
Message = dict[str, Any]


class ConnectionLostError(Exception):
    """The connection ended, or what came over it makes no sense; ``code`` is the server's, 0 without one."""

    def __init__(self, reason: str, code: int = 0) -> None:
        super().__init__(reason)
        self.code = code


class Connection:
    """Of one gateway. `run` reads until the connection ends."""

    def __init__(self, socket: ClientConnection, on_message: Callable[[Message], None], *, packed: bool) -> None:
        """Take an open socket, and what takes messages that are no answers."""
        self._socket, self._on_message, self._packed = socket, on_message, packed
        self._encode = msgspec.msgpack.encode if packed else msgspec.json.encode
        self._ids = itertools.count(1)
        self._asked: dict[int, tuple[asyncio.Future[Message], Callable[[Message], None] | None]] = {}
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def send(self, request: Message, then: Callable[[Message], None] | None = None) -> asyncio.Future[Message]:
        """Send a request; return where its answer will be. ``then`` is called with it before any message after it."""
        from websockets.exceptions import ConnectionClosed

        id = next(self._ids)
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._asked[id] = future, then
        self._quiet.clear()
        data = self._encode({"id": id} | request)
        try:
            await self._socket.send(data if self._packed else data.decode())
        except ConnectionClosed as error:
            raise ConnectionLostError(str(error)) from error
        return future

    async def ask(self, request: Message) -> Message:
        """Send a request and return its answer.

        Raises:
            ArbitraxError: it was refused.
            ConnectionLostError: nobody knows.
        """
        return await answered(await self.send(request))

    async def run(self) -> None:
        """Read until it ends.

        Raises:
            ConnectionLostError: it did.
        """
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                async with asyncio.timeout(SILENCE):
                    frame = await self._socket.recv()
                found = self._decoded(frame)
                for each in found if isinstance(found, list) else [found]:
                    self._take(each)
        except ConnectionClosed as error:
            code, reason = (0, str(error)) if error.rcvd is None else (error.rcvd.code, error.rcvd.reason)
            raise ConnectionLostError(reason or "It was closed.", code) from None
        except TimeoutError:
            raise ConnectionLostError(f"Nothing came for {SILENCE:g} s.") from None
        except (msgspec.MsgspecError, UnicodeDecodeError, LookupError, TypeError, ValueError) as error:
            raise ConnectionLostError(f"What came makes no sense: {error}.") from error
        finally:
            for future, _ in self._asked.values():
                if not future.done():
                    future.set_exception(ConnectionLostError("The connection ended before the answer."))
                    future.exception()  # whoever asked may have gone

    async def finish(self, seconds: float) -> None:
        """Wait for answers that are still to come, for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._quiet.wait()

    def give_up(self) -> None:
        """End it at once."""
        self._socket.transport.abort()

    def _decoded(self, frame: str | bytes) -> Any:
        if self._packed:
            return msgspec.msgpack.decode(frame.encode() if isinstance(frame, str) else frame)
        return msgspec.json.decode(frame)

    def _take(self, message: Message) -> None:
        if message["type"] in _ANSWERS and "seq" not in message:
            future, then = self._asked.pop(message.get("id") or 0, (None, None))
            if not self._asked:
                self._quiet.set()
            if then is not None and message["type"] != "error":
                then(message)
            if future is not None and not future.done():
                future.set_result(message)
        else:
            self._on_message(message)


async def answered(future: asyncio.Future[Message]) -> Message:
    """Return an answer; raises what `Connection.ask` raises."""
    try:
        async with asyncio.timeout(ANSWER):
            found = await future
    except TimeoutError:
        raise ConnectionLostError(f"No answer came within {ANSWER:g} s.") from None
    if found["type"] == "error":
        raise refusal(found)
    return found


def refusal(message: Message) -> ArbitraxError:
    """Return the error that an answer tells of."""
    code, retryable = str(message["code"]), bool(message["retryable"])
    status = _REQUEST_STATUS.get(code, 403 if code.startswith("access.") else 503 if retryable else 422)
    problem = Problem(
        type=f"/docs#{code}",
        title="",
        status=status,
        code=code,
        detail=str(message["detail"]),
        request_id="",
        retryable=retryable,
        errors=msgspec.convert(message["errors"], list[FieldError]),
    )
    return error_of(problem, message["retry_after"])


@asynccontextmanager
async def connected(
    url: str, on_message: Callable[[Message], None], *, packed: bool, tls: ssl.SSLContext | None
) -> AsyncIterator[Connection]:
    """Yield a connection to a gateway; ``url`` is its http address.

    Raises:
        ConnectionLostError: there is none.
    """
    from websockets.asyncio.client import connect
    from websockets.exceptions import WebSocketException
    from websockets.typing import Subprotocol

    options: dict[str, Any] = {"compression": None, "max_size": MOST_FRAME, "close_timeout": CLOSING}
    if tls is not None:
        options["ssl"] = tls
    address = url.replace("http", "ws", 1) + PATH
    protocols = [Subprotocol("arbitrax.msgpack" if packed else "arbitrax.json")]
    try:
        socket = await connect(address, subprotocols=protocols, **options)
    except (OSError, TimeoutError, WebSocketException) as error:
        raise ConnectionLostError(f"{url} does not open a socket: {error or type(error).__name__}.") from error
    try:
        yield Connection(socket, on_message, packed=packed)
    finally:
        await socket.close()
