"""How a column of dates is written: found on one value, then required of all."""

import re

from msgspec import Struct

from arbitrax.kernels import csv_reader as kernel

SECOND_LIMIT = 7_300_000_000
"""Above every epoch second up to the year 2200; a thousand times it bounds milliseconds, and so on."""

CLOCK = re.compile(r"^(\s+|[Tt])?\d")
YEAR_FIRST = re.compile(r"^\d{4}([-./])\d{1,2}\1\d{1,2}")
YEAR_LAST = re.compile(r"^\d{1,2}([-./])\d{1,2}\1\d{4}")
WHOLE_NUMBER = re.compile(r"^-?\d+(\.0*)?$")
COMPACT_DATE = re.compile(r"^(19|2[012])\d\d(0[1-9]|1[012])(0[1-9]|[12]\d|3[01])")


class DateFormat(Struct, frozen=True):
    """One way to write a date, in the kernel's terms."""

    layout: int
    separator: str = "-"
    timed: bool = False
    """A time of day follows in the same field."""

    def __str__(self) -> str:
        """Return it as a pattern for people, such as YYYY-MM-DD."""
        parts = {
            kernel.YEAR_MONTH_DAY: ("YYYY", "MM", "DD"),
            kernel.MONTH_DAY_YEAR: ("MM", "DD", "YYYY"),
            kernel.DAY_MONTH_YEAR: ("DD", "MM", "YYYY"),
        }
        if self.layout == kernel.EPOCH:
            return "a whole number of seconds, milliseconds, microseconds or nanoseconds since 1970"
        if self.layout == kernel.COMPACT:
            return "YYYYMMDD HHMMSS" if self.timed else "YYYYMMDD"
        return self.separator.join(parts[self.layout]) + (" HH:MM:SS" if self.timed else "")


ISO = DateFormat(kernel.YEAR_MONTH_DAY)


def formats_of(value: str) -> tuple[DateFormat, ...]:
    """Return the formats a value may be written in: none, one, or two for ``03/04/2020``."""
    if WHOLE_NUMBER.match(value):
        digits = value.partition(".")[0]
        if COMPACT_DATE.match(digits) and len(digits) in (8, 12, 14):
            return (DateFormat(kernel.COMPACT, timed=len(digits) > 8),)
        return (DateFormat(kernel.EPOCH),)
    for pattern, layouts in (
        (YEAR_FIRST, (kernel.YEAR_MONTH_DAY,)),
        (YEAR_LAST, (kernel.MONTH_DAY_YEAR, kernel.DAY_MONTH_YEAR)),
        (COMPACT_DATE, (kernel.COMPACT,)),
    ):
        found = pattern.match(value)
        rest = value[found.end() :] if found else ""
        if found and (not rest or CLOCK.match(rest)):
            separator = "-" if pattern is COMPACT_DATE else found.group(1)
            return tuple(DateFormat(layout, separator, timed=bool(rest)) for layout in layouts)
    return ()
