"""`arbitrax data ingest`: bring bars of a vendor into the store; `arbitrax data ingestions`: what was brought."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec.structs import asdict

from arbitrax.bootstrap import Vendors, open_store
from arbitrax.cli.console import Json, complain, notice, show, show_json, table
from arbitrax.cli.gateway import Url, asked
from arbitrax.domain.dates import canonical_date, end_of_day, start_of_day
from arbitrax.domain.errors import InputError, RangeError, StoreUnavailableError
from arbitrax.domain.ids import encode
from arbitrax.services.ingestion import IngestionOutcome, SymbolOutcome, Watcher
from arbitrax.settings import read_settings

RUN = "ing"
"""Prefix of an ingestion's id."""


def ingest(
    *symbols: str,
    watchlist: Annotated[Path | None, Parameter(help="A file with one symbol a line; # begins a remark.")] = None,
    from_: Annotated[str | None, Parameter(name="--from", help="First date, as YYYY-MM-DD.")] = None,
    to: Annotated[str | None, Parameter(help="Last date; up to now without.")] = None,
    interval: Annotated[str, Parameter(help="Length of a bar.")] = "1d",
    source: Annotated[
        str, Parameter(help="yahoo, alpha_vantage, polygon, synthetic, or auto: what is configured, best first.")
    ] = "auto",
    update: Annotated[bool, Parameter(negative="", help="Fetch only what is missing.")] = False,
    replace: Annotated[
        bool, Parameter(negative="", help="Let this vendor's bars take the place of another source's.")
    ] = False,
    url: Url = None,
    json: Json = False,
) -> int:
    """Fetch bars, splits and dividends of a vendor, check and store them.

    What is wrong is set aside with the reason: `arbitrax data check SYMBOL` shows it. An ingestion that was killed goes
    on where it stopped when it is asked for again.
    """
    from arbitrax.services.ingestion_sources import ingest_from

    wanted = _wanted(symbols, watchlist)
    start = None if from_ is None else start_of_day(canonical_date(from_, "--from"))
    end = None if to is None else end_of_day(canonical_date(to, "--to"))
    if start is not None and end is not None and start >= end:
        raise RangeError(f"--from {from_} is after --to {to}; exchange them.")
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import market_data
            from arbitrax.client import NewIngestion

            asked_for = NewIngestion(
                symbols=list(wanted),
                start=from_,
                end=to,
                interval=interval,
                source=source,
                only_missing=update,
                replace_source=replace,
            )
            return market_data.ingest(gateway, asked_for, json=json)
    settings = read_settings()
    try:
        with open_store(settings, recent=True) as store, _watched(shown=not json) as watcher:
            outcomes = asyncio.run(
                ingest_from(
                    store,
                    Vendors(settings, store.vendor_keys.key),
                    source,
                    wanted,
                    interval,
                    start=start,
                    end=end,
                    only_missing=update,
                    replace_source=replace,
                    clock=time.time_ns,
                    watcher=watcher,
                    notice=notice,
                )
            )
    except StoreUnavailableError as error:
        raise StoreUnavailableError(f"{error} What was stored stays; the same command goes on from there.") from error
    if json:
        show_json(outcomes)
        return _exit_code(outcomes, wanted)
    return show_outcomes(outcomes, wanted)


def ingestions(
    *, limit: Annotated[int, Parameter(help="How many of the newest.")] = 20, url: Url = None, json: Json = False
) -> int:
    """List the newest ingestions and how far they got."""
    if limit < 1:
        raise InputError(f"--limit {limit} is not allowed; give at least 1.")
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import market_data

            return market_data.list_ingestions(gateway, limit, json=json)
    with open_store(read_settings()) as store:
        found = store.ingestions.newest(limit)
    if json:
        show_json([asdict(each) | {"id": encode(RUN, each.id)} for each in found])
    elif not found:
        show("Nothing was ingested yet; `arbitrax data ingest AAPL --from 2015-01-01` begins.")
    else:
        columns = ("id", "status", "source", "interval", "symbols", "chunks", "added", "updated", "set aside")
        rows = [
            (
                encode(RUN, each.id),
                each.status,
                each.source,
                each.interval,
                _few(each.symbols),
                f"{each.chunks_done}/{each.chunks}",
                f"{each.added:,}",
                f"{each.updated:,}",
                f"{each.quarantined:,}",
            )
            for each in found
        ]
        show(table(None, columns, rows, left=5))
        for each in found:
            if each.error:
                notice(f"{encode(RUN, each.id)}: {each.error}")
    return 0


def read_watchlist(path: Path) -> list[str]:
    """Return the symbols of a watchlist, in its order, each once.

    Raises:
        InputError: the file cannot be read, or names no symbol.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(
            f"The watchlist {path} cannot be read: {reason}; give a file with one symbol a line."
        ) from None
    found = [line.partition("#")[0].strip() for line in lines]
    symbols = list(dict.fromkeys(each for each in found if each))
    if not symbols:
        raise InputError(f"The watchlist {path} names no symbol; write one a line.")
    return symbols


def _wanted(symbols: Sequence[str], watchlist: Path | None) -> tuple[str, ...]:
    listed = [] if watchlist is None else read_watchlist(watchlist)
    wanted = tuple(dict.fromkeys([*(each.strip() for each in symbols), *listed]))
    if not wanted:
        raise InputError("Say what to ingest: symbols, or --watchlist with a file that names them.")
    for each in wanted:
        if not each or len(each) > 64 or any(sign.isspace() or not sign.isprintable() for sign in each):
            raise InputError(f"'{each}' is not a symbol; give one such as AAPL, without blanks.")
    return wanted


def show_outcomes(outcomes: Sequence[IngestionOutcome], wanted: Sequence[str]) -> int:
    """Show what ingestions did; return the exit code."""
    columns = ("symbol", "source", "added", "updated", "unchanged", "set aside", "quality")
    for outcome in outcomes:
        if outcome.resumed:
            notice(f"Went on with an earlier ingestion: {outcome.resumed} of {outcome.chunks} parts were done.")
    rows = [
        _row(each)
        for outcome in outcomes
        for each in outcome.symbols
        if _is_done(each) or (each.failed is None and outcome.stopped is None)
    ]
    if rows:
        show(table(None, columns, rows, left=2))
    for outcome in outcomes:
        for each in outcome.symbols:
            for text in each.notices:
                notice(text)
    for outcome in outcomes:
        for sentence in dict.fromkeys(
            text for text in (*(each.failed for each in outcome.symbols), outcome.stopped) if text
        ):
            complain(sentence)
        if outcome.stopped:
            unreached = [each.symbol for each in outcome.symbols if each.failed is None and not _is_done(each)]
            if unreached:
                notice(f"Not asked for any more: {_few(unreached)}.")
            notice("What was stored stays; the same command goes on from there.")
    return _exit_code(outcomes, wanted)


def _row(each: SymbolOutcome) -> tuple[str, ...]:
    return (
        each.symbol,
        each.source,
        f"{each.added:,}",
        f"{each.updated:,}",
        f"{each.unchanged:,}",
        f"{each.quarantined:,}",
        "" if each.score is None else f"{each.score:.2f}",
    )


def _is_done(each: SymbolOutcome) -> bool:
    return each.score is not None or each.added + each.updated + each.unchanged + each.quarantined > 0


def _exit_code(outcomes: Sequence[IngestionOutcome], wanted: Sequence[str]) -> int:
    """Return 0 when every symbol came from some vendor, 1 when none did, else 3."""
    fine = {each.symbol for outcome in outcomes for each in outcome.symbols if each.failed is None}
    if outcomes and outcomes[-1].stopped:
        fine -= {each.symbol for each in outcomes[-1].symbols if each.score is None}
    return 0 if fine >= set(wanted) else 3 if fine else 1


def _few(symbols: Sequence[str]) -> str:
    return ", ".join(symbols[:3]) + (f", ... ({len(symbols)})" if len(symbols) > 3 else "")


class _Silent:
    """Watches nothing."""

    def planned(self, chunks: int, done: int) -> None:
        pass

    def rows(self, count: int) -> None:
        pass

    def chunk_done(self, symbol: str) -> None:
        pass


UNWATCHED: Watcher = _Silent()


@contextmanager
def _watched(*, shown: bool) -> Iterator[Watcher]:
    """Draw a bar of parts on stderr while the block runs; nothing on a pipe."""
    import sys

    if not shown or not sys.stderr.isatty():
        yield UNWATCHED
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=12),
        TextColumn("{task.completed}/{task.total} parts, {task.fields[rows]:,} rows, {task.fields[rate]}/s"),
        TimeElapsedColumn(),
        TextColumn("eta"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Ingesting", total=None, rows=0, rate="0")
        lock = threading.Lock()

        class Drawn:
            """Draws; rows arrive from the stores' threads."""

            stored = 0

            def planned(self, chunks: int, done: int) -> None:
                bar.update(task, total=chunks, completed=done)

            def rows(self, count: int) -> None:
                with lock:
                    self.stored += count
                    elapsed = bar.tasks[0].elapsed or 1e-9
                    bar.update(task, rows=self.stored, rate=f"{self.stored / elapsed:,.0f}")

            def chunk_done(self, symbol: str) -> None:
                bar.update(task, advance=1, description=f"Ingesting {symbol}")

        yield Drawn()
