"""Bars as Parquet files named by their content hash, readable without a Parquet library.

Each column is one plain, uncompressed page of values that cannot be null, so its bytes stand in the file as they stand
in memory. A small file beside it, ``HASH.json``, records where, and a checksum of each: a cold process reads the
columns with NumPy in milliseconds, where importing PyArrow alone takes longer than the whole backtest. To anyone else
it is a normal Parquet file.

Whatever is missing, cut short or damaged counts as not cached, and the caller builds it again.
"""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from arbitrax.domain.bars import COLUMNS, Bars

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Values = NDArray[Any]  # float64, but int64 for the timestamps

FORMAT = 1


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the values of a column stand, and their CRC-32."""

    offset: int
    crc: int


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file holds; ``size`` in bytes."""

    format: int
    size: int
    rows: int
    interval: str
    columns: dict[str, Column]


class BarCache:
    """A directory of cached series."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def get(self, content_hash: str, symbol: str, interval: str) -> Bars | None:
        """Return raw bars of this content, or None when they are not cached, whole and undamaged."""
        try:
            layout = msgspec.json.decode(self._layout_file(content_hash).read_bytes(), type=Layout)
            with self._file(content_hash).open("rb", buffering=0) as file:
                if not _fits(layout, interval, os.fstat(file.fileno()).st_size):
                    return None
                columns = _read(file.fileno(), layout)
        except (OSError, msgspec.DecodeError):
            return None
        if columns is None:
            return None
        return Bars(symbol=symbol, interval=interval, **columns)  # type: ignore[arg-type]  # by name

    def put(self, content_hash: str, bars: Bars) -> bool:
        """Keep raw bars under their content hash; False when the disk does not let us."""
        mark = f"{os.getpid()}-{os.urandom(4).hex()}"
        draft = self._directory / f"{content_hash}.{mark}.tmp"
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            layout = _write(draft, bars)
            draft.replace(self._file(content_hash))
            draft.write_bytes(msgspec.json.encode(layout))
            draft.replace(self._layout_file(content_hash))
        except OSError:
            return False
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        return True

    def drop(self, content_hash: str) -> None:
        """Give back the room of a content that no series has any more."""
        for path in (self._layout_file(content_hash), self._file(content_hash)):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _file(self, content_hash: str) -> Path:
        return self._directory / f"{content_hash}.parquet"

    def _layout_file(self, content_hash: str) -> Path:
        return self._directory / f"{content_hash}.json"


def _dtype(name: str) -> np.dtype[Any]:
    return np.dtype("<i8") if name == "timestamp" else np.dtype("<f8")


def _fits(layout: Layout, interval: str, size: int) -> bool:
    """Say whether a layout can be that of a file of this size; a damaged one may hold anything."""
    return (
        layout.format == FORMAT
        and layout.interval == interval
        and layout.size == size
        and 0 < layout.rows * 8 * len(layout.columns) < size
        and set(COLUMNS[:-1]) <= layout.columns.keys() <= set(COLUMNS)
    )


def _read(descriptor: int, layout: Layout) -> dict[str, Values] | None:
    """Return the columns, read in one call with the page headers between them; None when they are not what was written.

    One call, because a portfolio reads thousands of small files.
    """
    columns: dict[str, Values] = {}
    parts: list[Any] = []
    begin = end = 0
    for name, column in sorted(layout.columns.items(), key=lambda item: item[1].offset):
        values = columns[name] = np.empty(layout.rows, _dtype(name))
        if not end <= column.offset <= layout.size - values.nbytes:
            return None
        if not parts:
            begin = column.offset
        elif column.offset > end:
            parts.append(bytearray(column.offset - end))
        parts.append(values.data)
        end = column.offset + values.nbytes
    if os.preadv(descriptor, parts, begin) != end - begin:
        return None
    if any(zlib.crc32(values.data) != layout.columns[name].crc for name, values in columns.items()):
        return None
    return columns


def _write(path: Path, bars: Bars) -> Layout:
    """Write a Parquet file and find its columns in it again, byte for byte."""
    import pyarrow.parquet as pq

    columns = _columns(bars)
    rows = max(len(bars), 1)
    pq.write_table(
        _table(columns),
        path,
        row_group_size=rows,
        max_rows_per_page=rows,
        data_page_size=rows * 16,  # never reached: one page a column
        write_batch_size=rows,
        use_dictionary=False,
        compression="none",
        write_statistics=False,
    )
    group = pq.read_metadata(path).row_group(0)
    found = {}
    with path.open("rb") as file:
        for index, (name, values) in enumerate(columns.items()):
            chunk = group.column(index)
            offset = chunk.data_page_offset + chunk.total_compressed_size - values.nbytes  # after the page's header
            written: Values = np.empty(len(values), values.dtype)
            os.preadv(file.fileno(), [written.data], offset)
            if written.tobytes() != values.tobytes():
                raise OSError(f"{path} does not hold its columns as single plain pages")
            found[name] = Column(offset, zlib.crc32(values.data))
    return Layout(FORMAT, path.stat().st_size, len(bars), bars.interval, found)


def _columns(bars: Bars) -> dict[str, Values]:
    present = {name: getattr(bars, name) for name in COLUMNS}
    return {name: np.ascontiguousarray(values, _dtype(name)) for name, values in present.items() if values is not None}


def _table(columns: dict[str, Values]) -> pa.Table:
    import pyarrow as pa

    from arbitrax.storage.parquet.arrow_column import arrow_column

    kinds = {"timestamp": pa.timestamp("ns", tz="UTC")}
    fields = [pa.field(name, kinds.get(name, pa.float64()), nullable=False) for name in columns]
    arrays = [arrow_column(values, field.type) for values, field in zip(columns.values(), fields, strict=True)]
    return pa.table(arrays, schema=pa.schema(fields))
