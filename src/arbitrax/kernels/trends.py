"""Ranges, channels and trends: each a state that takes one bar with `update` or arrays with `fill`, by the same steps.

Shapes: every series is (bars,) float64, oldest first. Results are NaN until an indicator is warm, and again after a bar
with a value that is not finite, which starts it anew.
"""

from typing import NamedTuple

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.price_steps import (
    Band,
    Range,
    band_block,
    band_room,
    block_of,
    finite_bars,
    free_band,
    settle_band,
    smooth_ranges,
    start_band,
    start_wilder,
    step_band,
    step_range,
)
from cython.cimports.arbitrax.kernels.steps import (
    ROOM,
    Smoothing,
    checked,
    settled,
    smooth,
    start_ema,
    step_smoothing,
)
from cython.cimports.libc.math import NAN, fabs
from cython.cimports.libc.stdlib import calloc, free

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()
LONGEST = 1_000_000
"""The longest window, in bars."""


class AdxLines(NamedTuple):
    """Average directional index and both directional indicators, 0 to 100: floats of one bar, or (bars,) arrays."""

    adx: object
    plus_di: object
    minus_di: object


class Channel(NamedTuple):
    """Upper, middle and lower line: floats of one bar, or (bars,) arrays."""

    upper: object
    middle: object
    lower: object


class SupertrendLines(NamedTuple):
    """The line, and 1 where it lies below the price, -1 above: floats of one bar, or (bars,) arrays."""

    line: object
    direction: object


class IchimokuLines(NamedTuple):
    """The lines of the cloud chart: floats of one bar, or (bars,) arrays."""

    conversion: object
    base: object
    span_a: object
    span_b: object
    lagged: object


@cython.cfunc
def _doubles(count: cython.Py_ssize_t) -> cython.p_double:
    made: cython.p_double = cython.cast(cython.p_double, calloc(count, cython.sizeof(cython.double)))
    if made is cython.NULL:
        raise MemoryError
    return made


@cython.cfunc
def _multiple(value: cython.double) -> cython.double:
    if not 0.0 <= value < 1e9:
        raise ValueError(f"multiple = {value:g} is not allowed; give a number of 0 or more.")
    return value


@cython.final
@cython.cclass
class Atr:
    """Average true range, in the unit of the prices."""

    _s: Range

    def __cinit__(self, window: cython.Py_ssize_t = 14):
        start_wilder(cython.address(self._s.average), checked("window", window, 1, LONGEST))
        self._s.started = False

    def update(self, high: cython.double, low: cython.double, close: cython.double) -> cython.double:
        """Take the next bar; return the range, NaN until it is warm."""
        return step_range(cython.address(self._s), high, low, close)

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write the range."""
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = high.shape[0]
        count: cython.Py_ssize_t
        s: cython.pointer[Range] = cython.address(self._s)
        room: cython.double[ROOM]
        with cython.nogil:
            while i < n:
                count = smooth_ranges(
                    s,
                    cython.address(high[0]),
                    cython.address(low[0]),
                    cython.address(close[0]),
                    i,
                    n,
                    room,
                    cython.address(out[i]),
                )
                i += count
                if count == 0:
                    out[i] = step_range(s, high[i], low[i], close[i])
                    i += 1


AdxState = cython.struct(
    window=cython.Py_ssize_t, seen=cython.Py_ssize_t, keep=cython.double, high=cython.double, low=cython.double,
    close=cython.double, plus=cython.double, minus=cython.double, range=cython.double, index=Smoothing,
    plus_di=cython.double, minus_di=cython.double, adx=cython.double,
)  # fmt: skip


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_adx(
    s: cython.pointer[AdxState], high: cython.double, low: cython.double, close: cython.double
) -> cython.void:
    rise: cython.double = high - s.high
    fall: cython.double = s.low - low
    widest: cython.double = high - low
    up: cython.double = fabs(high - s.close)
    down: cython.double = fabs(low - s.close)
    both: cython.double
    inverse: cython.double
    if high - high + (low - low) + (close - close) != 0.0:
        s.seen = s.index.seen = 0
        s.adx = s.plus_di = s.minus_di = NAN
        return
    s.high = high
    s.low = low
    s.close = close
    if s.seen == 0:
        s.seen = 1
        s.plus = s.minus = s.range = 0.0
        s.index.seen = 0
        s.adx = s.plus_di = s.minus_di = NAN
        return
    widest = up if up > widest else widest
    widest = down if down > widest else widest
    up = rise if rise > 0.0 and rise > fall else 0.0
    down = fall if fall > 0.0 and fall > rise else 0.0
    if s.seen < s.window:
        # Plain sums of one bar less than the window come first.
        s.seen += 1
        s.plus += up
        s.minus += down
        s.range += widest
        return
    s.plus = s.keep * s.plus + up
    s.minus = s.keep * s.minus + down
    s.range = s.keep * s.range + widest
    inverse = 100.0 / s.range if s.range > 0.0 else 0.0
    s.plus_di = s.plus * inverse
    s.minus_di = s.minus * inverse
    both = s.plus + s.minus
    if both > 0.0:
        s.adx = step_smoothing(cython.address(s.index), 100.0 * fabs(s.plus - s.minus) / both)
    elif s.index.seen < s.index.window:
        s.adx = step_smoothing(cython.address(s.index), 0.0)


@cython.final
@cython.cclass
class Adx:
    """Average directional index with both directional indicators."""

    _s: AdxState

    def __cinit__(self, window: cython.Py_ssize_t = 14):
        self._s.window = checked("window", window, 2, LONGEST)
        self._s.keep = 1.0 - 1.0 / window
        self._s.seen = 0
        start_wilder(cython.address(self._s.index), window)

    def update(self, high: cython.double, low: cython.double, close: cython.double):
        """Take the next bar; return the lines, each NaN until it is warm."""
        _step_adx(cython.address(self._s), high, low, close)
        return tuple.__new__(AdxLines, (self._s.adx, self._s.plus_di, self._s.minus_di))

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        adx: cython.double[::1],
        plus_di: cython.double[::1],
        minus_di: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write the lines."""
        i: cython.Py_ssize_t
        s: AdxState = self._s
        with cython.nogil:
            for i in range(high.shape[0]):
                _step_adx(cython.address(s), high[i], low[i], close[i])
                adx[i] = s.adx
                plus_di[i] = s.plus_di
                minus_di[i] = s.minus_di
        self._s = s


@cython.final
@cython.cclass
class Donchian:
    """Donchian channel: highest high, lowest low and their middle."""

    _s: Band

    def __cinit__(self, window: cython.Py_ssize_t = 20):
        start_band(cython.address(self._s), checked("window", window, 1, LONGEST))

    def __dealloc__(self):
        free_band(cython.address(self._s))

    def update(self, high: cython.double, low: cython.double):
        """Take the next bar; return the channel, NaN until it is warm."""
        step_band(cython.address(self._s), high, low)
        return tuple.__new__(Channel, (self._s.top, (self._s.top + self._s.bottom) / 2.0, self._s.bottom))

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        upper: cython.double[::1],
        middle: cython.double[::1],
        lower: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write the channel."""
        i: cython.Py_ssize_t = 0
        j: cython.Py_ssize_t
        n: cython.Py_ssize_t = high.shape[0]
        first: cython.Py_ssize_t = 0
        end: cython.Py_ssize_t = 0
        count: cython.Py_ssize_t
        s: Band = self._s
        room: cython.p_double = band_room(s.high.window)
        bottom: cython.p_double = room + block_of(s.high.window)
        with cython.nogil:
            while i < n:
                if i >= end:
                    end = finite_bars(cython.address(high[0]), cython.address(low[0]), s.high.window, i, n)
                count = band_block(
                    cython.address(s), cython.address(high[0]), cython.address(low[0]), first, i, end, room
                )
                for j in range(count):
                    upper[i + j] = room[j]
                    middle[i + j] = (room[j] + bottom[j]) / 2.0
                    lower[i + j] = bottom[j]
                i += count
                if i == n:
                    settle_band(cython.address(s), cython.address(high[0]), cython.address(low[0]), n)
                if count == 0:
                    step_band(cython.address(s), high[i], low[i])
                    upper[i] = s.top
                    middle[i] = (s.top + s.bottom) / 2.0
                    lower[i] = s.bottom
                    i += 1
                    first = first if s.high.seen > 0 else i
        self._s = s
        free(room)


KeltnerState = cython.struct(middle=Smoothing, range=Range, multiple=cython.double, reach=cython.double)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_keltner(
    s: cython.pointer[KeltnerState], high: cython.double, low: cython.double, close: cython.double
) -> cython.double:
    # Returns the middle, NaN until average and range are warm.
    reach: cython.double = step_range(cython.address(s.range), high, low, close)
    # What is not finite in a high or low starts the average anew too.
    middle: cython.double = step_smoothing(cython.address(s.middle), close if s.range.started else NAN)
    s.reach = s.multiple * reach
    return middle if reach == reach else NAN


@cython.final
@cython.cclass
class Keltner:
    """Keltner channel: an exponential average of closes, and multiples of the average true range around it."""

    _s: KeltnerState

    def __cinit__(
        self, window: cython.Py_ssize_t = 20, multiple: cython.double = 2.0, range_window: cython.Py_ssize_t = 10
    ):
        start_ema(cython.address(self._s.middle), checked("window", window, 1, LONGEST))
        start_wilder(cython.address(self._s.range.average), checked("range_window", range_window, 1, LONGEST))
        self._s.range.started = False
        self._s.multiple = _multiple(multiple)

    def update(self, high: cython.double, low: cython.double, close: cython.double):
        """Take the next bar; return the channel, NaN until it is warm."""
        middle: cython.double = _step_keltner(cython.address(self._s), high, low, close)
        return tuple.__new__(Channel, (middle + self._s.reach, middle, middle - self._s.reach))

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        upper: cython.double[::1],
        middle: cython.double[::1],
        lower: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write the channel."""
        i: cython.Py_ssize_t = 0
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = high.shape[0]
        count: cython.Py_ssize_t
        center: cython.double
        reach: cython.double
        s: cython.pointer[KeltnerState] = cython.address(self._s)
        ranges: cython.double[ROOM]
        reaches: cython.double[ROOM]
        centers: cython.double[ROOM]
        with cython.nogil:
            while i < n:
                count = 0
                if settled(cython.address(s.middle)):
                    count = smooth_ranges(
                        cython.address(s.range), cython.address(high[0]), cython.address(low[0]),
                        cython.address(close[0]), i, n, ranges, reaches + 4,
                    )  # fmt: skip
                if count > 0:
                    smooth(cython.address(s.middle), cython.address(close[i]), count, centers + 4)
                    for k in range(count):
                        reach = s.multiple * reaches[4 + k]
                        center = centers[4 + k]
                        upper[i + k] = center + reach
                        middle[i + k] = center
                        lower[i + k] = center - reach
                    i += count
                else:
                    center = _step_keltner(s, high[i], low[i], close[i])
                    upper[i] = center + s.reach
                    middle[i] = center
                    lower[i] = center - s.reach
                    i += 1


SarState = cython.struct(
    seen=cython.Py_ssize_t, rising=cython.bint, step=cython.double, most=cython.double, extremes=cython.Py_ssize_t,
    extreme=cython.double, next=cython.double, high=cython.double, low=cython.double,
)  # fmt: skip


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_sar(s: cython.pointer[SarState], high: cython.double, low: cython.double) -> cython.double:
    # A falling market is a rising one upside down: its highs are the negatives of its lows.
    sign: cython.double
    top: cython.double
    bottom: cython.double
    before: cython.double
    here: cython.double
    factor: cython.double
    rise: cython.double
    fall: cython.double
    if high - high + (low - low) != 0.0:
        s.seen = 0
        return NAN
    if s.seen == 0:
        s.seen = 1
        s.high = high
        s.low = low
        return NAN
    if s.seen == 1:
        s.seen = 2
        rise = high - s.high
        fall = s.low - low
        s.rising = not (fall > 0.0 and fall > rise)
        s.extreme = high if s.rising else -low
        s.next = s.low if s.rising else -s.high
        s.extremes = 1
        s.high = high
        s.low = low
    sign = 1.0 if s.rising else -1.0
    top = high if s.rising else -low
    bottom = low if s.rising else -high
    before = s.low if s.rising else -s.high
    here = s.next
    if bottom <= here:
        # Turned: the line jumps beyond the extreme, seen from the other side.
        s.rising = not s.rising
        here = -s.extreme
        before = -s.high if sign > 0.0 else s.low
        rise = -top  # the low of the mirrored market
        here = before if before < here else here
        here = rise if rise < here else here
        s.extremes = 1
        s.extreme = -bottom
        s.next = here + s.step * (s.extreme - here)
        s.next = before if before < s.next else s.next
        s.next = rise if rise < s.next else s.next
        sign = -sign
    else:
        # A new extreme is as likely as none: they are counted, so that no branch has to guess.
        s.extremes += top > s.extreme
        s.extreme = top if top > s.extreme else s.extreme
        factor = s.step * s.extremes
        factor = s.most if factor > s.most else factor
        s.next = here + factor * (s.extreme - here)
        before = before if before < bottom else bottom
        s.next = before if before < s.next else s.next
    s.high = high
    s.low = low
    return sign * here


@cython.final
@cython.cclass
class ParabolicSar:
    """Parabolic stop and reverse, a price."""

    _s: SarState

    def __cinit__(self, step: cython.double = 0.02, most: cython.double = 0.2):
        if not 0.0 <= step <= most <= 1.0:
            raise ValueError(f"step = {step:g} and most = {most:g} are not allowed; give 0 <= step <= most <= 1.")
        self._s.step = step
        self._s.most = most
        self._s.seen = 0

    def update(self, high: cython.double, low: cython.double) -> cython.double:
        """Take the next bar; return the stop, NaN for the first."""
        return _step_sar(cython.address(self._s), high, low)

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        out: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write the stop."""
        i: cython.Py_ssize_t = 0
        n: cython.Py_ssize_t = high.shape[0]
        sign: cython.double
        top: cython.double
        bottom: cython.double
        before: cython.double
        here: cython.double
        factor: cython.double
        extreme: cython.double
        extremes: cython.Py_ssize_t
        tops: cython.pointer[cython.const[cython.double]]
        bottoms: cython.pointer[cython.const[cython.double]]
        s: SarState = self._s
        step: cython.double = s.step
        most: cython.double = s.most
        with cython.nogil:
            while i < n:
                # What starts or turns the line is a step of its own; between turns it goes one way.
                out[i] = _step_sar(cython.address(s), high[i], low[i])
                i += 1
                if s.seen < 2 or i == n:
                    continue
                sign = 1.0 if s.rising else -1.0
                tops = cython.address(high[0]) if s.rising else cython.address(low[0])
                bottoms = cython.address(low[0]) if s.rising else cython.address(high[0])
                before = s.low if s.rising else -s.high
                here = s.next
                extremes = s.extremes
                extreme = s.extreme
                while i < n:
                    top = sign * tops[i]
                    bottom = sign * bottoms[i]
                    if not bottom > here or top - top + (bottom - bottom) != 0.0:
                        break
                    out[i] = sign * here
                    extremes += top > extreme
                    extreme = top if top > extreme else extreme
                    factor = step * extremes
                    factor = most if factor > most else factor
                    here = here + factor * (extreme - here)
                    before = before if before < bottom else bottom
                    here = before if before < here else here
                    before = bottom
                    i += 1
                s.next = here
                s.extremes = extremes
                s.extreme = extreme
                s.high = high[i - 1]
                s.low = low[i - 1]
        self._s = s


SupertrendState = cython.struct(
    range=Range, multiple=cython.double, warm=cython.bint, upper=cython.double, lower=cython.double,
    close=cython.double, direction=cython.double,
)  # fmt: skip


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_supertrend(
    s: cython.pointer[SupertrendState],
    high: cython.double,
    low: cython.double,
    close: cython.double,
    average: cython.double,
) -> cython.double:
    """Take a bar and the average true range at it."""
    reach: cython.double = average * s.multiple
    middle: cython.double = (high + low) / 2.0
    upper: cython.double = middle + reach
    lower: cython.double = middle - reach
    if reach != reach:
        s.warm = False
        s.direction = NAN
        return NAN
    if not s.warm:
        s.warm = True
        s.direction = 1.0
    else:
        # A band moves towards the price only, until a close passes it.
        if s.close > s.lower and s.lower > lower:
            lower = s.lower
        if s.close < s.upper and s.upper < upper:
            upper = s.upper
        if s.direction < 0.0 and close > s.upper:
            s.direction = 1.0
        elif s.direction > 0.0 and close < s.lower:
            s.direction = -1.0
    s.upper = upper
    s.lower = lower
    s.close = close
    return lower if s.direction > 0.0 else upper


@cython.final
@cython.cclass
class Supertrend:
    """Supertrend: a band of the average true range on the side the trend comes from."""

    _s: SupertrendState

    def __cinit__(self, window: cython.Py_ssize_t = 10, multiple: cython.double = 3.0):
        start_wilder(cython.address(self._s.range.average), checked("window", window, 1, LONGEST))
        self._s.range.started = self._s.warm = False
        self._s.multiple = _multiple(multiple)

    def update(self, high: cython.double, low: cython.double, close: cython.double):
        """Take the next bar; return line and direction, NaN until they are warm."""
        average: cython.double = step_range(cython.address(self._s.range), high, low, close)
        line: cython.double = _step_supertrend(cython.address(self._s), high, low, close, average)
        return tuple.__new__(SupertrendLines, (line, self._s.direction))

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        line: cython.double[::1],
        direction: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write line and direction."""
        i: cython.Py_ssize_t = 0
        k: cython.Py_ssize_t
        n: cython.Py_ssize_t = high.shape[0]
        count: cython.Py_ssize_t
        s: SupertrendState = self._s
        run: Range = self._s.range
        ranges: cython.double[ROOM]
        averages: cython.double[ROOM]
        with cython.nogil:
            while i < n:
                count = smooth_ranges(
                    cython.address(run), cython.address(high[0]), cython.address(low[0]), cython.address(close[0]),
                    i, n, ranges, averages + 4,
                )  # fmt: skip
                if count == 0:
                    averages[4] = step_range(cython.address(run), high[i], low[i], close[i])
                    count = 1
                for k in range(count):
                    line[i + k] = _step_supertrend(
                        cython.address(s), high[i + k], low[i + k], close[i + k], averages[4 + k]
                    )
                    direction[i + k] = s.direction
                i += count
        self._s = s
        self._s.range = run


IchimokuState = cython.struct(
    quick=Band, slow=Band, wide=Band, ahead=cython.Py_ssize_t, at=cython.Py_ssize_t,
    ring=cython.p_double, conversion=cython.double, base=cython.double, span_a=cython.double, span_b=cython.double,
    lagged=cython.double,
)  # fmt: skip


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _step_ichimoku(
    s: cython.pointer[IchimokuState], high: cython.double, low: cython.double, close: cython.double
) -> cython.void:
    i: cython.Py_ssize_t
    place: cython.p_double = s.ring + 3 * s.at
    middle: cython.double
    if close - close != 0.0:
        high = NAN
    step_band(cython.address(s.quick), high, low)
    step_band(cython.address(s.slow), high, low)
    step_band(cython.address(s.wide), high, low)
    s.conversion = (s.quick.top + s.quick.bottom) / 2.0
    s.base = (s.slow.top + s.slow.bottom) / 2.0
    middle = (s.wide.top + s.wide.bottom) / 2.0
    if s.wide.high.seen == 0:
        # Started anew: nothing of before is shown later.
        for i in range(3 * s.ahead):
            s.ring[i] = NAN
        s.span_a = s.span_b = s.lagged = NAN
        return
    s.span_a = place[0]
    s.span_b = place[1]
    s.lagged = place[2]
    place[0] = (s.conversion + s.base) / 2.0
    place[1] = middle
    place[2] = close
    s.at += 1
    if s.at == s.ahead:
        s.at = 0


@cython.final
@cython.cclass
class Ichimoku:
    """Ichimoku cloud: every line as it is known at its bar."""

    _s: IchimokuState

    def __cinit__(
        self,
        conversion: cython.Py_ssize_t = 9,
        base: cython.Py_ssize_t = 26,
        span: cython.Py_ssize_t = 52,
        displacement: cython.Py_ssize_t = 26,
    ):
        i: cython.Py_ssize_t
        start_band(cython.address(self._s.quick), checked("conversion", conversion, 1, LONGEST))
        start_band(cython.address(self._s.slow), checked("base", base, 1, LONGEST))
        start_band(cython.address(self._s.wide), checked("span", span, 1, LONGEST))
        self._s.ahead = checked("displacement", displacement, 1, LONGEST)
        self._s.at = 0
        self._s.ring = _doubles(3 * displacement)
        for i in range(3 * displacement):
            self._s.ring[i] = NAN

    def __dealloc__(self):
        free_band(cython.address(self._s.quick))
        free_band(cython.address(self._s.slow))
        free_band(cython.address(self._s.wide))
        free(self._s.ring)

    def update(self, high: cython.double, low: cython.double, close: cython.double):
        """Take the next bar; return the lines, each NaN until it is warm."""
        s: cython.pointer[IchimokuState] = cython.address(self._s)
        _step_ichimoku(s, high, low, close)
        return tuple.__new__(IchimokuLines, (s.conversion, s.base, s.span_a, s.span_b, s.lagged))

    def fill(
        self,
        high: cython.const[cython.double][::1],
        low: cython.const[cython.double][::1],
        close: cython.const[cython.double][::1],
        conversion: cython.double[::1],
        base: cython.double[::1],
        span_a: cython.double[::1],
        span_b: cython.double[::1],
        lagged: cython.double[::1],
    ) -> None:
        """Take the next bars, (bars,); write the lines."""
        i: cython.Py_ssize_t
        s: IchimokuState = self._s
        with cython.nogil:
            for i in range(high.shape[0]):
                _step_ichimoku(cython.address(s), high[i], low[i], close[i])
                conversion[i] = s.conversion
                base[i] = s.base
                span_a[i] = s.span_a
                span_b[i] = s.span_b
                lagged[i] = s.lagged
        self._s = s
