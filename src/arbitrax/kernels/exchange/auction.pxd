from arbitrax.kernels.exchange.state cimport Book, Engine

cdef long long uncross(Engine* e, Book* book) noexcept nogil
