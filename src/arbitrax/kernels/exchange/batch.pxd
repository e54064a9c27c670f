from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport Engine

cdef enum:
    EDGE = 1024  # commands between two looks at the room: pools grow there, never inside a command

cdef enum Outcome:
    DONE = 0
    STOPPED = 1
    HANDED_OVER = 2

cdef extern from *:
    """
    #define ARBITRAX_MOST_LOTS ((long long)1 << 62)
    """
    const long long MOST_LOTS "ARBITRAX_MOST_LOTS"  # of a ladder in all, so that no sum of lots overflows

cdef void execute(Engine* e, const Command* command) noexcept nogil
cdef void execute_batch(Engine* e, const Command* commands, long long count, long long* offsets) noexcept nogil
