"""One socket: who it is, what it follows, and what waits to be written to it.

A session is one task, which reads. It writes between the steps of others: answers at the end of the loop's step, what
streams have with the hub's turn, nothing while the client does not take what was written.
"""

from __future__ import annotations

import asyncio
import time
from itertools import count
from typing import TYPE_CHECKING, Any

import msgspec

from arbitrax.api.problems import RequestError, describe
from arbitrax.api.requests import origin_of
from arbitrax.api.websocket import messages as ask
from arbitrax.api.websocket.orders import SocketOrders
from arbitrax.api.websocket.protocol import framed
from arbitrax.api.websocket.subscribing import Subscribing
from arbitrax.domain.errors import (
    AccessError,
    ArbitraxError,
    NotAuthenticated,
    PasswordChangeRequired,
    StoreError,
    StoreUnavailableError,
    TooManyRequests,
)
from arbitrax.domain.ids import encode as encode_id
from arbitrax.domain.ids import new_uuid
from arbitrax.services.identity_logins import check_address
from arbitrax.trading.turns import TURN, Turn

if TYPE_CHECKING:
    from uuid import UUID

    from litestar import WebSocket

    from arbitrax.api.parts import Parts
    from arbitrax.api.websocket.formats import Format
    from arbitrax.api.websocket.protocol import Wire
    from arbitrax.api.websocket.streams import Stream
    from arbitrax.exchange.origins import Origin
    from arbitrax.services.identity_logins import Principal

FIRST_SECONDS = 5.0
"""Until a client must have said who it is and followed something, or sent an order."""
MOST_REPLIES = 2_000
IN_A_ROW = 64
"""Requests of a session that are read before others have their turn."""
MOST_AT_WORK = 64
"""Requests about orders of a session that are being answered."""
UNCERTAIN_SECONDS = 10.0
"""How long a session is held whose rights cannot be verified; then it is closed."""
ANSWER_SECONDS = 8.0
"""How long a session that ends waits for answers to what it has sent: longer than an answer takes at most."""
SLOW, UNAUTHORISED, LATE, RESTARTING = 4008, 4401, 4408, 1013


class Session:
    """Reads requests one after another."""

    def __init__(self, socket: WebSocket[Any, Any, Any], parts: Parts, form: Format, address: str) -> None:
        self.id = encode_id("wss", new_uuid(time.time_ns()))
        self.parts, self.hub, self.form = parts, parts.hub, form
        self._socket, self.address = socket, address
        self.wire: Wire = socket.scope["state"]["wire"]
        self._credential = ""
        self._principal: Principal | None = None
        self._subscribing = Subscribing(self)
        self._orders = SocketOrders(self)
        self._replies = list[bytes]()
        self._news: dict[Stream, None] = {}
        self._writes_soon = False
        self._working = asyncio.Semaphore(MOST_AT_WORK)
        self._tasks: dict[asyncio.Task[None], Turn | None] = {}
        self._last_turn: Turn | None = None
        self._began = False
        self._held_since: float | None = None
        self._room: asyncio.Future[None] | None = None
        self._ending: tuple[int, str] | None = None
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()

    # Life

    async def run(self, authorization: str | None) -> None:
        """Serve the client until it or we end it."""
        if (full := self.hub.add(self)) is not None:
            await self._close(RESTARTING, full)
            return
        self.wire.on_room = self._on_room
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
        timer = self._loop.call_later(FIRST_SECONDS, self._expect)
        try:
            await self._read(authorization)
        except asyncio.CancelledError:
            if self._ending is None or self._task is None:
                raise
            self._task.uncancel()
        finally:
            self._task = None
            timer.cancel()
            self.hub.remove(self)
            self.wire.on_room = None
            self._subscribing.close()
            await self._finish()
            await self._orders.close()
        if self._ending is not None:
            await self._close(*self._ending)

    async def _finish(self) -> None:
        """End what is being done, but see what becomes of what was sent: its orders may have to go with the session."""
        for task, turn in self._tasks.items():
            if turn is None or not turn.has_come:
                task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(list(self._tasks), timeout=ANSWER_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def end(self, code: int, reason: str) -> None:
        """End the session."""
        if self._ending is None:
            self._ending = code, reason
            self._loop.call_soon(self._stop)  # it may be the task itself that says so

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def overflow(self) -> None:
        """End it because its client is too slow."""
        self.end(SLOW, "slow_consumer")

    def _expect(self) -> None:
        if self._principal is None or not self._began:
            self.end(LATE, "authenticate and subscribe within 5 s")

    async def _close(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(1.0):
                await self._socket.send({"type": "websocket.close", "code": code, "reason": reason})
        except TimeoutError:
            self.wire.abort()
        except Exception:  # noqa: S110 - it is gone already
            pass

    # Writing

    def say(self, message: object) -> None:
        """Send an answer, at once."""
        if len(self._replies) >= MOST_REPLIES:
            self.overflow()
            return
        self._replies.append(self.form.encode(message))
        if not self._writes_soon:
            self._writes_soon = True
            self._loop.call_soon(self.write)

    def _on_room(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        self.write()

    def tell(self, stream: Stream) -> None:
        """Note that a stream has something."""
        self._news[stream] = None
        self.hub.wake(self)

    def write(self) -> None:
        """Write what there is, in one frame."""
        self._writes_soon = False
        if self.wire.full:
            return
        found, self._replies = self._replies, []
        if self._news and self._held_since is None:
            news, self._news = self._news, {}
            for each in news:
                found += each.take()
        if found:
            form = self.form
            self.wire.write(framed(form.joined(found), binary=form.binary))

    def beat(self) -> None:
        """Say that we live, and up to where; see whether the client still may."""
        if not self.wire.full and len(self._replies) < MOST_REPLIES // 2:
            last = [[each.channel, each.symbol, each.seq] for each in self._subscribing.streams.values()]
            now = ask.written_time(time.time_ns() // 1_000_000)
            self.say({"type": "heartbeat", "ts_sent": now, "subscriptions": last})
        if not self.hub.is_holding:
            self.verify()
        if self._held_since is not None and time.monotonic() - self._held_since > UNCERTAIN_SECONDS:
            self.end(RESTARTING, "identity unavailable")

    # Rights: docs/decisions/0016

    @property
    def waits(self) -> bool:
        """Whether nothing that is followed can be written now."""
        return self.wire.full or self._held_since is not None

    def hold(self) -> None:
        """Write nothing of what is followed, and take no requests: whether the client still may is not known."""
        if self._held_since is None and self._principal is not None:
            self._held_since = time.monotonic()

    def verify(self) -> None:
        """See whether the client still may; go on when it does."""
        if self._principal is None or self.parts.authenticator.remembered(self._credential) is self._principal:
            self._release()
        else:
            self._start(self._check())

    def _release(self) -> None:
        self._held_since = None
        if self._news:
            self.hub.wake(self)

    async def _check(self) -> None:
        try:
            found = await self.parts.authenticator.again(self._credential)
            check_address(found, self.address)
        except AccessError as error:
            self.end(UNAUTHORISED, str(error)[:100])
        except StoreError:
            self.hold()
        else:
            self._principal = found
            self._release()

    def _start(self, work: Any, turn: Turn | None = None) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[task] = turn
        task.add_done_callback(self._done_with)

    def _done_with(self, task: asyncio.Task[None]) -> None:
        turn = self._tasks.pop(task)
        if turn is not None:
            turn.skip()  # it may have ended without sending

    # Reading

    async def _read(self, authorization: str | None) -> None:
        if authorization is not None:
            scheme, _, credential = authorization.partition(" ")
            await self._answer(ask.Authenticate(token=credential if scheme.lower() == "bearer" else ""))
        for number in count(1):
            if not number % IN_A_ROW:  # what has come already is read without a step of the loop
                await asyncio.sleep(0)
            if self.wire.full:  # who does not take answers gets no more of them
                self._room = self._loop.create_future()
                await self._room
            event = await self._socket.receive()
            if event["type"] == "websocket.disconnect":
                return
            data = event.get("bytes") if self.form.binary else event.get("text")
            if not isinstance(data, bytes | str):
                why = RequestError(415, f"This socket speaks {self.form.name}.", code="request.format")
                await self._answer_nonsense(None, why)
                continue
            text = data.encode() if isinstance(data, str) else data
            try:
                request = self.form.decode(text)
            except RequestError as error:
                await self._answer_nonsense(_id_of(self.form, text), error)
                continue
            await self._answer(request)

    async def _answer_nonsense(self, id: ask.RequestId, why: RequestError) -> None:
        """Say what is wrong with a request; it counts like any other."""
        try:
            await self._limit(cancel=False)
        except (ArbitraxError, RequestError) as error:
            self._fail(id, error)
        else:
            self._fail(id, why)

    async def _answer(self, request: ask.Request) -> None:
        if self._held_since is not None:  # perhaps it can be told now
            await self._check()
        try:
            await self._limit(cancel=isinstance(request, ask.CANCELS))
            if isinstance(request, ask.Trade):
                self.require("trade")
                self._began = True
                await self._working.acquire()
                turn = None
                if not isinstance(request, ask.Validate):  # it sends nothing, so nothing waits for it
                    turn = self._last_turn = Turn(self._last_turn)
                self._start(self._work(request, turn), turn)
                return
            self.say(await self._done(request))
            self._subscribing.begin()
        except (ArbitraxError, RequestError) as error:
            self._fail(request.id, error)

    async def _work(self, request: ask.Trade, turn: Turn | None) -> None:
        TURN.set(turn)
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
        found = await self.parts.authenticator.principal(f"Bearer {request.token}", self.address)
        check_address(found, self.address)
        if found.must_change_password:
            raise PasswordChangeRequired("Change the password first: PUT /api/v1/auth/password.")
        if self._principal is not None and self._principal.user != found.user:
            raise AccessError("This socket is another user's; open a new one.")
        if self._principal is None:
            self.hub.admit(self, found.user)
        self._principal, self._credential = found, request.token
        self._release()
        self._orders.cancel_on_disconnect = request.cancel_on_disconnect
        return {"user": found.name, "scopes": sorted(found.scopes)}

    @property
    def principal(self) -> Principal:
        """Who asks.

        Raises:
            NotAuthenticated: that was not said.
            StoreUnavailableError: whether they still may cannot be told.
        """
        if self._held_since is not None:
            raise StoreUnavailableError("Whether you still may cannot be verified; try again in a moment.")
        if self._principal is None:
            raise NotAuthenticated('Say who asks first: {"op": "authenticate", "token": ...}.')
        return self._principal

    @property
    def sees(self) -> UUID | None:
        """Whose things the client may see, as was verified last; None: everybody's.

        Raises:
            NotAuthenticated: who asks was not said.
        """
        if self._principal is None:
            raise NotAuthenticated("Say who asks first.")
        return self._principal.sees

    def origin(self, request: ask.RequestId) -> Origin | None:
        """Return who asks, for the journal; a request is named by the session's id and its own."""
        if self._principal is None:
            return None
        return origin_of(self._principal, self.address, self._name_of(request))

    def _name_of(self, request: ask.RequestId) -> str:
        return self.id if request is None else f"{self.id}:{request}"[:64]

    def require(self, scope: Any) -> None:
        """See whether who asks has a scope.

        Raises:
            AccessError: they have not.
        """
        if scope not in self.principal.scopes:
            raise AccessError(f"You do not have the scope '{scope}'.")

    async def _limit(self, *, cancel: bool) -> None:
        demands = self.parts.limits.demands(self._principal, self.address, cancel=cancel)
        verdict = await self.parts.limiter.take(demands)
        if not verdict.allowed:
            raise TooManyRequests(
                f"The limit '{verdict.limit.name}' of {verdict.limit.rate:g} requests a second is reached; wait.",
                retry_after=verdict.wait,
            )

    def _fail(self, id: ask.RequestId, error: ArbitraxError | RequestError) -> None:
        """Refuse a request as it would be by REST."""
        found, headers = describe(error, "", self._name_of(id))
        after = headers.get("Retry-After")
        self.say(
            {
                "type": "error",
                "id": id,
                "code": found.code,
                "detail": found.detail,
                "retryable": found.retryable,
                "errors": found.errors,
                "retry_after": None if after is None else int(after),
            }
        )


def _name(request: ask.Request) -> str:
    return str(request.__struct_config__.tag)


def _id_of(form: Format, data: bytes) -> ask.RequestId:
    """Return the id of a request that cannot be read otherwise."""
    try:
        found = form.read(data).get("id")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, int | str) else None
