"""One socket: who it is, what it follows, and what waits to be written to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from arbitrax.api.problems import RequestError
from arbitrax.api.requests import origin_of
from arbitrax.api.websocket import messages as ask
from arbitrax.api.websocket.orders import SocketOrders
from arbitrax.api.websocket.subscribing import Subscribing
from arbitrax.domain.errors import (
    AccessError,
    ArbitraxError,
    NotAuthenticated,
    PasswordChangeRequired,
    StoreError,
    TooManyRequests,
)
from arbitrax.domain.ids import encode as encode_id
from arbitrax.domain.ids import new_uuid
from arbitrax.services.identity_logins import check_address

if TYPE_CHECKING:
    from litestar import WebSocket

    from arbitrax.api.parts import Parts
    from arbitrax.api.websocket.formats import Format
    from arbitrax.api.websocket.streams import Stream
    from arbitrax.exchange.origins import Origin
    from arbitrax.services.identity_logins import Principal

FIRST_SECONDS = 5.0
"""Until a client must have said who it is and followed something, or sent an order."""
MOST_REPLIES = 2_000
MOST_AT_WORK = 64
"""Requests about orders of a session that are being answered."""
SLOW, UNAUTHORISED, LATE, RESTARTING = 4008, 4401, 4408, 1013


class Session:
    """Reads requests one after another; one task writes."""

    def __init__(self, socket: WebSocket[Any, Any, Any], parts: Parts, form: Format, address: str) -> None:
        self.id = encode_id("wss", new_uuid(time.time_ns()))
        self.parts, self.hub, self.form = parts, parts.hub, form
        self._socket, self._address = socket, address
        self._credential = ""
        self._principal: Principal | None = None
        self._subscribing = Subscribing(self)
        self._orders = SocketOrders(self)
        self._replies = list[bytes]()
        self._news: dict[Stream, None] = {}
        self._wake = asyncio.Event()
        self._working = asyncio.Semaphore(MOST_AT_WORK)
        self._tasks = set[asyncio.Task[None]]()
        self._began = False
        self._ending: tuple[int, str] | None = None
        self._end = asyncio.Event()

    # Life

    async def run(self, authorization: str | None) -> None:
        """Serve the client until it or we end it."""
        loop = asyncio.get_running_loop()
        if not self.hub.add(self):
            await self._socket.close(RESTARTING, "too many connections")
            return
        self.say(
            {
                "type": "hello",
                "session_id": self.id,
                "server_time": ask.written_time(time.time_ns() // 1_000_000),
                "limits": {
                    "first_seconds": FIRST_SECONDS,
                    "orders_per_frame": ask.MOST_ORDERS,
                    "symbols_per_request": ask.MOST_SYMBOLS,
                },
            }
        )
        timer = loop.call_later(FIRST_SECONDS, self._expect)
        writer, reader, ended = (
            loop.create_task(each) for each in (self._write(), self._read(authorization), self._end.wait())
        )
        try:
            await asyncio.wait([writer, reader, ended], return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            self.hub.remove(self)
            self._subscribing.close()
            for each in (writer, reader, ended, *self._tasks):
                each.cancel()
            await asyncio.gather(writer, reader, ended, *self._tasks, return_exceptions=True)
            await self._orders.close()
        if self._ending is not None:
            await self._close(*self._ending)

    def end(self, code: int, reason: str) -> None:
        """End the session."""
        if self._ending is None:
            self._ending = code, reason
        self._end.set()

    def overflow(self) -> None:
        """End it because its client is too slow."""
        self.end(SLOW, "slow_consumer")

    def _expect(self) -> None:
        if self._principal is None or not self._began:
            self.end(LATE, "authenticate and subscribe within 5 s")

    async def _close(self, code: int, reason: str) -> None:
        abort: Callable[[], None] | None = self._socket.scope["state"].get("abort")
        try:
            async with asyncio.timeout(1.0):
                await self._socket.send({"type": "websocket.close", "code": code, "reason": reason})
        except TimeoutError:
            if abort is not None:
                abort()
        except Exception:  # noqa: S110 - it is gone already
            pass

    # Writing

    def say(self, message: object) -> None:
        """Send an answer, at once."""
        if len(self._replies) >= MOST_REPLIES:
            self.overflow()
            return
        self._replies.append(self.form.encode(message))
        self._wake.set()

    def tell(self, stream: Stream) -> None:
        """Note that a stream has something."""
        self._news[stream] = None
        self.hub.wake(self)

    def write_now(self) -> None:
        """Write what there is."""
        self._wake.set()

    async def _write(self) -> None:
        send, binary = self._socket.send, self.form.binary
        while True:
            await self._wake.wait()
            self._wake.clear()
            found, self._replies = self._replies, []
            news, self._news = self._news, {}
            for each in news:
                found += each.take()
            if not found:
                continue
            frame = self.form.joined(found)
            if binary:
                await send({"type": "websocket.send", "bytes": frame, "text": None})
            else:
                await send({"type": "websocket.send", "bytes": None, "text": frame.decode()})

    def beat(self) -> None:
        """Say that we live, and up to where; see whether the client still may."""
        if self._wake.is_set():  # it does not even take what there was
            return
        last = [[each.channel, each.symbol, each.seq] for each in self._subscribing.streams.values()]
        now = ask.written_time(time.time_ns() // 1_000_000)
        if len(self._replies) < MOST_REPLIES // 2:
            self.say({"type": "heartbeat", "ts_sent": now, "subscriptions": last})
        if self._principal is not None:
            self._start(self._check())

    async def _check(self) -> None:
        try:
            found = await self.parts.authenticator.again(self._credential)
            check_address(found, self._address)
        except AccessError as error:
            self.end(UNAUTHORISED, str(error)[:100])
        except StoreError:  # nobody's rights are known
            self.end(RESTARTING, "identity unavailable")
        else:
            self._principal = found

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Reading

    async def _read(self, authorization: str | None) -> None:
        if authorization is not None:
            scheme, _, credential = authorization.partition(" ")
            await self._answer(ask.Authenticate(token=credential if scheme.lower() == "bearer" else ""))
        while True:
            event = await self._socket.receive()
            if event["type"] == "websocket.disconnect":
                return
            data = event.get("bytes") if self.form.binary else event.get("text")
            if not isinstance(data, bytes | str):
                self._refuse(None, "request.format", "This socket speaks " + self.form.name + ".")
                continue
            try:
                request = self.form.decode(data, ask.Request)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                self._refuse(_id_of(self.form, data), "request.invalid", str(error))
                continue
            await self._answer(request)

    async def _answer(self, request: ask.Request) -> None:
        try:
            await self._limit(request)
            if isinstance(request, ask.Trade):
                self.require("trade")
                self._began = True
                await self._working.acquire()
                self._start(self._work(request))
                return
            self.say(await self._done(request))
            self._subscribing.begin()
        except (ArbitraxError, RequestError) as error:
            self._fail(request.id, error)

    async def _work(self, request: ask.Trade) -> None:
        try:
            found = await self._orders.do(request)
            self.say({"type": "result", "id": request.id, "op": _name(request), **found})
        except (ArbitraxError, RequestError) as error:
            self._fail(request.id, error)
        finally:
            self._working.release()

    async def _done(self, request: ask.Request) -> dict[str, Any]:
        head = {"type": "ack", "id": request.id, "op": _name(request)}
        match request:
            case ask.Authenticate():
                return head | await self._authenticate(request)
            case ask.Subscribe():
                self.require("read")
                self._began = True
                return head | await self._subscribing.subscribe(request)
            case ask.Resume():
                self.require("read")
                self._began = True
                return head | await self._subscribing.resume(request)
            case ask.Unsubscribe():
                return head | await self._subscribing.unsubscribe(request)
            case ask.List():
                return head | {"subscriptions": self._subscribing.listed()}
        return {"type": "pong", "id": request.id, "ts_sent": ask.written_time(time.time_ns() // 1_000_000)}

    async def _authenticate(self, request: ask.Authenticate) -> dict[str, Any]:
        found = await self.parts.authenticator.principal(f"Bearer {request.token}", self._address)
        check_address(found, self._address)
        if found.must_change_password:
            raise PasswordChangeRequired("Change the password first: PUT /api/v1/auth/password.")
        if self._principal is not None and self._principal.user != found.user:
            raise AccessError("This socket is another user's; open a new one.")
        self._principal, self._credential = found, request.token
        self._orders.cancel_on_disconnect = request.cancel_on_disconnect
        return {"user": found.name, "scopes": sorted(found.scopes)}

    @property
    def principal(self) -> Principal:
        """Who asks.

        Raises:
            NotAuthenticated: that was not said.
        """
        if self._principal is None:
            raise NotAuthenticated('Say who asks first: {"op": "authenticate", "token": ...}.')
        return self._principal

    def origin(self, request: ask.RequestId) -> Origin | None:
        """Return who asks, for the journal; a request is named by the session's id and its own."""
        if self._principal is None:
            return None
        return origin_of(self._principal, self._address, self.id if request is None else f"{self.id}:{request}"[:64])

    def require(self, scope: Any) -> None:
        """See whether who asks has a scope.

        Raises:
            AccessError: they have not.
        """
        if scope not in self.principal.scopes:
            raise AccessError(f"You do not have the scope '{scope}'.")

    async def _limit(self, request: ask.Request) -> None:
        cancel = isinstance(request, ask.CANCELS)
        demands = self.parts.limits.demands(self._principal, self._address, cancel=cancel)
        verdict = await self.parts.limiter.take(demands)
        if not verdict.allowed:
            raise TooManyRequests(
                f"The limit '{verdict.limit.name}' of {verdict.limit.rate:g} requests a second is reached; wait.",
                retry_after=verdict.wait,
            )

    def _fail(self, id: ask.RequestId, error: ArbitraxError | RequestError) -> None:
        if isinstance(error, RequestError):
            self._refuse(id, error.code or "request.invalid", error.detail, retryable=error.retryable)
        else:
            shown = str(error) if error.http_status < 503 else "A store of the gateway does not answer; try again."
            retryable = error.retryable or isinstance(error, StoreError)
            self._refuse(id, error.code, shown, retryable=retryable)

    def _refuse(self, id: ask.RequestId, code: str, detail: str, *, retryable: bool = False) -> None:
        self.say({"type": "error", "id": id, "code": code, "detail": detail, "retryable": retryable})


def _name(request: ask.Request) -> str:
    return str(request.__struct_config__.tag)


def _id_of(form: Format, data: bytes | str) -> ask.RequestId:
    """Return the id of a request that cannot be read otherwise."""
    try:
        found = form.decode(data, dict[str, Any]).get("id")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, int | str) else None
