from arbitrax.kernels.broker cimport Broker

cdef void step(Broker* b) noexcept nogil
cdef bint can_coast(Broker* b) noexcept nogil
cdef void fill_now(Broker* b) noexcept nogil
cdef void finish(Broker* b) noexcept nogil
