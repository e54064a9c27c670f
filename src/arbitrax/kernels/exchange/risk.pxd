cimport cython
from arbitrax.kernels.build cimport int128
from arbitrax.kernels.exchange.records cimport BUY, HOUSE
from arbitrax.kernels.exchange.state cimport (
    Balance, Book, Engine, Extension, Order, Position, balance_at, position_at,
)
from arbitrax.kernels.exchange.verdict cimport Verdict

cdef enum:
    MILLION = 1000000      # parts of a fee's rate

cdef unsigned int find_position(Engine* e, unsigned int account, unsigned int symbol) noexcept nogil
cdef unsigned int open_position(Engine* e, unsigned int account, unsigned int symbol) noexcept nogil
cdef long long fee_of(long long notional, long long rate) noexcept nogil
cdef int128 available(Engine* e, const Balance* balance) noexcept nogil
cdef void count_reducing(Engine* e, const Order* order, const Extension* x, int change) noexcept nogil
cdef bint reduces(const Position* position, unsigned int side, long long lots, bint reduce_only) noexcept nogil
cdef int check_new_order(
    Engine* e, Book* book, const Order* order, Extension* x, long long lots, long long touch
) noexcept nogil
cdef int judge_new_order(
    Engine* e, Book* book, const Order* order, Extension* x, long long lots, long long touch, Verdict* v
) noexcept nogil
cdef int check_change(
    Engine* e, Book* book, const Order* order, const Extension* was, Extension* changed, long long total
) noexcept nogil
cdef long long settle(
    Engine* e, Book* book, const Order* order, const Extension* x, long long lots, long long price, long long rate
) noexcept nogil

@cython.overflowcheck(False)  # of 128 bits
cdef inline void reserve(Engine* e, const Order* order, const Extension* x, long long lots) noexcept nogil:
    # Set aside for so many lots more of an order; below 0: release.
    cdef Position* position
    cdef int128 cash
    if x.position == 0 or order.account == HOUSE:
        return
    position = position_at(e, x.position)
    cash = <int128> lots * x.lot_reserve
    position.lots[order.side] += lots
    position.reserves[order.side] += cash
    if order.side == BUY:
        balance_at(e, position.balance).set_aside += cash
