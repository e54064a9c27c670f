"""Bars against other bars of the same time: rules 20 and 23. They report and refuse nothing."""

import numpy as np

from arbitrax.domain.dates import date_text
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, number, verdict
from arbitrax.market_data.validation.scale import in_basis

CLOSE_OF_DAY = 0.005
CLOSE, RANGE, VOLUME = 0.005, 0.02, 0.2
"""How far two good sources differ, relative: over 3,270 days of AAPL more on 33 closes."""
ROUNDING = 1e-9


def minutes_against_day(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 20: intraday bars whose last close is more than 50 bp off the day's, or that trade more than the day (INFO).

    The closing auction is in the day and in no minute, so both differ a little on most days; bars outside the session
    are left out where a calendar tells them.
    """
    if context.daily is None or not rows.intraday or not len(context.daily):
        return []
    daily = in_basis(context.daily, rows, context)
    inside = np.arange(len(rows))
    if context.calendar is not None:
        inside = np.flatnonzero(rows.session(context.calendar) >= 0)
    if not len(inside):
        return []
    date = rows.session_date(context)[inside]
    starts = np.flatnonzero(np.concatenate(([True], date[1:] != date[:-1])))
    last = np.append(starts[1:], len(date)) - 1
    volume = np.add.reduceat(np.nan_to_num(rows.bars.volume[inside]), starts)
    close = rows.bars.close[inside[last]]
    at = np.minimum(daily.timestamp.searchsorted(date[starts]), len(daily) - 1)
    same = daily.timestamp[at] == date[starts]
    off = same & (np.abs(close / daily.close[at] - 1) > CLOSE_OF_DAY)
    more = same & (daily.volume[at] > 0) & (volume > daily.volume[at] * (1 + ROUNDING))
    day = {int(row): n for n, row in enumerate(inside[last].tolist())}

    def words(row: int) -> str:
        n = day[row]
        said = f"{date_text(int(date[starts[n]]))} ends at {number(close[n])} with {number(volume[n])} traded"
        return f"{said}; the day says {number(daily.close[at[n]])} and {number(daily.volume[at[n]])}."

    return verdict("minutes_against_day", Level.INFO, inside[last][off | more], words)


def sources_differ(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 23: bars that another source has otherwise: closes by 0.5%, other prices by 2%, volume by 20% (INFO)."""
    if context.other is None or not len(context.other) or context.other.interval != rows.bars.interval:
        return []
    other = in_basis(context.other, rows, context)
    bars = rows.bars
    at = np.minimum(other.timestamp.searchsorted(bars.timestamp), len(other) - 1)
    same = other.timestamp[at] == bars.timestamp
    limits = {"close": CLOSE, "open": RANGE, "high": RANGE, "low": RANGE, "volume": VOLUME}
    off = np.zeros(len(rows), dtype=np.bool_)
    for name, limit in limits.items():
        ours, theirs = getattr(bars, name), getattr(other, name)[at]
        off |= same & (np.abs(ours - theirs) > limit * theirs)

    def words(row: int) -> str:
        said = ", ".join(
            f"{name} {number(getattr(bars, name)[row])} against {number(getattr(other, name)[at[row]])}"
            for name, limit in limits.items()
            if abs(getattr(bars, name)[row] - getattr(other, name)[at[row]]) > limit * getattr(other, name)[at[row]]
        )
        return f"{rows.when(row)} differs from another source: {said}."

    return verdict("sources_differ", Level.INFO, off, words)
