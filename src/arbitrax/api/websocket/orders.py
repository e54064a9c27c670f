"""Orders over a socket: the same commands as by REST, many in a frame."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from arbitrax.api.messages.orders import OrderOutcome, moment, outcome_message, validation_message
from arbitrax.api.problems import FieldError, RequestError
from arbitrax.api.websocket import messages as ask
from arbitrax.domain.errors import ArbitraxError, within
from arbitrax.trading.acting import ACTING
from arbitrax.trading.orders import Done, Refused

if TYPE_CHECKING:
    from arbitrax.api.websocket.session import Session
    from arbitrax.trading.exchange_broker import ExchangeBroker
    from arbitrax.trading.orders import Outcome
    from arbitrax.trading.registry import Account

MOST_TOGETHER = 50
"""Orders of a session that ended which are cancelled at a time."""
MOST_OPEN = 100_000


class SocketOrders:
    """Of one session. Its accounts have a session at the exchange when their orders go with it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.cancel_on_disconnect = False
        self._connected: dict[str, Account] = {}
        self._sent: OrderedDict[tuple[str, str], None] = OrderedDict()
        """(account, order) that may be open and go with the session."""

    async def do(self, request: ask.Trade) -> dict[str, Any]:
        """Do what is asked; return what became of it."""
        desk = self._session.parts.desk
        ACTING.set(self._session.origin(request.id))
        with within("account"):
            account = await desk.account(request.account, self._session.principal.sees)
        broker = await desk.broker()
        received = broker.now()
        match request:
            case ask.Submit():
                return {"results": await self._submit(broker, account, request, received)}
            case ask.Validate():
                with within("order", "symbol"):
                    await desk.know({request.order.symbol})
                checked = await broker.validate(account.text, request.order.order(request.order.client_order_id or ""))
                return {"validation": validation_message(checked, account)}
            case ask.Amend():
                found = await broker.amend(
                    account.text, request.order, quantity=request.quantity, price=request.price, stop=request.stop
                )
                return {"results": [_outcome(account, found, None, received)]}
            case ask.Cancel():
                outcomes = await broker.cancel_each(account.text, request.orders)
                return {"results": [_outcome(account, each, None, received) for each in outcomes]}
            case ask.CancelAll():
                found = await broker.cancel_all(account.text, symbol=request.symbol, side=request.side)
            case ask.CancelAllAfter():
                found = await broker.cancel_after(account.text, request.milliseconds)
        if isinstance(found, Done):
            return {"cancelled": list(found.cancelled)}
        return {"results": [_outcome(account, found, None, received)]}

    async def _submit(
        self, broker: ExchangeBroker, account: Account, request: ask.Submit, received: int
    ) -> list[OrderOutcome]:
        clients = [each.client_order_id for each in request.orders]
        if None in clients:
            detail = "An order needs a client_order_id; it is its idempotency key."
            where = f"/orders/{clients.index(None)}/client_order_id"
            raise RequestError(422, detail, [FieldError(where, "order.client_order_id", detail)])
        desk = self._session.parts.desk
        listed = await desk.listed({each.symbol for each in request.orders})
        for at, order in enumerate(request.orders):
            if order.symbol not in listed:
                with within("orders", at, "symbol"):
                    await desk.know({order.symbol})
        goes = self.cancel_on_disconnect
        if goes and account.text not in self._connected:
            self._connected[account.text] = account
            broker.connect(account.text)
        orders = [each.order(each.client_order_id or "", cancel_on_disconnect=goes) for each in request.orders]
        outcomes = await broker.submit_all(account.text, orders)
        if goes:
            for each in outcomes:
                if isinstance(each, Done) and each.order is not None and each.status == "open":
                    self._sent[account.text, each.order] = None
                    if len(self._sent) > MOST_OPEN:
                        self._sent.popitem(last=False)
        return [_outcome(account, each, client, received) for each, client in zip(outcomes, clients, strict=True)]

    async def close(self) -> None:
        """Let orders that go with the session go."""
        if not self._connected:
            return
        ACTING.set(self._session.origin(None))
        broker = await self._session.parts.desk.broker()
        last = set[str]()
        for each in self._connected:
            try:
                if await broker.disconnect(each) is not None:
                    last.add(each)
            except ArbitraxError:  # heartbeats end: the exchange does it by itself
                last.add(each)
        # Where another session of the account goes on, its orders stay: ours are cancelled one by one.
        left = [each for each in self._sent if each[0] not in last]
        for at in range(0, len(left), MOST_TOGETHER):
            await asyncio.gather(*(broker.cancel(*each) for each in left[at : at + MOST_TOGETHER]))


def _outcome(account: Account, found: Outcome, client: str | None, received: int) -> OrderOutcome:
    if isinstance(found, Refused):
        return OrderOutcome(
            "refused",
            found.order,
            account.text,
            found.client_order_id or client,
            reason=found.code,
            detail=found.sentence,
            repeated=found.repeated,
            received_at=moment(received),
        )
    return outcome_message(found, account, client, received=received)
