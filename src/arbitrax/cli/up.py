"""`arbitrax up`: everything on one machine."""

import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from arbitrax.cli.console import Json, complain, show, show_json
from arbitrax.cli.serve import check_port
from arbitrax.domain.errors import InputError
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
    metrics_port: Annotated[
        int | None,
        Parameter(
            help="Port of the loopback where the gateway answers Prometheus; left out: a free one, which is said."
        ),
    ] = None,
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
    _require_free(port)
    if metrics_port is None:
        metrics_port = _free_port()
    check_port(metrics_port)
    parts = (*PARTS, MAKER) if sample else PARTS
    words = {"api": ("--port", str(port), "--metrics-port", str(metrics_port))}
    processes = [Process(name, ("serve", name, *words.get(name, ()))) for name in parts]
    supervisor = Supervisor(processes, _printer(parts, json=json))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())
    with open_store(settings) as store, start_servers(settings) as sockets:
        url = "http://127.0.0.1"
        addresses = {**sockets, "gateway": f"{url}:{port}", "metrics": f"{url}:{metrics_port}/metrics"}
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


def _require_free(port: int) -> None:
    """Refuse a port that is taken, before a second set of everything is started for nothing.

    Raises:
        InputError: it is.
    """
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise InputError(
            f"Port {port} of 127.0.0.1 cannot be used ({os.strerror(error.errno or 0)}); end what has it, perhaps "
            "another `arbitrax up`, or choose another with --port."
        ) from None


def _free_port() -> int:
    """Return a port that nobody listens at now. It stays the gateway's when that is started again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


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
