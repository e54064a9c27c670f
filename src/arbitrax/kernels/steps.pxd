# One step of each average, shared by the form that takes a value at a time and the form that takes an array, and by the
# indicators built on them. A value that is not finite starts an average anew: NaN until it is warm again.
cimport cython
from libc.math cimport INFINITY, NAN, fabs, llrint
from libc.stdlib cimport calloc
from libc.string cimport memset
from arbitrax.kernels.build cimport int128
from arbitrax.kernels.vector_loops cimport all_below, smooth_run, units_of

cdef extern from "float.h":
    const double LARGEST_NUMBER "DBL_MAX"

cdef extern from *:
    """
    #define ARBITRAX_WIDEST 9.2e18
    #define ARBITRAX_NARROW 2251799813685248.0
    #define ARBITRAX_UNLIKELY(x) __builtin_expect(!!(x), 0)
    """
    bint unlikely "ARBITRAX_UNLIKELY"(bint x) noexcept nogil
    const double WIDEST "ARBITRAX_WIDEST"  # a sum of int64 has to stay below
    const double NARROW "ARBITRAX_NARROW"  # units of a block have to stay below, 2^51

# Exact sum of the last `window` values, rounded to units of 1 / scale.
cdef struct RollingSum:
    Py_ssize_t window
    Py_ssize_t seen  # values in the window
    Py_ssize_t at  # of the oldest in the ring
    double scale  # chosen by the first value that is not 0
    double units  # window * scale
    double bound  # largest value whose sums cannot leave int64, 0 until there is a scale
    long long sum
    long long newest
    long long oldest  # what left the window with the last value, 0 before it is full
    bint too_large
    bint behind  # the ring lacks values that the array still holds
    long long* ring

cdef inline double unit_scale(double first) noexcept nogil:
    # 1e8, and finer for values that start below 1, so that at least ten digits count: those of returns differ more than
    # those of prices; coarser for those that start above 1e8, as volumes may, so that their sums stay in int64.
    cdef double scale = 1e8
    cdef double size = fabs(first)
    cdef double enough = 100.0 if size < 1.0 else 1.0
    while 0.0 < size < enough and scale < 1e22:
        size *= 10.0
        scale *= 10.0
    while size >= 1e8 and scale > 1.0:
        size /= 10.0
        scale /= 10.0
    return scale

cdef inline void clear_sum(RollingSum* s) noexcept nogil:
    memset(s.ring, 0, s.window * sizeof(long long))
    s.seen = s.at = 0
    s.sum = s.newest = s.oldest = 0
    s.behind = False

cdef inline Py_ssize_t checked(str name, Py_ssize_t window, Py_ssize_t least, Py_ssize_t most) except -1:
    if not least <= window <= most:
        raise ValueError(f"{name} = {window} is not allowed; give a whole number from {least} to {most:,}.")
    return window

cdef inline int start_sum(RollingSum* s, Py_ssize_t window) except -1:
    s.ring = <long long*> calloc(window, sizeof(long long))
    if s.ring is NULL:
        raise MemoryError
    s.window = window
    s.scale = s.units = s.bound = 0.0
    s.too_large = False
    clear_sum(s)
    return 0

cdef inline int refuse_too_large(RollingSum* s) except -1:
    if s.too_large:
        s.too_large = False
        raise OverflowError(
            f"a value of {s.bound:g} or more is too large for exact sums of {s.window} values at 1/{s.scale:g} of a "
            "unit; use a shorter window, a later start or rescaled values"
        )
    return 0

cdef inline bint admit(RollingSum* s, double x) noexcept nogil:
    # What is not below the bound: the first values until one chooses the unit, one that is not finite, one too large.
    if s.bound == 0.0 and x == 0.0:
        s.scale = 1.0  # sums of zeros are 0 in every unit
        s.units = s.window
        return True
    if s.bound == 0.0 and x - x == 0.0:
        s.scale = unit_scale(x)
        s.units = s.window * s.scale
        # One more than the window: a sum may take the new value before it drops the oldest.
        s.bound = WIDEST / s.scale / (s.window + 1)
        if fabs(x) < s.bound:
            return True
    s.too_large = s.too_large or x - x == 0.0
    clear_sum(s)
    return False

cdef inline bint add_to_sum(RollingSum* s, double x) noexcept nogil:
    # Returns whether the window is full.
    if unlikely(not (fabs(x) < s.bound)) and not admit(s, x):
        return False
    s.newest = llrint(x * s.scale)
    s.oldest = s.ring[s.at]
    s.ring[s.at] = s.newest
    s.at += 1
    if s.at == s.window:
        s.at = 0
    s.sum += s.newest - s.oldest
    if s.seen == s.window:
        return True
    s.seen += 1
    return s.seen == s.window

cdef enum:
    BLOCK = 128  # values that runs are taken in: what they need stays in the nearest cache
    ROOM = 132  # for a block and the four values before it

cdef inline Py_ssize_t finite_end(const double* x, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    # Where the finite values from `start` on end.
    cdef Py_ssize_t i = start
    while i < end and all_below(x + i, end - i if end - i < BLOCK else BLOCK, INFINITY):
        i += BLOCK
    if i >= end:
        return end
    while fabs(x[i]) <= LARGEST_NUMBER:
        i += 1
    return i

cdef inline Py_ssize_t finite_block(const double* x, Py_ssize_t start, Py_ssize_t end) noexcept nogil:
    # The same, for a block at most.
    return finite_end(x, start, start + BLOCK if start + BLOCK < end else end)

cdef inline double as_double(int128 x) noexcept nogil:
    # The compiler's own conversion of 128 bits is a slow call.
    cdef long long narrow = <long long> x
    return <double> narrow if narrow == x else <double> x

@cython.overflowcheck(False)
cdef inline double wide_as_double(int128 x) noexcept nogil:
    # For 128 bits that are often needed, without a branch on which; the same as `wide_doubles`, and for -x as for x.
    cdef long long low = <long long> x
    return <double> <long long> ((x - low) >> 64) * 18446744073709551616.0 + <double> low

@cython.overflowcheck(False)  # products of two int64 fit into 128 bits
cdef inline int compare_sums(
    long long first, long long first_window, long long second, long long second_window
) noexcept nogil:
    # The sign of first / first_window - second / second_window, exact: the one place where averages are compared.
    cdef int128 left = <int128> first * second_window
    cdef int128 right = <int128> second * first_window
    return (left > right) - (left < right)

# A run of an array: once the window is full, what leaves it lies in the array too, so the ring need not follow.
cdef inline void settle_sum(RollingSum* s, const double* end) noexcept nogil:
    # Take the ring from the values before `end`.
    cdef Py_ssize_t k
    if s.behind:
        for k in range(s.window):
            s.ring[k] = llrint(end[k - s.window] * s.scale)
        s.at = 0
        s.newest = s.ring[s.window - 1]
        s.behind = False

cdef inline Py_ssize_t run_of_units(
    RollingSum* s, const double* x, Py_ssize_t i, Py_ssize_t end, Py_ssize_t more, double part,
    long long* came, long long* left,
) noexcept nogil:
    # Write the units of a block of x from i on, after those of `more` values before it, and as many of what leaves the
    # window. Returns the length of the block, negative for what has to go one by one: the window is not full, or a value
    # in it or to come is not below that part of the bound.
    cdef Py_ssize_t count = end - i if end - i < BLOCK else BLOCK
    cdef double bound = part * s.bound
    if s.seen < s.window or i < s.window:
        return -1
    bound = bound if bound * s.scale < NARROW else NARROW / s.scale
    if not s.behind and not all_below(x + i - s.window, s.window, bound):
        return -(s.window if count < s.window < end - i else count)
    if not units_of(x + i - more, count + more, s.scale, bound, came):
        settle_sum(s, x + i)
        return -count
    units_of(x + i - s.window, count + more, s.scale, bound, left)
    s.behind = True
    return count

# Exponential: starts at the mean of its first `window` values, then moves by `weight` of the way. Written so, each average
# waits for the one before, six cycles a value; written from the average four values ago and the four values since, four
# are on their way at once. The first three after the mean have no fourth before them.
cdef struct Smoothing:
    Py_ssize_t window
    Py_ssize_t seen  # up to window + 3
    Py_ssize_t at  # of the oldest in the rings
    bint by_one  # where others that wait for themselves fill the time
    double weight
    double left  # 1 - weight
    double value  # the average; the sum of values until it is warm
    double values[4]
    double averages[4]

cdef inline void start_smoothing(Smoothing* s, Py_ssize_t window, double weight) noexcept nogil:
    s.window = window
    s.seen = s.at = 0
    s.by_one = False
    s.weight = weight
    s.left = 1.0 - weight

cdef inline void start_ema(Smoothing* s, Py_ssize_t window) noexcept nogil:
    start_smoothing(s, window, 2.0 / (window + 1))

cdef inline bint settled(const Smoothing* s) noexcept nogil:
    # Whether `smooth` may go on, where the four values before are at hand.
    return s.seen == s.window + 3

cdef inline double step_smoothing(Smoothing* s, double x) noexcept nogil:
    cdef Py_ssize_t at = s.at
    cdef double left_of_two = s.left * s.left
    if x - x != 0.0:
        s.seen = 0
        return NAN
    if settled(s):
        s.value = (left_of_two * left_of_two) * s.averages[at] + s.weight * (
            (x + s.left * s.values[(at + 3) & 3])
            + left_of_two * (s.values[(at + 2) & 3] + s.left * s.values[(at + 1) & 3])
        )
    elif s.seen >= s.window:
        s.value = s.left * s.value + s.weight * x
        s.seen += not s.by_one
    else:
        s.value = s.value + x if s.seen else x
        s.seen += 1
        if s.seen < s.window:
            return NAN
        s.value /= s.window
    s.values[at] = x
    s.averages[at] = s.value
    s.at = (at + 1) & 3
    return s.value

cdef inline bint smooth(Smoothing* s, const double* x, Py_ssize_t count, double* out) noexcept nogil:
    # The same for an array when settled; x holds the four values before, out has room for four. False, and nothing taken,
    # where a value is not finite.
    cdef Py_ssize_t i
    cdef double last = 0.0
    for i in range(4):
        out[i - 4] = s.averages[(s.at + i) & 3]
    smooth_run(x, out, count, s.weight, s.left, s.averages, s.at)
    for i in range(4):  # what is not finite stays in one of them
        last += out[count - 4 + i] * 0.0
    if last != 0.0:
        return False
    s.at = 0
    for i in range(4):
        s.averages[i] = out[count - 4 + i]
        s.values[i] = x[count - 4 + i]
    s.value = s.averages[3]
    return True
