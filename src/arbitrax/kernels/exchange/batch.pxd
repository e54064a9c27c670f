from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport Engine

cdef enum:
    EDGE = 1024  # commands between two looks at the room: pools grow there, never inside a command

cdef void execute(Engine* e, const Command* command) noexcept nogil
cdef void execute_batch(Engine* e, const Command* commands, long long count, long long* offsets) noexcept nogil
