from arbitrax.kernels.broker cimport Broker

cdef double mark_equity(Broker* b) noexcept nogil
cdef double volume_for(Broker* b, long long symbol, int phase) noexcept nogil
cdef double whole_lots(Broker* b, long long symbol, double quantity, bint up) noexcept nogil
cdef double price_for(Broker* b, int order, double reference, double side, double quantity, int phase) noexcept nogil
cdef double market_price(Broker* b, long long symbol, double reference, double side, double quantity, int phase) noexcept nogil
cdef double fee_for(Broker* b, int order, double value, double shares, bint maker) noexcept nogil
cdef double shares_as_traded(Broker* b, long long symbol, double quantity) noexcept nogil
cdef bint execute(Broker* b, int order, double signed_quantity, double reference, int phase, bint maker) noexcept nogil
cdef void force(Broker* b, long long symbol, double signed_quantity, double reference, int phase, int role,
                int reason) noexcept nogil
cdef void unhold(Broker* b, long long symbol) noexcept nogil
