"""Prices weighed by what was traded at them."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import InputError
from arbitrax.indicators.series import lines, series
from arbitrax.kernels import oscillators as states

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from arbitrax.domain.bars import Floats


def mfi(high: "ArrayLike", low: "ArrayLike", close: "ArrayLike", volume: "ArrayLike", window: int = 14) -> "Floats":
    """Return the money flow index, (bars,), 0 to 100, from bar ``window`` on.

    Formula: 100 * up / (up + down), sums over the last ``window`` bars of typical price x volume, where the typical
    price (high + low + close) / 3 rose and fell. 50 where no money flowed either way (TA-Lib says 0, also for flows
    below 1). What leaves the window leaves nothing behind: sums keep what rounding takes (Knuth's two-sum).
    Source: Gene Quong and Avrum Soudack, "Volume-Weighted RSI: Money Flow", Stocks & Commodities 7:3, 1989.

    Raises:
        InputError: a window out of bounds, series that are none or differ in length.
    """
    given = {"high": high, "low": low, "close": close, "volume": volume}
    return lines(states.Mfi, (window,), given, 1)[0]


def obv(close: "ArrayLike", volume: "ArrayLike") -> "Floats":
    """Return the on-balance volume, (bars,), units traded, from the first bar on.

    Formula: the first bar's volume, then plus the volume of each bar that closed higher, minus that of each that closed
    lower. Its level means nothing, as it depends on where it starts.
    Source: Joseph Granville, "New Key to Stock Market Profits", 1963.

    Raises:
        InputError: series that are none or differ in length.
    """
    return lines(states.Obv, (), {"close": close, "volume": volume}, 1)[0]


def vwap(
    high: "ArrayLike", low: "ArrayLike", close: "ArrayLike", volume: "ArrayLike", session: "ArrayLike | None" = None
) -> "Floats":
    """Return the volume-weighted average price since the anchor, (bars,), in the unit of the prices.

    Formula: sum(t * volume) / sum(volume) from the first bar of the session to the present one, t = (high + low +
    close) / 3. ``session``: (bars,) whole numbers, one a session, such as ``bars.timestamp // 86_400_000_000_000`` for
    days in UTC; None anchors at the first bar. NaN while nothing was traded since.
    Source: Berkowitz, Logue and Noser, "The Total Cost of Transactions on the NYSE", Journal of Finance 43(1), 1988.

    Raises:
        InputError: series that are none or differ in length, or sessions that are no whole numbers.
    """
    given = {
        name: series(values, name)
        for name, values in (("high", high), ("low", low), ("close", close), ("volume", volume))
    }
    numbers = np.zeros(len(given["close"]), np.int64) if session is None else np.asarray(session)
    if numbers.dtype.kind not in "iub" or numbers.ndim != 1:
        raise InputError(f"session is {numbers.dtype} of shape {numbers.shape}; give one whole number a bar.")
    lengths = {name: len(array) for name, array in given.items()} | {"session": len(numbers)}
    if len(set(lengths.values())) > 1:
        words = " and ".join(f"{name} has {count}" for name, count in lengths.items())
        raise InputError(f"Vwap: {words} values; give series of the same length.")
    out = np.empty(len(numbers))
    ids = np.ascontiguousarray(numbers, dtype=np.int64)
    states.Vwap().fill(given["high"], given["low"], given["close"], given["volume"], ids, out)
    return out
