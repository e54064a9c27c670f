"""Returns and volatilities of a whole market at the rows that decide.

A market's symbols do not all trade in each row: one is halted, another has other holidays. The price of a symbol at a
row is its last close at or before it, if that is at most `MAX_AGE` rows old; else it has none and the result is NaN.
"""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import InputError
from arbitrax.kernels.cross_section import return_deviations

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats, Int64s

MAX_AGE = 5
"""Rows: one week of sessions."""
BLOCK = 64
"""Symbols whose returns are worked on at a time, in cache."""


def returns_over(close: "Floats", lookback: int, skip: int, rows: "Int64s", *, max_age: int = MAX_AGE) -> "Floats":
    """Return ``close[t - skip] / close[t - lookback] - 1`` at each row t of ``rows``, shape (decisions, symbols).

    close: (bars, symbols) float64, NaN without a bar. lookback, skip: rows of the common time axis. max_age: rows a
    price may be old, as the module says. NaN where t - lookback is before the data, where either price is missing,
    and where the symbol has no price at t: it no longer trades.

    Source: with 252 and 21 rows, the 12-1 momentum of Jegadeesh and Titman, "Returns to Buying Winners and Selling
    Losers", Journal of Finance 48(1), 1993.

    Raises:
        InputError: a lookback that is not longer than the skip, or rows outside the data.
    """
    if not 0 <= skip < lookback:
        raise InputError(f"A return over {lookback} bars that skips {skip}: use 0 <= skip < lookback.")
    rows = _within(rows, len(close))
    result = np.full((len(rows), close.shape[1]), np.nan)
    enough = rows >= lookback
    at = rows[enough]
    if not len(at):
        return result
    value = _last_price(close, at - skip, max_age)
    value /= _last_price(close, at - lookback, max_age)
    value -= 1.0
    if skip:
        value[np.isnan(_last_price(close, at, max_age))] = np.nan
    result[enough] = value
    return result


def volatility_over(close: "Floats", window: int, rows: "Int64s", *, periods: float = 252) -> "Floats":
    """Return the yearly volatility of each symbol over the ``window`` returns up to each row, (decisions, symbols).

    close: (bars, symbols) float64, NaN without a bar. A return goes from a symbol's bar to its next, both among the
    ``window + 1`` rows that end at t. The sample deviation (N - 1) of its N returns times ``sqrt(periods)``; NaN
    where N is below two or below half the window, and where the window begins before the data.

    Raises:
        InputError: a window below 2, or rows outside the data.
    """
    if window < 2:
        raise InputError(f"A volatility needs at least 2 returns, and the window is {window}.")
    rows = _within(rows, len(close))
    close = np.ascontiguousarray(close, dtype=np.float64)
    result = np.empty((len(rows), close.shape[1]))
    work = np.empty((window + 4, BLOCK))
    return_deviations(close, rows, window, max(2, -(-window // 2)), work, result)
    result *= np.sqrt(periods)
    return result


def _within(rows: "Int64s", bars: int) -> "Int64s":
    """Return rows as int64; refuse those outside the data."""
    rows = np.asarray(rows, dtype=np.int64)
    if len(rows) and (rows.min() < 0 or rows.max() >= bars):
        raise InputError(f"Rows {rows.min()} to {rows.max()} are asked for, and the data has rows 0 to {bars - 1}.")
    return rows


def _last_price(close: "Floats", rows: "Int64s", max_age: int) -> "Floats":
    """Return the last close at or before each row, at most ``max_age`` rows old, (rows, symbols)."""
    price = close[rows]
    missing = np.isnan(price)
    for age in range(1, max_age + 1):
        some = missing.any(axis=1) & (rows >= age)
        if not some.any():
            break
        # Row by row, so that only what is missing is touched.
        for number in np.flatnonzero(some):
            holes = np.flatnonzero(missing[number])
            found = close[rows[number] - age, holes]
            price[number, holes] = found
            missing[number, holes] = np.isnan(found)
    return price
