"""Coarser bars from finer ones, and bars from ticks. The rules, with examples: docs/concepts/intervals.md."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import DataError, InputError
from arbitrax.domain.intervals import COUNTED, DAY, MINUTE, is_intraday, nanoseconds, parse_interval
from arbitrax.kernels.resample import aggregate, group_by_sum, group_by_time
from arbitrax.market_data.bar_times import shown
from arbitrax.market_data.sessions import Sessions, split_sessions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s

OPENING = 15 * MINUTE
"""Sessions open on multiples of this, so a first trade at 09:32 does not move the day's groups."""
MONDAY = 3
"""Days from a Monday to the epoch, which was a Thursday."""
PRICED = ("open", "high", "low", "close", "volume", "adj_close")


def resample(bars: Bars, interval: str, *, sessions: Sessions | None = None) -> Bars:
    """Return coarser bars: first open, highest high, lowest low, last close, summed volume, last adjusted close.

    Stamps are starts: of the nominal group for intraday bars, the session date at 00:00 UTC for days, the Monday of
    weeks, the first of months. Groups without a bar are left out; the last may be unfinished and is kept, and
    `alignment.last_completed` never counts it before its time. Bars that have the interval already come back with
    their own columns. With splits in the data, resample ``bars.adjusted()``: a high before a split is otherwise set
    beside a close after it. sessions: how intraday ``bars`` fall into sessions, as from a calendar; told by the data
    unless given.

    Raises:
        InputError: the interval is none, finer than the bars, no multiple of theirs, or counts ticks.
    """
    refusal = why_not(bars.interval, interval)
    if refusal:
        raise InputError(f"{bars.symbol}: {refusal}")
    if interval == bars.interval:
        return bars
    if is_intraday(interval):
        starts, stamps = _intraday_groups(bars, nanoseconds(interval), sessions)
    else:
        starts, stamps = _calendar_groups(bars, interval, sessions)
    return _aggregated(bars, interval, starts, stamps)


def why_not(finer: str, coarser: str) -> str | None:
    """Return why bars of one interval cannot be made of the other, in one sentence; None if they can.

    Raises:
        InputError: one of them is no interval.
    """
    (_, unit), (_, wanted) = parse_interval(finer), parse_interval(coarser)
    if finer == coarser:
        return None
    if unit in COUNTED or wanted in COUNTED:
        return f"{coarser} bars cannot be made of {finer} bars; make them of ticks with bars_from_ticks."
    short, length = nanoseconds(finer), nanoseconds(coarser)
    if length <= short:
        return f"{coarser} bars cannot be made of {finer} bars, which are not shorter; choose a longer interval."
    if short < DAY:
        fits = length >= DAY or length % short == 0
    elif finer == "1d":
        fits = True
    else:  # where a block of days begins is not told, and weeks run across the ends of months
        fits = unit == wanted and finer in ("1w", "1mo")
    if fits:
        return None
    return f"{coarser} bars cannot be made of {finer} bars, which do not divide them; choose a multiple of {finer}."


def periods(days: "Int64s", interval: str) -> "Int64s":
    """Return the number of the period each day (counted from 1970-01-01) is in, for a daily or longer interval.

    Weeks begin on Monday; periods of several days, weeks or months are counted from the one that holds 1970-01-01.
    """
    count, unit = _calendar_unit(interval)
    if unit == "mo":
        return _days_as_dates(days).astype("datetime64[M]").astype(np.int64) // count
    return (days + (MONDAY if unit == "w" else 0)) // _days_in(count, unit)


def period_starts(numbers: "Int64s", interval: str) -> "Int64s":
    """Return the first instant of periods as `periods` numbers them, ns at 00:00 UTC."""
    count, unit = _calendar_unit(interval)
    if unit == "mo":
        days = (numbers * count).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    else:
        days = numbers * _days_in(count, unit) - (MONDAY if unit == "w" else 0)
    return days * DAY


def bars_from_ticks(symbol: str, timestamp: Any, price: Any, size: Any, interval: str) -> Bars:
    """Return bars of trades: ``1s`` to ``1d`` by the clock, ``100t``, ``10000v`` or ``1000000q`` by what was traded.

    timestamp: (ticks,) ns UTC, sorted, or datetime64; trades of one instant keep their order. price: quote currency,
    above zero. size: units, zero or more. A bar of N ticks ends with the N-th; of volume or value with the tick that
    brings the sum of size, or of price x size, from 0 to at least the amount: that tick is whole in it and nothing is
    carried over. Bars by the clock lie on the UTC grid. A counted bar starts at its first tick; one that would start
    when the last one did starts a nanosecond later. The last bar may be unfinished and is kept.

    Raises:
        InputError: the interval is none, or longer than a day.
        DataError: not one tick, columns of different lengths, times out of order, or a price or size that is no such.
    """
    count, unit = parse_interval(interval)
    if nanoseconds(interval) > DAY:
        raise InputError(f"Ticks make bars of up to a day, not of {interval}; make 1d bars and resample them.")
    times, prices, sizes = _ticks(symbol, timestamp, price, size)
    if unit == "t":
        starts = np.arange(0, len(times), count, dtype=np.int64)
        stamps = _distinct_starts(times[starts])
    elif unit in COUNTED:
        valued = prices if unit == "q" else prices[:0]
        starts = np.empty(group_by_sum(valued, sizes, float(count), np.empty(0, np.int64)), np.int64)
        group_by_sum(valued, sizes, float(count), starts)
        stamps = _distinct_starts(times[starts])
    else:
        starts, stamps = _day_grid(times, nanoseconds(interval))
    ticks = Bars(symbol, "1t", times, prices, prices, prices, prices, sizes)
    return _aggregated(ticks, interval, starts, stamps)


def _aggregated(bars: Bars, interval: str, starts: "Int64s", stamps: "Int64s") -> Bars:
    open_, high, low, close, volume, adjusted = (
        np.empty(0) if getattr(bars, name) is None else np.ascontiguousarray(getattr(bars, name)) for name in PRICED
    )
    out = np.empty((5 if bars.adj_close is None else 6, len(starts)))
    aggregate(starts, open_, high, low, close, volume, adjusted, out)
    last_adjusted = None if bars.adj_close is None else out[5]
    return Bars(bars.symbol, interval, stamps, out[0], out[1], out[2], out[3], out[4], last_adjusted, bars.basis)


def _intraday_groups(bars: Bars, length: int, sessions: Sessions | None) -> "tuple[Int64s, Int64s]":
    timestamp = np.ascontiguousarray(bars.timestamp)
    if not len(bars):
        return _grouped(timestamp, timestamp, timestamp, length)
    found = sessions or split_sessions(timestamp, bars.interval)
    if found.round_the_clock:
        return _day_grid(timestamp, length)
    first = np.concatenate(([0], found.ends[:-1] + 1))
    opened = timestamp[first]
    anchors = opened - opened % math.gcd(length, OPENING)
    # Where trading went on through the cut, the last session's bars must not reach into this one's groups.
    anchors[1:] = np.maximum(anchors[1:], np.minimum(timestamp[first[1:] - 1] + nanoseconds(bars.interval), opened[1:]))
    return _grouped(timestamp, first, anchors, length)


def _day_grid(timestamp: "Int64s", length: int) -> "tuple[Int64s, Int64s]":
    """Return groups of ``length`` counted from each UTC midnight."""
    day = timestamp // DAY
    first = np.concatenate(([0], np.flatnonzero(day[1:] != day[:-1]) + 1)) if len(day) else day
    return _grouped(timestamp, first, day[first] * DAY, length)


def _grouped(timestamp: "Int64s", first: "Int64s", anchors: "Int64s", length: int) -> "tuple[Int64s, Int64s]":
    """Return first row and nominal start of each group; counted first, so that nothing is as long as the rows."""
    none = np.empty(0, np.int64)
    count = group_by_time(timestamp, first, anchors, length, none, none)
    starts, stamps = np.empty((2, count), np.int64)
    group_by_time(timestamp, first, anchors, length, starts, stamps)
    return starts, stamps


def _calendar_groups(bars: Bars, interval: str, sessions: Sessions | None) -> "tuple[Int64s, Int64s]":
    if is_intraday(bars.interval):
        found = sessions or split_sessions(bars.timestamp, bars.interval)
        first, days = np.concatenate(([0], found.ends[:-1] + 1))[: len(found.ends)], found.days
    else:
        first, days = np.arange(len(bars)), bars.timestamp // DAY
    period = periods(days, interval)
    new = np.flatnonzero(np.concatenate(([True], period[1:] != period[:-1]))[: len(period)])
    return first[new].astype(np.int64), period_starts(period[new], interval)


def _calendar_unit(interval: str) -> tuple[int, str]:
    """Return count and unit of a daily or longer interval; 48h are two days."""
    count, unit = parse_interval(interval)
    return (count, unit) if unit in ("d", "w", "mo") else (nanoseconds(interval) // DAY, "d")


def _days_in(count: int, unit: str) -> int:
    return count * (7 if unit == "w" else 1)


def _days_as_dates(days: "Int64s") -> "NDArray[np.datetime64]":
    return days.astype("datetime64[D]")


def _distinct_starts(times: "Int64s") -> "Int64s":
    """Return sorted times, each at least a nanosecond after the one before."""
    rank = np.arange(len(times))
    return np.maximum.accumulate(times - rank) + rank


def _ticks(symbol: str, timestamp: Any, price: Any, size: Any) -> "tuple[Int64s, Floats, Floats]":
    times = np.asarray(timestamp)
    if times.dtype.kind == "M":
        times = times.astype("datetime64[ns]").view(np.int64)
    if times.dtype.kind not in "iu":
        raise DataError(f"The ticks of {symbol} have {times.dtype} times; pass whole nanoseconds UTC or datetime64.")
    times = np.ascontiguousarray(times, dtype=np.int64)
    prices, sizes = (np.ascontiguousarray(each, dtype=np.float64) for each in (price, size))
    if not times.ndim == prices.ndim == sizes.ndim == 1 or not len(times) == len(prices) == len(sizes) > 0:
        shapes = f"times {times.shape}, prices {prices.shape}, sizes {sizes.shape}"
        raise DataError(f"The ticks of {symbol} need one time, price and size each; they have {shapes}.")
    checks = (
        ("price", prices, ~((prices > 0) & np.isfinite(prices))),
        ("size", sizes, ~((sizes >= 0) & np.isfinite(sizes))),
    )
    for name, values, wrong in checks:
        if wrong.any():
            row = int(wrong.argmax())
            raise DataError(f"Tick {row} of {symbol} has {name} {values[row]:g}; correct or remove it.")
    back = times[1:] < times[:-1]
    if back.any():
        row = int(back.argmax()) + 1
        raise DataError(f"Tick {row} of {symbol}, at {shown(int(times[row]))}, comes before the last; sort the ticks.")
    return times, prices, sizes
