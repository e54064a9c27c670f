"""Read a CSV file as vendors and users write them."""

from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.errors import DataError
from arbitrax.kernels import csv_reader as kernel
from arbitrax.market_data.bar_times import Stamps, scale_epoch
from arbitrax.market_data.columns import ROLES, spelling
from arbitrax.market_data.csv_header import Head, check_text, read_head
from arbitrax.market_data.csv_problems import first_problem
from arbitrax.market_data.csv_rows import Rows, read_with_any
from arbitrax.market_data.date_formats import ISO, DateFormat, formats_of
from arbitrax.market_data.file_names import interval_of_period
from arbitrax.market_data.source import Source, quoted
from arbitrax.market_data.table import Table

# Column names that tell the vendor, and so the order of day and month: Nasdaq.com, Dukascopy.
VENDOR_LAYOUTS = {"closelast": kernel.MONTH_DAY_YEAR, "gmttime": kernel.DAY_MONTH_YEAR}

STOOQ = (
    "<TICKER>", "<PER>", "<DATE>", "<TIME>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<VOL>", "<OPENINT>",
)  # fmt: skip
"""The columns of its bulk files; others that export <PER> have no open interest."""

STOOQ_PRICES = "Stooq divides prices by all later splits; do not apply these to them again."


class TextContent(Struct, frozen=True, eq=False):
    """The rows of a text, and what it says of all of them."""

    table: Table
    symbol: str | None = None
    """Where the header names one."""
    interval: str | None = None
    """Where the first row has one in a column <PER>."""


def read_table(data: bytes, file: str, *, lenient: bool = False) -> TextContent:
    """Return the rows of a CSV text; lenient: with NaN and a notice where a price or volume is no number.

    Raises:
        DataError: anything that cannot be read as a date, number or row of the table.
    """
    check_text(data, file)
    head = read_head(data, file)
    position = head.text.roles["date"]
    sample = head.first_row[position] if position < len(head.first_row) else ""
    rows, ambiguous = read_with_any(head.text, _formats(sample, head.names))
    doubt = first_problem(head.text, rows, head.names, file)
    refusal = None if doubt is None else doubt.grave if lenient else doubt.first
    if refusal is not None:
        raise DataError(refusal)
    source = Source(file, {role: head.names[at] for role, at in head.text.roles.items()}, "line", rows.lines)
    if ambiguous:
        raise DataError(
            f"{file}, column '{head.names[position]}': no date tells whether {quoted(sample)} starts with "
            "the month or the day (no number is above 12); write dates as YYYY-MM-DD."
        )
    table = _table(head, rows, source)
    if doubt is not None:
        table = replace(table, notices=(*table.notices, doubt.first))
    if head.names == STOOQ:
        table = replace(table, split_adjusted=True, notices=(*table.notices, STOOQ_PRICES))
    return TextContent(table, head.symbol, _period(head))


def _period(head: Head) -> str | None:
    """Return the interval that Stooq's column <PER> names."""
    if "<PER>" not in head.names or head.names.index("<PER>") >= len(head.first_row):
        return None
    return interval_of_period(head.first_row[head.names.index("<PER>")])


def _formats(sample: str, names: tuple[str, ...]) -> tuple[DateFormat, ...]:
    """Return the formats dates may have, after the first of them and the vendor's names."""
    found = formats_of(sample) or (ISO,)
    for name, layout in VENDOR_LAYOUTS.items():
        if len(found) > 1 and name in map(spelling, names):
            return tuple(one for one in found if one.layout == layout)
    return found


def _table(head: Head, rows: Rows, source: Source) -> Table:
    epoch = rows.date_format.layout == kernel.EPOCH
    written = scale_epoch(rows.stamps, source) if epoch else rows.stamps
    return Table(
        source=source,
        stamps=Stamps(written, None if epoch else rows.offsets, instants=epoch),
        columns={
            role: rows.floats[number] for number, role in enumerate(ROLES[: kernel.FLOATS]) if role in head.text.roles
        },
        symbols=rows.symbols,
        symbol_of_row=rows.symbol_of_row if rows.symbols else None,
        notices=head.notices,
    )
