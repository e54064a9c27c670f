"""Ranges, channels and the direction of prices; values agree with TA-Lib's to 1e-9 where it has them.

Every line at row t is known at the close of bar t.
"""

from typing import TYPE_CHECKING

from arbitrax.indicators.series import lines
from arbitrax.kernels import trends as states
from arbitrax.kernels.trends import AdxLines, Channel, IchimokuLines, SupertrendLines

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from arbitrax.domain.bars import Floats


def atr(high: "ArrayLike", low: "ArrayLike", close: "ArrayLike", window: int = 14) -> "Floats":
    """Return the average true range, (bars,), in the unit of the prices, from bar ``window`` on.

    Formula: the true range is the largest of high - low, |high - close before| and |low - close before|; its average
    starts at the mean of ``window`` of them and then moves by 1 / window of the way. A window of 1 is the true range.
    Source: J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978, chapter III.

    Raises:
        InputError: a window out of bounds, series that are none or differ in length.
    """
    return lines(states.Atr, (window,), {"high": high, "low": low, "close": close}, 1)[0]


def adx(high: "ArrayLike", low: "ArrayLike", close: "ArrayLike", window: int = 14) -> "AdxLines[Floats]":
    """Return the average directional index, +DI and -DI, each (bars,), 0 to 100.

    The indicators are there from bar ``window`` on, their index from bar 2 window - 1 on. Formula: of the rise of the
    high and the fall of the low the larger counts if positive; +DI = 100 * smoothed rises / smoothed true range, -DI
    likewise, 0 where nothing moved; ADX = the average of 100 * |+DI - -DI| / (+DI + -DI), kept where both are 0. Sums
    start with ``window - 1`` bars and lose 1 / window of themselves with each, as TA-Lib has it. A window of 1 is
    refused: it smooths nothing.
    Source: J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978, chapter IV.

    Raises:
        InputError: a window out of bounds, series that are none or differ in length.
    """
    return AdxLines(*lines(states.Adx, (window,), {"high": high, "low": low, "close": close}, 3))


def donchian(high: "ArrayLike", low: "ArrayLike", window: int = 20) -> "Channel[Floats]":
    """Return the Donchian channel, three arrays (bars,) in the unit of the prices, from bar ``window - 1`` on.

    Formula: upper = highest high, lower = lowest low of the last ``window`` bars, the present one included; middle =
    their mean. A close never lies outside, so a breakout compares it with the channel one bar before:
    ``close[1:] > donchian(high, low, 20).upper[:-1]``.
    Source: Richard Donchian, "Donchian's 5- and 20-Day Moving Averages", Commodities, 1974; four-week rule, 1960.

    Raises:
        InputError: a window out of bounds, series that are none or differ in length.
    """
    return Channel(*lines(states.Donchian, (window,), {"high": high, "low": low}, 3))


def keltner(
    high: "ArrayLike",
    low: "ArrayLike",
    close: "ArrayLike",
    window: int = 20,
    multiple: float = 2.0,
    *,
    range_window: int = 10,
) -> "Channel[Floats]":
    """Return the Keltner channel, three arrays (bars,) in the unit of the prices, once both averages are warm.

    Formula: middle = EMA(close, ``window``), upper and lower = middle +- ``multiple`` * ATR(``range_window``).
    Source: Chester Keltner, "How to Make Money in Commodities", 1960, as changed by Linda Bradford Raschke.

    Raises:
        InputError: a window or the multiple out of bounds, series that are none or differ in length.
    """
    given = {"high": high, "low": low, "close": close}
    return Channel(*lines(states.Keltner, (window, multiple, range_window), given, 3))


def parabolic_sar(high: "ArrayLike", low: "ArrayLike", step: float = 0.02, most: float = 0.2) -> "Floats":
    """Return the parabolic stop and reverse, (bars,), a price, from bar 1 on.

    It lies below a rising market and above a falling one. Formula: the stop moves by a share of its distance to the
    extreme since it turned; the share starts at ``step`` and grows by it with each new extreme, up to ``most``. It
    never enters the range of the last two bars, and turns where a bar touches it. The first direction is that of the
    first two bars, as TA-Lib has it.
    Source: J. Welles Wilder, "New Concepts in Technical Trading Systems", 1978, chapter II.

    Raises:
        InputError: shares out of bounds (0 <= step <= most <= 1), series that are none or differ in length.
    """
    return lines(states.ParabolicSar, (step, most), {"high": high, "low": low}, 1)[0]


def supertrend(
    high: "ArrayLike", low: "ArrayLike", close: "ArrayLike", window: int = 10, multiple: float = 3.0
) -> "SupertrendLines[Floats]":
    """Return the Supertrend line, (bars,) in the unit of the prices, and its direction, 1 or -1.

    Both from bar ``window`` on. Formula: bands at (high + low) / 2 +- ``multiple`` * ATR(``window``), which move
    towards the price only, until a close passes them. The line is the lower band (direction 1) until a close below it,
    then the upper one (-1) until a close above it. It starts at 1.
    Source: Olivier Seban's indicator, with Wilder's average of the true range.

    Raises:
        InputError: a window or the multiple out of bounds, series that are none or differ in length.
    """
    given = {"high": high, "low": low, "close": close}
    return SupertrendLines(*lines(states.Supertrend, (window, multiple), given, 2))


def ichimoku(
    high: "ArrayLike",
    low: "ArrayLike",
    close: "ArrayLike",
    conversion: int = 9,
    base: int = 26,
    *,
    span: int = 52,
    displacement: int = 26,
) -> "IchimokuLines[Floats]":
    """Return the lines of the Ichimoku chart, each (bars,) in the unit of the prices and known at its bar.

    Formula: conversion and base line = mean of highest high and lowest low of 9 and 26 bars. The chart draws the spans
    of the cloud ``displacement`` bars ahead: row t holds what was computed that many bars before, span A = mean of
    conversion and base line, span B = mean of highest high and lowest low of 52 bars. The lagging span is the close
    drawn that many bars back, which at its place would be the future; ``lagged`` is the close it lies beside, so
    compare ``close`` with it. Each line is NaN until warm by itself.
    Source: Goichi Hosoda, "Ichimoku Kinko Hyo", 1969.

    Raises:
        InputError: a window out of bounds, series that are none or differ in length.
    """
    given = {"high": high, "low": low, "close": close}
    return IchimokuLines(*lines(states.Ichimoku, (conversion, base, span, displacement), given, 5))
