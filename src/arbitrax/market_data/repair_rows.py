"""Proposals for single rows from quarantine, and rows in prices as traded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.market_data.candidate import CandidateBars, VendorBasis
from arbitrax.market_data.repair import Change, Repair, RepairKind, Values
from arbitrax.market_data.validation.findings import Context, Level, Quarantined
from arbitrax.market_data.validation.report import as_candidate
from arbitrax.market_data.validation.rows import Rows, number
from arbitrax.market_data.validation.scale import declared_splits, later_ratios
from arbitrax.market_data.validation.validator import validate

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats

PRICES = ("open", "high", "low", "close")
VALUES = (*PRICES, "volume", "adj_close")


def row_repairs(
    stored: Bars, context: Context, quarantined: Sequence[Quarantined], *, basis: VendorBasis
) -> list[Repair]:
    """Return proposals for single rows: another version, an open of 0, a high below the low."""
    base = as_candidate(stored)
    doubtful = {
        int(at): finding.reason
        for finding in validate(base, context).findings
        if finding.rule in {"wick", "price_outside_range"}
        for at in finding.times
    }
    found = []
    for row in quarantined:
        mended = _version(row, doubtful) or _open_of_zero(row, stored) or _exchanged(row)
        if mended is None:
            continue
        kind, values, reason = mended
        new = as_traded(from_values(stored, [row.timestamp], [values]), context, basis)
        at = int(stored.timestamp.searchsorted(row.timestamp))
        present = at < len(stored) and stored.timestamp[at] == row.timestamp
        change = Change(row.timestamp, values_of(base, at) if present else None, values_of(new, 0))
        repair = Repair(kind=kind, symbol=stored.symbol, interval=stored.interval, reason=reason, changes=(change,))
        if stands(base, repair, context):
            found.append(repair)
    return found


def session_repairs(stored: Bars, context: Context) -> list[Repair]:
    """Return the proposal to take out stored bars on days without a session, if there are any."""
    base = as_candidate(stored)
    wrong = [
        int(at)
        for finding in validate(base, context).findings
        if finding.rule == "session" and finding.level is Level.ERROR
        for at in finding.times
    ]
    if not wrong or len(wrong) == len(stored):
        return []
    changes = tuple(Change(at, values_of(base, int(stored.timestamp.searchsorted(at))), None) for at in sorted(wrong))
    count = "1 bar is" if len(wrong) == 1 else f"{len(wrong):,} bars are"
    name = "its exchange" if context.calendar is None else context.calendar.name
    reason = f"{count} taken out, as {name} had no session then."
    return [Repair(kind="session", symbol=stored.symbol, interval=stored.interval, reason=reason, changes=changes)]


def numbers(row: Quarantined) -> Values:
    """Return the numbers of a row as it was received."""
    return {name: value for name in VALUES if isinstance(value := row.row.get(name), int | float)}


def is_priced(values: Values) -> bool:
    """Tell whether all four prices are there and above zero."""
    return all((values.get(name) or 0) > 0 for name in PRICES)


def _version(row: Quarantined, doubtful: dict[int, str]) -> tuple[RepairKind, Values, str] | None:
    values = numbers(row)
    if row.rule != "duplicate_timestamp" or row.timestamp not in doubtful or not is_priced(values):
        return None
    return (
        "duplicate",
        values,
        f"An earlier version is put back, as the one kept is doubtful: {doubtful[row.timestamp]}",
    )


def _open_of_zero(row: Quarantined, stored: Bars) -> tuple[RepairKind, Values, str] | None:
    values = numbers(row)
    at = int(stored.timestamp.searchsorted(row.timestamp))
    if row.rule != "price_not_positive" or values.get("open") != 0 or not at or not is_priced({**values, "open": 1.0}):
        return None
    last = float(stored.close[at - 1])
    values["open"] = min(max(last, values["low"] or 0.0), values["high"] or 0.0)
    return "row", values, f"The missing open becomes the last close {number(last)}, held within low and high."


def _exchanged(row: Quarantined) -> tuple[RepairKind, Values, str] | None:
    values = numbers(row)
    if row.rule != "price_outside_range" or not is_priced(values):
        return None
    open_, high, low, close = (values[name] or 0.0 for name in PRICES)
    if not (high < low and high <= min(open_, close) and low >= max(open_, close)):
        return None
    values["high"], values["low"] = low, high
    return "row", values, "High and low are exchanged: open and close lie between them."


def from_values(stored: Bars, times: list[int], rows: list[Values]) -> CandidateBars:
    """Return rows of a series from their values."""

    def column(name: str) -> "Floats":
        return np.array([np.nan if (value := row.get(name)) is None else value for row in rows], dtype=np.float64)

    return CandidateBars(
        stored.symbol,
        stored.interval,
        np.array(times, dtype=np.int64),
        open=column("open"),
        high=column("high"),
        low=column("low"),
        close=column("close"),
        volume=column("volume"),
        adj_close=column("adj_close") if stored.adj_close is not None else None,
    )


def values_of(bars: CandidateBars, at: int) -> Values:
    """Return the values of a row."""
    columns = {name: column for name in VALUES if (column := getattr(bars, name)) is not None}
    return {name: None if np.isnan(column[at]) else float(column[at]) for name, column in columns.items()}


def as_traded(rows: CandidateBars, context: Context, basis: VendorBasis) -> CandidateBars:
    """Return a vendor's rows in prices as traded."""
    looked_at = Rows(rows, np.arange(len(rows)))
    splits = declared_splits(looked_at, context)
    if basis == "raw" or not splits:
        return rows
    later = later_ratios(splits, looked_at.session_date(context))
    prices = {name: getattr(rows, name) * later for name in PRICES}
    return replace(rows, **prices, volume=rows.volume / later)


def joined(one: CandidateBars, other: CandidateBars) -> CandidateBars:
    """Return the rows of both, by time."""
    columns = {
        name: np.concatenate((getattr(one, name), getattr(other, name)))
        for name in ("timestamp", *VALUES)
        if getattr(one, name) is not None
    }
    both = replace(one, **columns)
    return both.take(np.argsort(both.timestamp, kind="stable"))


def stands(whole: CandidateBars, repair: Repair, context: Context) -> bool:
    """Tell whether no rule would set the mended rows aside among the others."""
    times = [each.timestamp for each in repair.changes]
    others = whole.take(~np.isin(whole.timestamp, times))
    stored = Bars(whole.symbol, whole.interval, *(getattr(others, name) for name in ("timestamp", *VALUES)))
    mended = from_values(stored, times, [each.new for each in repair.changes if each.new is not None])
    result = validate(joined(others, mended), replace(context, requested=None, other=None))
    return bool(np.isin(times, result.kept.timestamp).all())
