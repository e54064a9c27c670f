"""`arbitrax up`: keep the servers running."""

import signal
import sys
import threading

from arbitrax.cli.console import Json, show, show_json
from arbitrax.settings import read_settings


def up(*, json: Json = False) -> int:
    """Start the embedded servers, keep them until Ctrl-C, then stop them unless others still use them."""
    from arbitrax.bootstrap import open_store, start_servers

    settings = read_settings()
    with open_store(settings), start_servers(settings) as addresses:
        if json:
            show_json(addresses)
            sys.stdout.flush()
        else:
            show(*(f"{name:<10} {address}" for name, address in addresses.items()), "Running; press Ctrl-C to stop.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
    if not json:
        show("Stopped.")
    return 0
