"""The columns of an Arrow table, without importing pyarrow unless a time zone must be told."""

from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.market_data.local_time import UTC_NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats
    from arbitrax.market_data.frame_table import Moments


class ArrowColumns:
    """Columns of a `pyarrow.Table`."""

    def __init__(self, data: object) -> None:
        table: Any = data
        self.symbol: str | None = None
        self.table = table
        self.names: list[str] = list(table.column_names)
        self.rows = table.num_rows

    def floats(self, position: int) -> "Floats":
        """Return a column as float64, NaN where empty."""
        return np.asarray(self.table.column(position).to_numpy(), dtype=np.float64)

    def moments(self, position: int) -> "tuple[Moments, Moments | None] | None":
        """Return a date or timestamp column on its own clock, and in UTC if it knows its zone."""
        column = self.table.column(position)
        if not str(column.type).startswith(("timestamp", "date")):
            return None
        written = column.to_numpy()
        zone = getattr(column.type, "tz", None)
        if zone is None:
            return written, None
        if zone in UTC_NAMES:
            return written, written
        import pyarrow.compute

        return pyarrow.compute.local_timestamp(column).to_numpy(), written

    def texts(self, position: int) -> list[str | None]:
        """Return a column as text, None where empty."""
        return [None if value is None else str(value) for value in self.table.column(position).to_pylist()]

    def coded(self, position: int) -> "tuple[list[str], NDArray[np.int32]]":
        """Return the distinct texts of a column by first appearance, and which each row has, -1 where empty."""
        import pyarrow as pa

        column = self.table.column(position)
        try:
            texts = column.cast(pa.large_string())
        except pa.ArrowNotImplementedError:  # lists and the like
            texts = pa.chunked_array([pa.array(self.texts(position), pa.large_string())])
        coded = pa.concat_arrays(texts.dictionary_encode().unify_dictionaries().chunks)
        return coded.dictionary.to_pylist(), coded.indices.fill_null(-1).to_numpy()
