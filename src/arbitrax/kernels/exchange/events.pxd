# What happened, written down.
from arbitrax.kernels.exchange.records cimport (
    CANCELLED, CASH, FEE, IOC, MARKET, PEG, REFUSED, STOP, TRAILING_STOP, Command, Event,
)
from arbitrax.kernels.exchange.state cimport (
    IN_BOOK, NOWHERE, Engine, Extension, Order, extension_at, next_event,
)

cdef inline bint triggers(const Order* order) noexcept nogil:
    # A stop of any kind.
    return STOP <= order.type <= TRAILING_STOP

cdef inline bint at_market(const Order* order) noexcept nogil:
    # Trades at any price within a collar, and never rests.
    return order.type == MARKET or order.type == STOP or order.type == TRAILING_STOP

cdef inline bint rests(const Order* order) noexcept nogil:
    # What does not trade at once stays.
    return not at_market(order) and order.terms & 15 < IOC

cdef inline long long display_of(const Extension* x, long long lots) noexcept nogil:
    # How many of so many lots the book shows.
    return lots if x.display == 0 or lots < x.display else x.display

cdef inline long long shown_of(const Extension* x, const Order* order) noexcept nogil:
    # Of an order in the book.
    return order.open if x.display == 0 else x.shown

cdef inline long long showing(Engine* e, const Order* order, bint in_book) noexcept nogil:
    # What the book shows of an order, or will once it is entered, if nothing trades.
    cdef Extension* x
    if order.extension == 0:
        return order.open if in_book or rests(order) else 0
    x = extension_at(e, order.extension)
    if x.place == IN_BOOK:
        return shown_of(x, order)
    if x.place == NOWHERE and rests(order) and order.type != PEG:
        return display_of(x, order.open)
    return 0

cdef inline Event* blank(Engine* e, int kind, int code, unsigned int symbol, unsigned int account) noexcept nogil:
    # An event about nothing yet.
    cdef Event* event = next_event(e)
    event.order = event.maker = event.price = event.quantity = event.open = event.maker_open = 0
    event.symbol = symbol
    event.account = account
    event.maker_account = 0
    event.code = <unsigned short> code
    event.kind = <unsigned char> kind
    event.side = 0
    return event

cdef inline void tell(
    Engine* e, int kind, int code, const Order* order, unsigned int symbol, long long quantity, long long price
) noexcept nogil:
    # An event about one order.
    cdef Event* event = blank(e, kind, code, symbol, order.account)
    event.order = order.id
    event.price = price
    event.quantity = quantity
    event.open = order.open
    event.maker_open = 0 if kind == CANCELLED else showing(e, order, True)
    event.side = order.side

cdef inline void tell_fee(Engine* e, const Order* order, unsigned int symbol, long long fee) noexcept nogil:
    # What an order paid for a fill, unless it was nothing.
    cdef Event* event
    if fee != 0:
        event = blank(e, CASH, FEE, symbol, order.account)
        event.order = order.id
        event.price = -fee
        event.side = order.side

cdef inline void refuse(Engine* e, const Command* c, int code, long long order) noexcept nogil:
    cdef Event* event = blank(e, REFUSED, code, c.symbol, c.account)
    event.order = order
    event.price = c.price
    event.quantity = c.quantity
    event.side = c.side
