"""What is recorded of an account's orders, fills and positions, in decimals. As old as the recorder is behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct

from arbitrax.exchange.identifiers import order_number, order_text, order_uuid
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.sql import statement

_NEWEST = UUID(int=(1 << 128) - 1)
PAGE = 100


class RecordedOrder(Struct, frozen=True):
    """An order of an account. None: it has none, or said nothing that has a word."""

    id: str
    """``ord_`` and 16 hex digits."""
    symbol: str | None
    client_order_id: str | None
    order_type: str | None
    side: str | None
    time_in_force: str | None
    self_trade: str | None
    flags: int
    """`arbitrax.exchange.records.Flag`."""
    quantity: Decimal
    filled_quantity: Decimal
    limit_price: Decimal | None
    stop_price: Decimal | None
    trail: Decimal | None
    display_quantity: Decimal | None
    peg_offset: Decimal | None
    funds: Decimal | None
    expires: int | None
    """Ns since 1970."""
    triggered_at: datetime | None
    average_price: Decimal | None
    fee: Decimal
    status: str
    """open, partially_filled, filled, cancelled, expired or rejected."""
    reason: str
    """Why it was rejected or ended: a name of `arbitrax.exchange.records.Code`; none: it was filled, or is open."""
    created_at: datetime
    ended_at: datetime | None
    recorded_at: datetime
    """When it was stored last."""

    @property
    def number(self) -> int:
        """Return the engine's id."""
        return int(self.id[4:], 16)


class RecordedFill(Struct, frozen=True):
    """One side of a match."""

    id: UUID
    order: str
    symbol: str
    is_maker: bool
    phase: str
    """continuous or auction."""
    quantity: Decimal
    """Below 0: sold."""
    price: Decimal
    fee: Decimal
    """Below 0: a rebate."""
    filled_at: datetime


class RecordedPosition(Struct, frozen=True):
    """What an account holds of a symbol, as the engine counts it."""

    symbol: str
    quantity: Decimal
    """Below 0: short."""
    average_price: Decimal | None
    """None: flat."""
    realised: Decimal
    """Profit of what was closed, before fees."""
    fees: Decimal


class PostgresOrders:
    """Reads; ``account`` is the id of a row of ``accounts``. What is orphaned is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def orders(
        self, account: UUID, *, only_open: bool = False, below: int | None = None, limit: int = PAGE
    ) -> Sequence[RecordedOrder]:
        """Return orders, newest first; the next page is ``below`` the number of the last."""
        return self._find(account, everything=not only_open, below=below, limit=limit)

    def order(self, account: UUID, number: int) -> RecordedOrder | None:
        """Return an order by the engine's id; None: this account has none such, or not yet."""
        return next(iter(self._find(account, order=order_uuid(number), limit=1)), None)

    def order_of_client(self, account: UUID, client: str) -> RecordedOrder | None:
        """Return the newest order that has a client id; None: there is none, or not yet."""
        return next(iter(self._find(account, client=client, limit=1)), None)

    def lost(self, account: UUID, *, limit: int = PAGE) -> Sequence[RecordedOrder]:
        """Return what the journal lost of an account, newest first: orders that were told, and those with such fills.

        The latter are here as they are without the fills they lost.
        """
        with self._database.reading() as connection:
            found = connection.execute(
                statement("exchange_orders_lost"), {"account": account, "limit": limit}
            ).fetchall()
        return [RecordedOrder(order_text(order_number(id)), *rest) for id, *rest in found]

    def fills(
        self, account: UUID, *, order: int | None = None, below: UUID = _NEWEST, limit: int = PAGE
    ) -> Sequence[RecordedFill]:
        """Return fills, of all orders or one, newest first; the next page is ``below`` the id of the last."""
        number = None if order is None else order_uuid(order)
        keys = {"account": account, "order": number, "below": below, "limit": limit}
        with self._database.reading() as connection:
            found = connection.execute(statement("exchange_fills_list"), keys).fetchall()
        return [RecordedFill(id, order_text(order_number(order)), *rest) for id, order, *rest in found]

    def positions(self, account: UUID) -> Sequence[RecordedPosition]:
        """Return positions by symbol, those that are flat again too."""
        with self._database.reading() as connection:
            found = connection.execute(statement("exchange_positions_list"), {"account": account}).fetchall()
        return [RecordedPosition(*row) for row in found]

    def _find(
        self,
        account: UUID,
        *,
        everything: bool = True,
        below: int | None = None,
        order: UUID | None = None,
        client: str | None = None,
        limit: int,
    ) -> list[RecordedOrder]:
        keys: dict[str, Any] = {
            "account": account,
            "everything": everything,
            "below": _NEWEST if below is None else order_uuid(below),
            "order": order,
            "client": client,
            "limit": limit,
        }
        with self._database.reading() as connection:
            found = connection.execute(statement("exchange_orders_list"), keys).fetchall()
        return [RecordedOrder(order_text(order_number(id)), *rest) for id, *rest in found]
