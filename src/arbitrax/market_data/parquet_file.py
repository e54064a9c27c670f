"""Read a Parquet file of bars."""

from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from arbitrax.market_data.arrow_columns import ArrowColumns
from arbitrax.market_data.frame_table import table_of
from arbitrax.market_data.source import quoted, refuse
from arbitrax.market_data.table import Table


def read_parquet(source: Path | bytes, file: str, *, lenient: bool = False) -> Table:
    """Return the rows of a Parquet file, by its path or content; lenient as `table_of` has it.

    Raises:
        DataError: it is no Parquet file, is damaged, or lacks a column.
    """
    try:
        # One file, not a data set: folder names such as date=2020 must not become columns.
        with pq.ParquetFile(BytesIO(source) if isinstance(source, bytes) else source) as opened:
            table = opened.read()
    except pa.ArrowException as error:
        reason = quoted(str(error).partition("\n")[0])
        raise refuse(file, f"this is no readable Parquet file ({reason})", "write it again") from None
    return table_of(ArrowColumns(table), file, lenient=lenient)
