"""Statistics of every symbol of a market at the rows that decide.

Shapes: prices are (bars, symbols), oldest first, NaN where a symbol has no bar; results (rows, symbols).
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.libc.math import NAN, sqrt

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def return_deviations(
    close: cython.const[cython.double][:, ::1],
    rows: cython.const[cython.longlong][::1],
    window: cython.Py_ssize_t,
    least: cython.Py_ssize_t,
    work: cython.double[:, ::1],
    out: cython.double[:, ::1],
) -> None:
    """Write the sample deviation (N - 1) of each symbol's returns from bar to bar, both in the last window + 1 rows.

    close: (bars, symbols) float64. rows: (rows,) int64, each below bars. least: returns below which the result is NaN,
    at least 2; it also is where a window starts before the data. work: (window + 4, block) float64, overwritten; a
    block of symbols is done at a time, and its returns are kept there. out: (rows, symbols) float64.
    """
    n: cython.Py_ssize_t
    i: cython.Py_ssize_t
    s: cython.Py_ssize_t
    first: cython.Py_ssize_t
    row: cython.Py_ssize_t
    size: cython.Py_ssize_t
    symbols: cython.Py_ssize_t = close.shape[1]
    block: cython.Py_ssize_t = work.shape[1]
    # State of each symbol of the block, after its returns.
    last: cython.Py_ssize_t = window
    count: cython.Py_ssize_t = window + 1
    mean: cython.Py_ssize_t = window + 2
    squares: cython.Py_ssize_t = window + 3
    now: cython.double
    change: cython.double
    with cython.nogil:
        for n in range(rows.shape[0]):
            row = rows[n]
            if row < window:
                for s in range(symbols):
                    out[n, s] = NAN
                continue
            first = 0
            while first < symbols:
                size = block if block < symbols - first else symbols - first
                for s in range(size):
                    work[last, s] = close[row - window, first + s]
                    work[count, s] = 0.0
                    work[mean, s] = 0.0
                    work[squares, s] = 0.0
                for i in range(window):
                    for s in range(size):
                        now = close[row - window + 1 + i, first + s]
                        change = now / work[last, s] - 1.0
                        work[i, s] = change
                        # NaN is not equal to itself: without a price on either side there is no return.
                        work[count, s] += 1.0 if change == change else 0.0
                        work[mean, s] += change if change == change else 0.0
                        work[last, s] = now if now == now else work[last, s]
                for s in range(size):
                    work[mean, s] = work[mean, s] / work[count, s] if work[count, s] > 0.0 else 0.0
                for i in range(window):
                    for s in range(size):
                        change = work[i, s] - work[mean, s]
                        work[squares, s] += change * change if change == change else 0.0
                for s in range(size):
                    if work[count, s] >= least:
                        out[n, first + s] = sqrt(work[squares, s] / (work[count, s] - 1.0))
                    else:
                        out[n, first + s] = NAN
                first += block
