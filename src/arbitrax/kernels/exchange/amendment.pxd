from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport Engine

cdef unsigned int own_order(Engine* e, const Command* c) noexcept nogil
cdef void amend(Engine* e, const Command* c) noexcept nogil
