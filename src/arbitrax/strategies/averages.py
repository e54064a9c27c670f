"""Exact comparison of moving averages, shared by every strategy that crosses them."""

import math
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import DataError
from arbitrax.kernels import indicators

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats


def average_scale(price: "Floats") -> float:
    """Return the units of a quote currency unit in which averages of these prices are computed.

    1e8, and finer for prices that start below 1, so that at least eight digits count. Only the first price decides:
    a longer history must not change what an earlier bar decided.
    """
    first = float(price[0]) if len(price) else 1.0
    if not 0 < first < 1:
        return 1e8
    return float(10 ** min(8 - math.floor(math.log10(first)), 22))


def compare_moving_averages(price: "Floats", first: int, second: int) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """Return the sign of SMA(first) - SMA(second) at each bar, 0 until both windows are full; exact ties are 0.

    price: (bars,) float64, quote currency.

    Raises:
        DataError: prices too large for exact sums of int64.
    """
    price = np.ascontiguousarray(price, dtype=np.float64)
    sign = np.empty(len(price), np.int8)
    scale = average_scale(price)
    if indicators.cross_averages(price, scale, first, second, sign):
        raise DataError(
            f"Prices up to {np.abs(price).max():g} are too large for exact averages of {max(first, second)} bars at "
            f"1/{scale:g} of a currency unit; use shorter windows, a later start or rescaled prices."
        )
    return sign
