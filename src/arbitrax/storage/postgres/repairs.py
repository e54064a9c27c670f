"""Repairs of stored bars: what changes goes into the revisions, and the audit is part of the same transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import InputError, StoreError, UnknownNameError
from arbitrax.domain.ids import new_uuid
from arbitrax.services.catalogue_ports import Repair, StoredRepair
from arbitrax.services.ports import StoreCounts
from arbitrax.storage.postgres.arrays import return_arrays
from arbitrax.storage.postgres.bar_rows import HEADER, TRAILER, bars_of, canonical, copy_rows
from arbitrax.storage.postgres.repair_rows import bars_text, repair_of
from arbitrax.storage.postgres.series_writer import Written
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.stored_difference import alike
from arbitrax.storage.postgres.times import moment, nanoseconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.storage.postgres.connection import Connection

SOURCE = "repair"
"""The source of bars that a repair made."""
_ONE_TICK = timedelta(microseconds=1)


def propose(connection: Connection, repair: Repair, *, received: int) -> StoredRepair:
    """Keep a repair, or return the equal one that waits already."""
    before, after = canonical(repair.before), canonical(repair.after)
    if (before.symbol, before.interval) != (after.symbol, after.interval):
        raise InputError("A repair is of one symbol and interval; propose one for each.")
    if len(before) and len(after) and (before.adj_close is None) != (after.adj_close is None):
        raise InputError(f"The repair of {before.symbol} gives or takes adjusted closes; leave them as they are.")
    _differing(before, after)
    keys: dict[str, Any] = {
        "id": new_uuid(received),
        "symbol": before.symbol,
        "interval": before.interval,
        "rule": repair.rule,
        "reason": repair.reason,
        "before": bars_text(before),
        "after": bars_text(after),
        "proposed_at": moment(received),
    }
    series = connection.execute(statement("series_find"), {**keys, "as_of": None}).fetchone()
    if series is None:
        raise UnknownNameError(f"No {before.interval} bars of {before.symbol} are stored, so none can be repaired.")
    keys["asset"] = series[0]
    waiting = connection.execute(statement("repair_waiting"), keys).fetchone()
    if waiting is None:
        connection.execute(statement("repair_add"), keys)
    else:
        keys["id"] = waiting[0]
    return find(connection, keys["id"])[1]


def find(connection: Connection, repair_id: UUID) -> tuple[UUID, StoredRepair]:
    """Return the asset of a repair, and the repair, locked."""
    row = connection.execute(statement("repair_find"), {"id": repair_id}).fetchone()
    if row is None:
        raise UnknownNameError(f"There is no repair {repair_id}; `arbitrax data repair` lists those of a series.")
    return row[1], repair_of(row)


def apply(connection: Connection, asset: UUID, stored: StoredRepair, *, who: str, received: int) -> Written:
    """Change the bars of ``before`` into those of ``after``."""
    change = _Change(connection, asset, stored.repair.before, stored.repair.after, received)
    change.stage_given()
    written = change.run()
    connection.execute(statement("repair_applied"), {"id": stored.id, "at": change.stamp, "who": who})
    return written


def undo(connection: Connection, asset: UUID, stored: StoredRepair, *, who: str, received: int) -> Written:
    """Bring the bars of ``before`` back, as their sources had said them."""
    change = _Change(connection, asset, stored.repair.after, stored.repair.before, received)
    change.stage_superseded(stored.applied)
    written = change.run()
    connection.execute(statement("repair_undone"), {"id": stored.id, "at": change.stamp, "who": who})
    return written


class _Change:
    """Bars that are stored, and what takes their place; with the series locked."""

    def __init__(self, connection: Connection, asset: UUID, old: Bars, new: Bars, received: int) -> None:
        self._connection = connection
        self._old = old
        self._new = new
        self._times = _differing(old, new)
        self._keys: dict[str, Any] = {"asset": asset, "interval": old.interval}
        found = connection.execute(statement("series_lock"), self._keys).fetchone()
        if found is None or found[3] is None:
            raise StoreError(f"{old.symbol} was deleted while it was being repaired.")
        self._before = found[3]
        self._content_hash = found[4]
        self._asset = asset
        self.stamp = max(moment(received), self._before + _ONE_TICK)
        self._keys |= {"ts_recv": self.stamp, "times": [moment(int(each)) for each in self._times]}
        self._require_old()
        connection.execute(statement("staging_create"))

    def _require_old(self) -> None:
        """Refuse unless what is stored at these times is what the change is about."""
        span = {"first": self._keys["times"][0], "last": self._keys["times"][-1]}
        with self._connection.cursor(binary=True) as cursor:
            return_arrays(cursor)
            found = cursor.execute(statement("bars_overlapping"), self._keys | span).fetchone() or (None,) * 9
        now = bars_of(found[1:8], self._old.symbol, self._old.interval)
        stored, wanted = (bars.take(np.isin(bars.timestamp, self._times)) for bars in (now, self._old))
        if len(stored) != len(wanted) or not alike(stored, wanted, np.arange(len(wanted))).all():
            raise InputError(
                f"The {self._old.interval} bars of {self._old.symbol} from {span['first']:%Y-%m-%d} on are no longer "
                "what the repair is about; check the series again."
            )

    def stage_given(self) -> None:
        bars = self._new.take(np.isin(self._new.timestamp, self._times))
        with self._connection.cursor() as cursor, cursor.copy(statement("staging_copy")) as copy:
            copy.write(HEADER)
            for data, _ in copy_rows(bars, asset=self._asset, source=SOURCE, received=self.stamp):
                copy.write(data)
            copy.write(TRAILER)
        self._connection.execute(statement("staging_keep_final"), self._keys)

    def stage_superseded(self, applied: datetime | None) -> None:
        self._connection.execute(statement("staging_of_repair"), self._keys | {"applied_at": applied})

    def run(self) -> Written:
        execute = self._connection.execute
        removed = execute(statement("bars_remove"), self._keys).rowcount
        inserted = execute(statement("bars_insert"), self._keys).rowcount
        execute(statement("staging_drop"))
        execute(statement("series_recount"), self._keys | {"added": inserted - removed})
        return Written(
            asset=self._asset,
            counts=StoreCounts(0, len(self._times), 0),
            span=(int(self._times[0]), int(self._times[-1])),
            as_of=nanoseconds(self.stamp),
            before=nanoseconds(self._before),
            outdated=self._content_hash,
        )


def _differing(old: Bars, new: Bars) -> NDArray[np.int64]:
    """Return the times at which two series differ, in order."""
    _, ours, theirs = np.intersect1d(old.timestamp, new.timestamp, return_indices=True)
    same = old.timestamp[ours[alike(old.take(ours), new, theirs)]]
    times = np.setdiff1d(np.union1d(old.timestamp, new.timestamp), same)
    if not len(times):
        raise InputError(f"The repair of {old.symbol} changes nothing.")
    return times
