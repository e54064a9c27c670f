"""Prices or volumes of two bases in one series: rule 9."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.dates import date_text
from arbitrax.market_data.corporate_actions import ratio_text
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.jumps import off_by_split
from arbitrax.market_data.validation.rows import Rows, Verdict, verdict
from arbitrax.market_data.validation.scale import one_scale

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats

WINDOW = 20
"""Bars on each side of a split whose median volumes are compared."""
FEWEST = 10
REFUTES = 4.0
"""How many usual changes of median volumes are too far from what the prices' basis says."""
NEARER = 4.0
"""How many times nearer to the other basis a change must be. Real volumes move too: AIG's reverse split of 1:20 in 2009
cut them to less than half only, not to a twentieth."""
LEAST_SPREAD, UNKNOWN_SPREAD = 0.2, 0.35
"""The usual change, in logs: never taken as less, as splits come with news; and where the series is too short to tell
it. Five US shares had 0.20 to 0.28."""


def price_basis(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 9: rows of raw prices that are adjusted for a declared split already (ERROR)."""
    if rows.bars.basis != "raw":
        return []
    return off_by_split(rows, context, "mixed_basis", "raw and adjusted prices are merged here")


def volume_basis(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 9: volumes before a split that are adjusted for it while prices are not, or the other way (ERROR).

    A split of 7:1 multiplies raw volumes by about 7 and leaves adjusted ones. The medians of twenty bars on each side
    must be far from what the prices' basis says, measured by how such medians change elsewhere in the series, and much
    nearer to what it does not say; splits that volumes cannot tell, such as 2:1, are passed over.
    """
    splits = one_scale(rows, context).splits
    if rows.intraday or not splits or len(rows) < 2 * FEWEST:
        return []
    volume, date = rows.bars.volume, rows.session_date(context)
    spread = _usual_change(volume)
    wrong = np.zeros(len(rows), dtype=np.bool_)
    named: list[tuple[int, float]] = []
    for ex_date, ratio in splits:
        at = int(date.searchsorted(ex_date))
        sides = volume[max(at - WINDOW, 0) : at], volume[at : at + WINDOW]
        before, after = (side[side > 0] for side in sides)
        if len(before) < FEWEST or len(after) < FEWEST:
            continue
        change = float(np.log(np.median(after) / np.median(before)))
        size = float(np.log(ratio))
        says, other = (size, 0.0) if rows.bars.basis == "raw" else (0.0, size)
        if abs(change - says) >= max(REFUTES * spread, NEARER * abs(change - other)):
            wrong[:at] = True
            named.append((ex_date, ratio))

    def words(row: int) -> str:
        ex_date, ratio = next(each for each in named if each[0] > date[row])
        kinds = ("raw", "adjusted") if rows.bars.basis == "raw" else ("adjusted", "raw")
        return (
            f"{rows.when(row)} has {kinds[0]} prices and {kinds[1]} volume: across the {ratio_text(ratio)} split of "
            f"{date_text(ex_date)} they do not change together."
        )

    return verdict("mixed_basis", Level.ERROR, wrong, words)


def _usual_change(volume: "Floats") -> float:
    """Return the standard deviation of the log change between medians of neighbouring stretches, by its median."""
    stretches = len(volume) // WINDOW
    if stretches < 6:
        return UNKNOWN_SPREAD
    medians = np.median(volume[: stretches * WINDOW].reshape(stretches, WINDOW), axis=1)
    medians = medians[medians > 0]
    if len(medians) < 6:
        return UNKNOWN_SPREAD
    return max(1.4826 * float(np.median(np.abs(np.diff(np.log(medians))))), LEAST_SPREAD)
