"""Whose rows these are: rules 18 and 19."""

from arbitrax.domain.dates import date_text
from arbitrax.market_data.validation.findings import Context, Level
from arbitrax.market_data.validation.rows import Rows, Verdict, verdict


def outside_request(rows: Rows, context: Context) -> list[Verdict]:
    """Rule 18: rows outside the range that was asked for (ERROR)."""
    if context.requested is None:
        return []
    start, end = context.requested
    timestamp = rows.bars.timestamp
    return verdict(
        "foreign_row",
        Level.ERROR,
        (timestamp < start) | (timestamp >= end),
        lambda row: f"{rows.when(row)} lies outside {date_text(start)} to {date_text(end - 1)}, which was asked for.",
    )
