from arbitrax.kernels.exchange.state cimport Book, Engine, Extension, Ladder, Order

cdef void mark_touched(Engine* e, Book* book) noexcept nogil
cdef void refresh_plain(Engine* e, Book* book) noexcept nogil
cdef Extension* new_extension(Engine* e, Order* order, Book* book) noexcept nogil
cdef void rest(Engine* e, Book* book, unsigned int slot, long long price) noexcept nogil
cdef Ladder* stops_of(Engine* e, Book* book, const Order* order) noexcept nogil
cdef void wait(Engine* e, Book* book, unsigned int slot) noexcept nogil
cdef void take_out(Engine* e, Book* book, unsigned int slot) noexcept nogil
cdef void follow_list(Engine* e, Book* book, unsigned int slot, bint joins) noexcept nogil
cdef void wait_for_expiry(Engine* e, const Order* order) noexcept nogil
cdef void close(Engine* e, Book* book, unsigned int slot) noexcept nogil
cdef void drop(Engine* e, unsigned int slot) noexcept nogil
cdef void cancel(Engine* e, Book* book, unsigned int slot, int code) noexcept nogil
cdef Book* book_of(Engine* e, const Order* order) noexcept nogil
cdef long long affordable(const Book* book, const Extension* x, long long price) noexcept nogil
cdef long long would_fill(
    Engine* e, Book* book, const Order* order, long long limit, long long lots, long long wanted
) noexcept nogil
cdef void fill(
    Engine* e, Book* book, Order* taker, Order* maker, long long lots, long long price, int code, bint uncrossing
) noexcept nogil
cdef void after_fill(Engine* e, Book* book, unsigned int slot) noexcept nogil
cdef int trade(Engine* e, Book* book, unsigned int taker_slot, long long bound) noexcept nogil
cdef void enter(Engine* e, Book* book, unsigned int slot, long long limit, bint by_funds) noexcept nogil
