"""How many periods a year holds, judged from the data's own calendar."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds

if TYPE_CHECKING:
    from arbitrax.domain.bars import Int64s

WEEKDAY_SESSIONS = 252  # NYSE, Nasdaq: 365.25 x 5 / 7 less about nine holidays
EVERY_DAY_SESSIONS = 365


class Annualisation(msgspec.Struct, frozen=True):
    """Which returns are annualised, and by how many of them a year."""

    periods: float
    basis: str
    """In words, for the result: ``252 sessions a year``."""
    by_session: bool
    """Whether bars are first joined to one return per session (intraday data)."""


def annualisation(timestamp: "Int64s", interval: str) -> Annualisation:
    """Return the annualisation of a series from its interval and from whether it trades on weekends."""
    days = timestamp // DAY
    # The epoch was a Thursday, so (day + 3) % 7 counts from Monday.
    weekend = float(np.mean((days + 3) % 7 >= 5)) if len(days) else 0.0
    sessions = EVERY_DAY_SESSIONS if weekend > 0.1 else WEEKDAY_SESSIONS
    if is_intraday(interval):
        return Annualisation(sessions, f"{sessions} sessions a year, returns joined by session (UTC day)", True)
    if interval == "1d":
        return Annualisation(sessions, f"{sessions} sessions a year", False)
    if interval.endswith("mo"):
        periods = 12 / int(interval[:-2])
    elif interval.endswith("w"):
        periods = 52 / int(interval[:-1])
    else:
        periods = sessions / (nanoseconds(interval) / DAY)
    return Annualisation(periods, f"{periods:g} bars a year", False)


def session_ends(timestamp: "Int64s") -> "Int64s":
    """Return the index of the last bar of each UTC day, shape (sessions,)."""
    days = timestamp // DAY
    return np.concatenate((np.flatnonzero(days[1:] != days[:-1]), [len(days) - 1]))
