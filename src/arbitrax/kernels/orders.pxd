from arbitrax.kernels.broker cimport Broker, ExitRecord

cdef void reserve(Broker* b, long long orders) noexcept nogil
cdef int submit(
    Broker* b, long long symbol, int side, int kind, int time_in_force, int size_kind, double size, double limit,
    double stop, double trail, long long expires, int flags, int tag, int parent, int group, int role,
    const ExitRecord* exits,
) noexcept nogil
cdef void accept(Broker* b, int index, double price, bint inside) noexcept nogil
cdef void end_order(Broker* b, int index, int status, int reason) noexcept nogil
cdef void end_children(Broker* b, int index) noexcept nogil
cdef void end_group(Broker* b, int index, double filled) noexcept nogil
cdef void end_protection(Broker* b, long long symbol, int spared) noexcept nogil
cdef void attach_exits(Broker* b, int index, double price, double opened, bint inside) noexcept nogil
cdef void release_children(Broker* b, int index, double price, bint inside) noexcept nogil
cdef double on_tick(Broker* b, long long symbol, double price, bint up) noexcept nogil
cdef double trailing_level(Broker* b, int index) noexcept nogil
cdef void note_event(Broker* b, long long symbol, int kind, int order, double quantity, double price,
                     double amount) noexcept nogil
cdef void compact(Broker* b) noexcept nogil
