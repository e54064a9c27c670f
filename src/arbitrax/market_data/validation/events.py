"""Splits and dividends that contradict each other or the prices: rule 11."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.dates import date_text
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.corporate_actions import ratio_text
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, number
from arbitrax.market_data.validation.scale import DOUBLED_WITHIN, Scale, dividends, one_scale

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats

SAME_WITHIN = 20 * DAY
"""Two dividends of about one amount that are closer than this are one, unless the symbol pays that often."""
SAME_AMOUNT = 1.5
"""Factor by which their amounts may differ: one may be net of tax, or in another dollar."""
TELLING = 5
"""How many usual moves a dividend must be worth for the price to tell whether it was paid."""
HALF = 0.5


def event(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 11: events that seem listed twice, wrong, or in other units (WARN).

    A split listed twice within ten days; a dividend of about the same amount within twenty, where the symbol does not
    pay as often anyway; a dividend of five usual moves or more by which the price did not fall at all, or fell by
    about a hundred times as much. What is missing is told by rules 8 and 10: a jump or a step without an event.
    """
    found = [*_splits_twice(rows, context), *_dividends_twice(rows, context), *_against_prices(rows, context)]
    if not found:
        return []
    times = np.array([time for time, _ in found], dtype=np.int64)
    return [Verdict("event", Level.WARN, np.empty(0, np.int64), lambda n: found[n][1], times=times)]


def _splits_twice(rows: Rows, context: Context) -> list[tuple[int, str]]:
    splits = sorted(
        (each.ex_date, each.share_factor)
        for each in context.actions
        if each.symbol == rows.bars.symbol and each.share_factor != 1.0
    )
    return [
        (
            later,
            f"The {ratio_text(ratio)} split of {date_text(later)} is listed on {date_text(earlier)} already; "
            "applied twice it makes prices wrong.",
        )
        for (earlier, other), (later, ratio) in pairwise(splits)
        if ratio == other and later - earlier <= DOUBLED_WITHIN
    ]


def _dividends_twice(rows: Rows, context: Context) -> list[tuple[int, str]]:
    paid = dividends(rows, context)
    if len(paid) < 2:
        return []
    gaps = np.diff(np.array([ex_date for ex_date, _ in paid]))
    usual = float(np.median(gaps[gaps > SAME_WITHIN])) if (gaps > SAME_WITHIN).any() else None
    often = np.count_nonzero(gaps <= SAME_WITHIN) > len(gaps) / 2 and len(gaps) > 2
    if often or (usual is not None and usual < SAME_WITHIN):
        return []
    return [
        (
            later,
            f"The dividend of {number(amount)} on {date_text(later)} follows one of {number(other)} on "
            f"{date_text(earlier)}; it seems listed twice.",
        )
        for (earlier, other), (later, amount) in pairwise(paid)
        if later - earlier <= SAME_WITHIN and 1 / SAME_AMOUNT <= amount / other <= SAME_AMOUNT
    ]


def _against_prices(rows: Rows, context: Context) -> list[tuple[int, str]]:
    scale = one_scale(rows, context)
    low = _low(rows, scale)
    found = []
    for ex_date, amount in dividends(rows, context):
        at = int(scale.date.searchsorted(ex_date))
        if not max(scale.lead, 1) <= at < len(scale.close) or not scale.moves_at_all(at):
            continue
        if not rows.bars.volume[at - scale.lead] > 0:  # nobody traded, so the price tells nothing
            continue
        last = float(scale.close[at - 1])
        share, fell = amount / last, 1 - float(low[at - scale.lead]) / last
        opened = 1 - float(scale.open[at]) / last
        usual = scale.usual_move(at)
        said = f"The dividend of {number(amount)} on {date_text(ex_date)} is {share * 100:.3g}% of the last close "
        said += f"{number(last)}, "
        if share >= TELLING * usual and fell < HALF * share:
            found.append((ex_date, f"{said}but the price fell by {max(fell, 0) * 100:.3g}% at most; check its units."))
        elif TELLING * usual <= 100 * share < HALF and abs(opened - 100 * share) <= HALF * 100 * share / 2:
            found.append((ex_date, f"{said}but the price fell by {opened * 100:.3g}%; it seems a hundredth."))
    return found


def _low(rows: Rows, scale: Scale) -> "Floats":
    """Return the lows on the scale, (rows,)."""
    return rows.bars.low * (scale.close[scale.lead :] / rows.bars.close)
