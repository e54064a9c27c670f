"""Whose rows these are: rules 18 and 19."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.dates import date_text, time_text
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, number, verdict
from arbitrax.market_data.validation.scale import Scale, in_basis, later_ratios, one_scale

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats, Int64s

LONG_SESSIONS = 10
LONG_WEEKDAYS = 20
"""Ten sessions and the ten weekdays that the longest holidays of an exchange last."""
WEEK = 5
OTHER_PRICE = 5.0
EXPLAINED, JUMP = 4.0, 0.35
"""Usual moves, times the root of the sessions, and the least change that a silence does not explain."""
YEAR = 250
FEWEST_SHARED = 5
"""Bars in common below which nothing is said."""


def outside_request(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 18: rows outside the range that was asked for, or of a time that had not come when they did (ERROR)."""
    timestamp = rows.bars.timestamp
    outside = np.zeros(len(rows), dtype=np.bool_)
    found = []
    if context.requested is not None:
        start, end = context.requested
        outside = (timestamp < start) | (timestamp >= end)
        asked = f"{date_text(start)} to {date_text(end - 1)}, which was asked for"
        found += verdict("foreign_row", Level.ERROR, outside, lambda row: f"{rows.when(row)} lies outside {asked}.")
    if context.now is not None:
        now = context.now
        # A date begins in the far east up to 14 hours before it does in UTC.
        begun = timestamp <= (now if rows.intraday else now + DAY)
        found += verdict(
            "foreign_row",
            Level.ERROR,
            ~begun & ~outside,
            lambda row: f"{rows.when(row)} had not come at {time_text(now)}, when it was received.",
        )
    return found


def identity_break(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 19: a long silence, before and after which prices may be those of two securities (ERROR until it is known).

    More than ten sessions without a bar and a price then that four of the symbol's usual moves over that time, or 35%,
    do not explain; more than a year of them at any price; or some and a price five times higher or lower (splits taken
    out). Where no calendar tells sessions, twenty weekdays count as ten sessions. With stored bars before, the rows
    from the first break on are set aside, else those before the last one, as a symbol means who has it now. The first
    row after a break is flagged, as is one after a long silence at about the same price, which is rather a hole in the
    data (WARN). Silence that was not asked about is none; crypto and currency pairs are what their names say.
    """
    if rows.length > DAY or not len(rows) or context.asset_type in {"crypto", "fx"}:
        return []
    scale = one_scale(rows, context)
    silent, breaks = _silences(scale, context)
    if not len(silent):
        return []
    wrong = np.zeros(len(rows), dtype=np.bool_)
    at_fault = int(breaks[0] if scale.lead else breaks[-1]) if len(breaks) else 0
    if len(breaks) and scale.lead:
        wrong[at_fault - scale.lead :] = True
    elif len(breaks):
        wrong[:at_fault] = True

    def silence(at: int) -> str:
        before, after = scale.timestamp[at - 1], scale.timestamp[at]
        return (
            f"nothing traded between {date_text(int(before))}, closing at {number(scale.close[at - 1])}, and "
            f"{date_text(int(after))}, closing at {number(scale.close[at])}"
        )

    return [
        *verdict(
            "identity_break",
            Level.ERROR,
            wrong,
            lambda row: f"{rows.when(row)} may be of another security: {silence(at_fault)}.",
        ),
        *verdict(
            "identity_break",
            Level.WARN,
            silent[silent >= scale.lead] - scale.lead,
            lambda row: f"{rows.when(row)} may begin another security: {silence(row + scale.lead)}.",
        ),
    ]


def _silences(scale: Scale, context: Context) -> tuple["Int64s", "Int64s"]:
    """Return the rows after a silence that is remarkable, and those of them after which prices may be of another."""
    timestamp = scale.timestamp
    apart = np.flatnonzero(timestamp[1:] - timestamp[:-1] > DAY) + 1
    if not len(apart):
        return apart, apart
    start, end = scale.date[apart - 1], scale.date[apart]
    missing, few, many = _missing(start, end, context)
    asked = missing
    if context.requested is not None and scale.lead:
        since = np.maximum(start, context.requested[0] // DAY * DAY - DAY)
        asked = np.where(apart == scale.lead, _missing(since, end, context)[0], missing)
    move = np.abs(scale.log_moves(apart))
    long = asked > many
    other_price = (missing > few) & (move > np.log(OTHER_PRICE))
    usual = np.zeros(len(apart))
    for n in np.flatnonzero(long).tolist():
        usual[n] = scale.usual_move(int(apart[n]))
    explained = np.maximum(EXPLAINED * usual * np.sqrt(missing + 1.0), np.log(1 + JUMP))
    broken = other_price | (long & ((move > explained) | (asked > YEAR)))
    return apart[long | other_price], apart[broken]


def _missing(start: "Int64s", end: "Int64s", context: Context) -> tuple["Int64s", int, int]:
    """Return sessions between two dates, neither counted, how many are nothing special, and how many are too many."""
    calendar = context.calendar
    if calendar is not None and (start >= calendar.first).all() and (end < calendar.last).all():
        dates = calendar.table.date
        return dates.searchsorted(end) - dates.searchsorted(start, "right"), 0, LONG_SESSIONS
    between = (start // DAY + 1).astype("datetime64[D]"), (end // DAY).astype("datetime64[D]")
    return np.busday_count(*between).astype(np.int64), WEEK, LONG_WEEKDAYS


def other_symbol(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 18: prices of another symbol (ERROR, all rows).

    Told by the same bars of another source, or by stored daily bars of the same days: half of the closes or more are
    35% off them in one direction, and not by a declared split's ratio or a hundred, which other rules name.
    """
    for name, closes, expected in _expected(rows, context):
        if len(closes) < FEWEST_SHARED:
            continue
        off = float(np.median(np.log(closes / expected)))
        splits = one_scale(rows, context).splits
        together = later_ratios(splits, np.array([ex_date - DAY for ex_date, _ in splits], dtype=np.int64))
        ratios = [100.0, *(ratio for _, ratio in splits), *together.tolist()]
        known = any(abs(abs(off) - abs(float(np.log(ratio)))) <= np.log(1.15) for ratio in ratios)
        if abs(off) > np.log(1.35) and not known:
            said = f"closes are {number(np.exp(off))} times those of {name}, so they seem to be another symbol's"
            return verdict("foreign_row", Level.ERROR, np.arange(len(rows)), partial(_foreign, rows, said))
    return []


def _foreign(rows: Rows, said: str, row: int) -> str:
    return f"{rows.when(row)}: {said}."


def _expected(rows: Rows, context: Context) -> "list[tuple[str, Floats, Floats]]":
    found = []
    for name, bars in (("another source", context.other), ("the stored daily bars", context.daily)):
        if bars is None or not len(bars) or not len(rows):
            continue
        ours = rows.session_date(context) if name != "another source" else rows.bars.timestamp
        at = np.minimum(bars.timestamp.searchsorted(ours), len(bars) - 1)
        same = bars.timestamp[at] == ours
        found.append((name, rows.bars.close[same], in_basis(bars, rows, context).close[at[same]]))
    return found
