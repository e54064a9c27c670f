"""Read a market-data file of any known kind: strictly to bars, or to candidates that validation looks at."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.intervals import nanoseconds
from arbitrax.market_data.documents import (
    ARROW_SUFFIXES,
    PARQUET_SUFFIXES,
    SUFFIXES,
    Document,
    documents,
    readable,
)
from arbitrax.market_data.file_names import named_by_file
from arbitrax.market_data.series import Series
from arbitrax.market_data.table import Table, build_candidates, build_series

if TYPE_CHECKING:
    from arbitrax.market_data.providers.provider import Fetched


def looks_like_file(text: str) -> bool:
    """Tell whether text is meant as a path and not as a symbol: by its ending alone, whatever is on disk."""
    name = text.replace("\\", "/").rpartition("/")[2].lower()
    stem, dot, ending = name.rpartition(".")
    return bool(stem) and "\0" not in text and dot + ending in SUFFIXES


def read_file(
    path: Path, *, symbol: str | None = None, timezone: str | None = None, interval: str | None = None
) -> list[Series]:
    """Return the checked bars of a file, or of the files in a zip, one series a symbol and file.

    A symbol column yields one series a symbol, or the one that ``symbol`` names; without such a column the
    symbol is ``symbol``, else the file's name without ending, in capitals. Of a zip with several files ``symbol`` picks
    those of that name. ``timezone`` is the clock of intraday stamps that name none (UTC otherwise); ``interval`` is
    what the file says itself, else inferred from the stamps, unless given, and must be one they allow.

    Raises:
        DataError: the file is missing, of another kind, or holds anything that cannot be trusted.
        InputError: ``timezone`` or ``interval`` is none, or the file does not hold ``symbol``.
    """
    if interval is not None:
        nanoseconds(interval)
    return [
        series
        for document in chosen_documents(path, symbol)
        for series in read_document(document, symbol=symbol, timezone=timezone, interval=interval)
    ]


def read_document(
    document: Document, *, symbol: str | None = None, timezone: str | None = None, interval: str | None = None
) -> list[Series]:
    """Return the checked bars of one file as `read_file` does, in an archive or not."""
    table, default, told = _contents(document, lenient=False)
    return build_series(table, symbol=symbol, default=default, timezone=timezone, interval=interval or told)


def read_candidates(
    document: Document, *, symbol: str | None = None, timezone: str | None = None, interval: str | None = None
) -> "list[Fetched]":
    """Return the rows of one file as they are, for validation to judge; arguments as of `read_file`.

    Rows keep their order, doubles and values; a cell that is no finite number is NaN, with a notice of the first. The
    file is refused only where it cannot be told what its rows are: columns, dates, symbols and the fields of a line.

    Raises:
        DataError: the file is of another kind, or its rows cannot be told.
        InputError: as `read_file`.
    """
    if interval is not None:
        nanoseconds(interval)
    table, default, told = _contents(document, lenient=True)
    return build_candidates(table, symbol=symbol, default=default, timezone=timezone, interval=interval or told)


def chosen_documents(path: Path, symbol: str | None) -> Iterator[Document]:
    """Yield the files of an archive, or the one file; of several only those that a symbol names, if given.

    Raises:
        UnknownNameError: none of several has that name.
        DataError: as `documents` does.
    """
    first, several, found = None, False, False
    for document in documents(path):
        if symbol is None:
            yield document
            continue
        several = several or first is not None
        named = named_by_file(document.stem)[0] == symbol.upper()
        found = found or named
        if first is None:
            first = document
        if named:
            yield document
    if first is None or found:
        return
    if several:
        raise UnknownNameError(f"{path.name} holds no file of '{symbol}'; name one that it holds, or none to read all.")
    # The only one: it has a symbol column, or takes this name.
    yield from documents(path)


def _contents(document: Document, *, lenient: bool) -> tuple[Table, str, str | None]:
    """Return the rows of a file, the symbol it has if no column says so, and the interval it tells."""
    default, interval = named_by_file(document.stem)
    if document.suffix in PARQUET_SUFFIXES:
        from arbitrax.market_data.parquet_file import read_parquet

        with readable(document.path or document.name):
            table = read_parquet(document.path or document.read(), document.name, lenient=lenient)
        return table, default, interval
    if document.suffix in ARROW_SUFFIXES:
        from arbitrax.market_data.arrow_file import read_arrow

        return read_arrow(document.read(), document.name, lenient=lenient), default, interval
    from arbitrax.market_data.csv_file import read_table

    text = read_table(document.read(), document.name, lenient=lenient)
    return text.table, text.symbol or default, text.interval or interval
