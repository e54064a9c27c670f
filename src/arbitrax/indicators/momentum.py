"""How fast prices move, and where in their range they are; values agree with TA-Lib's to 1e-9."""

from typing import TYPE_CHECKING

from arbitrax.indicators.series import lines
from arbitrax.kernels import oscillators as states
from arbitrax.kernels.oscillators import MacdLines, StochasticLines

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from arbitrax.domain.bars import Floats


def rsi(values: "ArrayLike", window: int = 14) -> "Floats":
    """Return Wilder's relative strength index, (bars,), 0 to 100, from bar ``window`` on.

    Formula: 100 * up / (up + down), the averages of gains and losses: first the mean of ``window`` changes, then moving
    by 1 / window of the way. 50 where nothing changed in all of them (TA-Lib says 0). A window of 1 is 100 after a
    gain, 0 after a loss, 50 after neither.
    Source: J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978, chapter VI.

    Raises:
        InputError: a window out of bounds, or values that are no series.
    """
    return lines(states.Rsi, (window,), {"values": values}, 1)[0]


def macd(values: "ArrayLike", fast: int = 12, slow: int = 26, signal: int = 9) -> "MacdLines[Floats]":
    """Return MACD, signal and histogram, each (bars,) in the unit of the values, from bar slow + signal - 2 on.

    Formula: macd = EMA(fast) - EMA(slow), signal = EMA(macd, ``signal``), histogram = macd - signal. Every EMA starts
    at a mean; that of the fast one ends on the same bar as that of the slow one, as TA-Lib has it. Constant values
    have 0. A signal of 1 is the MACD itself.
    Source: Gerald Appel, "Technical Analysis: Power Tools for Active Investors", 2005.

    Raises:
        InputError: windows out of bounds, ``slow`` not above ``fast``, or values that are no series.
    """
    return MacdLines(*lines(states.Macd, (fast, slow, signal), {"values": values}, 3))


def roc(values: "ArrayLike", window: int = 10) -> "Floats":
    """Return the rate of change, (bars,), percent, from bar ``window`` on.

    Formula: (value / value ``window`` bars before - 1) * 100; NaN where that one is 0 (TA-Lib says 0).

    Raises:
        InputError: a window out of bounds, or values that are no series.
    """
    return lines(states.Roc, (window,), {"values": values}, 1)[0]


def williams_r(high: "ArrayLike", low: "ArrayLike", close: "ArrayLike", window: int = 14) -> "Floats":
    """Return Williams %R, (bars,), -100 (at the lowest low) to 0 (at the highest high), from bar ``window - 1`` on.

    Formula: -100 * (highest high - close) / (highest high - lowest low) of the last ``window`` bars. -50 where those
    are equal (TA-Lib says 0).
    Source: Larry Williams, "How I Made One Million Dollars Last Year Trading Commodities", 1973.

    Raises:
        InputError: a window out of bounds, series that are none or differ in length.
    """
    return lines(states.WilliamsR, (window,), {"high": high, "low": low, "close": close}, 1)[0]


def stochastic(
    high: "ArrayLike", low: "ArrayLike", close: "ArrayLike", window: int = 14, smooth: int = 3, *, signal: int = 3
) -> "StochasticLines[Floats]":
    """Return slow %K and %D, each (bars,), 0 to 100, from bar window + smooth + signal - 3 on.

    Formula: fast %K = 100 * (close - lowest low) / (highest high - lowest low) of the last ``window`` bars, 50 where
    those are equal (TA-Lib says 0); %K = SMA(fast %K, ``smooth``), %D = SMA(%K, ``signal``). ``smooth=1`` makes %K
    the fast one.
    Source: George Lane, "Lane's Stochastics", Stocks & Commodities 2:3, 1984; TA-Lib's STOCH with simple averages.

    Raises:
        InputError: windows out of bounds (``smooth`` and ``signal`` up to 5,000), series that are none or differ in
            length.
    """
    given = {"high": high, "low": low, "close": close}
    return StochasticLines(*lines(states.Stochastic, (window, smooth, signal), given, 2))


def cci(high: "ArrayLike", low: "ArrayLike", close: "ArrayLike", window: int = 20) -> "Floats":
    """Return the commodity channel index, (bars,), mostly within -100 to 100, from bar ``window - 1`` on.

    Formula: (t - mean(t)) / (0.015 * mean(|t - mean(t)|)) of the last ``window`` typical prices t = (high + low +
    close) / 3; 0 where they are equal. A window of 1 is refused: it never differs from its mean.
    Source: Donald Lambert, "Commodity Channel Index", Commodities, October 1980.

    Raises:
        InputError: a window out of bounds, series that are none or differ in length.
    """
    return lines(states.Cci, (window,), {"high": high, "low": low, "close": close}, 1)[0]
