"""An engine from the words of its state (`state_hash`), in their order; what they leave out is worked out again."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.exchange.client_ids import add_client, close_client
from cython.cimports.arbitrax.kernels.exchange.configuration import add_symbol, open_balance
from cython.cimports.arbitrax.kernels.exchange.dispatch import open_producer
from cython.cimports.arbitrax.kernels.exchange.events import triggers
from cython.cimports.arbitrax.kernels.exchange.house import note_outside
from cython.cimports.arbitrax.kernels.exchange.matching import (
    follow_list,
    new_extension,
    refresh_plain,
    rest,
    wait,
    wait_for_expiry,
)
from cython.cimports.arbitrax.kernels.exchange.memory import make_room
from cython.cimports.arbitrax.kernels.exchange.order_ids import PAGE_BITS, PAGE_IDS, remember_order, sequence
from cython.cimports.arbitrax.kernels.exchange.queues import append_to_account
from cython.cimports.arbitrax.kernels.exchange.records import (
    HOUSE,
    LIMIT,
    MAX_SYMBOLS,
    PEG,
    Command,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import put_back, take
from cython.cimports.arbitrax.kernels.exchange.risk import open_position
from cython.cimports.arbitrax.kernels.exchange.state import (
    IN_BOOK,
    IN_LINE,
    PARKED,
    WAITING,
    Balance,
    Book,
    Engine,
    Extension,
    Order,
    Position,
    Producer,
    SlotPage,
    balance_at,
    balance_of,
    book_at,
    client_at,
    keeps_accounts,
    order_at,
    position_at,
)
from cython.cimports.arbitrax.kernels.exchange.stops import open_waiting, put_in_line
from cython.cimports.libc.string import memcpy, memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

ORDER_WORDS = cython.declare(cython.ulonglong, 20)
AT_ONCE = cython.declare(cython.uint, 1_024)
"""Records made between two looks at the room."""

Reader = cython.struct(
    next=cython.pointer[cython.const[cython.ulonglong]],
    end=cython.pointer[cython.const[cython.ulonglong]],
    failed=cython.bint,  # the words end too early, or there is no memory
    until_room=cython.uint,
)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _word(r: cython.pointer[Reader]) -> cython.longlong:
    """Return the next word; 0 beyond the end."""
    if r.next == r.end:
        r.failed = True
        return 0
    r.next += 1
    return cython.cast(cython.longlong, (r.next - 1)[0])


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _wide(r: cython.pointer[Reader]) -> int128:
    low: cython.ulonglong = cython.cast(cython.ulonglong, _word(r))
    high: int128 = _word(r)
    return high * 65536 * 65536 * 65536 * 65536 + low


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _skip(r: cython.pointer[Reader], words: cython.ulonglong) -> cython.void:
    if words > cython.cast(cython.ulonglong, r.end - r.next):
        r.failed = True
        r.next = r.end
    else:
        r.next += words


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _see_to_room(e: cython.pointer[Engine], r: cython.pointer[Reader]) -> cython.bint:
    """See that there is room for one more record of any kind."""
    if r.until_room == 0:
        if not make_room(e, AT_ONCE):
            r.failed = True
        r.until_room = AT_ONCE
    r.until_room -= 1
    return not r.failed


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _skip_books(r: cython.pointer[Reader]) -> cython.void:
    """Pass over the symbols: their orders need the accounts, which come after."""
    count: cython.ulonglong = cython.cast(cython.ulonglong, _word(r))
    _i: cython.int
    while count > 0 and not r.failed:
        _skip(r, 15)
        for _i in range(8):
            _skip(r, ORDER_WORDS * cython.cast(cython.ulonglong, _word(r)))
        for _i in range(2):
            _skip(r, 2 * cython.cast(cython.ulonglong, _word(r)))
        count -= 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _load_position(e: cython.pointer[Engine], r: cython.pointer[Reader], account: cython.uint) -> cython.void:
    symbol: cython.uint = cython.cast(cython.uint, _word(r))
    i: cython.int
    p: cython.pointer[Position]
    if not _see_to_room(e, r):
        return
    p = position_at(e, open_position(e, account, symbol))
    p.quantity = _word(r)
    p.cost = _wide(r)
    p.realised = _wide(r)
    p.fees = _wide(r)
    for i in range(2):
        p.lots[i] = _word(r)
    for i in range(2):
        p.reserves[i] = _wide(r)
    for i in range(2):
        p.reducing[i] = cython.cast(cython.uint, _word(r))
    _set_aside(e, p)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _set_aside(e: cython.pointer[Engine], p: cython.pointer[Position]) -> cython.void:
    balance_at(e, p.balance).set_aside += p.reserves[0]


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _load_accounts(e: cython.pointer[Engine], r: cython.pointer[Reader]) -> cython.void:
    count: cython.longlong = _word(r)
    positions: cython.longlong
    number: cython.uint
    b: cython.pointer[Balance]
    while count > 0 and _see_to_room(e, r):
        number = cython.cast(cython.uint, _word(r))
        if balance_of(e, number) == cython.NULL:
            open_balance(e, number, 0)
        b = balance_of(e, number)
        b.kind = cython.cast(cython.uint, _word(r))
        b.cash = _wide(r)
        b.killed = _word(r) != 0
        b.max_position = _word(r)
        b.max_notional = _word(r)
        b.max_orders = _word(r)
        b.max_rate = _word(r)
        b.second = _word(r)
        b.submitted = _word(r)
        b.dead_man = _word(r)
        if b.dead_man != 0 and b.dead_man < e.next_dead_man:
            e.next_dead_man = b.dead_man
        positions = _word(r)
        while positions > 0 and not r.failed:
            _load_position(e, r, number)
            positions -= 1
        count -= 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _load_producers(e: cython.pointer[Engine], r: cython.pointer[Reader]) -> cython.void:
    count: cython.longlong = _word(r)
    p: cython.pointer[Producer]
    while count > 0 and _see_to_room(e, r):
        p = open_producer(e, cython.cast(cython.uint, _word(r)))
        p.epoch = cython.cast(cython.uint, _word(r))
        p.seq = cython.cast(cython.ulonglong, _word(r))
        p.order = _word(r)
        p.code = cython.cast(cython.uint, _word(r))
        count -= 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _load_closed(e: cython.pointer[Engine], r: cython.pointer[Reader]) -> cython.void:
    count: cython.longlong = _word(r)
    i: cython.int
    words: cython.ulonglong[4]
    c: Command
    index: cython.uint
    order: cython.longlong
    memset(cython.address(c), 0, cython.sizeof(Command))
    while count > 0 and _see_to_room(e, r):
        c.account = cython.cast(cython.uint, _word(r))
        for i in range(4):
            words[i] = cython.cast(cython.ulonglong, _word(r))
        memcpy(cython.address(c.client[0]), cython.address(words[0]), 32)
        order = _word(r)
        index = add_client(e, cython.address(c), order, cython.cast(cython.ulonglong, _word(r)))
        close_client(e, index, cython.cast(cython.int, _word(r)))
        client_at(e, index).time = _word(r)
        count -= 1


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_plain(order: cython.pointer[Order], x: cython.pointer[Extension], book: cython.pointer[Book]) -> cython.bint:
    """Tell whether an order in the book needs no extension."""
    return (
        order.type == LIMIT
        and order.account != HOUSE
        and not keeps_accounts(book)
        and x.limit == order.price
        and x.expire == 0
        and x.client == 0
    )


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _load_order(
    e: cython.pointer[Engine],
    r: cython.pointer[Reader],
    book: cython.pointer[Book],
    symbol: cython.uint,
    place: cython.uint,
) -> cython.void:
    """Read an order and put it where it was: the last of its queue so far."""
    slot: cython.uint
    i: cython.int
    order: cython.pointer[Order]
    x: cython.pointer[Extension]
    kinds: cython.ulonglong
    price: cython.longlong
    shown: cython.longlong
    body: cython.ulonglong
    words: cython.ulonglong[4]
    c: Command
    if not _see_to_room(e, r):
        return
    slot = take(cython.address(e.orders), cython.sizeof(Order))
    order = order_at(e, slot)
    x = new_extension(e, order, book)
    order.id = _word(r)
    order.account = cython.cast(cython.uint, _word(r))
    kinds = cython.cast(cython.ulonglong, _word(r))
    order.side = kinds & 1
    order.type = kinds >> 8 & 255
    order.terms = kinds >> 16 & 15 | (kinds >> 24 & 15) << 4
    order.flags = kinds >> 32 & 255
    x.limit = order.price = _word(r)
    price = _word(r)
    order.total = _word(r)
    order.open = order.total - _word(r)
    shown = _word(r)
    x.display = _word(r)
    x.offset = _word(r)
    x.stop = _word(r)
    x.distance = _word(r)
    x.bound = _word(r)
    x.expire = _word(r)
    x.lot_reserve = _word(r)
    for i in range(4):
        words[i] = cython.cast(cython.ulonglong, _word(r))
    body = cython.cast(cython.ulonglong, _word(r))
    if r.failed:
        return
    if keeps_accounts(book):
        x.position = open_position(e, order.account, symbol)
    if order.account != HOUSE:
        if sequence(order.id) >= sequence(e.next_id):
            r.failed = True
            return
        remember_order(e, order.id, slot)
        if x.position != 0:
            balance_at(e, position_at(e, x.position).balance).orders += 1
    if words[0] | words[1] | words[2] | words[3]:
        memset(cython.address(c), 0, cython.sizeof(Command))
        c.account = order.account
        memcpy(cython.address(c.client[0]), cython.address(words[0]), 32)
        x.client = add_client(e, cython.address(c), order.id, body)
    if x.expire != 0:
        wait_for_expiry(e, order)
    if triggers(order) or order.type == PEG:
        e.specials += 1
    if order.type == PEG:
        book.pegs += 1
        follow_list(e, book, slot, True)
    elif x.display != 0:
        book.icebergs += 1
    if place == IN_BOOK:
        rest(e, book, slot, price)
        x.shown = shown
        if _is_plain(order, x, book):
            put_back(cython.address(e.extensions), order.extension, cython.sizeof(Extension))
            order.extension = 0
    elif place == WAITING:
        open_waiting(e, book)
        wait(e, book, slot)
    elif place == IN_LINE:
        open_waiting(e, book)
        put_in_line(e, book, slot)
    else:
        x.place = PARKED


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _load_orders(
    e: cython.pointer[Engine],
    r: cython.pointer[Reader],
    book: cython.pointer[Book],
    symbol: cython.uint,
    place: cython.uint,
) -> cython.void:
    count: cython.longlong = _word(r)
    while count > 0 and not r.failed:
        _load_order(e, r, book, symbol, place)
        count -= 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _load_book(e: cython.pointer[Engine], r: cython.pointer[Reader]) -> cython.void:
    symbol: cython.uint = cython.cast(cython.uint, _word(r))
    rules: Book
    book: cython.pointer[Book]
    side: cython.uint
    _ladder: cython.uint
    count: cython.longlong
    price: cython.longlong
    memset(cython.address(rules), 0, cython.sizeof(Book))
    rules.tick_value = _word(r)
    rules.min_notional = _word(r)
    rules.max_quantity = _word(r)
    rules.price_step = _word(r)
    rules.quantity_step = _word(r)
    rules.band = cython.cast(cython.uint, _word(r))
    rules.collar = cython.cast(cython.uint, _word(r))
    rules.maker_fee = cython.cast(cython.int, _word(r))
    rules.taker_fee = cython.cast(cython.int, _word(r))
    rules.margin = cython.cast(cython.uint, _word(r))
    rules.flags = cython.cast(cython.uint, _word(r))
    rules.phase = cython.cast(cython.uint, _word(r))
    rules.last = _word(r)
    rules.reference = _word(r)
    if symbol >= MAX_SYMBOLS or not add_symbol(e, symbol, cython.address(rules)):
        r.failed = True
        return
    book = book_at(e, symbol)
    _load_orders(e, r, book, symbol, IN_BOOK)
    _load_orders(e, r, book, symbol, IN_BOOK)
    for _ladder in range(4):
        _load_orders(e, r, book, symbol, WAITING)
    _load_orders(e, r, book, symbol, IN_LINE)
    _load_orders(e, r, book, symbol, PARKED)
    for side in range(2):
        count = _word(r)
        if count > 0:
            open_waiting(e, book)
        while count > 0 and _see_to_room(e, r):
            price = _word(r)
            note_outside(e, book, side, price, _word(r))
            count -= 1
    refresh_plain(e, book)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _list_orders(e: cython.pointer[Engine]) -> cython.void:
    """Give each account its orders, in order-id order."""
    entry: cython.ulonglong
    i: cython.int
    slot: cython.uint
    for entry in range((sequence(e.next_id) >> PAGE_BITS) + 1):
        if e.directory[entry].page == 0:
            continue
        for i in range(PAGE_IDS):
            slot = cython.cast(cython.pointer[SlotPage], e.pages.records)[e.directory[entry].page].slot[i]
            if slot != 0:
                append_to_account(e, order_at(e, slot), slot)


def load_state(e, words, count):
    """Fill a new engine; False: the words are not those of a state, or there is no memory."""
    r: Reader
    books: cython.pointer[cython.const[cython.ulonglong]]
    symbols: cython.longlong
    epoch: cython.longlong
    shard: cython.longlong
    r.next = words
    r.end = words + count
    r.failed = False
    r.until_room = 0
    e.now = _word(cython.address(r))
    epoch = _word(cython.address(r))
    shard = _word(cython.address(r))
    e.next_id = (epoch << 48 | shard << 40 | _word(cython.address(r))) + 1
    e.deposits = _word(cython.address(r))
    e.all_killed = _word(cython.address(r)) != 0
    e.window_time = _word(cython.address(r))
    e.window_orders = _word(cython.address(r))
    books = r.next
    _skip_books(cython.address(r))
    _load_accounts(e, cython.address(r))
    _load_producers(e, cython.address(r))
    _load_closed(e, cython.address(r))
    if r.failed or r.next != r.end:
        return False
    r.next = books
    symbols = _word(cython.address(r))
    while symbols > 0 and not r.failed:
        _load_book(e, cython.address(r))
        symbols -= 1
    if r.failed:
        return False
    _list_orders(e)
    return True
