"""`arbitrax up`: keep the servers running."""

import signal
import threading

from arbitrax.cli.console import show
from arbitrax.settings import read_settings


def up() -> int:
    """Start the embedded servers, keep them until Ctrl-C, then stop them unless others still use them."""
    from arbitrax.bootstrap import open_store, start_servers

    settings = read_settings()
    with open_store(settings), start_servers(settings) as addresses:
        for name, address in addresses.items():
            show(f"{name:<10} {address}")
        show("Running; press Ctrl-C to stop.")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
    show("Stopped.")
    return 0
