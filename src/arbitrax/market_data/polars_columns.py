"""The columns of a polars frame, without importing polars."""

from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.market_data.source import refuse

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats
    from arbitrax.market_data.frame_table import Moments


class PolarsColumns:
    """Columns of an eager frame."""

    def __init__(self, data: object, name: str) -> None:
        frame: Any = data
        if type(frame).__name__ != "DataFrame":
            raise refuse(name, f"a polars {type(frame).__name__} holds no rows yet", "pass a DataFrame (.collect())")
        self.symbol: str | None = None
        self.frame = frame
        self.names: list[str] = list(frame.columns)
        self.rows = frame.height

    def floats(self, position: int) -> "Floats":
        """Return a column as float64, NaN where empty."""
        column = self.frame.to_series(position)
        if column.dtype.is_integer() or column.dtype.is_float():
            return np.asarray(column.to_numpy(), dtype=np.float64)
        return np.array(column.to_list(), dtype=np.float64)

    def moments(self, position: int) -> "tuple[Moments, Moments | None] | None":
        """Return a date or datetime column on its own clock, and in UTC if it knows its zone."""
        column = self.frame.to_series(position)
        if str(column.dtype) != "Date" and not str(column.dtype).startswith("Datetime"):
            return None
        if getattr(column.dtype, "time_zone", None) is None:
            return column.to_numpy(), None
        utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return column.dt.replace_time_zone(None).to_numpy(), utc.to_numpy()

    def texts(self, position: int) -> list[str | None]:
        """Return a column as text, None where empty."""
        return [None if value is None else str(value) for value in self.frame.to_series(position).to_list()]
