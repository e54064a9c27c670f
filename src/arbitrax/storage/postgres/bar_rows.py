"""Bars as rows of PostgreSQL's binary COPY: int16 fields, then for each an int32 length and big-endian bytes."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import DataError, StoreError
from arbitrax.kernels.numeric_codec import MAX_NUMERIC_BYTES, encode_rows
from arbitrax.storage.postgres.times import POSTGRES_EPOCH, nanoseconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
CHUNK = 32_768
"""Rows a message: large enough to send quickly, small enough for a smooth progress bar."""

MAX_SYMBOL = 64
MAX_INTERVAL = 8
_INTERVAL = re.compile("[1-9][0-9]*(s|m|h|d|w|mo)")  # as the schema has it

_AMOUNTS = ("open", "high", "low", "close", "volume", "adj_close")
_ROW = np.dtype(
    [("fields", ">i2"), ("timestamp_size", ">i4"), ("timestamp", ">i8")]
    + [(f"{name}{part}", kind) for name in _AMOUNTS for part, kind in (("_size", ">i4"), ("", ">f8"))]
)
_FIELDS = 12  # asset_id, interval, timestamp, the amounts, source, is_final, ts_recv


def canonical(bars: Bars) -> Bars:
    """Return bars as they will read back: no -0.0, no adjusted closes that are all missing.

    Raises:
        DataError: under a name that cannot be stored, not raw, not in strictly increasing order, finer than
            microseconds, or with adjusted closes on some bars only.
    """
    _check_names(bars.symbol, bars.interval)
    name = f"{bars.symbol} {bars.interval}"
    if bars.basis != "raw":
        raise DataError(f"{name} holds adjusted prices; store prices as traded, with adj_close.")
    stamps = np.ascontiguousarray(bars.timestamp, dtype=np.int64)
    if np.any(stamps[1:] <= stamps[:-1]):
        raise DataError(f"{name} is not in order of time, each bar once; sort it and drop duplicates.")
    if np.any(stamps % 1000):
        raise DataError(f"{name} has times finer than a microsecond, which PostgreSQL cannot keep; round them.")
    adjusted = bars.adj_close
    missing = 0 if adjusted is None else int(np.count_nonzero(np.isnan(adjusted)))
    if missing == len(bars):
        adjusted = None
    elif missing:
        raise DataError(
            f"{name} has no adjusted close on {missing} of {len(bars)} bars; complete the column, or leave it out."
        )
    return Bars(
        symbol=bars.symbol,
        interval=bars.interval,
        timestamp=stamps,
        open=_plain(bars.open),
        high=_plain(bars.high),
        low=_plain(bars.low),
        close=_plain(bars.close),
        volume=_plain(bars.volume),
        adj_close=None if adjusted is None else _plain(adjusted),
    )


def _check_names(symbol: str, interval: str) -> None:
    for kind, text, longest in (("symbol", symbol, MAX_SYMBOL), ("interval", interval, MAX_INTERVAL)):
        if not text:
            raise DataError(f"The {kind} of the bars is empty; give them one.")
        if len(text) > longest:
            raise DataError(
                f"The {kind} {text[:longest]!r}... has {len(text)} characters; give one of at most {longest}."
            )
        if text != text.strip() or not text.isprintable():
            raise DataError(f"The {kind} {text!r} has space around it, or a character that cannot be shown; remove it.")
    if not _INTERVAL.fullmatch(interval):
        raise DataError(
            f"The interval {interval!r} cannot be stored; use a count and a unit, such as 1m, 15m, 1h, 1d, 1w or 1mo."
        )


def _plain(column: Floats) -> Floats:
    plain = np.ascontiguousarray(column, dtype=np.float64) + 0.0  # -0.0 becomes 0.0
    plain[np.isnan(plain)] = np.nan
    return plain


def copy_rows(bars: Bars, *, asset: UUID, source: str, received: datetime) -> Iterator[tuple[bytes, int]]:
    """Yield the rows of a COPY, without header and trailer, as (bytes, rows)."""
    head = struct.pack(">h", _FIELDS) + _field(asset.bytes) + _field(bars.interval.encode())
    since_2000 = nanoseconds(received) // 1000 - POSTGRES_EPOCH
    tail = _field(source.encode()) + _field(b"\1") + _field(struct.pack(">q", since_2000))
    columns = [bars.open, bars.high, bars.low, bars.close, bars.volume]
    if bars.adj_close is None:
        tail = struct.pack(">i", -1) + tail
    else:
        columns.append(bars.adj_close)
    amounts = np.vstack(columns)
    stamps = bars.timestamp // 1000 - POSTGRES_EPOCH
    widest = len(head) + 12 + len(columns) * MAX_NUMERIC_BYTES + len(tail)
    buffer = np.empty(min(CHUNK, len(bars)) * widest, np.uint8)
    for first in range(0, len(bars), CHUNK):
        last = min(first + CHUNK, len(bars))
        written = encode_rows(head, tail, stamps, amounts, first, last, buffer)
        yield buffer[:written].tobytes(), last - first


def _field(data: bytes) -> bytes:
    return struct.pack(">i", len(data)) + data


def rows(data: bytes, dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """Return the rows of a binary COPY whose fields all have one width.

    Raises:
        StoreError: they have not, so a statement and its dtype disagree.
    """
    count, rest = divmod(len(data) - len(HEADER) - len(TRAILER), dtype.itemsize)
    if rest or data[: len(HEADER)] != HEADER:
        raise StoreError("PostgreSQL sent rows of another shape than this release expects; upgrade arbitrax.")
    return np.frombuffer(data, dtype, count, len(HEADER))


def bars_of(data: bytes, symbol: str, interval: str) -> Bars:
    """Return the bars of a COPY made by ``bars_current.sql`` or ``bars_as_of.sql``."""
    table = rows(data, _ROW)
    amounts: dict[str, Any] = {name: table[name].astype(np.float64) for name in _AMOUNTS}
    stamps: Int64s = (table["timestamp"].astype(np.int64) + POSTGRES_EPOCH) * 1000
    adjusted = amounts.pop("adj_close")
    return Bars(
        symbol=symbol,
        interval=interval,
        timestamp=stamps,
        adj_close=None if np.isnan(adjusted).all() else adjusted,
        **amounts,
    )
