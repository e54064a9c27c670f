"""`arbitrax data`: import, list, show; the other commands by their modules."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from arbitrax.bootstrap import open_store
from arbitrax.cli.console import Json, complain, notice, progress, show, show_json, table
from arbitrax.cli.gateway import Url, asked
from arbitrax.domain.dates import date_text, time_text
from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import is_intraday
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from arbitrax.services.imports import FileOutcome

NOTICES = 20
"""Notes of an import that are shown, of thousands of files in one archive."""

app = App(name="data", help="Ingest, import, check, mend, list and export market data.")
app.command(
    "arbitrax.cli.corporate_actions:app", name="actions", help="Import, list and withdraw splits and dividends."
)


app.command("arbitrax.cli.ingest:ingest", name="ingest", help="Fetch bars of a vendor, check and store them.")
app.command("arbitrax.cli.ingest:ingestions", name="ingestions", help="List ingestions and how far they got.")
app.command("arbitrax.cli.schedule:app", name="schedule", help="Ingest regularly, after the close of each session.")
app.command("arbitrax.cli.export:export", name="export", help="Write a stored series to a file.")
app.command("arbitrax.cli.catalogue:search", name="search", help="Search stored assets by symbol and name.")
app.command("arbitrax.cli.catalogue:describe", name="describe", help="Show or say what an asset is.")
app.command("arbitrax.cli.catalogue:symbols", name="symbol", help="Follow changes of symbols.")
app.command("arbitrax.cli.quality:repair", name="repair", help="Show what could be mended; mend it on request.")
app.command("arbitrax.cli.quality:check", name="check", help="Show how far a stored series can be trusted.")


@app.command(name="import")
def import_files(
    *files: Path,
    symbol: Annotated[str | None, Parameter(help="The symbol, when the file does not name it.")] = None,
    interval: Annotated[str | None, Parameter(help="Length of a bar, when it cannot be told from the times.")] = None,
    timezone: Annotated[str | None, Parameter(help="Zone of times without one, such as America/New_York.")] = None,
    samples: Annotated[bool, Parameter(negative="", help="Import the bundled prices.")] = False,
    replace: Annotated[
        bool, Parameter(negative="", help="Let the file take the place of all bars of another source.")
    ] = False,
    json: Json = False,
) -> int:
    """Import CSV, Parquet or Arrow files, zips of them, or folders; rows that cannot be trusted are set aside.

    Columns and dates are recognised as Yahoo, Stooq, Binance, MetaTrader, Alpha Vantage and Nasdaq write them. A series
    of another source, the bundled one included, is refused without --replace: two sources are not mixed.
    """
    from arbitrax.samples import SOURCE, sample_paths
    from arbitrax.services.imports import describe_samples, import_path, judge_imported, with_scores
    from arbitrax.services.series_rights import FILE

    if samples == bool(files):
        raise InputError("Say what to import: one or more files or folders, or --samples for the bundled prices.")
    if symbol is not None and (len(files) > 1 or any(path.is_dir() for path in files)):
        raise InputError(f"--symbol {symbol} fits one file, not a folder or several; import them one by one.")
    with open_store(read_settings()) as store:
        outcomes = [
            outcome
            for path in files or sample_paths()
            for outcome in import_path(
                store,
                path,
                symbol=symbol,
                interval=interval,
                timezone=timezone,
                clock=time.time_ns,
                progress=lambda name: progress(f"Importing {name}", shown=not json),
                source=SOURCE if samples else FILE,
                replace_source=replace,
            )
        ]
        if samples:
            describe_samples(store, received=time.time_ns())
        scores = judge_imported(store, [name for each in outcomes for name in each.series], now=time.time_ns())
    outcomes = [with_scores(each, scores) for each in outcomes]
    if json:
        show_json(outcomes)
    else:
        _show_outcomes([each for each in outcomes if each.refused is None])
        for each in outcomes:
            if each.refused is not None:
                complain(each.refused)
    refused = sum(1 for each in outcomes if each.refused)
    if refused == len(outcomes):
        return 1
    return 3 if refused or any(each.quarantined for each in outcomes) else 0


def _show_outcomes(stored: "list[FileOutcome]") -> None:
    counted = ("rows", "added", "updated", "unchanged", "duplicates", "reordered", "set aside")
    columns = ("file", "series", *counted, "quality")
    rows = []
    for each in stored:
        stayed = (each.rows, each.added, each.updated, each.unchanged)
        counts = (*stayed, each.duplicates_dropped, each.rows_reordered, each.quarantined)
        series = ", ".join(each.series[:3]) + (", ..." if len(each.series) > 3 else "")
        quality = "" if each.score is None else f"{each.score:.2f}"
        rows.append((Path(each.path).name, series, *(f"{count:,}" for count in counts), quality))
    if rows:
        show(table(None, columns, rows, left=2))
    notices = list(dict.fromkeys(text for each in stored for text in each.notices))
    for text in notices[:NOTICES]:
        notice(text)
    if len(notices) > NOTICES:
        notice(f"There are {len(notices) - NOTICES:,} more notes; --json has all of them.")


@app.command(name="list")
def list_series(*, url: Url = None, json: Json = False) -> int:
    """List the stored series."""
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import market_data

            return market_data.list_series(gateway, json=json)
    with open_store(read_settings()) as store:
        series = store.bars.catalogue()
    if json:
        show_json(series)
    elif not series:
        show("No bars are stored yet; `arbitrax data import FILE` adds some, --samples the bundled ones.")
    else:
        rows = [
            (
                each.symbol,
                each.interval,
                each.source,
                f"{each.first:%Y-%m-%d}",
                f"{each.last:%Y-%m-%d}",
                f"{each.rows:,}",
                f"{each.as_of:%Y-%m-%d %H:%M}",
            )
            for each in series
        ]
        show(
            table(
                None,
                ("symbol", "interval", "source", "first", "last", "rows", "received (UTC)"),
                rows,
                left=5,
            )
        )
    return 0


@app.command(name="show")
def show_series(
    symbol: str,
    /,
    *,
    interval: Annotated[str, Parameter(help="Length of a bar.")] = "1d",
    rows: Annotated[int, Parameter(help="How many of the newest bars.")] = 10,
    url: Url = None,
    json: Json = False,
) -> int:
    """Show the newest bars of a stored series, as stored."""
    from arbitrax.services.stored_bars import load_series

    if rows < 1:
        raise InputError(f"--rows {rows} is not allowed; give at least 1.")
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import market_data

            return market_data.show_series(gateway, symbol, interval, rows, json=json)
    with open_store(read_settings()) as store:
        stored = load_series(store.bars, symbol, interval)
    bars = stored.bars.take(slice(max(len(stored.bars) - rows, 0), None))
    when = time_text if is_intraday(interval) else date_text
    columns = (
        "open",
        "high",
        "low",
        "close",
        "volume",
        *(("adj_close",) if bars.adj_close is not None else ()),
    )
    lines = [
        {"time": when(int(at)), **{name: float(getattr(bars, name)[row]) for name in columns}}
        for row, at in enumerate(bars.timestamp)
    ]
    if json:
        show_json({"symbol": symbol, "interval": interval, "rows": len(stored.bars), "bars": lines})
    else:
        title = f"{symbol} {interval}: the last {len(bars)} of {len(stored.bars):,} bars"
        show(table(title, ("time", *columns), [[str(value) for value in line.values()] for line in lines]))
    return 0
