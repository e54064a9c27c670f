"""Print what web sockets of one gateway carry, each row as soon as it is measured: python -m benchmarks.api.sockets

Two cores are shared by all: gateway, exchange, recorder, feed, the three servers, and the client, which is a process of
its own. So the processor's time of each is told beside what came, and how long the gateway was ready to run while
something else ran. Exit code 1 when a target does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
import valkey

from arbitrax.api.websocket.limits import allowed_descriptors
from arbitrax.exchange.feed.messages import Channel
from arbitrax.exchange.journal import EntryId, read_command_entry
from arbitrax.exchange.records import Kind
from arbitrax.storage.redis import feed_keys
from benchmarks.api.sockets_stack import SYMBOL, SocketsStack, running_stack
from benchmarks.api.stack import free_port
from benchmarks.peers import python_of

ORDERS, P99_MS = 10_000, 100
"""Targets: orders a second in the journal; ms from a trade to its receipt."""
CONNECTIONS, RATE = 500, 100
IDLE = 10_000
ROWS = ("orders", "updates", "idle")
WIDE = {f"ARBITRAX_RATE_LIMIT_{name}": "100000" for name in ("KEY", "USER", "ADDRESS")} | {
    f"ARBITRAX_SOCKET_LIMIT_{name}": "20000" for name in ("USER", "ADDRESS")
}
"""Limits are counted as always, but one user at one address is the whole load."""


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api.sockets")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rows", default=",".join(ROWS))
    given = parser.parse_args()
    held = rows(given.seconds, given.rows.split(","))
    print(f"\n{'All targets hold.' if held else 'Not every target holds.'}")
    return 0 if held else 1


def rows(seconds: float, wanted: list[str]) -> bool:
    """Print the rows; tell whether their targets hold."""
    with running_stack(**WIDE) as stack:
        held = []
        if "orders" in wanted:
            held += [orders(stack, 200, 8, seconds), orders(stack, 1, 64, seconds / 4)]
        if "updates" in wanted:
            held.append(updates(stack, seconds))
        if "idle" in wanted:
            held.append(idle(stack, seconds / 2))
    return all(held)


def row(text: str, held: bool | None = None) -> bool:
    """Print a row; None: it has no target."""
    print(f"  {text}{'  MISSED' if held is False else ''}", flush=True)
    return held is not False


def load() -> str:
    """Return how much else the machine has to do."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


# Orders


def orders(stack: SocketsStack, per_frame: int, in_flight: int, seconds: float) -> bool:
    """Orders over one socket, in frames: found in the journal and in PostgreSQL, each once."""
    print(f"\nOrders over one socket, {per_frame} a frame, {in_flight} frames in flight, {seconds:.0f} s ({load()})")
    before, begun = stack.cpu(), time.perf_counter()
    found = client(stack, work="orders", per_frame=per_frame, in_flight=in_flight, seconds=seconds)
    used = {name: value - before.get(name, 0.0) for name, value in stack.cpu().items()}
    acknowledged = sum(found["states"].values())
    journal = in_journal(stack, found["prefix"])
    ended = time.perf_counter()
    stored = wait_for_postgres(stack, found["prefix"], journal)
    behind = time.perf_counter() - ended
    rate = journal / found["seconds"]
    held = row(
        f"{rate:,.0f} orders/s in the journal; a frame is answered in p50 {found['p50'] * 1e3:.0f} ms, "
        f"p99 {found['p99'] * 1e3:.0f} ms" + (f" (target {ORDERS:,}/s)" if per_frame > 1 else ""),
        rate >= ORDERS if per_frame > 1 else None,
    )
    whole = acknowledged == journal == stored
    held &= row(
        f"{acknowledged:,} acknowledged, {journal:,} different in the journal, {stored:,} in PostgreSQL, the last "
        f"{behind:.1f} s after the rest; {', '.join(f'{name} {count:,}' for name, count in found['states'].items())}",
        whole,
    )
    took = time.perf_counter() - begun - behind
    row(processors(used | {"client": found["cpu"]}, took) + f"; gateway {used['api'] / journal * 1e6:.0f} us an order")
    return held


def in_journal(stack: SocketsStack, prefix: str) -> int:
    """Return how many different client order ids of a run the journal's commands have."""
    mark, ids, after = prefix.encode(), set[bytes](), "-"
    with valkey.Valkey.from_url(str(stack.settings.redis_url)) as journal:
        while page := journal.xrange("commands:0", after, "+", count=500):
            for name, fields in page:
                commands = read_command_entry(EntryId.parse(name), fields).commands
                sent = commands["client"][commands["kind"] == Kind.SUBMIT]
                ids.update(each for each in np.asarray(sent).tolist() if mark in each)
            after = f"({page[-1][0].decode()}"
    return len(ids)


def wait_for_postgres(stack: SocketsStack, prefix: str, count: int) -> int:
    """Return how many orders of a run PostgreSQL has, once they are all there, or nothing more comes."""
    with psycopg.connect(str(stack.settings.database_url), autocommit=True) as connection:
        last, since = -1, time.monotonic()
        while True:
            words = "SELECT count(DISTINCT client_order_id) FROM orders WHERE client_order_id LIKE %s"
            found = connection.execute(words, (f"t\\_%\\_{prefix}%",)).fetchone()
            now = int(found[0]) if found else 0
            if now >= count or time.monotonic() - since > 20:
                return now
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.1)


# Updates


def updates(stack: SocketsStack, seconds: float) -> bool:
    """One trade each 10 ms to 500 connections, each of which counts them all; the peers in the same run."""
    print(
        f"\n{RATE} trades/s to each of {CONNECTIONS} connections, {seconds:.0f} s; ms from trade to receipt ({load()})"
    )
    ours = told("ours", client(stack, **job(seconds), slow=True, patience=10))
    whole = ours["least"] == ours["most"] == ours["made"] and not ours["broken"] and not ours["closed"]
    held = row(
        f"p99 {ours['p99']} ms (target {P99_MS}); each connection has each trade once, by its number: "
        f"{'yes' if whole else 'NO'}",
        whole and ours["p99"] <= P99_MS,
    )
    held &= row(
        f"10 more follow the account: {ours['made']:,} orders and as many fills came at each",
        all(each == [ours["made"]] * 2 for each in ours["own"]),
    )
    trades, left_out, broken, closed = ours["slow"]
    held &= row(
        f"one more reads nothing for 28 s at a time: it got {trades:,} trades; at {left_out} places some were left "
        "out, and said to be",
        not broken and not closed,
    )
    both = told("and the book", client(stack, **job(seconds / 2, "trades", "book"), slow=False, patience=10))
    held &= row(
        f"{both['events'][0]:,} events of the book in {both['deltas']:,} deltas at each",
        both["events"][0] == both["events"][1] and not both["broken"],
    )
    for name in ("fastapi", "raw"):
        with peer(stack, name) as at:
            if at is None:
                row(f"{name} cannot be installed")
                continue
            port, pid = at
            told(name, client(stack, **job(seconds / 2), port=port, pid=pid, slow=False, patience=10))
    return held


def job(seconds: float, *channels: str) -> dict[str, Any]:
    return {
        "work": "updates", "connections": CONNECTIONS, "channels": channels or ("trades",), "rate": RATE,
        "seconds": seconds,
    }  # fmt: skip


def told(name: str, found: dict[str, Any]) -> dict[str, Any]:
    """Print a row of what came; return it."""
    row(
        f"{name:<13} {found['trades']:>9,} of {found['made'] * CONNECTIONS:,} updates in {found['frames']:,} frames; "
        f"p50 {found['p50']}, p99 {found['p99']}, p99.9 {found['p99_9']}, max {found['p100']}"
    )
    took = found["took"]
    row(
        f"{'':<13} processor: server {found['server_cpu'] / took:.0%}, "
        f"{found['server_cpu'] / max(1, found['trades']) * 1e6:.1f} us an update; client {found['cpu'] / took:.0%}; "
        f"the server waited for a core {found['server_waited'] / took:.0%} of the time, orders left "
        f"{found['late_ms']:.0f} ms late at most"
    )
    return found


@contextmanager
def peer(stack: SocketsStack, name: str) -> Iterator[tuple[int, int] | None]:
    """Run a peer; None: it cannot be installed."""
    python = python_of("fastapi")
    if python is None:
        yield None
        return
    port = free_port()
    words = [str(port), str(stack.settings.cache_url), feed_keys.stream(Channel.TRADES, SYMBOL)]
    process = subprocess.Popen(
        [python, "benchmarks/api/sockets_peer.py", name, *words], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        next(line for line in process.stdout if "ready" in line)
        time.sleep(0.5)
        yield port, process.pid
    finally:
        process.kill()
        process.wait()


# Idle


def idle(stack: SocketsStack, seconds: float) -> bool:
    """Connections that are open and follow a book in which nothing happens."""
    count = min(IDLE, allowed_descriptors() - 1_000)
    print(f"\n{count:,} connections opened and idle, {seconds:.0f} s ({load()})")
    if count < IDLE:
        row(f"no more: the system allows {count + 1_000:,} open files (ulimit -n)")
    found = client(stack, work="idle", connections=count, seconds=seconds)
    row(
        f"opened in {found['opened']:.0f} s; {found['bytes_each'] / 1024:.1f} KB of memory each; processor "
        f"{found['server_cpu']:.0%}; heartbeats {found['heartbeats']:.2f}/s, {found['least_heartbeats']:.2f}/s at least"
    )
    return row(
        f"one more is accepted in p50 {found['handshake_p50'] * 1e3:.0f} ms, "
        f"p99 {found['handshake_p99'] * 1e3:.0f} ms; {found['closed']} closed",
        found["closed"] == 0,
    )


def client(stack: SocketsStack, **words: Any) -> dict[str, Any]:
    """Run the client; return what it saw."""
    asked = {"port": stack.port, "desk": stack.port, "key": stack.key, "pid": stack.pid} | words
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.api.sockets_client"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"The client failed:\n{done.stderr[:4000]}")
    if done.stderr:
        print(done.stderr[:2000], file=sys.stderr)
    return dict(json.loads(done.stdout))


def processors(used: dict[str, float], seconds: float) -> str:
    """Return shares of one core."""
    return "processor: " + ", ".join(f"{name} {value / seconds:.0%}" for name, value in used.items())


if __name__ == "__main__":
    sys.exit(main())
