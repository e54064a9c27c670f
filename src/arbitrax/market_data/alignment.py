"""What is known of a coarser series at the close of each finer bar. The rules: docs/concepts/intervals.md."""

from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.market_data.calendars import OUTSIDE
from arbitrax.market_data.resample import period_starts, periods
from arbitrax.market_data.sessions import split_sessions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s
    from arbitrax.market_data.calendars import Calendar


def last_completed(coarse: Bars, fine: Bars, *, ends: "Int64s | None" = None) -> "NDArray[np.int64]":
    """Return the index of the last coarse bar that is over at each fine bar's close, -1 before; (fine bars,) int64.

    A coarse bar is over at the close of the first fine bar that ends at its nominal end or later, else of the first
    that belongs to a later coarse bar. Whether more bars of a session would follow is never asked. The nominal end of
    a day is where the sessions of ``fine`` are cut, so an exchange's day is known at the close of the next session's
    first fine bar. ends: (coarse bars,) ns UTC, when each is over by the calendar, such as the session's close; a
    fine bar that ends there knows it at once. Beside daily ``fine`` bars, whose day ends at the next 00:00, give
    dates.

    Raises:
        InputError: the coarse bars are shorter than the fine ones, or ends do not fit.
    """
    length, step = nanoseconds(coarse.interval), nanoseconds(fine.interval)
    if length and length < step:
        raise InputError(
            f"{coarse.interval} bars are finer than the {fine.interval} bars they are to be known at; swap the two."
        )
    if is_intraday(coarse.interval):
        known_at = _next_starts(coarse, fine)
        if length:
            known_at = np.minimum(known_at, fine.timestamp.searchsorted(coarse.timestamp + (length - step)))
    else:
        after = periods(_days_after(fine), coarse.interval)
        known_at = after.searchsorted(periods(coarse.timestamp // DAY, coarse.interval), side="right")
    if ends is not None:
        given = np.asarray(ends)
        if given.shape != (len(coarse),) or given.dtype.kind not in "iu" or (given[1:] < given[:-1]).any():
            raise InputError(
                f"ends has shape {given.shape} for {len(coarse)} coarse bars; give one sorted ns time each."
            )
        known_at = np.minimum(known_at, fine.timestamp.searchsorted(given - step))
    return known_at.searchsorted(np.arange(len(fine)), side="right") - 1


def exchange_ends(coarse: Bars, fine: Bars, exchange: "Calendar") -> "Int64s":
    """Return when each coarse bar is over by an exchange's sessions, ns, as `last_completed` takes it.

    A bar within a session ends with it at the latest; one of days, weeks or months with its last session's close,
    beside daily or longer ``fine`` bars with that session's day. A bar outside every session ends as it says.
    """
    table = exchange.table
    if is_intraday(coarse.interval):
        end = coarse.timestamp + nanoseconds(coarse.interval)
        session = exchange.session_of(coarse.timestamp, coarse.interval)
        return np.where(session == OUTSIDE, end, np.minimum(end, table.close[session]))
    following = period_starts(periods(coarse.timestamp // DAY, coarse.interval) + 1, coarse.interval)
    session = np.maximum(table.date.searchsorted(following) - 1, 0)
    ends = table.close[session] if is_intraday(fine.interval) else table.date[session] + DAY
    held = table.date[session] >= coarse.timestamp
    return np.maximum.accumulate(np.where(held, ends, following))


def align(values: Any, coarse: Bars, fine: Bars, *, ends: "Int64s | None" = None) -> "Floats":
    """Return a coarse series as known at each fine bar's close, NaN before the first; (fine bars,) float64.

    values: (coarse bars,), such as an indicator of ``coarse.close``. ends: as for `last_completed`.

    Raises:
        InputError: one value a coarse bar is not what was given, or the bars do not fit.
    """
    series = np.asarray(values, dtype=np.float64)
    if series.shape != (len(coarse),):
        raise InputError(f"values has shape {series.shape} for {len(coarse)} coarse bars; give one value each.")
    known = last_completed(coarse, fine, ends=ends)
    # The NaN stands last, where -1 finds it.
    return np.append(series, np.nan)[known]


def _next_starts(coarse: Bars, fine: Bars) -> "NDArray[np.int64]":
    """Return the first fine bar from each coarse bar's successor on; the count of fine bars for the last."""
    return np.append(fine.timestamp.searchsorted(coarse.timestamp[1:]), len(fine))[: len(coarse)]


def _days_after(fine: Bars) -> "Int64s":
    """Return the session day that each fine bar's end belongs to, as far as its own time tells."""
    if not is_intraday(fine.interval):
        days = fine.timestamp // DAY
        if fine.interval.endswith("mo"):
            return period_starts(periods(days, fine.interval) + 1, fine.interval) // DAY
        return days + nanoseconds(fine.interval) // DAY
    sessions = split_sessions(fine.timestamp, fine.interval)
    sizes = np.diff(sessions.ends, prepend=-1)
    days = np.repeat(sessions.days, sizes)
    shift = (DAY if sessions.cut >= DAY // 2 else 0) - sessions.cut
    if ((fine.timestamp + shift) // DAY != days).any():
        return days  # some sessions run across the cut, so reaching it does not end them
    return (fine.timestamp + (nanoseconds(fine.interval) + shift)) // DAY
