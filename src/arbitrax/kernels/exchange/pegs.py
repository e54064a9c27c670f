"""Pegs follow the best price of their own side. `arbitrax.exchange.reference.pegs`, compiled."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.events import tell
from cython.cimports.arbitrax.kernels.exchange.matching import rest, take_out
from cython.cimports.arbitrax.kernels.exchange.prices import best_fixed
from cython.cimports.arbitrax.kernels.exchange.records import BUY, CONTINUOUS, MAX_PRICE, OK, REPRICED, SELL
from cython.cimports.arbitrax.kernels.exchange.state import (
    IN_BOOK,
    PARKED,
    Extension,
    Order,
    extension_at,
    order_at,
    symbol_of,
)

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _beside(order: cython.pointer[Order], x: cython.pointer[Extension], best: cython.longlong) -> cython.longlong:
    """Return where a peg belongs beside the best price of its side, ticks; 0: nowhere."""
    price: cython.longlong
    if best == 0:
        return 0
    if order.side == BUY:
        price = best - x.offset if best - x.offset < x.limit else x.limit
        return price if price > 0 else 0
    price = best + x.offset if best + x.offset > x.limit else x.limit
    return price if price <= MAX_PRICE else 0


def peg_price(e, book, slot):
    """Return where a peg belongs now, ticks; 0: nowhere."""
    order: cython.pointer[Order] = order_at(e, slot)
    return _beside(order, extension_at(e, order.extension), best_fixed(e, book, order.side))


def place_peg(e, book, slot, price):
    """Put a peg at the back of a level, or park it."""
    if price != 0:
        rest(e, book, slot, price)
    else:
        extension_at(e, order_at(e, slot).extension).place = PARKED


def reprice(e, book):
    """Move every peg of a symbol that no longer stands where it belongs: REPRICED, price 0 when it is parked."""
    slot: cython.uint = book.first_peg
    after: cython.uint
    price: cython.longlong
    best: cython.longlong[2]
    order: cython.pointer[Order]
    x: cython.pointer[Extension]
    if slot == 0:
        return
    if book.phase != CONTINUOUS:
        book.pegged[0] = book.pegged[1] = -1
        return
    best[0] = best_fixed(e, book, BUY)
    best[1] = best_fixed(e, book, SELL)
    if best[0] == book.pegged[0] and best[1] == book.pegged[1]:
        return
    book.pegged[0] = best[0]
    book.pegged[1] = best[1]
    while slot != 0:
        order = order_at(e, slot)
        x = extension_at(e, order.extension)
        after = x.follower
        price = _beside(order, x, best[order.side])
        if price != (order.price if x.place == IN_BOOK else 0):
            take_out(e, book, slot)
            place_peg(e, book, slot, price)
            tell(e, REPRICED, OK, order, symbol_of(e, book), order.total, price)
        slot = after
