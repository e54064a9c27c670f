"""Prices on one scale: stored and candidate rows and dividends, as if all splits had always been in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.corporate_action_lists import currency_code
from arbitrax.market_data.validation.findings import Context
from arbitrax.market_data.validation.rows import Rows

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats, Int64s

LEAD = 40
"""Stored bars looked at before the first row."""
AROUND = 20
"""Rows on each side that tell how much a price moves usually."""
DOUBLED_WITHIN = 10 * DAY
"""Two equal splits closer than this are one, listed under two dates."""
FEWEST = 6
CALM, DEFAULT_MOVE = 0.003, 0.02
"""Usual move of a bar, in logs: never taken as less than the first; the second where too few rows tell."""
MINOR = {"GBX": "GBP", "ZAC": "ZAR", "ILA": "ILS"}
"""Currencies that prices are quoted in and that are a hundredth of another."""


@dataclass(frozen=True, eq=False)
class Scale:
    """Arrays of shape (lead + rows,): the last stored bars, if they are of the same kind, and then the rows."""

    lead: int
    timestamp: "Int64s"
    open: "Floats"
    close: "Floats"
    date: "Int64s"
    """Session dates, ns."""
    splits: tuple[tuple[int, float], ...]
    """(ex-date, shares after for one before), oldest first, each once."""

    def usual_move(self, row: int) -> float:
        """Return the standard deviation of moves around a row, by their median, so that single jumps do not matter."""
        around = self.close[max(row - AROUND - 1, 0) : row + AROUND + 1]
        if len(around) < FEWEST:
            return DEFAULT_MOVE
        return max(1.4826 * float(np.median(np.abs(np.diff(np.log(around))))), CALM)

    def moves_at_all(self, row: int) -> bool:
        """Tell whether prices around a row change on most days, as those do that are traded."""
        around = self.close[max(row - AROUND - 1, 0) : row + AROUND + 1]
        return len(around) < FEWEST or bool((around[1:] != around[:-1]).mean() > 0.5)

    def log_moves(self, at: "Int64s") -> "Floats":
        """Return the log moves of closes into the rows ``at``, all above 0."""
        return np.log(self.close[at] / self.close[at - 1])


def one_scale(rows: Rows, context: Context) -> Scale:
    """Return prices free of the jumps that declared splits explain, worked out once for the same rows."""
    found: Scale | None = rows.memo.get("scale")
    if found is None:
        found = rows.memo["scale"] = _one_scale(rows, context)
    return found


def _one_scale(rows: Rows, context: Context) -> Scale:
    bars = rows.bars
    splits = declared_splits(rows, context)
    open_, close, date = bars.open, bars.close, rows.session_date(context)
    if splits and bars.basis == "raw":
        later = later_ratios(splits, date)
        open_, close = open_ / later, close / later
    timestamp, lead = bars.timestamp, 0
    before = context.before
    if before is not None and before.interval == bars.interval and before.basis == "raw" and len(before) and len(rows):
        before = before.between(None, int(timestamp[0]))
        before = before.take(slice(max(len(before) - LEAD, 0), None))
        lead = len(before)
        stored_date = before.timestamp // DAY * DAY
        later = later_ratios(splits, stored_date)
        timestamp = np.concatenate((before.timestamp, timestamp))
        open_ = np.concatenate((before.open / later, open_))
        close = np.concatenate((before.close / later, close))
        date = np.concatenate((stored_date, date))
    return Scale(lead, timestamp, open_, close, date, splits)


def declared_splits(rows: Rows, context: Context) -> tuple[tuple[int, float], ...]:
    """Return the splits and stock dividends of the symbol, each once though it be listed under two near dates.

    Of such two the date is taken on which raw prices jump by the ratio, else the first.
    """
    listed = sorted(
        (each.ex_date, each.share_factor)
        for each in context.actions
        if each.symbol == rows.bars.symbol and each.share_factor != 1.0
    )
    kept: list[tuple[int, float]] = []
    for date, ratio in listed:
        if kept and kept[-1][1] == ratio and date - kept[-1][0] <= DOUBLED_WITHIN:
            if rows.bars.basis == "raw" and _misfit(rows, date, ratio) < _misfit(rows, *kept[-1]):
                kept[-1] = (date, ratio)
        else:
            kept.append((date, ratio))
    return tuple(kept)


def _misfit(rows: Rows, date: int, ratio: float) -> float:
    """Return how far the raw move into a date is from that of a split, in logs."""
    row = int(rows.bars.timestamp.searchsorted(date))
    if not 0 < row < len(rows):
        return float("inf")
    return abs(float(np.log(rows.bars.close[row] / rows.bars.close[row - 1] * ratio)))


def later_ratios(splits: Sequence[tuple[int, float]], date: "Int64s") -> "Floats":
    """Return the product of the ratios of all splits after each date, shape (rows,)."""
    ratios = np.array([ratio for _, ratio in splits])
    after = np.append(np.cumprod(ratios[::-1])[::-1], 1.0)
    ex_dates = np.array([ex_date for ex_date, _ in splits], dtype=np.int64)
    return after[ex_dates.searchsorted(date, "right")]


def dividends(rows: Rows, context: Context) -> list[tuple[int, float]]:
    """Return (ex-date, amount) of the symbol's cash dividends on the scale of `one_scale`, oldest first.

    A dividend in a currency that prices are not quoted in is left out, unless one is a hundredth of the other.
    """
    splits = one_scale(rows, context).splits
    found = []
    for each in context.actions:
        if each.symbol == rows.bars.symbol and each.amount is not None:
            units = units_of(each.currency, rows.bars.currency)
            if units is not None:
                # Paid on shares held before the ex-date, so before a split of the same day too.
                later = float(later_ratios(splits, np.array([each.ex_date - DAY]))[0])
                found.append((each.ex_date, each.amount * units / later))
    return sorted(found)


def units_of(currency: str | None, quoted: str | None) -> float | None:
    """Return how many units prices are quoted in one unit of a currency is: 100 for GBP in GBX; None if unknown."""
    if currency is None or quoted is None:
        return 1.0
    currency, quoted = currency_code(currency), currency_code(quoted)
    if currency == quoted:
        return 1.0
    if MINOR.get(quoted) == currency:
        return 100.0
    return 0.01 if MINOR.get(currency) == quoted else None


def in_basis(bars: Bars, rows: Rows, context: Context) -> Bars:
    """Return other bars, in prices as traded, in the basis of the rows."""
    splits = one_scale(rows, context).splits
    if rows.bars.basis == "raw" or bars.basis != "raw" or not splits:
        return bars
    later = later_ratios(splits, bars.timestamp // DAY * DAY)
    prices = {name: getattr(bars, name) / later for name in ("open", "high", "low", "close")}
    return replace(bars, **prices, volume=bars.volume * later, adj_close=None)


def moved(price: "Floats", factor: float) -> "Int64s":
    """Return the rows whose price is more than ``factor`` times the one before, or less than that part of it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = price[1:] / price[:-1]
    return np.flatnonzero((ratio > factor) | ((ratio < 1 / factor) & (ratio > 0))) + 1
