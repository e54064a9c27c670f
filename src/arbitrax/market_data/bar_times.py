"""From stamps as they are written to the start of each bar.

A daily or longer bar is its session date at 00:00 UTC: the date as written where the source tells local
time, the local date of an instant where it tells instants. An intraday bar is an instant: the stamp less its
offset, or a naive stamp on the clock of ``timezone``, UTC unless given.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.errors import DataError, InputError
from arbitrax.domain.intervals import DAY, MINUTE, SECOND, infer_interval, is_intraday, nanoseconds, steps_between
from arbitrax.kernels.bar_columns import count_steps
from arbitrax.kernels.csv_reader import FIRST_YEAR, LAST_YEAR, NO_OFFSET
from arbitrax.market_data.date_formats import SECOND_LIMIT
from arbitrax.market_data.local_time import UTC_NAMES, to_local, to_utc
from arbitrax.market_data.source import Source, quoted, refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Int64s

WIDEST_SPREAD = 60
"""Minutes between the offsets of one zone through a year: daylight saving."""
MOST = 0.9
"""Share of steps an intraday length must divide; closing auctions and clock changes break a few."""
NEAR = 0.55
"""Ratio to the typical step from which a length of days is that step's: three days over weekends look like five."""
STEADY = 0.75
"""Share of steps near the typical one that shows bars of that length and not gaps."""
FIRST = int(np.datetime64(f"{FIRST_YEAR}-01-01", "ns").astype(np.int64))
END = int(np.datetime64(f"{LAST_YEAR + 1}-01-01", "ns").astype(np.int64))


class Stamps(Struct, frozen=True, eq=False):
    """Times of rows, shape (rows,)."""

    written: "Int64s"
    """Nanoseconds since 1970-01-01 00:00 on the clock of the source."""
    offsets: "NDArray[np.int32] | None" = None
    """Minutes that clock is ahead of UTC, NO_OFFSET where the row does not say; None where no row does."""
    instants: bool = False
    """The clock is UTC because the format says so (epoch numbers)."""

    def take(self, rows: "Int64s") -> "Stamps":
        """Return the stamps that a mask or index array selects."""
        offsets = None if self.offsets is None else self.offsets[rows]
        return replace(self, written=self.written[rows], offsets=offsets)


class BarTimes(Struct, frozen=True, eq=False):
    """Bar starts in ns UTC, shape (rows,), and their interval."""

    timestamp: "Int64s"
    interval: str
    notices: tuple[str, ...] = ()


def shown(ns: int) -> str:
    """Return a time for people: the date alone at midnight."""
    return str(np.datetime64(ns, "ns").astype("datetime64[D]" if ns % DAY == 0 else "datetime64[s]"))


def strictly_increasing(values: "Int64s") -> bool:
    """Tell whether each value is above the one before."""
    return bool((values[1:] > values[:-1]).all())


def scale_epoch(raw: "Int64s", source: Source) -> "Int64s":
    """Return nanoseconds from whole numbers in s, ms, us or ns, one unit for all, found by size.

    Raises:
        DataError: the numbers are of two units, or lie outside the years 1900 to 2200.
    """
    sizes = np.abs(raw)
    largest = int(sizes.max())
    scale = next((10**power for power in (9, 6, 3) if largest < SECOND_LIMIT * 10 ** (9 - power)), 1)
    # Such a number would be a date of the next coarser unit, or one of the first 85 days of 1970.
    small = np.flatnonzero(sizes < SECOND_LIMIT * 10**9 // scale // 1000)[: None if scale < 10**9 else 0]
    if len(small):
        what = f"{int(raw[small[0]])} is in another unit than {int(raw[sizes.argmax()])}"
        advice = "write all in one of seconds, milliseconds, microseconds and nanoseconds"
        raise source.refuse_row(int(small[0]), "date", what, len(small), advice)
    refuse_outside(raw, scale, source)
    return raw * scale


def refuse_outside(raw: "NDArray[Any]", scale: int, source: Source) -> None:
    """Refuse whole numbers of ``scale`` ns outside the years 1900 to 2200.

    Raises:
        DataError: names the first such row, and how many there are.
    """
    outside = np.flatnonzero((raw < FIRST // scale) | (raw >= END // scale))
    if len(outside):
        what = f"{int(raw[outside[0]])} lies outside the years {FIRST_YEAR} to {LAST_YEAR}"
        raise source.refuse_row(int(outside[0]), "date", what, len(outside), "correct those stamps")


def nanoseconds_of(moments: "NDArray[np.datetime64]", source: Source) -> "Int64s":
    """Return datetimes of any unit as int64 nanoseconds.

    Raises:
        DataError: a date is empty (NaT) or outside the years 1900 to 2200, which nanoseconds would wrap.
    """
    seconds = moments.astype("datetime64[s]").astype(np.int64)
    outside = np.flatnonzero((seconds < FIRST // SECOND) | (seconds >= END // SECOND))
    if len(outside):
        row = int(outside[0])
        value = str(moments[row])
        what = f"{quoted(value[:19])} lies outside the years {FIRST_YEAR} to {LAST_YEAR}"
        if value == "NaT":
            what = "the date is empty"
        raise source.refuse_row(row, "date", what, len(outside), "correct or remove those rows")
    return moments.astype("datetime64[ns]").astype(np.int64)


def check_offsets(stamps: Stamps, source: Source) -> Stamps:
    """Return stamps whose offsets all rows have, or none.

    Raises:
        DataError: stamps with and without offset are mixed, or offsets are more than an hour apart.
    """
    offsets = stamps.offsets
    if offsets is None or not len(offsets):
        return stamps
    bare = np.flatnonzero(offsets == NO_OFFSET)
    if len(bare) == len(offsets):
        return replace(stamps, offsets=None)
    if len(bare):
        what = f"{shown(int(stamps.written[bare[0]]))} names no time zone while other rows do"
        raise source.refuse_row(int(bare[0]), "date", what, len(bare), "write all stamps in one time zone")
    spread = int(offsets.max()) - int(offsets.min())
    if spread > WIDEST_SPREAD:
        far = np.flatnonzero(np.abs(offsets - offsets[0]) > WIDEST_SPREAD)
        row = int(far[0]) if len(far) else int(offsets.argmax())
        apart = f"{spread // 60} h {spread % 60:02} min from that of other rows"
        what = f"the column mixes time zones: the UTC offset {_clock(int(offsets[row]))} is {apart}"
        raise source.refuse_row(row, "date", what, len(far) or 1, "write all stamps in one time zone")
    return stamps


def resolve_times(stamps: Stamps, source: Source, *, timezone: str | None, interval: str | None) -> BarTimes:
    """Return the bar starts of one symbol's rows, in the order of the rows.

    Raises:
        DataError: finer than a second; not ``interval`` apart; or local times that never were, or were twice, in
            ``timezone``.
        InputError: ``interval`` or ``timezone`` is no such thing.
    """
    written = stamps.written
    length = settle_interval(written if strictly_increasing(written) else _distinct(written), interval, source.name)
    if is_intraday(length):
        return _instants(stamps, source, length, timezone)
    return _sessions(stamps, source, length, timezone)


def settle_interval(ordered: "Int64s", interval: str | None, source: str) -> str:
    """Return ``interval`` if sorted, distinct times allow it, or the inferred one without it.

    Raises:
        DataError: the times are finer than a second, or contradict ``interval``.
    """
    if interval is not None and not nanoseconds(interval):
        return interval  # counted bars may lie any time apart
    if interval is not None and _mostly_apart(ordered, nanoseconds(interval)):
        return interval
    try:
        inferred = infer_interval(ordered)
    except InputError as error:
        raise DataError(f"{source}: {error}") from None
    if interval is None or interval == inferred or len(ordered) < 3 or _plausible(ordered, interval, inferred):
        return interval or inferred
    what = f"the bars are not {interval} apart but look like {inferred}"
    raise refuse(source, what, f"leave the interval out or make it {inferred}")


def _mostly_apart(ordered: "Int64s", length: int) -> bool:
    """Tell whether intraday bars are so clearly of a length that nothing else need be looked at."""
    return length < DAY and count_steps(np.ascontiguousarray(ordered), length) >= MOST * (len(ordered) - 1)


def _plausible(ordered: "Int64s", interval: str, inferred: str) -> bool:
    """Tell whether bars of one length can be so far apart.

    Intraday lengths divide nine steps in ten, unless the bars come once a day; longer ones are near the typical step,
    or shorter where steps vary as gaps would make them.
    """
    steps, length = steps_between(ordered), nanoseconds(interval)
    if is_intraday(interval):
        return _share(steps % length == 0) >= MOST and _share(steps % DAY == 0) < MOST
    if is_intraday(inferred):
        return False
    steps.sort()
    median = int(steps[len(steps) // 2])
    if NEAR <= length / median <= 1 / NEAR:
        return True
    steady = _share((steps > 0.8 * median) & (steps < 1.2 * median))
    return length < median and steady < STEADY


def _share(rows: "NDArray[np.bool_]") -> float:
    return float(np.count_nonzero(rows)) / len(rows)


def _distinct(times: "Int64s") -> "Int64s":
    """Return times sorted and once each; np.unique would load numpy.ma."""
    ordered = np.sort(times)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def _sessions(stamps: Stamps, source: Source, interval: str, timezone: str | None) -> BarTimes:
    written = stamps.written
    notices: tuple[str, ...] = ()
    instants = stamps.instants or (stamps.offsets is not None and not stamps.offsets.any())
    if instants and timezone:
        written = to_local(written, timezone)
    elif instants and (written % DAY).any():
        notices = (
            f"{source.name} stamps daily bars with instants; their dates in UTC were taken as session dates, "
            "pass timezone= if the exchange's date differs.",
        )
    return BarTimes(written - written % DAY, interval, notices)


def _instants(stamps: Stamps, source: Source, interval: str, timezone: str | None) -> BarTimes:
    if stamps.instants or stamps.offsets is not None:
        told = () if timezone is None else (
            f"{source.name} says in which zone its times are, so timezone='{timezone}' was not used.",
        )  # fmt: skip
        shift = 0 if stamps.offsets is None else stamps.offsets.astype(np.int64) * MINUTE
        return BarTimes(stamps.written - shift, interval, told)
    if timezone is None:
        taken = f"The times in {source.name} name no zone and were taken as UTC"
        return BarTimes(stamps.written, interval, (f"{taken}; pass timezone= if they are local.",))
    instants, never, twice = to_utc(stamps.written, timezone)
    for rows, what in ((never, "never was"), (twice, "was twice")):
        if len(rows):
            gone = f"{shown(int(stamps.written[rows[0]]))} {what} in {timezone}, where clocks changed"
            advice = "export the data in UTC or with offsets"
            raise source.refuse_row(int(rows[0]), "date", gone, len(rows), advice)
    notices = () if timezone in UTC_NAMES else (f"The times in {source.name} were read on the clock of {timezone}.",)
    return BarTimes(instants, interval, notices)


def _clock(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
