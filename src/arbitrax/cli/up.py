"""`arbitrax up`: everything on one machine."""

import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from arbitrax.cli.console import Json, complain, show, show_json
from arbitrax.cli.serve import check_port
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from arbitrax.cli.supervisor import Say

COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green")
PARTS = ("exchange", "archiver", "recorder", "feed", "worker", "api")
"""Of `arbitrax serve`, in the order in which they start."""
MAKER = "maker"


def up(
    *,
    port: Annotated[int, Parameter(help="Port of this machine's loopback for the gateway.")] = 8080,
    sample: Annotated[
        bool,
        Parameter(
            negative="--no-sample", help="Set up and quote the sample market, unless the exchange lists something else."
        ),
    ] = True,
    json: Json = False,
) -> int:
    """Start the servers, the exchange, a worker and the gateway, keep them until Ctrl-C, then stop them in order.

    A process that dies is started again. Each is one of `arbitrax serve`, which runs them one at a time instead. The
    first time there is a user, admin, whose password is shown on a terminal, or is in a file that is named; and a
    sample market, AAPL and BTC-USD, which a market maker of the house quotes at made-up prices.
    """
    from arbitrax.bootstrap import open_store, start_servers
    from arbitrax.cli.supervisor import Process, Supervisor
    from arbitrax.cli.user import first_admin

    settings = read_settings()
    check_port(port)
    words = {"api": ("--port", str(port))}
    parts = (*PARTS, MAKER) if sample else PARTS
    processes = [Process(name, ("serve", name, *words.get(name, ()))) for name in parts]
    supervisor = Supervisor(processes, _printer(parts, json=json))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())
    with open_store(settings) as store, start_servers(settings) as sockets:
        addresses = {**sockets, "gateway": f"http://127.0.0.1:{port}"}
        if json:
            show_json(addresses)
            sys.stdout.flush()
        else:
            show(*(f"{name:<10} {address}" for name, address in addresses.items()), "Press Ctrl-C to stop.")
        first_admin(store, settings.home, on_terminal=not json and sys.stdout.isatty())
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
