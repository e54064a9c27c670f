"""A web socket that is kept open: what is followed goes on after the last message, on whichever gateway answers.

One task has the connection. It authenticates, asks for everything that is followed, and reads; when the connection ends
it begins with the next gateway, and so on. Everybody else waits for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from arbitrax.client.book import Book
from arbitrax.client.connection import Connection, ConnectionLostError, Message, answered, connected
from arbitrax.client.faces import Async, F, Faced, Portal, Sync, offered
from arbitrax.client.messages import (
    Cancelled,
    ExchangeMessage,
    FillOfOrder,
    NewOrder,
    OrderMessage,
    OrderOutcome,
    PositionMessage,
    ValidationMessage,
)
from arbitrax.client.problems import made_error
from arbitrax.client.socket_orders import SocketOrders
from arbitrax.client.subscription import JOBS, OF_NO_SYMBOL, Depth, Subscription
from arbitrax.client.updates import Cash, JobChange, Quote, RunNews, Statistics, TradeBar, Update
from arbitrax.client.waiting import pause
from arbitrax.domain.errors import AccessError, ArbitraxError, NotAuthenticated
from arbitrax.exchange.feed.messages import Trade

if TYPE_CHECKING:
    from arbitrax.client.transport import Transport

T = TypeVar("T")
UNAUTHORISED = 4401
LEAVING = 5.0
"""Seconds that answers may still take when a gateway is about to end."""
Any2 = Subscription[Any, Any]


class Stream(Faced[F]):
    """A web socket. It opens with the first thing that is followed or sent, and ends with `close`."""

    def __init__(
        self, transport: Transport, portal: Portal | None, *, packed: bool, cancel_on_disconnect: bool
    ) -> None:
        """Take the client's gateways and credentials."""
        super().__init__(portal)
        self._transport, self._packed, self._cancel_on_disconnect = transport, packed, cancel_on_disconnect
        self._orders = SocketOrders(self._surely, transport.retries)
        self._followed: dict[tuple[str, str], Subscription[F, Any]] = {}
        self._at = 0
        self._task: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._known: set[tuple[str, str]] = set()
        """What the gateway has acknowledged on this connection."""
        self._waiting: list[asyncio.Future[Connection]] = []
        self._failure: ArbitraxError | None = None
        self._moving = asyncio.Event()
        self._works = set[asyncio.Task[None]]()
        self.connections = 0
        """How many there were."""

    # What can be followed

    def book(self, symbol: str, *, depth: Depth = 10) -> Subscription[F, Book]:
        """Follow a book; it is right whenever it is read, and a reader that is slow gets it less often."""
        return self._follow("book", symbol, depth=depth)

    def trades(self, symbol: str) -> Subscription[F, Update[list[Trade]]]:
        """Follow the tape."""
        return self._follow("trades", symbol)

    def prices(self, symbol: str) -> Subscription[F, Update[Quote]]:
        """Follow best bid and offer; the newest counts."""
        return self._follow("prices", symbol)

    def statistics(self, symbol: str) -> Subscription[F, Update[Statistics]]:
        """Follow the figures of the day; the newest ones count."""
        return self._follow("statistics", symbol)

    def bars(self, symbol: str, interval: Literal["1s", "1m"] = "1m") -> Subscription[F, Update[TradeBar]]:
        """Follow bars of the tape as they grow; where one was missed there was no reader for long."""
        return self._follow(f"bars.{interval}", symbol)

    def orders(self, account: str) -> Subscription[F, Update[list[OrderMessage]]]:
        """Follow an account's orders: those that are open, then each that changes, as it is."""
        return self._follow("orders", account, account=account)

    def fills(self, account: str) -> Subscription[F, Update[list[FillOfOrder]]]:
        """Follow an account's fills. After a ``snapshot``, `Accounts.fills` has what came before it."""
        return self._follow("fills", account, account=account)

    def positions(self, account: str) -> Subscription[F, Update[list[PositionMessage]]]:
        """Follow what an account holds."""
        return self._follow("positions", account, account=account)

    def account(self, account: str) -> Subscription[F, Update[Cash]]:
        """Follow an account's cash."""
        return self._follow("account", account, account=account)

    def run(self, run: str) -> Subscription[F, Update[RunNews]]:
        """Follow a backtest or ingestion from its beginning, or what there is still of it.

        It tells progress, log, done, and of a backtest the equity curve.
        """
        return self._follow(f"runs.{run}", run)

    def jobs(self) -> Subscription[F, Update[list[JobChange]]]:
        """Follow one's own jobs, an admin everybody's: those that wait or go on, then each that changes, as it is."""
        return self._follow(JOBS, "")

    def exchange(self) -> Subscription[F, Update[ExchangeMessage]]:
        """Follow how the exchange does, once a second; the newest counts."""
        return self._follow("exchange", "exchange")

    # Orders

    @offered
    async def submit(self, orders: Sequence[NewOrder], *, account: str | None = None) -> list[OrderOutcome]:
        """Submit orders that enter in this order, and return what became of each; refusals are outcomes too.

        Orders without a client order id get one. When the connection ends before the answer they are sent again, on the
        next one, and executed once.
        """
        return await self._orders.submit(orders, account)

    @offered
    async def validate(self, order: NewOrder, *, account: str | None = None) -> ValidationMessage:
        """Return what every check of an order would find now; nothing is sent."""
        return await self._orders.validate(order, account)

    @offered
    async def amend(
        self,
        order: str,
        *,
        quantity: str | None = None,
        price: str | None = None,
        stop: str | None = None,
        account: str | None = None,
    ) -> OrderOutcome:
        """Change an open order; ``quantity`` is the new total, what has filled included; what is left out stays."""
        return await self._orders.amend(order, quantity, price, stop, account)

    @offered
    async def cancel(self, orders: Sequence[str], *, account: str | None = None) -> list[OrderOutcome]:
        """Cancel orders by their ids."""
        return await self._orders.cancel(orders, account)

    @offered
    async def cancel_all(self, *, account: str | None = None, symbol: str | None = None) -> Cancelled:
        """Cancel an account's orders, of a symbol or all."""
        return await self._orders.cancel_all(account, symbol)

    @offered
    async def cancel_all_after(self, milliseconds: int, *, account: str | None = None) -> Cancelled:
        """Set the dead-man switch: all orders go unless it is set again in time; 0 turns it off."""
        return await self._orders.cancel_all_after(milliseconds, account)

    # Life

    @offered
    async def close(self) -> None:
        """End it and everything that is followed."""
        for each in self._followed.values():
            each.end()
        self._followed.clear()
        self._failure = made_error("stream.closed", "The stream was closed.", status=409)
        self._tell_waiting(self._failure)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def __aenter__(self: Stream[Async]) -> Stream[Async]:
        return self

    async def __aexit__(
        self: Stream[Async],
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __enter__(self: Stream[Sync]) -> Stream[Sync]:
        return self

    def __exit__(
        self: Stream[Sync],
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _follow(self, channel: str, symbol: str, **options: Any) -> Subscription[F, Any]:
        made: Subscription[F, Any] = Subscription(self.portal, self._leave, channel, symbol, **options)

        async def begin() -> None:
            if (channel, symbol) in self._followed:
                raise made_error("stream.followed", f"{channel} of {symbol} is followed already.", status=409)
            if self._failure is not None:
                raise self._failure
            self._followed[channel, symbol] = made
            self._wake()
            if self._connection is not None:
                self._start(self._ask_for(self._connection, made))

        if self.portal is not None:
            self.portal.run(begin())
        else:
            # It has no wait in it, so it is done at the first step.
            with suppress(StopIteration):
                begin().send(None)
        return made

    async def _leave(self, subscription: Any2) -> None:
        subscription.end()
        key = next((key for key, each in self._followed.items() if each is subscription), None)
        if key is None:
            return
        del self._followed[key]
        connection = self._connection
        if connection is not None and _name(subscription) in self._known:
            self._known.discard(_name(subscription))
            with suppress(ConnectionLostError, ArbitraxError):  # it ends with the connection
                await connection.ask(_request("unsubscribe", subscription))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._works.add(task)
        task.add_done_callback(self._works.discard)

    def _wake(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    # The connection

    async def _run(self) -> None:
        try:
            await self._keep()
        except Exception as error:  # a mistake of ours: nobody may wait for what does not come
            self._fail(made_error("stream.failed", f"The stream failed: {error!r}.", status=500))
            raise

    async def _keep(self) -> None:
        failed = 0
        while True:
            url = self._transport.urls[self._at % len(self._transport.urls)]
            began = self.connections
            try:
                await self._connect(url)
            except ConnectionLostError as error:
                lost: ArbitraxError = made_error("gateway.unreachable", f"{url}: {error}", status=503, retryable=True)
                if error.code == UNAUTHORISED and not await self._renewed():
                    self._fail(NotAuthenticated(f"The gateway does not accept the credential any more: {error}"))
                    return
            except ArbitraxError as error:
                lost = error
                if not error.retryable:
                    self._fail(error)
                    return
            finally:
                self._connection = None
                self._known.clear()
                for each in self._works:
                    each.cancel()
            failed = 1 if self.connections > began else failed + 1
            if failed > self._transport.retries:
                self._tell_waiting(lost)
            self._at += 1
            await pause(failed)

    async def _connect(self, url: str) -> None:
        """Serve one connection until it ends; returns when its gateway is about to."""
        transport = self._transport
        async with connected(url, self._take, packed=self._packed, tls=transport.tls) as connection:
            reading = asyncio.get_running_loop().create_task(connection.run())
            moving = asyncio.get_running_loop().create_task(self._moving.wait())
            self._moving.clear()
            try:
                await self._authenticate(connection)
                self.connections += 1
                self._connection = connection
                for each in self._followed.values():
                    self._start(self._ask_for(connection, each))
                self._start(self._stay(connection))
                for future in self._waiting:
                    if not future.done():
                        future.set_result(connection)
                self._waiting.clear()
                await asyncio.wait([reading, moving], return_when=asyncio.FIRST_COMPLETED)
                if reading.done():
                    reading.result()
                self._connection = None
                await connection.finish(LEAVING)
                raise ConnectionLostError("The gateway ends.")
            finally:
                for task in (reading, moving):
                    task.cancel()
                await asyncio.gather(reading, moving, return_exceptions=True)

    async def _authenticate(self, connection: Connection) -> float | None:
        """Say who asks; return when to say it again, in seconds since 1970."""
        credentials = self._transport.credentials
        if credentials is None:
            raise NotAuthenticated("A web socket needs an API key, or a name and its password.")
        token = await credentials.token()
        request = {"op": "authenticate", "cancel_on_disconnect": self._cancel_on_disconnect}
        try:
            await connection.ask(request | {"token": token.text})
        except AccessError as error:
            if error.retryable or not await credentials.renew(token.text):
                raise
            token = await credentials.token()
            await connection.ask(request | {"token": token.text})
        return token.renew_at

    async def _stay(self, connection: Connection) -> None:
        """Authenticate again before the token ends."""
        credentials = self._transport.credentials
        # Where that fails the gateway closes it when the token ends, and then we know why.
        with suppress(ArbitraxError, ConnectionLostError):
            renew_at = None if credentials is None else (await credentials.token()).renew_at
            while renew_at is not None:
                await asyncio.sleep(max(0.0, renew_at - time.time()))
                renew_at = await self._authenticate(connection)

    async def _renewed(self) -> bool:
        credentials = self._transport.credentials
        if credentials is None:
            return False
        try:
            return await credentials.renew((await credentials.token()).text)
        except ArbitraxError as error:
            return error.retryable  # then nobody knows yet

    def _fail(self, error: ArbitraxError) -> None:
        """Nothing helps any more."""
        self._failure = error
        for each in self._followed.values():
            each.fail(error)
        self._tell_waiting(error)

    def _tell_waiting(self, error: ArbitraxError) -> None:
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.done():
                each.set_exception(error)

    async def _surely(self, request: Message) -> Message:
        """Send a request that may be sent twice, on as many connections as it takes, and return its answer."""
        while True:
            if self._failure is not None:
                raise self._failure
            self._wake()
            connection = self._connection
            if connection is None:
                future: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
                self._waiting.append(future)
                connection = await future
            try:
                return await connection.ask(request)
            except ConnectionLostError:
                connection.give_up()
                if self._connection is connection:
                    self._connection = None

    # What is followed

    async def _ask_for(self, connection: Connection, subscription: Any2, *, anew: bool = False) -> None:
        """Ask for what is followed, from where it is; where nothing is published yet, until something is."""
        failed = 0

        def begins(answer: Message) -> None:
            if subscription.is_counted:
                (subscription.symbol,) = answer["symbols"]
            self._known.add(_name(subscription))

        while True:
            resumes = subscription.seq is not None and not subscription.is_counted
            try:
                if anew:
                    await connection.send(_request("unsubscribe", subscription))
                request = _request("resume" if resumes else "subscribe", subscription)
                await answered(await connection.send(request, begins))
            except ConnectionLostError:
                return
            except ArbitraxError as error:
                if not error.retryable:
                    subscription.fail(error)
                    return
                failed += 1
                await pause(failed)
            else:
                return

    def _take(self, message: Message) -> None:
        kind = message["type"]
        if kind == "heartbeat":
            for channel, symbol, seq in message["subscriptions"]:
                found = self._find(channel, symbol)
                if found is not None and seq is not None and _name(found) in self._known and found.is_behind(seq):
                    self._begin_anew(found)
        elif kind == "shutdown_soon":
            if len(self._transport.urls) > 1:
                self._moving.set()
        elif kind != "hello":
            found = self._find(message["channel"], message["symbol"])
            if found is not None and not found.take(message):
                self._begin_anew(found)

    def _find(self, channel: str, symbol: str) -> Subscription[F, Any] | None:
        found = self._followed.get((channel, symbol))
        if found is None:  # an account that the caller named otherwise
            found = next(
                (each for each in self._followed.values() if (each.channel, each.symbol) == (channel, symbol)), None
            )
        return found

    def _begin_anew(self, subscription: Subscription[F, Any]) -> None:
        connection = self._connection
        subscription.begin_anew()
        self._known.discard(_name(subscription))
        if connection is not None:
            self._start(self._ask_for(connection, subscription, anew=True))


def _name(subscription: Any2) -> tuple[str, str]:
    return subscription.channel, subscription.symbol


def _request(op: str, subscription: Any2) -> Message:
    channel, symbol = subscription.channel, subscription.symbol
    if op == "resume":
        position: Message = {"channel": channel, "symbol": symbol, "seq": subscription.seq, "epoch": subscription.epoch}
        if channel == "book":
            position["depth"] = subscription.depth
        return {"op": op, "positions": [position]}
    found: Message = {"op": op, "channel": channel}
    if subscription.account is not None:
        found["account"] = subscription.account
    elif not channel.startswith(OF_NO_SYMBOL):
        found["symbols"] = [symbol]
        if op == "subscribe" and channel == "book":
            found["depth"] = subscription.depth
    return found
