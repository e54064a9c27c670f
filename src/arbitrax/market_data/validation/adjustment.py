"""Adjusted closes against the dividends they should reflect: rule 10."""

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, number, verdict
from arbitrax.market_data.validation.scale import dividends, one_scale

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats, Int64s
    from arbitrax.market_data.validation.rows import Flags

CLOSE_TO = 0.1
"""How far a step may be from the dividend's share of the last close, relative."""
ROUNDING = 2e-4
"""The least step that rounded closes can tell, relative."""
CLEARLY = 3
"""How many usual moves of the price tell one dividend from several."""
STRAY = 1e-3
"""A step on another day is flagged from this size."""
REVERSE_SPLIT = 0.25
"""No reverse split takes less than five shares for four."""


def adjusted_close(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 10: the factor adjusted close / close (WARN).

    It steps on ex-dates only, each time by dividend / last close to within a tenth, and never falls (splits taken out,
    which close and adjusted close share). Where no dividends are known, only a falling factor can be told, and in raw
    prices without known splits only one that falls by less than a reverse split makes it. Rows without an adjusted
    close that others have are flagged.
    """
    adjusted = rows.bars.adj_close
    if adjusted is None or not len(rows):
        return []
    with np.errstate(invalid="ignore"):
        present = np.isfinite(adjusted) & (adjusted > 0)
    if not present.any():
        return []
    missing = verdict(
        "adjusted_close", Level.WARN, ~present, lambda row: f"{rows.when(row)} has no adjusted close, as others have."
    )
    at = np.flatnonzero(present)
    if len(at) < 2:
        return missing
    scale = one_scale(rows, context)
    close = scale.close[scale.lead :][at]
    step = np.zeros(len(at))
    step[1:] = 1 - (adjusted[at][:-1] / close[:-1]) / (adjusted[at][1:] / close[1:])
    noise = max(ROUNDING, 6 * 1.4826 * float(np.median(np.abs(step[1:]))))
    date = scale.date[scale.lead :][at]
    paid = dividends(rows, context)
    due, events = _due(rows, context, at)
    others = [each.ex_date for each in context.actions if each.kind == "spin_off" and each.symbol == rows.bars.symbol]
    for ex_date in others:
        events[min(int(date.searchsorted(ex_date)), len(events) - 1)] = True
    mismatch = events & (due > 0) & (np.abs(step - due) > CLOSE_TO * due + noise)
    stray = np.zeros(len(at), dtype=np.bool_)
    if paid:
        inside = (date >= paid[0][0]) & (date <= paid[-1][0])
        stray = inside & ~events & (np.abs(step) > max(noise, STRAY))
    if rows.bars.basis == "split_adjusted" or scale.splits:
        stray |= ~events & (step < -max(noise, STRAY))
    else:
        stray |= ~events & (step < -max(noise, STRAY)) & (step > -REVERSE_SPLIT)
    percent, position = _by_row(at, step, due), dict(zip(at.tolist(), range(len(at)), strict=True))

    def against_dividend(row: int) -> str:
        had, owed = percent[row]
        last = number(close[position[row] - 1])
        return (
            f"{rows.when(row)} pays a dividend of {owed:.4g}% of the last close {last}, but the adjusted close steps "
            f"by {had:.4g}%."
        )

    def for_nothing(row: int) -> str:
        had = percent[row][0]
        return f"{rows.when(row)} has a step of {had:.4g}% in the adjusted close and no event that explains it."

    return [
        *missing,
        *verdict("adjusted_close", Level.WARN, at[mismatch], against_dividend),
        *verdict("adjusted_close", Level.WARN, at[stray], for_nothing),
    ]


def _due(rows: Rows, context: Context, at: "Int64s") -> "tuple[Floats, Flags]":
    """Return the step due at each row, and which rows have an event; the first row's is before all.

    Of several dividends of one day one may hold the others, as Yahoo's hold its capital gains: the largest alone is
    due if the price fell by about that and clearly not by all together.
    """
    scale = one_scale(rows, context)
    close, date = scale.close[scale.lead :][at], scale.date[scale.lead :][at]
    amounts: dict[int, list[float]] = {}
    for ex_date, amount in dividends(rows, context):
        row = int(date.searchsorted(ex_date))
        if 0 < row < len(date):
            amounts.setdefault(row, []).append(amount)
    due = np.zeros(len(date))
    events = np.zeros(len(date), dtype=np.bool_)
    for row, paid in amounts.items():
        last = close[row - 1]
        fell, together, largest = 1 - close[row] / last, sum(paid) / last, max(paid) / last
        apart = abs(fell - together)
        clearly = apart > CLEARLY * scale.usual_move(int(at[row]) + scale.lead) and 2 * abs(fell - largest) < apart
        due[row] = largest if clearly else together
        events[row] = True
    return due, events


def _by_row(at: "Int64s", step: "Floats", due: "Floats") -> dict[int, tuple[float, float]]:
    return {
        row: (had * 100, owed * 100) for row, had, owed in zip(at.tolist(), step.tolist(), due.tolist(), strict=True)
    }
