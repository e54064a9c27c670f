"""From a frame's columns, whatever library holds them, to a table to be checked."""

from typing import TYPE_CHECKING, Protocol

import numpy as np

from arbitrax.domain.errors import DataError
from arbitrax.kernels import csv_reader as kernel
from arbitrax.market_data.arrow_columns import ArrowColumns
from arbitrax.market_data.bar_times import Stamps, nanoseconds_of, scale_epoch
from arbitrax.market_data.columns import ROLES, find_columns
from arbitrax.market_data.csv_problems import raise_first_problem
from arbitrax.market_data.csv_rows import Text, read_with_any
from arbitrax.market_data.date_formats import ISO, formats_of
from arbitrax.market_data.source import Source, quoted, refuse
from arbitrax.market_data.table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats

    Moments = NDArray[np.datetime64]

UNIT_SEPARATOR = "\x1f"  # stands in no date


class FrameColumns(Protocol):
    """The columns of a frame, by position."""

    names: list[str]
    rows: int
    symbol: str | None
    """The symbol, where the column names carry it."""

    def floats(self, position: int) -> "Floats":
        """Return a column as float64, NaN where empty; ValueError or TypeError if it holds anything else."""

    def moments(self, position: int) -> "tuple[Moments, Moments | None] | None":
        """Return a datetime column on its own clock, and in UTC if it has a zone; None for other types."""

    def texts(self, position: int) -> list[str | None]:
        """Return a column as text, None where empty."""


def table_of(frame: FrameColumns, name: str, *, lenient: bool = False) -> Table:
    """Return the rows of a frame; lenient: with NaN and a notice where a price or volume is no number.

    Raises:
        DataError: no rows, a missing column, or a value that is no number or date.
    """
    roles = find_columns(frame.names, name)
    if not frame.rows:
        raise refuse(name, "there is not one row of prices", "pass rows")
    labels = {role: frame.names[position] for role, position in roles.items()}
    source = Source(name, labels, "row", np.arange(frame.rows))
    symbols: tuple[str, ...] = ()
    symbol_of_row = None
    if "symbol" in roles:
        symbols, symbol_of_row = _symbols(frame, roles["symbol"], source)
    notices: list[str] = []
    forgiven = notices if lenient else None
    return Table(
        source=source,
        stamps=_stamps(frame, roles, source),
        columns={
            role: _floats(frame, roles[role], role, source, forgiven)
            for role in ROLES[: kernel.FLOATS]
            if role in roles
        },
        symbols=symbols,
        symbol_of_row=symbol_of_row,
        notices=tuple(notices),
    )


def _floats(frame: FrameColumns, position: int, role: str, source: Source, forgiven: list[str] | None) -> "Floats":
    """Return a column of numbers; with a list for sentences, what is none becomes NaN and is told there."""
    try:
        return np.ascontiguousarray(frame.floats(position))
    except (TypeError, ValueError):
        texts = frame.texts(position)
    bad = [(row, text) for row, text in enumerate(texts) if not _is_number(text)]
    row, text = bad[0] if bad else (0, None)
    refusal = source.refuse_row(row, role, f"{quoted(str(text))} is not a number", len(bad), "make the column numeric")
    if forgiven is None:
        raise refusal
    forgiven.append(str(refusal))
    return np.array([float(text) if text and _is_number(text) else np.nan for text in texts])


def _is_number(text: str | None) -> bool:
    try:
        float(text or "nan")
    except ValueError:
        return False
    return True


def _coded(texts: list[str | None]) -> "tuple[list[str], NDArray[np.int32]]":
    """Number texts by first appearance, -1 for none."""
    known: dict[str, int] = {}
    numbers = [-1 if text is None else known.setdefault(text, len(known)) for text in texts]
    return list(known), np.array(numbers, dtype=np.int32)


def _symbols(frame: FrameColumns, position: int, source: Source) -> "tuple[tuple[str, ...], NDArray[np.int32]]":
    """Number the symbols by first appearance."""
    texts, numbers = frame.coded(position) if isinstance(frame, ArrowColumns) else _coded(frame.texts(position))
    # Number those alike that differ only in blanks around; the last is for empty rows.
    names, alike = _coded([text.strip() or None for text in texts])
    symbol_of_row = np.append(alike, np.int32(-1))[numbers]
    empty = np.flatnonzero(symbol_of_row < 0)
    if len(empty):
        advice = "fill or remove those rows"
        raise source.refuse_row(int(empty[0]), "symbol", "the symbol is empty", len(empty), advice)
    return tuple(names), symbol_of_row


def _stamps(frame: FrameColumns, roles: dict[str, int], source: Source) -> Stamps:
    """Read the dates: as datetimes if they are, else as text, which covers numbers and objects."""
    moments = frame.moments(roles["date"])
    if moments is None or "time" in roles:
        return _stamps_from_text(frame, roles, source)
    written, utc = moments
    local = nanoseconds_of(written, source)
    if utc is None:
        return Stamps(local)
    return Stamps(local, np.round((local - nanoseconds_of(utc, source)) / 60e9).astype(np.int32))


def _stamps_from_text(frame: FrameColumns, roles: dict[str, int], source: Source) -> Stamps:
    used = [role for role in ("date", "time") if role in roles]
    columns = [[_field(text) for text in frame.texts(roles[role])] for role in used]
    data = "\n".join(UNIT_SEPARATOR.join(row) for row in zip(*columns, strict=True)).encode(errors="replace")
    text = Text(data, 0, 0, UNIT_SEPARATOR, len(used), {role: k for k, role in enumerate(used)})
    rows, ambiguous = read_with_any(text, formats_of(columns[0][0]) or (ISO,))
    raise_first_problem(text, rows, [source.labels[role] for role in used], source.name, "row")
    if ambiguous:
        raise DataError(
            f"{source.name}, column '{source.labels['date']}': no date tells whether {quoted(columns[0][0])} "
            "starts with the month or the day (no number is above 12); make the column datetimes."
        )
    if rows.date_format.layout == kernel.EPOCH:
        return Stamps(scale_epoch(rows.stamps, source), instants=True)
    return Stamps(rows.stamps, rows.offsets)


def _field(text: str | None) -> str:
    """Return a value as one field of one line, never blank."""
    value = (text or "").strip().replace("\n", " ").replace("\r", " ").replace('"', "'")
    value = value.replace(UNIT_SEPARATOR, " ").removesuffix(" 00:00:00")
    return value or '""'
