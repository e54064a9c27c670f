from arbitrax.kernels.exchange.state cimport Book, Engine

cdef long long peg_price(Engine* e, Book* book, unsigned int slot) noexcept nogil
cdef void place_peg(Engine* e, Book* book, unsigned int slot, long long price) noexcept nogil
cdef void reprice(Engine* e, Book* book) noexcept nogil
