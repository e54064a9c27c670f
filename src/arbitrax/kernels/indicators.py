"""Rolling indicators.

Shapes: every series is (bars,), oldest first. Averages are exact: prices are rounded to int64 at a scale the run
states, rolling sums stay integers, and averages of different windows are compared as ``f * ws`` against
``s * wf`` in 128 bits. So a tie is a tie, whatever the order of the additions.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.steps import (
    WIDEST,
    RollingSum,
    add_to_sum,
    checked,
    compare_sums,
    refuse_too_large,
    start_sum,
    unit_scale,
)
from cython.cimports.libc.math import fabs, llrint
from cython.cimports.libc.stdlib import free

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()
LONGEST = 1_000_000
"""The longest window, in values."""


def average_unit(first: cython.double) -> float:
    """Return the units of a currency unit in which averages of prices that start with this one are computed."""
    return unit_scale(first)


@cython.final
@cython.cclass
class MovingAverageComparison:
    """Sign of the average of ``first`` prices less that of ``second``, exact: the steps of `cross_averages`."""

    _first: RollingSum
    _second: RollingSum

    def __cinit__(self, first: cython.Py_ssize_t, second: cython.Py_ssize_t):
        start_sum(cython.address(self._first), checked("first", first, 1, LONGEST))
        start_sum(cython.address(self._second), checked("second", second, 1, LONGEST))

    def __dealloc__(self):
        free(self._first.ring)
        free(self._second.ring)

    def update(self, price: cython.double) -> cython.int:
        """Take the next price; return -1, 0 or 1, 0 until both windows are full and where both averages are equal."""
        full: cython.bint
        longer: cython.pointer[RollingSum] = cython.address(self._first)
        shorter: cython.pointer[RollingSum] = cython.address(self._second)
        if longer.window < shorter.window:
            longer, shorter = shorter, longer
        if price - price != 0.0:
            raise ValueError(f"price = {price} is not finite; averages are compared of finite prices only.")
        full = add_to_sum(longer, price)
        refuse_too_large(longer)
        add_to_sum(shorter, price)
        if not full:
            return 0
        return compare_sums(self._first.sum, self._first.window, self._second.sum, self._second.window)


def cross_averages(
    price: cython.const[cython.double][::1],
    scale: cython.double,
    first_window: cython.longlong,
    second_window: cython.longlong,
    out: cython.schar[::1],
) -> int:
    """Write the sign of ``SMA(first_window) - SMA(second_window)``; 0 until both windows are full.

    Return 0, or 1 (and write nothing) when a sum of a window could leave int64. price: (bars,) float64. scale: units of
    the sums per currency unit. out: (bars,) int8, -1, 0 or 1.
    """
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t = price.shape[0]
    largest: cython.double = 0.0
    unit: cython.longlong
    first: cython.longlong = 0
    second: cython.longlong = 0
    longest: cython.longlong = first_window if first_window > second_window else second_window
    with cython.nogil:
        for i in range(n):
            if not (fabs(price[i]) <= largest):  # also taken by NaN
                largest = fabs(price[i])
                if largest - largest != 0.0:
                    break
    # One more than the window: a sum takes the new value before it drops the oldest.
    if not (largest < WIDEST / scale / (longest + 1)):
        return 1
    with cython.nogil:
        for i in range(n):
            unit = llrint(price[i] * scale)
            first += unit
            second += unit
            # Rounded again rather than kept: that costs less than the memory.
            if i >= first_window:
                first -= llrint(price[i - first_window] * scale)
            if i >= second_window:
                second -= llrint(price[i - second_window] * scale)
            if i < longest - 1:
                out[i] = 0
                continue
            out[i] = compare_sums(first, first_window, second, second_window)
    return 0
