from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport Book, Engine, Order
from arbitrax.kernels.exchange.verdict cimport Verdict

cdef void submit(Engine* e, const Command* c) noexcept nogil
cdef bint judge(Engine* e, const Command* c, Verdict* v) noexcept nogil
cdef bint slide(Engine* e, Book* book, const Order* order, long long* limit, long long lots) noexcept nogil
