"""`arbitrax serve`: one process, until SIGTERM or Ctrl-C."""

import signal
import sys
import threading
import time
from contextlib import suppress
from typing import Annotated

from cyclopts import App, Parameter

from arbitrax.cli.console import Json, show, show_json
from arbitrax.cli.supervisor import end_with_supervisor
from arbitrax.domain.errors import InputError
from arbitrax.settings import read_settings

MOST_SHARDS = 256

Shard = Annotated[int, Parameter(help="Which shard, 0 to 255.")]
MetricsPort = Annotated[
    int | None,
    Parameter(help="Port of this machine's loopback that answers Prometheus; left out: none."),
]

app = App(name="serve", help="Run one process until Ctrl-C.")


@app.command
def stores(*, json: Json = False) -> int:
    """Start the embedded servers, keep them until Ctrl-C, then stop them unless others still use them."""
    from arbitrax.bootstrap import open_store, start_servers

    settings = read_settings()
    stop = until_asked_to_stop()
    with open_store(settings), start_servers(settings) as addresses:
        if json:
            show_json(addresses)
            sys.stdout.flush()
        else:
            show(*(f"{name:<10} {address}" for name, address in addresses.items()), "Running; press Ctrl-C to stop.")
        stop.wait()
    if not json:
        show("Stopped.")
    return 0


@app.command
def api(
    *,
    port: Annotated[int, Parameter(help="Port to answer at.")] = 8080,
    host: Annotated[str, Parameter(help="Address to answer at; one that others reach needs TLS.")] = "127.0.0.1",
    behind_proxy: Annotated[
        bool, Parameter(negative="", help="A proxy of ARBITRAX_TRUSTED_PROXIES speaks TLS and says who asks.")
    ] = False,
    metrics_port: Annotated[
        int | None, Parameter(help="Port of this machine's loopback that answers Prometheus.")
    ] = None,
) -> int:
    """Answer HTTP: /docs describes what. Several processes may answer for one set of stores.

    With SIGTERM it is not ready any more (/ready), finishes what has begun, and ends.
    """
    from arbitrax.api.server import serve

    check_port(port)
    end_with_supervisor()
    serve(read_settings(), host=host, port=port, behind_proxy=behind_proxy, metrics_port=metrics_port, say=say)
    return 0


@app.command
def exchange(
    *,
    shard: Shard = 0,
    metrics_port: MetricsPort = None,
) -> int:
    """Execute the journal of a shard: recover, match, write the events.

    While another process executes the shard this one stands by, and takes over within seconds of its death.
    """
    from arbitrax.bootstrap import serve_exchange

    check_shard(shard)
    serve_exchange(read_settings(), shard, say, until_asked_to_stop(), metrics_port)
    return 0


@app.command
def archiver(
    *,
    shard: Shard = 0,
    metrics_port: MetricsPort = None,
) -> int:
    """Copy commands and events of a shard to files, have its snapshots verified, trim what is safe.

    A second process stands by.
    """
    from arbitrax.bootstrap import metrics_served, serve_archiver

    check_shard(shard)
    settings = read_settings()
    with metrics_served(settings, shard, metrics_port):
        serve_archiver(settings, shard, say, until_asked_to_stop())
    return 0


@app.command
def feed(
    *,
    shard: Shard = 0,
    metrics_port: MetricsPort = None,
) -> int:
    """Publish a shard's market data on the cache's server: books, depth, tape, best prices, statistics, positions.

    A second process stands by.
    """
    from arbitrax.bootstrap import metrics_served, serve_feed

    check_shard(shard)
    settings = read_settings()
    with metrics_served(settings, shard, metrics_port):
        serve_feed(settings, shard, say, until_asked_to_stop())
    return 0


@app.command
def recorder(
    *,
    shard: Shard = 0,
    metrics_port: MetricsPort = None,
) -> int:
    """Carry the events of a shard into PostgreSQL: orders, fills, round trips.

    What happened while it was away it finds in the journal, and nothing is stored twice. One recorder is enough.
    """
    from arbitrax.bootstrap import metrics_served, serve_recorder

    check_shard(shard)
    settings = read_settings()
    with metrics_served(settings, shard, metrics_port):
        serve_recorder(settings, shard, say, until_asked_to_stop())
    return 0


@app.command
def maker(
    *,
    seed: Annotated[int, Parameter(help="Of the made-up prices: the same seed, the same prices.")] = 0,
) -> int:
    """Set up the sample market where nothing is listed yet, and quote it, at made-up prices.

    It trades from the account maker, as anybody trades. A market of your own it leaves alone.
    """
    from arbitrax.bootstrap import serve_maker

    serve_maker(read_settings(), seed, say, until_asked_to_stop())
    return 0


@app.command
def worker(
    *,
    processes: Annotated[int | None, Parameter(help="Jobs at a time, each in a process; left out: one a core.")] = None,
) -> int:
    """Do jobs, such as the backtests that the gateway takes, each in a process of its own.

    Any number of workers share the jobs. The job of one that dies is done by another within 15 seconds.
    """
    import os

    from arbitrax.jobs.worker import MOST_PROCESSES, serve_worker

    most = min(os.cpu_count() or 1, MOST_PROCESSES) if processes is None else processes
    serve_worker(read_settings(), most, say, until_asked_to_stop())
    return 0


def check_port(port: int) -> None:
    """Refuse a number that no port has."""
    if not 0 < port < 65_536:
        raise InputError(f"There is no port {port}; they are 1 to 65535.")


def check_shard(shard: int) -> None:
    """Refuse a number that no shard has."""
    if not 0 <= shard < MOST_SHARDS:
        raise InputError(f"There is no shard {shard}; they are 0 to {MOST_SHARDS - 1}.")


def until_asked_to_stop() -> threading.Event:
    """Return what SIGTERM, Ctrl-C and the end of a supervisor set; the process then finishes what it is at."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    end_with_supervisor()
    return stop


def say(text: str) -> None:
    """Print a line for who operates the process."""
    now = time.time()
    clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
    with suppress(BrokenPipeError):  # who read it was killed, and what is to be said may be that this process ends
        sys.stderr.write(f"{clock}.{int(now * 1000) % 1000:03d}Z {text}\n")
        sys.stderr.flush()
