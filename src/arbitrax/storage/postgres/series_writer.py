"""Writing the bars of one series inside the caller's transaction.

The row of ``price_series`` is the lock: writers of a series take turns, and ``as_of`` strictly grows. What is stored
between the first and the last bar given is read and compared here, in NumPy, so that bars which are known already cost
one read, and only those that are new or changed travel.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from msgspec import Struct

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import StoreError
from arbitrax.samples import SOURCE as SAMPLE
from arbitrax.services.ports import RowsDone, StoreCounts
from arbitrax.services.series_rights import FILE, SeriesOrigin, Writer, check_file, check_vendor
from arbitrax.storage.postgres.arrays import return_arrays
from arbitrax.storage.postgres.bar_rows import HEADER, TRAILER, bars_of, copy_rows
from arbitrax.storage.postgres.holders import hold
from arbitrax.storage.postgres.repair_rows import bars_of_text
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.stored_difference import Difference, Overlap, compare, keep_repaired
from arbitrax.storage.postgres.times import moment, nanoseconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.storage.postgres.connection import Connection

_ONE_TICK = timedelta(microseconds=1)


class Written(Struct, frozen=True):
    """What became of a series."""

    asset: UUID
    counts: StoreCounts
    span: tuple[int, int]
    """Its first and last time that was written."""
    as_of: int | None
    """ns UTC of its newest change, None while it has none."""
    before: int | None
    """The same before the write."""
    outdated: str | None = None
    """The content hash that no longer is what the series holds."""
    is_new: bool = False
    """Whether it had no bars before, so that it now is what was given."""


def write_series(
    connection: Connection,
    bars: Bars,
    *,
    source: str,
    received: int,
    rows_done: RowsDone,
    writer: Writer,
    is_final: NDArray[np.bool_] | None = None,
    of_vendor: bool = False,
    fills: bool = False,
    replace_source: bool = False,
) -> Written:
    """Insert or update canonical raw bars, at least one; ``is_final`` None: all are, ``received`` in ns UTC.

    of_vendor: bundled bars make room, and the series loses adjusted closes that an import gave it, as those of vendors
    are derived. fills: the series stays that of the source it has. replace_source: other bars make room for a file's,
    which are refused otherwise.

    Raises:
        NotYourSeries: the writer may not change the series.
        OtherSource: the series is of another source.
    """
    since = moment(int(bars.timestamp[0])).date()
    asset = hold(connection, bars.symbol, since=since, received=received)
    write = _Write(
        connection,
        asset,
        bars,
        source=source,
        received=received,
        rows_done=rows_done,
        is_final=is_final,
        writer=writer,
    )
    return write.run(of_vendor=of_vendor, fills=fills, replace_source=replace_source)


class _Write:
    def __init__(
        self,
        connection: Connection,
        asset: UUID,
        bars: Bars,
        *,
        source: str,
        received: int,
        rows_done: RowsDone,
        is_final: NDArray[np.bool_] | None,
        writer: Writer,
    ) -> None:
        self._connection = connection
        self._asset = asset
        self._bars = bars
        self._source = source
        self._received = moment(received)
        self._rows_done = rows_done
        self._writer = writer
        self._is_final = None if is_final is None or is_final.all() else is_final
        self._keys: dict[str, Any] = {"asset": asset, "interval": bars.interval, "source": source}

    def run(self, *, of_vendor: bool, fills: bool, replace_source: bool) -> Written:
        rows, first, last, as_of, content_hash, held_by, owner, may_skip_checks = self._locked()
        if rows:
            # Under the lock: it may have come to be since it was looked at.
            held = SeriesOrigin(self._bars.symbol, self._bars.interval, held_by, owner)
            check = check_vendor if of_vendor else check_file
            check(held, self._writer, self._source, replace_source=replace_source or (of_vendor and not fills))
        if as_of is not None:
            self._received = max(self._received, as_of + _ONE_TICK)
        before = None if as_of is None else nanoseconds(as_of)
        span = int(self._bars.timestamp[0]), int(self._bars.timestamp[-1])
        takes_over = (replace_source or of_vendor) and not fills and held_by != self._source
        makes_room = rows > 0 and (held_by == SAMPLE if of_vendor else held_by != self._source)
        self._keys["owner"] = self._owner(owner, is_new=rows == 0 or makes_room, fills=fills)
        if rows == len(self._bars) and content_hash == self._bars.content_hash() and self._all_final():
            self._rows_done(rows)
            if takes_over:
                self._connection.execute(statement("series_source"), self._keys)
            return Written(self._asset, StoreCounts(0, 0, rows), span, before, before)
        if makes_room:
            self._make_room()
            rows, first, last = 0, None, None
        dropped = of_vendor and rows > 0 and self._drop_adjusted_closes()
        if dropped and first is not None and last is not None:
            span = min(span[0], nanoseconds(first)), max(span[1], nanoseconds(last))
        difference = self._compared(rows, first, last)
        self._rows_done(difference.unchanged)
        if len(difference.changed):
            self._revise(difference)
        if len(difference.new):
            self._append(difference, may_skip_checks=may_skip_checks)
        counts = StoreCounts(len(difference.new), len(difference.changed), difference.unchanged)
        if not counts.added and not counts.updated and not dropped:
            if takes_over:
                self._connection.execute(statement("series_source"), self._keys)
            return Written(self._asset, counts, span, before, before)
        is_new = rows == 0
        self._note(counts.added, content_hash=self._bars.content_hash() if is_new else None, fills=fills)
        return Written(self._asset, counts, span, nanoseconds(self._received), before, content_hash, is_new)

    def _owner(self, owner: UUID | None, *, is_new: bool, fills: bool) -> UUID | None:
        """Return whose uploads alone the series is made of, with these bars."""
        if fills or (self._source == FILE and not is_new):
            return owner if owner == self._writer.user else None
        return self._writer.user if self._source == FILE else None

    def _locked(
        self,
    ) -> tuple[int, datetime | None, datetime | None, datetime | None, str | None, str, UUID | None, bool]:
        """Make the series exist, lock it, and return what it is."""
        found = self._connection.execute(statement("series_lock"), self._keys).fetchone()
        if found is None:
            self._connection.execute(statement("series_add"), self._keys)
            found = self._connection.execute(statement("series_lock"), self._keys).fetchone()
        if found is None:
            raise StoreError(f"{self._bars.symbol} was deleted while it was being stored; try again.")
        return found

    def _all_final(self) -> bool:
        """Say whether all bars given are final, and all that are stored."""
        found = self._connection.execute(statement("bars_provisional"), self._keys).fetchone()
        return self._is_final is None and found == (False,)

    def _compared(self, rows: int, first: datetime | None, last: datetime | None) -> Difference:
        begin, end = moment(int(self._bars.timestamp[0])), moment(int(self._bars.timestamp[-1]))
        stored, is_adjusted = None, None
        if rows and first is not None and last is not None:
            with self._connection.cursor(binary=True) as cursor:
                return_arrays(cursor)
                found = cursor.execute(statement("bars_overlapping"), {**self._keys, "first": begin, "last": end})
                (is_adjusted, *arrays, is_final) = found.fetchone() or (None,) * 9
            bars = bars_of(arrays, self._bars.symbol, self._bars.interval)
            stored = Overlap(bars, is_final) if len(bars) else None
        difference = compare(self._bars, self._is_final, stored, rows=rows, is_adjusted=is_adjusted)
        if rows == 0 or difference.unchanged == len(self._bars):
            return difference
        return keep_repaired(difference, stored, self._repairs())

    def _repairs(self) -> list[tuple[Bars, Bars]]:
        found = self._connection.execute(statement("repairs_in_force"), self._keys)
        symbol, interval = self._bars.symbol, self._bars.interval
        return [
            (bars_of_text(before, symbol, interval), bars_of_text(after, symbol, interval)) for before, after in found
        ]

    def _append(self, difference: Difference, *, may_skip_checks: bool) -> None:
        """Copy straight into the table.

        Checking the foreign key of each row doubles the time. `hold` locks the one asset they all name, which is all
        that the check does, so it is left out where the server lets us.
        """
        if may_skip_checks:
            self._connection.execute(statement("foreign_keys_off"))
        self._copy("bars_copy", difference, difference.new)
        if may_skip_checks:
            self._connection.execute(statement("foreign_keys_on"))

    def _revise(self, difference: Difference) -> None:
        """Copy beside the table, keep what changes as revisions, then update."""
        execute = self._connection.execute
        execute(statement("staging_create"))
        self._copy("staging_copy", difference, difference.changed)
        execute(statement("staging_analyze"))
        execute(statement("bars_keep_revisions"), self._keys)
        execute(statement("bars_update"), self._keys)
        execute(statement("staging_drop"))

    def _copy(self, name: str, difference: Difference, places: NDArray[np.int64]) -> None:
        everything = len(places) == len(difference.bars)
        bars = difference.bars if everything else difference.bars.take(places)
        final = self._is_final if everything or self._is_final is None else self._is_final[places]
        with self._connection.cursor() as cursor, cursor.copy(statement(name)) as copy:
            copy.write(HEADER)
            for data, rows in copy_rows(
                bars, asset=self._asset, source=self._source, received=self._received, is_final=final
            ):
                copy.write(data)
                self._rows_done(rows)
            copy.write(TRAILER)

    def _make_room(self) -> None:
        """Keep the bars as revisions and take them out of the series: those of another source take their place."""
        keys = {**self._keys, "as_of": self._received}
        for name in ("bars_keep_all_revisions", "bars_remove_all", "series_clear"):
            self._connection.execute(statement(name), keys)

    def _drop_adjusted_closes(self) -> bool:
        """Keep bars that have an adjusted close as revisions, and drop it; say whether there were any."""
        keys = {**self._keys, "as_of": self._received}
        if not self._connection.execute(statement("adjusted_keep_revisions"), keys).rowcount:
            return False
        self._connection.execute(statement("adjusted_drop"), keys)
        self._received += _ONE_TICK  # what changes next was as it is now for a moment
        return True

    def _note(self, added: int, *, content_hash: str | None, fills: bool) -> None:
        keys = {
            **self._keys,
            "fills": fills,
            "as_of": self._received,
            "added": added,
            "first": moment(int(self._bars.timestamp[0])),
            "last": moment(int(self._bars.timestamp[-1])),
            "content_hash": content_hash,
        }
        self._connection.execute(statement("series_update"), keys)
