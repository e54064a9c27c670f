"""Moving averages: each a state that takes one value with `update` or an array with `fill`, by the same steps.

Shapes: every series is (bars,) float64, oldest first. Results are NaN until an average is warm, and again after a value
that is not finite. Sums are of integers at a scale the first value chooses, so no error of rounding gathers in them.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.steps import (
    BLOCK,
    ROOM,
    RollingSum,
    Smoothing,
    add_to_sum,
    as_double,
    checked,
    finite_block,
    refuse_too_large,
    run_of_units,
    settle_sum,
    settled,
    smooth,
    start_ema,
    start_sum,
    step_smoothing,
)
from cython.cimports.arbitrax.kernels.vector_loops import (
    adapt,
    changes_of,
    double_averages,
    kaufman_smoothing,
    quotients,
    triple_averages,
)
from cython.cimports.libc.math import NAN
from cython.cimports.libc.stdlib import free

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()
LONGEST = 1_000_000
"""The longest window, in values."""


@cython.cfunc
def _checked(name: str, window: cython.Py_ssize_t, least: cython.Py_ssize_t) -> cython.Py_ssize_t:
    return checked(name, window, least, LONGEST)


@cython.final
@cython.cclass
class Sma:
    """Simple moving average: the mean of the last ``window`` values, exact sums."""

    _s: RollingSum

    def __cinit__(self, window: cython.Py_ssize_t):
        start_sum(cython.address(self._s), _checked("window", window, 1))

    def __dealloc__(self):
        free(self._s.ring)

    def update(self, value: cython.double) -> cython.double:
        """Take the next value; return the average, NaN until it is warm."""
        full: cython.bint = add_to_sum(cython.address(self._s), value)
        refuse_too_large(cython.address(self._s))
        return self._s.sum / self._s.units if full else NAN

    def fill(self, value: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next values, (bars,); write the averages."""
        i: cython.Py_ssize_t = 0
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = value.shape[0]
        count: cython.Py_ssize_t
        sum: cython.longlong
        s: cython.pointer[RollingSum] = cython.address(self._s)
        came: cython.longlong[BLOCK]
        left: cython.longlong[BLOCK]
        if n == 0:
            return
        x: cython.pointer[cython.const[cython.double]] = cython.address(value[0])
        with cython.nogil:
            while i < n:
                count = run_of_units(s, x, i, n, 0, 0.25, came, left)
                sum = s.sum
                for k in range(count):
                    sum += came[k] - left[k]
                    came[k] = sum
                s.sum = sum
                if count > 0:
                    quotients(came, count, s.units, cython.address(out[i]))
                for k in range(-count):
                    out[i + k] = s.sum / s.units if add_to_sum(s, x[i + k]) else NAN
                i += count if count > 0 else -count
            settle_sum(s, x + n)
        refuse_too_large(s)


@cython.final
@cython.cclass
class Wma:
    """Linearly weighted moving average: weights 1 (oldest) to ``window`` (newest), exact sums."""

    _s: RollingSum
    _weighted: int128
    _weights: cython.double

    def __cinit__(self, window: cython.Py_ssize_t):
        start_sum(cython.address(self._s), _checked("window", window, 1))
        self._weighted = 0
        self._weights = 0.5 * window * (window + 1)

    def __dealloc__(self):
        free(self._s.ring)

    def update(self, value: cython.double) -> cython.double:
        """Take the next value; return the average, NaN until it is warm."""
        average: cython.double = _step_wma(cython.address(self._s), cython.address(self._weighted), value)
        refuse_too_large(cython.address(self._s))
        return average / (self._weights * self._s.scale)

    def fill(self, value: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next values, (bars,); write the averages."""
        i: cython.Py_ssize_t = 0
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = value.shape[0]
        count: cython.Py_ssize_t
        window: cython.Py_ssize_t = self._s.window
        sum: cython.longlong
        weighted: cython.longlong
        s: cython.pointer[RollingSum] = cython.address(self._s)
        came: cython.longlong[BLOCK]
        left: cython.longlong[BLOCK]
        if n == 0:
            return
        x: cython.pointer[cython.const[cython.double]] = cython.address(value[0])
        with cython.nogil:
            while i < n:
                # Weights are window / 2 times as much as values: that part of the bound keeps their sum in int64.
                count = run_of_units(s, x, i, n, 0, 0.5 / (window + 1), came, left)
                sum = s.sum
                if count > 0:
                    weighted = cython.cast(cython.longlong, self._weighted)
                    for k in range(count):
                        weighted += came[k] * window - sum
                        sum += came[k] - left[k]
                        came[k] = weighted
                    self._weighted = weighted
                    s.sum = sum
                    quotients(came, count, self._weights * s.scale, cython.address(out[i]))
                for k in range(-count):
                    out[i + k] = _step_wma(s, cython.address(self._weighted), x[i + k]) / (self._weights * s.scale)
                i += count if count > 0 else -count
            settle_sum(s, x + n)
        refuse_too_large(s)


@cython.overflowcheck(False)  # products of two int64 fit into 128 bits
@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_wma(s: cython.pointer[RollingSum], weighted: cython.pointer[int128], value: cython.double) -> cython.double:
    before: cython.longlong = s.sum
    was_full: cython.bint = s.seen == s.window
    full: cython.bint = add_to_sum(s, value)
    if s.seen == 0:
        weighted[0] = 0
        return NAN
    # Once full every weight falls by one, so the old sum leaves; until then a new value has the next higher weight.
    if was_full:
        weighted[0] += cython.cast(int128, s.newest) * s.window - before
    else:
        weighted[0] += cython.cast(int128, s.newest) * s.seen
    return as_double(weighted[0]) if full else NAN


@cython.final
@cython.cclass
class Ema:
    """Exponential moving average of weight 2 / (window + 1); starts at the mean of the first ``window`` values."""

    _s: Smoothing

    def __cinit__(self, window: cython.Py_ssize_t):
        start_ema(cython.address(self._s), _checked("window", window, 1))

    def update(self, value: cython.double) -> cython.double:
        """Take the next value; return the average, NaN until it is warm."""
        return step_smoothing(cython.address(self._s), value)

    def fill(self, value: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next values, (bars,); write the averages."""
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = value.shape[0]
        end: cython.Py_ssize_t
        s: cython.pointer[Smoothing] = cython.address(self._s)
        with cython.nogil:
            while i < n:
                end = finite_block(cython.address(value[0]), i, n) if i >= 4 and settled(s) else i
                if end > i:
                    smooth(s, cython.address(value[i]), end - i, cython.address(out[i]))
                    i = end
                else:
                    out[i] = step_smoothing(s, value[i])
                    i += 1


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_dema(first: cython.pointer[Smoothing], second: cython.pointer[Smoothing], x: cython.double) -> cython.double:
    one: cython.double = step_smoothing(first, x)
    # The second average starts with the first value of the first one, and starts anew with it.
    two: cython.double = step_smoothing(second, one)
    return 2.0 * one - two


@cython.final
@cython.cclass
class Dema:
    """Double exponential moving average, 2 EMA - EMA of EMA (Mulloy, Stocks & Commodities 12:1, 1994)."""

    _first: Smoothing
    _second: Smoothing

    def __cinit__(self, window: cython.Py_ssize_t):
        _checked("window", window, 1)
        start_ema(cython.address(self._first), window)
        start_ema(cython.address(self._second), window)

    def update(self, value: cython.double) -> cython.double:
        """Take the next value; return the average, NaN until it is warm."""
        return _step_dema(cython.address(self._first), cython.address(self._second), value)

    def fill(self, value: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next values, (bars,); write the averages."""
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = value.shape[0]
        end: cython.Py_ssize_t
        first: cython.pointer[Smoothing] = cython.address(self._first)
        second: cython.pointer[Smoothing] = cython.address(self._second)
        one: cython.double[ROOM]
        two: cython.double[ROOM]
        with cython.nogil:
            while i < n:
                end = finite_block(cython.address(value[0]), i, n) if i >= 4 and settled(second) else i
                if end > i:
                    smooth(first, cython.address(value[i]), end - i, one + 4)
                    smooth(second, one + 4, end - i, two + 4)
                    double_averages(one + 4, two + 4, end - i, cython.address(out[i]))
                    i = end
                else:
                    out[i] = _step_dema(first, second, value[i])
                    i += 1


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_tema(
    first: cython.pointer[Smoothing],
    second: cython.pointer[Smoothing],
    third: cython.pointer[Smoothing],
    x: cython.double,
) -> cython.double:
    one: cython.double = step_smoothing(first, x)
    two: cython.double = step_smoothing(second, one)
    three: cython.double = step_smoothing(third, two)
    return 3.0 * one - 3.0 * two + three


@cython.final
@cython.cclass
class Tema:
    """Triple exponential moving average, 3 EMA - 3 EMA of EMA + EMA of that (Mulloy, 1994)."""

    _first: Smoothing
    _second: Smoothing
    _third: Smoothing

    def __cinit__(self, window: cython.Py_ssize_t):
        _checked("window", window, 1)
        start_ema(cython.address(self._first), window)
        start_ema(cython.address(self._second), window)
        start_ema(cython.address(self._third), window)

    def update(self, value: cython.double) -> cython.double:
        """Take the next value; return the average, NaN until it is warm."""
        return _step_tema(cython.address(self._first), cython.address(self._second), cython.address(self._third), value)

    def fill(self, value: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next values, (bars,); write the averages."""
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = value.shape[0]
        end: cython.Py_ssize_t
        first: cython.pointer[Smoothing] = cython.address(self._first)
        second: cython.pointer[Smoothing] = cython.address(self._second)
        third: cython.pointer[Smoothing] = cython.address(self._third)
        one: cython.double[ROOM]
        two: cython.double[ROOM]
        three: cython.double[ROOM]
        with cython.nogil:
            while i < n:
                end = finite_block(cython.address(value[0]), i, n) if i >= 4 and settled(third) else i
                if end > i:
                    smooth(first, cython.address(value[i]), end - i, one + 4)
                    smooth(second, one + 4, end - i, two + 4)
                    smooth(third, two + 4, end - i, three + 4)
                    triple_averages(one + 4, two + 4, three + 4, end - i, cython.address(out[i]))
                    i = end
                else:
                    out[i] = _step_tema(first, second, third, value[i])
                    i += 1


KamaState = cython.struct(
    s=RollingSum,  # of window + 1 values, for their changes
    moved=cython.longlong,  # sum of the absolute changes in the window
    state=cython.double[4],  # the last but one and the last average, what the last bar kept and what it added
    slow=cython.double,
    span=cython.double,
)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _size(x: cython.longlong) -> cython.longlong:
    return -x if x < 0 else x


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_kama(k: cython.pointer[KamaState], x: cython.double) -> cython.double:
    s: cython.pointer[RollingSum] = cython.address(k.s)
    last: cython.longlong = s.newest
    seen: cython.Py_ssize_t = s.seen
    full: cython.bint = add_to_sum(s, x)
    smoothing: cython.double
    keep: cython.double
    add: cython.double
    value: cython.double
    if s.seen == 0:
        k.moved = 0
        return NAN
    if seen:
        k.moved += _size(s.newest - last)
    if seen == s.window:
        k.moved -= _size(s.ring[s.at] - s.oldest)  # the change out of the value that left
    if not full:
        # The average starts at the value before its first.
        k.state[0] = k.state[2] = 0.0
        k.state[1] = k.state[3] = x
        return NAN
    # From the average two bars ago, so that two are on their way at once.
    smoothing = kaufman_smoothing(_size(s.newest - s.ring[s.at]), k.moved, k.slow, k.span)
    keep = 1.0 - smoothing
    add = smoothing * x
    value = keep * k.state[2] * k.state[0] + (keep * k.state[3] + add)
    k.state[0] = k.state[1]
    k.state[1] = value
    k.state[2] = keep
    k.state[3] = add
    return value


@cython.final
@cython.cclass
class Kama:
    """Kaufman's adaptive moving average: fast where ``window`` changes point one way, slow where they cancel out.

    Source: Perry Kaufman, Trading Systems and Methods. The smoothing lies between 2 / (slow + 1) and 2 / (fast + 1),
    squared. Unchanged values count as pointing one way.
    """

    _k: KamaState

    def __cinit__(self, window: cython.Py_ssize_t, fast: cython.Py_ssize_t = 2, slow: cython.Py_ssize_t = 30):
        start_sum(cython.address(self._k.s), _checked("window", window, 1) + 1)
        self._k.moved = 0
        self._k.slow = 2.0 / (_checked("slow", slow, 1) + 1)
        self._k.span = 2.0 / (_checked("fast", fast, 1) + 1) - self._k.slow
        if fast > slow:
            raise ValueError(f"fast = {fast} is not allowed; give at most slow, {slow}.")

    def __dealloc__(self):
        free(self._k.s.ring)

    def update(self, value: cython.double) -> cython.double:
        """Take the next value; return the average, NaN until it is warm."""
        average: cython.double = _step_kama(cython.address(self._k), value)
        refuse_too_large(cython.address(self._k.s))
        return average

    def fill(self, value: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next values, (bars,); write the averages."""
        i: cython.Py_ssize_t = 0
        j: cython.Py_ssize_t
        n: cython.Py_ssize_t = value.shape[0]
        count: cython.Py_ssize_t
        moved: cython.longlong
        k: cython.pointer[KamaState] = cython.address(self._k)
        s: cython.pointer[RollingSum] = cython.address(self._k.s)
        came: cython.longlong[ROOM]
        left: cython.longlong[ROOM]
        keep: cython.double[ROOM]
        add: cython.double[ROOM]
        if n == 0:
            return
        x: cython.pointer[cython.const[cython.double]] = cython.address(value[0])
        with cython.nogil:
            while i < n:
                count = run_of_units(s, x, i, n, 1, 0.25, came, left)
                if count > 0:
                    # Each change came after one value and left before another: left[j] is the oldest of that window.
                    changes_of(came, left, count)
                    moved = k.moved
                    for j in range(count):
                        moved += came[j]
                        came[j] = moved
                    k.moved = moved
                    adapt(left, came, x + i, count, k.slow, k.span, k.state, keep, add, cython.address(out[i]))
                for j in range(-count):
                    out[i + j] = _step_kama(k, x[i + j])
                i += count if count > 0 else -count
            settle_sum(s, x + n)
        refuse_too_large(s)
