from arbitrax.kernels.exchange.state cimport Book, Engine

cdef void open_waiting(Engine* e, Book* book) noexcept nogil
cdef long long trail(unsigned int side, long long watched, long long distance) noexcept nogil
cdef long long watched_price(Engine* e, Book* book, unsigned int side, bint on_quote) noexcept nogil
cdef void collect(Engine* e, Book* book) noexcept nogil
cdef int run_lines(Engine* e, int budget) noexcept nogil
cdef void put_in_line(Engine* e, Book* book, unsigned int slot) noexcept nogil
