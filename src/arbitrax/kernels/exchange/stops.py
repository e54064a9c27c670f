"""Stops: what triggers, in which order, and how far a command may go. `arbitrax.exchange.reference.stops`, compiled."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.events import at_market, tell
from cython.cimports.arbitrax.kernels.exchange.matching import (
    cancel,
    enter,
    mark_touched,
    refresh_plain,
    take_out,
    would_fill,
)
from cython.cimports.arbitrax.kernels.exchange.price_tree import clear_ladder
from cython.cimports.arbitrax.kernels.exchange.prices import (
    best_fixed,
    best_price,
    collar_from,
    has_triggered,
    stop_key,
)
from cython.cimports.arbitrax.kernels.exchange.queues import queue, unqueue
from cython.cimports.arbitrax.kernels.exchange.records import (
    BUY,
    CONTINUOUS,
    FOK,
    MAX_PRICE,
    NOT_ALL_AT_ONCE,
    OK,
    POST_ONLY,
    SELL,
    TRIGGERED,
    WOULD_TRADE,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import take_spare
from cython.cimports.arbitrax.kernels.exchange.state import (
    IN_LINE,
    Book,
    Engine,
    Extension,
    Ladder,
    Order,
    Waiting,
    book_at,
    extension_at,
    level_at,
    order_at,
    symbol_of,
    waiting_at,
)
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def open_waiting(e, book):
    """Give a symbol its ladders of stops and of the external market; there is room."""
    waiting: cython.pointer[Waiting]
    i: cython.int
    if book.waiting != 0:
        return
    book.waiting = take_spare(cython.address(e.waiting), cython.sizeof(Waiting))
    waiting = waiting_at(e, book.waiting)
    memset(waiting, 0, cython.sizeof(Waiting))
    for i in range(4):
        clear_ladder(cython.address(waiting.stops[i]))
    for i in range(2):
        clear_ladder(cython.address(waiting.external[i]))


def trail(side, watched, distance):
    """Return the trigger of a trailing stop; 0 of a sell: no price reaches it yet."""
    if side == BUY:
        return watched + distance if watched + distance < MAX_PRICE else MAX_PRICE
    return watched - distance if watched > distance else 0


def watched_price(e, book, side, on_quote):
    """Return what a stop of a side watches, ticks; 0: nothing yet."""
    return best_fixed(e, book, side ^ 1) if on_quote else book.last


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _follow(
    e: cython.pointer[Engine], book: cython.pointer[Book], which: cython.uint, watched: cython.longlong
) -> cython.void:
    """Let trailing stops follow the price, each to the back of its new trigger price, in id order."""
    waiting: cython.pointer[Waiting] = waiting_at(e, book.waiting)
    ladder: cython.pointer[Ladder] = cython.address(waiting.stops[which])
    side: cython.uint = which & 1
    slot: cython.uint = waiting.first[which]
    before: cython.longlong = waiting.followed[which]
    stop: cython.longlong
    order: cython.pointer[Order]
    x: cython.pointer[Extension]
    if slot == 0 or (before != 0 and (watched >= before if side == BUY else watched <= before)):
        return
    waiting.followed[which] = watched
    while slot != 0:
        order = order_at(e, slot)
        x = extension_at(e, order.extension)
        stop = trail(side, watched, x.distance)
        if stop < x.stop if side == BUY else stop > x.stop:
            unqueue(e, ladder, order)
            x.stop = stop
            queue(e, ladder, 2 * symbol_of(e, book) + side, stop_key(side, stop), slot)
        slot = x.follower


def put_in_line(e, book, slot):
    """Let a stop that triggered wait for its turn."""
    order: cython.pointer[Order] = order_at(e, slot)
    place: cython.p_uint = cython.address(e.first_in_line)
    symbol: cython.uint = symbol_of(e, book)
    if book.in_line == 0:  # the list of symbols is ascending; it may still have this one
        while place[0] != 0 and place[0] - 1 < symbol:
            place = cython.address(book_at(e, place[0] - 1).next_in_line)
        if place[0] != symbol + 1:
            book.next_in_line = place[0]
            place[0] = symbol + 1
    take_out(e, book, slot)
    extension_at(e, order.extension).place = IN_LINE
    order.next = 0
    order.previous = book.last_in_line
    if book.last_in_line != 0:
        order_at(e, book.last_in_line).next = slot
    else:
        book.first_in_line = slot
    book.last_in_line = slot
    book.in_line += 1
    refresh_plain(e, book)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _look(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    on_quote: cython.uint,
    bought: cython.longlong,
    sold: cython.longlong,
    moved: cython.bint,
) -> cython.void:
    """Put in line what has triggered at the prices buys and sells watch; trailing stops follow first if those moved."""
    which: cython.uint
    watched: cython.longlong
    ladder: cython.pointer[Ladder]
    for which in range(2 * on_quote, 2 * on_quote + 2):
        watched = sold if which & 1 else bought
        if watched == 0:
            continue
        ladder = cython.address(waiting_at(e, book.waiting).stops[which])
        if ladder.best == 0:
            continue
        if moved:
            _follow(e, book, which, watched)
        while ladder.best != 0 and has_triggered(which & 1, stop_key(which & 1, ladder.best_key), watched):
            put_in_line(e, book, level_at(e, ladder.best).head)


def collect(e, book):
    """Put in line the stops that the prints of this pass, the last trade and the touches have triggered."""
    first: cython.longlong = book.first_print
    last: cython.longlong = book.last_print
    book.first_print = 0
    book.last_print = 0
    if book.phase != CONTINUOUS or book.stops == 0:
        return
    if first != 0:
        _look(e, book, 0, first, first, True)
        _look(e, book, 0, last, last, True)
    _look(e, book, 0, book.last, book.last, False)
    _look(e, book, 1, best_fixed(e, book, SELL), best_fixed(e, book, BUY), True)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _run(e: cython.pointer[Engine], book: cython.pointer[Book], slot: cython.uint) -> cython.void:
    """Execute a stop that triggered: TRIGGERED, then what a market or limit order would do."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension] = extension_at(e, order.extension)
    limit: cython.longlong = x.limit
    touch: cython.longlong
    mark_touched(e, book)
    take_out(e, book, slot)
    if at_market(order):
        touch = best_price(e, book, order.side ^ 1)
        limit = collar_from(book, order.side, touch) if touch != 0 else x.bound
        if order.side == BUY and limit > x.bound:
            limit = x.bound
    tell(e, TRIGGERED, OK, order, symbol_of(e, book), order.total, x.stop)
    if order.flags & POST_ONLY and would_fill(e, book, order, limit, order.open, 1) > 0:
        cancel(e, book, slot, WOULD_TRADE)
    elif order.terms & 15 == FOK and would_fill(e, book, order, limit, order.open, order.open) < order.open:
        cancel(e, book, slot, NOT_ALL_AT_ONCE)
    else:
        enter(e, book, slot, limit, False)
    collect(e, book)


def run_lines(e, budget):
    """Run stops in line, symbols in order; return the budget that is left."""
    place: cython.p_uint = cython.address(e.first_in_line)
    book: cython.pointer[Book]
    while place[0] != 0:
        book = book_at(e, place[0] - 1)
        while budget > 0 and book.in_line > 0 and book.phase == CONTINUOUS:
            _run(e, book, book.first_in_line)
            budget -= 1
        if book.in_line == 0:
            place[0] = book.next_in_line
        else:
            place = cython.address(book.next_in_line)
    return budget
