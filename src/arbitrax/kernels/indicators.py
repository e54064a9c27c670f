"""Rolling indicators.

Shapes: every series is (bars,), oldest first. Averages are exact: prices are quantised once to int64 at a scale the
run states, rolling sums stay integers, and averages of different windows are compared as ``f * ws`` against
``s * wf`` in 128 bits. So a tie is a tie, whatever the order of the additions.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.libc.math import NAN, fabs, rint

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def quantise(
    x: cython.const[cython.double][::1], scale: cython.double, window: cython.Py_ssize_t, out: cython.longlong[::1]
) -> int:
    """Write ``rint(x * scale)``; return 0, or 1 when a rolling sum of ``window`` values could leave int64.

    x: (bars,) float64, quote currency. scale: units per currency unit. window: the longest that will be summed.
    out: (bars,) int64.
    """
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t = x.shape[0]
    largest: cython.double = 0.0
    with cython.nogil:
        for i in range(n):
            if not (fabs(x[i]) <= largest):  # also taken by NaN
                largest = fabs(x[i])
                if largest != largest:
                    break
    # One more than the window: a sum takes the new value before it drops the oldest.
    if not (largest * scale * (window + 1) < 9.2e18):
        return 1
    with cython.nogil:
        for i in range(n):
            out[i] = cython.cast(cython.longlong, rint(x[i] * scale))
    return 0


@cython.overflowcheck(False)  # products of two int64 fit into 128 bits
def cross_averages(
    units: cython.const[cython.longlong][::1],
    first_window: cython.longlong,
    second_window: cython.longlong,
    out: cython.schar[::1],
) -> None:
    """Write the sign of ``SMA(first_window) - SMA(second_window)``; 0 until both windows are full.

    units: (bars,) int64 quantised prices, whose sums `quantise` has checked. out: (bars,) int8, -1, 0 or 1.
    """
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t = units.shape[0]
    first: cython.longlong = 0
    second: cython.longlong = 0
    left: int128
    right: int128
    warm: cython.Py_ssize_t = (first_window if first_window > second_window else second_window) - 1
    with cython.nogil:
        for i in range(n):
            first += units[i]
            second += units[i]
            if i >= first_window:
                first -= units[i - first_window]
            if i >= second_window:
                second -= units[i - second_window]
            if i < warm:
                out[i] = 0
                continue
            left = cython.cast(int128, first) * second_window
            right = cython.cast(int128, second) * first_window
            out[i] = (left > right) - (left < right)


def rsi(close: cython.const[cython.double][::1], window: cython.Py_ssize_t, out: cython.double[::1]) -> None:
    """Write Wilder's relative strength index, 0 to 100; NaN for the first ``window`` bars.

    close, out: (bars,) float64. The first average is the plain mean of ``window`` changes, later ones are smoothed
    with 1 / window (Wilder, New Concepts in Technical Trading Systems, 1978). No change at all counts as 50.
    """
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t = close.shape[0]
    gain: cython.double = 0.0
    loss: cython.double = 0.0
    change: cython.double
    with cython.nogil:
        for i in range(n):
            if i == 0:
                out[i] = NAN
                continue
            change = close[i] - close[i - 1]
            if i <= window:
                if change > 0:
                    gain += change / window
                else:
                    loss -= change / window
                if i < window:
                    out[i] = NAN
                    continue
            else:
                gain = (gain * (window - 1) + (change if change > 0 else 0.0)) / window
                loss = (loss * (window - 1) + (-change if change < 0 else 0.0)) / window
            out[i] = 100.0 * gain / (gain + loss) if gain + loss > 0 else 50.0
