"""Volume: rule 17."""

import numpy as np

from arbitrax.domain.dates import date_text
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, counted, number, verdict

SELDOM = 0.05
"""Where a larger share of intraday bars is without volume, the source does not count them, as before the open."""


def volume_impossible(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 17: a volume below zero or infinite (ERROR). Fractions of a unit are legal."""
    volume = rows.bars.volume
    with np.errstate(invalid="ignore"):
        wrong = (volume < 0) | np.isinf(volume)
    return verdict("volume", Level.ERROR, wrong, lambda row: f"{rows.when(row)} has a volume of {number(volume[row])}.")


def volume_zero(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 17: prices without trades: a range with volume 0, or one price repeated with volume 0 (WARN).

    Silent for sources that never count volume, as of indices and currencies; INFO in sum where it is missing from more
    than one intraday bar in twenty.
    """
    bars = rows.bars
    zero = bars.volume == 0
    count = int(np.count_nonzero(zero))
    if not count or not (bars.volume > 0).any():
        return []
    if rows.intraday and count > SELDOM * len(rows):
        share = f"{counted(count, 'bar')} of {len(rows):,} have no volume"
        first = date_text(int(bars.timestamp[zero.argmax()]))
        return verdict("volume", Level.INFO, zero, lambda row: f"{share}, the first on {first}.")

    def words(row: int) -> str:
        if bars.high[row] == bars.low[row]:
            return f"{rows.when(row)} repeats the price {number(bars.close[row])} with volume 0."
        return f"{rows.when(row)} has volume 0, and prices from {number(bars.low[row])} to {number(bars.high[row])}."

    return verdict("volume", Level.WARN, zero, words)
