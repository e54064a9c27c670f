"""Prices within one row: rules 3 to 6."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, number, verdict

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats

PRICES = ("open", "high", "low", "close")
TOLERANCE = 1e-6
"""Relative; how far open and close may lie outside [low, high] by rounding alone."""
WICK_LOW, WICK_HIGH = 0.7, 1.4
"""A low below 0.7 of open and close, a high above 1.4 of them: of daily and longer bars, and of hours."""
FAST = 5 * MINUTE
WICK_FAST = 1.1
"""The same for bars up to five minutes: a rise or fall of 10% within them halts all but the smallest US stocks (limit
up, limit down), so one that is gone by the bar's end was no trade at that price."""


def _columns(rows: Rows) -> "list[tuple[str, Floats]]":
    return [(name, getattr(rows.bars, name)) for name in PRICES]


def price_missing(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 3: a price that is empty or not finite. What happened on that day stays in the list of events."""
    bars = rows.bars
    # One sum tells of all four: it is finite only if each is.
    wrong = ~np.isfinite(bars.open + bars.high + bars.low + bars.close)

    def words(row: int) -> str:
        gone = [name for name, column in _columns(rows) if not np.isfinite(column[row])]
        if len(gone) == len(PRICES):
            return f"{rows.when(row)} has no prices."
        return f"{rows.when(row)} has no {' and no '.join(gone) if gone else 'prices that can be added up'}."

    return verdict("price_missing", Level.ERROR, wrong, words)


def price_not_positive(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 4: a price of zero or less. Futures may be negative; an open of 0 beside other prices is none either."""
    bars = rows.bars
    with np.errstate(invalid="ignore"):
        if context.asset_type == "future":
            wrong = (bars.open == 0) & (np.minimum(np.minimum(bars.high, bars.low), bars.close) > 0)
        else:
            wrong = np.minimum(np.minimum(bars.high, bars.low), rows.bottom) <= 0

    def words(row: int) -> str:
        said = ", ".join(f"{name} {number(column[row])}" for name, column in _columns(rows) if column[row] <= 0)
        return f"{rows.when(row)} has {said}; prices are above zero."

    return verdict("price_not_positive", Level.ERROR, wrong, words)


def price_outside_range(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 5: a high below the low (ERROR), or an open or close outside [low, high] by more than rounding (WARN)."""
    bars = rows.bars
    with np.errstate(invalid="ignore"):
        crossed = bars.high < bars.low
        # Of rows that may be negative the tolerance is of the size, not of the signed price.
        slack = TOLERANCE * np.abs(bars.close)
        outside = ((rows.top > bars.high + slack) | (rows.bottom < bars.low - slack)) & ~crossed

    def contradicted(row: int) -> str:
        return f"{rows.when(row)} has a high of {number(bars.high[row])} below the low of {number(bars.low[row])}."

    def words(row: int) -> str:
        limits = f"[{number(bars.low[row])}, {number(bars.high[row])}]"
        said = " and ".join(
            f"{name} {number(price)}"
            for name, price in (("open", bars.open[row]), ("close", bars.close[row]))
            if not bars.low[row] - slack[row] <= price <= bars.high[row] + slack[row]
        )
        return f"{rows.when(row)} has {said} outside its low and high, {limits}."

    return [
        *verdict("price_outside_range", Level.ERROR, crossed, contradicted),
        *verdict("price_outside_range", Level.WARN, outside, words),
    ]


def wick(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 6: a low or high far beyond both open and close, as a stray tick makes it."""
    bars = rows.bars
    fast = 0 < rows.length <= FAST
    below, above = (2 - WICK_FAST, WICK_FAST) if fast else (WICK_LOW, WICK_HIGH)
    if rows.length > DAY:
        return []  # weeks and months have room for such moves
    low, high = bars.low < below * rows.bottom, bars.high > above * rows.top

    def words(row: int) -> str:
        near = f"open {number(bars.open[row])} and close {number(bars.close[row])}"
        if low[row]:
            return f"{rows.when(row)} has a low of {number(bars.low[row])} far below {near}."
        return f"{rows.when(row)} has a high of {number(bars.high[row])} far above {near}."

    return verdict("wick", Level.WARN, low | high, words)
