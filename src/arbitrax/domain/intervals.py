"""The length of a bar: ``1m``, ``5m``, ``1h``, ``1d``, ``1w``, ``1mo``."""

from typing import TYPE_CHECKING

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from arbitrax.domain.bars import Int64s

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
MONTH = 30 * DAY  # nominal; months differ in length


def nanoseconds(interval: str) -> int:
    """Return the nominal length of an interval in nanoseconds.

    Raises:
        InputError: the text is no interval.
    """
    count, unit = (
        interval[: -2 if interval.endswith("mo") else -1],
        "mo" if interval.endswith("mo") else interval[-1:],
    )
    if not count.isdigit() or int(count) == 0 or (unit != "mo" and unit not in UNITS):
        raise InputError(
            f"'{interval}' is not an interval; use a count and a unit, such as 1m, 15m, 1h, 1d, 1w or 1mo."
        )
    return int(count) * (MONTH if unit == "mo" else UNITS[unit])


def is_intraday(interval: str) -> bool:
    """Tell whether bars of this interval are shorter than a day."""
    return nanoseconds(interval) < DAY


def infer_interval(timestamp: "Int64s") -> str:
    """Return the interval of sorted, distinct bar starts: their most typical step.

    One bar alone, and steps of one to five days, count as daily; 6 to 10 days as weekly; 26 to 35 as monthly.
    Otherwise the lower quartile of the steps, so that nights and gaps do not matter.
    """
    if len(timestamp) < 2:
        return "1d"
    steps = timestamp[1:] - timestamp[:-1]
    steps.sort()
    step = int(steps[len(steps) // 4])
    if step >= 26 * DAY:
        return "1mo"
    if step >= 6 * DAY:
        return "1w"
    if step >= DAY:
        return "1d"
    for unit, length in (("h", HOUR), ("m", MINUTE), ("s", SECOND)):
        if step % length == 0:
            return f"{step // length}{unit}"
    raise InputError(
        f"bars {step} ns apart are finer than a second, which backtests do not support yet; resample them first."
    )
