"""Figures as people read them: a minus sign, thousands apart, an em dash for what does not exist."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.intervals import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from arbitrax.backtest.metrics import Unit
    from arbitrax.domain.bars import Floats

MISSING = "—"
MINUS = "\N{MINUS SIGN}"
TO = "\N{EN DASH}"


def number(value: float | None, decimals: int, *, signed: bool = False) -> str:
    """Return ``1,234.50``; with ``signed``, a plus too, except for what rounds to zero."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{abs(value):,.{decimals}f}"
    if not text.strip("0.,"):
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def percent(value: float | None, *, signed: bool = False, decimals: int = 2) -> str:
    """Return a fraction as ``12.34%``."""
    text = number(None if value is None else value * 100, decimals, signed=signed)
    return text if text == MISSING else text + "%"


def rough_percent(value: float) -> str:
    """Return a tick of an axis of changes: ``+40%``, with as many decimals as its digits need."""
    text = whole_percent(value)
    return f"+{text}" if value > 0 else text


def whole_percent(value: float) -> str:
    """Return a tick of an axis of fractions: ``40%``, with as many decimals as its digits need."""
    decimals = next((places for places in range(4) if abs(value * 100 - round(value * 100, places)) < 1e-9), 4)
    return percent(value, decimals=decimals)


def metric_value(value: float | None, unit: Unit, *, signed: bool = False) -> str:
    """Return a metric with its unit."""
    if value is None:
        return MISSING
    if unit in ("percent", "probability"):
        return percent(value, signed=signed)
    if unit == "days":
        # A trade of minutes must not read as no time at all.
        if 0 < abs(value) < 1:
            return (MINUS if value < 0 else "+" if signed else "") + duration(int(abs(value) * DAY))
        return f"{number(value, 0, signed=signed)} d"
    return number(value, 0 if unit == "count" else 2, signed=signed)


def duration(nanoseconds: int) -> str:
    """Return the two largest units of a length of time: ``47 d``, ``3 h 05 min``, ``12 min``."""
    if nanoseconds >= 3 * DAY or (nanoseconds > 0 and nanoseconds % DAY == 0):
        return f"{round(nanoseconds / DAY):,} d"
    if nanoseconds >= DAY:
        return f"{nanoseconds // DAY} d {nanoseconds % DAY // HOUR:02d} h"
    if nanoseconds >= HOUR:
        return f"{nanoseconds // HOUR} h {nanoseconds % HOUR // MINUTE:02d} min"
    return f"{nanoseconds // MINUTE} min"


def moment(nanoseconds: int, *, intraday: bool) -> str:
    """Return a date, or for intraday bars ``2024-03-01 14:30``, in UTC."""
    text = str(np.datetime_as_string(np.datetime64(nanoseconds, "ns"), unit="m" if intraday else "D"))
    return text.replace("T", " ")


def tone(value: float | None) -> str:
    """Return the class of a gain or a loss, nothing for neither."""
    return "" if value is None or value == 0 else "gain" if value > 0 else "loss"


def price_decimals(prices: Floats) -> int:
    """Return the fewest decimals, two to six, that write every price; four digits of the lowest when none does."""
    finite = prices[np.isfinite(prices) & (prices > 0)]
    if not len(finite):
        return 2
    for decimals in range(2, 7):
        if np.allclose(finite, np.round(finite, decimals), rtol=0, atol=1e-9):
            return decimals
    return min(max(3 - math.floor(math.log10(float(finite.min()))), 2), 6)


def quantity_decimals(quantities: Floats) -> int:
    """Return decimals that give a typical quantity about six digits; none for whole units."""
    if not len(quantities) or np.all(quantities == np.round(quantities)):
        return 0
    typical = float(np.median(quantities))
    return 2 if typical >= 100 else 4 if typical >= 1 else 8
