"""Bars of many symbols as one Arrow table; the columns of each are taken over, not copied."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from arbitrax.domain.bars import Bars
from arbitrax.storage.parquet.arrow_column import arrow_column

AMOUNTS = ("open", "high", "low", "close", "volume")
SCHEMA = pa.schema(
    [
        pa.field("symbol", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("timestamp", pa.timestamp("ns", tz="UTC"), nullable=False),
        *(pa.field(name, pa.float64(), nullable=False) for name in AMOUNTS),
        pa.field("adj_close", pa.float64()),
    ]
)


def bar_table(series: Sequence[Bars]) -> pa.Table:
    """Return the bars of series, in their order, with a chunk a series."""
    symbols = pa.array([bars.symbol for bars in series], pa.string())
    batches = [_batch(place, bars, symbols) for place, bars in enumerate(series)]
    return pa.Table.from_batches(batches, SCHEMA)


def _batch(place: int, bars: Bars, symbols: pa.Array) -> pa.RecordBatch:
    rows = len(bars)
    columns = [
        pa.DictionaryArray.from_arrays(arrow_column(np.full(rows, place, np.int32), pa.int32()), symbols),
        arrow_column(bars.timestamp, SCHEMA.field("timestamp").type),
        *(arrow_column(getattr(bars, name), pa.float64()) for name in AMOUNTS),
        pa.nulls(rows, pa.float64()) if bars.adj_close is None else arrow_column(bars.adj_close, pa.float64()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)
