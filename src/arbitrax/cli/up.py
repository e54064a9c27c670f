"""`arbitrax up`: everything on one machine."""

import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from arbitrax.cli.console import Json, complain, show, show_json
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from arbitrax.cli.supervisor import Say

COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green")
PARTS = ("exchange", "archiver", "recorder", "feed")


def up(*, json: Json = False) -> int:
    """Start the servers and the processes of the exchange, keep them until Ctrl-C, then stop them in order.

    A process that dies is started again. Each is one of `arbitrax serve`, which runs them one at a time instead.
    """
    from arbitrax.bootstrap import open_store, start_servers
    from arbitrax.cli.supervisor import Process, Supervisor

    settings = read_settings()
    supervisor = Supervisor([Process(name, ("serve", name)) for name in PARTS], _printer(PARTS, json=json))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())
    with open_store(settings), start_servers(settings) as addresses:
        if json:
            show_json(addresses)
            sys.stdout.flush()
        else:
            show(*(f"{name:<10} {address}" for name, address in addresses.items()), "Press Ctrl-C to stop.")
        refused = supervisor.run()
    if refused is not None:
        complain(f"`arbitrax serve {refused}` refuses to start, as it says above.")
        return 2
    if not json:
        show("Stopped.")
    return 0


def _printer(names: Sequence[str], *, json: bool) -> "Say":
    """Return what prints the lines of processes behind their names; with JSON beside it, on stderr."""
    from rich.console import Console
    from rich.text import Text

    out = Console(stderr=json, highlight=False, markup=False, emoji=False, soft_wrap=True)
    width = max(map(len, names))
    colours = dict(zip(names, COLOURS, strict=False))

    def say(name: str, line: str) -> None:
        out.print(Text.assemble((f"{name:<{width}} ", colours[name]), Text.from_ansi(line)))

    return say
