"""Momentum and volume: each a state that takes one bar with `update` or arrays with `fill`, by the same steps.

Shapes: every series is (bars,) float64, oldest first. Results are NaN until an indicator is warm, and again after a bar
with a value that is not finite, which starts it anew.
"""

from typing import NamedTuple

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.price_steps import Exact, Largest, add_exactly, clear_largest, step_largest
from cython.cimports.arbitrax.kernels.steps import Ema, RollingSum, add_to_sum, checked, start_ema, start_sum, step_ema
from cython.cimports.libc.math import NAN, fabs
from cython.cimports.libc.stdlib import calloc, free

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()
LONGEST = 1_000_000
"""The longest window, in values."""
SMOOTHEST = 5_000
"""The longest average of a stochastic, whose sums are exact."""
FINE = cython.declare(cython.double, 17592186044416.0)
"""Units of a percent in those sums, 2^44."""


class MacdLines(NamedTuple):
    """MACD, its signal and their difference: floats of one bar, or (bars,) arrays."""

    macd: object
    signal: object
    histogram: object


class StochasticLines(NamedTuple):
    """Slow %K and %D, 0 to 100: floats of one bar, or (bars,) arrays."""

    k: object
    d: object


@cython.cfunc
def _doubles(count: cython.Py_ssize_t) -> cython.p_double:
    made: cython.p_double = cython.cast(cython.p_double, calloc(count, cython.sizeof(cython.double)))
    if made is cython.NULL:
        raise MemoryError
    return made


RsiState = cython.struct(
    window=cython.Py_ssize_t, seen=cython.Py_ssize_t, before=cython.double, up=cython.double, down=cython.double,
    keep=cython.double, share=cython.double,
)  # fmt: skip


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_rsi(s: cython.pointer[RsiState], x: cython.double) -> cython.double:
    change: cython.double = x - s.before
    gain: cython.double
    if x - x != 0.0:
        s.seen = 0
        return NAN
    s.before = x
    gain = change if change > 0.0 else 0.0
    if s.seen > s.window:
        s.up = s.keep * s.up + s.share * gain
        s.down = s.keep * s.down + s.share * (gain - change)
    else:
        if s.seen == 0:
            s.up = s.down = 0.0
        else:
            s.up += s.share * gain
            s.down += s.share * (gain - change)
        s.seen += 1
        if s.seen <= s.window:
            return NAN
    change = s.up + s.down
    return 100.0 * s.up / change if change > 0.0 else 50.0


@cython.final
@cython.cclass
class Rsi:
    """Relative strength index, 0 to 100."""

    _s: RsiState

    def __cinit__(self, window: cython.Py_ssize_t = 14):
        self._s.window = checked("window", window, 1, LONGEST)
        self._s.seen = 0
        self._s.share = 1.0 / window
        self._s.keep = 1.0 - self._s.share

    def update(self, value: cython.double) -> cython.double:
        """Take the next value; return the index, NaN until it is warm."""
        return _step_rsi(cython.address(self._s), value)

    def fill(self, value: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next values, (bars,); write the index."""
        i: cython.Py_ssize_t
        s: RsiState = self._s
        with cython.nogil:
            for i in range(value.shape[0]):
                out[i] = _step_rsi(cython.address(s), value[i])
        self._s = s


MacdState = cython.struct(
    fast=Ema, slow=Ema, signal=Ema, seen=cython.Py_ssize_t, late=cython.Py_ssize_t, line=cython.double,
    smooth=cython.double,
)  # fmt: skip


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_macd(s: cython.pointer[MacdState], x: cython.double) -> cython.bint:
    # The fast average starts late, so that both end their first mean on the same bar.
    slow: cython.double
    if x - x != 0.0:
        s.seen = s.fast.seen = s.slow.seen = s.signal.seen = 0
        s.fast.value = s.slow.value = s.signal.value = 0.0
        return False
    slow = step_ema(cython.address(s.slow), x)
    if s.seen < s.late:
        s.seen += 1
        return False
    s.line = step_ema(cython.address(s.fast), x) - slow
    if s.slow.seen < s.slow.window:
        return False
    s.smooth = step_ema(cython.address(s.signal), s.line)
    return s.signal.seen == s.signal.window


@cython.final
@cython.cclass
class Macd:
    """Moving average convergence and divergence."""

    _s: MacdState

    def __cinit__(self, fast: cython.Py_ssize_t = 12, slow: cython.Py_ssize_t = 26, signal: cython.Py_ssize_t = 9):
        checked("fast", fast, 1, LONGEST)
        if slow <= fast:
            raise ValueError(f"slow = {slow} must be longer than fast = {fast}.")
        start_ema(cython.address(self._s.fast), fast)
        start_ema(cython.address(self._s.slow), checked("slow", slow, 2, LONGEST))
        start_ema(cython.address(self._s.signal), checked("signal", signal, 1, LONGEST))
        self._s.seen = 0
        self._s.late = slow - fast

    def update(self, value: cython.double):
        """Take the next value; return the lines, NaN until all are warm."""
        if not _step_macd(cython.address(self._s), value):
            return tuple.__new__(MacdLines, (NAN, NAN, NAN))
        return tuple.__new__(MacdLines, (self._s.line, self._s.smooth, self._s.line - self._s.smooth))

    def fill(
        self,
        value: cython.const[cython.double][::1],
        macd: cython.double[::1],
        signal: cython.double[::1],
        histogram: cython.double[::1],
    ) -> None:
        """Take the next values, (bars,); write the lines."""
        i: cython.Py_ssize_t
        s: MacdState = self._s
        with cython.nogil:
            for i in range(value.shape[0]):
                if _step_macd(cython.address(s), value[i]):
                    macd[i] = s.line
                    signal[i] = s.smooth
                    histogram[i] = s.line - s.smooth
                else:
                    macd[i] = signal[i] = histogram[i] = NAN
        self._s = s


RocState = cython.struct(window=cython.Py_ssize_t, seen=cython.Py_ssize_t, at=cython.Py_ssize_t, ring=cython.p_double)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_roc(s: cython.pointer[RocState], x: cython.double) -> cython.double:
    before: cython.double
    if x - x != 0.0:
        s.seen = 0
        return NAN
    before = s.ring[s.at]
    s.ring[s.at] = x
    s.at += 1
    if s.at == s.window:
        s.at = 0
    if s.seen < s.window:
        s.seen += 1
        return NAN
    return (x / before - 1.0) * 100.0 if before != 0.0 else NAN


@cython.final
@cython.cclass
class Roc:
    """Rate of change, percent."""

    _s: RocState

    def __cinit__(self, window: cython.Py_ssize_t = 10):
        self._s.window = checked("window", window, 1, LONGEST)
        self._s.seen = self._s.at = 0
        self._s.ring = _doubles(window)

    def __dealloc__(self):
        free(self._s.ring)

    def update(self, value: cython.double) -> cython.double:
        """Take the next value; return the change in percent, NaN until there is a value that old."""
        return _step_roc(cython.address(self._s), value)

    def fill(self, value: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
        """Take the next values, (bars,); write the changes."""
        i: cython.Py_ssize_t
        s: RocState = self._s
        with cython.nogil:
            for i in range(value.shape[0]):
                out[i] = _step_roc(cython.address(s), value[i])
        self._s = s


# Highest high and lowest low of a window; the lowest as the largest of the negatives.
BandState = cython.struct(high=Largest, low=Largest, top=cython.double, bottom=cython.double)


@cython.cfunc
def _start_band(s: cython.pointer[BandState], window: cython.Py_ssize_t) -> cython.int:
    s.high.window = s.low.window = checked("window", window, 1, LONGEST)
    s.high.block = _doubles(window)
    s.low.block = _doubles(window)
    clear_largest(cython.address(s.high))
    clear_largest(cython.address(s.low))
    return 0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_band(
    s: cython.pointer[BandState], high: cython.double, low: cython.double, close: cython.double
) -> cython.bint:
    # Returns whether the window is full.
    if high - high + (low - low) + (close - close) != 0.0:
        clear_largest(cython.address(s.high))
        clear_largest(cython.address(s.low))
        return False
    s.top = step_largest(cython.address(s.high), high)
    s.bottom = -step_largest(cython.address(s.low), -low)
    return s.high.seen == s.high.window


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_williams(
    s: cython.pointer[BandState], high: cython.double, low: cython.double, close: cython.double
) -> cython.double:
    if not _step_band(s, high, low, close):
        return NAN
    return (s.top - close) / (s.top - s.bottom) * -100.0 if s.top > s.bottom else -50.0


@cython.final
@cython.cclass
class WilliamsR:
    """Williams %R, -100 to 0."""

    _s: BandState

    def __cinit__(self, window: cython.Py_ssize_t = 14):
        _start_band(cython.address(self._s), window)

    def __dealloc__(self):
        free(self._s.high.block)
        free(self._s.low.block)

    def update(self, high: cython.double, low: cython.double, close: cython.double) -> cython.double:
        """Take the next bar; return %R, NaN until it is warm."""
        return _step_williams(cython.address(self._s), high, low, close)

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write %R."""
        i: cython.Py_ssize_t
        s: BandState = self._s
        with cython.nogil:
            for i in range(high.shape[0]):
                out[i] = _step_williams(cython.address(s), high[i], low[i], close[i])
        self._s = s


StochasticState = cython.struct(band=BandState, slow=RollingSum, mean=RollingSum, k=cython.double, d=cython.double)


@cython.cfunc
def _start_fine(s: cython.pointer[RollingSum], window: cython.Py_ssize_t) -> cython.int:
    # Percents have a known size, so their unit is chosen beforehand.
    start_sum(s, window)
    s.scale = FINE
    s.units = window * FINE
    s.bound = 101.0
    return 0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_stochastic(
    s: cython.pointer[StochasticState], high: cython.double, low: cython.double, close: cython.double
) -> cython.bint:
    b: cython.pointer[BandState] = cython.address(s.band)
    raw: cython.double
    if not _step_band(b, high, low, close):
        if b.high.seen == 0:
            add_to_sum(cython.address(s.slow), NAN)
            add_to_sum(cython.address(s.mean), NAN)
        return False
    raw = (close - b.bottom) / (b.top - b.bottom) * 100.0 if b.top > b.bottom else 50.0
    if not add_to_sum(cython.address(s.slow), raw):
        return False
    s.k = s.slow.sum / s.slow.units
    if not add_to_sum(cython.address(s.mean), s.k):
        return False
    s.d = s.mean.sum / s.mean.units
    return True


@cython.final
@cython.cclass
class Stochastic:
    """Stochastic oscillator: slow %K and %D, 0 to 100."""

    _s: StochasticState

    def __cinit__(self, window: cython.Py_ssize_t = 14, smooth: cython.Py_ssize_t = 3, signal: cython.Py_ssize_t = 3):
        _start_band(cython.address(self._s.band), window)
        _start_fine(cython.address(self._s.slow), checked("smooth", smooth, 1, SMOOTHEST))
        _start_fine(cython.address(self._s.mean), checked("signal", signal, 1, SMOOTHEST))

    def __dealloc__(self):
        free(self._s.band.high.block)
        free(self._s.band.low.block)
        free(self._s.slow.ring)
        free(self._s.mean.ring)

    def update(self, high: cython.double, low: cython.double, close: cython.double):
        """Take the next bar; return %K and %D, NaN until both are warm."""
        if not _step_stochastic(cython.address(self._s), high, low, close):
            return tuple.__new__(StochasticLines, (NAN, NAN))
        return tuple.__new__(StochasticLines, (self._s.k, self._s.d))

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        k: cython.double[::1],
        d: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write %K and %D."""
        i: cython.Py_ssize_t
        s: StochasticState = self._s
        with cython.nogil:
            for i in range(high.shape[0]):
                if _step_stochastic(cython.address(s), high[i], low[i], close[i]):
                    k[i] = s.k
                    d[i] = s.d
                else:
                    k[i] = d[i] = NAN
        self._s = s


CciState = cython.struct(window=cython.Py_ssize_t, seen=cython.Py_ssize_t, at=cython.Py_ssize_t, ring=cython.p_double)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_cci(
    s: cython.pointer[CciState], high: cython.double, low: cython.double, close: cython.double
) -> cython.double:
    typical: cython.double = (high + low + close) / 3.0
    ring: cython.p_double = s.ring
    n: cython.Py_ssize_t = s.window
    even: cython.Py_ssize_t = n - n % 4
    i: cython.Py_ssize_t
    # Four sums at once: each addition need not wait for the one before.
    a: cython.double = 0.0
    b: cython.double = 0.0
    c: cython.double = 0.0
    d: cython.double = 0.0
    mean: cython.double
    if typical - typical != 0.0:
        s.seen = s.at = 0
        return NAN
    ring[s.at] = typical
    s.at += 1
    if s.at == n:
        s.at = 0
    if s.seen < n:
        s.seen += 1
        if s.seen < n:
            return NAN
    for i in range(0, even, 4):
        a += ring[i]
        b += ring[i + 1]
        c += ring[i + 2]
        d += ring[i + 3]
    for i in range(even, n):
        a += ring[i]
    mean = (a + b + (c + d)) / n
    a = b = c = d = 0.0
    for i in range(0, even, 4):
        a += fabs(ring[i] - mean)
        b += fabs(ring[i + 1] - mean)
        c += fabs(ring[i + 2] - mean)
        d += fabs(ring[i + 3] - mean)
    for i in range(even, n):
        a += fabs(ring[i] - mean)
    a = (a + b + (c + d)) / n
    # Equal prices may differ from their mean by its rounding.
    return (typical - mean) / (0.015 * a) if a > 1e-14 * fabs(mean) else 0.0


@cython.final
@cython.cclass
class Cci:
    """Commodity channel index."""

    _s: CciState

    def __cinit__(self, window: cython.Py_ssize_t = 20):
        self._s.window = checked("window", window, 2, LONGEST)
        self._s.seen = self._s.at = 0
        self._s.ring = _doubles(window)

    def __dealloc__(self):
        free(self._s.ring)

    def update(self, high: cython.double, low: cython.double, close: cython.double) -> cython.double:
        """Take the next bar; return the index, NaN until it is warm."""
        return _step_cci(cython.address(self._s), high, low, close)

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write the index."""
        i: cython.Py_ssize_t
        s: CciState = self._s
        with cython.nogil:
            for i in range(high.shape[0]):
                out[i] = _step_cci(cython.address(s), high[i], low[i], close[i])
        self._s = s


MfiState = cython.struct(
    window=cython.Py_ssize_t, seen=cython.Py_ssize_t, at=cython.Py_ssize_t, typical=cython.double, up=Exact, down=Exact,
    ups=cython.Py_ssize_t, downs=cython.Py_ssize_t, ring=cython.p_double,
)  # fmt: skip


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _move_flow(s: cython.pointer[MfiState], flow: cython.double, way: cython.int) -> cython.void:
    """Add a flow to the window (way 1) or take it out (-1): positive ones rose, negative ones fell."""
    if flow > 0.0:
        add_exactly(cython.address(s.up), way * flow)
        s.ups += way
        if s.ups == 0:
            s.up.high = s.up.low = 0.0
    elif flow < 0.0:
        add_exactly(cython.address(s.down), -way * flow)
        s.downs += way
        if s.downs == 0:
            s.down.high = s.down.low = 0.0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_mfi(
    s: cython.pointer[MfiState], high: cython.double, low: cython.double, close: cython.double, volume: cython.double
) -> cython.double:
    typical: cython.double = (high + low + close) / 3.0
    flow: cython.double = typical * volume
    rose: cython.double
    whole: cython.double
    if flow - flow + (typical - typical) != 0.0:
        s.seen = s.at = s.ups = s.downs = 0
        s.up.high = s.up.low = s.down.high = s.down.low = 0.0
        return NAN
    if s.seen == 0:
        s.typical = typical
        s.seen = 1
        return NAN
    flow = flow if typical > s.typical else -flow if typical < s.typical else 0.0
    s.typical = typical
    if s.seen > s.window:
        _move_flow(s, s.ring[s.at], -1)
    else:
        s.seen += 1
    _move_flow(s, flow, 1)
    s.ring[s.at] = flow
    s.at += 1
    if s.at == s.window:
        s.at = 0
    if s.seen <= s.window:
        return NAN
    rose = s.up.high + s.up.low
    whole = rose + (s.down.high + s.down.low)
    return 100.0 * rose / whole if whole > 0.0 else 50.0


@cython.final
@cython.cclass
class Mfi:
    """Money flow index, 0 to 100."""

    _s: MfiState

    def __cinit__(self, window: cython.Py_ssize_t = 14):
        self._s.window = checked("window", window, 1, LONGEST)
        self._s.seen = self._s.at = self._s.ups = self._s.downs = 0
        self._s.up.high = self._s.up.low = self._s.down.high = self._s.down.low = 0.0
        self._s.ring = _doubles(window)

    def __dealloc__(self):
        free(self._s.ring)

    def update(
        self, high: cython.double, low: cython.double, close: cython.double, volume: cython.double
    ) -> cython.double:
        """Take the next bar; return the index, NaN until it is warm."""
        return _step_mfi(cython.address(self._s), high, low, close, volume)

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        volume: cython.const[cython.double][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write the index."""
        i: cython.Py_ssize_t
        s: MfiState = self._s
        with cython.nogil:
            for i in range(high.shape[0]):
                out[i] = _step_mfi(cython.address(s), high[i], low[i], close[i], volume[i])
        self._s = s


ObvState = cython.struct(started=cython.bint, before=cython.double, total=cython.double)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_obv(s: cython.pointer[ObvState], close: cython.double, volume: cython.double) -> cython.double:
    if close - close + (volume - volume) != 0.0:
        s.started = False
        return NAN
    if not s.started:
        s.started = True
        s.total = volume
    else:
        s.total += volume if close > s.before else -volume if close < s.before else 0.0
    s.before = close
    return s.total


@cython.final
@cython.cclass
class Obv:
    """On-balance volume, in units traded."""

    _s: ObvState

    def __cinit__(self):
        self._s.started = False

    def update(self, close: cython.double, volume: cython.double) -> cython.double:
        """Take the next bar; return the balance."""
        return _step_obv(cython.address(self._s), close, volume)

    def fill(
        self,
        close: cython.const[cython.double][::1],
        volume: cython.const[cython.double][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write the balance."""
        i: cython.Py_ssize_t
        s: ObvState = self._s
        with cython.nogil:
            for i in range(close.shape[0]):
                out[i] = _step_obv(cython.address(s), close[i], volume[i])
        self._s = s


VwapState = cython.struct(session=cython.longlong, started=cython.bint, paid=Exact, volume=Exact)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_vwap(
    s: cython.pointer[VwapState],
    high: cython.double,
    low: cython.double,
    close: cython.double,
    volume: cython.double,
    session: cython.longlong,
) -> cython.double:
    paid: cython.double = (high + low + close) / 3.0 * volume
    total: cython.double
    if paid - paid + (volume - volume) != 0.0:
        s.started = False
        return NAN
    if not s.started or session != s.session:
        s.started = True
        s.session = session
        s.paid.high = s.paid.low = s.volume.high = s.volume.low = 0.0
    add_exactly(cython.address(s.paid), paid)
    add_exactly(cython.address(s.volume), volume)
    total = s.volume.high + s.volume.low
    return (s.paid.high + s.paid.low) / total if total > 0.0 else NAN


@cython.final
@cython.cclass
class Vwap:
    """Volume-weighted average price since the session began."""

    _s: VwapState

    def __cinit__(self):
        self._s.started = False

    def update(
        self,
        high: cython.double,
        low: cython.double,
        close: cython.double,
        volume: cython.double,
        session: cython.longlong = 0,
    ) -> cython.double:
        """Take the next bar and the number of its session; return the price, NaN while nothing was traded."""
        return _step_vwap(cython.address(self._s), high, low, close, volume, session)

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        volume: cython.const[cython.double][::1],
        session: cython.const[cython.longlong][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next bars and the numbers of their sessions, (bars,); write the price."""
        i: cython.Py_ssize_t
        s: VwapState = self._s
        with cython.nogil:
            for i in range(high.shape[0]):
                out[i] = _step_vwap(cython.address(s), high[i], low[i], close[i], volume[i], session[i])
        self._s = s
