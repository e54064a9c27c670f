from arbitrax.kernels.exchange.state cimport Engine

cdef bint load_state(Engine* e, const unsigned long long* words, size_t count) noexcept nogil
