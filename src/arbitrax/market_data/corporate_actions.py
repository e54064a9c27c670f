"""Apply splits to price history, and compare corporate actions with the prices they should have moved.

Nothing is inferred from prices: they only raise a notice where they contradict an action.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import DataError
from arbitrax.domain.intervals import DAY, is_intraday

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats, Int64s

TOLERANCE = 1.15
"""Factor by which a jump may miss a split's ratio: a session's own move."""
DOUBLED_WITHIN = 10 * DAY
"""Two equal splits closer than this are one, listed under two dates."""
LARGE = 0.5
"""Share of the price above which a dividend is more likely a mistake of units than a gift."""


def cumulative_split_factor(actions: Sequence[CorporateAction], session_date: "Int64s") -> "Floats":
    """Return how many shares one share from before all splits is at each bar, shape (bars,) float64.

    The product of the ratios of one symbol's splits and stock dividends with ``ex_date <= session_date``. The date of a
    daily bar is its timestamp; of intraday bars take `Calendar.session_date_of`. A price of bar i in the units of bar
    t is ``price[i] * factor[i] / factor[t]``: for t >= i nothing after t is in it.
    """
    splits = [each for each in in_order(actions) if each.share_factor != 1.0]
    after = np.cumprod(np.array([1.0, *(each.share_factor for each in splits)]))
    ex_dates = np.array([each.ex_date for each in splits], dtype=np.int64)
    return after[ex_dates.searchsorted(session_date, "right")]


def split_adjusted(bars: "Bars", actions: Sequence[CorporateAction], *, session_date: "Int64s | None" = None) -> "Bars":
    """Return history in the units of the last bar: prices divided by the ratios after them, volumes multiplied.

    Splits after the last bar change nothing, so no bar knows of a later one. Dividends stay in the prices' jumps. The
    vendor's ``adj_close`` is left out, as it may know more.

    Args:
        session_date: (bars,) ns; the timestamps unless given, see `cumulative_split_factor`.

    Raises:
        DataError: the prices are adjusted already.
    """
    if bars.basis != "raw":
        raise DataError(f"The prices of {bars.symbol} are adjusted already; splits are applied to raw prices only.")
    if not len(bars):
        return bars
    factor = cumulative_split_factor(actions, bars.timestamp if session_date is None else session_date)
    later = factor[-1] / factor
    return replace(
        bars,
        open=bars.open / later,
        high=bars.high / later,
        low=bars.low / later,
        close=bars.close / later,
        volume=bars.volume * later,
        adj_close=None,
        basis="adjusted",
    )


def check_actions(
    bars: "Bars", actions: Sequence[CorporateAction], *, session_date: "Int64s | None" = None
) -> tuple[str, ...]:
    """Return a sentence for each action that raw prices contradict, and for splits that seem listed twice.

    A split of 7:1 should let the price open near a seventh of the last close; a dividend should be less than half of
    it. Actions outside the bars are not looked at, and adjusted prices cannot contradict any.
    """
    actions = in_order(actions)
    notices = _listed_twice(actions)
    if bars.basis != "raw" or len(bars) < 2:
        return tuple(notices)
    dates = bars.timestamp if session_date is None else session_date
    if session_date is None and is_intraday(bars.interval):
        dates = bars.timestamp // DAY * DAY
    for each in actions:
        bar = int(dates.searchsorted(each.ex_date))
        if 0 < bar < len(bars):
            notices += _against_prices(each, float(bars.close[bar - 1]), float(bars.open[bar]), float(bars.close[bar]))
    return tuple(notices)


def _listed_twice(actions: Sequence[CorporateAction]) -> list[str]:
    splits = [each for each in actions if each.share_factor != 1.0]
    return [
        f"{earlier.symbol} has two splits of {ratio_text(earlier.share_factor)} within days, on "
        f"{date_text(earlier.ex_date)} and {date_text(later.ex_date)}; both are applied, so remove one if they are "
        "the same."
        for earlier, later in pairwise(splits)
        if (earlier.symbol, earlier.share_factor) == (later.symbol, later.share_factor)
        and later.ex_date - earlier.ex_date <= DOUBLED_WITHIN
    ]


def _against_prices(action: CorporateAction, close: float, open_: float, next_close: float) -> list[str]:
    day, kind = date_text(action.ex_date), action.kind.replace("_", " ")
    prices = f"the price went from {close:.10g} to {open_:.10g}"
    if action.amount is not None:
        if action.amount < LARGE * close:
            return []
        return [
            f"The dividend of {action.symbol} on {day}, {action.amount:.10g}, is half of the last close {close:.10g} "
            "or more; check its units."
        ]
    jump, ratio = close / open_, action.share_factor
    # What a spun-off share is worth is not known here; an open may be a stray trade at the old price.
    if action.kind == "spin_off" or _near(jump, ratio) or _near(close / next_close, ratio):
        return []
    said = f"The {kind} of {action.symbol} on {day} is {ratio_text(ratio)}, but {prices}"
    if _near(jump, 1.0):
        return [f"{said}; the prices seem adjusted for it already."]
    if _near(jump, 1.0 / ratio):
        return [f"{said}; the ratio seems upside down."]
    return [f"{said}, not near {close / ratio:.10g}; check both."]


def _near(found: float, wanted: float) -> bool:
    return abs(math.log(found / wanted)) <= math.log(TOLERANCE)


def ratio_text(ratio: float) -> str:
    """Return a ratio as it is spoken of: ``7:1``, ``1:10``, ``1.05:1``."""
    inverse = 1 / ratio
    if ratio < 1 and abs(inverse - round(inverse)) < 1e-9 * inverse:
        return f"1:{round(inverse)}"
    return f"{ratio:.10g}:1"
