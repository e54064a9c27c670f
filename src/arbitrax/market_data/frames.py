"""Read pandas, polars and Arrow frames; none of the three is imported here."""

from typing import TYPE_CHECKING

from arbitrax.domain.errors import DataError, InputError
from arbitrax.domain.intervals import nanoseconds
from arbitrax.market_data.arrow_columns import ArrowColumns
from arbitrax.market_data.frame_table import table_of
from arbitrax.market_data.pandas_columns import PandasColumns
from arbitrax.market_data.polars_columns import PolarsColumns
from arbitrax.market_data.series import Series
from arbitrax.market_data.table import build_series

if TYPE_CHECKING:
    from arbitrax.market_data.frame_table import FrameColumns

NAME = "the frame"
UNNAMED = "FRAME"
"""The symbol of a frame that names none."""


def is_frame(value: object) -> bool:
    """Tell whether a value is a pandas, polars or Arrow object."""
    return type(value).__module__.partition(".")[0] in ("pandas", "polars", "pyarrow")


def read_frame(
    frame: object, *, symbol: str | None = None, timezone: str | None = None, interval: str | None = None
) -> Series:
    """Return the checked bars of one symbol; arguments and errors as `read_frames`.

    Raises:
        DataError: the frame holds several symbols and ``symbol`` picks none.
    """
    series = read_frames(frame, symbol=symbol, timezone=timezone, interval=interval)
    if len(series) > 1:
        held = ", ".join(one.bars.symbol for one in series[:5])
        raise DataError(f"{NAME} holds {len(series)} symbols ({held}); pass symbol= to pick one.")
    return series[0]


def read_frames(
    frame: object, *, symbol: str | None = None, timezone: str | None = None, interval: str | None = None
) -> list[Series]:
    """Return the checked bars of a frame, one series a symbol.

    Dates come from a column or, in pandas, the index. ``symbol``, ``timezone`` and ``interval`` mean what
    they mean to `arbitrax.market_data.files.read_file`; rows in messages are counted from 0.

    Raises:
        DataError: anything that cannot be trusted.
        InputError: no frame of a library we know, no such time zone or interval.
    """
    if interval is not None:
        nanoseconds(interval)
    columns = _columns(frame, symbol)
    table = table_of(columns, NAME)
    default = columns.symbol or UNNAMED
    return build_series(table, symbol=symbol, default=default, timezone=timezone, interval=interval)


def _columns(frame: object, symbol: str | None) -> "FrameColumns":
    library = type(frame).__module__.partition(".")[0]
    if library == "pandas":
        return PandasColumns(frame, NAME, symbol)
    if library == "polars":
        return PolarsColumns(frame, NAME)
    if library == "pyarrow" and type(frame).__name__ == "Table":
        return ArrowColumns(frame)
    raise InputError(f"a {type(frame).__name__} is not a frame we read; pass a pandas, polars or Arrow table of bars.")
