"""Streaming statistics of an equity curve. Shapes: (bars,) float64, oldest first."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.libc.math import NAN
from cython.cimports.libc.stdlib import calloc, free
from cython.cimports.libc.string import memmove

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def simple_returns(equity: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
    """Write ``equity[t] / equity[t - 1] - 1``.

    equity: (n,), out: (n - 1,). A return from an equity of zero or less is NaN: it has no meaning.
    """
    t: cython.Py_ssize_t
    with cython.nogil:
        for t in range(1, equity.shape[0]):
            out[t - 1] = equity[t] / equity[t - 1] - 1.0 if equity[t - 1] > 0.0 else NAN


def moments(x: cython.const[cython.double][::1], target: cython.double) -> tuple:
    """Return what one pass tells of returns: mean, central sums of powers 2, 3 and 4, and how they lie around a target.

    The central sums are updated by Pebay (2008), "Formulas for robust, one-pass parallel computation of covariances and
    arbitrary-order statistical moments". After them: the sum of squares of what is below the target, the sum of what is
    above it, the sum of what is below it (positive), and the sum of negative values (positive).
    """
    i: cython.Py_ssize_t
    n: cython.double
    mean: cython.double = 0.0
    second: cython.double = 0.0
    third: cython.double = 0.0
    fourth: cython.double = 0.0
    below_squared: cython.double = 0.0
    above: cython.double = 0.0
    below: cython.double = 0.0
    lost: cython.double = 0.0
    delta: cython.double
    step: cython.double
    product: cython.double
    excess: cython.double
    with cython.nogil:
        for i in range(x.shape[0]):
            n = i + 1.0
            delta = x[i] - mean
            step = delta / n
            product = delta * step * i
            mean += step
            fourth += product * step * step * (n * n - 3.0 * n + 3.0) + 6.0 * step * step * second - 4.0 * step * third
            third += product * step * (n - 2.0) - 3.0 * step * second
            second += product
            excess = x[i] - target
            if excess < 0.0:
                below -= excess
                below_squared += excess * excess
            else:
                above += excess
            if x[i] < 0.0:
                lost -= x[i]
    return mean, second, third, fourth, below_squared, above, below, lost


def comoments(x: cython.const[cython.double][::1], y: cython.const[cython.double][::1]) -> tuple:
    """Return (mean x, mean y, sum of squared deviations of x, sum of cross deviations), both of shape (n,)."""
    i: cython.Py_ssize_t
    mean_x: cython.double = 0.0
    mean_y: cython.double = 0.0
    squares: cython.double = 0.0
    cross: cython.double = 0.0
    delta: cython.double
    with cython.nogil:
        for i in range(x.shape[0]):
            delta = x[i] - mean_x
            mean_x += delta / (i + 1)
            mean_y += (y[i] - mean_y) / (i + 1)
            squares += delta * (x[i] - mean_x)
            cross += delta * (y[i] - mean_y)
    return mean_x, mean_y, squares, cross


def drawdown(equity: cython.const[cython.double][::1], time: cython.const[cython.longlong][::1]) -> tuple:
    """Return what one pass tells of drawdowns, each ``equity / running peak - 1``.

    The deepest, the longest time from a peak to its recovery or the end, the sum of their squares over all bars, and
    the number of bars below a peak. time: (bars,) int64; the duration comes in its unit.
    """
    t: cython.Py_ssize_t
    peak: cython.double = equity[0]
    trough: cython.double = equity[0]
    peak_time: cython.longlong = time[0]
    deepest: cython.double = 0.0
    longest: cython.longlong = 0
    squares: cython.double = 0.0  # of distances from the present peak
    all_squares: cython.double = 0.0
    since: cython.Py_ssize_t = -1  # the first bar below the present peak
    under: cython.Py_ssize_t = 0
    with cython.nogil:
        for t in range(equity.shape[0]):
            if equity[t] >= peak:
                if since >= 0:
                    # Under water until this bar: the recovery belongs to the drawdown.
                    if time[t] - peak_time > longest:
                        longest = time[t] - peak_time
                    if trough / peak - 1.0 < deepest:
                        deepest = trough / peak - 1.0
                    all_squares += squares / (peak * peak)
                    under += t - since
                    squares = 0.0
                    since = -1
                peak = trough = equity[t]
                peak_time = time[t]
            else:
                if since < 0:
                    since = t
                squares += (peak - equity[t]) * (peak - equity[t])
                if equity[t] < trough:
                    trough = equity[t]
        if since >= 0:
            if time[time.shape[0] - 1] - peak_time > longest:
                longest = time[time.shape[0] - 1] - peak_time
            if trough / peak - 1.0 < deepest:
                deepest = trough / peak - 1.0
            all_squares += squares / (peak * peak)
            under += equity.shape[0] - since
    return deepest, longest, all_squares, under


def leverage(exposure: cython.const[cython.double][::1], equity: cython.const[cython.double][::1]) -> tuple:
    """Return (bars with a position, sum and maximum of exposure / equity, sum of equity), both of shape (bars,).

    Bars on which nothing is left of the account count in the first and the last alone.
    """
    t: cython.Py_ssize_t
    held: cython.Py_ssize_t = 0
    total: cython.double = 0.0
    most: cython.double = 0.0
    whole: cython.double = 0.0
    ratio: cython.double
    with cython.nogil:
        for t in range(exposure.shape[0]):
            whole += equity[t]
            if exposure[t] > 0.0:
                held += 1
                if equity[t] > 0.0:
                    ratio = exposure[t] / equity[t]
                    total += ratio
                    if ratio > most:
                        most = ratio
    return held, total, most, whole


def rolling_quantile(
    x: cython.const[cython.double][::1], window: cython.Py_ssize_t, share: cython.double, out: cython.double[::1]
) -> None:
    """Write the ``share`` quantile of the ``window`` values before each one, linear between order statistics.

    x: (n,) finite. out: (n - window,), the first for x[window].
    """
    i: cython.Py_ssize_t
    low: cython.Py_ssize_t
    high: cython.Py_ssize_t
    middle: cython.Py_ssize_t
    place: cython.double = (window - 1) * share
    below: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, place)
    above: cython.Py_ssize_t = below + 1 if below + 1 < window else below
    ordered: cython.p_double = cython.cast(cython.p_double, calloc(window, cython.sizeof(cython.double)))
    held: cython.Py_ssize_t = 0
    if ordered == cython.NULL:
        raise MemoryError
    with cython.nogil:
        for i in range(x.shape[0]):
            if held == window:
                out[i - window] = ordered[below] + (ordered[above] - ordered[below]) * (place - below)
                low = 0
                high = held - 1
                while low < high:  # where the oldest stands
                    middle = (low + high) // 2
                    if ordered[middle] < x[i - window]:
                        low = middle + 1
                    else:
                        high = middle
                held -= 1
                memmove(ordered + low, ordered + low + 1, (held - low) * cython.sizeof(cython.double))
            low = 0
            high = held
            while low < high:
                middle = (low + high) // 2
                if ordered[middle] < x[i]:
                    low = middle + 1
                else:
                    high = middle
            memmove(ordered + low + 1, ordered + low, (held - low) * cython.sizeof(cython.double))
            ordered[low] = x[i]
            held += 1
    free(ordered)


def hold_equally(close: cython.const[cython.double][:, ::1], out: cython.double[::1]) -> None:
    """Write the value of 1 held in all symbols in equal shares, each from its first close; before it, in cash.

    close: (bars, symbols), NaN without a bar, which keeps the last close. out: (bars,).
    """
    t: cython.Py_ssize_t
    s: cython.Py_ssize_t
    symbols: cython.Py_ssize_t = close.shape[1]
    units: cython.p_double = cython.cast(cython.p_double, calloc(symbols, cython.sizeof(cython.double)))
    last: cython.p_double = cython.cast(cython.p_double, calloc(symbols, cython.sizeof(cython.double)))
    cash: cython.double = 1.0
    value: cython.double
    if units == cython.NULL or last == cython.NULL:
        free(units)
        free(last)
        raise MemoryError
    with cython.nogil:
        for t in range(close.shape[0]):
            value = 0.0
            for s in range(symbols):
                if close[t, s] == close[t, s]:
                    last[s] = close[t, s]
                    if units[s] == 0.0:
                        units[s] = 1.0 / symbols / last[s]
                        cash -= 1.0 / symbols
                value += units[s] * last[s]
            out[t] = value + cash
    free(units)
    free(last)
