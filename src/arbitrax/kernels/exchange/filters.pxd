from arbitrax.kernels.build cimport int128
from arbitrax.kernels.exchange.records cimport Command
from arbitrax.kernels.exchange.state cimport Book
from arbitrax.kernels.exchange.verdict cimport Verdict

cdef int check_form(const Command* c) noexcept nogil
cdef int check_phase(const Book* book, bint collects) noexcept nogil
cdef bint is_collected(const Command* c) noexcept nogil
cdef int check_price(const Book* book, long long price, bint banded, Verdict* v) noexcept nogil
cdef int check_quantity(const Book* book, long long quantity, Verdict* v) noexcept nogil
cdef int check_display(const Book* book, long long display, long long quantity, Verdict* v) noexcept nogil
cdef int check_notional(const Book* book, int128 notional, Verdict* v) noexcept nogil
cdef int check_submission(const Book* book, const Command* c, long long touch, Verdict* v) noexcept nogil
