"""Rolling statistics: each a state that takes one value with `update` or an array with `fill`, by the same steps.

Shapes: every series is (bars,) float64, oldest first. Results are NaN until the window is full, again after a value
that is not finite, and where the statistic is undefined. Sums of squares and products are exact (exact_windows.pxd),
so no variance is negative, that of equal values is 0, and no rounding error gathers.
"""

from typing import NamedTuple

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.exact_windows import (
    ExactWindow,
    Lags,
    Moments,
    PairMoments,
    Squares,
    add_run,
    add_run_of_pairs,
    add_to_lags,
    add_to_moments,
    add_to_pair,
    add_to_squares,
    clear_lags,
    clear_moments,
    clear_pair,
    clear_window,
    settle,
    settle_pair,
)
from cython.cimports.arbitrax.kernels.steps import (
    BLOCK,
    RollingSum,
    add_to_sum,
    checked,
    refuse_too_large,
    run_of_units,
    settle_sum,
    start_sum,
    wide_as_double,
)
from cython.cimports.arbitrax.kernels.vector_loops import (
    correlation_of,
    correlations,
    draw_bands,
    draw_lines,
    explained_of,
    score_of,
    scores,
)
from cython.cimports.libc.math import NAN, llrint, log, sqrt
from cython.cimports.libc.stdlib import calloc, free

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()
LONGEST = 1_000_000
"""The longest window, in values."""


class BollingerBands(NamedTuple):
    """Middle, upper and lower band: floats of one bar, or (bars,) arrays."""

    middle: object
    upper: object
    lower: object

    @property
    def bandwidth(self):
        """The distance of the bands in units of the middle one."""
        return (self.upper - self.lower) / self.middle

    def percent_b(self, values):
        """Return where values lie between the bands: 0 at the lower, 1 at the upper."""
        return (values - self.lower) / (self.upper - self.lower)


class RegressionLine(NamedTuple):
    """A line fitted to a window: floats of one bar, or (bars,) arrays.

    ``value`` is its height at the newest value, ``intercept`` at the oldest, ``slope`` its rise a bar; ``r_squared``
    the share of the variance that it explains, 0 to 1.
    """

    value: object
    slope: object
    intercept: object
    r_squared: object


@cython.cfunc
def _start_window(w: cython.pointer[ExactWindow], window: cython.Py_ssize_t) -> cython.int:
    w.ring = cython.cast(cython.pointer[cython.double], calloc(window, cython.sizeof(cython.double)))
    if w.ring is cython.NULL:
        raise MemoryError
    w.window = window
    return 0


BandState = cython.struct(s=RollingSum, spread=int128, deviations=cython.double)


@cython.overflowcheck(False)  # products of two int64 fit into 128 bits
@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_bands(b: cython.pointer[BandState], x: cython.double) -> cython.bint:
    s: cython.pointer[RollingSum] = cython.address(b.s)
    before: cython.longlong = s.sum
    full: cython.bint = add_to_sum(s, x)
    wide: int128
    if s.seen == 0:
        b.spread = 0
        return False
    # n sum(u^2) - sum(u)^2 changes by d (n (newest + oldest) - sum - before), with d = newest - oldest.
    wide = s.newest + s.oldest
    wide = wide * s.window - s.sum - before
    b.spread += wide * (s.newest - s.oldest)
    return full


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _draw_band(
    b: cython.pointer[BandState],
    full: cython.bint,
    middle: cython.p_double,
    upper: cython.p_double,
    lower: cython.p_double,
) -> cython.void:
    mean: cython.double = b.s.sum / b.s.units if full else NAN
    reach: cython.double = sqrt(wide_as_double(b.spread)) * (b.deviations / b.s.units)
    middle[0] = mean
    upper[0] = mean + reach
    lower[0] = mean - reach


@cython.final
@cython.cclass
class Bollinger:
    """Bollinger bands: the simple average, exact, and ``deviations`` population deviations above and below."""

    _b: BandState

    def __cinit__(self, window: cython.Py_ssize_t = 20, deviations: cython.double = 2.0):
        if not 0.0 <= deviations < 1e9:
            raise ValueError(f"deviations = {deviations:g} is not allowed; give a number of 0 or more.")
        start_sum(cython.address(self._b.s), checked("window", window, 1, LONGEST))
        self._b.spread = 0
        self._b.deviations = deviations

    def __dealloc__(self):
        free(self._b.s.ring)

    def update(self, value: cython.double):
        """Take the next value; return the bands, NaN until they are warm."""
        middle: cython.double
        upper: cython.double
        lower: cython.double
        full: cython.bint = _step_bands(cython.address(self._b), value)
        _draw_band(cython.address(self._b), full, cython.address(middle), cython.address(upper), cython.address(lower))
        refuse_too_large(cython.address(self._b.s))
        return tuple.__new__(BollingerBands, (middle, upper, lower))

    @cython.overflowcheck(False)  # products of two int64 fit into 128 bits
    def fill(
        self,
        value: cython.const[cython.double][::1],
        middle: cython.double[::1],
        upper: cython.double[::1],
        lower: cython.double[::1],
    ) -> None:
        """Take the next values, (bars,); write the bands."""
        i: cython.Py_ssize_t = 0
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = value.shape[0]
        count: cython.Py_ssize_t
        window: cython.longlong = self._b.s.window
        sum: cython.longlong
        before: cython.longlong
        change: cython.longlong
        spread: int128
        came: cython.longlong[BLOCK]
        left: cython.longlong[BLOCK]
        high: cython.longlong[BLOCK]
        low: cython.ulonglong[BLOCK]
        b: cython.pointer[BandState] = cython.address(self._b)
        s: cython.pointer[RollingSum] = cython.address(self._b.s)
        full: cython.bint
        if n == 0:
            return
        x: cython.pointer[cython.const[cython.double]] = cython.address(value[0])
        with cython.nogil:
            while i < n:
                # A window times the sum of two of its values fits into int64.
                count = run_of_units(s, x, i, n, 0, 0.25, came, left)
                if count > 0:
                    sum = s.sum
                    spread = b.spread
                    for k in range(count):
                        change = came[k] - left[k]
                        before = sum
                        sum += change
                        spread += cython.cast(int128, window * (came[k] + left[k]) - sum - before) * change
                        came[k] = sum
                        high[k] = cython.cast(cython.longlong, spread >> 64)
                        low[k] = cython.cast(cython.ulonglong, spread)
                    s.sum = sum
                    b.spread = spread
                    draw_bands(
                        came, high, low, count, s.units, b.deviations / s.units,
                        cython.address(middle[i]), cython.address(upper[i]), cython.address(lower[i]),
                    )  # fmt: skip
                for k in range(-count):
                    full = _step_bands(b, x[i + k])
                    _draw_band(
                        b, full, cython.address(middle[i + k]), cython.address(upper[i + k]),
                        cython.address(lower[i + k]),
                    )  # fmt: skip
                i += count if count > 0 else -count
            settle_sum(s, x + n)
        refuse_too_large(s)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_score(m: cython.pointer[Moments], factor: cython.double, x: cython.double) -> cython.double:
    full: cython.bint = add_to_moments(m, x)
    if not full:
        return NAN
    above: cython.double = cython.cast(cython.double, llrint(x * m.w.scale) * m.w.window - m.w.sum)
    return score_of(above, wide_as_double(m.spread), factor)


@cython.final
@cython.cclass
class ZScore:
    """Distance of a value from the mean of the last ``window`` values (itself included) in their deviations."""

    _m: Moments
    _factor: cython.double

    def __cinit__(self, window: cython.Py_ssize_t = 20, ddof: cython.Py_ssize_t = 0):
        if not 0 <= ddof <= 1:
            raise ValueError(f"ddof = {ddof} is not allowed; give 0 (population) or 1 (sample).")
        _start_window(cython.address(self._m.w), checked("window", window, 2, LONGEST))
        clear_moments(cython.address(self._m))
        self._factor = sqrt((window - 1.0) / window) if ddof else 1.0

    def __dealloc__(self):
        free(self._m.w.ring)

    def update(self, value: cython.double) -> cython.double:
        """Take the next value; return its z-score, NaN until it is warm and where all values are equal."""
        return _step_score(cython.address(self._m), self._factor, value)

    def fill(self, value: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next values, (bars,); write the z-scores."""
        i: cython.Py_ssize_t = 0
        k: cython.Py_ssize_t
        count: cython.Py_ssize_t
        bars: cython.Py_ssize_t = value.shape[0]
        m: cython.pointer[Moments] = cython.address(self._m)
        factor: cython.double = self._factor
        spreads: cython.double[BLOCK]
        above: cython.longlong[BLOCK]
        if bars == 0:
            return
        x: cython.pointer[cython.const[cython.double]] = cython.address(value[0])
        with cython.nogil:
            while i < bars:
                count = add_run(m, x, i, bars, spreads, above, cython.NULL)
                if count > 0:  # what stands above the mean is counted twice
                    scores(above, spreads, count, 0.5 * factor, cython.address(out[i]))
                for k in range(-count):
                    out[i + k] = _step_score(m, factor, value[i + k])
                i += count if count > 0 else -count
            settle(cython.address(m.w), x + bars)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_correlation(m: cython.pointer[PairMoments], x: cython.double, y: cython.double) -> cython.double:
    full: cython.bint = add_to_pair(m, x, y, True)
    if not full:
        return NAN
    return correlation_of(wide_as_double(m.shared), wide_as_double(m.spread_x), wide_as_double(m.spread_y))


@cython.final
@cython.cclass
class Correlation:
    """Pearson's correlation of the last ``window`` pairs of values, -1 to 1."""

    _m: PairMoments

    def __cinit__(self, window: cython.Py_ssize_t = 20):
        checked("window", window, 2, LONGEST)
        _start_window(cython.address(self._m.x), window)
        _start_window(cython.address(self._m.y), window)
        clear_pair(cython.address(self._m))

    def __dealloc__(self):
        free(self._m.x.ring)
        free(self._m.y.ring)

    def update(self, first: cython.double, second: cython.double) -> cython.double:
        """Take the next pair; return the correlation, NaN until it is warm and where a series does not vary."""
        return _step_correlation(cython.address(self._m), first, second)

    def fill(
        self,
        first: cython.const[cython.double][::1],
        second: cython.const[cython.double][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next pairs, two times (bars,); write the correlations."""
        i: cython.Py_ssize_t = 0
        k: cython.Py_ssize_t
        count: cython.Py_ssize_t
        bars: cython.Py_ssize_t = first.shape[0]
        m: cython.pointer[PairMoments] = cython.address(self._m)
        shared: cython.double[BLOCK]
        spreads_x: cython.double[BLOCK]
        spreads_y: cython.double[BLOCK]
        if bars == 0:
            return
        x: cython.pointer[cython.const[cython.double]] = cython.address(first[0])
        y: cython.pointer[cython.const[cython.double]] = cython.address(second[0])
        with cython.nogil:
            while i < bars:
                count = add_run_of_pairs(m, x, y, i, bars, shared, spreads_x, spreads_y)
                if count > 0:
                    correlations(shared, spreads_x, spreads_y, count, cython.address(out[i]))
                for k in range(-count):
                    out[i + k] = _step_correlation(m, first[i + k], second[i + k])
                i += count if count > 0 else -count
            settle_pair(m, x + bars, y + bars)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _beta(shared: cython.double, spread: cython.double, units: cython.double) -> cython.double:
    return 0.5 * shared / spread * units  # NaN where the spread is 0: so is then what they share


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_beta(m: cython.pointer[PairMoments], x: cython.double, y: cython.double) -> cython.double:
    full: cython.bint = add_to_pair(m, x, y, False)
    if not full:
        return NAN
    return _beta(wide_as_double(m.shared), wide_as_double(m.spread_x), m.x.scale / m.y.scale)


@cython.final
@cython.cclass
class Beta:
    """Slope of a series on another: their covariance over the variance of the other, the last ``window`` pairs."""

    _m: PairMoments

    def __cinit__(self, window: cython.Py_ssize_t = 20):
        checked("window", window, 2, LONGEST)
        _start_window(cython.address(self._m.x), window)
        _start_window(cython.address(self._m.y), window)
        clear_pair(cython.address(self._m))

    def __dealloc__(self):
        free(self._m.x.ring)
        free(self._m.y.ring)

    def update(self, value: cython.double, benchmark: cython.double) -> cython.double:
        """Take the next pair; return beta, NaN until it is warm and where the benchmark does not vary."""
        return _step_beta(cython.address(self._m), benchmark, value)

    def fill(
        self,
        value: cython.const[cython.double][::1],
        benchmark: cython.const[cython.double][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next pairs, two times (bars,); write the betas."""
        i: cython.Py_ssize_t = 0
        k: cython.Py_ssize_t
        count: cython.Py_ssize_t
        to: cython.pointer[cython.double]
        bars: cython.Py_ssize_t = value.shape[0]
        m: cython.pointer[PairMoments] = cython.address(self._m)
        units: cython.double
        shared: cython.double[BLOCK]
        spreads: cython.double[BLOCK]
        if bars == 0:
            return
        x: cython.pointer[cython.const[cython.double]] = cython.address(benchmark[0])
        y: cython.pointer[cython.const[cython.double]] = cython.address(value[0])
        with cython.nogil:
            while i < bars:
                count = add_run_of_pairs(m, x, y, i, bars, shared, spreads, cython.NULL)
                units = m.x.scale / m.y.scale
                to = cython.address(out[i])
                for k in range(count):
                    to[k] = _beta(shared[k], spreads[k], units)
                for k in range(-count):
                    out[i + k] = _step_beta(m, benchmark[i + k], value[i + k])
                i += count if count > 0 else -count
            settle_pair(m, x + bars, y + bars)


@cython.final
@cython.cclass
class LinearRegression:
    """Least-squares line through the last ``window`` values."""

    _m: Moments
    _values: cython.double
    _per_tilt: cython.double  # slope for a unit of tilt: 6 / (n (n^2 - 1))
    _share: cython.double  # 3 / (n^2 - 1): r squared for a tilt squared over spread
    _half: cython.double  # (n - 1) / 2, from the middle of the window to its ends

    def __cinit__(self, window: cython.Py_ssize_t = 14):
        n: cython.double = checked("window", window, 2, LONGEST)
        _start_window(cython.address(self._m.w), window)
        clear_moments(cython.address(self._m))
        self._values = n
        self._per_tilt = 6.0 / (n * (n * n - 1.0))
        self._share = 3.0 / (n * n - 1.0)
        self._half = 0.5 * (n - 1.0)

    def __dealloc__(self):
        free(self._m.w.ring)

    def update(self, value: cython.double):
        """Take the next value; return the line, NaN until it is warm."""
        slope: cython.double = NAN
        mean: cython.double = NAN
        explained: cython.double = NAN
        m: cython.pointer[Moments] = cython.address(self._m)
        tilt: cython.double
        full: cython.bint = add_to_moments(m, value)
        if full:
            tilt = wide_as_double(m.tilt)
            slope = tilt * (self._per_tilt / m.w.scale)
            mean = m.w.sum / (self._values * m.w.scale)
            explained = explained_of(tilt, wide_as_double(m.spread), self._share)
        reach: cython.double = slope * self._half
        return tuple.__new__(RegressionLine, (mean + reach, slope, mean - reach, explained))

    def fill(
        self,
        value: cython.const[cython.double][::1],
        end: cython.double[::1],
        slope: cython.double[::1],
        intercept: cython.double[::1],
        r_squared: cython.double[::1],
    ) -> None:
        """Take the next values, (bars,); write the lines."""
        i: cython.Py_ssize_t = 0
        k: cython.Py_ssize_t
        count: cython.Py_ssize_t
        bars: cython.Py_ssize_t = value.shape[0]
        m: cython.pointer[Moments] = cython.address(self._m)
        full: cython.bint
        tilt: cython.double
        scale: cython.double
        mean: cython.double
        half: cython.double = self._half
        share: cython.double = self._share
        spreads: cython.double[BLOCK]
        sums: cython.longlong[BLOCK]
        tilts: cython.double[BLOCK]
        if bars == 0:
            return
        x: cython.pointer[cython.const[cython.double]] = cython.address(value[0])
        with cython.nogil:
            while i < bars:
                count = add_run(m, x, i, bars, spreads, sums, tilts)
                for k in range(-count):
                    full = add_to_moments(m, x[i + k])
                    scale = m.w.scale
                    tilt = wide_as_double(m.tilt)
                    slope[i + k] = tilt * (self._per_tilt / scale) if full else NAN
                    mean = m.w.sum / (self._values * scale) if full else NAN
                    end[i + k] = mean + slope[i + k] * half
                    intercept[i + k] = mean - slope[i + k] * half
                    r_squared[i + k] = explained_of(tilt, wide_as_double(m.spread), share) if full else NAN
                if count > 0:
                    scale = m.w.scale
                    draw_lines(
                        sums, tilts, spreads, count, self._values * scale, self._per_tilt / scale, half, share,
                        cython.address(end[i]), cython.address(slope[i]), cython.address(intercept[i]),
                        cython.address(r_squared[i]),
                    )  # fmt: skip
                i += count if count > 0 else -count
            settle(cython.address(m.w), x + bars)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_hurst(s: cython.pointer[Lags], x: cython.double) -> cython.double:
    j: cython.int
    exponent: cython.double
    full: cython.bint = add_to_lags(s, x)
    if not full:
        return NAN
    exponent = -s.offset
    for j in range(s.count):
        if s.totals[j] == 0:
            return NAN
        # The slope of logs: units cancel out.
        exponent += s.weights[j] * log(wide_as_double(s.totals[j]))
    return exponent


@cython.final
@cython.cclass
class Hurst:
    """Hurst exponent of the last ``window`` values: how their mean squared change grows with the lag.

    Lags are 1, 2, 4, ... up to ``longest_lag``, a fourth of the window unless given.
    """

    _s: Lags

    def __cinit__(self, window: cython.Py_ssize_t = 128, longest_lag: cython.Py_ssize_t = 0):
        j: cython.int
        lag: cython.double
        spread: cython.double = 0.0
        checked("window", window, 8, LONGEST)
        longest: cython.Py_ssize_t = window // 4 if longest_lag == 0 else longest_lag
        if not 2 <= longest <= window // 2:
            raise ValueError(
                f"longest_lag = {longest} is not allowed for a window of {window}; give from 2 to {window // 2}."
            )
        _start_window(cython.address(self._s.w), window)
        clear_lags(cython.address(self._s))
        self._s.count = 1
        while 2**self._s.count <= longest:
            self._s.count += 1
        middle: cython.double = 0.5 * (self._s.count - 1)
        for j in range(self._s.count):
            spread += (j - middle) * (j - middle)
        self._s.offset = 0.0
        for j in range(self._s.count):
            lag = 2.0**j
            self._s.weights[j] = 0.5 * (j - middle) / (spread * log(2.0))
            self._s.offset += self._s.weights[j] * log(window - lag)

    def __dealloc__(self):
        free(self._s.w.ring)

    def update(self, value: cython.double) -> cython.double:
        """Take the next value; return the exponent, NaN until it is warm and where values do not change."""
        return _step_hurst(cython.address(self._s), value)

    def fill(self, value: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next values, (bars,); write the exponents."""
        i: cython.Py_ssize_t
        with cython.nogil:
            for i in range(value.shape[0]):
                out[i] = _step_hurst(cython.address(self._s), value[i])


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _log_return(price: cython.double, before: cython.double) -> cython.double:
    return log(price / before) if price > 0.0 and before > 0.0 else NAN


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_volatility(s: cython.pointer[Squares], factor: cython.double, change: cython.double) -> cython.double:
    return sqrt(wide_as_double(s.total)) * factor / s.w.scale if add_to_squares(s, change) else NAN


@cython.final
@cython.cclass
class RealisedVolatility:
    """Square root of ``periods`` times the mean squared log return of the last ``window`` returns."""

    _s: Squares
    _factor: cython.double
    _before: cython.double

    def __cinit__(self, window: cython.Py_ssize_t = 20, periods: cython.double = 1.0):
        if not 0.0 < periods < 1e12:
            raise ValueError(
                f"periods = {periods:g} is not allowed; give the bars in the unit of time, 252 for days in a year."
            )
        _start_window(cython.address(self._s.w), checked("window", window, 1, LONGEST))
        clear_window(cython.address(self._s.w))
        self._s.total = 0
        self._factor = sqrt(periods / window)
        self._before = NAN

    def __dealloc__(self):
        free(self._s.w.ring)

    def update(self, close: cython.double) -> cython.double:
        """Take the next price; return the volatility, NaN until it is warm."""
        change: cython.double = _log_return(close, self._before)
        self._before = close
        return _step_volatility(cython.address(self._s), self._factor, change)

    def fill(self, close: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next prices, (bars,); write the volatilities."""
        i: cython.Py_ssize_t
        s: Squares = self._s
        factor: cython.double = self._factor
        before: cython.double = self._before
        with cython.nogil:
            for i in range(close.shape[0]):
                out[i] = _step_volatility(cython.address(s), factor, _log_return(close[i], before))
                before = close[i]
        self._s = s
        self._before = before
