"""Prices as they were traded, and series adjusted for splits and dividends; nothing of this is stored over raw bars.

Factors count from the last bar of a series: what happened after it changes nothing in it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from msgspec.structs import replace

from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import DataError, InputError
from arbitrax.domain.intervals import DAY, nanoseconds
from arbitrax.market_data.corporate_actions import split_adjusted

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats, Int64s
    from arbitrax.market_data.calendars import Calendar
    from arbitrax.market_data.candidate import CandidateBars

FLOAT32 = 2.0**-24
"""Relative error of a price that was a 32-bit float on its way."""
SIXTH_DECIMAL = 0.5e-6
"""Error of a split-adjusted price that was rounded to six decimals."""
DECIMALS = range(2, 9)
AdjustmentMode = Literal["split", "split+dividend"]
MODES: tuple[AdjustmentMode, ...] = get_args(AdjustmentMode)


def session_dates(timestamp: "Int64s", interval: str, exchange: "Calendar | None" = None) -> "Int64s":
    """Return the date of each bar's session, ns, shape (bars,): by the exchange, or else its UTC day."""
    if exchange is not None:
        return exchange.session_date_of(timestamp, interval)
    return timestamp // DAY * DAY


def adjusted_series(
    bars: "Bars", actions: Sequence[CorporateAction], mode: AdjustmentMode, *, exchange: "Calendar | None" = None
) -> "Bars":
    """Return raw bars in the units of the last one.

    ``split``: prices before a split are divided by its ratio, volumes multiplied. ``split+dividend``: prices before an
    ex-date are also multiplied by 1 - amount / close before it, both per share of that day (Yahoo), so that no
    dividend leaves a jump. Spin-offs change nothing.

    Args:
        bars: up to a day long; a longer one holds prices from before and after an ex-date.
        actions: of their symbol, as declared.
        mode: what to adjust for.
        exchange: whose sessions intraday bars belong to; by UTC days unless given.

    Raises:
        InputError: no such mode, or bars of more than a day.
        DataError: the prices are adjusted already, or a dividend is not below the close before it.
        RangeError: bars lie outside the dates the exchange's calendar knows.
    """
    if mode not in MODES:
        raise InputError(f"'{mode}' is no way to adjust prices; use one of {', '.join(MODES)}.")
    if not can_be_adjusted(bars.interval):
        raise InputError(
            f"{bars.symbol} has {bars.interval} bars, which hold prices from before and after an ex-date; adjust daily "
            "bars and resample them."
        )
    dates = session_dates(bars.timestamp, bars.interval, exchange)
    made = split_adjusted(bars, actions, session_date=dates)
    if mode == "split":
        return made
    factor = _dividend_factors(bars, actions, dates)
    prices = {name: getattr(made, name) * factor for name in ("open", "high", "low", "close")}
    return replace(made, **prices)


def can_be_adjusted(interval: str) -> bool:
    """Tell whether bars of an interval lie on one side of an ex-date each: those up to a day."""
    return nanoseconds(interval) <= DAY


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


def _dividend_factors(bars: "Bars", actions: Sequence[CorporateAction], dates: "Int64s") -> "Floats":
    """Return the product of 1 - amount / close before over all dividends after each bar, (bars,)."""
    amounts = np.zeros(len(bars))
    for each in in_order(actions):
        at = int(dates.searchsorted(each.ex_date))
        if each.amount is None or not 0 < at < len(bars):
            continue
        amounts[at] += each.amount  # of one day: their sum
        if amounts[at] >= bars.close[at - 1]:
            raise DataError(
                f"The dividend of {each.symbol} on {date_text(each.ex_date)}, {amounts[at]:.10g}, is not below the "
                f"close before it, {bars.close[at - 1]:.10g}; correct or withdraw it, or use raw prices."
            )
    steps = np.ones(len(bars))
    steps[:-1] -= amounts[1:] / bars.close[:-1]
    return np.asarray(np.multiply.accumulate(steps[::-1])[::-1])


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
