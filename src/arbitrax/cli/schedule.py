"""`arbitrax data schedule`: ingest regularly, after the close of each session."""

import asyncio
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from arbitrax.bootstrap import Store, Vendors, open_store
from arbitrax.cli.console import Json, complain, notice, show, show_json, table
from arbitrax.cli.ingest import UNWATCHED, read_watchlist, show_outcomes
from arbitrax.domain.dates import time_text
from arbitrax.domain.errors import ArbitraxError, UnknownNameError
from arbitrax.services.catalogue_ports import Schedule
from arbitrax.services.ingestion_sources import ingest_from
from arbitrax.services.schedules import AUTO, Due, add_schedule, find_schedule, next_due
from arbitrax.settings import read_settings

app = App(name="schedule", help="Ingest regularly, after the close of each session.")
LOOK_AGAIN = 60.0
"""Seconds until schedules are looked at again: others may have changed them."""
FIRST_REST, LONGEST_REST = 300.0, 6 * 3600.0
"""Seconds before a schedule is tried again that could not be done."""


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
    settings = read_settings()
    with open_store(settings) as store:
        if source == AUTO:
            Vendors(settings, store.vendor_keys.key).order(interval, "unknown")
        add_schedule(store.schedules, schedule)
        stored = {each.symbol for each in store.bars.catalogue() if each.interval == interval}
        due = next_due(find_schedule(store.schedules, name), now=time.time_ns())
    show(f"Schedule {name} is stored; {_next(due)}. `arbitrax data schedule run` does what is due.")
    for each in schedule.symbols:
        if each not in stored:
            notice(
                f"Nothing is stored of {each} at {interval}, and a schedule continues what is there; begin with "
                f"`arbitrax data ingest {each} --interval {interval} --from 2015-01-01`."
            )
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
    rests: dict[str, _Rest] = {}
    while True:
        failed, done = _do_due(rests)
        if once:
            if not done and not failed:
                show("Nothing is due; `arbitrax data schedule list` shows when.")
            return 1 if failed else 0
        if stop.wait(LOOK_AGAIN):
            return 0


@dataclass
class _Rest:
    """A schedule that could not be done is left alone for a while, longer each time: vendors count requests."""

    until: float
    seconds: float


def _do_due(rests: dict[str, _Rest]) -> tuple[int, int]:
    """Do all that is due and does not rest; return how many schedules failed, and how many were done."""
    failed = done = 0
    settings = read_settings()
    with open_store(settings, recent=True) as store:
        for schedule in store.schedules.list():
            due, rest = next_due(schedule, now=time.time_ns()), rests.get(schedule.name)
            if due is None or due.at > time.time_ns() or (rest is not None and time.monotonic() < rest.until):
                continue
            show(f"{time_text(time.time_ns())} {schedule.name}: the session of {due.session}")
            if _ingested(store, Vendors(settings, store.vendor_keys.key), schedule):
                store.schedules.done(schedule.name, due.session)
                rests.pop(schedule.name, None)
                done += 1
            else:
                seconds = FIRST_REST if rest is None else min(2 * rest.seconds, LONGEST_REST)
                rests[schedule.name] = _Rest(time.monotonic() + seconds, seconds)
                failed += 1
    return failed, done


def _ingested(store: Store, vendors: Vendors, schedule: Schedule) -> bool:
    """Bring what is missing of those symbols that have bars; return whether all of them could be had."""
    try:
        wanted = schedule.symbols or tuple(read_watchlist(Path(schedule.watchlist or "")))
        stored = {each.symbol for each in store.bars.catalogue() if each.interval == schedule.interval}
        symbols = tuple(each for each in wanted if each in stored)
        for each in wanted:
            if each not in stored:
                complain(
                    f"{schedule.name}: nothing is stored of {each} at {schedule.interval}; begin with `arbitrax data "
                    f"ingest {each} --interval {schedule.interval} --from 2015-01-01`."
                )
        if not symbols:
            return False
        outcomes = asyncio.run(
            ingest_from(
                store,
                vendors,
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
        return False
    return show_outcomes(outcomes, wanted) == 0


def _next(due: Due | None) -> str:
    return "its calendar knows no session to come" if due is None else f"it is due at {time_text(due.at)}"
