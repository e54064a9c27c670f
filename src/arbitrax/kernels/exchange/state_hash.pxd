from arbitrax.kernels.exchange.state cimport Engine

cdef unsigned long long state_hash(Engine* e) noexcept nogil
