"""Read a CSV file as vendors and users write them."""

from pathlib import Path

from arbitrax.domain.errors import DataError
from arbitrax.kernels import csv_reader as kernel
from arbitrax.market_data.bar_times import Stamps, scale_epoch
from arbitrax.market_data.columns import ROLES, spelling
from arbitrax.market_data.csv_header import Head, check_text, read_head
from arbitrax.market_data.csv_problems import raise_first_problem
from arbitrax.market_data.csv_rows import Rows, read_with_any
from arbitrax.market_data.date_formats import ISO, DateFormat, formats_of
from arbitrax.market_data.series import Series
from arbitrax.market_data.source import Source, quoted
from arbitrax.market_data.table import Table, build_series

# Column names that tell the vendor, and so the order of day and month: Nasdaq.com, Dukascopy.
VENDOR_LAYOUTS = {"closelast": kernel.MONTH_DAY_YEAR, "gmttime": kernel.DAY_MONTH_YEAR}


def read_csv(
    path: Path, *, symbol: str | None = None, timezone: str | None = None, interval: str | None = None
) -> list[Series]:
    """Return one checked series a symbol; see `arbitrax.market_data.files.read_file`."""
    # Not mapped into memory: a file cut short while it is read would kill the process.
    table, named = read_table(path.read_bytes(), path.name)
    default = named or path.stem.upper()
    return build_series(table, symbol=symbol, default=default, timezone=timezone, interval=interval)


def read_table(data: bytes, file: str) -> tuple[Table, str | None]:
    """Return the rows of a CSV text, and the symbol its header names if it does.

    Raises:
        DataError: anything that cannot be read as a number, date or row of the table.
    """
    check_text(data, file)
    head = read_head(data, file)
    position = head.text.roles["date"]
    sample = head.first_row[position] if position < len(head.first_row) else ""
    rows, ambiguous = read_with_any(head.text, _formats(sample, head.names))
    raise_first_problem(head.text, rows, head.names, file)
    source = Source(file, {role: head.names[at] for role, at in head.text.roles.items()}, "line", rows.lines)
    if ambiguous:
        raise DataError(
            f"{file}, column '{head.names[position]}': no date tells whether {quoted(sample)} starts with "
            "the month or the day (no number is above 12); write dates as YYYY-MM-DD."
        )
    return _table(head, rows, source), head.symbol


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
