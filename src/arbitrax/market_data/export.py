"""Write bars to CSV, Parquet or Arrow, so that `read_file` gives every bit of them back."""

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import SECOND, is_intraday
from arbitrax.market_data.documents import ARROW_SUFFIXES, PARQUET_SUFFIXES

if TYPE_CHECKING:
    import pyarrow as pa

    from arbitrax.domain.bars import Floats

ExportFormat = Literal["csv", "parquet", "arrow"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
SUFFIXES: dict[str, ExportFormat] = {
    ".csv": "csv",
    **dict.fromkeys(PARQUET_SUFFIXES, "parquet"),
    **dict.fromkeys(ARROW_SUFFIXES, "arrow"),
}
"""Ending of a file's name -> its format."""

PRICES = ("open", "high", "low", "close", "volume", "adj_close")
ROWS = 65_536
"""Lines of CSV that are made at a time, whose offsets fit 32 bits."""


def write_bars(bars: Bars, file: IO[bytes], form: ExportFormat) -> None:
    """Write bars: timestamp, open, high, low, close, volume, adj_close where there is one, and the symbol.

    In CSV a number is the shortest decimal that reads back as the same float64, without an exponent; an intraday time
    is ISO 8601 in UTC, such as 2024-01-02T14:30:00Z, and a longer bar has its session's date. Parquet and Arrow (an IPC
    file) hold float64 and nanoseconds, in UTC for intraday bars.
    """
    if form == "csv":
        _write_csv(bars, file)
        return
    import pyarrow as pa

    table = bars_table(bars)
    if form == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, file, compression="zstd")
        return
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def bars_table(bars: Bars) -> "pa.Table":
    """Return bars as an Arrow table, as `write_bars` writes them."""
    import pyarrow as pa

    stamps = pa.timestamp("ns", "UTC" if is_intraday(bars.interval) else None)
    columns = {"timestamp": pa.array(bars.timestamp, stamps), **dict(_columns(bars))}
    columns["symbol"] = pa.DictionaryArray.from_arrays(np.zeros(len(bars), np.int32), [bars.symbol])
    said = {"arbitrax.interval": bars.interval, "arbitrax.prices": bars.basis}
    return pa.table(columns).replace_schema_metadata(said)


def _columns(bars: Bars) -> "Iterator[tuple[str, Floats]]":
    for name in PRICES:
        column = getattr(bars, name)
        if column is not None:
            yield name, column


def _write_csv(bars: Bars, file: IO[bytes]) -> None:
    """Write the text, some rows at a time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = [name for name, _ in _columns(bars)]
    file.write((",".join(["timestamp", *names, "symbol"]) + "\n").encode())
    symbol = bars.symbol
    if any(mark in symbol for mark in ',"\t;|') or symbol != symbol.strip():
        symbol = '"' + symbol.replace('"', '""') + '"'
    instants = is_intraday(bars.interval)
    unit = pa.timestamp("ns" if (bars.timestamp % SECOND).any() else "s") if instants else pa.date32()
    for first in range(0, len(bars), ROWS):
        rows = bars.take(slice(first, first + ROWS))
        times = pa.array(rows.timestamp, pa.timestamp("ns")).cast(unit).cast(pa.string())
        if instants:
            times = pc.binary_join_element_wise(pc.binary_replace_slice(times, 10, 11, "T"), "", "Z")
        numbers = [_shortest(column) for _, column in _columns(rows)]
        lines = pc.binary_join_element_wise(times, *numbers, f"{symbol}\n", ",")
        _, ends, text = lines.buffers()
        file.write(memoryview(text)[: int(np.frombuffer(ends, np.int32)[len(lines)])])


def _shortest(column: "Floats") -> Any:
    """Return numbers as the shortest decimals that read back as the same, an Arrow array of text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array(column).cast(pa.string())
    exponents = np.flatnonzero(pc.match_substring(texts, "e").to_numpy(zero_copy_only=False))
    if not len(exponents):
        return texts
    spelled = texts.to_pylist()
    for at in exponents.tolist():
        spelled[at] = np.format_float_positional(column[at], trim="-")
    return pa.array(spelled, pa.string())
