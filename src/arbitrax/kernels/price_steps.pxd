# One step of what price indicators are built on: the extreme of a window, Wilder's smoothing, a sum that rounds nothing.
from libc.math cimport INFINITY, NAN, fabs

from libc.stdlib cimport calloc, free

cdef extern from "float.h":
    const double LARGEST_NUMBER "DBL_MAX"

cdef enum:
    BLOCK = 512

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

cdef inline Py_ssize_t finite_end(const double* x, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    # Where the finite values from `start` on end. Zero times a number is zero, times anything else NaN.
    cdef Py_ssize_t i = start
    cdef Py_ssize_t j
    cdef double a, b, c, d
    while i + 64 <= end:
        a = b = c = d = 0.0
        for j in range(i, i + 64, 4):
            a += x[j] * 0.0
            b += x[j + 1] * 0.0
            c += x[j + 2] * 0.0
            d += x[j + 3] * 0.0
        if a + b + (c + d) != 0.0:
            break
        i += 64
    while i < end and fabs(x[i]) <= LARGEST_NUMBER:
        i += 1
    return i

cdef inline Py_ssize_t block_of(Py_ssize_t window) noexcept nogil:
    # Values that runs are taken in: what they need stays in the nearest cache, and windows are a small part of it.
    return BLOCK if 4 * window <= BLOCK else 4 * window

# Write the largest (smallest) of x[i : i + window] for i below count, by doubling: each pass joins neighbours that were
# joined before. one, two: count + window values of room each.
cdef inline void largest_of(
    const double* x, Py_ssize_t count, Py_ssize_t window, double* one, double* two, double* out
) noexcept nogil:
    cdef Py_ssize_t width = 1
    cdef Py_ssize_t i
    cdef double* made
    while 2 * width <= window:
        made = one if x != one else two
        for i in range(count + window - 2 * width):
            made[i] = x[i] if x[i] > x[i + width] else x[i + width]
        x = made
        width *= 2
    for i in range(count):
        out[i] = x[i] if x[i] > x[i + window - width] else x[i + window - width]

cdef inline void smallest_of(
    const double* x, Py_ssize_t count, Py_ssize_t window, double* one, double* two, double* out
) noexcept nogil:
    cdef Py_ssize_t width = 1
    cdef Py_ssize_t i
    cdef double* made
    while 2 * width <= window:
        made = one if x != one else two
        for i in range(count + window - 2 * width):
            made[i] = x[i] if x[i] < x[i + width] else x[i + width]
        x = made
        width *= 2
    for i in range(count):
        out[i] = x[i] if x[i] < x[i + window - width] else x[i + window - width]

# Highest high and lowest low of a window; the lowest is the largest of the negatives.
cdef struct Band:
    Largest high
    Largest low
    double top
    double bottom

cdef inline int start_band(Band* s, Py_ssize_t window) except -1:
    s.high.window = s.low.window = window
    s.high.block = <double*> calloc(window, sizeof(double))
    s.low.block = <double*> calloc(window, sizeof(double))
    if s.high.block is NULL or s.low.block is NULL:
        raise MemoryError
    clear_largest(&s.high)
    clear_largest(&s.low)
    return 0

cdef inline void free_band(Band* s) noexcept:
    free(s.high.block)
    free(s.low.block)

cdef inline bint step_band(Band* s, double high, double low) noexcept nogil:
    # Returns whether the window is full; top and bottom are NaN until it is.
    if high - high + (low - low) != 0.0:
        clear_largest(&s.high)
        clear_largest(&s.low)
        s.top = s.bottom = NAN
        return False
    s.top = step_largest(&s.high, high)
    s.bottom = -step_largest(&s.low, -low)
    return s.high.seen == s.high.window

cdef inline double* band_room(Py_ssize_t window) except NULL:
    # Room for a block of tops, one of bottoms, and for what they are made in.
    cdef double* room = <double*> calloc(4 * block_of(window) + 2 * window, sizeof(double))
    if room is NULL:
        raise MemoryError
    return room

cdef inline Py_ssize_t band_block(
    Band* s, const double* high, const double* low, Py_ssize_t first, Py_ssize_t start, Py_ssize_t end, double* room
) noexcept nogil:
    # Take up to a block of the finite bars from `start` to `end`; write tops to `room`, bottoms a block behind, and
    # return how many. None where a block is not worth it, or bars from `first` on hold no whole window before it.
    cdef Py_ssize_t w = s.high.window
    cdef Py_ssize_t block = block_of(w)
    cdef Py_ssize_t count = end - start if end - start < block else block
    cdef Py_ssize_t i
    cdef double* one = room + 2 * block
    if s.high.seen < w or start - first < w - 1 or 2 * w > count:
        return 0
    largest_of(high + start - w + 1, count, w, one, one + block + w, room)
    smallest_of(low + start - w + 1, count, w, one, one + block + w, room + block)
    # The next bar needs the last ones.
    clear_largest(&s.high)
    clear_largest(&s.low)
    for i in range(start + count - w, start + count):
        step_band(s, high[i], low[i])
    return count

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

cdef inline double true_range(double high, double low, double before) noexcept nogil:
    cdef double widest = high - low
    cdef double up = fabs(high - before)
    cdef double down = fabs(low - before)
    widest = up if up > widest else widest
    return down if down > widest else widest

cdef inline double step_range(Range* s, double high, double low, double close) noexcept nogil:
    cdef double before = s.close
    if high - high + (low - low) + (close - close) != 0.0:
        s.started = False
        s.average.seen = 0
        return NAN
    s.close = close
    if not s.started:
        s.started = True
        return NAN
    return step_wilder(&s.average, true_range(high, low, before))

# A sum with what rounding took from it (Knuth's two-sum), so that what was added can be taken away again.
cdef struct Exact:
    double high
    double low

cdef inline void add_exactly(Exact* s, double x) noexcept nogil:
    cdef double total = s.high + x
    cdef double shift = total - s.high
    s.low += (s.high - (total - shift)) + (x - shift)
    s.high = total
