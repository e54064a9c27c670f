"""Units of prices: rule 7."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.market_data.corporate_action_lists import currency_code
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, number, verdict
from arbitrax.market_data.validation.scale import MINOR, Scale, moved, one_scale

if TYPE_CHECKING:
    from arbitrax.domain.bars import Int64s

HUNDRED = float(np.log(100))
NEAR = float(np.log(1.5))
"""How far from 100 a ratio may be, in logs, as the price moves too."""
CLEAR = 2 / 3
"""Share of the rows that settles which unit is right."""


def price_in_row(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 7: a row whose own open, high or low is near 100 times the close or a hundredth of it (ERROR)."""
    bars = rows.bars
    close = bars.close
    # The whole range first, in two passes: hardly a row is that wide.
    wide = np.flatnonzero((np.maximum(bars.high, rows.top) > 60 * np.minimum(bars.low, rows.bottom)) & (bars.low > 0))
    if not len(wide):
        return []
    wrong = np.zeros(len(wide), dtype=np.bool_)
    for column in (bars.open, bars.high, bars.low):
        wrong |= np.abs(np.abs(np.log(column[wide] / close[wide])) - HUNDRED) <= NEAR

    def words(row: int) -> str:
        said = ", ".join(f"{name} {number(getattr(bars, name)[row])}" for name in ("open", "high", "low", "close"))
        return f"{rows.when(row)} mixes units a hundred apart: {said}."

    return verdict("unit_switch", Level.ERROR, wide[wrong], words)


def unit_switch(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 7: runs of rows about 100 times above or below the others, split or not declared (ERROR).

    They begin and end with jumps near 100 or 1/100 that no declared split explains. Which unit is right is told by the
    stored bars before; else by two thirds of the rows that traded; else by the currency, as wrong rows of prices in
    pence are in pounds and those of prices in pounds in pence; else by the majority, and then the newer rows.
    """
    scale = one_scale(rows, context)
    level, right, why = unit_levels(rows, scale)
    wrong = level[scale.lead :] != right

    def words(row: int) -> str:
        at = row + scale.lead
        is_right = np.flatnonzero(level == right)
        nearest = int(is_right[np.abs(is_right - at).argmin()])
        times = "100 times above" if level[at] > right else "a hundredth of"
        close, other = number(rows.bars.close[row]), number(scale.close[nearest])
        return (
            f"{rows.when(row)} closes at {close}, about {times} {other} on "
            f"{rows.time_text(int(scale.timestamp[nearest]))}, and no split is declared; {why}."
        )

    return verdict("unit_switch", Level.ERROR, wrong, words)


def unit_levels(rows: Rows, scale: Scale) -> "tuple[Int64s, int, str]":
    """Return the level of each price of a scale in steps of 100, the level that is right, and why."""
    jumps = switches(scale)
    level = np.zeros(len(scale.close), dtype=np.int64)
    if not len(jumps):
        return level, 0, ""
    level[jumps] = np.sign(scale.log_moves(jumps)).astype(np.int64)
    level = np.cumsum(level)
    return level, *_right(level, rows, scale)


def switches(scale: Scale) -> "Int64s":
    """Return the rows into which the close jumps near 100 or 1/100."""
    close = scale.close
    at = moved(close, 100 / 1.5)
    if not len(at):
        return at
    return at[np.abs(np.abs(scale.log_moves(at)) - HUNDRED) <= NEAR]


def _right(level: "Int64s", rows: Rows, scale: Scale) -> tuple[int, str]:
    """Return the level whose unit is right, and why."""
    if scale.lead:
        return int(level[scale.lead - 1]), "the stored bars before say which is right"
    levels = np.unique(level)
    traded = rows.bars.volume > 0
    votes = level[traded] if traded.any() else level
    weight = np.array([np.count_nonzero(votes == each) for each in levels])
    if weight.max() >= CLEAR * weight.sum():
        return int(levels[weight.argmax()]), "most rows with trades say which is right"
    currency = currency_code(rows.bars.currency or "")
    if currency in MINOR:
        return int(levels[-1]), f"prices in {currency} are the higher ones"
    if currency in MINOR.values():
        return int(levels[0]), f"prices in {currency} are the lower ones"
    best = levels[weight == weight.max()]
    return (int(best[0]) if len(best) == 1 else int(level[-1])), "the majority, else the newest, is taken as right"
