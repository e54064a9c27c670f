"""Bars as rows of PostgreSQL's binary COPY: int16 fields, then for each an int32 length and big-endian bytes."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import DataError, StoreError
from arbitrax.kernels.numeric_codec import MAX_NUMERIC_BYTES, encode_rows
from arbitrax.storage.postgres.times import POSTGRES_EPOCH, nanoseconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
CHUNK = 32_768
"""Rows a message: large enough to send quickly, small enough for a smooth progress bar."""

MAX_SYMBOL = 64
MAX_INTERVAL = 8
_INTERVAL = re.compile("[1-9][0-9]*(s|m|h|d|w|mo)")  # as the schema has it

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
    check_symbol(symbol)
    _check_text("interval", interval, MAX_INTERVAL)
    if not _INTERVAL.fullmatch(interval):
        raise DataError(
            f"The interval {interval!r} cannot be stored; use a count and a unit, such as 1m, 15m, 1h, 1d, 1w or 1mo."
        )


def check_symbol(symbol: str) -> None:
    """Refuse what cannot be a symbol.

    Raises:
        DataError: it is empty, too long, or holds what cannot be shown.
    """
    _check_text("symbol", symbol, MAX_SYMBOL)


def _check_text(kind: str, text: str, longest: int) -> None:
    if not text:
        raise DataError(f"The {kind} of the bars is empty; give them one.")
    if len(text) > longest:
        raise DataError(f"The {kind} {text[:longest]!r}... has {len(text)} characters; give one of at most {longest}.")
    if text != text.strip() or not text.isprintable():
        raise DataError(f"The {kind} {text!r} has space around it, or a character that cannot be shown; remove it.")


def _plain(column: Floats) -> Floats:
    plain = np.ascontiguousarray(column, dtype=np.float64) + 0.0  # -0.0 becomes 0.0
    plain[np.isnan(plain)] = np.nan
    return plain


def copy_rows(
    bars: Bars, *, asset: UUID, source: str, received: datetime, is_final: NDArray[np.bool_] | None = None
) -> Iterator[tuple[bytes, int]]:
    """Yield the rows of a COPY, without header and trailer, as (bytes, rows); ``is_final`` None: all are."""
    head = struct.pack(">h", _FIELDS) + _field(asset.bytes) + _field(bars.interval.encode())
    since_2000 = nanoseconds(received) // 1000 - POSTGRES_EPOCH
    columns = [bars.open, bars.high, bars.low, bars.close, bars.volume]
    no_adjusted = b""
    if bars.adj_close is None:
        no_adjusted = struct.pack(">i", -1)
    else:
        columns.append(bars.adj_close)
    amounts = np.vstack(columns)
    stamps = bars.timestamp // 1000 - POSTGRES_EPOCH
    before, after = no_adjusted + _field(source.encode()), _field(struct.pack(">q", since_2000))
    tails = [before + _field(final) + after for final in (b"\0", b"\1")]
    widest = len(head) + 12 + len(columns) * MAX_NUMERIC_BYTES + len(tails[0])
    buffer = np.empty(min(CHUNK, len(bars)) * widest, np.uint8)
    for first, last, final in _runs(len(bars), is_final):
        written = encode_rows(head, tails[final], stamps, amounts, first, last, buffer)
        yield buffer[:written].tobytes(), last - first


def _runs(rows: int, is_final: NDArray[np.bool_] | None) -> Iterator[tuple[int, int, bool]]:
    """Yield (first, last, is_final) of rows that are alike, at most `CHUNK` of them."""
    changes = np.empty(0, np.int64) if is_final is None else np.flatnonzero(np.diff(is_final)) + 1
    edges = [0, *(int(each) for each in changes), rows]
    for start, end in pairwise(edges):
        final = is_final is None or bool(is_final[start : start + 1].all())
        for first in range(start, end, CHUNK):
            yield first, min(first + CHUNK, end), final


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


def bars_of(arrays: Sequence[Any], symbol: str, interval: str) -> Bars:
    """Return the bars of arrays as ``bars_current.sql`` and its kind select them; of no rows they are all NULL."""
    if arrays[0] is None:
        none = np.empty(0, np.float64)
        return Bars(symbol, interval, np.empty(0, np.int64), none, none, none, none, none)
    stamps, open_, high, low, close, volume, adjusted = arrays
    return Bars(
        symbol=symbol,
        interval=interval,
        timestamp=(stamps + POSTGRES_EPOCH) * 1000,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=volume,
        adj_close=None if np.isnan(adjusted).all() else adjusted,
    )
