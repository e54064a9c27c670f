"""Continuous matching by price, then time: one command after the other, each whole before the next."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange_records import (
    ACCEPTED,
    ALL_SYMBOLS,
    AMEND,
    AMENDED,
    BAD_FIELD,
    BASIS_OPEN,
    BEYOND_COLLAR,
    BOTH,
    BY_CANCEL_ALL,
    BY_OWNER,
    CANCEL,
    CANCEL_ALL,
    CANCEL_NEWEST,
    CANCEL_OLDEST,
    CANCELLED,
    DECREMENT,
    DECREMENTED,
    DEFAULT_COLLAR,
    FILLED,
    FOK,
    HOUSE,
    IOC,
    LIMIT,
    MARKET,
    MAX_PRICE,
    MAX_QUANTITY,
    NO_LIQUIDITY,
    NO_ROOM,
    NOT_ALL_AT_ONCE,
    NOT_AT_ONCE,
    NOT_OWNER,
    NOTHING_OPEN,
    OK,
    POST_ONLY,
    PRICE_NOT_POSITIVE,
    PRICE_OUT_OF_BAND,
    QUANTITY_NOT_POSITIVE,
    QUANTITY_TOO_LARGE,
    REFUSED,
    REPLACED,
    REQUEUE,
    SELF_TRADE,
    SELL,
    SLIDE,
    SUBMIT,
    UNKNOWN_ACCOUNT,
    UNKNOWN_KIND,
    UNKNOWN_ORDER,
    UNKNOWN_SYMBOL,
    WOULD_TRADE,
    Command,
    Event,
)
from cython.cimports.arbitrax.kernels.matching import AHEAD, EDGE, MOST_LOTS, SMALL
from cython.cimports.arbitrax.kernels.order_ids import (
    PAGE_BITS,
    PAGE_IDS,
    find_order,
    forget_order,
    remember_order,
    sequence,
)
from cython.cimports.arbitrax.kernels.order_pools import (
    NO_KEY,
    REMEMBERED,
    Account,
    Engine,
    IdPage,
    Ladder,
    Level,
    Node,
    Order,
    SlotPage,
    account_at,
    key_of,
    ladder_at,
    level_at,
    linked,
    next_event,
    open_account,
    order_at,
    pick,
    prefetch,
)
from cython.cimports.arbitrax.kernels.price_tree import add_level, find_level, level_after, remove_level
from cython.cimports.arbitrax.kernels.reserved import give, make_records, put_back, rounded_up, take

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def make_room(e: cython.pointer[Engine], commands: cython.uint) -> cython.bint:
    """See that so many commands find all the records they may need; False: some will be refused."""
    wanted: cython.ulonglong = (sequence(e.next_id) + commands >> PAGE_BITS) + 1
    start: cython.size_t
    end: cython.size_t
    if wanted > e.directory_room:
        start = rounded_up(e.directory_room * cython.sizeof(IdPage))
        end = rounded_up(wanted * cython.sizeof(IdPage))
        if not give(e.directory, start, end):
            e.failed = True
            return False
        e.directory_room = cython.cast(cython.uint, end // cython.sizeof(IdPage))
    e.failed = not (
        make_records(cython.address(e.pages), 4, commands + 2)
        and make_records(cython.address(e.orders), commands, 0)
        and make_records(cython.address(e.levels), commands, 0)
        and make_records(cython.address(e.nodes), commands, 0)
    )
    if e.event_room - e.event_count < e.orders.made + 4:
        _more_events(e, e.event_count + e.orders.made + 4)
    return not e.failed


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _more_events(e: cython.pointer[Engine], wanted: cython.ulonglong) -> cython.bint:
    """Give the events memory for at least so many; pages are touched only when written."""
    room: cython.ulonglong = e.event_room
    if wanted > e.event_limit:
        return False
    while room < wanted:
        room = room * 2 + 1024
    if room > e.event_limit:
        room = e.event_limit
    if not give(e.events, e.event_room * 64, room * 64):
        return False
    e.event_room = room
    return True


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _say(
    e: cython.pointer[Engine],
    kind: cython.int,
    code: cython.int,
    order: cython.pointer[Order],
    symbol: cython.uint,
    quantity: cython.longlong,
    left: cython.longlong,
    shown: cython.longlong,
) -> cython.void:
    """Write what happened to one order; ``shown``: what the book will show of it if nothing trades."""
    event: cython.pointer[Event] = next_event(e)
    event.order = order.id
    event.maker = 0
    event.price = order.price
    event.quantity = quantity
    event.open = left
    event.maker_open = shown
    event.symbol = symbol
    event.account = order.account
    event.maker_account = 0
    event.code = cython.cast(cython.ushort, code)
    event.kind = cython.cast(cython.uchar, kind)
    event.side = order.side


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _refuse(
    e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]], code: cython.int, order: cython.longlong
) -> cython.void:
    event: cython.pointer[Event] = next_event(e)
    event.order = order
    event.maker = 0
    event.price = c.price
    event.quantity = c.quantity
    event.open = 0
    event.maker_open = 0
    event.symbol = c.symbol
    event.account = c.account
    event.maker_account = 0
    event.code = cython.cast(cython.ushort, code)
    event.kind = REFUSED
    event.side = c.side


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _queue(
    e: cython.pointer[Engine],
    ladder: cython.pointer[Ladder],
    ladder_index: cython.uint,
    slot: cython.uint,
) -> cython.void:
    """Put an order at the back of the queue of its price."""
    order: cython.pointer[Order] = order_at(e, slot)
    key: cython.longlong = key_of(order.side, order.price)
    index: cython.uint = find_level(e, ladder, key)
    level: cython.pointer[Level]
    if index == 0:
        index = take(cython.address(e.levels), cython.sizeof(Level))
        level = level_at(e, index)
        level.head = slot
        level.count = 1
        level.ladder = ladder_index
        level.key = key
        level.quantity = order.open
        order.previous = 0
        add_level(e, ladder, key, index)
    else:
        level = level_at(e, index)
        order.previous = level.tail
        order_at(e, level.tail).next = slot
        level.count += 1
        level.quantity += order.open
    level.tail = slot
    order.next = 0
    order.level = index
    ladder.quantity += order.open


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _unqueue(e: cython.pointer[Engine], ladder: cython.pointer[Ladder], order: cython.pointer[Order]) -> cython.void:
    """Take an order out of its queue, with what it has open."""
    level: cython.pointer[Level] = level_at(e, order.level)
    ladder.quantity -= order.open
    level.count -= 1
    if level.count == 0:
        remove_level(e, ladder, order.level)
        return
    level.quantity -= order.open
    linked(e, order.previous).next = order.next
    linked(e, order.next).previous = order.previous
    level.head = pick(order.previous == 0, order.next, level.head)
    level.tail = pick(order.next == 0, order.previous, level.tail)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _enlist(e: cython.pointer[Engine], order: cython.pointer[Order], slot: cython.uint) -> cython.void:
    """Make an order known by its id and to its account; ids rise, so the list stays in their order."""
    account: cython.pointer[Account] = open_account(e, order.account)
    order.older = account.youngest
    order.younger = 0
    linked(e, account.youngest).younger = slot
    account.oldest = pick(account.youngest == 0, slot, account.oldest)
    account.youngest = slot
    account.orders += 1
    remember_order(e, order.id, slot)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _end(e: cython.pointer[Engine], order: cython.pointer[Order], slot: cython.uint) -> cython.void:
    """Forget an order that is in no queue any more."""
    account: cython.pointer[Account] = account_at(e, order.account)
    account.orders -= 1
    linked(e, order.older).younger = order.younger
    linked(e, order.younger).older = order.older
    account.oldest = pick(order.older == 0, order.younger, account.oldest)
    account.youngest = pick(order.younger == 0, order.older, account.youngest)
    forget_order(e, order.id)
    put_back(cython.address(e.orders), slot, cython.sizeof(Order))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _rests(order: cython.pointer[Order]) -> cython.bint:
    """Tell whether what does not trade at once stays."""
    return order.type != MARKET and order.terms & 15 < IOC


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _meet_own(
    e: cython.pointer[Engine],
    ladder: cython.pointer[Ladder],
    taker: cython.pointer[Order],
    maker: cython.pointer[Order],
    slot: cython.uint,
    symbol: cython.uint,
) -> cython.bint:
    """Two orders of one account would trade: do what the taker says, the maker first; tell whether it goes on."""
    rule: cython.int = taker.terms >> 4
    lots: cython.longlong
    if rule == DECREMENT:
        lots = maker.open if maker.open < taker.open else taker.open
        if lots == maker.open:
            _cancel(e, maker, slot, SELF_TRADE)
        else:
            level_at(e, maker.level).quantity -= lots
            ladder.quantity -= lots
            maker.open -= lots
            maker.total -= lots
            _say(e, DECREMENTED, SELF_TRADE, maker, symbol, lots, maker.open, maker.open)
        if lots == taker.open:
            return False
        taker.open -= lots
        taker.total -= lots
        _say(e, DECREMENTED, SELF_TRADE, taker, symbol, lots, taker.open, taker.open if _rests(taker) else 0)
        return True
    if rule != CANCEL_NEWEST:
        _cancel(e, maker, slot, SELF_TRADE)
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
) -> cython.bint:
    """Trade with the best while its key is at most ``bound``; False: self-trade prevention stopped the taker."""
    level: cython.pointer[Level]
    maker: cython.pointer[Order]
    event: cython.pointer[Event]
    slot: cython.uint
    lots: cython.longlong
    while taker.open > 0 and against.best_key <= bound and against.best != 0:
        level = level_at(e, against.best)
        slot = level.head
        maker = order_at(e, slot)
        if maker.account == taker.account and taker.account != 0:
            if not _meet_own(e, against, taker, maker, slot, symbol):
                return False
            continue
        lots = maker.open if maker.open < taker.open else taker.open
        taker.open -= lots
        event = next_event(e)
        event.order = taker.id
        event.maker = maker.id
        event.price = maker.price
        event.quantity = lots
        event.open = taker.open
        event.maker_open = maker.open - lots
        event.symbol = symbol
        event.account = taker.account
        event.maker_account = maker.account
        event.code = OK
        event.kind = FILLED
        event.side = taker.side
        if maker.open == lots:
            _unqueue(e, against, maker)
            _end(e, maker, slot)
        else:
            maker.open -= lots
            level.quantity -= lots
            against.quantity -= lots
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _would_fill(
    e: cython.pointer[Engine],
    against: cython.pointer[Ladder],
    quantity: cython.longlong,
    account: cython.uint,
    rule: cython.int,
    bound: cython.longlong,
) -> cython.bint:
    """Tell whether so many lots would trade at once, own orders on the way counted as what becomes of them."""
    index: cython.uint = against.best
    slot: cython.uint
    level: cython.pointer[Level]
    maker: cython.pointer[Order]
    careful: cython.bint = account != 0 and account_at(e, account).orders > 0
    while index != 0:
        level = level_at(e, index)
        if level.key > bound:
            return False
        if not careful:
            quantity -= level.quantity
            if quantity <= 0:
                return True
        else:
            slot = level.head
            while slot != 0:
                maker = order_at(e, slot)
                if maker.account != account:
                    quantity -= maker.open
                    if quantity <= 0:
                        return True
                elif rule != CANCEL_OLDEST:
                    return False
                slot = maker.next
        index = level_after(e, against, level.key)
    return False


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _check_price(price: cython.longlong) -> cython.int:
    if price <= 0:
        return PRICE_NOT_POSITIVE
    return PRICE_OUT_OF_BAND if price > MAX_PRICE else OK


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _check_form(c: cython.pointer[cython.const[Command]]) -> cython.int:
    """Return the first code that refuses a submission whatever the book, else OK."""
    code: cython.int = OK
    if c.side > SELL or c.type > MARKET or c.time_in_force > FOK or c.self_trade > DECREMENT:
        return BAD_FIELD
    if c.flags != 0:
        if c.flags & ~(POST_ONLY | SLIDE) or not c.flags & POST_ONLY or c.type == MARKET or c.time_in_force >= IOC:
            return BAD_FIELD
    if c.type == LIMIT:
        code = _check_price(c.price)
        if code != OK:
            return code
    if c.quantity <= 0:
        return QUANTITY_NOT_POSITIVE
    return QUANTITY_TOO_LARGE if c.quantity > MAX_QUANTITY else OK


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _collar(against: cython.pointer[Ladder]) -> cython.longlong:
    """Return the worst key a market order may reach: so far from the best, rounded inwards."""
    best: cython.longlong = against.best_key
    width: cython.longlong
    if best == NO_KEY:
        return best
    width = (best if best > 0 else -best) * DEFAULT_COLLAR // 10000
    if best > 0:
        return best + width if best + width < MAX_PRICE else MAX_PRICE
    return best + width if best + width < 0 else -1


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
    stopped: cython.bint = False
    if against.best_key <= bound:
        stopped = not _match(e, against, order, ladder >> 1, bound)
    if order.open > 0 and not stopped and _rests(order):
        _queue(e, ladder_at(e, ladder), ladder, slot)
        if not known:
            _enlist(e, order, slot)
        return
    if order.open > 0:
        if stopped:
            code = SELF_TRADE
        elif order.type == MARKET:
            code = NO_LIQUIDITY if against.best == 0 else BEYOND_COLLAR
        _say(e, CANCELLED, code, order, ladder >> 1, order.open, 0, 0)
    if known:
        _end(e, order, slot)
    else:
        put_back(cython.address(e.orders), slot, cython.sizeof(Order))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _submit(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.void:
    against: cython.pointer[Ladder]
    order: cython.pointer[Order]
    slot: cython.uint
    ladder: cython.uint
    price: cython.longlong = c.price
    bound: cython.longlong = 0
    id: cython.longlong = e.next_id
    code: cython.int
    e.next_id += 1
    if c.symbol >= e.symbols:
        code = UNKNOWN_SYMBOL
    elif c.account == HOUSE:
        code = UNKNOWN_ACCOUNT
    else:
        code = _check_form(c)
    if code == OK:
        ladder = 2 * c.symbol + c.side
        against = ladder_at(e, ladder ^ 1)
        bound = key_of(c.side ^ 1, price) if c.type == LIMIT else _collar(against)
        if c.flags & POST_ONLY and _would_fill(e, against, 1, c.account, c.self_trade, bound):
            bound = against.best_key - 1
            price = key_of(c.side ^ 1, bound)
            if not c.flags & SLIDE or _check_price(price) != OK:
                code = WOULD_TRADE
        elif c.time_in_force == FOK and not _would_fill(e, against, c.quantity, c.account, c.self_trade, bound):
            code = NOT_ALL_AT_ONCE
        elif (
            e.failed
            or e.orders.left == 0
            or e.levels.left == 0
            or e.nodes.left == 0
            or ladder_at(e, ladder).quantity > MOST_LOTS
        ):
            code = NO_ROOM
    if code != OK:
        _refuse(e, c, code, id)
        return
    slot = take(cython.address(e.orders), cython.sizeof(Order))
    order = order_at(e, slot)
    order.account = c.account
    order.id = id
    order.price = price if c.type == LIMIT else 0
    order.open = c.quantity
    order.total = c.quantity
    order.extension = 0
    order.side = c.side
    order.type = c.type
    order.terms = c.time_in_force | c.self_trade << 4
    order.flags = c.flags
    _say(e, ACCEPTED, OK, order, c.symbol, c.quantity, c.quantity, c.quantity if _rests(order) else 0)
    _enter(e, order, slot, ladder, bound, False)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _cancel(
    e: cython.pointer[Engine], order: cython.pointer[Order], slot: cython.uint, code: cython.int
) -> cython.void:
    ladder: cython.uint = level_at(e, order.level).ladder
    _say(e, CANCELLED, code, order, ladder >> 1, order.open, 0, 0)
    _unqueue(e, ladder_at(e, ladder), order)
    _end(e, order, slot)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _own_order(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.uint:
    """Return where the command's order is, 0 after a refusal."""
    slot: cython.uint = find_order(e, c.order)
    if slot == 0:
        _refuse(e, c, NOTHING_OPEN if 0 < c.order < e.next_id else UNKNOWN_ORDER, c.order)
        return 0
    if order_at(e, slot).account != c.account:
        _refuse(e, c, NOT_OWNER, c.order)
        return 0
    return slot


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _amend(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.void:
    slot: cython.uint = _own_order(e, c)
    order: cython.pointer[Order]
    own: cython.pointer[Ladder]
    ladder: cython.uint
    price: cython.longlong
    filled: cython.longlong
    total: cython.longlong
    bound: cython.longlong
    code: cython.int = OK
    if slot == 0:
        return
    order = order_at(e, slot)
    ladder = level_at(e, order.level).ladder
    own = ladder_at(e, ladder)
    filled = order.total - order.open
    if c.flags & ~(BASIS_OPEN | REQUEUE) or c.stop != 0:
        code = BAD_FIELD
    elif c.quantity < 0:
        code = QUANTITY_NOT_POSITIVE
    total = c.quantity
    # Beyond the most a quantity may be, adding could overflow and changes nothing: it is refused below.
    if c.flags & BASIS_OPEN and 0 < c.quantity <= MAX_QUANTITY:
        total += filled
    if code == OK and total <= filled:
        _cancel(e, order, slot, REPLACED)
        return
    price = c.price if c.price != 0 else order.price
    if code == OK and price != order.price:
        code = _check_price(price)
    if code == OK and total > MAX_QUANTITY:
        code = QUANTITY_TOO_LARGE
    bound = key_of(order.side ^ 1, price)
    if code == OK and order.flags & POST_ONLY and price != order.price:
        if _would_fill(e, ladder_at(e, ladder ^ 1), 1, order.account, order.terms >> 4, bound):
            bound = ladder_at(e, ladder ^ 1).best_key - 1
            price = key_of(order.side ^ 1, bound)
            if not order.flags & SLIDE or _check_price(price) != OK:
                code = WOULD_TRADE
    if code == OK and (e.failed or e.levels.left == 0 or e.nodes.left == 0 or own.quantity > MOST_LOTS):
        code = NO_ROOM
    if code != OK:
        _refuse(e, c, code, c.order)
        return
    if price == order.price and total <= order.total and not c.flags & REQUEUE:
        level_at(e, order.level).quantity -= order.total - total
        own.quantity -= order.total - total
        order.open = total - filled
        order.total = total
        _say(e, AMENDED, OK, order, ladder >> 1, total, order.open, order.open)
        return
    _unqueue(e, own, order)
    order.price = price
    order.open = total - filled
    order.total = total
    _say(e, AMENDED, OK, order, ladder >> 1, total, order.open, order.open)
    _enter(e, order, slot, ladder, bound, True)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _cancel_all(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.void:
    slot: cython.uint
    after: cython.uint
    order: cython.pointer[Order]
    if c.side > BOTH or c.flags & ~ALL_SYMBOLS:
        _refuse(e, c, BAD_FIELD, 0)
        return
    if not c.flags & ALL_SYMBOLS and c.symbol >= e.symbols:
        _refuse(e, c, UNKNOWN_SYMBOL, 0)
        return
    slot = account_at(e, c.account).oldest
    while slot != 0:
        order = order_at(e, slot)
        after = order.younger
        if (c.side == BOTH or order.side == c.side) and (
            c.flags & ALL_SYMBOLS or level_at(e, order.level).ladder >> 1 == c.symbol
        ):
            _cancel(e, order, slot, BY_CANCEL_ALL)
        slot = after


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _execute(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.void:
    slot: cython.uint
    if e.event_room - e.event_count < e.orders.made + cython.cast(cython.ulonglong, 4):
        if not _more_events(e, e.event_count + e.orders.made + 4):
            e.failed = 2
            return
    if c.kind == SUBMIT:
        _submit(e, c)
    elif c.kind == CANCEL:
        slot = _own_order(e, c)
        if slot != 0:
            _cancel(e, order_at(e, slot), slot, BY_OWNER)
    elif c.kind == AMEND:
        _amend(e, c)
    elif c.kind == CANCEL_ALL:
        _cancel_all(e, c)
    else:
        _refuse(e, c, UNKNOWN_KIND, 0)


# The looks ahead do the same for every kind, without a branch that would be guessed wrong: what a command does not have
# is record 0, which nobody uses.


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _look_up(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]]) -> cython.p_uint:
    """Ask memory for where the order of a command is, for later commands and for the events' next lines.

    Returns the place that says where the order is.
    """
    number: cython.ulonglong = sequence(c.order)
    entry: cython.ulonglong = number >> PAGE_BITS
    place: cython.p_uint
    prefetch(c + 16 * AHEAD)
    prefetch(e.events + e.event_count + 8 * AHEAD)
    prefetch(cython.address((c + 16 * AHEAD).seq))
    entry = entry * (entry < e.directory_room)
    place = cython.address(
        cython.cast(cython.pointer[SlotPage], e.pages.records)[e.directory[entry].page].slot[number & (PAGE_IDS - 1)]
    )
    prefetch(place)
    return place


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _look_far(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]], slot: cython.uint) -> cython.void:
    """Ask for the order, or for the one a new order will follow in its account."""
    prefetch(cython.cast(cython.pointer[Order], e.orders.records) + slot)
    prefetch(cython.cast(cython.pointer[Order], e.orders.records) + account_at(e, c.account).youngest)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _look_near(e: cython.pointer[Engine], c: cython.pointer[cython.const[Command]], slot: cython.uint) -> cython.void:
    """Ask for the neighbours of the order, which is here by now, and for the queue a new order will join."""
    orders: cython.pointer[Order] = cython.cast(cython.pointer[Order], e.orders.records)
    order: cython.pointer[Order] = orders + slot
    ladder: cython.pointer[Ladder] = e.ladders + 2 * (c.symbol * (c.symbol < e.symbols)) + (c.side & 1)
    key: cython.longlong = key_of(c.side & 1, c.price)
    place: cython.int = (key >> 6) & (REMEMBERED - 1)
    leaf: cython.uint = ladder.leaf[place] * (ladder.block[place] == key >> 6)
    level: cython.uint = cython.cast(cython.pointer[Node], e.nodes.records)[leaf].child[key & 63]
    prefetch(cython.cast(cython.pointer[Level], e.levels.records) + order.level)
    prefetch(orders + order.next)
    prefetch(orders + order.previous)
    prefetch(orders + order.older)
    prefetch(orders + order.younger)
    prefetch(orders + cython.cast(cython.pointer[Level], e.levels.records)[level].tail)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def execute(e: cython.pointer[Engine], command: cython.pointer[cython.const[Command]]) -> cython.void:
    """Do one command; there is room."""
    _execute(e, command)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def execute_batch(
    e: cython.pointer[Engine],
    commands: cython.pointer[cython.const[Command]],
    count: cython.longlong,
    offsets: cython.p_longlong,
) -> cython.void:
    """Do many; ``offsets``: (count + 1,) where the events of each begin, the first at 0."""
    i: cython.longlong
    end: cython.longlong
    last: cython.longlong
    none: cython.uint = 0
    places: cython.p_uint[16]
    for i in range(16):
        places[i] = cython.address(none)
    i = 0
    e.event_count = 0
    while i < count:
        end = i + EDGE if i + EDGE < count else count
        make_room(e, cython.cast(cython.uint, end - i))
        last = count if e.orders.made > SMALL else 0
        while i < end:
            offsets[i] = e.event_count
            if i + 3 * AHEAD < last:
                _look_near(e, cython.address(commands[i + AHEAD]), places[(i + AHEAD) & 15][0])
                _look_far(e, cython.address(commands[i + 2 * AHEAD]), places[(i + 2 * AHEAD) & 15][0])
                places[(i + 3 * AHEAD) & 15] = _look_up(e, cython.address(commands[i + 3 * AHEAD]))
            _execute(e, cython.address(commands[i]))
            i += 1
    offsets[count] = e.event_count
