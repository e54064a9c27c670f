"""`arbitrax exchange show`: a symbol's ladder in the terminal."""

import asyncio
import sys
import time
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from arbitrax.cli.console import Json, show_json
from arbitrax.cli.console import show as print_out
from arbitrax.domain.errors import InputError
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from arbitrax.exchange.feed.ladder import Ladder

MOST_LEVELS = 50
REFRESH_SECONDS = 0.2
BAR = 18
"""Characters of the longest bar."""
EIGHTHS = " ▏▎▍▌▋▊▉█"
STALE_MS = 5_000


def show(
    symbol: str,
    /,
    *,
    levels: Annotated[int, Parameter(help="Of a side, 1 to 50.")] = 10,
    once: Annotated[bool, Parameter(negative="", help="Print it as it is now and end.")] = False,
    json: Json = False,
) -> int:
    """Show a symbol's book, last trades and statistics, live until Ctrl-C.

    What is shown comes from `arbitrax serve feed`. On a pipe, with --once or --json it is printed once.
    """
    from arbitrax.bootstrap import feed_source
    from arbitrax.exchange.feed.ladder import still

    if not 1 <= levels <= MOST_LEVELS:
        raise InputError(f"--levels {levels} is not allowed; give 1 to {MOST_LEVELS}.")
    settings = read_settings()

    async def now() -> "Ladder":
        async with feed_source(settings) as source:
            return await still(source, symbol, levels)

    if json or once or not sys.stdout.isatty():
        found = asyncio.run(now())
        if json:
            show_json(found)
        else:
            print_out(picture(found, levels, time.time_ns() // 1_000_000))
        return 0
    with suppress(KeyboardInterrupt):  # that is how it ends
        asyncio.run(_live(symbol, levels))
    return 0


async def _live(symbol: str, levels: int) -> None:
    from rich.console import Console
    from rich.live import Live

    from arbitrax.bootstrap import feed_source
    from arbitrax.exchange.feed.ladder import follow

    async with feed_source(read_settings()) as source:
        ladders = follow(source, symbol, levels, REFRESH_SECONDS)
        with Live(console=Console(), screen=True, auto_refresh=False) as screen:
            async for ladder in ladders:
                screen.update(picture(ladder, levels, time.time_ns() // 1_000_000), refresh=True)


def picture(ladder: "Ladder", levels: int, now: int) -> "RenderableType":
    """Return a ladder as a picture; ``now`` is in ms since 1970."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    day = ladder.statistics
    head = Text.assemble((ladder.symbol, "bold"), f"  {day.last or 'not traded yet'}  ", (day.phase, "cyan"))
    age = now - ladder.time
    if age > STALE_MS:
        head.append(f"  last change {_age(age)} ago", "yellow")
    beside = Table.grid(padding=(0, 0))
    beside.add_row(_statistics(ladder))
    beside.add_row(Text())
    beside.add_row(_tape(ladder, max(levels * 2 + 3 - 9, 5)))
    both = Table.grid(padding=(0, 4))
    both.add_row(_book(ladder), beside)
    return Group(head, Text(), both)


def _book(ladder: "Ladder") -> "Table":
    from rich.table import Table
    from rich.text import Text

    longest = max((Decimal(quantity) for _, quantity in (*ladder.bids, *ladder.asks)), default=Decimal(1))
    made = Table.grid(padding=(0, 1))
    made.add_column(justify="right", no_wrap=True)
    made.add_column(justify="right", no_wrap=True)
    made.add_column(no_wrap=True, width=BAR)
    for price, quantity in reversed(ladder.asks):
        made.add_row(Text(price, "red"), quantity, Text(_bar(quantity, longest), "red"))
    made.add_row(*_spread(ladder))
    for price, quantity in ladder.bids:
        made.add_row(Text(price, "green"), quantity, Text(_bar(quantity, longest), "green"))
    return made


def _spread(ladder: "Ladder") -> tuple[str, str, str]:
    if not (ladder.bids and ladder.asks):
        return "", "", "" if ladder.bids or ladder.asks else "no orders"
    return str(Decimal(ladder.asks[0][0]) - Decimal(ladder.bids[0][0])), "", "spread"


def _bar(quantity: str, longest: Decimal) -> str:
    eighths = max(int(Decimal(quantity) / longest * BAR * 8), 1)
    return EIGHTHS[8] * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")


def _statistics(ladder: "Ladder") -> "Table":
    from rich.table import Table

    day = ladder.statistics
    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim")
    made.add_column(justify="right")
    rows = {"open": day.open, "high": day.high, "low": day.low, "vwap": day.vwap, "volume": day.volume}
    for name, value in rows.items():
        made.add_row(name, value or "-")
    made.add_row("trades", f"{day.count:,}")
    made.add_row("message", f"{ladder.epoch}:{ladder.seq}")
    return made


def _tape(ladder: "Ladder", most: int) -> "Table":
    from rich.table import Table
    from rich.text import Text

    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(justify="right", no_wrap=True)
    made.add_column(justify="right", no_wrap=True)
    colours = {"buy": "green", "sell": "red"}
    for each in ladder.trades[:most]:
        clock = time.strftime("%H:%M:%S", time.gmtime(each.time // 1000))
        made.add_row(clock, Text(each.price, colours.get(each.taker, "cyan")), each.quantity)
    if not ladder.trades:
        made.add_row("no trades in the last minute", "", "")
    return made


def _age(ms: int) -> str:
    seconds = ms // 1000
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
