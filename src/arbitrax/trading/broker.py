"""The port between whoever trades (API, live sessions, the command line) and an exchange."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from arbitrax.trading.orders import (
    AccountState,
    AccountUpdate,
    BookDepth,
    NewOrder,
    OrderState,
    Outcome,
    PositionState,
    Side,
    Validation,
)


class Broker(Protocol):
    """Orders of accounts, and what became of them.

    An account is given by its id or name, an order by its id. Every command returns an `Outcome`; none raises because
    of what the exchange says, or because it is silent: then the outcome is `Unknown`.

    Raises:
        UnknownNameError: no account or symbol of that name, or what is no id of an order.
        StoreUnavailableError: from reads only: what they read is down.
    """

    async def submit(self, account: str, order: NewOrder) -> Outcome:
        """Submit an order. The same again under its client order id has the first outcome."""

    async def submit_all(self, account: str, orders: Sequence[NewOrder]) -> list[Outcome]:
        """Submit orders that enter in this order, together; the outcomes in the same order."""

    async def validate(self, account: str, order: NewOrder) -> Validation:
        """Return what every check would say of an order now; nothing is sent.

        Raises:
            StoreUnavailableError: whoever would check it does not answer.
        """

    async def amend(
        self, account: str, order: str, *, quantity: str, price: str | None = None, stop: str | None = None
    ) -> Outcome:
        """Change an order: ``quantity`` is the new total, what has filled included."""

    async def cancel(self, account: str, order: str) -> Outcome:
        """Cancel what is open of an order."""

    async def cancel_all(self, account: str, *, symbol: str | None = None, side: Side | None = None) -> Outcome:
        """Cancel an account's orders, of a symbol or all, of a side or both."""

    async def cancel_after(self, account: str, milliseconds: int) -> Outcome:
        """Set the dead-man switch: all orders go unless it is set again in time; 0 turns it off."""

    async def kill(self, account: str) -> Outcome:
        """Take no new orders of an account, and cancel the open ones, until `revive`."""

    async def revive(self, account: str) -> Outcome:
        """Take orders of an account again."""

    async def order(self, account: str, order: str) -> OrderState | None:
        """Return an order; None: the account never had it."""

    async def find(self, account: str, client_order_id: str) -> OrderState | Outcome:
        """Return what became of the order that was sent under a client order id; `Unknown` while nothing is known."""

    async def open_orders(self, account: str) -> list[OrderState]:
        """Return an account's open orders, oldest first."""

    async def positions(self, account: str) -> list[PositionState]:
        """Return what an account holds, or held."""

    async def account(self, account: str) -> AccountState:
        """Return an account's cash."""

    def follow(self, account: str) -> AsyncIterator[AccountUpdate]:
        """Yield how an account is, then what happens to it, from then on."""

    async def depth(self, symbol: str, levels: int = 10) -> BookDepth:
        """Return a symbol's best levels."""
