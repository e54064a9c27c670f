"""What reading a CSV should give, in plain Python: csv, float and datetime, one value at a time."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PRICES = ("open", "high", "low", "close", "volume")


@dataclass
class OracleBars:
    timestamp: list[int]
    columns: dict[str, list[float]]
    duplicates_dropped: int
    rows_reordered: int


def instant_ns(text: str) -> int:
    """Return ns UTC of an ISO stamp; naive ones are UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def read_bars(text: str) -> OracleBars:
    """Read a header of lower-case names and ISO instants; the text must be without errors."""
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    header = rows.pop(0)
    records = []
    for row in rows:
        fields = dict(zip(header, row, strict=True))
        records.append((instant_ns(fields["date"]), tuple(float(fields[name]) for name in PRICES)))
    reordered = sum(any(later[0] < this[0] for later in records[k + 1 :]) for k, this in enumerate(records))
    distinct = sorted(set(records))
    return OracleBars(
        timestamp=[record[0] for record in distinct],
        columns={name: [record[1][k] for record in distinct] for k, name in enumerate(PRICES)},
        duplicates_dropped=len(records) - len(distinct),
        rows_reordered=reordered,
    )
