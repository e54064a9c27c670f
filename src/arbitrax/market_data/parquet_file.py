"""Read a Parquet file of bars."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from arbitrax.market_data.arrow_columns import ArrowColumns
from arbitrax.market_data.frame_table import table_of
from arbitrax.market_data.series import Series
from arbitrax.market_data.source import quoted, refuse
from arbitrax.market_data.table import build_series


def read_parquet(
    path: Path, *, symbol: str | None = None, timezone: str | None = None, interval: str | None = None
) -> list[Series]:
    """Return one checked series a symbol; see `arbitrax.market_data.files.read_file`."""
    try:
        # One file, not a data set: folder names such as date=2020 must not become columns.
        with pq.ParquetFile(path) as file:
            table = file.read()
    except pa.ArrowException as error:
        reason = quoted(str(error).partition("\n")[0])
        raise refuse(path.name, f"this is no readable Parquet file ({reason})", "write it again") from None
    return build_series(
        table_of(ArrowColumns(table), path.name),
        symbol=symbol, default=path.stem.upper(), timezone=timezone, interval=interval,
    )  # fmt: skip
