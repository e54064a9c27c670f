from arbitrax.kernels.exchange.records cimport Command, client_word
from arbitrax.kernels.exchange.state cimport Engine

cdef bint is_client_id(const Command* c) noexcept nogil
cdef unsigned long long body_of(const Command* c) noexcept nogil
cdef unsigned int find_client(Engine* e, const Command* c) noexcept nogil
cdef unsigned int add_client(Engine* e, const Command* c, long long order, unsigned long long body) noexcept nogil
cdef void close_client(Engine* e, unsigned int index, int code) noexcept nogil
cdef void forget_clients(Engine* e) noexcept nogil
cdef bint is_forgotten(Engine* e, unsigned int index) noexcept nogil

cdef inline bint has_client(const Command* c) noexcept nogil:
    return client_word(c, 0) | client_word(c, 1) | client_word(c, 2) | client_word(c, 3) != 0
