# Windows of any values, for sums of squares and products without error. Values are rounded to int64 units of 1 / scale,
# a power of two that follows the largest value in the window: 2 to 8 bits of room to grow, the rest of 51 are digits (a
# few less for windows above 1000 values). Only a value beyond the room, or a window that has shrunk below it, changes the
# scale; the sums are then made anew from the values. So no size is refused, no rounding error gathers, and a value that
# has left the window leaves no trace. A value that is not finite empties the window.
cimport cython
from libc.math cimport NAN, fabs, frexp, ldexp, llrint
from libc.string cimport memcpy, memset
from arbitrax.kernels.build cimport int128
from arbitrax.kernels.steps cimport BLOCK, unlikely
from arbitrax.kernels.vector_loops cimport factors_of, wide_doubles

cdef struct ExactWindow:
    Py_ssize_t window
    Py_ssize_t seen  # values in the window
    Py_ssize_t at  # of the oldest in the ring
    double scale
    double bound  # values below leave all sums of products in range
    Py_ssize_t left  # values until the scale is looked at again
    bint behind  # the ring lacks values that the array still holds
    long long sum  # of units
    double* ring  # values, 0 where there is none yet

cdef enum:
    LOOK = 1024  # values after which the scale is looked at, or more: the whole window

cdef inline void clear_window(ExactWindow* w) noexcept nogil:
    memset(w.ring, 0, w.window * sizeof(double))
    w.seen = w.at = 0
    w.scale = w.bound = 0.0
    w.sum = 0
    w.behind = False
    w.left = w.window

cdef inline void choose_scale(ExactWindow* w, double largest) noexcept nogil:
    # 4 (window + 1) times the bound fits into int64 and the bound is 2^51 or less, as `units_of` needs it; it is 4 to 8
    # times the largest value.
    cdef int size = 0
    cdef int room = 0
    frexp(largest if largest > 1e-250 else 1e-250, &size)
    frexp(<double> (w.window + 1), &room)
    w.bound = ldexp(1.0, size + 2)
    w.scale = ldexp(1.0, (59 - room if room > 10 else 49) - size)

cdef inline double smaller(ExactWindow* w, Py_ssize_t at, double x) noexcept nogil:
    # The size for another scale, where x in place of the value at `at` leaves six bits of the room unused; else -1. Then
    # that value, which may not fit the scale, leaves the ring.
    cdef Py_ssize_t k
    cdef double leaving = w.ring[at]
    cdef double largest = fabs(x) if x - x == 0.0 else 0.0
    w.ring[at] = 0.0
    for k in range(w.window):
        largest = fabs(w.ring[k]) if fabs(w.ring[k]) > largest else largest
    if largest * 64.0 < w.bound and largest > 1e-250:
        return largest
    w.ring[at] = leaving
    return -1.0

cdef inline void settle(ExactWindow* w, const double* end) noexcept nogil:
    # Take the ring from the values before `end`.
    if w.behind:
        memcpy(w.ring, end - w.window, w.window * sizeof(double))
        w.at = 0
        w.behind = False

cdef inline Py_ssize_t run_of_window(
    ExactWindow* w, const double* x, Py_ssize_t i, Py_ssize_t end, Py_ssize_t until, long long* change, long long* factor
) noexcept nogil:
    # Take up to `until` values from x[i] on: write how the sum changes, and the factors of the spread (see add_to_moments)
    # without the sum. Returns how many, negative for what has to go one by one.
    cdef Py_ssize_t count = end - i if end - i < BLOCK else BLOCK
    if w.seen < w.window or i < w.window or until == 0:
        return -1
    count = count if count < until else until
    return count if factors_of(x + i, x + i - w.window, count, w.scale, w.bound, w.window, change, factor) else -count

# Moments of one window: with units u, the oldest u[0].
cdef struct Moments:
    ExactWindow w
    int128 spread  # n sum(u^2) - sum(u)^2 = n^2 variance
    int128 tilt  # sum((2 k - (n - 1)) u[k]), twice the covariance with time times n

@cython.overflowcheck(False)
cdef inline void remake_moments(Moments* m) noexcept nogil:
    cdef ExactWindow* w = &m.w
    cdef Py_ssize_t k, at = w.at
    cdef long long unit
    cdef int128 squares = 0
    m.tilt = 0
    w.sum = 0
    for k in range(w.window):
        unit = llrint(w.ring[at] * w.scale)
        w.sum += unit
        squares += <int128> unit * unit
        m.tilt += <int128> unit * (2 * k - (w.window - 1))
        at = at + 1 if at + 1 < w.window else 0
    m.spread = squares * w.window - <int128> w.sum * w.sum

cdef inline void clear_moments(Moments* m) noexcept nogil:
    clear_window(&m.w)
    m.spread = m.tilt = 0

cdef inline void scale_moments(Moments* m, double largest) noexcept nogil:
    choose_scale(&m.w, largest)
    remake_moments(m)

cdef inline void look_at_moments(Moments* m, double x) noexcept nogil:
    cdef double size = smaller(&m.w, m.w.at, x)
    if size >= 0.0:
        scale_moments(m, size)
    m.w.left = m.w.window if m.w.window > LOOK else LOOK

@cython.overflowcheck(False)
cdef inline bint add_to_moments(Moments* m, double x) noexcept nogil:
    # Returns whether the window is full.
    cdef Moments apart  # rare paths work on a copy, so that the state itself can stay in registers
    cdef ExactWindow* w = &m.w
    cdef Py_ssize_t n = w.window
    cdef long long unit, oldest, factor
    if unlikely(w.left == 0):
        apart = m[0]
        look_at_moments(&apart, x)
        m[0] = apart
    if unlikely(not (fabs(x) < w.bound)):
        apart = m[0]
        if x - x != 0.0:
            clear_moments(&apart)
            m[0] = apart
            return False
        scale_moments(&apart, fabs(x))
        apart.w.left = n  # a lone large value decides the scale no longer than it is in the window
        m[0] = apart
    unit = llrint(x * w.scale)
    oldest = llrint(w.ring[w.at] * w.scale)
    w.ring[w.at] = x
    # n (unit^2 - oldest^2) - (sum^2 - before^2) = (unit - oldest) (n (unit + oldest) - sum - before), and that factor is what
    # the tilt changes by too, as all that stay are one step, a weight of 2, further back.
    w.sum += unit - oldest
    factor = n * (unit + oldest) + (unit - oldest) - 2 * w.sum
    m.spread += <int128> factor * (unit - oldest)
    m.tilt += factor
    w.at = w.at + 1 if w.at + 1 < n else 0
    w.left -= 1
    if w.seen == n:
        return True
    w.seen += 1
    return w.seen == n

@cython.overflowcheck(False)
cdef inline Py_ssize_t add_run(
    Moments* m, const double* x, Py_ssize_t i, Py_ssize_t end, double* spreads, long long* sums, double* tilts
) noexcept nogil:
    # The same for a run of x from i on: returns its length and writes its moments, and the sums of the values. tilts NULL:
    # twice their distances to the mean instead, times n. Values that have to go one by one are returned as a negative count.
    cdef ExactWindow* w = &m.w
    cdef Py_ssize_t k
    cdef long long n = w.window
    cdef long long sum = w.sum
    cdef long long change[BLOCK]
    cdef long long factor[BLOCK]
    cdef long long high[BLOCK]
    cdef long long high_tilt[BLOCK]
    cdef unsigned long long low[BLOCK]
    cdef unsigned long long low_tilt[BLOCK]
    cdef int128 spread = m.spread
    cdef int128 tilt = m.tilt
    cdef long long by
    cdef Py_ssize_t count = run_of_window(w, x, i, end, w.left, change, factor)
    if count <= 0:
        settle(w, x + i)
        return count
    for k in range(count):
        sum += change[k]
        by = factor[k] - 2 * sum
        spread += <int128> by * change[k]
        tilt += by
        high[k] = <long long> (spread >> 64)
        low[k] = <unsigned long long> spread
        if tilts == NULL:
            sums[k] = by + (n - 1) * change[k]
        else:
            sums[k] = sum
            high_tilt[k] = <long long> (tilt >> 64)
            low_tilt[k] = <unsigned long long> tilt
    wide_doubles(high, low, count, spreads)
    if tilts != NULL:
        wide_doubles(high_tilt, low_tilt, count, tilts)
    w.sum = sum
    m.spread = spread
    m.tilt = tilt
    w.behind = True
    w.left -= count
    return count

# Moments of two windows of the same length.
cdef struct PairMoments:
    ExactWindow x
    ExactWindow y
    int128 spread_x  # n sum(u^2) - sum(u)^2
    int128 spread_y
    int128 shared  # twice n sum(u v) - sum(u) sum(v)

@cython.overflowcheck(False)
cdef inline void remake_pair(PairMoments* m) noexcept nogil:
    cdef Py_ssize_t k
    cdef long long u, v
    cdef int128 xx = 0
    cdef int128 yy = 0
    cdef int128 xy = 0
    m.x.sum = m.y.sum = 0
    for k in range(m.x.window):
        u = llrint(m.x.ring[k] * m.x.scale)
        v = llrint(m.y.ring[k] * m.y.scale)
        m.x.sum += u
        m.y.sum += v
        xx += <int128> u * u
        yy += <int128> v * v
        xy += <int128> u * v
    m.spread_x = xx * m.x.window - <int128> m.x.sum * m.x.sum
    m.spread_y = yy * m.x.window - <int128> m.y.sum * m.y.sum
    m.shared = 2 * (xy * m.x.window - <int128> m.x.sum * m.y.sum)

cdef inline void clear_pair(PairMoments* m) noexcept nogil:
    clear_window(&m.x)
    clear_window(&m.y)
    m.spread_x = m.spread_y = m.shared = 0

cdef inline void scale_pair(PairMoments* m, double x, double y) noexcept nogil:
    # Sizes that need another scale; below 0 for a window that keeps its own.
    if x >= 0.0:
        choose_scale(&m.x, x)
    if y >= 0.0:
        choose_scale(&m.y, y)
    remake_pair(m)

cdef inline void look_at_pair(PairMoments* m, double x, double y) noexcept nogil:
    cdef double size_x = smaller(&m.x, m.x.at, x)
    cdef double size_y = smaller(&m.y, m.x.at, y)
    if size_x >= 0.0 or size_y >= 0.0:
        # The pair that leaves is gone from both rings, or from neither.
        m.x.ring[m.x.at] = m.y.ring[m.x.at] = 0.0
        scale_pair(m, size_x, size_y)
    m.x.left = m.x.window if m.x.window > LOOK else LOOK

@cython.overflowcheck(False)
cdef inline bint add_to_pair(PairMoments* m, double x, double y, bint both) noexcept nogil:
    # Returns whether the windows are full. both: keep the spread of y too.
    cdef PairMoments apart  # see add_to_moments
    cdef Py_ssize_t n = m.x.window
    cdef Py_ssize_t at = m.x.at
    cdef long long u, v, du, dv, old_u, old_v, of_u, of_v
    if unlikely(m.x.left == 0):
        apart = m[0]
        look_at_pair(&apart, x, y)
        m[0] = apart
    if unlikely(not (fabs(x) < m.x.bound and fabs(y) < m.y.bound)):
        apart = m[0]
        if x - x != 0.0 or y - y != 0.0:
            clear_pair(&apart)
            m[0] = apart
            return False
        scale_pair(&apart, -1.0 if fabs(x) < m.x.bound else fabs(x), -1.0 if fabs(y) < m.y.bound else fabs(y))
        apart.x.left = n
        m[0] = apart
    u = llrint(x * m.x.scale)
    v = llrint(y * m.y.scale)
    old_u = llrint(m.x.ring[at] * m.x.scale)
    old_v = llrint(m.y.ring[at] * m.y.scale)
    m.x.ring[at] = x
    m.y.ring[at] = y
    # As in add_to_moments; what both share changes by the change of each times the factor of the other.
    du = u - old_u
    dv = v - old_v
    of_u = n * (u + old_u) - 2 * m.x.sum - du
    of_v = n * (v + old_v) - 2 * m.y.sum - dv
    m.x.sum += du
    m.y.sum += dv
    m.spread_x += <int128> du * of_u
    if both:
        m.spread_y += <int128> dv * of_v
    m.shared += <int128> du * of_v + <int128> dv * of_u
    m.x.at = m.x.at + 1 if m.x.at + 1 < n else 0
    m.x.left -= 1
    if m.x.seen == n:
        return True
    m.x.seen += 1
    return m.x.seen == n

cdef inline void settle_pair(PairMoments* m, const double* end_x, const double* end_y) noexcept nogil:
    m.y.behind = m.x.behind
    settle(&m.x, end_x)
    settle(&m.y, end_y)

@cython.overflowcheck(False)
cdef inline Py_ssize_t add_run_of_pairs(
    PairMoments* m, const double* x, const double* y, Py_ssize_t i, Py_ssize_t end,
    double* shared, double* spreads_x, double* spreads_y,
) noexcept nogil:
    # The same for a run of pairs, as add_run. spreads_y: NULL for none.
    cdef Py_ssize_t k
    cdef long long sum_u = m.x.sum
    cdef long long sum_v = m.y.sum
    cdef long long of_u, of_v
    cdef long long du[BLOCK]
    cdef long long dv[BLOCK]
    cdef long long factor_u[BLOCK]
    cdef long long factor_v[BLOCK]
    cdef long long high[3][BLOCK]
    cdef unsigned long long low[3][BLOCK]
    cdef int128 spread_x = m.spread_x
    cdef int128 spread_y = m.spread_y
    cdef int128 both = m.shared
    cdef Py_ssize_t count = run_of_window(&m.x, x, i, end, m.x.left, du, factor_u)
    m.y.seen = m.x.seen
    if count > 0 and run_of_window(&m.y, y, i, end, m.x.left, dv, factor_v) < 0:
        count = -count
    if count <= 0:
        settle_pair(m, x + i, y + i)
        return count
    for k in range(count):
        sum_u += du[k]
        sum_v += dv[k]
        of_u = factor_u[k] - 2 * sum_u
        of_v = factor_v[k] - 2 * sum_v
        spread_x += <int128> of_u * du[k]
        high[0][k] = <long long> (spread_x >> 64)
        low[0][k] = <unsigned long long> spread_x
        if spreads_y != NULL:
            spread_y += <int128> of_v * dv[k]
            high[1][k] = <long long> (spread_y >> 64)
            low[1][k] = <unsigned long long> spread_y
        both += <int128> of_v * du[k]
        both += <int128> of_u * dv[k]
        high[2][k] = <long long> (both >> 64)
        low[2][k] = <unsigned long long> both
    wide_doubles(high[0], low[0], count, spreads_x)
    if spreads_y != NULL:
        wide_doubles(high[1], low[1], count, spreads_y)
    wide_doubles(high[2], low[2], count, shared)
    m.x.sum = sum_u
    m.y.sum = sum_v
    m.spread_x = spread_x
    m.spread_y = spread_y
    m.shared = both
    m.x.behind = True
    m.x.left -= count
    return count

# Sum of squares of one window.
cdef struct Squares:
    ExactWindow w
    int128 total

@cython.overflowcheck(False)
cdef inline void scale_squares(Squares* s, double largest) noexcept nogil:
    cdef Py_ssize_t k
    cdef long long unit
    choose_scale(&s.w, largest)
    s.total = 0
    for k in range(s.w.window):
        unit = llrint(s.w.ring[k] * s.w.scale)
        s.total += <int128> unit * unit

@cython.overflowcheck(False)
cdef inline bint add_to_squares(Squares* s, double x) noexcept nogil:
    # Returns whether the window is full.
    cdef Squares apart  # see add_to_moments
    cdef ExactWindow* w = &s.w
    cdef long long unit, oldest
    cdef double size
    if unlikely(w.left == 0):
        apart = s[0]
        size = smaller(&apart.w, w.at, x)
        if size >= 0.0:
            scale_squares(&apart, size)
        apart.w.left = w.window if w.window > LOOK else LOOK
        s[0] = apart
    if unlikely(not (fabs(x) < w.bound)):
        apart = s[0]
        if x - x != 0.0:
            clear_window(&apart.w)
            apart.total = 0
            s[0] = apart
            return False
        scale_squares(&apart, fabs(x))
        apart.w.left = w.window
        s[0] = apart
    unit = llrint(x * w.scale)
    oldest = llrint(w.ring[w.at] * w.scale)
    w.ring[w.at] = x
    s.total += <int128> (unit - oldest) * (unit + oldest)
    w.at = w.at + 1 if w.at + 1 < w.window else 0
    w.left -= 1
    if w.seen == w.window:
        return True
    w.seen += 1
    return w.seen == w.window

# Sums of squared differences over lags 1, 2, 4, ... within one window.
cdef struct Lags:
    ExactWindow w
    int count
    int128 totals[20]
    double weights[20]  # of each log of a total in the exponent
    double offset

@cython.overflowcheck(False)
cdef inline void scale_lags(Lags* s, double largest) noexcept nogil:
    cdef ExactWindow* w = &s.w
    cdef Py_ssize_t k, a, b, lag = 1
    cdef long long change
    cdef int j
    choose_scale(w, largest)
    for j in range(s.count):
        s.totals[j] = 0
        for k in range(w.window - lag):
            a = w.at + k
            b = a + lag
            a -= w.window if a >= w.window else 0
            b -= w.window if b >= w.window else 0
            change = llrint(w.ring[b] * w.scale) - llrint(w.ring[a] * w.scale)
            s.totals[j] += <int128> change * change
        lag *= 2

cdef inline void clear_lags(Lags* s) noexcept nogil:
    clear_window(&s.w)
    memset(s.totals, 0, sizeof(s.totals))

@cython.overflowcheck(False)
cdef inline bint add_to_lags(Lags* s, double x) noexcept nogil:
    # Returns whether the window is full.
    cdef ExactWindow* w = &s.w
    cdef Py_ssize_t a, b, lag = 1
    cdef long long unit, oldest, came, left
    cdef double size
    cdef int j
    if unlikely(w.left == 0):
        size = smaller(w, w.at, x)
        if size >= 0.0:
            scale_lags(s, size)
        w.left = w.window if w.window > LOOK else LOOK
    if unlikely(not (fabs(x) < w.bound)):
        if x - x != 0.0:
            clear_lags(s)
            return False
        scale_lags(s, fabs(x))
        w.left = w.window
    unit = llrint(x * w.scale)
    oldest = llrint(w.ring[w.at] * w.scale)
    for j in range(s.count):
        a = w.at - lag
        a += w.window if a < 0 else 0
        b = w.at + lag
        b -= w.window if b >= w.window else 0
        came = unit - llrint(w.ring[a] * w.scale)
        left = llrint(w.ring[b] * w.scale) - oldest
        s.totals[j] += <int128> (came - left) * (came + left)
        lag *= 2
    w.ring[w.at] = x
    w.at = w.at + 1 if w.at + 1 < w.window else 0
    w.left -= 1
    if w.seen == w.window:
        return True
    w.seen += 1
    return w.seen == w.window
