"""How much of it: quantities and weights from equity, price, volatility and edge.

Every function takes numbers, for one decision in ``on_bar``, or arrays of one shape, such as (bars,), and returns
alike. Values at bar t come from bar t and earlier ones only.

A **quantity** is in units of the instrument and has the sign of what it is computed from; where it is undefined (no
price, no equity) it is 0, which orders nothing. A **weight** is a share of equity; where it is undefined (a window not
full, no deviation) it is NaN, which keeps the last target.
"""

import math
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats

Number = TypeVar("Number", float, "Floats")


def fixed_quantity(quantity: float, price: Number) -> Number:
    """Return ``quantity`` wherever there is a price."""
    prices = np.asarray(price, dtype=np.float64)
    return _like(np.where((prices > 0) & np.isfinite(prices), quantity, 0.0), price)


def fixed_value(value: float, price: Number) -> Number:
    """Return ``value / price``: the units that ``value`` of quote currency buys, before costs."""
    return _quantity(value, price)


def percent_of_equity(percent: float, equity: "float | Floats", price: Number) -> Number:
    """Return ``percent / 100 * equity / price``; 0 without equity.

    Raises:
        InputError: a percentage that is no finite number.
    """
    if not math.isfinite(percent):
        raise InputError(f"A position of {percent} percent of equity has no size; use a number, such as 10.")
    return _quantity(percent / 100 * np.maximum(equity, 0.0), price)


def risk_per_trade(
    equity: "float | Floats",
    risk: float,
    entry: Number,
    stop: "float | Floats",
    *,
    max_leverage: float = math.inf,
) -> Number:
    """Return the units of which a stop loses the share ``risk`` of equity: ``equity * risk / |entry - stop|``.

    Never negative: whether it is long or short is the order's business. At most ``max_leverage * equity / entry``, as
    a stop close to the entry asks for any number of units. 0 where entry and stop are equal, or equity is gone. A gap
    through the stop and costs lose more than that.

    Raises:
        InputError: a risk not above 0 or above 1.
    """
    if not 0 < risk <= 1:
        raise InputError(f"A trade cannot risk {risk} of equity; use a share above 0 and up to 1, such as 0.01.")
    usable = np.maximum(equity, 0.0)
    units = _quantity(usable * risk, np.abs(np.subtract(entry, stop)))
    if max_leverage < math.inf:
        units = np.minimum(units, _quantity(usable * max_leverage, entry))
    return _like(np.where(np.greater(entry, 0), units, 0.0), entry)


def whole_lots(quantity: Number, lot: float = 1.0) -> Number:
    """Return the quantity rounded towards 0 to a multiple of ``lot``.

    Quotients within 1e-9 below a whole number count as that number: 0.3 is three lots of 0.1.

    Raises:
        InputError: a lot of 0 or less.
    """
    if not lot > 0:
        raise InputError(f"A lot of {lot} units cannot be traded; use more than 0.")
    lots = np.asarray(quantity, dtype=np.float64) / lot
    nearest = np.rint(lots)
    whole = np.where(np.abs(lots - nearest) <= 1e-9 * np.maximum(1.0, np.abs(nearest)), nearest, np.trunc(lots))
    return _like(whole * lot, quantity)


def rolling_volatility(close: "Floats", window: int, *, periods: float = 252) -> "Floats":
    """Return the yearly volatility of the last ``window`` returns at each bar; NaN until there are as many.

    close: (bars,) or (bars, symbols) float64. The sample deviation (N - 1) of simple returns times ``sqrt(periods)``,
    the bars a year. A NaN close makes each window it touches NaN: size on a symbol's own bars.

    Raises:
        InputError: a window below 2.
    """
    close = np.asarray(close, dtype=np.float64)
    result = np.full(close.shape, np.nan)
    if len(close) > 1:
        result[1:] = np.sqrt(_moments(close[1:] / close[:-1] - 1.0, window)[1] * periods)
    elif window < 2:
        _refuse_window(window)
    return result


def volatility_target(volatility: Number, target: float, *, max_leverage: float = 1.0) -> Number:
    """Return the weight ``min(target / volatility, max_leverage)``; NaN where volatility is NaN or 0.

    Both yearly: ``volatility_target(rolling_volatility(close, 20), 0.10)`` aims at 10% a year. A volatility of 0 tells
    of a price that stood still, and not of an asset without risk.

    Source: Moreira and Muir, "Volatility-Managed Portfolios", Journal of Finance 72(4), 2017, with the deviation in
    place of the variance.

    Raises:
        InputError: a target or leverage of 0 or less.
    """
    if not (target > 0 and max_leverage > 0):
        raise InputError(f"A target of {target} with leverage up to {max_leverage}: use more than 0 for both.")
    given = np.asarray(volatility, dtype=np.float64)
    weight = np.divide(target, given, out=np.full(given.shape, np.nan), where=given > 0)
    return _like(np.minimum(weight, max_leverage), volatility)


def kelly_fraction(
    mean: Number, variance: "float | Floats", *, fraction: float = 0.5, cap: float = 1.0, short: bool = False
) -> Number:
    """Return the weight ``fraction * mean / variance`` within 0 (with ``short`` -cap) and ``cap``; NaN at variance 0.

    mean, variance: of returns per bar or per trade, in excess of what cash earns; the quotient needs no years. It
    maximises the expected logarithm of wealth for small returns. A whole Kelly (``fraction`` 1) of an estimated mean
    bets too much, so half is the default.

    Source: Kelly, "A New Interpretation of Information Rate", Bell System Technical Journal 35(4), 1956; Thorp, "The
    Kelly Criterion in Blackjack, Sports Betting, and the Stock Market", Handbook of Asset and Liability Management,
    2006, section 7.

    Raises:
        InputError: a fraction or cap of 0 or less.
    """
    if not (fraction > 0 and cap > 0):
        raise InputError(f"A Kelly fraction of {fraction} capped at {cap}: use more than 0 for both.")
    edge, spread = np.broadcast_arrays(np.multiply(mean, fraction, dtype=np.float64), variance)
    weight = np.divide(edge, spread, out=np.full(edge.shape, np.nan), where=spread > 0)
    return _like(np.clip(weight, -cap if short else 0.0, cap), mean)


def rolling_kelly(
    returns: "Floats", window: int, *, fraction: float = 0.5, cap: float = 1.0, short: bool = False
) -> "Floats":
    """Return `kelly_fraction` of the mean and sample variance (N - 1) of the last ``window`` returns.

    returns: (bars,) of bars or (trades,) of closed trades, the return of each. NaN until there are ``window`` of them,
    and where one of these is NaN.

    Raises:
        InputError: a window below 2, or as `kelly_fraction`.
    """
    mean, variance = _moments(np.asarray(returns, dtype=np.float64), window)
    return kelly_fraction(mean, variance, fraction=fraction, cap=cap, short=short)


def _quantity(value: "float | Floats", price: Number) -> Number:
    """Return ``value / price``, 0 where the price is not above 0 or either is no finite number."""
    value, prices = np.broadcast_arrays(np.asarray(value, dtype=np.float64), np.asarray(price, dtype=np.float64))
    usable = (prices > 0) & np.isfinite(prices) & np.isfinite(value)
    return _like(np.divide(value, prices, out=np.zeros(prices.shape), where=usable), price)


def _moments(returns: "Floats", window: int) -> "tuple[Floats, Floats]":
    """Return mean and sample variance of the last ``window`` values at each, NaN until there are as many.

    Each window is summed by itself, in one order: nothing of earlier values remains in it, and later ones change no
    bit of it. Equal values have a variance of exactly 0 (Welford, Technometrics 4(3), 1962).
    """
    _refuse_window(window)
    mean, variance = np.full((2, *returns.shape), np.nan)
    windows = len(returns) - window + 1
    if windows < 1:
        return mean, variance
    average, squares = np.zeros((2, windows, *returns.shape[1:]))
    for first in range(window):
        value = returns[first : first + windows]
        change = value - average
        average += change / (first + 1)
        squares += change * (value - average)
    mean[window - 1 :] = average
    variance[window - 1 :] = squares / (window - 1)
    return mean, variance


def _refuse_window(window: int) -> None:
    if window < 2:
        raise InputError(f"A deviation needs at least 2 returns, and the window is {window}.")


def _like(result: "Floats", given: Number) -> Number:
    """Return a number for a number, an array for an array."""
    return result if np.ndim(given) or np.ndim(result) else float(result)  # type: ignore[return-value]
