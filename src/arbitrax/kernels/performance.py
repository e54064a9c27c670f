"""Streaming statistics of an equity curve. Shapes: (bars,) float64, oldest first."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.libc.math import NAN
from cython.cimports.libc.stdlib import calloc, free

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def simple_returns(equity: cython.const[cython.double][::1], out: cython.double[::1]) -> None:
    """Write ``equity[t] / equity[t - 1] - 1``.

    equity: (n,), out: (n - 1,). A return from an equity of zero or less is NaN: it has no meaning.
    """
    t: cython.Py_ssize_t
    with cython.nogil:
        for t in range(1, equity.shape[0]):
            out[t - 1] = equity[t] / equity[t - 1] - 1.0 if equity[t - 1] > 0.0 else NAN


def moments(x: cython.const[cython.double][::1]) -> tuple:
    """Return (mean, sum of squared deviations, sum of squared negatives) in one pass (Welford 1962)."""
    i: cython.Py_ssize_t
    mean: cython.double = 0.0
    squares: cython.double = 0.0
    negative: cython.double = 0.0
    delta: cython.double
    with cython.nogil:
        for i in range(x.shape[0]):
            delta = x[i] - mean
            mean += delta / (i + 1)
            squares += delta * (x[i] - mean)
            if x[i] < 0.0:
                negative += x[i] * x[i]
    return mean, squares, negative


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
    """Return (deepest ``equity / running peak - 1``, longest time from a peak to its recovery or the end).

    time: (bars,) int64; the duration comes in its unit.
    """
    t: cython.Py_ssize_t
    peak: cython.double = equity[0]
    trough: cython.double = equity[0]
    peak_time: cython.longlong = time[0]
    deepest: cython.double = 0.0
    longest: cython.longlong = 0
    under: cython.bint = False
    with cython.nogil:
        for t in range(equity.shape[0]):
            if equity[t] >= peak:
                if under:
                    # Under water until this bar: the recovery belongs to the drawdown.
                    if time[t] - peak_time > longest:
                        longest = time[t] - peak_time
                    if trough / peak - 1.0 < deepest:
                        deepest = trough / peak - 1.0
                peak = trough = equity[t]
                peak_time = time[t]
                under = False
            else:
                under = True
                if equity[t] < trough:
                    trough = equity[t]
        if under:
            if time[time.shape[0] - 1] - peak_time > longest:
                longest = time[time.shape[0] - 1] - peak_time
            if trough / peak - 1.0 < deepest:
                deepest = trough / peak - 1.0
    return deepest, longest


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
