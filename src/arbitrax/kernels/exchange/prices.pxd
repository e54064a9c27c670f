# Prices of a book: what is best, what may be reached, what positions are valued at.
cimport cython
from arbitrax.kernels.build cimport int128
from arbitrax.kernels.exchange.price_tree cimport level_after
from arbitrax.kernels.exchange.records cimport BUY, MAX_PRICE, PEG
from arbitrax.kernels.exchange.state cimport (
    NO_KEY, Book, Engine, Ladder, key_of, ladder_at, level_at, order_at, symbol_of,
)

cdef inline Ladder* side_of(Engine* e, Book* book, unsigned int side) noexcept nogil:
    return ladder_at(e, 2 * symbol_of(e, book) + side)

cdef inline long long best_price(Engine* e, Book* book, unsigned int side) noexcept nogil:
    # 0: nothing there.
    cdef long long key = side_of(e, book, side).best_key
    return 0 if key == NO_KEY else key_of(side, key)

cdef inline long long best_fixed(Engine* e, Book* book, unsigned int side) noexcept nogil:
    # The best price at which an order that is no peg stands; 0: none.
    cdef Ladder* ladder = side_of(e, book, side)
    cdef unsigned int index = ladder.best
    cdef unsigned int slot
    if book.pegs == 0:
        return best_price(e, book, side)
    while index != 0:
        slot = level_at(e, index).head
        while slot != 0:
            if order_at(e, slot).type != PEG:
                return key_of(side, level_at(e, index).key)
            slot = order_at(e, slot).next
        index = level_after(e, ladder, level_at(e, index).key)
    return 0

cdef inline long long mark(const Book* book) noexcept nogil:
    # What positions are valued at; 0: nothing is known.
    return book.last if book.last != 0 else book.reference

@cython.overflowcheck(False)  # of 128 bits
cdef inline long long collar_from(const Book* book, unsigned int side, long long price) noexcept nogil:
    # The worst price a market order of a side may reach from a price; rounded inwards.
    cdef int128 width = <int128> price * book.collar // 10000
    if side == BUY:
        return MAX_PRICE if price + width > MAX_PRICE else <long long> (price + width)
    return 1 if price - width < 1 else <long long> (price - width)

cdef inline bint has_triggered(unsigned int side, long long stop, long long watched) noexcept nogil:
    return watched > 0 and (watched >= stop if side == BUY else watched <= stop)

cdef inline long long stop_key(unsigned int side, long long stop) noexcept nogil:
    # Of a trigger, and back: buys trigger from the lowest, sells from the highest. That of a sell is never 0, as keys of
    # one ladder have one sign.
    return stop ^ -<long long> side
