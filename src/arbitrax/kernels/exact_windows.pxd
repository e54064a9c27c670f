# Windows of any values, for sums of squares and products without error. Values are rounded to int64 units of 1 / scale,
# a power of two that follows the largest value in the window: 2 to 6 bits of room to grow, the rest are digits (50 bits
# and more for 20 values). Only a value beyond the room, or a window that has shrunk below it, changes the scale; the sums
# are then made anew from the values. So no size is refused, no rounding error gathers, and a value that has left the
# window leaves no trace. A value that is not finite empties the window.
cimport cython
from libc.math cimport NAN, fabs, frexp, ldexp, llrint
from libc.string cimport memset
from arbitrax.kernels.build cimport int128
from arbitrax.kernels.steps cimport unlikely, wide_as_double

cdef struct ExactWindow:
    Py_ssize_t window
    Py_ssize_t seen  # values in the window
    Py_ssize_t at  # of the oldest in the ring
    double scale
    double bound  # values below leave all sums of products in range
    double largest  # size since the ring began at 0
    long long sum  # of units
    double* ring  # values, 0 where there is none yet

cdef inline void clear_window(ExactWindow* w) noexcept nogil:
    memset(w.ring, 0, w.window * sizeof(double))
    w.seen = w.at = 0
    w.scale = w.bound = w.largest = 0.0
    w.sum = 0

cdef inline void choose_scale(ExactWindow* w, double largest) noexcept nogil:
    # 4 (window + 1) times the bound fits into int64, the bound is 4 to 8 times the largest value.
    cdef int size = 0
    cdef int room = 0
    frexp(largest if largest > 1e-250 else 1e-250, &size)
    frexp(<double> (w.window + 1), &room)
    w.bound = ldexp(1.0, size + 2)
    w.scale = ldexp(1.0, 59 - room - size)

cdef inline bint has_shrunk(ExactWindow* w) noexcept nogil:
    # Once for every `window` values: whether they leave six bits of the room unused.
    return w.largest * 64.0 < w.bound and w.largest > 1e-250

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

@cython.overflowcheck(False)
cdef inline bint add_to_moments(Moments* m, double x, bint tilted) noexcept nogil:
    # Returns whether the window is full. tilted: keep the tilt too.
    cdef Moments apart  # rare paths work on a copy, so that the state itself can stay in registers
    cdef ExactWindow* w = &m.w
    cdef Py_ssize_t n = w.window
    cdef long long unit, oldest, before
    if unlikely(not (fabs(x) < w.bound)):
        apart = m[0]
        if x - x != 0.0:
            clear_moments(&apart)
            m[0] = apart
            return False
        scale_moments(&apart, fabs(x))
        m[0] = apart
    unit = llrint(x * w.scale)
    oldest = llrint(w.ring[w.at] * w.scale)
    w.ring[w.at] = x
    w.largest = fabs(x) if fabs(x) > w.largest else w.largest
    before = w.sum
    w.sum += unit - oldest
    # d = unit - oldest: n (unit^2 - oldest^2) - (sum^2 - before^2) = d (n (unit + oldest) - sum - before).
    m.spread += <int128> (unit - oldest) * (n * (unit + oldest) - w.sum - before)
    if tilted:
        # All that stay are one step, a weight of 2, further back.
        m.tilt += <int128> (unit + oldest) * (n - 1) - 2 * <int128> (before - oldest)
    w.at += 1
    if w.at == n:
        w.at = 0
        if unlikely(has_shrunk(w)):
            apart = m[0]
            scale_moments(&apart, w.largest)
            m[0] = apart
        w.largest = 0.0
    if w.seen == n:
        return True
    w.seen += 1
    return w.seen == n

# Moments of two windows of the same length.
cdef struct PairMoments:
    ExactWindow x
    ExactWindow y
    int128 spread_x  # n sum(u^2) - sum(u)^2
    int128 spread_y
    int128 shared  # n sum(u v) - sum(u) sum(v)

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
    m.shared = xy * m.x.window - <int128> m.x.sum * m.y.sum

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

@cython.overflowcheck(False)
cdef inline bint add_to_pair(PairMoments* m, double x, double y, bint both) noexcept nogil:
    # Returns whether the windows are full. both: keep the spread of y too.
    cdef PairMoments apart  # see add_to_moments
    cdef Py_ssize_t n = m.x.window
    cdef Py_ssize_t at = m.x.at
    cdef long long u, v, du, dv, old_u, old_v, before_u, before_v
    if unlikely(not (fabs(x) < m.x.bound and fabs(y) < m.y.bound)):
        apart = m[0]
        if x - x != 0.0 or y - y != 0.0:
            clear_pair(&apart)
            m[0] = apart
            return False
        scale_pair(&apart, -1.0 if fabs(x) < m.x.bound else fabs(x), -1.0 if fabs(y) < m.y.bound else fabs(y))
        m[0] = apart
    u = llrint(x * m.x.scale)
    v = llrint(y * m.y.scale)
    old_u = llrint(m.x.ring[at] * m.x.scale)
    old_v = llrint(m.y.ring[at] * m.y.scale)
    m.x.ring[at] = x
    m.y.ring[at] = y
    m.x.largest = fabs(x) if fabs(x) > m.x.largest else m.x.largest
    m.y.largest = fabs(y) if fabs(y) > m.y.largest else m.y.largest
    before_u = m.x.sum
    before_v = m.y.sum
    du = u - old_u
    dv = v - old_v
    m.x.sum += du
    m.y.sum += dv
    m.spread_x += <int128> du * (n * (u + old_u) - m.x.sum - before_u)
    if both:
        m.spread_y += <int128> dv * (n * (v + old_v) - m.y.sum - before_v)
    # n (u v - old_u old_v) - (sums' product after - before), with u v - old_u old_v = u dv + old_v du.
    m.shared += <int128> dv * (n * u - m.x.sum) + <int128> du * (n * old_v - before_v)
    m.x.at += 1
    if m.x.at == n:
        m.x.at = 0
        if unlikely(has_shrunk(&m.x) or has_shrunk(&m.y)):
            apart = m[0]
            scale_pair(
                &apart, m.x.largest if has_shrunk(&m.x) else -1.0, m.y.largest if has_shrunk(&m.y) else -1.0
            )
            m[0] = apart
        m.x.largest = m.y.largest = 0.0
    if m.x.seen == n:
        return True
    m.x.seen += 1
    return m.x.seen == n

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
    if unlikely(not (fabs(x) < w.bound)):
        apart = s[0]
        if x - x != 0.0:
            clear_window(&apart.w)
            apart.total = 0
            s[0] = apart
            return False
        scale_squares(&apart, fabs(x))
        s[0] = apart
    unit = llrint(x * w.scale)
    oldest = llrint(w.ring[w.at] * w.scale)
    w.ring[w.at] = x
    w.largest = fabs(x) if fabs(x) > w.largest else w.largest
    s.total += <int128> (unit - oldest) * (unit + oldest)
    w.at += 1
    if w.at == w.window:
        w.at = 0
        if unlikely(has_shrunk(w)):
            apart = s[0]
            scale_squares(&apart, w.largest)
            s[0] = apart
        w.largest = 0.0
    if w.seen == w.window:
        return True
    w.seen += 1
    return w.seen == w.window

cdef inline double signed_as_double(int128 x) noexcept nogil:
    return wide_as_double(x) if x >= 0 else -wide_as_double(-x)

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
    cdef int j
    if unlikely(not (fabs(x) < w.bound)):
        if x - x != 0.0:
            clear_lags(s)
            return False
        scale_lags(s, fabs(x))
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
    w.largest = fabs(x) if fabs(x) > w.largest else w.largest
    w.at += 1
    if w.at == w.window:
        w.at = 0
        if unlikely(has_shrunk(w)):
            scale_lags(s, w.largest)
        w.largest = 0.0
    if w.seen == w.window:
        return True
    w.seen += 1
    return w.seen == w.window
