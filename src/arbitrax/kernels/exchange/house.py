"""QUOTE and PRINT: the external market as liquidity of a house participant: `reference.house`, compiled.

What the external market shows is a ladder of levels without orders; the house's pieces stand in the book.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.exchange.events import blank, shown_of
from cython.cimports.arbitrax.kernels.exchange.filters import check_phase, check_price
from cython.cimports.arbitrax.kernels.exchange.matching import (
    after_fill,
    drop,
    fill,
    new_extension,
    rest,
    take_out,
    trade,
)
from cython.cimports.arbitrax.kernels.exchange.price_tree import add_level, find_level, level_after, remove_level
from cython.cimports.arbitrax.kernels.exchange.prices import side_of
from cython.cimports.arbitrax.kernels.exchange.records import (
    BAD_FIELD,
    CANCELLED,
    EXTERNAL_CROSSED,
    HOUSE,
    LIMIT,
    MAX_NOTIONAL,
    MAX_QUANTITY,
    NOTIONAL_LIMIT,
    OFF_LOT,
    OK,
    QUANTITY_NOT_POSITIVE,
    QUANTITY_TOO_LARGE,
    QUOTED,
    SELL,
    WITHDRAWN_BY_HOUSE,
    Event,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import take, take_spare
from cython.cimports.arbitrax.kernels.exchange.risk import open_position
from cython.cimports.arbitrax.kernels.exchange.state import (
    Book,
    Engine,
    Extension,
    Ladder,
    Level,
    Order,
    extension_at,
    keeps_accounts,
    key_of,
    level_at,
    order_at,
    symbol_of,
    waiting_at,
)
from cython.cimports.arbitrax.kernels.exchange.stops import open_waiting
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.overflowcheck(False)  # of 128 bits
def check_outside(book, c, least):
    """Check side, phase, price and quantity of a QUOTE or PRINT."""
    code: cython.int
    if c.side > SELL or c.flags != 0:
        return BAD_FIELD
    code = check_phase(book, False)
    if code == OK:
        code = check_price(book, c.price, False, cython.NULL)
    if code != OK:
        return code
    if c.quantity < least:
        return QUANTITY_NOT_POSITIVE
    if c.quantity > MAX_QUANTITY:
        return QUANTITY_TOO_LARGE
    if c.quantity % book.quantity_step != 0:
        return OFF_LOT
    if cython.cast(int128, c.price) * c.quantity * book.tick_value > MAX_NOTIONAL:
        return NOTIONAL_LIMIT
    return OK


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _external(e: cython.pointer[Engine], book: cython.pointer[Book], side: cython.uint) -> cython.pointer[Ladder]:
    return cython.address(waiting_at(e, book.waiting).external[side])


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _outside(
    e: cython.pointer[Engine], book: cython.pointer[Book], side: cython.uint, price: cython.longlong
) -> cython.longlong:
    """Return the lots the external market shows at a price."""
    index: cython.uint = find_level(e, _external(e, book, side), key_of(side, price))
    return level_at(e, index).quantity if index != 0 else 0


def note_outside(e, book, side, price, size):
    """Note what the external market shows at a price; 0: nothing."""
    ladder: cython.pointer[Ladder] = _external(e, book, side)
    key: cython.longlong = key_of(side, price)
    index: cython.uint = find_level(e, ladder, key)
    if size == 0:
        if index != 0:
            remove_level(e, ladder, index)
        return
    if index == 0:
        index = take_spare(cython.address(e.levels), cython.sizeof(Level))
        memset(level_at(e, index), 0, cython.sizeof(Level))
        level_at(e, index).key = key
        add_level(e, ladder, key, index)
    level_at(e, index).quantity = size


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _first_piece(
    e: cython.pointer[Engine], book: cython.pointer[Book], side: cython.uint, price: cython.longlong
) -> cython.uint:
    """Return the house's foremost lots at a price; 0: there are none."""
    index: cython.uint = find_level(e, side_of(e, book, side), key_of(side, price))
    slot: cython.uint = level_at(e, index).head if index != 0 else 0
    while slot != 0 and order_at(e, slot).account != HOUSE:
        slot = order_at(e, slot).next
    return slot


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _next_piece(e: cython.pointer[Engine], slot: cython.uint) -> cython.uint:
    slot = order_at(e, slot).next
    while slot != 0 and order_at(e, slot).account != HOUSE:
        slot = order_at(e, slot).next
    return slot


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _held(
    e: cython.pointer[Engine], book: cython.pointer[Book], side: cython.uint, price: cython.longlong
) -> cython.longlong:
    """Return the house's lots at a price."""
    slot: cython.uint = _first_piece(e, book, side, price)
    lots: cython.longlong = 0
    while slot != 0:
        lots += order_at(e, slot).open
        slot = _next_piece(e, slot)
    return lots


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _make_piece(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    side: cython.uint,
    price: cython.longlong,
    lots: cython.longlong,
) -> cython.uint:
    """Return lots of the house that stand nowhere. They have no id."""
    slot: cython.uint = take(cython.address(e.orders), cython.sizeof(Order))
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension]
    memset(order, 0, cython.sizeof(Order))
    x = new_extension(e, order, book)
    x.limit = price
    order.price = price
    order.account = HOUSE
    order.open = order.total = lots
    order.side = cython.cast(cython.uchar, side)
    order.type = LIMIT
    if keeps_accounts(book):
        x.position = open_position(e, HOUSE, symbol_of(e, book))
    return slot


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take(
    e: cython.pointer[Engine], book: cython.pointer[Book], slot: cython.uint, lots: cython.longlong
) -> cython.void:
    """Take lots off a piece without a trade."""
    order: cython.pointer[Order] = order_at(e, slot)
    order.total -= lots
    order.open -= lots
    level_at(e, order.level).quantity -= lots
    side_of(e, book, order.side).quantity -= lots
    if order.open == 0:
        take_out(e, book, slot)
        drop(e, slot)


def quote(e, book, c):
    """Execute a QUOTE that was checked."""
    other: cython.pointer[Ladder]
    was: cython.longlong
    side: cython.uint = c.side
    crossed: cython.bint = False
    open_waiting(e, book)
    other = _external(e, book, side ^ 1)
    while c.quantity > 0 and other.best != 0 and other.best_key <= key_of(side ^ 1, c.price):
        crossed = True
        _withdraw(e, book, side ^ 1, key_of(side ^ 1, other.best_key), EXTERNAL_CROSSED)
    was = _outside(e, book, side, c.price)
    if crossed:
        if was != 0:
            _withdraw(e, book, side, c.price, EXTERNAL_CROSSED)
        return
    note_outside(e, book, side, c.price, c.quantity)
    if c.quantity > was:
        _join(e, book, side, c.price, c.quantity - was)
    elif c.quantity < was:
        _shrink(e, book, side, c.price, c.quantity, was)
    _tell_quote(e, book, side, c.price, c.quantity)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _tell_quote(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    side: cython.uint,
    price: cython.longlong,
    size: cython.longlong,
) -> cython.void:
    """QUOTED: ``quantity`` outside, ``open`` left in the book."""
    event: cython.pointer[Event] = blank(e, QUOTED, OK, symbol_of(e, book), HOUSE)
    event.price = price
    event.quantity = size
    event.open = event.maker_open = _held(e, book, side, price)
    event.side = cython.cast(cython.uchar, side)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _join(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    side: cython.uint,
    price: cython.longlong,
    lots: cython.longlong,
) -> cython.void:
    """Add lots: trade with orders they cross, the rest goes to the back."""
    slot: cython.uint = _make_piece(e, book, side, price, lots)
    order: cython.pointer[Order] = order_at(e, slot)
    index: cython.uint
    last: cython.pointer[Order]
    trade(e, book, slot, key_of(side ^ 1, price))
    if order.open == 0:
        drop(e, slot)
        return
    index = find_level(e, side_of(e, book, side), key_of(side, price))
    if index != 0 and order_at(e, level_at(e, index).tail).account == HOUSE:
        last = order_at(e, level_at(e, index).tail)
        last.total += order.open
        last.open += order.open
        level_at(e, index).quantity += order.open
        side_of(e, book, side).quantity += order.open
        drop(e, slot)
        return
    rest(e, book, slot, price)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _shrink(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    side: cython.uint,
    price: cython.longlong,
    size: cython.longlong,
    was: cython.longlong,
) -> cython.void:
    """Take the house's share of a decrease from its pieces, pro rata."""
    held: cython.longlong = _held(e, book, side, price)
    gone: cython.longlong = held - cython.cast(cython.longlong, cython.cast(int128, held) * size // was)
    before: cython.longlong = 0
    taken: cython.longlong = 0
    upto: cython.longlong
    slot: cython.uint = _first_piece(e, book, side, price)
    after: cython.uint
    while slot != 0:
        after = _next_piece(e, slot)
        before += order_at(e, slot).open
        upto = cython.cast(cython.longlong, cython.cast(int128, gone) * before // held)
        _take(e, book, slot, upto - taken)
        taken = upto
        slot = after


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _withdraw(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    side: cython.uint,
    price: cython.longlong,
    code: cython.int,
) -> cython.void:
    """Take an external level away and forget it: CANCELLED of the house, with what was left."""
    left: cython.longlong = 0
    slot: cython.uint = _first_piece(e, book, side, price)
    after: cython.uint
    event: cython.pointer[Event]
    while slot != 0:
        after = _next_piece(e, slot)
        left += order_at(e, slot).open
        _take(e, book, slot, order_at(e, slot).open)
        slot = after
    note_outside(e, book, side, price, 0)
    event = blank(e, CANCELLED, code, symbol_of(e, book), HOUSE)
    event.price = price
    event.quantity = left
    event.side = cython.cast(cython.uchar, side)


def withdraw_all(e, book):
    """Take the external market away: bids, then asks, best first."""
    side: cython.uint
    ladder: cython.pointer[Ladder]
    if book.waiting == 0:
        return
    for side in range(2):
        ladder = _external(e, book, side)
        while ladder.best != 0:
            _withdraw(e, book, side, key_of(side, ladder.best_key), WITHDRAWN_BY_HOUSE)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _shown(e: cython.pointer[Engine], order: cython.pointer[Order]) -> cython.longlong:
    """Return the lots the book shows of an order in it."""
    return order.open if order.extension == 0 else shown_of(extension_at(e, order.extension), order)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _fill_front(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    taker: cython.pointer[Order],
    slot: cython.uint,
    lots: cython.longlong,
) -> cython.void:
    """Fill an order against a print, at its own price."""
    maker: cython.pointer[Order] = order_at(e, slot)
    if maker.extension != 0 and extension_at(e, maker.extension).display != 0:
        extension_at(e, maker.extension).shown -= lots
    fill(e, book, taker, maker, lots, maker.price, OK, False)
    after_fill(e, book, slot)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _print_through(
    e: cython.pointer[Engine], book: cython.pointer[Book], taker: cython.pointer[Order], price: cython.longlong
) -> cython.void:
    """Fill the orders of others at prices better than a print's."""
    ladder: cython.pointer[Ladder] = side_of(e, book, taker.side ^ 1)
    worst: cython.longlong = key_of(taker.side ^ 1, price)
    index: cython.uint = ladder.best
    key: cython.longlong
    slot: cython.uint
    lots: cython.longlong
    while index != 0 and level_at(e, index).key < worst:
        key = level_at(e, index).key
        while taker.open > 0 and index != 0:
            slot = level_at(e, index).head
            while slot != 0 and order_at(e, slot).account == HOUSE:
                slot = order_at(e, slot).next
            if slot == 0:
                break
            lots = _shown(e, order_at(e, slot))
            _fill_front(e, book, taker, slot, lots if lots < taker.open else taker.open)
            index = find_level(e, ladder, key)
        index = level_after(e, ladder, key)


def print_trade(e, book, c):
    """Execute a PRINT that was checked."""
    side: cython.uint = c.side
    left: cython.longlong = c.quantity
    lots: cython.longlong
    over: cython.longlong
    size: cython.longlong
    index: cython.uint
    slot: cython.uint
    after: cython.uint
    taker_slot: cython.uint
    taker: cython.pointer[Order]
    first: cython.pointer[Order]
    open_waiting(e, book)
    taker_slot = _make_piece(e, book, side ^ 1, c.price, left)
    taker = order_at(e, taker_slot)
    _print_through(e, book, taker, c.price)
    left = taker.open
    while left > 0:
        index = find_level(e, side_of(e, book, side), key_of(side, c.price))
        if index == 0:
            break
        slot = level_at(e, index).head
        first = order_at(e, slot)
        lots = _shown(e, first)
        if lots > left:
            lots = left
        left -= lots
        if first.account == HOUSE:
            _take(e, book, slot, lots)
            taker.total -= lots
            taker.open -= lots
            continue
        _fill_front(e, book, taker, slot, lots)
    drop(e, taker_slot)
    book.last = c.price
    if book.first_print == 0:
        book.first_print = c.price
    book.last_print = c.price
    size = _outside(e, book, side, c.price) - c.quantity
    size = size if size > 0 else 0
    over = _held(e, book, side, c.price) - size
    slot = _first_piece(e, book, side, c.price)
    while slot != 0 and over > 0:
        after = _next_piece(e, slot)
        lots = order_at(e, slot).open
        lots = lots if lots < over else over
        _take(e, book, slot, lots)
        over -= lots
        slot = after
    note_outside(e, book, side, c.price, size)
    _tell_quote(e, book, side, c.price, size)
