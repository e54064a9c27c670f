from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport Engine, Producer

cdef void execute_any(Engine* e, const Command* c) noexcept nogil
cdef void after_command(Engine* e, int budget) noexcept nogil
cdef Producer* open_producer(Engine* e, unsigned int number) noexcept nogil
