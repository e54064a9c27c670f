"""Look at the head of a delimited text: is it text, what separates its fields, what are its columns."""

import csv
from collections.abc import Iterator

from msgspec import Struct

from arbitrax.domain.errors import DataError
from arbitrax.market_data.columns import find_columns, is_known
from arbitrax.market_data.csv_rows import Text
from arbitrax.market_data.date_formats import formats_of
from arbitrax.market_data.source import quoted, refuse

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive (or Excel workbook)",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
HEADERLESS = ("date", "open", "high", "low", "close", "volume")
KLINES = 12
"""Fields of a kline of Binance, which begins with the instant and the five columns above."""
HEADERLESS_TIMED = ("date", "time", "open", "high", "low", "close", "volume")  # MetaTrader 4


class Head(Struct, frozen=True):
    """What the first lines say."""

    text: Text
    names: tuple[str, ...]
    first_row: tuple[str, ...]
    symbol: str | None = None
    """The symbol, where the header names one."""
    notices: tuple[str, ...] = ()


class Line(Struct, frozen=True):
    """One line that is not blank."""

    number: int
    start: int
    text: str


def check_text(data: bytes, file: str) -> None:
    """Refuse bytes that are no UTF-8 text.

    Raises:
        DataError: empty, another file format, NUL bytes, not UTF-8, a web page or JSON in place of a table.
    """
    head = data[:512].removeprefix(BYTE_ORDER_MARK).lstrip()
    if not head and not data.removeprefix(BYTE_ORDER_MARK).strip():
        raise refuse(file, "the file is empty", "download it again")
    for magic, kind in OTHER_FORMATS.items():
        if data.startswith(magic):
            raise refuse(file, f"this is {kind}, not CSV text", "unpack or export it as CSV in UTF-8")
    if b"\0" in data:
        raise refuse(file, f"byte {data.index(0)} is NUL, so this is no text", "export the data as CSV in UTF-8")
    if head[:1] in (b"{", b"["):
        raise refuse(file, "this is JSON, not CSV", "open it: it may be a vendor's error message")
    if head[:5].lower() in (b"<!doc", b"<html"):
        raise refuse(file, "this is a web page, not CSV", "open it: the download may have failed")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise refuse(file, f"byte {error.start} is not UTF-8 text", "save the file as CSV in UTF-8") from None


def read_head(data: bytes, file: str) -> Head:
    """Find delimiter and columns.

    Raises:
        DataError: a column is missing or doubled, or no row follows the header.
    """
    lines = _lines(data)
    first = next(lines, None)
    if first is None:
        raise refuse(file, "the file is empty", "download it again")
    delimiter = _delimiter(first.text)
    names = _fields(first.text, delimiter)
    if formats_of(names[0]) and not any(is_known(name) for name in names):
        return _without_header(data, first, delimiter, names, file)
    second = next(lines, None)
    symbol = None
    if second and names[0] == "Price" and _fields(second.text, delimiter)[0] == "Ticker":
        names, symbol = _yfinance_names(names, _fields(second.text, delimiter), next(lines, None), delimiter, file)
        second = next(lines, None)
    while names and not names[-1] and len(names) > 1:
        names.pop()
    roles = find_columns(names, file)
    if second is None:
        raise refuse(file, "there is a header but not one row of prices", "download the file again")
    return Head(
        text=Text(data, second.start, second.number, delimiter, len(names), roles),
        names=tuple(names),
        first_row=tuple(_fields(second.text, delimiter)),
        symbol=symbol,
    )


def _without_header(data: bytes, first: Line, delimiter: str, fields: list[str], file: str) -> Head:
    """Take columns by position: date, perhaps time, open, high, low, close, perhaps volume."""
    timed = len(fields) > 1 and ":" in fields[1]
    known = HEADERLESS_TIMED if timed else HEADERLESS
    used = known[: len(fields)]
    if len(fields) < len(known) - 1:
        needed = ", ".join(known[:-1])
        what = f"line {first.number} is no header, and {len(fields)} fields are too few for {needed}"
        raise refuse(file, what, "add a header line")
    names = (*used, *(f"field {k + 1}" for k in range(len(used), len(fields))))
    taken = f"{file} has no header; its columns were taken as {', '.join(used)}."
    is_kline = len(fields) == KLINES and fields[0].isdecimal() and fields[6].isdecimal()
    return Head(
        text=Text(data, first.start, first.number, delimiter, len(fields), {n: k for k, n in enumerate(used)}),
        names=names,
        first_row=tuple(fields),
        notices=() if is_kline else (taken,),
    )


def _yfinance_names(
    names: list[str], tickers: list[str], third: Line | None, delimiter: str, file: str
) -> tuple[list[str], str]:
    """Read yfinance's three header lines: ``Price,Close,...``, ``Ticker,AAPL,...``, ``Date,,...``."""
    several = sorted(set(tickers[1:]))
    if len(several) != 1 or third is None:
        raise refuse(
            file,
            f"it holds {len(several)} tickers side by side ({', '.join(several[:5])})",
            "download one ticker a file, or stack them with a symbol column",
        )
    return [_fields(third.text, delimiter)[0], *names[1:]], several[0]


def _lines(data: bytes) -> Iterator[Line]:
    """Yield the lines that are not blank."""
    at = len(BYTE_ORDER_MARK) if data.startswith(BYTE_ORDER_MARK) else 0
    number = 1
    while at < len(data):
        ends = [end for mark in (b"\n", b"\r") if (end := data.find(mark, at, at + 65_536)) >= 0]
        end = min(ends, default=min(at + 65_536, len(data)))
        if data[at:end].strip(b" \t"):
            yield Line(number, at, data[at:end].decode(errors="replace"))
        at = end + (2 if data[end : end + 2] == b"\r\n" else 1)
        number += 1


def _delimiter(line: str) -> str:
    """Return what separates the fields: the first of tab, semicolon, comma, bar that occurs often enough."""
    counts = {mark: line.count(mark) for mark in "\t;,|"}
    return next((mark for mark, count in counts.items() if count >= 4), max(counts, key=lambda mark: counts[mark]))


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        fields = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [""])
    except csv.Error as error:
        raise DataError(f"the line {quoted(line)} cannot be split into fields ({error}); correct it.") from None
    return [field.strip() for field in fields]
