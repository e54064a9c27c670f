# Limit and market orders, their cancels and amends in a symbol that is plain: what both parts of the short way share.
from arbitrax.kernels.exchange.order_ids cimport find_order
from arbitrax.kernels.exchange.queues cimport unlist, unqueue
from arbitrax.kernels.exchange.records cimport (
    CANCELLED, HOUSE, IOC, LIMIT, MARKET, REDUCE_ONLY, Command, Event, EventWords,
)
from arbitrax.kernels.exchange.reserved cimport put_back
from arbitrax.kernels.exchange.risk cimport reserve
from arbitrax.kernels.exchange.state cimport (
    Balance, Engine, Extension, Order, balance_at, extension_at, ladder_at, level_at, next_event, order_at, position_at,
)

cdef enum Outcome:
    DONE = 0
    STOPPED = 1
    HANDED_OVER = 2

cdef extern from *:
    """
    #define ARBITRAX_MOST_LOTS ((long long)1 << 62)
    """
    const long long MOST_LOTS "ARBITRAX_MOST_LOTS"  # of a ladder in all, so that no sum of lots overflows

cdef bint submit_plain(Engine* e, const Command* c) noexcept nogil
cdef bint amend_plain(Engine* e, const Command* c) noexcept nogil

cdef inline bint stays(const Order* order) noexcept nogil:
    # What does not trade at once rests.
    return order.type != MARKET and order.terms & 15 < IOC

cdef inline unsigned long long outcome_of(unsigned int kind, unsigned int code, unsigned int side) noexcept nogil:
    # The last word of an event without a maker.
    return <unsigned long long> (code | kind << 16 | side << 24) << 32

cdef inline void say(
    Engine* e, unsigned int kind, unsigned int code, const Order* order, unsigned int symbol, long long quantity,
    long long left, long long shown
) noexcept nogil:
    # What happened to one order; `shown`: what the book will show of it if nothing trades.
    cdef EventWords* event = <EventWords*> next_event(e)
    event.order = order.id
    event.maker = 0
    event.price = order.price
    event.quantity = quantity
    event.open = left
    event.maker_open = shown
    event.symbol_and_account = symbol | <unsigned long long> order.account << 32
    event.outcome = outcome_of(kind, code, order.side)

cdef inline bint is_plain_record(Engine* e, const Order* order) noexcept nogil:
    # An order that rests is no more than a limit order: its extension, if any, is of its account.
    cdef Extension* x
    if order.extension == 0:
        return True
    x = extension_at(e, order.extension)
    return (
        order.type == LIMIT
        and x.position != 0
        and x.client == 0
        and (x.display | x.expire | (order.flags & REDUCE_ONLY)) == 0
        and order.account != HOUSE
    )

cdef inline void count(Engine* e, const Order* order, int change) noexcept nogil:
    # Count an open order of an account in or out.
    cdef unsigned int position
    cdef Balance* balance
    if order.extension != 0:
        position = extension_at(e, order.extension).position
        if position != 0:  # else it was handed over, in a symbol without accounts
            balance = balance_at(e, position_at(e, position).balance)
            balance.orders = balance.orders + 1 if change > 0 else balance.orders - 1

cdef inline void set_aside(Engine* e, Order* order, long long lots) noexcept nogil:
    # Set aside for so many lots more of an order; below 0: release.
    if order.extension != 0:
        reserve(e, order, extension_at(e, order.extension), lots)

cdef inline void forget(Engine* e, const Order* order, unsigned int slot) noexcept nogil:
    # Give back the records of an order that ends.
    if order.extension != 0:
        put_back(&e.extensions, order.extension, sizeof(Extension))
    put_back(&e.orders, slot, sizeof(Order))

cdef inline unsigned int plain_order(Engine* e, const Command* c) noexcept nogil:
    # Where the command's order is, if the account has one of this id and it is plain; else 0.
    cdef unsigned int slot = find_order(e, c.order)
    cdef Order* order
    if slot == 0:
        return 0
    order = order_at(e, slot)
    if order.account != c.account or not is_plain_record(e, order):
        return 0
    return slot if ladder_at(e, level_at(e, order.level).ladder).plain else 0

cdef inline void end_plain(Engine* e, unsigned int slot, unsigned int code) noexcept nogil:
    # End a plain order that rests.
    cdef Order* order = order_at(e, slot)
    cdef unsigned int ladder = level_at(e, order.level).ladder
    say(e, CANCELLED, code, order, ladder >> 1, order.open, 0, 0)
    unqueue(e, ladder_at(e, ladder), order)
    unlist(e, order)
    if order.extension != 0:
        set_aside(e, order, -order.open)
        count(e, order, -1)
    forget(e, order, slot)
