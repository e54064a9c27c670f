"""The rest of the short way: limit and market orders, their cancels and amends.

What it does not know it leaves to `dispatch.execute_any`; what it does is the same, event by event.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.dispatch import after_command
from cython.cimports.arbitrax.kernels.exchange.events import refuse, tell_fee
from cython.cimports.arbitrax.kernels.exchange.matching import enter, new_extension
from cython.cimports.arbitrax.kernels.exchange.plain_orders import (
    DONE,
    HANDED_OVER,
    MOST_LOTS,
    STOPPED,
    count,
    end_plain,
    forget,
    is_plain_record,
    outcome_of,
    plain_order,
    say,
    set_aside,
    stays,
)
from cython.cimports.arbitrax.kernels.exchange.price_tree import level_after
from cython.cimports.arbitrax.kernels.exchange.prices import best_price
from cython.cimports.arbitrax.kernels.exchange.queues import enlist, queue, unlist, unqueue
from cython.cimports.arbitrax.kernels.exchange.records import (
    ACCEPTED,
    AMENDED,
    BASIS_OPEN,
    BEYOND_COLLAR,
    CANCEL_NEWEST,
    CANCEL_OLDEST,
    CANCEL_ON_DISCONNECT,
    CANCELLED,
    DECREMENT,
    DECREMENTED,
    FEES,
    FILLED,
    FOK,
    GTD,
    HOUSE,
    IOC,
    LIMIT,
    MARKET,
    MAX_PRICE,
    MAX_QUANTITY,
    NO_LIQUIDITY,
    NOT_ALL_AT_ONCE,
    NOT_AT_ONCE,
    OK,
    POST_ONLY,
    REPLACED,
    REQUEUE,
    SELF_TRADE,
    SELL,
    SLIDE,
    WOULD_TRADE,
    Command,
    EventWords,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import take
from cython.cimports.arbitrax.kernels.exchange.risk import (
    check_change,
    check_new_order,
    find_position,
    reserve,
    settle,
)
from cython.cimports.arbitrax.kernels.exchange.state import (
    IN_BOOK,
    NO_KEY,
    NOWHERE,
    Book,
    Engine,
    Extension,
    Ladder,
    Level,
    Order,
    Position,
    account_at,
    balance_at,
    book_at,
    extension_at,
    key_of,
    ladder_at,
    level_at,
    next_event,
    order_at,
    position_at,
)

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _pay(
    e: cython.pointer[Engine],
    order: cython.pointer[Order],
    symbol: cython.uint,
    lots: cython.longlong,
    price: cython.longlong,
    rate: cython.int,
) -> cython.void:
    """Move cash and lots of one side of a fill; CASH of its fee where it is not 0."""
    fee: cython.longlong = settle(e, book_at(e, symbol), order, extension_at(e, order.extension), lots, price, rate)
    tell_fee(e, order, symbol, fee)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _meet_own(
    e: cython.pointer[Engine],
    ladder: cython.pointer[Ladder],
    taker: cython.pointer[Order],
    slot: cython.uint,
    symbol: cython.uint,
) -> cython.bint:
    """Two orders of one account would trade: do what the taker says, the maker first; tell whether it goes on."""
    maker: cython.pointer[Order] = order_at(e, slot)
    rule: cython.int = taker.terms >> 4
    lots: cython.longlong
    if rule == DECREMENT:
        lots = maker.open if maker.open < taker.open else taker.open
        if lots == maker.open:
            end_plain(e, slot, SELF_TRADE)
        else:
            level_at(e, maker.level).quantity -= lots
            ladder.quantity -= lots
            maker.open -= lots
            maker.total -= lots
            set_aside(e, maker, -lots)
            say(e, DECREMENTED, SELF_TRADE, maker, symbol, lots, maker.open, maker.open)
        if lots == taker.open:
            return False
        taker.open -= lots
        taker.total -= lots
        say(e, DECREMENTED, SELF_TRADE, taker, symbol, lots, taker.open, taker.open if stays(taker) else 0)
        return True
    if rule != CANCEL_NEWEST:
        end_plain(e, slot, SELF_TRADE)
    return rule == CANCEL_OLDEST


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _match(
    e: cython.pointer[Engine],
    against: cython.pointer[Ladder],
    taker: cython.pointer[Order],
    symbol: cython.uint,
    bound: cython.longlong,
) -> cython.int:
    """Trade with the best while its key is at most ``bound``. HANDED_OVER: the next one is no plain order."""
    level: cython.pointer[Level]
    maker: cython.pointer[Order]
    event: cython.pointer[EventWords]
    slot: cython.uint
    lots: cython.longlong
    while taker.open > 0 and against.best_key <= bound and against.best != 0:
        level = level_at(e, against.best)
        slot = level.head
        maker = order_at(e, slot)
        if not is_plain_record(e, maker):
            return HANDED_OVER
        if maker.account == taker.account and taker.account != 0:
            if not _meet_own(e, against, taker, slot, symbol):
                return STOPPED
            continue
        lots = maker.open if maker.open < taker.open else taker.open
        taker.open -= lots
        maker.open -= lots
        level.quantity -= lots
        against.quantity -= lots
        book_at(e, symbol).last = maker.price
        event = cython.cast(cython.pointer[EventWords], next_event(e))
        event.order = taker.id
        event.maker = maker.id
        event.price = maker.price
        event.quantity = lots
        event.open = taker.open
        event.maker_open = maker.open
        event.symbol_and_account = symbol | cython.cast(cython.ulonglong, taker.account) << 32
        event.outcome = outcome_of(FILLED, OK, taker.side) | maker.account
        if against.accounts:
            set_aside(e, maker, -lots)
            _pay(e, taker, symbol, lots, maker.price, book_at(e, symbol).taker_fee)
            _pay(e, maker, symbol, lots, maker.price, book_at(e, symbol).maker_fee)
        if maker.open == 0:
            unqueue(e, against, maker)
            unlist(e, maker)
            count(e, maker, -1)
            forget(e, maker, slot)
    return DONE


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _would_fill(
    e: cython.pointer[Engine],
    against: cython.pointer[Ladder],
    quantity: cython.longlong,
    account: cython.uint,
    bound: cython.longlong,
) -> cython.int:
    """Tell whether so many lots of others would trade at once; HANDED_OVER: it takes a longer look."""
    index: cython.uint = against.best
    level: cython.pointer[Level]
    if account != 0 and account_at(e, account).orders > 0:
        return HANDED_OVER
    while index != 0:
        level = level_at(e, index)
        if level.key > bound:
            return False
        quantity -= level.quantity
        if quantity <= 0:
            return True
        index = level_after(e, against, level.key)
    return False


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _collar(e: cython.pointer[Engine], symbol: cython.uint, against: cython.pointer[Ladder]) -> cython.longlong:
    """Return the worst key a market order may reach: so far from the best, rounded inwards."""
    best: cython.longlong = against.best_key
    width: cython.longlong
    if best == NO_KEY:
        return best
    width = (best if best > 0 else -best) * book_at(e, symbol).collar // 10_000
    if best > 0:
        return best + width if best + width < MAX_PRICE else MAX_PRICE
    return best + width if best + width < 0 else -1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _hand_over(
    e: cython.pointer[Engine],
    order: cython.pointer[Order],
    slot: cython.uint,
    ladder: cython.uint,
    bound: cython.longlong,
    known: cython.bint,
) -> cython.void:
    """Let a taker that meets an iceberg, a peg, the house or the like go the long way from here."""
    x: cython.pointer[Extension]
    if order.extension == 0:
        x = new_extension(e, order, book_at(e, ladder >> 1))
        x.limit = order.price
        if order.type == MARKET:
            x.bound = key_of(order.side ^ 1, bound)
    extension_at(e, order.extension).place = NOWHERE  # an amended one was in the book
    set_aside(e, order, order.open)
    if not known:
        enlist(e, order, slot)
        count(e, order, 1)
    enter(e, book_at(e, ladder >> 1), slot, key_of(order.side ^ 1, bound), False)
    after_command(e, 0)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _enter(
    e: cython.pointer[Engine],
    order: cython.pointer[Order],
    slot: cython.uint,
    ladder: cython.uint,
    bound: cython.longlong,
    known: cython.bint,
) -> cython.void:
    """Match an order, then let it rest, or end it with the reason. ``known``: its account has it already."""
    against: cython.pointer[Ladder] = ladder_at(e, ladder ^ 1)
    code: cython.int = NOT_AT_ONCE
    outcome: cython.int = DONE
    if against.best_key <= bound:
        outcome = _match(e, against, order, ladder >> 1, bound)
        if outcome == HANDED_OVER:
            _hand_over(e, order, slot, ladder, bound, known)
            return
    if order.open > 0 and outcome == DONE and stays(order):
        queue(e, ladder_at(e, ladder), ladder, key_of(order.side, order.price), slot)
        if order.extension != 0:
            extension_at(e, order.extension).place = IN_BOOK
            set_aside(e, order, order.open)
        if not known:
            enlist(e, order, slot)
            count(e, order, 1)
        return
    if order.open > 0:
        if outcome == STOPPED:
            code = SELF_TRADE
        elif order.type == MARKET:
            code = NO_LIQUIDITY if against.best == 0 else BEYOND_COLLAR
        say(e, CANCELLED, code, order, ladder >> 1, order.open, 0, 0)
    if known:
        unlist(e, order)
        count(e, order, -1)
    forget(e, order, slot)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_plain(c: cython.pointer[cython.const[Command]]) -> cython.bint:
    """Tell whether a submission asks for nothing but a limit or market order, in a form that is not refused."""
    if c.side > SELL or c.type > MARKET or c.time_in_force > FOK or c.time_in_force == GTD or c.self_trade > DECREMENT:
        return False
    if c.flags != 0:
        if c.flags & ~(POST_ONLY | SLIDE | CANCEL_ON_DISCONNECT):
            return False
        if c.flags & POST_ONLY and (c.type == MARKET or c.time_in_force >= IOC):
            return False
        if c.flags & SLIDE and not c.flags & POST_ONLY:
            return False
    if not 0 < c.quantity <= MAX_QUANTITY or c.account == HOUSE:
        return False
    return c.type == MARKET or 0 < c.price <= MAX_PRICE


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _position(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.uint:
    """Return the position of an account that may submit, 0 where that takes a longer look."""
    index: cython.uint
    position: cython.pointer[Position]
    if c.account == FEES or e.all_killed:
        return 0
    index = find_position(e, c.account, c.symbol)
    if index == 0:
        return 0
    position = position_at(e, index)
    if position.reducing[c.side] != 0 or balance_at(e, position.balance).killed:
        return 0
    return index


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _check_account(
    e: cython.pointer[Engine],
    order: cython.pointer[Order],
    symbol: cython.uint,
    position: cython.uint,
    bound: cython.longlong,
) -> cython.int:
    """Give an order the extension its account needs; return the code of the limit that refuses it, else OK."""
    book: cython.pointer[Book] = book_at(e, symbol)
    x: cython.pointer[Extension] = new_extension(e, order, book)
    touch: cython.longlong = best_price(e, book, order.side ^ 1)
    x.position = position
    x.limit = order.price
    if order.type == MARKET and touch != 0:
        x.bound = key_of(order.side ^ 1, bound)
    return check_new_order(e, book, order, x, order.total, touch)


def submit_plain(e, c):
    """Do a plain submission; False: it is none, and nothing has happened."""
    against: cython.pointer[Ladder]
    order: cython.pointer[Order]
    slot: cython.uint
    ladder: cython.uint = 2 * c.symbol + c.side
    position: cython.uint = 0
    price: cython.longlong = c.price
    bound: cython.longlong
    code: cython.int = OK
    answer: cython.int
    if c.symbol >= e.symbols or not _is_plain(c) or not ladder_at(e, ladder).plain:
        return False
    if ladder_at(e, ladder).quantity > MOST_LOTS:
        return False
    if ladder_at(e, ladder).accounts:
        position = _position(e, c)
        if position == 0:
            return False
    against = ladder_at(e, ladder ^ 1)
    bound = key_of(c.side ^ 1, price) if c.type == LIMIT else _collar(e, c.symbol, against)
    if c.flags & POST_ONLY:
        answer = _would_fill(e, against, 1, c.account, bound)
        if answer == HANDED_OVER:
            return False
        if answer:
            bound = against.best_key - 1
            price = key_of(c.side ^ 1, bound)
            if not c.flags & SLIDE or not 0 < price <= MAX_PRICE:
                code = WOULD_TRADE
    elif c.time_in_force == FOK:
        answer = _would_fill(e, against, c.quantity, c.account, bound)
        if answer == HANDED_OVER:
            return False
        if not answer:
            code = NOT_ALL_AT_ONCE
    slot = take(cython.address(e.orders), cython.sizeof(Order))
    order = order_at(e, slot)
    order.account = c.account
    order.id = e.next_id
    order.price = price if c.type == LIMIT else 0
    order.open = c.quantity
    order.total = c.quantity
    order.extension = 0
    order.side = c.side
    order.type = c.type
    order.terms = c.time_in_force | c.self_trade << 4
    order.flags = c.flags
    e.next_id += 1
    if position != 0 and code != WOULD_TRADE:
        answer = _check_account(e, order, c.symbol, position, bound)
        code = answer if answer != OK else code
    if code != OK:
        refuse(e, c, code, order.id)
        forget(e, order, slot)
        return True
    say(e, ACCEPTED, OK, order, c.symbol, c.quantity, c.quantity, c.quantity if stays(order) else 0)
    _enter(e, order, slot, ladder, bound, False)
    return True


def amend_plain(e, c):
    """Do an amend of a plain order; False: it is none, and nothing has happened."""
    slot: cython.uint = plain_order(e, c)
    order: cython.pointer[Order]
    own: cython.pointer[Ladder]
    ladder: cython.uint
    x: cython.pointer[Extension] = cython.NULL
    changed: Extension
    price: cython.longlong
    filled: cython.longlong
    total: cython.longlong = c.quantity
    if slot == 0 or c.flags & ~(BASIS_OPEN | REQUEUE) or c.stop != 0 or not 0 <= c.quantity <= MAX_QUANTITY:
        return False
    order = order_at(e, slot)
    price = c.price if c.price != 0 else order.price
    if not 0 < price <= MAX_PRICE or (order.flags & POST_ONLY and price != order.price):
        return False
    ladder = level_at(e, order.level).ladder
    own = ladder_at(e, ladder)
    filled = order.total - order.open
    if c.flags & BASIS_OPEN and c.quantity > 0:
        total += filled
    if total <= filled:
        end_plain(e, slot, REPLACED)
        return True
    if total > MAX_QUANTITY or own.quantity > MOST_LOTS:
        return False
    if order.extension != 0:
        x = extension_at(e, order.extension)
        if total > order.total and position_at(e, x.position).reducing[order.side] != 0:
            return False
        changed = x[0]
        changed.limit = price
        if check_change(e, book_at(e, ladder >> 1), order, x, cython.address(changed), total) != OK:
            return False
        reserve(e, order, x, -order.open)
        x.limit = price
        x.lot_reserve = changed.lot_reserve
    if price == order.price and total <= order.total and not c.flags & REQUEUE:
        level_at(e, order.level).quantity -= order.total - total
        own.quantity -= order.total - total
        order.open = total - filled
        order.total = total
        set_aside(e, order, order.open)
        say(e, AMENDED, OK, order, ladder >> 1, total, order.open, order.open)
        return True
    unqueue(e, own, order)
    order.price = price
    order.open = total - filled
    order.total = total
    say(e, AMENDED, OK, order, ladder >> 1, total, order.open, order.open)
    _enter(e, order, slot, ladder, key_of(order.side ^ 1, price), True)
    return True
