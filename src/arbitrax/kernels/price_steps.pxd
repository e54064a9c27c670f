# One step of what price indicators are built on: the extreme of a window, Wilder's smoothing, a sum that rounds nothing.
from libc.math cimport INFINITY, NAN, fabs

# The largest of the last `window` values, in two parts (van Herk, Gil and Werman): the running largest of the present
# block of `window` values, and for what is left of the block before the largest from each place to its end.
cdef struct Largest:
    Py_ssize_t window
    Py_ssize_t at  # place in the present block
    Py_ssize_t seen
    double running
    double* block

cdef inline void clear_largest(Largest* s) noexcept nogil:
    s.at = s.seen = 0
    s.running = -INFINITY

cdef inline double step_largest(Largest* s, double x) noexcept nogil:
    # NaN until the window is full; x must be finite.
    cdef Py_ssize_t i
    cdef double before
    if s.at == s.window:
        for i in range(s.window - 2, -1, -1):
            if s.block[i] < s.block[i + 1]:
                s.block[i] = s.block[i + 1]
        s.at = 0
        s.running = -INFINITY
    s.block[s.at] = x
    s.at += 1
    s.running = x if x > s.running else s.running
    if s.seen < s.window:
        s.seen += 1
        if s.seen < s.window:
            return NAN
    before = s.block[s.at] if s.at < s.window else -INFINITY
    return before if before > s.running else s.running

# Wilder's average: starts at the mean of its first `window` values, then moves by 1 / window of the way.
cdef struct Wilder:
    Py_ssize_t window
    Py_ssize_t seen
    double keep  # (window - 1) / window
    double share  # 1 / window
    double value  # the sum of values until it is warm

cdef inline void start_wilder(Wilder* s, Py_ssize_t window) noexcept nogil:
    s.window = window
    s.seen = 0
    s.share = 1.0 / window
    s.keep = 1.0 - s.share
    s.value = 0.0

cdef inline double step_wilder(Wilder* s, double x) noexcept nogil:
    if s.seen == s.window:
        s.value = s.keep * s.value + s.share * x
        return s.value
    if s.seen == 0:
        s.value = 0.0
    s.value += x
    s.seen += 1
    if s.seen < s.window:
        return NAN
    s.value /= s.window
    return s.value

# Average true range: the true range needs the close before.
cdef struct Range:
    Wilder average
    bint started
    double close

cdef inline double step_range(Range* s, double high, double low, double close) noexcept nogil:
    cdef double up, down, widest
    cdef double before = s.close
    if high - high + (low - low) + (close - close) != 0.0:
        s.started = False
        s.average.seen = 0
        return NAN
    s.close = close
    if not s.started:
        s.started = True
        return NAN
    widest = high - low
    up = fabs(high - before)
    down = fabs(low - before)
    widest = up if up > widest else widest
    return step_wilder(&s.average, down if down > widest else widest)

# A sum with what rounding took from it (Knuth's two-sum), so that what was added can be taken away again.
cdef struct Exact:
    double high
    double low

cdef inline void add_exactly(Exact* s, double x) noexcept nogil:
    cdef double total = s.high + x
    cdef double shift = total - s.high
    s.low += (s.high - (total - shift)) + (x - shift)
    s.high = total
