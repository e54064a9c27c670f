"""Momentum and volume: each a state that takes one bar with `update` or arrays with `fill`, by the same steps.

Shapes: every series is (bars,) float64, oldest first. Results are NaN until an indicator is warm, and again after a bar
with a value that is not finite, which starts it anew.
"""

from typing import NamedTuple

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.price_steps import (
    Band,
    Exact,
    add_exactly,
    band_block,
    band_room,
    block_of,
    finite_bars,
    free_band,
    settle_band,
    start_band,
    step_band,
)
from cython.cimports.arbitrax.kernels.steps import (
    RollingSum,
    Smoothing,
    add_to_sum,
    checked,
    clear_sum,
    finite_block,
    finite_end,
    start_ema,
    start_sum,
    step_smoothing,
)
from cython.cimports.arbitrax.kernels.vector_loops import place_of, places
from cython.cimports.libc.math import NAN, fabs
from cython.cimports.libc.stdlib import calloc, free
from cython.cimports.libc.string import memcpy

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
def _move_rsi(s: cython.pointer[RsiState], x: cython.double) -> cython.double:
    """Take a finite value when warm."""
    change: cython.double = x - s.before
    gain: cython.double = change if change > 0.0 else 0.0
    s.before = x
    s.up = s.keep * s.up + s.share * gain
    s.down = s.keep * s.down + s.share * (gain - change)
    change = s.up + s.down
    return 100.0 * s.up / change if change > 0.0 else 50.0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_rsi(s: cython.pointer[RsiState], x: cython.double) -> cython.double:
    change: cython.double = x - s.before
    gain: cython.double = change if change > 0.0 else 0.0
    if x - x != 0.0:
        s.seen = 0
        return NAN
    if s.seen > s.window:
        return _move_rsi(s, x)
    s.before = x
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
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = value.shape[0]
        end: cython.Py_ssize_t
        s: RsiState = self._s
        with cython.nogil:
            while i < n:
                end = finite_block(cython.address(value[0]), i, n) if s.seen > s.window else i
                while i < end:
                    out[i] = _move_rsi(cython.address(s), value[i])
                    i += 1
                if i < n:
                    out[i] = _step_rsi(cython.address(s), value[i])
                    i += 1
        self._s = s


MacdState = cython.struct(
    fast=Smoothing, slow=Smoothing, signal=Smoothing, seen=cython.Py_ssize_t, late=cython.Py_ssize_t,
    line=cython.double, smooth=cython.double,
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
        return False
    slow = step_smoothing(cython.address(s.slow), x)
    if s.seen < s.late:
        s.seen += 1
        return False
    s.line = step_smoothing(cython.address(s.fast), x) - slow
    if s.slow.seen < s.slow.window:
        return False
    s.smooth = step_smoothing(cython.address(s.signal), s.line)
    return s.signal.seen >= s.signal.window


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
        # Three averages that each wait for themselves take the time of one.
        self._s.fast.by_one = self._s.slow.by_one = self._s.signal.by_one = True
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
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = value.shape[0]
        end: cython.Py_ssize_t
        s: MacdState = self._s
        fast: cython.double
        slow: cython.double
        smooth: cython.double
        line: cython.double
        with cython.nogil:
            while i < n:
                end = finite_block(cython.address(value[0]), i, n) if s.signal.seen >= s.signal.window else i
                # When warm all three move as `step_smoothing` moves them.
                fast = s.fast.value
                slow = s.slow.value
                smooth = s.signal.value
                while i < end:
                    slow = s.slow.left * slow + s.slow.weight * value[i]
                    fast = s.fast.left * fast + s.fast.weight * value[i]
                    line = fast - slow
                    smooth = s.signal.left * smooth + s.signal.weight * line
                    macd[i] = line
                    signal[i] = smooth
                    histogram[i] = line - smooth
                    i += 1
                s.fast.value = fast
                s.slow.value = slow
                s.signal.value = smooth
                if i < n:
                    if _step_macd(cython.address(s), value[i]):
                        macd[i] = s.line
                        signal[i] = s.smooth
                        histogram[i] = s.line - s.smooth
                    else:
                        macd[i] = signal[i] = histogram[i] = NAN
                    i += 1
        self._s = s


RocState = cython.struct(window=cython.Py_ssize_t, seen=cython.Py_ssize_t, at=cython.Py_ssize_t, ring=cython.p_double)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _change(x: cython.double, before: cython.double) -> cython.double:
    return (x / before - 1.0) * 100.0 if before != 0.0 else NAN


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
    return _change(x, before)


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
        i: cython.Py_ssize_t = 0
        j: cython.Py_ssize_t
        n: cython.Py_ssize_t = value.shape[0]
        end: cython.Py_ssize_t
        w: cython.Py_ssize_t = self._s.window
        behind: cython.bint = False
        x: cython.pointer[cython.const[cython.double]]
        s: cython.pointer[RocState] = cython.address(self._s)
        if n == 0:
            return
        x = cython.address(value[0])
        with cython.nogil:
            while i < n:
                # Once full, what lies a window back is at hand.
                end = finite_block(x, i, n) if i >= w and s.seen == w else i
                for j in range(i, end):
                    out[j] = _change(x[j], x[j - w])
                behind = behind or end > i
                i = end
                if behind and (i == n or x[i] - x[i] != 0.0):
                    s.at = 0
                    memcpy(s.ring, x + i - w, w * cython.sizeof(cython.double))
                    behind = False
                if i < n and not behind:
                    out[i] = _step_roc(s, x[i])
                    i += 1


@cython.final
@cython.cclass
class WilliamsR:
    """Williams %R, -100 to 0."""

    _s: Band

    def __cinit__(self, window: cython.Py_ssize_t = 14):
        start_band(cython.address(self._s), checked("window", window, 1, LONGEST))

    def __dealloc__(self):
        free_band(cython.address(self._s))

    def update(self, high: cython.double, low: cython.double, close: cython.double) -> cython.double:
        """Take the next bar; return %R, NaN until it is warm."""
        s: cython.pointer[Band] = cython.address(self._s)
        full: cython.bint = step_band(s, high if close - close == 0.0 else NAN, low)
        return place_of(s.top, s.bottom, close) if full else NAN

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write %R."""
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = high.shape[0]
        first: cython.Py_ssize_t = 0
        end: cython.Py_ssize_t = 0
        count: cython.Py_ssize_t
        full: cython.bint
        s: Band = self._s
        room: cython.p_double = band_room(s.high.window)
        bottom: cython.p_double = room + block_of(s.high.window)
        with cython.nogil:
            while i < n:
                if i >= end:
                    end = finite_bars(cython.address(high[0]), cython.address(low[0]), s.high.window, i, n)
                    end = finite_end(cython.address(close[0]), i, end)
                count = band_block(
                    cython.address(s), cython.address(high[0]), cython.address(low[0]), first, i, end, room
                )
                if count > 0:
                    places(room, bottom, cython.address(close[i]), count, cython.address(out[i]))
                i += count
                if i == n:
                    settle_band(cython.address(s), cython.address(high[0]), cython.address(low[0]), n)
                if count == 0:
                    full = step_band(cython.address(s), high[i] if i < end else NAN, low[i])
                    out[i] = place_of(s.top, s.bottom, close[i]) if full else NAN
                    i += 1
                    first = first if s.high.seen > 0 else i
        self._s = s
        free(room)


StochasticState = cython.struct(band=Band, slow=RollingSum, mean=RollingSum, k=cython.double, d=cython.double)


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
def _smooth(
    s: cython.pointer[StochasticState], top: cython.double, bottom: cython.double, close: cython.double
) -> cython.bint:
    """Take a bar whose band is warm; return whether both lines are."""
    raw: cython.double = (close - bottom) / (top - bottom) * 100.0 if top > bottom else 50.0
    if not add_to_sum(cython.address(s.slow), raw):
        return False
    s.k = s.slow.sum / s.slow.units
    if not add_to_sum(cython.address(s.mean), s.k):
        return False
    s.d = s.mean.sum / s.mean.units
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _step_stochastic(
    s: cython.pointer[StochasticState], high: cython.double, low: cython.double, close: cython.double
) -> cython.bint:
    if step_band(cython.address(s.band), high if close - close == 0.0 else NAN, low):
        return _smooth(s, s.band.top, s.band.bottom, close)
    if s.band.high.seen == 0:
        clear_sum(cython.address(s.slow))
        clear_sum(cython.address(s.mean))
    return False


@cython.final
@cython.cclass
class Stochastic:
    """Stochastic oscillator: slow %K and %D, 0 to 100."""

    _s: StochasticState

    def __cinit__(self, window: cython.Py_ssize_t = 14, smooth: cython.Py_ssize_t = 3, signal: cython.Py_ssize_t = 3):
        start_band(cython.address(self._s.band), checked("window", window, 1, LONGEST))
        _start_fine(cython.address(self._s.slow), checked("smooth", smooth, 1, SMOOTHEST))
        _start_fine(cython.address(self._s.mean), checked("signal", signal, 1, SMOOTHEST))

    def __dealloc__(self):
        free_band(cython.address(self._s.band))
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
        i: cython.Py_ssize_t = 0
        j: cython.Py_ssize_t
        n: cython.Py_ssize_t = high.shape[0]
        first: cython.Py_ssize_t = 0
        end: cython.Py_ssize_t = 0
        count: cython.Py_ssize_t
        warm: cython.bint
        s: StochasticState = self._s
        room: cython.p_double = band_room(s.band.high.window)
        bottom: cython.p_double = room + block_of(s.band.high.window)
        with cython.nogil:
            while i < n:
                if i >= end:
                    end = finite_bars(cython.address(high[0]), cython.address(low[0]), s.band.high.window, i, n)
                    end = finite_end(cython.address(close[0]), i, end)
                count = band_block(
                    cython.address(s.band), cython.address(high[0]), cython.address(low[0]), first, i, end, room
                )
                for j in range(count):
                    warm = _smooth(cython.address(s), room[j], bottom[j], close[i + j])
                    k[i + j] = s.k if warm else NAN
                    d[i + j] = s.d if warm else NAN
                i += count
                if i == n:
                    settle_band(cython.address(s.band), cython.address(high[0]), cython.address(low[0]), n)
                if count == 0:
                    warm = _step_stochastic(cython.address(s), high[i], low[i], close[i])
                    k[i] = s.k if warm else NAN
                    d[i] = s.d if warm else NAN
                    i += 1
                    first = first if s.band.high.seen > 0 else i
        self._s = s
        free(room)


CciState = cython.struct(
    window=cython.Py_ssize_t, seen=cython.Py_ssize_t, at=cython.Py_ssize_t, sum=Exact, ring=cython.p_double
)


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
        s.sum.high = s.sum.low = 0.0
        return NAN
    add_exactly(cython.address(s.sum), typical)
    if s.seen == n:
        add_exactly(cython.address(s.sum), -ring[s.at])
    else:
        s.seen += 1
    ring[s.at] = typical
    s.at += 1
    if s.at == n:
        s.at = 0
    if s.seen < n:
        return NAN
    mean = (s.sum.high + s.sum.low) / n
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
        self._s.sum.high = self._s.sum.low = 0.0
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


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _signed(close: cython.double, before: cython.double, volume: cython.double) -> cython.double:
    """Return the volume of a close that rose, its negative of one that fell, without a branch that nobody can guess."""
    return volume * ((close > before) - (close < before))


MfiState = cython.struct(
    window=cython.Py_ssize_t, seen=cython.Py_ssize_t, at=cython.Py_ssize_t, typical=cython.double, up=Exact, down=Exact,
    ups=cython.Py_ssize_t, downs=cython.Py_ssize_t, ring=cython.p_double,
)  # fmt: skip


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _move_mfi(
    s: cython.pointer[MfiState], typical: cython.double, flow: cython.double, old: cython.double
) -> cython.double:
    """Take a finite bar after another, while ``old`` leaves the window."""
    # Flows that rose are positive, those that fell negative; without branches, which nobody can guess.
    signed: cython.double = _signed(typical, s.typical, flow)
    rose: cython.double
    whole: cython.double
    s.typical = typical
    # (|x| + x) / 2 is x or 0, exactly.
    add_exactly(cython.address(s.up), 0.5 * (fabs(signed) + signed))
    add_exactly(cython.address(s.up), -0.5 * (fabs(old) + old))
    add_exactly(cython.address(s.down), 0.5 * (fabs(signed) - signed))
    add_exactly(cython.address(s.down), -0.5 * (fabs(old) - old))
    s.ups += (signed > 0.0) - (old > 0.0)
    s.downs += (signed < 0.0) - (old < 0.0)
    if s.ups == 0:
        s.up.high = s.up.low = 0.0
    if s.downs == 0:
        s.down.high = s.down.low = 0.0
    s.ring[s.at] = signed
    s.at += 1
    if s.at == s.window:
        s.at = 0
    rose = s.up.high + s.up.low
    whole = rose + (s.down.high + s.down.low)
    return 100.0 * rose / whole if whole > 0.0 else 50.0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _step_mfi(s: cython.pointer[MfiState], typical: cython.double, flow: cython.double) -> cython.double:
    index: cython.double
    if flow - flow + (typical - typical) != 0.0:
        s.seen = s.at = s.ups = s.downs = 0
        s.up.high = s.up.low = s.down.high = s.down.low = 0.0
        return NAN
    if s.seen == 0:
        s.typical = typical
        s.seen = 1
        return NAN
    index = _move_mfi(s, typical, flow, s.ring[s.at] if s.seen > s.window else 0.0)
    if s.seen <= s.window:
        s.seen += 1
    return index if s.seen > s.window else NAN


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
        typical: cython.double = (high + low + close) / 3.0
        return _step_mfi(cython.address(self._s), typical, typical * volume)

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        volume: cython.const[cython.double][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write the index."""
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = high.shape[0]
        typical: cython.double
        flow: cython.double
        s: MfiState = self._s
        run: MfiState
        with cython.nogil:
            while i < n:
                typical = (high[i] + low[i] + close[i]) / 3.0
                out[i] = _step_mfi(cython.address(s), typical, typical * volume[i])
                i += 1
                run = s
                while run.seen > run.window and i < n:
                    typical = (high[i] + low[i] + close[i]) / 3.0
                    flow = typical * volume[i]
                    if flow - flow + (typical - typical) != 0.0:
                        break
                    out[i] = _move_mfi(cython.address(run), typical, flow, run.ring[run.at])
                    i += 1
                s = run
        self._s = s


ObvState = cython.struct(started=cython.bint, before=cython.double, total=cython.double)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _step_obv(s: cython.pointer[ObvState], close: cython.double, volume: cython.double) -> cython.double:
    if close - close + (volume - volume) != 0.0:
        s.started = False
        return NAN
    s.total = s.total + _signed(close, s.before, volume) if s.started else volume
    s.started = True
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
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = close.shape[0]
        j: cython.Py_ssize_t
        end: cython.Py_ssize_t
        total: cython.double
        s: ObvState = self._s
        with cython.nogil:
            while i < n:
                out[i] = _step_obv(cython.address(s), close[i], volume[i])
                i += 1
                if not s.started or i == n:
                    continue
                end = finite_end(cython.address(volume[0]), i, finite_block(cython.address(close[0]), i, n))
                for j in range(i, end):
                    out[j] = _signed(close[j], close[j - 1], volume[j])
                total = s.total
                for j in range(i, end):
                    total += out[j]
                    out[j] = total
                i = end
                s.total = total
                s.before = close[end - 1]
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
