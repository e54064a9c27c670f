"""Jumps of prices and declared splits: rule 8, and what rule 9 shares with it."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.dates import date_text
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.corporate_actions import ratio_text
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, number, verdict
from arbitrax.market_data.validation.scale import Scale, dividends, moved, one_scale

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats, Int64s

JUMP = 0.35
"""Change of the price from bar to bar that is worth a look."""
MOVE = float(np.log(1.15))
"""How far a jump may be from a split's ratio, in logs: a session's own move."""
OF_LARGE = 0.1
"""Share of a large ratio's log that it may be off, if that is more: such prices are often rounded."""
ON_THE_DAY = 1 / 3
"""On the ex-date itself a split explains a jump if it leaves less than this share of it, in logs."""
LEAST = float(np.log(1.2))
"""Ratios nearer to 1 cannot be told from the price's own moves."""
BEYOND = 5
"""How many usual moves a ratio must be, for a jump of its size to be blamed on it."""
NEAR_EX_DATE = 10 * DAY
"""How far from its ex-date a vendor may start to apply a split."""


def split_not_applied(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 8: rows of split-adjusted prices to which a declared split was not applied, or twice (ERROR)."""
    if rows.bars.basis != "split_adjusted":
        return []
    return off_by_split(rows, context, "jump", "the split was not applied to it, or twice")


def off_by_split(rows: Rows, context: Context, rule: str, what: str) -> list[Verdict]:
    """Return an ERROR for rows off the others by the ratio of a declared split, on the scale where none should be.

    Jumps of that ratio count if open and close share them, if they exceed five usual moves, and if they either are
    taken back by another or lie within ten days of the ex-date. The stored bars before are right, else the newest.
    """
    scale = one_scale(rows, context)
    level, right = split_levels(rows, context)
    wrong = np.abs(level[scale.lead :] - right) > LEAST / 2
    ratios = [ratio for _, ratio in scale.splits]

    def words(row: int) -> str:
        at = row + scale.lead
        ratio = min(ratios, key=lambda each: abs(abs(np.log(each)) - abs(level[at] - right)))
        ex_date = next(date for date, each in scale.splits if each == ratio)
        return (
            f"{rows.when(row)} closes at {number(rows.bars.close[row])}, off its neighbours by the ratio of the "
            f"{ratio_text(ratio)} split of {date_text(ex_date)}: {what}."
        )

    return verdict(rule, Level.ERROR, wrong, words)


def split_levels(rows: Rows, context: Context) -> "tuple[Floats, float]":
    """Return by how much each price is off, in logs from an arbitrary zero, and the level that is right."""
    scale = one_scale(rows, context)
    level = np.zeros(len(scale.close))
    if not scale.splits or len(scale.close) < 2:
        return level, 0.0
    candidates = moved(scale.close, float(np.exp(LEAST - MOVE / 2)))
    paid = _paid(rows, context, scale)
    if (paid > 0).any():  # a large dividend is a reason of its own
        total = (scale.close[candidates] + paid[candidates]) / scale.close[candidates - 1]
        candidates = candidates[(paid[candidates] == 0) | (np.abs(np.log(total)) > MOVE)]
    for ratio in dict.fromkeys(ratio for _, ratio in scale.splits):
        size = abs(float(np.log(ratio)))
        if size < LEAST or not len(candidates):
            continue
        jumps = _jumps_of(scale, candidates, ratio, size)
        paired = _taken_back(scale, jumps)
        for row, sign, near in jumps:
            if near or row in paired:
                level[row:] += sign * size
    return level, float(level[scale.lead - 1] if scale.lead else level[-1])


def _jumps_of(scale: Scale, candidates: "Int64s", ratio: float, size: float) -> list[tuple[int, int, bool]]:
    """Return (row, sign, whether near the ex-date) of the jumps by a split's ratio."""
    ex_dates = np.array([date for date, each in scale.splits if each == ratio])
    found = []
    for row, move in zip(candidates.tolist(), scale.log_moves(candidates).tolist(), strict=True):
        apart = int(np.abs(ex_dates - scale.date[row]).min())
        on_the_day = bool(((ex_dates > scale.date[row - 1]) & (ex_dates <= scale.date[row])).any())
        slack = max(min(MOVE, size / 4), OF_LARGE * size)
        opening = float(np.log(scale.open[row] / scale.close[row - 1]))
        sign = 1 if move > 0 else -1
        fits = abs(move - sign * size) <= slack or (on_the_day and abs(move - sign * size) < ON_THE_DAY * abs(move))
        # A crash within the day opens where the last one closed; rows in other units do not.
        shared = abs(opening - move) <= max(slack, size / 2)
        if fits and shared and size >= BEYOND * scale.usual_move(row):
            found.append((row, sign, on_the_day or apart <= NEAR_EX_DATE))
    return found


def _taken_back(scale: Scale, jumps: list[tuple[int, int, bool]]) -> set[int]:
    """Return the rows of jumps that the next one takes back to about where prices were."""
    paired: set[int] = set()
    previous: tuple[int, int] | None = None
    for row, sign, _ in jumps:
        if previous is not None and previous[1] == -sign and previous[0] not in paired:
            start = previous[0]
            drift = abs(float(np.log(scale.close[row] / scale.close[start - 1])))
            if drift <= MOVE + 3 * scale.usual_move(start) * float(np.sqrt(row - start + 1)):
                paired |= {start, row}
        previous = (row, sign)
    return paired


def jump(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 8: a price more than 35% above or below the last close, of bars up to a day.

    INFO where a declared split explains it, or a dividend; else WARN: it may be true, and is never repaired. An open
    that far off counts too where the close is back.
    """
    if rows.length > DAY:
        return []  # weeks and months have room for such moves
    bars, scale = rows.bars, one_scale(rows, context)
    lead = scale.lead
    last = scale.close[max(lead - 1, 0) : -1]
    first = 1 if not lead else 0
    with np.errstate(divide="ignore", invalid="ignore"):
        change = scale.close[lead + first :] / last - 1
        opening = scale.open[lead + first :] / last - 1
    if lead and scale.timestamp[lead] - scale.timestamp[lead - 1] > NEAR_EX_DATE:
        change[0] = opening[0] = 0.0  # after a silence that long a change is no jump; see rule 19
    far = np.abs(change) > JUMP
    opened = (np.abs(opening) > JUMP) & ~far
    if far.any():
        paid = _paid(rows, context, scale)
        at = np.flatnonzero(far)
        total = (scale.close[lead + first :][at] + paid[lead + first :][at]) / last[at] - 1
        far[at[np.abs(total) <= JUMP]] = False
    said = [
        *verdict("jump", Level.WARN, np.flatnonzero(far) + first, lambda row: _words(rows, scale, row, "close")),
        *verdict("jump", Level.WARN, np.flatnonzero(opened) + first, lambda row: _words(rows, scale, row, "open")),
    ]
    if scale.splits and bars.basis == "raw" and len(rows) > 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            plain = np.abs(bars.close[1:] / bars.close[:-1] - 1) > JUMP
        explained = np.flatnonzero(plain & ~(far if not first else np.concatenate(([False], far)))[1:]) + 1
        by_split = later_changes(scale, explained + lead)
        said += verdict(
            "jump",
            Level.INFO,
            explained[by_split],
            lambda row: (
                f"{rows.when(row)} closes at {number(bars.close[row])} after {number(bars.close[row - 1])}, "
                "as the declared split explains."
            ),
        )
    return said


def later_changes(scale: Scale, at: "Int64s") -> "np.typing.NDArray[np.bool_]":
    """Return which rows are the first at or after the ex-date of a split."""
    ex_dates = np.array([date for date, _ in scale.splits], dtype=np.int64)
    return ex_dates.searchsorted(scale.date[at], "right") > ex_dates.searchsorted(scale.date[at - 1], "right")


def _paid(rows: Rows, context: Context, scale: Scale) -> "Floats":
    """Return the dividends that went ex at each row, on the scale of its prices."""
    paid = np.zeros(len(scale.close))
    for ex_date, amount in dividends(rows, context):
        at = int(scale.date.searchsorted(ex_date))
        if at < len(paid):
            paid[at] += amount
    return paid


def _words(rows: Rows, scale: Scale, row: int, which: str) -> str:
    at = row + scale.lead
    price = float(getattr(rows.bars, which)[row])
    last = float(scale.close[at - 1] / getattr(scale, which)[at]) * price  # in the units of this row
    way = "above" if price > last else "below"
    share = f"{abs(price / last - 1) * 100:.1f}% {way} the last close {number(last)}"
    return f"{rows.when(row)} has the {which} {number(price)}, {share}; no declared split or dividend explains it."
