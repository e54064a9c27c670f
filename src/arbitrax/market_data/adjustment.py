"""Prices as they were traded, and series adjusted for splits and dividends; nothing of this is stored over raw bars.

Factors count from the last bar of a series: what happened after it changes nothing in it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.intervals import DAY

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats, Int64s
    from arbitrax.market_data.calendars import Calendar
    from arbitrax.market_data.candidate import CandidateBars

FLOAT32 = 2.0**-24
"""Relative error of a price that was a 32-bit float on its way."""
SIXTH_DECIMAL = 0.5e-6
"""Error of a split-adjusted price that was rounded to six decimals."""
DECIMALS = range(2, 9)


def session_dates(timestamp: "Int64s", interval: str, exchange: "Calendar | None" = None) -> "Int64s":
    """Return the date of each bar's session, ns, shape (bars,): by the exchange, or else its UTC day."""
    if exchange is not None:
        return exchange.session_date_of(timestamp, interval)
    return timestamp // DAY * DAY


def as_traded(
    candidate: "CandidateBars", actions: Sequence[CorporateAction], *, exchange: "Calendar | None" = None
) -> "CandidateBars":
    """Return split-adjusted rows in prices and volumes as traded; raw ones come back as they are.

    Prices are multiplied by the ratios of all splits after their session, volumes divided. The vendor rounded: to a
    32-bit float, and where it divided by splits also to six decimals. Each price is therefore the shortest decimal, of
    two to eight places, within that error of the product, or the product itself where there is none. A volume
    is rounded to whole units where a split was undone. The adjusted close is in units of its own and stays.

    Args:
        candidate: (rows,), in any order; also what validation kept of it.
        actions: of its symbol, as declared, with all splits after its first row up to now.
        exchange: whose sessions intraday rows belong to; by UTC days unless given.

    Raises:
        RangeError: rows lie outside the dates the exchange's calendar knows.
    """
    if candidate.basis == "raw" or not len(candidate):
        return replace(candidate, basis="raw")
    dates = session_dates(candidate.timestamp, candidate.interval, exchange)
    later = _later_splits(actions, dates)
    undone = later != 1.0
    error = np.where(undone, SIXTH_DECIMAL * later, 0.0)
    volume = candidate.volume / later
    return replace(
        candidate,
        open=_shortest(candidate.open * later, error),
        high=_shortest(candidate.high * later, error),
        low=_shortest(candidate.low * later, error),
        close=_shortest(candidate.close * later, error),
        volume=np.where(undone, np.rint(volume), volume),
        basis="raw",
    )


def _later_splits(actions: Sequence[CorporateAction], dates: "Int64s") -> "Floats":
    """Return the product of the ratios of all splits after each date; exact where the ratios are whole."""
    splits = [each for each in in_order(actions) if each.share_factor != 1.0]
    products = np.cumprod(np.array([1.0, *(each.share_factor for each in reversed(splits))]))[::-1]
    return products[np.array([each.ex_date for each in splits], dtype=np.int64).searchsorted(dates, "right")]


def _shortest(price: "Floats", error: "Floats") -> "Floats":
    """Return the shortest decimal above zero within an error of each price; (rows,), NaN stays."""
    within = np.abs(price) * FLOAT32 + error
    result = price.copy()
    for places in reversed(DECIMALS):
        rounded = np.rint(price * 10.0**places) / 10.0**places
        fits = (np.abs(rounded - price) <= within) & (rounded != 0)
        result[fits] = rounded[fits]
    return result
