"""What columns of bars tell in one pass: whether they are sound, how far apart, where sessions break.

Shapes: (bars,), oldest first. Times are int64 ns. Those who call say in words what is wrong; here it is yes or no.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

LARGEST = cython.declare(cython.double, 1.7976931348623157e308)


def in_order(
    timestamp: cython.const[cython.longlong][::1], first: cython.longlong, end: cython.longlong
) -> cython.bint:
    """Tell whether times rise strictly and lie in [first, end)."""
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t = timestamp.shape[0]
    bad: cython.longlong = 0
    if n == 0:
        return True
    with cython.nogil:
        for i in range(1, n):
            bad |= timestamp[i] <= timestamp[i - 1]
    return bad == 0 and timestamp[0] >= first and timestamp[n - 1] < end


def sound_prices(
    open_: cython.const[cython.double][::1],
    high: cython.const[cython.double][::1],
    low: cython.const[cython.double][::1],
    close: cython.const[cython.double][::1],
    volume: cython.const[cython.double][::1],
) -> cython.bint:
    """Tell whether all prices are finite and above zero, no high below its low, and volumes finite and from 0."""
    i: cython.Py_ssize_t
    good: cython.longlong = 1
    with cython.nogil:
        for i in range(open_.shape[0]):
            # One comparison each, no branches: NaN fails all, infinity is above the largest number.
            good &= (
                (open_[i] > 0.0)
                & (open_[i] <= LARGEST)
                & (low[i] > 0.0)
                & (high[i] >= low[i])
                & (high[i] <= LARGEST)
                & (close[i] > 0.0)
                & (close[i] <= LARGEST)
                & (volume[i] >= 0.0)
                & (volume[i] <= LARGEST)
            )
    return good == 1


def closed_within(
    open_: cython.const[cython.double][::1],
    high: cython.const[cython.double][::1],
    low: cython.const[cython.double][::1],
    close: cython.const[cython.double][::1],
    tolerance: cython.double,
) -> cython.bint:
    """Tell whether opens and closes lie in [low, high], up to a relative tolerance."""
    i: cython.Py_ssize_t
    good: cython.longlong = 1
    above: cython.double = 1.0 + tolerance
    below: cython.double = 1.0 - tolerance
    with cython.nogil:
        for i in range(open_.shape[0]):
            good &= (
                (open_[i] <= high[i] * above)
                & (open_[i] >= low[i] * below)
                & (close[i] <= high[i] * above)
                & (close[i] >= low[i] * below)
            )
    return good == 1


def count_steps(timestamp: cython.const[cython.longlong][::1], length: cython.longlong) -> cython.Py_ssize_t:
    """Return how many bars are followed by the next after exactly ``length``."""
    i: cython.Py_ssize_t
    count: cython.longlong = 0
    with cython.nogil:
        for i in range(1, timestamp.shape[0]):
            count += timestamp[i] - timestamp[i - 1] == length
    return count


def long_steps(
    timestamp: cython.const[cython.longlong][::1], least: cython.longlong, out: cython.longlong[::1]
) -> cython.Py_ssize_t:
    """Write the bars after which the next comes ``least`` or more later; return how many.

    out: (bars,) int64, of which what is returned is written.
    """
    i: cython.Py_ssize_t
    count: cython.Py_ssize_t = 0
    with cython.nogil:
        for i in range(1, timestamp.shape[0]):
            if timestamp[i] - timestamp[i - 1] >= least:
                out[count] = i - 1
                count += 1
    return count


@cython.cdivision(False)  # times before 1970 are negative
def day_ends(
    timestamp: cython.const[cython.longlong][::1],
    cut: cython.longlong,
    day: cython.longlong,
    out: cython.longlong[::1],
) -> cython.Py_ssize_t:
    """Write the last bar of each day that ends at ``cut``; return how many days have bars.

    timestamp: rising. cut: time of day, ns. day: its length, ns. out: (bars,) int64.
    """
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t = timestamp.shape[0]
    count: cython.Py_ssize_t = 0
    end: cython.longlong
    if n == 0:
        return 0
    with cython.nogil:
        end = ((timestamp[0] - cut) // day + 1) * day + cut
        for i in range(1, n):
            if timestamp[i] >= end:
                out[count] = i - 1
                count += 1
                end = ((timestamp[i] - cut) // day + 1) * day + cut
        out[count] = n - 1
    return count + 1
