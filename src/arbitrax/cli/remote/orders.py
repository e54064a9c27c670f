"""Orders at a gateway, with the words of a broker, so that `arbitrax order` shows them in the same way."""

from datetime import UTC, datetime, timedelta

from arbitrax.client import Client, NewOrder, problem_of
from arbitrax.client.messages import OrderMessage, OrderOutcome
from arbitrax.domain.errors import ArbitraxError
from arbitrax.trading import orders as broker
from arbitrax.trading.orders import Done, Fill, OrderState, Outcome, Refused, Unknown

OF_THE_EXCHANGE = ("order.", "risk.", "market.", "exchange.", "command.")
"""Beginnings of codes that are a verdict about an order, not about the request."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RemoteBroker:
    """What `arbitrax order` asks of a broker; accounts may be left out where there is one only."""

    def __init__(self, client: Client) -> None:
        """Take the client."""
        self._orders = client.orders

    async def submit(self, account: str | None, order: broker.NewOrder) -> Outcome:
        """Submit an order."""
        new = NewOrder(
            symbol=order.symbol,
            side=order.side,
            quantity=order.quantity,
            type=order.type,
            price=order.price,
            time_in_force=order.time_in_force,
            stop=order.stop,
            distance=order.distance,
            display=order.display,
            offset=order.offset,
            funds=order.funds,
            expires_at=None if order.expire is None else EPOCH + timedelta(milliseconds=order.expire),
            post_only=order.post_only,
            slide=order.slide,
            on_quote=order.on_quote,
            reduce_only=order.reduce_only,
            self_trade=order.self_trade,
            client_order_id=order.client_order_id,
            account=account,
        )
        try:
            return _outcome(self._orders.submit(new), order.client_order_id)
        except ArbitraxError as error:
            return _refused(error, order.client_order_id)

    async def amend(
        self,
        account: str | None,
        order: str,
        *,
        quantity: str | None = None,
        price: str | None = None,
        stop: str | None = None,
    ) -> Outcome:
        """Change an order."""
        try:
            return _outcome(self._orders.amend(order, quantity=quantity, price=price, stop=stop, account=account))
        except ArbitraxError as error:
            return _refused(error)

    async def cancel(self, account: str | None, order: str) -> Outcome:
        """Cancel an order."""
        try:
            return _outcome(self._orders.cancel(order, account=account))
        except ArbitraxError as error:
            return _refused(error)

    async def cancel_all(
        self, account: str | None, *, symbol: str | None = None, side: broker.Side | None = None
    ) -> Outcome:
        """Cancel an account's orders."""
        try:
            found = self._orders.cancel_all(account=account, symbol=symbol, side=side)
        except ArbitraxError as error:
            return _refused(error)
        if found.orders is None:
            return Unknown("", "Which orders were cancelled is not known yet; list those that are open.")
        return Done(cancelled=tuple(found.orders))

    async def open_orders(self, account: str | None) -> list[OrderState]:
        """Return those that are open, oldest first."""
        return [_state(each) for each in self._orders.list(account=account)][::-1]

    async def find(self, account: str | None, client_order_id: str) -> OrderState | Outcome:
        """Return the order that was sent under a client order id."""
        found = self._orders.find(client_order_id, account=account)
        if found is None:
            return Unknown(client_order_id, f"Nothing is known of {client_order_id} yet.")
        return _state(found)


def _outcome(found: OrderOutcome, client_order_id: str = "") -> Outcome:
    client = found.client_order_id or client_order_id
    if found.status == "unknown":
        return Unknown(client, found.detail or "The outcome is not known yet; ask with `arbitrax order find`.")
    return Done(
        order=found.id,
        client_order_id=client,
        status=found.status,
        quantity=found.quantity,
        filled=found.filled_quantity,
        open=found.open_quantity,
        reason=found.reason,
        repeated=found.repeated,
        fills=tuple(
            Fill(each.id, each.order, each.side, each.quantity, each.price, each.maker) for each in found.fills
        ),
    )


def _refused(error: ArbitraxError, client_order_id: str = "") -> Refused:
    """Return the exchange's verdict that an error is; others are raised."""
    problem = problem_of(error)
    if problem is None or not error.code.startswith(OF_THE_EXCHANGE):
        raise error
    return Refused(
        error.code,
        str(error),
        client_order_id=client_order_id,
        http_status=error.http_status,
        retryable=error.retryable,
        exit_code=error.exit_code if error.code.startswith("risk.") else 1,
        field=problem.errors[0].pointer.removeprefix("/") if problem.errors else "",
    )


def _state(order: OrderMessage) -> OrderState:
    return OrderState(
        order=order.id,
        symbol=order.symbol,
        side=order.side,
        price=order.price,
        quantity=order.quantity,
        open=order.open_quantity,
        filled=order.filled_quantity,
        status=order.status,
        reason=order.reason,
        client_order_id=order.client_order_id or "",
        type=order.type,
        time_in_force=order.time_in_force,
        stop=order.stop,
        distance=order.distance,
        display=order.display,
        offset=order.offset,
        expire=None if order.expires_at is None else _ms(order.expires_at),
        reduce_only=order.reduce_only,
        triggered=None if order.triggered_at is None else _ms(order.triggered_at),
        average_price=order.average_price,
        fee=order.fee,
        created=_ms(order.created_at),
        ended=None if order.ended_at is None else _ms(order.ended_at),
    )


def _ms(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)
