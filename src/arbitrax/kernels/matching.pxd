from arbitrax.kernels.exchange_records cimport Command
from arbitrax.kernels.order_pools cimport Engine

cdef bint make_room(Engine* e, unsigned int commands) noexcept nogil
cdef void execute(Engine* e, const Command* command) noexcept nogil
cdef void execute_batch(Engine* e, const Command* commands, long long count, long long* offsets) noexcept nogil
