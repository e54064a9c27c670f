"""Orders over a web socket: many in a frame, each acknowledged, each executed once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from arbitrax.client.connection import Message
from arbitrax.client.messages import Cancelled, NewOrder, OrderOutcome, ValidationMessage
from arbitrax.client.orders import named
from arbitrax.client.problems import made_error
from arbitrax.client.waiting import pause
from arbitrax.domain.errors import ArbitraxError, TooManyRequests

MOST_ORDERS = 200
"""Of a frame."""


class SocketOrders:
    """What a stream does with orders; ``ask`` sends a request, again on another connection when one ends."""

    def __init__(self, ask: Callable[[Message], Awaitable[Message]], retries: int) -> None:
        """Take it."""
        self._ask, self._retries = ask, retries

    async def submit(self, orders: Sequence[NewOrder], account: str | None) -> list[OrderOutcome]:
        """Submit orders, 200 at a time, those whose outcome is unknown again."""
        sent = [named(each) for each in orders]
        outcomes = list[OrderOutcome]()
        for at in range(0, len(sent), MOST_ORDERS):
            outcomes += await self._submit(sent[at : at + MOST_ORDERS], account)
        return outcomes

    async def validate(self, order: NewOrder, account: str | None) -> ValidationMessage:
        """Have an order checked."""
        answer = await self._answer({"op": "validate", "order": _written(order)}, account)
        return msgspec.convert(answer["validation"], ValidationMessage)

    async def amend(
        self, order: str, quantity: str | None, price: str | None, stop: str | None, account: str | None
    ) -> OrderOutcome:
        """Change an order."""
        request = {"op": "amend", "order": order, "quantity": quantity, "price": price, "stop": stop}
        (found,) = _outcomes(await self._answer(request, account))
        return found

    async def cancel(self, orders: Sequence[str], account: str | None) -> list[OrderOutcome]:
        """Cancel orders, 200 at a time."""
        outcomes = list[OrderOutcome]()
        for at in range(0, len(orders), MOST_ORDERS):
            request = {"op": "cancel", "orders": list(orders[at : at + MOST_ORDERS])}
            outcomes += _outcomes(await self._answer(request, account))
        return outcomes

    async def cancel_all(self, account: str | None, symbol: str | None) -> Cancelled:
        """Cancel an account's orders."""
        return _cancelled(await self._answer({"op": "cancel_all", "symbol": symbol}, account), account)

    async def cancel_all_after(self, milliseconds: int, account: str | None) -> Cancelled:
        """Set the dead-man switch."""
        request = {"op": "cancel_all_after", "milliseconds": milliseconds}
        return _cancelled(await self._answer(request, account), account)

    async def _submit(self, orders: Sequence[NewOrder], account: str | None) -> list[OrderOutcome]:
        failed = 0
        while True:
            request = {"op": "submit", "orders": [_written(each) for each in orders]}
            found = _outcomes(await self._answer(request, account))
            if failed >= self._retries or all(each.status != "unknown" for each in found):
                return found
            failed += 1
            await pause(failed)

    async def _answer(self, request: Message, account: str | None) -> Message:
        """Return the answer; a limit that is reached is waited for."""
        failed = 0
        while True:
            try:
                return await self._ask(request | {"account": account})
            except TooManyRequests:
                if failed >= self._retries:
                    raise
            failed += 1
            await pause(failed)


def _written(order: NewOrder) -> dict[str, Any]:
    if order.account is not None:
        raise made_error("order.account", "Over the socket the account is the frame's, not an order's; leave it out.")
    found: dict[str, Any] = msgspec.to_builtins(order)
    return found


def _outcomes(answer: Message) -> list[OrderOutcome]:
    return msgspec.convert(answer["results"], list[OrderOutcome])


def _cancelled(answer: Message, account: str | None) -> Cancelled:
    """Return which orders went.

    Raises:
        ArbitraxError: it was refused.
    """
    if "cancelled" in answer:
        return Cancelled(account=account or "", orders=answer["cancelled"])
    (found,) = _outcomes(answer)
    if found.status == "refused":
        raise _refused(found)
    return Cancelled(account=found.account, orders=None)


def _refused(outcome: OrderOutcome) -> ArbitraxError:
    return made_error(outcome.reason or "order.refused", outcome.detail or "The exchange refused it.")
