"""Proposals for runs of rows: prices 100 times off, and a known split that was not applied."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.market_data.candidate import CandidateBars, VendorBasis
from arbitrax.market_data.repair import Change, Repair, RepairKind
from arbitrax.market_data.repair_rows import as_traded, from_values, is_priced, joined, numbers, stands, values_of
from arbitrax.market_data.validation.findings import Context, Quarantined
from arbitrax.market_data.validation.jumps import LEAST, split_levels
from arbitrax.market_data.validation.report import as_candidate
from arbitrax.market_data.validation.rows import Rows, number
from arbitrax.market_data.validation.scale import one_scale
from arbitrax.market_data.validation.units import unit_levels

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats


def block_repairs(
    stored: Bars, context: Context, quarantined: Sequence[Quarantined], *, basis: VendorBasis
) -> list[Repair]:
    """Return a proposal for each run of rows that are off by 100 or by a split's ratio."""
    whole = _together(stored, context, quarantined, basis)
    rows = Rows(whole, np.arange(len(whole)))
    if len(rows) < 2:
        return []
    factors: tuple[tuple[RepairKind, Floats], ...] = (
        ("split", _by_split(rows, context)),
        ("units", _by_unit(rows, context)),
    )
    if (factors[0][1] != 1).any():  # jumps by a ratio near 100 are the split's
        factors = factors[:1]
    found = [
        _scaled(whole, stored, slice(first, end), factor, kind)
        for kind, factor in factors
        for first, end in pairwise(np.flatnonzero(_edges(factor)).tolist())
        if factor[first] != 1
    ]
    return [each for each in found if stands(whole, each, context)]


def _together(stored: Bars, context: Context, quarantined: Sequence[Quarantined], basis: VendorBasis) -> CandidateBars:
    """Return stored bars and priced rows from quarantine at other times, in prices as traded."""
    known = set(stored.timestamp.tolist())
    rows = {
        each.timestamp: values
        for each in quarantined
        if each.timestamp not in known and is_priced(values := numbers(each))
    }
    if not rows:
        return as_candidate(stored)
    added = from_values(stored, sorted(rows), [rows[at] for at in sorted(rows)])
    return joined(as_candidate(stored), as_traded(added, context, basis))


def _by_split(rows: Rows, context: Context) -> "Floats":
    """Return what the prices of each row are to be multiplied by."""
    level, right = split_levels(rows, context)
    off = right - level[one_scale(rows, context).lead :]
    return np.where(np.abs(off) > LEAST / 2, np.exp(off), 1.0)


def _by_unit(rows: Rows, context: Context) -> "Floats":
    scale = one_scale(rows, context)
    level, right, _ = unit_levels(rows, scale)
    return 100.0 ** (right - level[scale.lead :]).astype(np.float64)


def _edges(factor: "Floats") -> "np.typing.NDArray[np.bool_]":
    """Return where runs of equal factors begin, and the end of the last."""
    return np.concatenate(([True], factor[1:] != factor[:-1], [True]))


def _scaled(whole: CandidateBars, stored: Bars, run: slice, factors: "Floats", kind: RepairKind) -> Repair:
    """Return the proposal to multiply the prices of a run; a split's ratio divides volumes."""
    factor = float(factors[run.start])
    known = set(stored.timestamp.tolist())
    changes = []
    for at in range(run.start, run.stop):
        old = values_of(whole, at)
        new = {name: None if value is None else value * factor for name, value in old.items()}
        volume = old["volume"]
        new["volume"] = volume / factor if kind == "split" and volume is not None else volume
        time = int(whole.timestamp[at])
        changes.append(Change(time, old if time in known else None, new))
    what = "a declared split was not applied, or twice" if kind == "split" else "they are in another unit"
    count = f"{len(changes)} row{'' if len(changes) == 1 else 's'}"
    reason = f"Prices of {count} are multiplied by {number(factor)}, as {what}."
    return Repair(kind=kind, symbol=whole.symbol, interval=whole.interval, reason=reason, changes=tuple(changes))
