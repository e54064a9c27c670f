"""Everything the engine knows, and the events of the command it executes."""

from dataclasses import dataclass, field
from typing import NamedTuple

from arbitrax.exchange.records import WINDOW_ORDERS, WINDOW_TIME, Code, Happening
from arbitrax.exchange.reference.accounts import Account
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.identity import Clients, Producer
from arbitrax.exchange.reference.orders import Order


class Event(NamedTuple):
    """A row of `records.EVENT`."""

    order: int
    maker: int
    price: int
    quantity: int
    open: int
    maker_open: int
    symbol: int
    account: int
    maker_account: int
    code: int
    kind: int
    side: int


@dataclass(slots=True)
class State:
    """One shard."""

    now: int = 0
    """The latest time any command brought, ms."""
    epoch: int = 0
    shard: int = 0
    seq: int = 0
    """Of the last id given out."""
    deposits: int = 0
    """All deposits less all withdrawals."""
    all_killed: bool = False
    books: dict[int, Book] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    clients: Clients = field(default_factory=lambda: Clients(WINDOW_TIME, WINDOW_ORDERS))
    producers: dict[int, Producer] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def next_id(self) -> int:
        """Give out the next order id."""
        self.seq += 1
        return self.last_id()

    def last_id(self) -> int:
        """Return the last id given out: epoch:16 | shard:8 | seq:40."""
        return self.epoch << 48 | self.shard << 40 | self.seq

    def in_order(self, symbol: int | None = None) -> list[Order]:
        """Return the open orders, of a symbol or all, by id."""
        every = (self.orders[each] for each in sorted(self.orders))
        return [order for order in every if symbol is None or order.symbol == symbol]

    def in_symbol_order(self) -> list[Book]:
        """Return the books by symbol."""
        return [self.books[symbol] for symbol in sorted(self.books)]

    def say(
        self,
        kind: Happening,
        *,
        order: int = 0,
        maker: int = 0,
        price: int = 0,
        quantity: int = 0,
        open: int = 0,
        maker_open: int = 0,
        symbol: int = 0,
        account: int = 0,
        maker_account: int = 0,
        code: int = Code.OK,
        side: int = 0,
    ) -> None:
        """Add an event."""
        self.events.append(
            Event(
                order,
                maker,
                price,
                quantity,
                open,
                maker_open,
                symbol,
                account,
                maker_account,
                int(code),
                int(kind),
                side,
            )
        )

    def tell(self, kind: Happening, order: Order, quantity: int, *, price: int | None = None, code: int = 0) -> None:
        """Add an event about one order; what it will show is what its kind says."""
        self.say(
            kind,
            order=order.id,
            price=(order.price or order.limit) if price is None else price,
            quantity=quantity,
            open=order.open,
            maker_open=0 if kind == Happening.CANCELLED else order.showing,
            symbol=order.symbol,
            account=order.account,
            code=code,
            side=order.side,
        )
