"""Orders of every type meet: price, then time. `arbitrax.exchange.reference.matching`, compiled.

The plain ones, which are most, have a shorter way in `batch`; what they share with these is the state they leave.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.client_ids import close_client
from cython.cimports.arbitrax.kernels.exchange.events import (
    at_market,
    blank,
    display_of,
    rests,
    shown_of,
    tell,
    tell_fee,
    triggers,
)
from cython.cimports.arbitrax.kernels.exchange.price_tree import (
    add_level,
    find_level,
    level_after,
    remove_level,
)
from cython.cimports.arbitrax.kernels.exchange.prices import side_of, stop_key
from cython.cimports.arbitrax.kernels.exchange.queues import queue, unlist, unqueue
from cython.cimports.arbitrax.kernels.exchange.records import (
    BEYOND_COLLAR,
    CANCEL_BOTH,
    CANCEL_NEWEST,
    CANCEL_OLDEST,
    CANCELLED,
    CONTINUOUS,
    DECREMENT,
    DECREMENTED,
    FILLED,
    FUNDS_SPENT,
    HOUSE,
    IN_AUCTION_PHASE,
    MAX_QUANTITY,
    NO_LIQUIDITY,
    NOT_AT_ONCE,
    OK,
    ON_QUOTE,
    PEG,
    REFILLED,
    SELF_TRADE,
    TRAILING_STOP,
    Event,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import put_back, take_spare
from cython.cimports.arbitrax.kernels.exchange.risk import count_reducing, reserve, settle
from cython.cimports.arbitrax.kernels.exchange.state import (
    IN_BOOK,
    IN_LINE,
    NOWHERE,
    WAITING,
    Book,
    Engine,
    Extension,
    Ladder,
    Level,
    Order,
    balance_at,
    book_at,
    clear_extension,
    extension_at,
    keeps_accounts,
    key_of,
    level_at,
    order_at,
    position_at,
    symbol_of,
    waiting_at,
)
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

SHORT_COLLAR = cython.declare(cython.uint, 100_000)
"""Basis points with which a price may be multiplied in 64 bits."""


def mark_touched(e, book):
    """Have the stops and pegs of a symbol looked at when the command is over."""
    if not book.touched:
        book.touched = True
        e.touched[e.touched_count] = symbol_of(e, book)
        e.touched_count += 1


def refresh_plain(e, book):
    """Note whether the short way will do for a symbol's limit and market orders, and whether it keeps accounts."""
    side: cython.uint
    ladder: cython.pointer[Ladder]
    plain: cython.bint = (
        book.exists
        and book.phase == CONTINUOUS
        and book.stops + book.pegs + book.in_line == 0
        and book.price_step == 1
        and book.quantity_step == 1
        and book.band == 0
        and book.min_notional == 0
        and book.max_quantity == MAX_QUANTITY
        and book.collar <= SHORT_COLLAR
    )
    for side in range(2):
        ladder = side_of(e, book, side)
        ladder.plain = plain
        ladder.accounts = keeps_accounts(book)


def book_of(e, order):
    """Return the book of an open order."""
    if order.extension != 0:
        return book_at(e, extension_at(e, order.extension).symbol)
    return book_at(e, level_at(e, order.level).ladder >> 1)


def new_extension(e, order, book):
    """Give an order what few orders have, all zeros."""
    x: cython.pointer[Extension]
    order.extension = take_spare(cython.address(e.extensions), cython.sizeof(Extension))
    x = extension_at(e, order.extension)
    clear_extension(x)
    x.symbol = symbol_of(e, book)
    return x


def rest(e, book, slot, price):
    """Put an order at the back of its level; an iceberg shows its first part."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension]
    order.price = price
    if order.extension != 0:
        x = extension_at(e, order.extension)
        x.place = IN_BOOK
        x.shown = display_of(x, order.open)
    queue(e, side_of(e, book, order.side), 2 * symbol_of(e, book) + order.side, key_of(order.side, price), slot)


def stops_of(e, book, order):
    """Return the ladder on which a stop waits."""
    which: cython.uint = (2 if order.flags & ON_QUOTE else 0) + order.side
    return cython.address(waiting_at(e, book.waiting).stops[which])


def follow_list(e, book, slot, joins):
    """Let a peg or a waiting trailing stop join the list of its kind, which is in order-id order, or leave it."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension] = extension_at(e, order.extension)
    which: cython.uint = (2 if order.flags & ON_QUOTE else 0) + order.side
    first: cython.p_uint = cython.address(book.first_peg)
    last: cython.p_uint = cython.address(book.last_peg)
    if order.type == TRAILING_STOP:
        first = cython.address(waiting_at(e, book.waiting).first[which])
        last = cython.address(waiting_at(e, book.waiting).last[which])
    if joins:
        x.leader = last[0]
        x.follower = 0
        while x.leader != 0 and order_at(e, x.leader).id > order.id:
            x.follower = x.leader
            x.leader = extension_at(e, order_at(e, x.leader).extension).leader
        if x.leader != 0:
            extension_at(e, order_at(e, x.leader).extension).follower = slot
        else:
            first[0] = slot
        if x.follower != 0:
            extension_at(e, order_at(e, x.follower).extension).leader = slot
        else:
            last[0] = slot
        return
    if x.leader != 0:
        extension_at(e, order_at(e, x.leader).extension).follower = x.follower
    else:
        first[0] = x.follower
    if x.follower != 0:
        extension_at(e, order_at(e, x.follower).extension).leader = x.leader
    else:
        last[0] = x.leader
    x.leader = x.follower = 0


def wait(e, book, slot):
    """Put a stop behind those with its trigger price: buys trigger from the lowest, sells from the highest."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension] = extension_at(e, order.extension)
    x.place = WAITING
    book.stops += 1
    queue(e, stops_of(e, book, order), 2 * symbol_of(e, book) + order.side, stop_key(order.side, x.stop), slot)
    if order.type == TRAILING_STOP:
        follow_list(e, book, slot, True)
        waiting_at(e, book.waiting).followed[(2 if order.flags & ON_QUOTE else 0) + order.side] = 0
    refresh_plain(e, book)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _leave_line(e: cython.pointer[Engine], book: cython.pointer[Book], order: cython.pointer[Order]) -> cython.void:
    if order.previous != 0:
        order_at(e, order.previous).next = order.next
    else:
        book.first_in_line = order.next
    if order.next != 0:
        order_at(e, order.next).previous = order.previous
    else:
        book.last_in_line = order.previous
    book.in_line -= 1


def take_out(e, book, slot):
    """Remove an order from wherever it is."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension]
    if order.extension == 0:
        unqueue(e, side_of(e, book, order.side), order)
        return
    x = extension_at(e, order.extension)
    if x.place == IN_BOOK:
        unqueue(e, side_of(e, book, order.side), order)
    elif x.place == WAITING:
        unqueue(e, stops_of(e, book, order), order)
        if order.type == TRAILING_STOP:
            follow_list(e, book, slot, False)
        book.stops -= 1
        refresh_plain(e, book)
    elif x.place == IN_LINE:
        _leave_line(e, book, order)
        refresh_plain(e, book)
    order.price = x.limit
    x.shown = 0
    x.place = NOWHERE


def wait_for_expiry(e, order):
    """Put an order among those with its expiry."""
    extension: cython.uint = order.extension
    x: cython.pointer[Extension] = extension_at(e, extension)
    index: cython.uint = find_level(e, cython.address(e.due), x.expire)
    level: cython.pointer[Level]
    if index == 0:
        index = take_spare(cython.address(e.levels), cython.sizeof(Level))
        level = level_at(e, index)
        memset(level, 0, cython.sizeof(Level))
        level.key = x.expire
        add_level(e, cython.address(e.due), x.expire, index)
    level = level_at(e, index)
    x.due_level = index
    x.due_order = order.id
    x.due_previous = level.tail
    x.due_next = 0
    if level.tail != 0:
        extension_at(e, level.tail).due_next = extension
    else:
        level.head = extension
    level.tail = extension
    level.count += 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _leave_expiry(e: cython.pointer[Engine], x: cython.pointer[Extension]) -> cython.void:
    level: cython.pointer[Level] = level_at(e, x.due_level)
    level.count -= 1
    if level.count == 0:
        remove_level(e, cython.address(e.due), x.due_level)
        return
    if x.due_previous != 0:
        extension_at(e, x.due_previous).due_next = x.due_next
    else:
        level.head = x.due_next
    if x.due_next != 0:
        extension_at(e, x.due_next).due_previous = x.due_previous
    else:
        level.tail = x.due_previous


def drop(e, slot):
    """Give back the records of an order that nothing refers to any more."""
    extension: cython.uint = order_at(e, slot).extension
    if extension != 0:
        put_back(cython.address(e.extensions), extension, cython.sizeof(Extension))
    put_back(cython.address(e.orders), slot, cython.sizeof(Order))


def close(e, book, slot):
    """Forget an order that stands nowhere and has nothing open; its client id stays known for the window."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension]
    if order.extension != 0:
        x = extension_at(e, order.extension)
        count_reducing(e, order, x, -1)
        if x.position != 0:
            balance_at(e, position_at(e, x.position).balance).orders -= 1
        if order.type == PEG:
            follow_list(e, book, slot, False)
            book.pegs -= 1
            e.specials -= 1
            refresh_plain(e, book)
        elif triggers(order):
            e.specials -= 1
        elif x.display != 0:
            book.icebergs -= 1
        if x.expire != 0:
            _leave_expiry(e, x)
        if x.client != 0:
            close_client(e, x.client, OK)
    unlist(e, order)
    drop(e, slot)


def cancel(e, book, slot, code):
    """End an order: CANCELLED, with what was left of it."""
    order: cython.pointer[Order] = order_at(e, slot)
    left: cython.longlong = order.open
    price: cython.longlong = order.price
    mark_touched(e, book)
    take_out(e, book, slot)
    if order.extension != 0:
        reserve(e, order, extension_at(e, order.extension), -left)
    order.total -= left
    order.open = 0
    tell(e, CANCELLED, code, order, symbol_of(e, book), left, price)
    close(e, book, slot)


def affordable(book, x, price):
    """Return the lots a market order by funds can still buy at a price."""
    unit: cython.longlong
    # Beyond the most that funds may be, one unit costs more than there is; the product would not fit.
    if price > (cython.cast(cython.longlong, 1) << 61) // book.tick_value // book.quantity_step:
        return 0
    unit = price * book.tick_value * book.quantity_step
    return x.funds // unit * book.quantity_step


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_own(taker: cython.pointer[cython.const[Order]], maker: cython.pointer[cython.const[Order]]) -> cython.bint:
    """Tell whether both orders are of one account. Account 0, in symbols without accounts, is anybody."""
    return taker.account == maker.account and taker.account != 0


def would_fill(e, book, order, limit, lots, wanted):
    """Return how many of an order's lots would trade now: the walk of `trade`, self-trade prevention included.

    It stops at those wanted: 1, or all. Hidden lots count, but an own order that stops the walk is met before icebergs
    ahead of it show their next part.
    """
    against: cython.pointer[Ladder] = side_of(e, book, order.side ^ 1)
    bound: cython.longlong = key_of(order.side ^ 1, limit)
    index: cython.uint = against.best
    slot: cython.uint
    level: cython.pointer[Level]
    maker: cython.pointer[Order]
    found: cython.longlong = 0
    lost: cython.longlong = 0
    shown: cython.longlong
    everything: cython.longlong
    while index != 0 and found < wanted:
        level = level_at(e, index)
        if level.key > bound:
            break
        shown = everything = 0
        slot = level.head
        while slot != 0 and found + shown < wanted:
            maker = order_at(e, slot)
            if _is_own(order, maker):
                if order.terms >> 4 == DECREMENT and wanted + lost + maker.open <= lots:
                    lost += maker.open
                elif order.terms >> 4 != CANCEL_OLDEST:
                    return found + shown
            else:
                everything += maker.open
                shown += maker.open if maker.extension == 0 else shown_of(extension_at(e, maker.extension), maker)
            slot = maker.next
        found += shown if slot != 0 else everything
        index = level_after(e, against, level.key)
    return found if found < wanted else wanted


def fill(e, book, taker, maker, lots, price, code, uncrossing):
    """Trade so many lots at a price: FILLED, then CASH of the taker's and of the maker's fee where it is not 0."""
    x: cython.pointer[Extension]
    event: cython.pointer[Event]
    taker_fee: cython.longlong = 0
    maker_fee: cython.longlong = 0
    symbol: cython.uint = symbol_of(e, book)
    level_at(e, maker.level).quantity -= lots
    side_of(e, book, maker.side).quantity -= lots
    if uncrossing:
        level_at(e, taker.level).quantity -= lots
        side_of(e, book, taker.side).quantity -= lots
    if taker.extension != 0 and extension_at(e, taker.extension).funds > 0:
        x = extension_at(e, taker.extension)
        taker.total += lots
        x.funds -= lots * price * book.tick_value
    else:
        if taker.extension != 0:
            reserve(e, taker, extension_at(e, taker.extension), -lots)
        taker.open -= lots
    if maker.extension != 0:
        reserve(e, maker, extension_at(e, maker.extension), -lots)
    maker.open -= lots
    if keeps_accounts(book):
        taker_fee = settle(
            e,
            book,
            taker,
            extension_at(e, taker.extension),
            lots,
            price,
            book.maker_fee if uncrossing else book.taker_fee,
        )
        maker_fee = settle(e, book, maker, extension_at(e, maker.extension), lots, price, book.maker_fee)
    book.last = price
    if book.first_print == 0:
        book.first_print = price
    book.last_print = price
    event = blank(e, FILLED, code, symbol, taker.account)
    event.order = taker.id
    event.maker = maker.id
    event.price = price
    event.quantity = lots
    event.open = taker.open
    event.maker_open = maker.open
    event.maker_account = maker.account
    event.side = taker.side
    tell_fee(e, taker, symbol, taker_fee)
    tell_fee(e, maker, symbol, maker_fee)


def after_fill(e, book, slot):
    """A filled order leaves; an iceberg whose display is gone shows the next part at the back of its level."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension]
    price: cython.longlong = order.price
    if order.open == 0:
        take_out(e, book, slot)
        if order.account == HOUSE:
            drop(e, slot)
        else:
            close(e, book, slot)
        return
    if order.extension == 0:
        return
    x = extension_at(e, order.extension)
    if x.display != 0 and x.shown == 0:
        take_out(e, book, slot)
        rest(e, book, slot, price)
        tell(e, REFILLED, OK, order, symbol_of(e, book), x.shown, price)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _decrement(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    slot: cython.uint,
    lots: cython.longlong,
    in_book: cython.bint,
) -> cython.bint:
    """Take lots off an order without a trade; it keeps its place or, with nothing left, ends. Tell whether it lives."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension]
    if lots == order.open:
        cancel(e, book, slot, SELF_TRADE)
        return False
    if in_book:
        level_at(e, order.level).quantity -= lots
        side_of(e, book, order.side).quantity -= lots
    order.total -= lots
    order.open -= lots
    if order.extension != 0:
        x = extension_at(e, order.extension)
        if x.shown > order.open:
            x.shown = order.open
        reserve(e, order, x, -lots)
    tell(e, DECREMENTED, SELF_TRADE, order, symbol_of(e, book), lots, order.price)
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _prevent_self_trade(
    e: cython.pointer[Engine], book: cython.pointer[Book], taker_slot: cython.uint, maker_slot: cython.uint
) -> cython.bint:
    """Do what the taker's instruction says, the maker first; tell whether the taker lives."""
    taker: cython.pointer[Order] = order_at(e, taker_slot)
    maker: cython.pointer[Order] = order_at(e, maker_slot)
    rule: cython.int = taker.terms >> 4
    lots: cython.longlong
    if rule == DECREMENT:
        lots = maker.open if maker.open < taker.open else taker.open
        _decrement(e, book, maker_slot, lots, True)
        return _decrement(e, book, taker_slot, lots, False)
    if rule == CANCEL_OLDEST or rule == CANCEL_BOTH:
        cancel(e, book, maker_slot, SELF_TRADE)
    if rule == CANCEL_NEWEST or rule == CANCEL_BOTH:
        cancel(e, book, taker_slot, SELF_TRADE)
        return False
    return True


def trade(e, book, taker_slot, bound):
    """Trade with the best while its key is at most the bound and the taker wants more. Return why it stopped.

    SELF_TRADE: the taker is gone.
    """
    against: cython.pointer[Ladder] = side_of(e, book, order_at(e, taker_slot).side ^ 1)
    taker: cython.pointer[Order] = order_at(e, taker_slot)
    maker: cython.pointer[Order]
    x: cython.pointer[Extension] = cython.NULL
    slot: cython.uint
    lots: cython.longlong
    shown: cython.longlong
    if taker.extension != 0:
        x = extension_at(e, taker.extension)
    while taker.open > 0 or (x != cython.NULL and x.funds > 0):
        if against.best == 0:
            return NO_LIQUIDITY
        if against.best_key > bound:
            return BEYOND_COLLAR
        slot = level_at(e, against.best).head
        maker = order_at(e, slot)
        if _is_own(taker, maker):
            if not _prevent_self_trade(e, book, taker_slot, slot):
                return SELF_TRADE
            continue
        lots = taker.open if taker.open > 0 else affordable(book, x, maker.price)
        if lots == 0:
            return FUNDS_SPENT
        shown = maker.open
        if maker.extension != 0:
            shown = shown_of(extension_at(e, maker.extension), maker)
        if lots > shown:
            lots = shown
        if maker.extension != 0 and extension_at(e, maker.extension).display != 0:
            extension_at(e, maker.extension).shown -= lots
        fill(e, book, taker, maker, lots, maker.price, OK, False)
        after_fill(e, book, slot)
    return FUNDS_SPENT


def enter(e, book, slot, limit, by_funds):
    """Match an order, then let it rest, or end it with the reason. In an auction it only rests."""
    order: cython.pointer[Order] = order_at(e, slot)
    reason: cython.int
    mark_touched(e, book)
    if book.phase == IN_AUCTION_PHASE:
        rest(e, book, slot, limit)
        return
    reason = trade(e, book, slot, key_of(order.side ^ 1, limit))
    if reason == SELF_TRADE:
        return
    if by_funds or (order.open > 0 and at_market(order)):
        cancel(e, book, slot, reason)
    elif order.open == 0:
        close(e, book, slot)
    elif rests(order):
        rest(e, book, slot, limit)
    else:
        cancel(e, book, slot, NOT_AT_ONCE)
