from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport Book, Engine

cdef void cancel_one(Engine* e, const Command* c) noexcept nogil
cdef void cancel_all(Engine* e, const Command* c) noexcept nogil
cdef void disconnect(Engine* e, const Command* c) noexcept nogil
cdef void cancel_after(Engine* e, const Command* c) noexcept nogil
cdef void tick(Engine* e) noexcept nogil
cdef void end_session(Engine* e, Book* book) noexcept nogil
cdef void kill(Engine* e, const Command* c) noexcept nogil
cdef void revive(Engine* e, const Command* c) noexcept nogil
