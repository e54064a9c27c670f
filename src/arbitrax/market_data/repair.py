"""Propose how defective rows could be mended. Nothing is applied here, and every proposal can be undone."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.market_data.candidate import VendorBasis
from arbitrax.market_data.validation.findings import Context, Quarantined

RepairKind = Literal["units", "split", "duplicate", "row", "session"]
Values = dict[str, float | None]


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """What one bar was and would be; None where there is no bar: a row from quarantine is added, not changed."""

    timestamp: int
    """ns UTC."""
    old: Values | None
    new: Values | None


class Repair(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A proposal for rows of one series that belong together, in prices as traded. Plain data: it is stored as JSON."""

    kind: RepairKind
    symbol: str
    interval: str
    reason: str
    changes: tuple[Change, ...]

    def undone(self) -> "Repair":
        """Return the repair that takes this one back."""
        changes = tuple(Change(each.timestamp, each.new, each.old) for each in self.changes)
        return replace(self, changes=changes, reason=f"Takes back: {self.reason}")


def propose_repairs(
    stored: Bars, context: Context, quarantined: Sequence[Quarantined] = (), *, basis: VendorBasis = "raw"
) -> tuple[Repair, ...]:
    """Return proposals for a series and the rows set aside from it, oldest first.

    Blocks of prices 100 times off and rows to which a known split was not applied are brought back to the scale of
    their neighbours; of two versions of a bar the earlier one is proposed where only the later one is doubtful; an open
    of 0 becomes the last close, held within low and high; a high below the low is exchanged with it where open and
    close then lie between; and bars that were stored before their exchange was known, on days without a session, are
    taken out. A row is proposed only if no rule would set it aside afterwards.

    Args:
        stored: the bars, in prices as traded.
        quarantined: rows as they were received, in the vendor's ``basis``.
    """
    from arbitrax.market_data.repair_blocks import block_repairs
    from arbitrax.market_data.repair_rows import row_repairs, session_repairs

    found = [
        *block_repairs(stored, context, quarantined, basis=basis),
        *row_repairs(stored, context, quarantined, basis=basis),
        *session_repairs(stored, context),
    ]
    return tuple(sorted(found, key=lambda each: each.changes[0].timestamp))
