from arbitrax.kernels.build cimport int128
from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport Balance, Book, Engine, Extension, Order, Position

cdef unsigned int find_position(Engine* e, unsigned int account, unsigned int symbol) noexcept nogil
cdef unsigned int open_position(Engine* e, unsigned int account, unsigned int symbol) noexcept nogil
cdef long long fee_of(long long notional, long long rate) noexcept nogil
cdef int128 available(Engine* e, const Balance* balance) noexcept nogil
cdef long long worst_price(Engine* e, Book* book, const Order* order, const Extension* x, long long touch) noexcept nogil
cdef int128 lot_reserve(Engine* e, Book* book, const Order* order, const Extension* x, long long worst) noexcept nogil
cdef int128 funds_reserve(Engine* e, Book* book, const Extension* x, long long lots) noexcept nogil
cdef void reserve(Engine* e, const Order* order, const Extension* x, long long lots) noexcept nogil
cdef void count_reducing(Engine* e, const Order* order, const Extension* x, int change) noexcept nogil
cdef bint reduces(const Position* position, unsigned int side, long long lots, bint reduce_only) noexcept nogil
cdef int check_rate(Engine* e, Balance* balance) noexcept nogil
cdef int check_limits(
    Engine* e, const Balance* balance, const Position* position, unsigned int side, long long lots, int128 notional, bint new
) noexcept nogil
cdef int check_power(
    Engine* e, const Balance* balance, Position* position, unsigned int side, long long lots, int128 cash
) noexcept nogil
cdef long long settle(
    Engine* e, Book* book, const Order* order, const Extension* x, long long lots, long long price, long long rate
) noexcept nogil
