from arbitrax.kernels.broker cimport Broker

# What a compiled strategy is given: the broker, and the symbol it speaks of.
ctypedef void (*Decide)(Broker* b) noexcept nogil

cdef class Simulation:
    cdef Broker* b
    cdef object keep           # what the broker's pointers point into
    cdef readonly object equity
    cdef readonly object exposure
    cdef double* equity_at
    cdef double* exposure_at
    cdef bint same_close
    cdef object take_finer(self, tuple finer)
    cdef bint keep_curves(self) noexcept nogil
    cdef void end(self) noexcept nogil
    cdef long long coast(self, long long first, const double* targets, double last) noexcept nogil
