from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport Book, Engine

cdef int check_outside(Book* book, const Command* c, long long least) noexcept nogil
cdef void quote(Engine* e, Book* book, const Command* c) noexcept nogil
cdef void print_trade(Engine* e, Book* book, const Command* c) noexcept nogil
cdef void withdraw_all(Engine* e, Book* book) noexcept nogil
cdef void note_outside(Engine* e, Book* book, unsigned int side, long long price, long long size) noexcept nogil
