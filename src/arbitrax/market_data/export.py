"""Write bars to CSV, Parquet or Arrow, so that `read_file` gives every bit of them back."""

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Literal, get_args

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import SECOND, is_intraday
from arbitrax.market_data.documents import ARROW_SUFFIXES, PARQUET_SUFFIXES

if TYPE_CHECKING:
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
"""Lines of CSV that are made at a time."""


def write_bars(bars: Bars, file: IO[bytes], form: ExportFormat) -> None:
    """Write bars: timestamp, open, high, low, close, volume, adj_close where there is one, and the symbol.

    In CSV a number is the shortest decimal that reads back as the same float64, without an exponent; an intraday time
    is ISO 8601 in UTC, such as 2024-01-02T14:30:00Z, and a longer bar has its session's date. Parquet and Arrow (an IPC
    file) hold float64 and nanoseconds, in UTC for intraday bars.
    """
    if form == "csv":
        for part in _csv(bars):
            file.write(part.encode())
        return
    import pyarrow as pa

    stamps = pa.timestamp("ns", "UTC" if is_intraday(bars.interval) else None)
    columns = {"timestamp": pa.array(bars.timestamp, stamps), **dict(_columns(bars))}
    columns["symbol"] = pa.DictionaryArray.from_arrays(np.zeros(len(bars), np.int32), [bars.symbol])
    said = {"arbitrax.interval": bars.interval, "arbitrax.prices": bars.basis}
    table = pa.table(columns).replace_schema_metadata(said)
    if form == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, file, compression="zstd")
        return
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _columns(bars: Bars) -> "Iterator[tuple[str, Floats]]":
    for name in PRICES:
        column = getattr(bars, name)
        if column is not None:
            yield name, column


def _csv(bars: Bars) -> Iterator[str]:
    """Yield the text, some rows at a time."""
    names = [name for name, _ in _columns(bars)]
    yield ",".join(["timestamp", *names, "symbol"]) + "\n"
    symbol = bars.symbol
    if any(mark in symbol for mark in ',"\t;|') or symbol != symbol.strip():
        symbol = '"' + symbol.replace('"', '""') + '"'
    whole = not (bars.timestamp % SECOND).any()
    for first in range(0, len(bars), ROWS):
        rows = bars.take(slice(first, first + ROWS))
        moments = rows.timestamp.view("datetime64[ns]")
        if is_intraday(bars.interval):
            times = [f"{text}Z" for text in np.datetime_as_string(moments, unit="s" if whole else "ns").tolist()]
        else:
            times = np.datetime_as_string(moments, unit="D").tolist()
        texts = [_shortest(column) for _, column in _columns(rows)]
        yield "\n".join(map(",".join, zip(times, *texts, [symbol] * len(rows), strict=True))) + "\n"


def _shortest(column: "Floats") -> list[str]:
    """Return numbers as the shortest decimals that read back as the same."""
    texts = [repr(value).removesuffix(".0") for value in column.tolist()]
    for at, text in enumerate(texts):
        if "e" in text:
            texts[at] = np.format_float_positional(column[at], trim="-")
    return texts
