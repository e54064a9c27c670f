"""What becomes of the rows of a file: which are bars, and which are set aside and why."""

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import date_text, time_text
from arbitrax.domain.errors import DataError
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.market_data.validation.findings import Context, Level, Validation
from arbitrax.market_data.validation.validator import validate
from arbitrax.services.catalogue_ports import MarketStores
from arbitrax.services.chunks import BEFORE, bars_of
from arbitrax.services.holders import holder_of
from arbitrax.services.ports import JudgedBars
from arbitrax.services.quality import context_of

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats
    from arbitrax.market_data.candidate import CandidateBars
    from arbitrax.market_data.providers.provider import Fetched


class ImportedRows(Struct, frozen=True, eq=False):
    """The rows of one symbol and interval of a file, judged."""

    judged: JudgedBars
    rows_read: int
    duplicates_dropped: int
    """Rows identical to another one."""
    rows_reordered: int
    notices: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why the first of the rows that were set aside was; empty without any."""
        return self.judged.quarantined[0].reason if self.judged.quarantined else ""


def judge_rows(stores: MarketStores, read: "Fetched", *, now: int) -> ImportedRows:
    """Validate rows as those of a vendor are; prices stay as the file has them. ``now``: ns UTC.

    Raises:
        DataError: some of the rows that can be trusted have an adjusted close, and some have none.
    """
    rows = read.candidate
    context = Context(now=now)
    if not holder_of(stores, rows.symbol).is_new:
        known = context_of(stores, rows.symbol, rows.interval, now=now)
        context = replace(known, before=_before(stores, rows))
    validation = validate(rows, context)
    kept, aside = validation.kept, validation.quarantined
    adj_close, told = _adj_close(kept)
    twice = sum(len(each.rows) for each in validation.findings if each.rule == "duplicate_timestamp")
    differing = sum("duplicate_timestamp" in each.rule.split(", ") for each in aside)
    return ImportedRows(
        judged=JudgedBars(replace(bars_of(kept), adj_close=adj_close), kept.is_final, aside),
        rows_read=len(rows),
        duplicates_dropped=twice - differing,
        rows_reordered=sum(len(each.rows) for each in validation.findings if each.rule == "not_in_order"),
        notices=(*read.notices, *told, *_notices(validation)),
    )


def _before(stores: MarketStores, rows: "CandidateBars") -> Bars | None:
    """Return the stored bars just before the first row."""
    if not len(rows):
        return None
    first = int(rows.timestamp.min())
    reach = BEFORE * max(nanoseconds(rows.interval), DAY) * 2
    found = stores.bars.load_range(rows.symbol, rows.interval, first - reach, first)
    return None if found is None else found.bars


def _adj_close(kept: "CandidateBars") -> "tuple[Floats | None, tuple[str, ...]]":
    """Return the adjusted closes, None where all are empty, and what is to be said of that."""
    column = kept.adj_close
    if column is None or not len(column):
        return None, ()
    empty = np.flatnonzero(~(column > 0))
    if len(empty) == len(column):
        return None, (f"All adjusted closes of {kept.symbol} are empty; they were left out.",)
    if len(empty):
        first = _when(int(kept.timestamp[empty[0]]), kept.interval)
        raise DataError(
            f"{len(empty):,} of {len(column):,} bars of {kept.symbol} have no adjusted close, the first on {first}; "
            "fill those rows from the source, or remove the column."
        )
    return np.ascontiguousarray(column), ()


def _notices(validation: Validation) -> tuple[str, ...]:
    kept, aside = validation.kept, validation.quarantined
    told = []
    empty = np.flatnonzero(np.isnan(kept.volume))
    if len(empty):
        count = "1 bar" if len(empty) == 1 else f"{len(empty):,} bars"
        first = _when(int(kept.timestamp[empty[0]]), kept.interval)
        told.append(f"{kept.symbol} has no volume in {count} (first {first}); volume is 0 there.")
    told += [
        f"{each.reason} That row was left out."
        for each in validation.findings
        if each.rule == "partial_bar" and each.level is Level.INFO
    ]
    if aside:
        count = "1 row was" if len(aside) == 1 else f"{len(aside):,} rows were"
        check = f"arbitrax data check {kept.symbol} --interval {kept.interval}"
        told.append(f"Of {kept.symbol} {count} set aside, and `{check}` shows why; the first: {aside[0].reason}")
    return tuple(told)


def _when(at: int, interval: str) -> str:
    return time_text(at) if is_intraday(interval) else date_text(at)
