"""Call the CSV kernel: give it room, choose between date formats, and hand on what it found."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from arbitrax.domain.intervals import DAY
from arbitrax.kernels import csv_reader as kernel
from arbitrax.market_data.columns import ROLES
from arbitrax.market_data.date_formats import DateFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s


class Text(Struct, frozen=True):
    """Delimited text: where its rows start and what its columns are."""

    data: bytes
    start: int
    """Offset of the first row."""
    line: int
    """Line number of the first row, from 1."""
    delimiter: str
    width: int
    """Fields in a row."""
    roles: Mapping[str, int]
    """Role -> position of its column."""


class Rows(Struct, frozen=True, eq=False):
    """What the kernel read: arrays (rows,), floats (FLOATS, rows); not to be used with problems."""

    floats: "Floats"
    stamps: "Int64s"
    offsets: "NDArray[np.int32]"
    lines: "Int64s"
    symbol_of_row: "NDArray[np.int32]"
    symbols: tuple[str, ...]
    problems: "NDArray[Any]"
    date_format: DateFormat

    def bad_dates(self) -> int:
        """Return how many dates are not written in the format."""
        return int(self.problems["rows"][[kernel.BAD_STAMP, kernel.BAD_YEAR]].sum())

    def has_day_above_12(self) -> bool:
        """Tell whether any date proves which of its numbers is the day."""
        days = (self.stamps // DAY).astype("datetime64[D]")
        return bool(((days - days.astype("datetime64[M]")).astype(np.int64) >= 12).any())


def read_rows(text: Text, date_format: DateFormat) -> Rows:
    """Read every row with one date format."""
    data = text.data
    capacity = data.count(b"\n", text.start) + data.count(b"\r", text.start) + 1
    roles = np.full(text.width, kernel.IGNORED, dtype=np.int32)
    for role, position in text.roles.items():
        roles[position] = ROLES.index(role)
    room = capacity if "symbol" in text.roles else 0
    floats = np.empty((kernel.FLOATS, capacity))
    stamps = np.empty(capacity, dtype=np.int64)
    offsets = np.empty(capacity, dtype=np.int32)
    lines = np.empty(capacity, dtype=np.int64)
    symbol_of_row = np.zeros(room, dtype=np.int32)
    slots = np.full(1 << (2 * room).bit_length() if room else 0, -1, dtype=np.int32)
    starts, lengths = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    problems = np.zeros((kernel.PROBLEMS, text.width + 1), dtype=kernel.PROBLEM)
    rows = kernel.read_rows(
        data, text.start, text.line, ord(text.delimiter), roles,
        date_format.layout, ord(date_format.separator), date_format.timed,
        floats, stamps, offsets, lines, symbol_of_row, slots, starts, lengths, problems,
    )  # fmt: skip
    if rows < 0:
        raise AssertionError(f"{capacity} rows of room were too few")
    symbol_of_row = symbol_of_row[:rows]
    known = int(symbol_of_row.max()) + 1 if len(symbol_of_row) else 0
    return Rows(
        floats=floats[:, :rows],
        stamps=stamps[:rows],
        offsets=offsets[:rows],
        lines=lines[:rows],
        symbol_of_row=symbol_of_row,
        symbols=tuple(
            data[start : start + length].decode(errors="replace").replace('""', '"')
            for start, length in zip(starts[:known].tolist(), lengths[:known].tolist(), strict=True)
        ),
        problems=problems,
        date_format=date_format,
    )


def read_with_any(text: Text, formats: tuple[DateFormat, ...]) -> tuple[Rows, bool]:
    """Read with the format that holds for every date, or spoils the fewest; tell whether two hold equally."""
    first = read_rows(text, formats[0])
    if len(formats) == 1:
        return first, False
    if not first.bad_dates():
        return first, not first.has_day_above_12()
    second = read_rows(text, formats[1])
    return (second if second.bad_dates() < first.bad_dates() else first), False
