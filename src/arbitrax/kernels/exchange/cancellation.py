"""What ends orders: their owner, time, the session, a lost connection, the kill switch. Many go in order-id order.

`arbitrax.exchange.reference.cancels`, compiled.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.amendment import own_order
from cython.cimports.arbitrax.kernels.exchange.events import blank, refuse
from cython.cimports.arbitrax.kernels.exchange.matching import book_of, cancel
from cython.cimports.arbitrax.kernels.exchange.order_ids import PAGE_IDS, find_order
from cython.cimports.arbitrax.kernels.exchange.price_tree import level_after
from cython.cimports.arbitrax.kernels.exchange.prices import side_of
from cython.cimports.arbitrax.kernels.exchange.records import (
    ALL_SYMBOLS,
    BAD_FIELD,
    BOTH,
    BY_CANCEL_ALL,
    BY_OWNER,
    CANCEL_ON_DISCONNECT,
    CONFIGURED,
    DAY,
    DEAD_MAN,
    DISCONNECTED,
    EXPIRED,
    KILLED,
    MAX_DELAY,
    OK,
    SESSION_ENDED,
    UNKNOWN_SYMBOL,
)
from cython.cimports.arbitrax.kernels.exchange.sorting import put_in_order, sort
from cython.cimports.arbitrax.kernels.exchange.state import (
    NO_KEY,
    PARKED,
    Account,
    Balance,
    Book,
    Engine,
    Ladder,
    Level,
    Order,
    SlotPage,
    account_at,
    balance_at,
    balance_of,
    extension_at,
    has_book,
    keeps_accounts,
    level_at,
    order_at,
    scratch,
    waiting_at,
)

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def cancel_one(e, c):
    """CANCEL: in every phase, whatever its deadline."""
    slot: cython.uint = own_order(e, c)
    if slot != 0:
        cancel(e, book_of(e, order_at(e, slot)), slot, BY_OWNER)


def cancel_all(e, c):
    """CANCEL_ALL. An account without orders is no error."""
    slot: cython.uint
    after: cython.uint
    order: cython.pointer[Order]
    book: cython.pointer[Book]
    if c.side > BOTH or c.flags & ~ALL_SYMBOLS:
        refuse(e, c, BAD_FIELD, 0)
        return
    if not c.flags & ALL_SYMBOLS and not has_book(e, c.symbol):
        refuse(e, c, UNKNOWN_SYMBOL, 0)
        return
    slot = account_at(e, c.account).oldest
    while slot != 0:
        order = order_at(e, slot)
        after = order.younger
        book = book_of(e, order)
        if (c.side == BOTH or order.side == c.side) and (c.flags & ALL_SYMBOLS or book == e.books + c.symbol):
            cancel(e, book, slot, BY_CANCEL_ALL)
        slot = after


def disconnect(e, c):
    """DISCONNECT: the account's orders that asked for it."""
    slot: cython.uint = account_at(e, c.account).oldest
    after: cython.uint
    while slot != 0:
        after = order_at(e, slot).younger
        if order_at(e, slot).flags & CANCEL_ON_DISCONNECT:
            cancel(e, book_of(e, order_at(e, slot)), slot, DISCONNECTED)
        slot = after


def cancel_after(e, c):
    """CANCEL_AFTER: set or lift the dead-man switch. CONFIGURED: ``price`` is when it would act."""
    balance: cython.pointer[Balance] = balance_of(e, c.account)
    if not 0 <= c.extra <= MAX_DELAY:
        refuse(e, c, BAD_FIELD, 0)
        return
    balance.dead_man = e.now + c.extra if c.extra != 0 else 0
    if balance.dead_man != 0 and balance.dead_man < e.next_dead_man:
        e.next_dead_man = balance.dead_man
    blank(e, CONFIGURED, OK, 0, c.account).price = balance.dead_man


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _cancel_listed(
    e: cython.pointer[Engine], ids: cython.pointer[cython.ulonglong], count: cython.size_t, code: cython.int
) -> cython.void:
    """End orders in id order."""
    i: cython.size_t
    slot: cython.uint
    sort(ids, count)
    for i in range(count):
        slot = find_order(e, ids[i])
        cancel(e, book_of(e, order_at(e, slot)), slot, code)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _expire(e: cython.pointer[Engine]) -> cython.void:
    index: cython.uint = e.due.best
    each: cython.uint
    count: cython.size_t = 0
    ids: cython.pointer[cython.ulonglong]
    level: cython.pointer[Level]
    while index != 0 and level_at(e, index).key <= e.now:
        count += level_at(e, index).count
        index = level_after(e, cython.address(e.due), level_at(e, index).key)
    if count == 0:
        return
    ids = cython.cast(cython.pointer[cython.ulonglong], scratch(e, count * 8))
    if ids == cython.NULL:
        e.failed = 2
        return
    count = 0
    index = e.due.best
    while index != 0 and level_at(e, index).key <= e.now:
        level = level_at(e, index)
        each = level.head
        while each != 0:
            ids[count] = extension_at(e, each).due_order
            count += 1
            each = extension_at(e, each).due_next
        index = level_after(e, cython.address(e.due), level.key)
    _cancel_listed(e, ids, count, EXPIRED)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _act_for_the_dead(e: cython.pointer[Engine], account: cython.pointer[Account]) -> cython.void:
    """Cancel all of an account whose dead-man switch is due."""
    balance: cython.pointer[Balance] = balance_at(e, account.balance)
    slot: cython.uint = account.oldest
    after: cython.uint
    if balance.dead_man == 0:
        return
    if balance.dead_man > e.now:
        if balance.dead_man < e.next_dead_man:
            e.next_dead_man = balance.dead_man
        return
    balance.dead_man = 0
    while slot != 0:
        after = order_at(e, slot).younger
        cancel(e, book_of(e, order_at(e, slot)), slot, DEAD_MAN)
        slot = after


def tick(e):
    """TICK: orders whose time is over, in id order; then dead-man switches, in account order."""
    page: cython.uint
    i: cython.uint
    account: cython.pointer[Account]
    _expire(e)
    if e.next_dead_man > e.now:
        return
    e.next_dead_man = NO_KEY
    put_in_order(e.page_list, e.page_count)
    for page in range(e.page_count):
        for i in range(256):
            account = account_at(e, e.page_list[page] << 8 | i)
            if account.balance != 0:
                _act_for_the_dead(e, account)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _day_orders(
    e: cython.pointer[Engine],
    ladder: cython.pointer[Ladder],
    ids: cython.pointer[cython.ulonglong],
    count: cython.size_t,
) -> cython.size_t:
    """Add the ids of a ladder's DAY orders to those found; NULL: only count."""
    index: cython.uint = ladder.best
    slot: cython.uint
    order: cython.pointer[Order]
    while index != 0:
        slot = level_at(e, index).head
        while slot != 0:
            order = order_at(e, slot)
            if order.terms & 15 == DAY:
                if ids != cython.NULL:
                    ids[count] = order.id
                count += 1
            slot = order.next
        index = level_after(e, ladder, level_at(e, index).key)
    return count


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _list_day_orders(
    e: cython.pointer[Engine], book: cython.pointer[Book], ids: cython.pointer[cython.ulonglong]
) -> cython.size_t:
    """List the ids of a symbol's DAY orders, wherever they are; NULL: only count."""
    count: cython.size_t = 0
    side: cython.uint
    slot: cython.uint
    for side in range(2):
        count = _day_orders(e, side_of(e, book, side), ids, count)
    if book.stops > 0:
        for side in range(4):
            count = _day_orders(e, cython.address(waiting_at(e, book.waiting).stops[side]), ids, count)
    slot = book.first_in_line
    while slot != 0:
        if order_at(e, slot).terms & 15 == DAY:
            if ids != cython.NULL:
                ids[count] = order_at(e, slot).id
            count += 1
        slot = order_at(e, slot).next
    slot = book.first_peg
    while slot != 0:
        if order_at(e, slot).terms & 15 == DAY and extension_at(e, order_at(e, slot).extension).place == PARKED:
            if ids != cython.NULL:
                ids[count] = order_at(e, slot).id
            count += 1
        slot = extension_at(e, order_at(e, slot).extension).follower
    return count


def end_session(e, book):
    """End the DAY orders of a symbol."""
    count: cython.size_t = _list_day_orders(e, book, cython.NULL)
    ids: cython.pointer[cython.ulonglong]
    if count == 0:
        return
    ids = cython.cast(cython.pointer[cython.ulonglong], scratch(e, count * 8))
    if ids == cython.NULL:
        e.failed = 2
        return
    _list_day_orders(e, book, ids)
    _cancel_listed(e, ids, count, SESSION_ENDED)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _kill_one(e: cython.pointer[Engine], slot: cython.uint) -> cython.void:
    book: cython.pointer[Book] = book_of(e, order_at(e, slot))
    if keeps_accounts(book):
        cancel(e, book, slot, KILLED)


def kill(e, c):
    """KILL: CONFIGURED, then the orders of ``account``, or of everybody (0). Symbols without accounts are not asked."""
    slot: cython.uint
    after: cython.uint
    entry: cython.ulonglong
    i: cython.uint
    blank(e, CONFIGURED, KILLED, 0, c.account)
    if c.account != 0:
        balance_of(e, c.account).killed = True
        slot = account_at(e, c.account).oldest
        while slot != 0:
            after = order_at(e, slot).younger
            _kill_one(e, slot)
            slot = after
        return
    e.all_killed = True
    for entry in range(e.directory_room):
        for i in range(PAGE_IDS):
            if e.directory[entry].page == 0:
                break
            slot = cython.cast(cython.pointer[SlotPage], e.pages.records)[e.directory[entry].page].slot[i]
            if slot != 0:
                _kill_one(e, slot)


def revive(e, c):
    """REVIVE: the same switch, back."""
    if c.account != 0:
        balance_of(e, c.account).killed = False
    else:
        e.all_killed = False
    blank(e, CONFIGURED, OK, 0, c.account)
