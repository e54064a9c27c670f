"""Exact comparison of moving averages, shared by every strategy that crosses them."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import DataError
from arbitrax.kernels import indicators

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats

SCALE = 1e8
"""Units of a quote currency unit in which averages are computed, stated in every run."""


def compare_moving_averages(price: "Floats", first: int, second: int) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """Return the sign of SMA(first) - SMA(second) at each bar, 0 until both windows are full; exact ties are 0.

    price: (bars,) float64, quote currency.

    Raises:
        DataError: prices too large for exact sums of int64.
    """
    price = np.ascontiguousarray(price, dtype=np.float64)
    units = np.empty(len(price), np.int64)
    if indicators.quantise(price, SCALE, units):
        raise DataError(
            f"Prices up to {np.abs(price).max():g} over {len(price)} bars are too large for exact averages at "
            f"1/{SCALE:g} of a currency unit; use a shorter range or rescale the prices."
        )
    sums = np.empty((2, len(price)), np.int64)
    indicators.rolling_sum(units, first, sums[0])
    indicators.rolling_sum(units, second, sums[1])
    sign = np.empty(len(price), np.int8)
    indicators.compare_averages(sums[0], first, sums[1], second, sign)
    return sign
