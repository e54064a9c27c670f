"""SUBMIT of any order: every check in its order, then the order lives: `reference.submit`, compiled."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.client_ids import (
    add_client,
    body_of,
    close_client,
    find_client,
    forget_clients,
    has_client,
    is_client_id,
    is_forgotten,
)
from cython.cimports.arbitrax.kernels.exchange.events import at_market, blank, refuse, tell, triggers
from cython.cimports.arbitrax.kernels.exchange.filters import (
    check_form,
    check_phase,
    check_price,
    check_submission,
    is_collected,
)
from cython.cimports.arbitrax.kernels.exchange.matching import (
    affordable,
    drop,
    enter,
    follow_list,
    mark_touched,
    new_extension,
    refresh_plain,
    wait,
    wait_for_expiry,
    would_fill,
)
from cython.cimports.arbitrax.kernels.exchange.order_ids import find_order
from cython.cimports.arbitrax.kernels.exchange.pegs import peg_price, place_peg
from cython.cimports.arbitrax.kernels.exchange.prices import best_price, collar_from, mark
from cython.cimports.arbitrax.kernels.exchange.queues import enlist
from cython.cimports.arbitrax.kernels.exchange.records import (
    ACCEPTED,
    BAD_FIELD,
    BUY,
    CHECK_ACCOUNT,
    CHECK_CLIENT_ID,
    CHECK_DEADLINE,
    CHECK_EXPIRY,
    CHECK_FILL_OR_KILL,
    CHECK_FORM,
    CHECK_KILL_SWITCH,
    CHECK_MEMORY,
    CHECK_PHASE,
    CHECK_POST_ONLY,
    CHECK_REDUCE_ONLY,
    CHECK_STARTING_PRICE,
    CHECK_SYMBOL,
    CLIENT_ID_USED,
    CONTINUOUS,
    DECREMENT,
    EXPIRED,
    FEES,
    FOK,
    GTD,
    HOUSE,
    ICEBERG,
    KILLED,
    LIMIT,
    MARKET,
    NO_LIQUIDITY,
    NO_ROOM,
    NOT_ALL_AT_ONCE,
    NOT_REDUCING,
    OK,
    ON_QUOTE,
    PEG,
    POST_ONLY,
    REDUCE_ONLY,
    REPEATED,
    SLIDE,
    STALE,
    STOP_LIMIT,
    TRAILING_STOP,
    UNKNOWN_ACCOUNT,
    UNKNOWN_SYMBOL,
    WOULD_TRADE,
    Command,
    Event,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import take
from cython.cimports.arbitrax.kernels.exchange.risk import (
    count_reducing,
    find_position,
    judge_new_order,
    open_position,
    reduces,
    reserve,
)
from cython.cimports.arbitrax.kernels.exchange.state import (
    Book,
    ClientId,
    Engine,
    Extension,
    Order,
    Position,
    balance_at,
    balance_of,
    book_at,
    client_at,
    extension_at,
    has_book,
    keeps_accounts,
    order_at,
    position_at,
    sign,
    symbol_of,
)
from cython.cimports.arbitrax.kernels.exchange.stops import open_waiting, trail, watched_price
from cython.cimports.arbitrax.kernels.exchange.verdict import Verdict, fails, stops
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def submit(e, c):
    """Execute a SUBMIT."""
    id: cython.longlong = e.next_id
    code: cython.int = OK
    body: cython.ulonglong = 0
    client: cython.bint = has_client(c)
    slot: cython.uint = 0
    e.next_id += 1
    code = _check_names(e, c, cython.NULL)
    if code != OK:
        refuse(e, c, code, id)
        return
    if client:
        body = body_of(c)
        forget_clients(e)
        if _answer_known(e, c, body, id):
            return
    if e.failed:
        refuse(e, c, NO_ROOM, id)
        return
    slot = _make_order(e, c, id)
    code = _check(
        e, book_at(e, c.symbol), c, order_at(e, slot), extension_at(e, order_at(e, slot).extension), cython.NULL
    )
    if code == OK:
        if client:
            extension_at(e, order_at(e, slot).extension).client = add_client(e, c, id, body)
        _accept(e, book_at(e, c.symbol), slot)
        return
    drop(e, slot)
    if client:
        close_client(e, add_client(e, c, id, body), code)
    refuse(e, c, code, id)


@cython.overflowcheck(False)  # of 128 bits
def judge(e, c, v):
    """Write down what every check of a submission finds now, or at its time if that is later; no order is made.

    False: there is no room for the account's first position in the symbol at this moment. That position, of nothing, is
    all that remains: it has no part in the state.
    """
    now: cython.longlong = e.now
    done: cython.bint
    if c.time > e.now:
        e.now = c.time
    done = _judge(e, c, v)
    e.now = now
    return done


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _judge(
    e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]], v: cython.pointer[Verdict]
) -> cython.bint:
    order: Order
    x: Extension
    book: cython.pointer[Book]
    known: cython.uint
    used: cython.bint
    limit: cython.longlong
    v.count = 0
    v.repeats = 0
    v.fills = -1
    if _check_names(e, c, v) != OK:
        return True
    book = book_at(e, c.symbol)
    known = find_client(e, c) if has_client(c) else 0
    if known != 0 and not is_forgotten(e, known):
        used = client_at(e, known).body != body_of(c)
        if not used:
            v.repeats = client_at(e, known).order
        fails(v, CHECK_CLIENT_ID, CLIENT_ID_USED, client_at(e, known).order, 0, used)
        return True
    if fails(v, CHECK_MEMORY, NO_ROOM, e.failed, 0, e.failed != 0):
        return True
    memset(cython.address(order), 0, cython.sizeof(Order))
    memset(cython.address(x), 0, cython.sizeof(Extension))
    if keeps_accounts(book) and find_position(e, c.account, c.symbol) == 0:
        if e.positions.left == 0 and e.positions.made + 1 >= e.positions.given:
            return False
    _fill_in(e, c, cython.address(order), cython.address(x))
    if _check(e, book, c, cython.address(order), cython.address(x), v) == OK and not triggers(cython.address(order)):
        limit = x.limit if x.limit != 0 else x.bound
        # What is decremented, or bought by funds, changes its size on the way: the walk of FOK does not say how much.
        if book.phase == CONTINUOUS and order.type != PEG and x.funds == 0 and c.self_trade != DECREMENT:
            v.fills = would_fill(e, book, cython.address(order), limit, order.total, order.total)
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _check_names(
    e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]], v: cython.pointer[Verdict]
) -> cython.int:
    """Check symbol, account, client id."""
    unknown: cython.bint
    if fails(v, CHECK_SYMBOL, UNKNOWN_SYMBOL, c.symbol, 0, not has_book(e, c.symbol)):
        return UNKNOWN_SYMBOL
    unknown = c.account == HOUSE
    if keeps_accounts(book_at(e, c.symbol)):
        unknown = unknown or c.account == FEES or balance_of(e, c.account) == cython.NULL
    if fails(v, CHECK_ACCOUNT, UNKNOWN_ACCOUNT, c.account, 0, unknown):
        return UNKNOWN_ACCOUNT
    if has_client(c) and fails(v, CHECK_CLIENT_ID, BAD_FIELD, 0, 0, not is_client_id(c)):
        return BAD_FIELD
    return OK


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _answer_known(
    e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]], body: cython.ulonglong, id: cython.longlong
) -> cython.bint:
    """Answer a submission whose client id is known: REPEATED with the first outcome, or CLIENT_ID_USED."""
    index: cython.uint = find_client(e, c)
    known: cython.pointer[ClientId]
    order: cython.pointer[Order]
    event: cython.pointer[Event]
    if index == 0:
        return False
    known = client_at(e, index)
    if known.body != body:
        refuse(e, c, CLIENT_ID_USED, id)
    elif known.is_closed:
        event = blank(e, REPEATED, known.code, c.symbol, c.account)
        event.order = known.order
        event.side = c.side
    else:
        order = order_at(e, find_order(e, known.order))
        tell(e, REPEATED, OK, order, extension_at(e, order.extension).symbol, order.total, order.price)
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _make_order(
    e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]], id: cython.longlong
) -> cython.uint:
    """Return a new order that stands nowhere."""
    slot: cython.uint = take(cython.address(e.orders), cython.sizeof(Order))
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension] = new_extension(e, order, book_at(e, c.symbol))
    order.id = id
    _fill_in(e, c, order, x)
    return slot


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _fill_in(
    e: cython.pointer[Engine],
    c: cython.pointer[cython.const[Command]],
    order: cython.pointer[Order],
    x: cython.pointer[Extension],
) -> cython.void:
    """Give an order what its submission says."""
    order.account = c.account
    order.open = order.total = c.quantity
    order.side = c.side
    order.type = c.type
    order.terms = c.time_in_force & 15 | (c.self_trade & 15) << 4
    order.flags = c.flags
    if c.type == LIMIT or c.type == ICEBERG or c.type == STOP_LIMIT or c.type == PEG:
        x.limit = c.price
    if c.type == ICEBERG:
        x.display = c.extra
    elif c.type == PEG:
        x.offset = c.extra
    if c.time_in_force == GTD:
        x.expire = c.expire
    order.price = x.limit
    if keeps_accounts(book_at(e, c.symbol)):
        x.position = open_position(e, c.account, c.symbol)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _check_entry(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    c: cython.pointer[cython.const[Command]],
    v: cython.pointer[Verdict],
) -> cython.int:
    """Check form, deadline, expiry, phase, kill switch."""
    code: cython.int = check_form(c)
    killed: cython.bint
    if code == OK and c.flags & REDUCE_ONLY and not keeps_accounts(book):
        code = BAD_FIELD
    if fails(v, CHECK_FORM, BAD_FIELD, 0, 0, code != OK):
        return code
    if c.deadline != 0 and stops(v, CHECK_DEADLINE, STALE, e.now, c.deadline, e.now > c.deadline):
        return STALE
    if c.time_in_force == GTD and stops(v, CHECK_EXPIRY, EXPIRED, c.expire, e.now, c.expire <= e.now):
        return EXPIRED
    code = check_phase(book, is_collected(c))
    if stops(v, CHECK_PHASE, code, book.phase, 0, code != OK):
        return code
    if keeps_accounts(book):
        killed = e.all_killed or balance_of(e, c.account).killed
        if stops(v, CHECK_KILL_SWITCH, KILLED, killed, 0, killed):
            return KILLED
    return OK


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _set_prices(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    c: cython.pointer[cython.const[Command]],
    order: cython.pointer[Order],
    x: cython.pointer[Extension],
    touch: cython.longlong,
    v: cython.pointer[Verdict],
) -> cython.int:
    """Set trigger and bound."""
    start: cython.longlong
    if order.type == MARKET:
        x.funds = c.extra if c.quantity == 0 else 0
        x.bound = 0 if touch == 0 else collar_from(book, order.side, touch)
        return OK
    if not triggers(order):
        return OK
    x.stop = start = c.stop
    if order.type == TRAILING_STOP:
        start = watched_price(e, book, order.side, order.flags & ON_QUOTE)
        if start == 0:
            start = mark(book)
        if fails(v, CHECK_STARTING_PRICE, NO_LIQUIDITY, start, 0, start == 0):
            return NO_LIQUIDITY
        x.distance = c.stop
        x.stop = trail(order.side, start, c.stop)
    if at_market(order):
        x.bound = collar_from(book, order.side, x.stop) if order.side == BUY else start
    return OK


def slide(e, book, order, limit, lots):
    """Tell whether a post-only order of so many lots may enter.

    With SLIDE its limit first moves to one step behind the other side.
    """
    best: cython.longlong
    price: cython.longlong
    if would_fill(e, book, order, limit[0], lots, 1) == 0:
        return True
    best = best_price(e, book, order.side ^ 1)
    price = best - sign(order) * book.price_step
    if not order.flags & SLIDE or check_price(book, price, True, cython.NULL) != OK:
        return False
    limit[0] = price
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _check(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    c: cython.pointer[cython.const[Command]],
    order: cython.pointer[Order],
    x: cython.pointer[Extension],
    v: cython.pointer[Verdict],
) -> cython.int:
    """Return the first code that refuses, else OK. Fills in what the order will need: triggers, bounds, reserves."""
    touch: cython.longlong
    lots: cython.longlong = order.total
    limit: cython.longlong
    filled: cython.longlong
    slides: cython.bint
    reducing: cython.bint
    position: cython.pointer[Position]
    held: cython.longlong
    code: cython.int = _check_entry(e, book, c, v)
    if code != OK:
        return code
    touch = best_price(e, book, order.side ^ 1)
    code = check_submission(book, c, touch, v)
    if code == OK:
        code = _set_prices(e, book, c, order, x, touch, v)
    if code != OK:
        return code
    if x.funds != 0 and touch != 0:
        lots = affordable(book, x, touch)
    if x.position != 0:
        position = position_at(e, x.position)
        held = -position.quantity if order.side == BUY else position.quantity
        reducing = reduces(position, order.side, lots, order.flags & REDUCE_ONLY)
        if order.flags & REDUCE_ONLY or position.reducing[order.side] != 0:
            if stops(v, CHECK_REDUCE_ONLY, NOT_REDUCING, position.lots[order.side] + lots, held, not reducing):
                return NOT_REDUCING
    if order.flags & POST_ONLY and not triggers(order):
        limit = x.limit
        slides = slide(e, book, order, cython.address(limit), order.open)
        if stops(v, CHECK_POST_ONLY, WOULD_TRADE, limit, touch, not slides):
            return WOULD_TRADE
        x.limit = order.price = limit
    if x.position != 0:
        code = judge_new_order(e, book, order, x, lots, touch, v)
        if code != OK:
            return code
    if order.terms & 15 == FOK and not triggers(order):
        limit = x.limit if x.limit != 0 else x.bound
        filled = would_fill(e, book, order, limit, order.total, order.total)
        if stops(v, CHECK_FILL_OR_KILL, NOT_ALL_AT_ONCE, filled, order.total, filled < order.total):
            return NOT_ALL_AT_ONCE
    return OK


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _accept(e: cython.pointer[Engine], book: cython.pointer[Book], slot: cython.uint) -> cython.void:
    """ACCEPTED, then what it does."""
    order: cython.pointer[Order] = order_at(e, slot)
    x: cython.pointer[Extension] = extension_at(e, order.extension)
    price: cython.longlong
    mark_touched(e, book)
    enlist(e, order, slot)
    reserve(e, order, x, order.open)
    count_reducing(e, order, x, 1)
    if x.position != 0:
        balance_at(e, position_at(e, x.position).balance).orders += 1
    if x.expire != 0:
        wait_for_expiry(e, order)
    if triggers(order):
        open_waiting(e, book)
        e.specials += 1
        wait(e, book, slot)
        tell(e, ACCEPTED, OK, order, symbol_of(e, book), order.total, order.price)
        return
    if order.type == PEG:
        e.specials += 1
        book.pegs += 1
        refresh_plain(e, book)
        follow_list(e, book, slot, True)
        price = peg_price(e, book, slot)
        place_peg(e, book, slot, price)
        tell(e, ACCEPTED, OK, order, symbol_of(e, book), order.total, price)
        return
    if x.display != 0:
        book.icebergs += 1
    tell(e, ACCEPTED, OK, order, symbol_of(e, book), order.total, order.price)
    enter(e, book, slot, x.limit if x.limit != 0 else x.bound, x.funds != 0)
