"""Where an engine's records live, and that they have room before a command needs it."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.exchange.configuration import open_balance
from cython.cimports.arbitrax.kernels.exchange.index import Index, make_buckets, start_index
from cython.cimports.arbitrax.kernels.exchange.order_ids import PAGE_BITS, sequence
from cython.cimports.arbitrax.kernels.exchange.price_tree import clear_ladder
from cython.cimports.arbitrax.kernels.exchange.records import (
    CASH_ACCOUNT,
    FEES,
    HOUSE,
    MAX_SYMBOLS,
    WINDOW_ORDERS,
    WINDOW_TIME,
    Event,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import (
    close_pool,
    give,
    make_records,
    open_pool,
    release_range,
    reserve_range,
    rounded_up,
)
from cython.cimports.arbitrax.kernels.exchange.state import (
    MOST_EVENTS,
    NO_KEY,
    SCRATCH,
    Balance,
    Book,
    ClientId,
    Extension,
    IdPage,
    Ladder,
    Level,
    Node,
    Order,
    Position,
    Producer,
    SlotPage,
    Waiting,
)

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

MOST_ORDERS = cython.declare(cython.uint, 1 << 26)
MOST_NODES = cython.declare(cython.uint, 1 << 25)
MOST_PAGES = cython.declare(cython.uint, 1 << 22)
"""Of 1,024 order ids or 256 accounts."""
MOST_ENTRIES = cython.declare(cython.size_t, 1 << 30)
"""Of 1,024 order ids, all."""
ACCOUNT_PAGES = cython.declare(cython.size_t, 1 << 24)
"""Of 256 accounts, all."""


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _reserve_index(x: cython.pointer[Index]) -> cython.bint:
    x.buckets = cython.cast(cython.p_uint, reserve_range(cython.cast(cython.size_t, 4) * MOST_ORDERS))
    start_index(x)
    return x.buckets != cython.NULL


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _numbers(count: cython.size_t) -> cython.p_uint:
    """Reserve so many 32-bit numbers, zeros that cost nothing until they are written."""
    numbers: cython.p_uint = cython.cast(cython.p_uint, reserve_range(count * 4))
    if numbers != cython.NULL and not give(numbers, 0, count * 4):
        release_range(numbers, count * 4)
        return cython.NULL
    return numbers


def open_engine(e):
    """Reserve the ranges of an engine that is all zeros, and open its two own accounts; False: there is no memory."""
    e.next_id = 1
    e.window_time = WINDOW_TIME
    e.window_orders = WINDOW_ORDERS
    e.next_dead_man = NO_KEY
    e.salt = cython.cast(cython.size_t, e)
    clear_ladder(cython.address(e.due))
    e.events = cython.cast(cython.pointer[Event], reserve_range(MOST_EVENTS * 64))
    e.directory = cython.cast(cython.pointer[IdPage], reserve_range(MOST_ENTRIES * cython.sizeof(IdPage)))
    e.ladders = cython.cast(cython.pointer[Ladder], reserve_range(2 * MAX_SYMBOLS * cython.sizeof(Ladder)))
    e.books = cython.cast(cython.pointer[Book], reserve_range(MAX_SYMBOLS * cython.sizeof(Book)))
    e.scratch = cython.cast(cython.p_char, reserve_range(SCRATCH))
    e.account_pages = _numbers(ACCOUNT_PAGES)
    e.page_list = _numbers(ACCOUNT_PAGES)
    e.touched = _numbers(MAX_SYMBOLS)
    e.symbol_list = _numbers(MAX_SYMBOLS)
    if (
        not open_pool(cython.address(e.orders), cython.sizeof(Order), MOST_ORDERS)
        or not open_pool(cython.address(e.levels), cython.sizeof(Level), MOST_ORDERS)
        or not open_pool(cython.address(e.nodes), cython.sizeof(Node), MOST_NODES)
        or not open_pool(cython.address(e.pages), cython.sizeof(SlotPage), MOST_PAGES)
        or not open_pool(cython.address(e.extensions), cython.sizeof(Extension), MOST_ORDERS)
        or not open_pool(cython.address(e.waiting), cython.sizeof(Waiting), MAX_SYMBOLS)
        or not open_pool(cython.address(e.balances), cython.sizeof(Balance), MOST_ORDERS)
        or not open_pool(cython.address(e.positions), cython.sizeof(Position), MOST_ORDERS)
        or not open_pool(cython.address(e.client_ids), cython.sizeof(ClientId), MOST_ORDERS)
        or not open_pool(cython.address(e.producers), cython.sizeof(Producer), MOST_ORDERS)
        or not _reserve_index(cython.address(e.position_index))
        or not _reserve_index(cython.address(e.client_index))
        or not _reserve_index(cython.address(e.producer_index))
        or e.events == cython.NULL
        or e.directory == cython.NULL
        or e.ladders == cython.NULL
        or e.books == cython.NULL
        or e.scratch == cython.NULL
        or e.account_pages == cython.NULL
        or e.page_list == cython.NULL
        or e.touched == cython.NULL
        or e.symbol_list == cython.NULL
        or not give(e.ladders, 0, rounded_up(cython.sizeof(Ladder)))
        or not give(e.events, 0, rounded_up(cython.sizeof(Event)))
        or not make_room(e, 1)
    ):
        return False
    e.event_room = cython.cast(cython.ulonglong, rounded_up(cython.sizeof(Event)) // cython.sizeof(Event))
    open_balance(e, FEES, CASH_ACCOUNT)
    open_balance(e, HOUSE, CASH_ACCOUNT)
    # The first touch of a range costs most, so no order has to.
    e.directory[0].live = 0
    e.events[0].order = 0
    return True


def close_engine(e):
    """Give all of it back."""
    release_range(e.events, MOST_EVENTS * 64)
    release_range(e.directory, MOST_ENTRIES * cython.sizeof(IdPage))
    release_range(e.ladders, 2 * MAX_SYMBOLS * cython.sizeof(Ladder))
    release_range(e.books, MAX_SYMBOLS * cython.sizeof(Book))
    release_range(e.scratch, SCRATCH)
    release_range(e.account_pages, ACCOUNT_PAGES * 4)
    release_range(e.page_list, ACCOUNT_PAGES * 4)
    release_range(e.touched, cython.cast(cython.size_t, 4) * MAX_SYMBOLS)
    release_range(e.symbol_list, cython.cast(cython.size_t, 4) * MAX_SYMBOLS)
    release_range(e.position_index.buckets, cython.cast(cython.size_t, 4) * MOST_ORDERS)
    release_range(e.client_index.buckets, cython.cast(cython.size_t, 4) * MOST_ORDERS)
    release_range(e.producer_index.buckets, cython.cast(cython.size_t, 4) * MOST_ORDERS)
    close_pool(cython.address(e.orders))
    close_pool(cython.address(e.levels))
    close_pool(cython.address(e.nodes))
    close_pool(cython.address(e.pages))
    close_pool(cython.address(e.extensions))
    close_pool(cython.address(e.waiting))
    close_pool(cython.address(e.balances))
    close_pool(cython.address(e.positions))
    close_pool(cython.address(e.client_ids))
    close_pool(cython.address(e.producers))


def make_room(e, commands):
    """See that so many commands find all the records they may need; False: what needs them will be refused.

    A command adds at most one order, with a level of its own, an expiry and a price of the external market; and each
    stop and peg may come to another level. What only some exchanges have gets memory, but is touched when it is used.
    """
    wanted: cython.ulonglong = (sequence(e.next_id) + commands >> PAGE_BITS) + 1
    levels: cython.uint = commands + e.specials
    rare: cython.uint = 2 * commands + 2
    extended: cython.uint = commands + 2 if e.balances.made > 3 else 0
    start: cython.size_t
    end: cython.size_t
    if wanted > e.directory_room:
        start = rounded_up(e.directory_room * cython.sizeof(IdPage))
        end = rounded_up(wanted * cython.sizeof(IdPage))
        if not give(e.directory, start, end):
            e.failed = 1
            return False
        e.directory_room = cython.cast(cython.uint, end // cython.sizeof(IdPage))
    if e.failed == 2:
        return False
    e.failed = not (
        make_records(cython.address(e.pages), 4, commands + 2)
        and make_records(cython.address(e.orders), commands + 2, 0)
        and make_records(cython.address(e.levels), levels + 2, 2 * commands)
        and make_records(cython.address(e.nodes), levels + 2, 2 * commands)
        and make_records(cython.address(e.extensions), extended, rare)
        and make_records(cython.address(e.waiting), 0, commands)
        and make_records(cython.address(e.balances), 0, rare)
        and make_records(cython.address(e.positions), 0, rare)
        and make_records(cython.address(e.client_ids), 0, rare)
        and make_records(cython.address(e.producers), 0, rare)
        and make_buckets(cython.address(e.position_index), rare)
        and make_buckets(cython.address(e.client_index), rare)
        and make_buckets(cython.address(e.producer_index), rare)
    )
    return not e.failed
