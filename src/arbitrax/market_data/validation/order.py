"""Order and duplicates: rules 1 and 2."""

import numpy as np

from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, number, verdict

VALUES = ("open", "high", "low", "close", "volume", "adj_close")


def not_in_order(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 2: rows that stand before an earlier one. They are sorted; rows of the same time keep their order."""
    timestamp = rows.bars.timestamp
    if len(rows) < 2 or (timestamp[1:] >= timestamp[:-1]).all():
        return []
    least_after = np.minimum.accumulate(timestamp[::-1])[::-1]
    moved = np.append(timestamp[:-1] > least_after[1:], False)
    return verdict("not_in_order", Level.INFO, moved, lambda row: f"{rows.when(row)} stands before an earlier row.")


def in_time_order(rows: Rows) -> Rows:
    """Return the rows sorted by time; rows of the same time as they were received."""
    timestamp = rows.bars.timestamp
    if len(rows) < 2 or (timestamp[1:] >= timestamp[:-1]).all():
        return rows
    return rows.take(np.argsort(timestamp, kind="stable"))


def duplicate_timestamp(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 1: sorted rows that share a time. Only the one received last is kept, whatever the values.

    Earlier rows that say the same are dropped and counted, those that differ are set aside. Equal values under
    different times are no duplicates.
    """
    timestamp = rows.bars.timestamp
    same = timestamp[1:] == timestamp[:-1]
    if not same.any():
        return []
    earlier = np.flatnonzero(same)
    last = timestamp.searchsorted(timestamp[earlier], "right") - 1
    differs = np.zeros(len(earlier), dtype=np.bool_)
    columns = [(name, column) for name in VALUES if (column := getattr(rows.bars, name)) is not None]
    for _, column in columns:
        a, b = column[earlier], column[last]
        differs |= ~((a == b) | (np.isnan(a) & np.isnan(b)))

    def words(row: int) -> str:
        final = int(timestamp.searchsorted(timestamp[row], "right")) - 1
        said = ", ".join(
            f"{name} {number(column[row])} and then {number(column[final])}"
            for name, column in columns
            if column[row] != column[final] and not (np.isnan(column[row]) and np.isnan(column[final]))
        )
        return f"{rows.when(row)} came more than once, with {said}; the one received last was kept."

    return [
        *verdict(
            "duplicate_timestamp",
            Level.WARN,
            earlier[~differs],
            lambda row: f"{rows.when(row)} came more than once with the same values; one was kept.",
            drop=True,
        ),
        *verdict("duplicate_timestamp", Level.WARN, earlier[differs], words, drop=True, keep_record=True),
    ]
