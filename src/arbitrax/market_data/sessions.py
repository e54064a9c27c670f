"""Trading sessions, and how many periods a year holds, judged from the data's own calendar.

A session is what lies between two regular breaks: the night of a stock exchange, the daily break of a future, the
weekend of a currency. Days are therefore cut at the time of day that the breaks share and not at UTC midnight, which
is kept for markets that never close.
"""

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from arbitrax.domain.intervals import DAY, HOUR, MINUTE, is_intraday, nanoseconds, steps_between
from arbitrax.kernels.bar_columns import day_ends, long_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s
    from arbitrax.market_data.calendars import Calendar

YEAR_DAYS = 365.25
FIVE_DAYS = 252
"""NYSE, Nasdaq: 365.25 x 5 / 7 less about nine holidays."""
FIVE_DAYS_ROUND_THE_CLOCK = 260
"""Currencies, Sunday evening to Friday evening: 365.25 x 5 / 7 less New Year's Day."""
EVERY_DAY = 365
COUNTS = ("no", "one day", "two days", "three days", "four days", "five days", "six days", "seven days")

BREAK = 30 * MINUTE
"""Shorter gaps between bars are missing trades, not the end of a session."""
REGULAR = 0.75
"""Share of the boundaries a time of day makes that must lie in breaks for these to be daily."""
ROUND_THE_CLOCK = 20 * HOUR
"""Sessions at least this long, with no daily break between them, are those of a market open day and night."""
FEW_WEEKS = 8
"""Below this many weeks with bars, fewer than five weekdays are a matter of chance: any weekend means every day."""
CONVENTIONS = (52, 26, 13, 12, 6, 4, 3, 2, 1)
"""Bars a year of weeks, fortnights, four weeks, months, two, three, four and six months, and years."""
CLOSE_TO = 0.03
"""Relative distance within which a measured number of bars a year is one of the conventions."""


class Annualisation(msgspec.Struct, frozen=True):
    """Which returns are annualised, and by how many of them a year."""

    periods: float
    basis: str
    """In words, for the result: ``252 sessions a year``."""
    by_session: bool
    """Whether bars are first joined to one return per session (intraday data)."""


class Sessions(msgspec.Struct, frozen=True, eq=False):
    """Intraday bars by session; arrays of shape (sessions,)."""

    ends: "Int64s"
    """Index of the last bar of each."""
    days: "Int64s"
    """The day each belongs to, counted from 1970-01-01: that of the next morning if it starts after noon UTC."""
    cut: int
    """Time of day, ns UTC, at which one session ends and the next may start."""
    round_the_clock: bool
    """Whether trading goes on day and night, at most with a break at weekends."""


def annualisation(timestamp: "Int64s", interval: str, sessions: Sessions | None = None) -> Annualisation:
    """Return the annualisation of a series from its interval and from when it trades.

    Daily and intraday data count sessions: 252 a year for five days a week (260 if those have no daily break, as with
    currencies), 365 for seven, else 365.25 x days / 7. Which weekdays trade is told by how often each occurs, so
    neither holidays nor gaps nor the length of the sample matter. Longer bars count the typical step between them.
    """
    if is_intraday(interval):
        sessions = sessions or split_sessions(timestamp, interval)
        periods, basis = _sessions_a_year(sessions.days, round_the_clock=sessions.round_the_clock)
        clock = f"{sessions.cut // HOUR:02}:{sessions.cut // MINUTE % 60:02}"
        return Annualisation(periods, f"{basis}, returns joined by session (cut at {clock} UTC)", True)
    if nanoseconds(interval) == DAY:
        periods, basis = _sessions_a_year(timestamp // DAY)
        return Annualisation(periods, basis, False)
    periods = _bars_a_year(timestamp, interval)
    return Annualisation(periods, f"{periods:.4g} bar{'' if periods == 1 else 's'} a year", False)


def exchange_sessions(timestamp: "Int64s", interval: str, exchange: "Calendar") -> Sessions:
    """Return intraday bars by the sessions of an exchange; bars outside belong to the nearest one."""
    days = exchange.session_date_of(timestamp, interval) // DAY
    ends = np.append(np.flatnonzero(days[1:] != days[:-1]), len(days) - 1)
    return Sessions(ends, days[ends], 0, False)


def exchange_annualisation(interval: str, exchange: "Calendar") -> Annualisation:
    """Return the annualisation of bars up to a day by the sessions an exchange holds a year, all its years together."""
    years = (exchange.last - exchange.first) / DAY / YEAR_DAYS
    periods = round(len(exchange.table) / years)
    basis = f"{periods} sessions a year of {exchange.name}"
    if is_intraday(interval):
        return Annualisation(periods, f"{basis}, returns joined by session", True)
    return Annualisation(periods, basis, False)


def session_ends(timestamp: "Int64s", interval: str) -> "Int64s":
    """Return the index of the last bar of each session of intraday bars, shape (sessions,)."""
    return split_sessions(timestamp, interval).ends


def split_sessions(timestamp: "Int64s", interval: str) -> Sessions:
    """Split intraday bars at the time of day that their breaks share, at UTC midnight if they share none."""
    if not len(timestamp):
        nothing = np.empty(0, dtype=np.int64)
        return Sessions(nothing, nothing, 0, False)
    length = nanoseconds(interval)
    cut, daily = _cut(timestamp, length)
    ends = _day_ends(timestamp, cut)
    days = (timestamp[ends] - cut) // DAY + (1 if cut >= DAY // 2 else 0)
    if np.count_nonzero(_by_weekday(timestamp[ends] // DAY)) < 7:
        ends, days = _without_fragments(ends, days, timestamp[ends[:-1] + 1] - timestamp[ends[:-1]] - length < BREAK)
    starts = np.concatenate(([0], ends[:-1] + 1))
    usual = np.sort(timestamp[ends] - timestamp[starts])[len(ends) // 2] + nanoseconds(interval)
    return Sessions(ends, days, cut, not daily and bool(usual >= ROUND_THE_CLOCK))


def _day_ends(timestamp: "Int64s", cut: int) -> "Int64s":
    """Return the last bar of each day that ends at a time of day."""
    found = np.empty(len(timestamp), np.int64)
    return found[: day_ends(timestamp, cut, DAY, found)].copy()


def _cut(timestamp: "Int64s", length: int) -> tuple[int, bool]:
    """Return the time of day (ns) that lies in most breaks, long ones counting more, and if it does so daily.

    Breaks are arcs on a circle of 24 hours, their ends included: through daylight saving the break of a future moves
    from 21:00-22:00 to 22:00-23:00, and 22:00 still belongs to both.
    """
    found = np.empty(len(timestamp), np.int64)
    at = found[: long_steps(timestamp, length + BREAK, found)].copy()
    if not len(at) or timestamp[-1] - timestamp[0] < DAY:
        return 0, False
    width = timestamp[at + 1] - timestamp[at] - length
    minutes = DAY // MINUTE
    # Minutes of the day at which each break starts (rounded up) and ends (down), the latter maybe on the next day.
    close = (timestamp[at] + length) % DAY
    first = -(-close // MINUTE)
    last = np.maximum((close + width % DAY) // MINUTE, first)

    def coverage(weights: "Floats") -> "Floats":
        size = 2 * minutes + 2
        line = np.bincount(first, weights, size) - np.bincount(last + 1, weights, size)
        # Positions past midnight are those of the day's start.
        return line.cumsum()[: 2 * minutes].reshape(2, minutes).sum(axis=0)

    score = coverage((np.minimum(width, DAY) // MINUTE).astype(np.float64))
    best = score == score.max()
    if best.all():
        return 0, False
    start = int(np.flatnonzero(best & ~np.roll(best, 1))[0])
    plateau = int(np.argmin(np.roll(best, -start)))
    point = (start + plateau // 2) % minutes
    boundaries = len(_day_ends(timestamp, point * MINUTE)) - 1
    if coverage(np.ones(len(at)))[point] >= REGULAR * boundaries:
        return point * MINUTE, True
    # Through a year of daylight saving a weekend may start at either of two hours.
    weekends = coverage((width >= DAY).astype(np.float64))[point]
    weeks = float(timestamp[-1] - timestamp[0]) / (7 * DAY)
    return (point * MINUTE, False) if weekends * 3 >= weeks else (0, False)


def _without_fragments(ends: "Int64s", days: "Int64s", joined: "NDArray[np.bool_]") -> "tuple[Int64s, Int64s]":
    """Join what is cut off a session by less than a quarter of the usual length and touches only that one.

    joined: (sessions - 1,) whether the next session follows without a break. Currencies open an hour earlier on Sunday,
    in UTC, while daylight saving lasts; that hour is Monday's.
    """
    sizes = ends - np.concatenate(([-1], ends[:-1]))
    usual = np.sort(sizes)[len(sizes) // 2]
    touches_next = np.concatenate((joined, [False]))
    touches_last = np.concatenate(([False], touches_next[:-1]))
    small = sizes * 4 < usual
    into_next = small & touches_next & ~touches_last
    into_last = small & touches_last & ~touches_next
    # A session's own end stays unless it runs on into the next, or the next is its fragment.
    gone = into_next | np.concatenate((into_last[1:], [False]))
    named = np.where(into_last, np.concatenate((days[:1], days[:-1])), days)
    return ends[~gone], named[~gone]


def _by_weekday(days: "Int64s") -> "Int64s":
    """Count days by weekday from Monday, shape (7,)."""
    # The epoch was a Thursday.
    return np.bincount((days + 3) % 7, minlength=7)


def _sessions_a_year(days: "Int64s", *, round_the_clock: bool = False) -> tuple[float, str]:
    """Return sessions a year, and how that is said."""
    count = _days_a_week(days)
    if count == 7:
        return EVERY_DAY, f"{EVERY_DAY} sessions a year"
    if count == 5 and not round_the_clock:
        return FIVE_DAYS, f"{FIVE_DAYS} sessions a year"
    if count == 5:
        return FIVE_DAYS_ROUND_THE_CLOCK, f"{FIVE_DAYS_ROUND_THE_CLOCK} sessions a year (round the clock, five days)"
    periods = round(YEAR_DAYS * count / 7)
    return periods, f"{periods} sessions a year ({COUNTS[count]} a week)"


def _days_a_week(days: "Int64s") -> int:
    """Return on how many weekdays a market trades regularly: at least half as often as on its busiest."""
    counts = _by_weekday(days)
    regular = int(np.count_nonzero(counts * 2 >= counts.max()))
    in_week = np.sort(np.bincount((days + 3) // 7 - (days[0] + 3) // 7)) if len(days) else counts
    weeks = np.count_nonzero(in_week)
    if len(days) < 7 or (regular < 5 and weeks < FEW_WEEKS):
        return 7 if counts[5:].any() else 5
    if regular > 5:
        # A market that moved its weekend has six or seven weekdays in all, but no such week.
        busy = int(in_week[-1 - weeks // 50])
        return max(5, min(regular, busy)) if weeks >= FEW_WEEKS else regular
    return regular


def _bars_a_year(timestamp: "Int64s", interval: str) -> float:
    """Return how many bars longer than a day a year holds: a convention if within 3%, else as measured."""
    steps = np.sort(steps_between(timestamp))
    if len(steps) < 6:
        return _nominal(timestamp, interval)
    median = float(steps[len(steps) // 2])
    # Missing bars are left out, weekends are not.
    typical = steps[steps < max(1.75 * median, median + 2.5 * DAY)]
    periods = YEAR_DAYS * DAY / float(np.mean(typical))
    return next((float(each) for each in CONVENTIONS if abs(periods / each - 1) <= CLOSE_TO), periods)


def _nominal(timestamp: "Int64s", interval: str) -> float:
    """Return bars a year as the interval is called, for samples of a few bars."""
    if interval.endswith("mo"):
        return 12 / int(interval[:-2])
    if interval.endswith("w"):
        return 52 / int(interval[:-1])
    return _sessions_a_year(timestamp // DAY)[0] / (nanoseconds(interval) / DAY)
