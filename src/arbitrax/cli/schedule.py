"""`arbitrax data schedule`: ingest regularly, after the close of each session."""

import asyncio
import signal
import threading
import time
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from arbitrax.bootstrap import Vendors, open_store
from arbitrax.cli.console import Json, complain, notice, show, show_json, table
from arbitrax.cli.ingest import UNWATCHED, read_watchlist, show_outcomes
from arbitrax.domain.dates import time_text
from arbitrax.domain.errors import ArbitraxError, UnknownNameError
from arbitrax.services.catalogue_ports import Schedule
from arbitrax.services.ingestion_sources import ingest_from
from arbitrax.services.schedules import Due, add_schedule, find_schedule, next_due
from arbitrax.settings import read_settings

app = App(name="schedule", help="Ingest regularly, after the close of each session.")
LONGEST_WAIT = 60.0
"""Seconds until schedules are looked at again: others may have changed them."""


@app.command(name="add")
def add(
    name: str,
    /,
    *symbols: str,
    watchlist: Annotated[Path | None, Parameter(help="A file with one symbol a line, read each time.")] = None,
    source: Annotated[str, Parameter(help="As `arbitrax data ingest` has it.")] = "auto",
    interval: Annotated[str, Parameter(help="Length of a bar.")] = "1d",
    calendar: Annotated[str, Parameter(help="The exchange whose closes count, such as XNYS or 24/7.")] = "XNYS",
) -> int:
    """Add a schedule, or replace the one of this name."""
    if watchlist is not None:
        read_watchlist(watchlist)
    schedule = Schedule(
        name=name,
        source=source,
        interval=interval,
        calendar=calendar,
        symbols=tuple(dict.fromkeys(symbols)),
        watchlist=None if watchlist is None else str(watchlist.absolute()),
    )
    with open_store(read_settings()) as store:
        add_schedule(store.schedules, schedule)
        due = next_due(find_schedule(store.schedules, name), now=time.time_ns())
    show(f"Schedule {name} is stored; {_next(due)}. `arbitrax data schedule run` does what is due.")
    return 0


@app.command(name="list")
def list_schedules(*, json: Json = False) -> int:
    """List the schedules and when each is due."""
    now = time.time_ns()
    with open_store(read_settings()) as store:
        found = [(each, next_due(each, now=now)) for each in store.schedules.list()]
    if json:
        show_json([{"schedule": each, "due": None if due is None else time_text(due.at)} for each, due in found])
    elif not found:
        show("There are no schedules; `arbitrax data schedule add NAME SYMBOL ...` adds one.")
    else:
        columns = ("name", "source", "interval", "calendar", "symbols", "last done", "due (UTC)")
        rows = [
            (
                each.name,
                each.source,
                each.interval,
                each.calendar,
                each.watchlist or ", ".join(each.symbols),
                "" if each.last_done is None else each.last_done.isoformat(),
                "" if due is None else time_text(due.at),
            )
            for each, due in found
        ]
        show(table(None, columns, rows, left=7))
    return 0


@app.command(name="remove")
def remove(name: str, /) -> int:
    """Forget a schedule; what it brought stays."""
    with open_store(read_settings()) as store:
        find_schedule(store.schedules, name)
        if not store.schedules.remove(name):
            raise UnknownNameError(f"The schedule '{name}' was removed meanwhile.")
    show(f"Schedule {name} is removed.")
    return 0


@app.command(name="run")
def run(
    *,
    once: Annotated[bool, Parameter(negative="", help="Do what is due now and end; for cron.")] = False,
) -> int:
    """Do schedules when they are due, until Ctrl-C."""
    stop = threading.Event()
    if not once:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    failed = False
    while True:
        failed = _do_due() or failed
        if once or stop.wait(LONGEST_WAIT):
            return 1 if once and failed else 0


def _do_due() -> bool:
    """Do all that is due; return whether something could not be had."""
    failed = False
    settings = read_settings()
    with open_store(settings, recent=True) as store:
        for schedule in store.schedules.list():
            due = next_due(schedule, now=time.time_ns())
            if due is None or due.at > time.time_ns():
                continue
            show(f"{time_text(time.time_ns())} {schedule.name}: the session of {due.session}")
            try:
                symbols = schedule.symbols or tuple(read_watchlist(Path(schedule.watchlist or "")))
                outcomes = asyncio.run(
                    ingest_from(
                        store,
                        Vendors(settings),
                        schedule.source,
                        symbols,
                        schedule.interval,
                        start=None,
                        end=None,
                        only_missing=True,
                        replace_source=False,
                        clock=time.time_ns,
                        watcher=UNWATCHED,
                        notice=notice,
                    )
                )
            except ArbitraxError as error:
                complain(f"{schedule.name}: {error}")
                failed = True
                continue
            if show_outcomes(outcomes, symbols) == 0:
                store.schedules.done(schedule.name, due.session)
            else:
                failed = True
    return failed


def _next(due: Due | None) -> str:
    return "its calendar knows no session to come" if due is None else f"it is due at {time_text(due.at)}"
