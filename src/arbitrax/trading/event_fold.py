"""What a shard's events add up to: orders, positions, cash, books. Read from the stream, from its first entry on.

For a journal that still holds all its events; once it is trimmed, published state takes this one's place.
"""

from dataclasses import dataclass, field

from msgspec import Struct

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.exchange.journal import START
from arbitrax.exchange.public_book import PublicBook
from arbitrax.exchange.records import Code, Happening, Side
from arbitrax.exchange.reference.accounts import Position
from arbitrax.trading.client_journal import ClientJournal
from arbitrax.trading.registry import Registry

ACCEPTED, FILLED, CANCELLED = int(Happening.ACCEPTED), int(Happening.FILLED), int(Happening.CANCELLED)
AMENDED, CASH, REFUSED = int(Happening.AMENDED), int(Happening.CASH), int(Happening.REFUSED)
MOVED = (int(Happening.REPRICED), int(Happening.DECREMENTED))
FEE = int(Code.FEE)
BOOKED = {int(each) for each in Happening if each < Happening.STATE or each == Happening.QUOTED} - {REFUSED}


class FoldedOrder(Struct):
    """An order: ticks and lots. ``code`` says why it ended."""

    number: int
    account: int
    symbol: int
    side: int
    price: int
    quantity: int
    open: int
    filled: int = 0
    code: int = 0
    ended: bool = False


@dataclass(slots=True)
class FoldedAccount:
    """Cash in units, positions by symbol, the numbers of open orders in the order of their ids."""

    cash: int = 0
    positions: dict[int, Position] = field(default_factory=dict)
    open: dict[int, None] = field(default_factory=dict)


class EventFold:
    """One shard. `catch_up` before each look."""

    def __init__(self, journal: ClientJournal, shard: int, registry: Registry) -> None:
        self._journal, self._shard, self._registry = journal, shard, registry
        self._at = START
        self.orders: dict[int, FoldedOrder] = {}
        self.accounts: dict[int, FoldedAccount] = {}
        self.books: dict[int, PublicBook] = {}

    async def catch_up(self) -> None:
        """Read on to the newest event.

        Raises:
            StoreUnavailableError: the server is down, or no longer holds the events in between.
        """
        while page := await self._journal.events_after(self._shard, self._at, 0):
            for entry in page:
                if entry.predecessor != self._at:
                    raise StoreUnavailableError(
                        f"The journal of shard {self._shard} no longer holds its events from {self._at} to "
                        f"{entry.predecessor}; what they add up to cannot be read from it."
                    )
                self._at = entry.last
                for row in entry.events.tolist():
                    self._apply(row)

    def account(self, number: int) -> FoldedAccount:
        """Return an account, made when new."""
        found = self.accounts.get(number)
        if found is None:
            found = self.accounts[number] = FoldedAccount()
        return found

    def _apply(self, row: tuple[int, ...]) -> None:
        order, maker, price, quantity, left, maker_left, symbol, account, maker_account, code, kind, side = row
        if kind in BOOKED:
            book = self.books.get(symbol)
            if book is None:
                book = self.books[symbol] = PublicBook()
            book.apply(row)
        if kind == ACCEPTED:
            self.orders[order] = FoldedOrder(order, account, symbol, side, price, quantity, left)
            self.account(account).open[order] = None
        elif kind == FILLED:
            self._fill(order, account, side, price, quantity, left, symbol)
            self._fill(maker, maker_account, 1 - side, price, quantity, maker_left, symbol)
        elif kind == CASH:
            found = self.account(account)
            found.cash += price
            if code == FEE:
                found.positions.setdefault(symbol, Position()).fees -= price
        elif order in self.orders and kind != REFUSED:
            known = self.orders[order]
            if kind == CANCELLED:
                known.code = code
                self._end(known)
            elif kind == AMENDED:
                known.quantity, known.open = quantity, left
                known.price = price or known.price
            elif kind in MOVED:
                known.open = left
                known.price = price or known.price

    def _fill(  # noqa: PLR0917 - fields of a fill, hot
        self, order: int, account: int, side: int, price: int, lots: int, left: int, symbol: int
    ) -> None:
        found = self.account(account)
        instrument = self._registry.by_number.get((self._shard, symbol))
        value = 1 if instrument is None else instrument.tick_value
        sign = 1 if side == Side.BUY else -1
        found.positions.setdefault(symbol, Position()).trade(sign * lots, price, value)
        found.cash -= sign * lots * price * value
        known = self.orders.get(order)
        if known is not None:
            known.filled += lots
            known.open = left
            if not left and known.quantity:  # one by funds ends with its own event
                self._end(known)

    def _end(self, order: FoldedOrder) -> None:
        order.ended = True
        order.open = 0
        self.account(order.account).open.pop(order.number, None)
