from arbitrax.kernels.exchange.state cimport Engine

cdef bint open_engine(Engine* e) noexcept nogil
cdef void close_engine(Engine* e) noexcept nogil
cdef bint make_room(Engine* e, unsigned int commands) noexcept nogil
