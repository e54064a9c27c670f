"""Exact comparison of moving averages, shared by every strategy that crosses them.

The form over an array and the one that takes a price at a time round prices to the same units and compare the sums of
both windows by the same function, ``first * second_window`` against ``second * first_window`` in 128 bits. So a tie is
a tie in both, whatever came before.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import DataError
from arbitrax.indicators.series import made, series
from arbitrax.kernels import indicators
from arbitrax.kernels.indicators import MovingAverageComparison

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from arbitrax.domain.bars import Floats

__all__ = ["MovingAverageComparison", "average_scale", "compare_moving_averages"]


def average_scale(price: "Floats") -> float:
    """Return the units of a quote currency unit in which averages of these prices are computed.

    1e8, finer for prices that start below 1, so that at least ten digits count, and coarser for those that start above
    1e8. Only the first that is not 0 decides: a longer history must not change what an earlier bar decided.
    """
    first = price[:1] if len(price) and price[0] else price[np.flatnonzero(price)[:1]]
    return indicators.average_unit(float(first[0]) if len(first) else 1.0)


def compare_moving_averages(price: "ArrayLike", first: int, second: int) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """Return the sign of SMA(first) - SMA(second) at each bar, 0 until both windows are full; exact ties are 0.

    price: (bars,) float64, quote currency. `MovingAverageComparison(first, second).update(price)` is the same for one
    price at a time.

    Raises:
        InputError: a window that is no whole number of 1 or more, or prices that are no series.
        DataError: prices that are not finite, or too large for exact sums of int64.
    """
    prices = series(price, "price")
    made(MovingAverageComparison, (first, second), "compare_moving_averages")
    sign = np.empty(len(prices), np.int8)
    scale = average_scale(prices)
    if indicators.cross_averages(prices, scale, first, second, sign):
        broken = np.flatnonzero(~np.isfinite(prices))
        if len(broken):
            raise DataError(f"price[{broken[0]}] is {prices[broken[0]]}; averages are compared of finite prices only.")
        raise DataError(
            f"Prices up to {np.abs(prices).max():g} are too large for exact averages of {max(first, second)} bars at "
            f"1/{scale:g} of a currency unit; use shorter windows, a later start or rescaled prices."
        )
    return sign
