# One step of each average, shared by the form that takes a value at a time and the form that takes an array, and by the
# indicators built on them. A value that is not finite starts an average anew: NaN until it is warm again.
cimport cython
from libc.math cimport NAN, fabs, llrint
from libc.stdlib cimport calloc
from libc.string cimport memset
from arbitrax.kernels.build cimport int128

cdef extern from *:
    """
    #define ARBITRAX_WIDEST 9.2e18
    #define ARBITRAX_UNLIKELY(x) __builtin_expect(!!(x), 0)
    """
    bint unlikely "ARBITRAX_UNLIKELY"(bint x) noexcept nogil
    const double WIDEST "ARBITRAX_WIDEST"  # a sum of int64 has to stay below

# Exact sum of the last `window` values, rounded to units of 1 / scale.
cdef struct RollingSum:
    Py_ssize_t window
    Py_ssize_t seen  # values in the window
    Py_ssize_t at  # of the oldest in the ring
    double scale  # 0 until the first value chooses it
    double units  # window * scale
    double bound  # largest value whose sums cannot leave int64
    long long sum
    long long newest
    long long oldest  # what left the window with the last value, 0 before it is full
    bint too_large
    long long* ring

cdef inline double unit_scale(double first) noexcept nogil:
    # 1e8, and finer for values that start below 1, so that at least eight digits count; coarser for those that start
    # above 1e8, as volumes may, so that their sums stay in int64.
    cdef double scale = 1e8
    cdef double size = fabs(first)
    while 0.0 < size < 1.0 and scale < 1e22:
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
    # What is not below the bound: the first value ever, one that is not finite, one too large.
    if s.scale == 0.0 and x - x == 0.0:
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

cdef inline double as_double(int128 x) noexcept nogil:
    # The compiler's own conversion of 128 bits is a slow call.
    cdef long long narrow = <long long> x
    return <double> narrow if narrow == x else <double> x

cdef inline double wide_as_double(int128 x) noexcept nogil:
    # For 128 bits that are often needed, without a branch on which; x >= 0. Three exact parts, added smallest first.
    cdef unsigned long long low = <unsigned long long> x
    cdef double upper = <double> <long long> (x >> 64)
    cdef double middle = <double> <long long> (low >> 32)
    cdef double lower = <double> <long long> (<unsigned int> low)
    return upper * 18446744073709551616.0 + (middle * 4294967296.0 + lower)

@cython.overflowcheck(False)  # products of two int64 fit into 128 bits
cdef inline int compare_sums(
    long long first, long long first_window, long long second, long long second_window
) noexcept nogil:
    # The sign of first / first_window - second / second_window, exact: the one place where averages are compared.
    cdef int128 left = <int128> first * second_window
    cdef int128 right = <int128> second * first_window
    return (left > right) - (left < right)

# Exponential: starts at the mean of its first `window` values, then moves by 2 / (window + 1) of the way.
cdef struct Ema:
    Py_ssize_t window
    Py_ssize_t seen
    double weight
    double rest  # 1 - weight
    double value  # the sum of values until it is warm

cdef inline void start_ema(Ema* s, Py_ssize_t window) noexcept nogil:
    s.window = window
    s.seen = 0
    s.weight = 2.0 / (window + 1)
    s.rest = 1.0 - s.weight
    s.value = 0.0

cdef inline double step_ema(Ema* s, double x) noexcept nogil:
    if x - x != 0.0:
        s.seen = 0
        s.value = 0.0
        return NAN
    if s.seen == s.window:
        s.value = s.rest * s.value + s.weight * x
        return s.value
    s.value += x
    s.seen += 1
    if s.seen < s.window:
        return NAN
    s.value /= s.window
    return s.value
