"""Orders and accounts of the paper exchange."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Literal

from msgspec.structs import replace

from arbitrax.client.faces import F, listing, offered
from arbitrax.client.messages import (
    AccountDetail,
    AccountMessage,
    AccountOwner,
    BookMessage,
    CancelAllAfter,
    Cancelled,
    ExchangeMessage,
    FillMessage,
    KillSwitch,
    NewAccount,
    NewOrder,
    OrderChange,
    OrderMessage,
    OrderOutcome,
    Page,
    PositionMessage,
    ValidationMessage,
)
from arbitrax.client.paths import quoted
from arbitrax.client.resource import Resource
from arbitrax.client.waiting import pause
from arbitrax.trading.client_ids import new_client_order_id

ORDERS = "/api/v1/orders"
ACCOUNTS = "/api/v1/accounts"
Side = Literal["buy", "sell"]


def named(order: NewOrder) -> NewOrder:
    """Return an order with a client order id, its own or a new one."""
    if order.client_order_id is not None:
        return order
    return replace(order, client_order_id=new_client_order_id(time.time_ns() // 1_000_000))


class Orders(Resource[F]):
    """Submit, change, cancel and list orders."""

    @offered
    async def submit(self, order: NewOrder) -> OrderOutcome:
        """Submit an order and return what became of it: it rests, it filled, or both.

        Without a client order id it gets one, so that it is executed once, however often it must be sent. The status is
        "unknown" when the exchange did not tell in time after all tries: `find` knows later.

        Raises:
            ArbitraxError: it is refused; `code` says why, such as ``order.price_off_tick`` or ``risk.no_buying_power``.
        """
        sent, failed = named(order), 0
        while True:
            found = await self._transport.send("POST", ORDERS, OrderOutcome, sent, key=sent.client_order_id)
            if found.status != "unknown" or failed >= self._transport.retries:
                return found
            failed += 1
            await pause(failed)

    @offered
    async def validate(self, order: NewOrder) -> ValidationMessage:
        """Say what every check of an order would find now, and send nothing."""
        return await self._transport.send("POST", f"{ORDERS}/validations", ValidationMessage, order)

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
        change = OrderChange(quantity=quantity, price=price, stop=stop)
        query = {"account": account}
        # What is asked for is absolute: twice is as once.
        return await self._transport.send("PATCH", f"{ORDERS}/{order}", OrderOutcome, change, query=query, safe=True)

    @offered
    async def cancel(self, order: str, *, account: str | None = None) -> OrderOutcome:
        """Cancel what is open of an order."""
        return await self._transport.send("DELETE", f"{ORDERS}/{order}", OrderOutcome, query={"account": account})

    @offered
    async def cancel_all(
        self, *, account: str | None = None, symbol: str | None = None, side: Side | None = None
    ) -> Cancelled:
        """Cancel an account's orders, of a symbol or all, of a side or both."""
        query = {"account": account, "symbol": symbol, "side": side}
        return await self._transport.send("DELETE", ORDERS, Cancelled, query=query)

    @offered
    async def cancel_all_after(self, milliseconds: int, *, account: str | None = None) -> Cancelled:
        """Set the dead-man switch: all orders go unless it is set again in time; 0 turns it off."""
        body = CancelAllAfter(milliseconds=milliseconds, account=account)
        return await self._transport.send("POST", f"{ORDERS}/cancel_all_after", Cancelled, body)

    @offered
    async def get(self, order: str, *, account: str | None = None) -> OrderMessage:
        """Return an order as it is now."""
        return await self._transport.get(f"{ORDERS}/{order}", OrderMessage, account=account)

    @offered
    async def find(
        self, client_order_id: str, *, account: str | None = None, deadline: datetime | None = None
    ) -> OrderMessage | None:
        """Return the order that was sent under a client order id, refused or not; None: nothing is known of it yet.

        With the ``deadline`` of an outcome that was unknown, None does not last.

        Raises:
            ArbitraxError: ``order.stale``: the deadline is over, and the exchange has not got it.
        """
        until = None if deadline is None else deadline.isoformat()
        query = {"account": account, "client_order_id": client_order_id, "deadline": until}
        found = await self._transport.get(ORDERS, Page[OrderMessage], **query)
        return found.data[0] if found.data else None

    @listing
    async def list(
        self, *, account: str | None = None, status: Literal["open", "all"] = "open"
    ) -> AsyncIterator[OrderMessage]:
        """Yield an account's orders, newest first: those that are open, or all as recorded."""
        async for each in self._pages(ORDERS, OrderMessage, account=account, status=status):
            yield each


class Accounts(Resource[F]):
    """Accounts, and what they hold and traded."""

    @listing
    async def list(self) -> AsyncIterator[AccountMessage]:
        """Yield one's own accounts; an admin sees everybody's."""
        async for each in self._pages(ACCOUNTS, AccountMessage):
            yield each

    @offered
    async def get(self, account: str) -> AccountDetail:
        """Return an account, by its id, with its cash."""
        return await self._transport.get(f"{ACCOUNTS}/{quoted(account)}", AccountDetail)

    @offered
    async def open(self, account: NewAccount) -> AccountMessage:
        """Open a paper account of one's own."""
        return await self._transport.send("POST", ACCOUNTS, AccountMessage, account)

    @offered
    async def kill(self, account: str) -> KillSwitch:
        """Throw an account's kill switch: its open orders go, and no new one is taken until it is revived."""
        return await self._transport.send("POST", f"{ACCOUNTS}/{quoted(account)}/kill", KillSwitch)

    @offered
    async def revive(self, account: str) -> KillSwitch:
        """Take the kill switch back."""
        return await self._transport.send("POST", f"{ACCOUNTS}/{quoted(account)}/revival", KillSwitch)

    @offered
    async def give(self, account: str, user: str) -> AccountMessage:
        """Make an account of the operator's a user's, for good; for admins."""
        path = f"{ACCOUNTS}/{quoted(account)}/owner"
        return await self._transport.send("PUT", path, AccountMessage, AccountOwner(user=user))

    @listing
    async def positions(self, *, account: str | None = None) -> AsyncIterator[PositionMessage]:
        """Yield what an account holds, by symbol, as of now."""
        async for each in self._pages("/api/v1/positions", PositionMessage, account=account):
            yield each

    @listing
    async def fills(self, *, account: str | None = None) -> AsyncIterator[FillMessage]:
        """Yield an account's fills, newest first, as recorded: a moment behind what the exchange has told."""
        async for each in self._pages("/api/v1/fills", FillMessage, account=account):
            yield each


class Exchange(Resource[F]):
    """How the paper exchange does."""

    @offered
    async def get(self) -> ExchangeMessage:
        """Return its shards, with rates, latencies, lags and hashes, and what it trades, as of now."""
        return await self._transport.get("/api/v1/exchange", ExchangeMessage)


class Books(Resource[F]):
    """Order books; `Stream.book` follows one."""

    @offered
    async def get(self, symbol: str, *, depth: int = 10) -> BookMessage:
        """Return the best levels of both sides as published a moment ago."""
        return await self._transport.get(f"/api/v1/books/{quoted(symbol)}", BookMessage, depth=depth)
