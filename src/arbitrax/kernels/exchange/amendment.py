"""AMEND: new total, limit or trigger of an open order. `arbitrax.exchange.reference.amend`, compiled."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.exchange.events import at_market, refuse, tell
from cython.cimports.arbitrax.kernels.exchange.filters import (
    check_display,
    check_notional,
    check_phase,
    check_price,
    check_quantity,
)
from cython.cimports.arbitrax.kernels.exchange.matching import (
    book_of,
    cancel,
    enter,
    mark_touched,
    new_extension,
    stops_of,
    take_out,
    wait,
)
from cython.cimports.arbitrax.kernels.exchange.order_ids import find_order
from cython.cimports.arbitrax.kernels.exchange.pegs import peg_price, place_peg
from cython.cimports.arbitrax.kernels.exchange.prices import collar_from, side_of
from cython.cimports.arbitrax.kernels.exchange.records import (
    AMENDED,
    BAD_FIELD,
    BASIS_OPEN,
    BUY,
    IN_AUCTION_PHASE,
    MAX_QUANTITY,
    NO_ROOM,
    NOT_OWNER,
    NOT_REDUCING,
    NOTHING_OPEN,
    OK,
    PEG,
    POST_ONLY,
    QUANTITY_NOT_POSITIVE,
    REDUCE_ONLY,
    REPLACED,
    REQUEUE,
    RUNNING,
    STALE,
    STOP,
    STOP_LIMIT,
    UNKNOWN_ORDER,
    WOULD_TRADE,
    Command,
)
from cython.cimports.arbitrax.kernels.exchange.risk import (
    check_change,
    reduces,
    reserve,
)
from cython.cimports.arbitrax.kernels.exchange.state import (
    IN_BOOK,
    IN_LINE,
    WAITING,
    Book,
    Engine,
    Extension,
    Order,
    extension_at,
    filled,
    level_at,
    order_at,
    position_at,
    symbol_of,
)
from cython.cimports.arbitrax.kernels.exchange.submission import slide
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def own_order(e, c):
    """Return where the command's order is, 0 after a refusal."""
    slot: cython.uint = find_order(e, c.order)
    if slot == 0:
        refuse(e, c, NOTHING_OPEN if 0 < c.order < e.next_id else UNKNOWN_ORDER, c.order)
        return 0
    if order_at(e, slot).account != c.account:
        refuse(e, c, NOT_OWNER, c.order)
        return 0
    return slot


def amend(e, c):
    """Execute an AMEND."""
    slot: cython.uint = own_order(e, c)
    order: cython.pointer[Order]
    book: cython.pointer[Book]
    was: Extension
    changed: Extension
    total: cython.longlong
    code: cython.int
    loses: cython.bint
    if slot == 0:
        return
    order = order_at(e, slot)
    book = book_of(e, order)
    mark_touched(e, book)
    if order.extension != 0:
        was = extension_at(e, order.extension)[0]
    else:
        memset(cython.address(was), 0, cython.sizeof(Extension))
        was.limit = order.price
        was.place = IN_BOOK
    code = _check_form(e, c, order, cython.address(was))
    if code != OK:
        refuse(e, c, code, order.id)
        return
    total = c.quantity
    # Beyond the most a quantity may be, adding could overflow and changes nothing: it is refused below.
    if c.flags & BASIS_OPEN and 0 < c.quantity <= MAX_QUANTITY:
        total += filled(order)
    if total <= filled(order):
        cancel(e, book, slot, REPLACED)
        return
    changed = was
    if c.price != 0:
        changed.limit = c.price
    if c.stop != 0:
        changed.stop = c.stop
    if e.failed:
        code = NO_ROOM
    else:
        code = _check(e, book, order, cython.address(was), cython.address(changed), total)
    if code != OK:
        refuse(e, c, code, order.id)
        return
    loses = changed.limit != was.limit or changed.stop != was.stop or total > order.total or c.flags & REQUEUE
    _apply(e, book, slot, cython.address(changed), total, loses)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _check_form(
    e: cython.pointer[Engine],
    c: cython.pointer[cython.const[Command]],
    order: cython.pointer[Order],
    was: cython.pointer[Extension],
) -> cython.int:
    """Check what does not depend on the book."""
    if c.deadline != 0 and e.now > c.deadline:
        return STALE
    if c.flags & ~(BASIS_OPEN | REQUEUE):
        return BAD_FIELD
    if (c.price != 0 and at_market(order)) or (c.stop != 0 and order.type != STOP and order.type != STOP_LIMIT):
        return BAD_FIELD
    if was.place == IN_LINE:
        return RUNNING
    return QUANTITY_NOT_POSITIVE if c.quantity < 0 else OK


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _check(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    order: cython.pointer[Order],
    was: cython.pointer[Extension],
    changed: cython.pointer[Extension],
    total: cython.longlong,
) -> cython.int:
    """Return the first code that refuses, else OK. Slides a post-only order, and sets what its lots reserve."""
    price: cython.longlong
    code: cython.int = check_phase(book, True)
    if code == OK and changed.limit != was.limit:
        code = check_price(book, changed.limit, True, cython.NULL)
    if code == OK and changed.stop != was.stop:
        code = check_price(book, changed.stop, False, cython.NULL)
    if code == OK:
        code = check_quantity(book, total, cython.NULL)
    if code == OK and was.display != 0:
        code = check_display(book, was.display, total, cython.NULL)
    if code != OK:
        return code
    if changed.stop != was.stop and at_market(order):
        changed.bound = collar_from(book, order.side, changed.stop) if order.side == BUY else changed.stop
    price = changed.limit if changed.limit != 0 else changed.stop if order.type == STOP else 0
    code = check_notional(book, cython.cast(int128, price) * total * book.tick_value, cython.NULL)
    if code != OK:
        return code
    if was.position != 0 and total > order.total:
        if not reduces(position_at(e, was.position), order.side, total - order.total, order.flags & REDUCE_ONLY):
            return NOT_REDUCING
    if was.place == IN_BOOK and order.type != PEG and changed.limit != was.limit:
        if book.phase != IN_AUCTION_PHASE and order.flags & POST_ONLY:
            if not slide(e, book, order, cython.address(changed.limit), total - filled(order)):
                return WOULD_TRADE
    return OK if was.position == 0 else check_change(e, book, order, was, changed, total)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _apply(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    slot: cython.uint,
    changed: cython.pointer[Extension],
    total: cython.longlong,
    loses: cython.bint,
) -> cython.void:
    """AMENDED, then what follows from losing the place."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension] = cython.NULL
    was: cython.uint = changed.place
    more: cython.longlong = total - order.total
    price: cython.longlong
    symbol: cython.uint = symbol_of(e, book)
    if loses:
        take_out(e, book, slot)
        if order.extension == 0:
            x = new_extension(e, order, book)
    elif order.extension == 0 or was == IN_BOOK or was == WAITING:
        _lessen(e, book, order, more)
    if order.extension != 0:
        x = extension_at(e, order.extension)
        reserve(e, order, x, -order.open)
        x.limit = changed.limit
        x.stop = changed.stop
        x.bound = changed.bound
        x.lot_reserve = changed.lot_reserve
    order.total = total
    order.open += more
    if x != cython.NULL:
        reserve(e, order, x, order.open)
        if x.shown > order.open:
            x.shown = order.open
        if x.place != IN_BOOK:
            order.price = x.limit
    if not loses:
        tell(e, AMENDED, OK, order, symbol, total, order.price)
    elif was == WAITING:
        wait(e, book, slot)
        tell(e, AMENDED, OK, order, symbol, total, order.price)
    elif order.type == PEG:
        price = peg_price(e, book, slot)
        place_peg(e, book, slot, price)
        tell(e, AMENDED, OK, order, symbol, total, price)
    else:
        tell(e, AMENDED, OK, order, symbol, total, order.price)
        enter(e, book, slot, x.limit, False)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _lessen(
    e: cython.pointer[Engine], book: cython.pointer[Book], order: cython.pointer[Order], more: cython.longlong
) -> cython.void:
    """Keep the sums of the level and ladder an order stands in; ``more`` is at most 0."""
    level_at(e, order.level).quantity += more
    if order.extension == 0 or extension_at(e, order.extension).place == IN_BOOK:
        side_of(e, book, order.side).quantity += more
    else:
        stops_of(e, book, order).quantity += more
