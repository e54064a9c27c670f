"""Moving averages over arrays. Sums are of integers, exact; those of prices agree with TA-Lib's to 1e-9."""

from typing import TYPE_CHECKING

from arbitrax.indicators.series import lines
from arbitrax.kernels import moving_averages as states

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from arbitrax.domain.bars import Floats


def sma(values: "ArrayLike", window: int) -> "Floats":
    """Return the simple moving average, (bars,): the mean of the last ``window`` values, NaN before there are any."""
    return lines(states.Sma, (window,), {"values": values}, 1)[0]


def wma(values: "ArrayLike", window: int) -> "Floats":
    """Return the linearly weighted moving average, (bars,): weights 1 (oldest) to ``window`` (newest)."""
    return lines(states.Wma, (window,), {"values": values}, 1)[0]


def ema(values: "ArrayLike", window: int) -> "Floats":
    """Return the exponential moving average, (bars,), of weight 2 / (window + 1).

    It starts at the mean of the first ``window`` values.
    """
    return lines(states.Ema, (window,), {"values": values}, 1)[0]


def dema(values: "ArrayLike", window: int) -> "Floats":
    """Return the double exponential moving average, (bars,): 2 EMA - EMA of EMA, from bar 2 (window - 1) on.

    Source: Patrick Mulloy, "Smoothing Data with Faster Moving Averages", Stocks & Commodities 12:1, 1994.
    """
    return lines(states.Dema, (window,), {"values": values}, 1)[0]


def tema(values: "ArrayLike", window: int) -> "Floats":
    """Return the triple exponential moving average, (bars,): 3 EMA - 3 EMA of EMA + EMA of that (Mulloy, 1994).

    It starts at bar 3 (window - 1).
    """
    return lines(states.Tema, (window,), {"values": values}, 1)[0]


def kama(values: "ArrayLike", window: int = 10, fast: int = 2, slow: int = 30) -> "Floats":
    """Return Kaufman's adaptive moving average, (bars,), from bar ``window`` on.

    The way made in ``window`` changes over the sum of their sizes, 0 to 1, moves the smoothing between that of an EMA
    of ``slow`` values and one of ``fast``, squared. Values that do not change count as 1.
    Source: Perry Kaufman, "Trading Systems and Methods".
    """
    return lines(states.Kama, (window, fast, slow), {"values": values}, 1)[0]
