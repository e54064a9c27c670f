from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport Book, Engine

cdef void instrument(Engine* e, const Command* c) noexcept nogil
cdef void account(Engine* e, const Command* c) noexcept nogil
cdef void limits(Engine* e, const Command* c) noexcept nogil
cdef void move_cash(Engine* e, const Command* c, int sign) noexcept nogil
cdef void set_reference(Engine* e, Book* book, const Command* c) noexcept nogil
cdef void change_phase(Engine* e, Book* book, unsigned int phase) noexcept nogil
cdef void set_window(Engine* e, const Command* c) noexcept nogil
cdef void set_epoch(Engine* e, const Command* c) noexcept nogil
cdef void open_balance(Engine* e, unsigned int number, unsigned int kind) noexcept nogil
cdef bint add_symbol(Engine* e, unsigned int symbol, const Book* rules) noexcept nogil
