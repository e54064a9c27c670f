"""`arbitrax data export`: write a stored series to a file."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from arbitrax.bootstrap import open_store
from arbitrax.cli.console import Json, notice, show, show_json
from arbitrax.domain.dates import canonical_date, date_text, end_of_day, start_of_day
from arbitrax.settings import read_settings


def export(
    symbol: str,
    /,
    *,
    out: Annotated[Path, Parameter(help="The file to write; its ending says how: .csv, .parquet, .arrow.")],
    interval: Annotated[str, Parameter(help="Length of a bar.")] = "1d",
    prices: Annotated[str, Parameter(help="raw, split or split+dividend.")] = "raw",
    from_: Annotated[str | None, Parameter(name="--from", help="First date, as YYYY-MM-DD.")] = None,
    to: Annotated[str | None, Parameter(help="Last date.")] = None,
    overwrite: Annotated[bool, Parameter(negative="", help="Replace a file that is there.")] = False,
    json: Json = False,
) -> int:
    """Write a stored series to a CSV, Parquet or Arrow file, whole or not at all."""
    from arbitrax.services.exports import export_series

    with open_store(read_settings()) as store:
        entry = store.assets.find(symbol)
        outcome = export_series(
            store.bars,
            store.actions,
            symbol,
            interval,
            out,
            prices=prices,
            start=None if from_ is None else start_of_day(canonical_date(from_, "--from")),
            end=None if to is None else end_of_day(canonical_date(to, "--to")),
            overwrite=overwrite,
            exchange=None if entry is None else entry.asset.exchange,
        )
    if json:
        show_json(outcome)
        return 0
    for text in outcome.notices:
        notice(text)
    first, last = date_text(outcome.first), date_text(outcome.last)
    show(f"{outcome.path}: {outcome.rows:,} bars of {symbol} {interval}, {first} to {last}, prices {outcome.prices}")
    return 0
