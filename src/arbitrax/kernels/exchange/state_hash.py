"""The hash of all that decides the future: the numbers and order of `arbitrax.exchange.reference.hashing`, compiled."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.exchange.events import shown_of
from cython.cimports.arbitrax.kernels.exchange.index import mixed
from cython.cimports.arbitrax.kernels.exchange.order_ids import sequence
from cython.cimports.arbitrax.kernels.exchange.price_tree import level_after
from cython.cimports.arbitrax.kernels.exchange.prices import side_of
from cython.cimports.arbitrax.kernels.exchange.sorting import put_in_order, sort
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
from cython.cimports.arbitrax.kernels.exchange.state_hash import (
    BUFFERED,
    SNAPSHOT_MARK,
    Words,
    end_process,
    fork_process,
    sync_file,
    write_file,
)
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _take(words: cython.pointer[Words], value: cython.longlong) -> cython.void:
    words.hash = mixed(words.hash, cython.cast(cython.ulonglong, value))
    if words.file >= 0:
        words.buffer[words.count] = cython.cast(cython.ulonglong, value)
        words.count += 1
        if words.count == BUFFERED:
            flush(words)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _take_wide(words: cython.pointer[Words], value: int128) -> cython.void:
    """Take an amount of money: the low 64 bits, then the others."""
    _take(words, cython.cast(cython.longlong, value))
    _take(words, cython.cast(cython.longlong, value >> 64))


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_order(e: cython.pointer[Engine], words: cython.pointer[Words], order: cython.pointer[Order]) -> cython.void:
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
    _take(words, order.id)
    _take(words, order.account)
    _take(words, kinds)
    _take(words, x.limit)
    _take(words, order.price if x.place == IN_BOOK else 0)
    _take(words, order.total)
    _take(words, filled(order))
    _take(words, shown_of(cython.address(x), order) if x.place == IN_BOOK else 0)
    _take(words, x.display)
    _take(words, x.offset)
    _take(words, x.stop)
    _take(words, x.distance)
    _take(words, x.bound)
    _take(words, x.expire)
    _take(words, x.lot_reserve)
    for i in range(4):
        _take(words, client.name[i])
    _take(words, client.body)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_ladder(
    e: cython.pointer[Engine], words: cython.pointer[Words], ladder: cython.pointer[Ladder]
) -> cython.void:
    """Take the orders of a ladder, best level first, first come first, after their number."""
    index: cython.uint = ladder.best
    slot: cython.uint
    count: cython.longlong = 0
    while index != 0:
        count += level_at(e, index).count
        index = level_after(e, ladder, level_at(e, index).key)
    _take(words, count)
    index = ladder.best
    while index != 0:
        slot = level_at(e, index).head
        while slot != 0:
            _take_order(e, words, order_at(e, slot))
            slot = order_at(e, slot).next
        index = level_after(e, ladder, level_at(e, index).key)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_external(
    e: cython.pointer[Engine], words: cython.pointer[Words], book: cython.pointer[Book], side: cython.uint
) -> cython.void:
    ladder: cython.pointer[Ladder] = cython.address(waiting_at(e, book.waiting).external[side])
    index: cython.uint = ladder.best
    count: cython.longlong = 0
    while index != 0:
        count += 1
        index = level_after(e, ladder, level_at(e, index).key)
    _take(words, count)
    index = ladder.best
    while index != 0:
        _take(words, key_of(side, level_at(e, index).key))
        _take(words, level_at(e, index).quantity)
        index = level_after(e, ladder, level_at(e, index).key)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_book(e: cython.pointer[Engine], words: cython.pointer[Words], symbol: cython.uint) -> cython.void:
    book: cython.pointer[Book] = book_at(e, symbol)
    i: cython.uint
    slot: cython.uint
    count: cython.longlong = 0
    _take(words, symbol)
    _take(words, book.tick_value)
    _take(words, book.min_notional)
    _take(words, book.max_quantity)
    _take(words, book.price_step)
    _take(words, book.quantity_step)
    _take(words, book.band)
    _take(words, book.collar)
    _take(words, book.maker_fee)
    _take(words, book.taker_fee)
    _take(words, book.margin)
    _take(words, book.flags)
    _take(words, book.phase)
    _take(words, book.last)
    _take(words, book.reference)
    for i in range(2):
        _take_ladder(e, words, side_of(e, book, i))
    for i in range(4):
        if book.waiting != 0:
            _take_ladder(e, words, cython.address(waiting_at(e, book.waiting).stops[i]))
        else:
            _take(words, 0)
    _take(words, book.in_line)
    slot = book.first_in_line
    while slot != 0:
        _take_order(e, words, order_at(e, slot))
        slot = order_at(e, slot).next
    slot = book.first_peg
    while slot != 0:
        count += extension_at(e, order_at(e, slot).extension).place == PARKED
        slot = extension_at(e, order_at(e, slot).extension).follower
    _take(words, count)
    slot = book.first_peg
    while slot != 0:
        if extension_at(e, order_at(e, slot).extension).place == PARKED:
            _take_order(e, words, order_at(e, slot))
        slot = extension_at(e, order_at(e, slot).extension).follower
    for i in range(2):
        if book.waiting != 0:
            _take_external(e, words, book, i)
        else:
            _take(words, 0)


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
    e: cython.pointer[Engine], words: cython.pointer[Words], balance: cython.pointer[Balance]
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
    _take(words, count)
    for i in range(count):
        p = position_at(e, cython.cast(cython.uint, found[i]))
        _take(words, p.symbol)
        _take(words, p.quantity)
        _take_wide(words, p.cost)
        _take_wide(words, p.realised)
        _take_wide(words, p.fees)
        _take(words, p.lots[0])
        _take(words, p.lots[1])
        _take_wide(words, p.reserves[0])
        _take_wide(words, p.reserves[1])
        _take(words, p.reducing[0])
        _take(words, p.reducing[1])
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_accounts(e: cython.pointer[Engine], words: cython.pointer[Words]) -> cython.bint:
    page: cython.uint
    i: cython.uint
    account: cython.pointer[Account]
    b: cython.pointer[Balance]
    _take(words, e.balances.made - e.balances.left - 1)
    put_in_order(e.page_list, e.page_count)
    for page in range(e.page_count):
        for i in range(256):
            account = account_at(e, e.page_list[page] << 8 | i)
            if account.balance == 0:
                continue
            b = balance_at(e, account.balance)
            _take(words, b.account)
            _take(words, b.kind)
            _take_wide(words, b.cash)
            _take(words, b.killed)
            _take(words, b.max_position)
            _take(words, b.max_notional)
            _take(words, b.max_orders)
            _take(words, b.max_rate)
            _take(words, b.second)
            _take(words, b.submitted)
            _take(words, b.dead_man)
            if not _take_positions(e, words, b):
                return False
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_producers(e: cython.pointer[Engine], words: cython.pointer[Words]) -> cython.bint:
    count: cython.size_t = e.producer_index.records
    i: cython.size_t
    p: cython.pointer[Producer]
    found: cython.p_ulonglong = cython.cast(cython.p_ulonglong, scratch(e, count * 8 + 8))
    if found == cython.NULL:
        return False
    for i in range(count):  # none is ever given back
        found[i] = cython.cast(cython.ulonglong, producer_at(e, i + 1).number) << 32 | (i + 1)
    sort(found, count)
    _take(words, count)
    for i in range(count):
        p = producer_at(e, cython.cast(cython.uint, found[i]))
        _take(words, p.number)
        _take(words, p.epoch)
        _take(words, cython.cast(cython.longlong, p.seq))
        _take(words, p.order)
        _take(words, p.code)
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _take_state(e: cython.pointer[Engine], words: cython.pointer[Words]) -> cython.bint:
    """Take all of it; False: there is no memory to sort it."""
    i: cython.uint
    index: cython.uint = e.first_closed
    client: cython.pointer[ClientId]
    _take(words, e.now)
    _take(words, e.next_id >> 48)
    _take(words, e.next_id >> 40 & 255)
    _take(words, sequence(e.next_id) - 1)
    _take(words, e.deposits)
    _take(words, e.all_killed)
    _take(words, e.window_time)
    _take(words, e.window_orders)
    _take(words, e.symbol_count)
    put_in_order(e.symbol_list, e.symbol_count)
    for i in range(e.symbol_count):
        _take_book(e, words, e.symbol_list[i])
    if not _take_accounts(e, words) or not _take_producers(e, words):
        return False
    _take(words, e.closed)
    while index != 0:
        client = client_at(e, index)
        _take(words, client.account)
        for i in range(4):
            _take(words, client.name[i])
        _take(words, client.order)
        _take(words, client.body)
        _take(words, client.code)
        _take(words, client.time)
        index = client.next
    return True


def flush(words):
    """Write what is buffered; a failure is remembered."""
    at: cython.p_char = cython.cast(cython.p_char, cython.address(words.buffer[0]))
    left: cython.size_t = words.count * 8
    done: cython.ssize_t
    words.count = 0
    while left > 0 and not words.failed:
        done = write_file(words.file, at, left)
        if done < 0:
            words.failed = True
            return
        at += done
        left -= done


def state_hash(e):
    """Return the 64-bit hash of the state; 0: there was no memory to sort it."""
    words: Words
    words.hash = 0
    words.file = -1
    return words.hash if _take_state(e, cython.address(words)) else 0


def save_state(e, file, hash):
    """Write the state's words to a file, the marks of a snapshot before and the hash behind; tell whether it worked."""
    words: Words
    words.hash = 0
    words.file = file
    words.failed = False
    words.buffer[0] = SNAPSHOT_MARK
    words.count = 1
    if not _take_state(e, cython.address(words)):
        return False
    words.buffer[words.count] = words.hash  # there is room: a full buffer is written at once
    words.count += 1
    flush(cython.address(words))
    hash[0] = words.hash
    return not words.failed


def fork_and_save(e, file):
    """Do so in a child process, which has the state as it is now; return its id, below 0: there is none.

    The child runs nothing but this and ends with 0, or with 1 when the file could not be written.
    """
    hash: cython.ulonglong = 0
    child: cython.int = fork_process()
    if child == 0:
        end_process(0 if save_state(e, file, cython.address(hash)) and sync_file(file) == 0 else 1)
    return child
