from arbitrax.kernels.broker cimport Broker

cdef void accrue(Broker* b) noexcept nogil
cdef void apply_actions(Broker* b) noexcept nogil
cdef void test_margin(Broker* b, int phase) noexcept nogil
cdef void test_adverse_extreme(Broker* b) noexcept nogil
cdef void delist(Broker* b) noexcept nogil
