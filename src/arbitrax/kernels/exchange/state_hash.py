"""The hash of all that decides the future: the numbers and order of `arbitrax.exchange.reference.hashing`, compiled."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.events import shown_of
from cython.cimports.arbitrax.kernels.exchange.index import mixed
from cython.cimports.arbitrax.kernels.exchange.order_ids import sequence
from cython.cimports.arbitrax.kernels.exchange.price_tree import level_after
from cython.cimports.arbitrax.kernels.exchange.prices import side_of
from cython.cimports.arbitrax.kernels.exchange.sorting import sort
from cython.cimports.arbitrax.kernels.exchange.state import (
    IN_BOOK,
    PARKED,
    Account,
    Balance,
    Book,
    ClientId,
    Engine,
    Extension,
    Ladder,
    Order,
    Position,
    Producer,
    account_at,
    balance_at,
    book_at,
    client_at,
    extension_at,
    filled,
    key_of,
    level_at,
    order_at,
    position_at,
    producer_at,
    scratch,
    waiting_at,
)
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _take(word: cython.p_ulonglong, value: cython.longlong) -> cython.void:
    word[0] = mixed(word[0], cython.cast(cython.ulonglong, value))


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_order(e: cython.pointer[Engine], word: cython.p_ulonglong, order: cython.pointer[Order]) -> cython.void:
    x: Extension
    client: ClientId
    i: cython.int
    kinds: cython.ulonglong = order.side
    memset(cython.address(client), 0, cython.sizeof(ClientId))
    if order.extension != 0:
        x = extension_at(e, order.extension)[0]
        if x.client != 0:
            client = client_at(e, x.client)[0]
    else:
        memset(cython.address(x), 0, cython.sizeof(Extension))
        x.limit = order.price
        x.place = IN_BOOK
    kinds |= cython.cast(cython.ulonglong, order.type) << 8
    kinds |= cython.cast(cython.ulonglong, order.terms & 15) << 16
    kinds |= cython.cast(cython.ulonglong, order.terms >> 4) << 24
    kinds |= cython.cast(cython.ulonglong, order.flags) << 32
    _take(word, order.id)
    _take(word, order.account)
    _take(word, kinds)
    _take(word, x.limit)
    _take(word, order.price if x.place == IN_BOOK else 0)
    _take(word, order.total)
    _take(word, filled(order))
    _take(word, shown_of(cython.address(x), order) if x.place == IN_BOOK else 0)
    _take(word, x.display)
    _take(word, x.offset)
    _take(word, x.stop)
    _take(word, x.distance)
    _take(word, x.bound)
    _take(word, x.expire)
    _take(word, x.lot_reserve)
    for i in range(4):
        _take(word, client.name[i])
    _take(word, client.body)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_ladder(e: cython.pointer[Engine], word: cython.p_ulonglong, ladder: cython.pointer[Ladder]) -> cython.void:
    """Take the orders of a ladder, best level first, first come first, after their number."""
    index: cython.uint = ladder.best
    slot: cython.uint
    count: cython.longlong = 0
    while index != 0:
        count += level_at(e, index).count
        index = level_after(e, ladder, level_at(e, index).key)
    _take(word, count)
    index = ladder.best
    while index != 0:
        slot = level_at(e, index).head
        while slot != 0:
            _take_order(e, word, order_at(e, slot))
            slot = order_at(e, slot).next
        index = level_after(e, ladder, level_at(e, index).key)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_external(
    e: cython.pointer[Engine], word: cython.p_ulonglong, book: cython.pointer[Book], side: cython.uint
) -> cython.void:
    ladder: cython.pointer[Ladder] = cython.address(waiting_at(e, book.waiting).external[side])
    index: cython.uint = ladder.best
    count: cython.longlong = 0
    while index != 0:
        count += 1
        index = level_after(e, ladder, level_at(e, index).key)
    _take(word, count)
    index = ladder.best
    while index != 0:
        _take(word, key_of(side, level_at(e, index).key))
        _take(word, level_at(e, index).quantity)
        index = level_after(e, ladder, level_at(e, index).key)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_book(e: cython.pointer[Engine], word: cython.p_ulonglong, symbol: cython.uint) -> cython.void:
    book: cython.pointer[Book] = book_at(e, symbol)
    i: cython.uint
    slot: cython.uint
    count: cython.longlong = 0
    _take(word, symbol)
    _take(word, book.tick_value)
    _take(word, book.min_notional)
    _take(word, book.max_quantity)
    _take(word, book.price_step)
    _take(word, book.quantity_step)
    _take(word, book.band)
    _take(word, book.collar)
    _take(word, book.maker_fee)
    _take(word, book.taker_fee)
    _take(word, book.margin)
    _take(word, book.flags)
    _take(word, book.phase)
    _take(word, book.last)
    _take(word, book.reference)
    for i in range(2):
        _take_ladder(e, word, side_of(e, book, i))
    for i in range(4):
        if book.waiting != 0:
            _take_ladder(e, word, cython.address(waiting_at(e, book.waiting).stops[i]))
        else:
            _take(word, 0)
    _take(word, book.in_line)
    slot = book.first_in_line
    while slot != 0:
        _take_order(e, word, order_at(e, slot))
        slot = order_at(e, slot).next
    slot = book.first_peg
    while slot != 0:
        count += extension_at(e, order_at(e, slot).extension).place == PARKED
        slot = extension_at(e, order_at(e, slot).extension).follower
    _take(word, count)
    slot = book.first_peg
    while slot != 0:
        if extension_at(e, order_at(e, slot).extension).place == PARKED:
            _take_order(e, word, order_at(e, slot))
        slot = extension_at(e, order_at(e, slot).extension).follower
    for i in range(2):
        if book.waiting != 0:
            _take_external(e, word, book, i)
        else:
            _take(word, 0)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_anything(p: cython.pointer[Position]) -> cython.bint:
    return (
        p.quantity != 0
        or p.cost != 0
        or p.realised != 0
        or p.fees != 0
        or p.lots[0] != 0
        or p.lots[1] != 0
        or p.reserves[0] != 0
        or p.reserves[1] != 0
        or p.reducing[0] != 0
        or p.reducing[1] != 0
    )


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_positions(
    e: cython.pointer[Engine], word: cython.p_ulonglong, balance: cython.pointer[Balance]
) -> cython.bint:
    """Take an account's positions by symbol; False: there is no memory to sort them."""
    index: cython.uint = balance.positions
    count: cython.size_t = 0
    i: cython.size_t
    p: cython.pointer[Position]
    found: cython.p_ulonglong
    while index != 0:
        count += 1
        index = position_at(e, index).next
    found = cython.cast(cython.p_ulonglong, scratch(e, count * 8 + 8))
    if found == cython.NULL:
        return False
    count = 0
    index = balance.positions
    while index != 0:
        p = position_at(e, index)
        if _is_anything(p):
            found[count] = cython.cast(cython.ulonglong, p.symbol) << 32 | index
            count += 1
        index = p.next
    sort(found, count)
    _take(word, count)
    for i in range(count):
        p = position_at(e, cython.cast(cython.uint, found[i]))
        _take(word, p.symbol)
        _take(word, p.quantity)
        _take(word, cython.cast(cython.longlong, p.cost))
        _take(word, cython.cast(cython.longlong, p.realised))
        _take(word, cython.cast(cython.longlong, p.fees))
        _take(word, p.lots[0])
        _take(word, p.lots[1])
        _take(word, cython.cast(cython.longlong, p.reserves[0]))
        _take(word, cython.cast(cython.longlong, p.reserves[1]))
        _take(word, p.reducing[0])
        _take(word, p.reducing[1])
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_accounts(e: cython.pointer[Engine], word: cython.p_ulonglong) -> cython.bint:
    page: cython.uint
    i: cython.uint
    account: cython.pointer[Account]
    b: cython.pointer[Balance]
    _take(word, e.balances.made - e.balances.left - 1)
    for page in range(e.page_count):
        for i in range(256):
            account = account_at(e, e.page_list[page] << 8 | i)
            if account.balance == 0:
                continue
            b = balance_at(e, account.balance)
            _take(word, b.account)
            _take(word, b.kind)
            _take(word, cython.cast(cython.longlong, b.cash))
            _take(word, b.killed)
            _take(word, b.max_position)
            _take(word, b.max_notional)
            _take(word, b.max_orders)
            _take(word, b.max_rate)
            _take(word, b.second)
            _take(word, b.submitted)
            _take(word, b.dead_man)
            if not _take_positions(e, word, b):
                return False
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_producers(e: cython.pointer[Engine], word: cython.p_ulonglong) -> cython.bint:
    count: cython.size_t = e.producer_index.records
    i: cython.size_t
    p: cython.pointer[Producer]
    found: cython.p_ulonglong = cython.cast(cython.p_ulonglong, scratch(e, count * 8 + 8))
    if found == cython.NULL:
        return False
    for i in range(count):  # none is ever given back
        found[i] = cython.cast(cython.ulonglong, producer_at(e, i + 1).number) << 32 | (i + 1)
    sort(found, count)
    _take(word, count)
    for i in range(count):
        p = producer_at(e, cython.cast(cython.uint, found[i]))
        _take(word, p.number)
        _take(word, p.epoch)
        _take(word, cython.cast(cython.longlong, p.seq))
        _take(word, p.order)
        _take(word, p.code)
    return True


def state_hash(e):
    """Return the 64-bit hash of the state; 0: there was no memory to sort it."""
    word: cython.ulonglong = 0
    i: cython.uint
    index: cython.uint = e.first_closed
    client: cython.pointer[ClientId]
    _take(cython.address(word), e.now)
    _take(cython.address(word), e.next_id >> 48)
    _take(cython.address(word), e.next_id >> 40 & 255)
    _take(cython.address(word), sequence(e.next_id) - 1)
    _take(cython.address(word), e.deposits)
    _take(cython.address(word), e.all_killed)
    _take(cython.address(word), e.window_time)
    _take(cython.address(word), e.window_orders)
    _take(cython.address(word), e.symbol_count)
    for i in range(e.symbol_count):
        _take_book(e, cython.address(word), e.symbol_list[i])
    if not _take_accounts(e, cython.address(word)) or not _take_producers(e, cython.address(word)):
        return 0
    _take(cython.address(word), e.closed)
    while index != 0:
        client = client_at(e, index)
        _take(cython.address(word), client.account)
        for i in range(4):
            _take(cython.address(word), client.name[i])
        _take(cython.address(word), client.order)
        _take(cython.address(word), client.body)
        _take(cython.address(word), client.code)
        _take(cython.address(word), client.time)
        index = client.next
    return word
