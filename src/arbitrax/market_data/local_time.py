"""Convert between the clock of a time zone and UTC, for whole columns."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.errors import InputError, did_you_mean
from arbitrax.domain.intervals import DAY, SECOND

if TYPE_CHECKING:
    from datetime import tzinfo

    from arbitrax.domain.bars import Int64s

UTC_NAMES = ("UTC", "Etc/UTC", "GMT", "Z")


def to_utc(local: "Int64s", timezone: str) -> tuple["Int64s", "Int64s", "Int64s"]:
    """Return instants, and the positions of local times that never were and of those that were twice.

    The positions are of stamps in the hour skipped in spring and the hour repeated in autumn; their instants
    are not to be used.
    """
    nowhere = np.empty(0, dtype=np.int64)
    if timezone in UTC_NAMES:
        return local, nowhere, nowhere
    zone = zone_named(timezone)
    days, day_of = np.unique(local // DAY, return_inverse=True)
    start = np.array([_offset(zone, int(day) * DAY, 0) for day in days], dtype=np.int64)
    # The first instant of the next day, told before any change at that midnight.
    end = np.array([_offset(zone, (int(day) + 1) * DAY - SECOND, 0) for day in days], dtype=np.int64)
    before = np.array([_offset(zone, int(day) * DAY - DAY // 4, 0) for day in days], dtype=np.int64)
    earlier, later = start[day_of], start[day_of].copy()
    for position in np.flatnonzero(((start != end) | (before != start))[day_of]):
        earlier[position] = _offset(zone, int(local[position]), 0)
        later[position] = _offset(zone, int(local[position]), 1)
    return local - earlier, np.flatnonzero(earlier < later), np.flatnonzero(earlier > later)


def to_local(instants: "Int64s", timezone: str) -> "Int64s":
    """Return what the zone's clocks showed at each instant."""
    if timezone in UTC_NAMES:
        return instants
    from datetime import UTC, datetime, timedelta

    zone = zone_named(timezone)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    distinct, at = np.unique(instants // SECOND, return_inverse=True)
    offsets = [
        (epoch + timedelta(seconds=int(second))).astimezone(zone).utcoffset() or timedelta() for second in distinct
    ]
    seconds = np.array([round(offset.total_seconds()) for offset in offsets], dtype=np.int64)
    return instants + seconds[at] * SECOND


def zone_named(name: str) -> "tzinfo":
    """Return the IANA time zone.

    Raises:
        InputError: no zone has that name.
    """
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones())
        raise InputError(
            f"'{name}' is not a time zone{hint or '; use an IANA name such as America/New_York.'}"
        ) from None


def _offset(zone: "tzinfo", local: int, fold: int) -> int:
    """Return how far the zone's clock is ahead of UTC at a local time, in ns."""
    from datetime import datetime, timedelta

    moment = datetime(1970, 1, 1, tzinfo=zone) + timedelta(microseconds=local // 1000)
    offset = moment.replace(fold=fold).utcoffset() or timedelta()
    return round(offset.total_seconds()) * SECOND
