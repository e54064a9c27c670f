# One step of what price indicators are built on: the extreme of a window, the true range, a sum that rounds nothing.
from libc.math cimport INFINITY, NAN, fabs
from libc.stdlib cimport calloc, free
from arbitrax.kernels.steps cimport BLOCK, Smoothing, finite_end, settled, smooth, start_smoothing, step_smoothing
from arbitrax.kernels.vector_loops cimport larger_of, smaller_of, true_range, true_ranges

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

cdef inline Py_ssize_t block_of(Py_ssize_t window) noexcept nogil:
    # Values that runs are taken in: what they need stays in the nearest cache, and windows are a small part of it.
    return 2 * BLOCK if 2 * window <= BLOCK else 4 * window

# Write the largest (smallest) of x[i : i + window] for i below count, by doubling: each pass joins neighbours that were
# joined before. one, two: count + window values of room each.
cdef inline void largest_of(
    const double* x, Py_ssize_t count, Py_ssize_t window, double* one, double* two, double* out
) noexcept nogil:
    cdef Py_ssize_t width = 1
    cdef double* made
    while 2 * width <= window:
        made = one if x != one else two
        larger_of(x, x + width, count + window - 2 * width, made)
        x = made
        width *= 2
    larger_of(x, x + window - width, count, out)

cdef inline void smallest_of(
    const double* x, Py_ssize_t count, Py_ssize_t window, double* one, double* two, double* out
) noexcept nogil:
    cdef Py_ssize_t width = 1
    cdef double* made
    while 2 * width <= window:
        made = one if x != one else two
        smaller_of(x, x + width, count + window - 2 * width, made)
        x = made
        width *= 2
    smaller_of(x, x + window - width, count, out)

cdef inline Py_ssize_t finite_bars(
    const double* high, const double* low, Py_ssize_t window, Py_ssize_t i, Py_ssize_t n
) noexcept nogil:
    # Where the bars of finite highs and lows from i on end, a block at most: what was looked at is then still near.
    n = i + block_of(window) if n - i > block_of(window) else n
    return finite_end(low, i, finite_end(high, i, n))

# Highest high and lowest low of a window; the lowest is the largest of the negatives.
cdef struct Band:
    Largest high
    Largest low
    double top
    double bottom
    bint behind  # lacks bars that the arrays still hold

cdef inline int start_band(Band* s, Py_ssize_t window) except -1:
    s.high.window = s.low.window = window
    s.high.block = <double*> calloc(window, sizeof(double))
    s.low.block = <double*> calloc(window, sizeof(double))
    if s.high.block is NULL or s.low.block is NULL:
        raise MemoryError
    clear_largest(&s.high)
    clear_largest(&s.low)
    s.behind = False
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

cdef inline void settle_band(Band* s, const double* high, const double* low, Py_ssize_t end) noexcept nogil:
    # Take the window before `end`.
    cdef Py_ssize_t i
    if s.behind:
        clear_largest(&s.high)
        clear_largest(&s.low)
        for i in range(end - s.high.window, end):
            step_band(s, high[i], low[i])
        s.behind = False

cdef inline Py_ssize_t band_block(
    Band* s, const double* high, const double* low, Py_ssize_t first, Py_ssize_t start, Py_ssize_t end, double* room
) noexcept nogil:
    # Take up to a block of the finite bars from `start` to `end`; write tops to `room`, bottoms a block behind, and
    # return how many. None where a block is not worth it, or bars from `first` on hold no whole window before it.
    cdef Py_ssize_t w = s.high.window
    cdef Py_ssize_t block = block_of(w)
    cdef Py_ssize_t count = end - start if end - start < block else block
    cdef double* one = room + 2 * block
    if s.high.seen < w or start - first < w - 1 or 2 * w > count:
        settle_band(s, high, low, start)
        return 0
    largest_of(high + start - w + 1, count, w, one, one + block + w, room)
    smallest_of(low + start - w + 1, count, w, one, one + block + w, room + block)
    s.behind = True
    return count

cdef inline void start_wilder(Smoothing* s, Py_ssize_t window) noexcept nogil:
    # Wilder's average moves by 1 / window of the way.
    start_smoothing(s, window, 1.0 / window)

# Average true range: the true range needs the close before.
cdef struct Range:
    Smoothing average
    bint started
    double close

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
    return step_smoothing(&s.average, true_range(high, low, before))

cdef inline Py_ssize_t smooth_ranges(
    Range* s, const double* high, const double* low, const double* close, Py_ssize_t i, Py_ssize_t n,
    double* ranges, double* out,
) noexcept nogil:
    # Take up to a block of the bars from i on and return how many, none where they have to go one by one. ranges: room for
    # a block and four more. out has room for four before what is written.
    cdef Py_ssize_t count
    if i < 5 or not settled(&s.average):
        return 0
    count = BLOCK if n - i > BLOCK else n - i
    high += i - 4
    low += i - 4
    close += i - 4
    true_ranges(high, low, close, count + 4, ranges)
    if not smooth(&s.average, ranges + 4, count, out):
        count = finite_end(ranges, 4, count + 4) - 4
        if count > 0:
            smooth(&s.average, ranges + 4, count, out)
    if count > 0:
        s.close = close[count + 3]
    return count

# A sum with what rounding took from it (Knuth's two-sum), so that what was added can be taken away again.
cdef struct Exact:
    double high
    double low

cdef inline void add_exactly(Exact* s, double x) noexcept nogil:
    cdef double total = s.high + x
    cdef double shift = total - s.high
    s.low += (s.high - (total - shift)) + (x - shift)
    s.high = total
