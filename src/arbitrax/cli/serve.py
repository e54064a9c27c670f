"""`arbitrax serve`: the processes of the exchange, each until SIGTERM or Ctrl-C."""

import signal
import sys
import threading
import time
from typing import Annotated

from cyclopts import App, Parameter

from arbitrax.domain.errors import InputError
from arbitrax.settings import read_settings

MOST_SHARDS = 256

app = App(name="serve", help="Run a process of the exchange until Ctrl-C.")


@app.command
def recorder(*, shard: Annotated[int, Parameter(help="Which shard, 0 to 255. One recorder is enough.")] = 0) -> int:
    """Carry the events of a shard into PostgreSQL: orders, fills, round trips.

    What happened while it was away it finds in the journal, and nothing is stored twice.
    """
    from arbitrax.bootstrap import serve_recorder

    if not 0 <= shard < MOST_SHARDS:
        raise InputError(f"There is no shard {shard}; they are 0 to {MOST_SHARDS - 1}.")
    serve_recorder(read_settings(), shard, say, until_asked_to_stop())
    return 0


def until_asked_to_stop() -> threading.Event:
    """Return what SIGTERM and Ctrl-C set; the process then finishes what it is at."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def say(text: str) -> None:
    """Print a line for who operates the process."""
    now = time.time()
    clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    sys.stderr.write(f"{clock}.{int(now * 1000) % 1000:03d}Z {text}\n")
    sys.stderr.flush()
