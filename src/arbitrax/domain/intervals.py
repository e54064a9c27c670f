"""The length of a bar: ``1m``, ``5m``, ``1h``, ``1d``, ``1w``, ``1mo``.

Or what it counts: ``100t`` (ticks), ``10000v`` (units traded), ``1000000q`` (value in quote currency).
"""

from typing import TYPE_CHECKING

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Int64s

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
COUNTED = ("t", "v", "q")
"""Units of bars that end by what was traded, not by the clock: ticks, volume, quote value."""
MONTH = 30 * DAY  # nominal; months differ in length
MEAN_MONTH_DAYS = 365.25 / 12


def parse_interval(interval: str) -> tuple[int, str]:
    """Return count and unit of an interval: ``(15, "m")``.

    Raises:
        InputError: the text is no interval.
    """
    count, unit = (
        interval[: -2 if interval.endswith("mo") else -1],
        "mo" if interval.endswith("mo") else interval[-1:],
    )
    if not count.isdigit() or int(count) == 0 or (unit != "mo" and unit not in UNITS and unit not in COUNTED):
        raise InputError(
            f"'{interval}' is not an interval; use a count and a unit, such as 1m, 15m, 1h, 1d, 1w or 1mo."
        )
    return int(count), unit


def nanoseconds(interval: str) -> int:
    """Return the nominal length of an interval in nanoseconds; 0 for bars of counted ticks, volume or value.

    Raises:
        InputError: the text is no interval.
    """
    count, unit = parse_interval(interval)
    return count * (MONTH if unit == "mo" else UNITS.get(unit, 0))


def is_intraday(interval: str) -> bool:
    """Tell whether bars of this interval carry instants: those shorter than a day, and counted ones."""
    return nanoseconds(interval) < DAY


def steps_between(timestamp: "Int64s") -> "NDArray[np.uint64]":
    """Return the time from each bar to the next, ns; unsigned, as centuries do not fit the signed type."""
    return (timestamp[1:] - timestamp[:-1]).view("uint64")


def infer_interval(timestamp: "Int64s") -> str:
    """Return the interval of sorted, distinct bar starts: the lower quartile of their steps.

    So nights, weekends and gaps do not matter. Steps of 6 to 10 days are a week, of 26 to 35 a month; longer ones the
    nearest number of weeks or months. Steps of two to five days are as many days if nearly all bars keep to them,
    else daily bars with gaps, as is one bar alone.

    Raises:
        InputError: the bars are finer than a second.
    """
    if len(timestamp) < 2:
        return "1d"
    steps = steps_between(timestamp)
    steps.sort()
    step = int(steps[len(steps) // 4])
    if step >= DAY:
        return _several_days(step) if step >= 6 * DAY else _few_days(steps)
    for unit, length in (("h", HOUR), ("m", MINUTE), ("s", SECOND)):
        if step % length == 0:
            return f"{step // length}{unit}"
    raise InputError(
        f"bars {step} ns apart are finer than a second, which backtests do not support yet; resample them first."
    )


def _few_days(steps: "NDArray[np.uint64]") -> str:
    """Return the interval of sorted steps of which the lower quartile is one to five days."""
    shortest = round(int(steps[0]) / DAY)
    # Three quarters within a weekend of the shortest; a handful of bars cannot tell.
    if len(steps) < 4 or shortest < 2 or int(steps[len(steps) * 3 // 4]) > (shortest + 2) * DAY:
        return "1d"
    return f"{shortest}d"


def _several_days(step: int) -> str:
    """Return the interval of a step of six days or more."""
    days = step / DAY
    if days < 11:
        return "1w"
    months = round(days / MEAN_MONTH_DAYS)
    if days < 26 or 36 <= days < 45:
        return f"{round(days / 7)}w"
    return f"{max(months, 1)}mo"
