"""Read an Arrow IPC file or stream of bars: .arrow, .feather, .ipc."""

import pyarrow as pa

from arbitrax.market_data.arrow_columns import ArrowColumns
from arbitrax.market_data.frame_table import table_of
from arbitrax.market_data.source import quoted, refuse
from arbitrax.market_data.table import Table


def read_arrow(data: bytes, file: str, *, lenient: bool = False) -> Table:
    """Return the rows of an Arrow file; lenient as `table_of` has it.

    Raises:
        DataError: it is no Arrow file or stream, is damaged, or lacks a column.
    """
    reason = None
    for opened in (pa.ipc.open_file, pa.ipc.open_stream):
        try:
            table = opened(pa.BufferReader(data)).read_all()
            table.validate(full=True)
        except (pa.ArrowException, OSError) as error:
            reason = reason or str(error)
        else:
            return table_of(ArrowColumns(table), file, lenient=lenient)
    what = f"this is no readable Arrow file ({quoted(str(reason).partition(chr(10))[0])})"
    raise refuse(file, what, "write it again")
