"""Pegs follow the best price of their own side at which an order that is no peg stands, at a distance, up to a limit.

The distance points away from the market and is never below 0, so a peg never crosses: it stands no better than an order
that does not cross. It is repriced after each command, in id order; a peg whose price changes goes to the back of its
new level. Without a price to follow, or when the distance leaves none above 0, it is parked: open, not in the book.
Outside continuous trading pegs stay where they are.
"""

from arbitrax.exchange.records import MAX_PRICE, Happening, Phase, Side
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.orders import Order
from arbitrax.exchange.reference.state import State
from arbitrax.exchange.views import Place


def target(book: Book, order: Order) -> int:
    """Return where a peg belongs, ticks; 0: nowhere."""
    best = book.best_fixed(order.side)
    if best is None:
        return 0
    price = best - order.sign * order.offset
    if order.side == Side.BUY:
        return max(min(price, order.limit), 0)
    price = max(price, order.limit)
    return price if price <= MAX_PRICE else 0


def place(book: Book, order: Order, price: int) -> None:
    """Put a peg at the back of a level, or park it."""
    if price:
        book.rest(order, price)
    else:
        order.place = Place.PARKED


def reprice(state: State, book: Book) -> None:
    """Move every peg of a symbol that no longer stands where it belongs: REPRICED, price 0 when it is parked."""
    if book.phase != Phase.CONTINUOUS:
        return
    for number in sorted(book.pegs):
        order = book.pegs[number]
        if order.price != (price := target(book, order)):
            book.take_out(order)
            place(book, order, price)
            state.tell(Happening.REPRICED, order, order.total, price=price)
