"""A gateway and an exchange as separate processes on servers of their own, for the rows of sockets."""

from __future__ import annotations

import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import valkey

from arbitrax.bootstrap import embedded_servers, open_store
from arbitrax.settings import Settings
from arbitrax.storage.embedded import EmbeddedServers

PROGRAM = [sys.executable, "-m", "arbitrax.cli.main"]
MAKER, TAKER = "maker", "taker"
SYMBOL = "COIN"
EXCHANGE = f"""
[[instruments]]
symbol = "{SYMBOL}"
tick_size = "0.01"
lot_size = "0.01"
reference = "100.00"
band = "0.20"
min_notional = "0.01"
max_quantity = "1000000"
taker_fee = "0.0005"
margin = "0.5"
""" + "".join(
    f"""
[[accounts]]
name = "{name}"
kind = "margin"
cash = "100000000"
max_notional = "90000000"
max_position = 1000000000
max_orders = 100000
max_rate = 1000000
"""
    for name in (MAKER, TAKER)
)
PATIENCE = 120.0


class Stack:
    """Where things answer; `processes` by name."""

    def __init__(self, folder: Path, servers: EmbeddedServers, limits: dict[str, str]) -> None:
        self.settings = Settings(
            home=folder,
            database_url=servers.postgres_url(),
            redis_url=servers.journal_url(),
            cache_url=servers.cache_url(),
        )
        # An embedded database gets its schema by itself.
        with open_store(Settings(home=folder), seed=False) as store:
            trader = store.users.add("bench", "a long enough password", role="trader")
            self.key = store.keys.add(trader, "bench", scopes=["read", "trade"])[1]
            self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ARBITRAX_")}
            self.environment |= {"ARBITRAX_HOME": str(folder), **limits}
            self.processes: dict[str, subprocess.Popen[str]] = {}
            self.start("exchange", "recovery.done")
            path = folder / "exchange.toml"
            path.write_text(EXCHANGE)
            subprocess.run(
                [*PROGRAM, "exchange", "configure", str(path)],
                env=self.environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            for each in store.registry.accounts():
                store.registry.give_account(each.id, trader.id)
        self.start("recorder")
        with valkey.Valkey.from_url(servers.journal_url()) as journal:
            end = time.monotonic() + PATIENCE
            while journal.hget("marks:0", "recorded") is None:
                if time.monotonic() > end:
                    raise SystemExit("The recorder does not record.")
                time.sleep(0.02)
        self.start("feed", "feed.published_anew")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start("api", "gateway.ready", "--port", str(self.port))
        self.pid = self.processes["api"].pid

    def start(self, name: str, ready: str | None = None, *words: str) -> None:
        """Start a part and wait for a line of it, if it says one."""
        process = subprocess.Popen(
            [*PROGRAM, "serve", name, *words], env=self.environment, stderr=subprocess.PIPE, text=True
        )
        self.processes[name], seen = process, threading.Event()

        def read() -> None:
            assert process.stderr is not None
            for line in process.stderr:
                if ready is not None and ready in line:
                    seen.set()
                elif not re.search(r"(starting|lease|recovery|ready|snapshot|published)", line):
                    print(f"  {name}: {line.rstrip()}", file=sys.stderr)

        threading.Thread(target=read, daemon=True).start()
        if ready is not None and not seen.wait(PATIENCE):
            raise SystemExit(f"{name} did not say {ready!r}.")

    def stop(self) -> None:
        """Stop all, in reverse."""
        for process in reversed(self.processes.values()):
            process.terminate()
            process.wait()

    def cpu(self) -> dict[str, float]:
        """Return the seconds of the processor that each part has used, those of the servers together by name."""
        found = {name: cpu_seconds(process.pid) for name, process in self.processes.items()}
        mine = str(self.settings.home)
        parents = dict[int, tuple[int, str]]()
        for each in Path("/proc").iterdir():
            if each.name.isdecimal():
                try:
                    words = (each / "cmdline").read_text(errors="replace").replace("\0", " ")
                    parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
                parents[int(each.name)] = parent, words
        for pid, (parent, words) in parents.items():
            name = next((one for one in ("journal.sock", "cache.sock", "postgres") if one in words), None)
            if name is None:
                continue
            if mine in words or mine in parents.get(parent, (0, ""))[1]:
                name = name.removesuffix(".sock")
                found[name] = found.get(name, 0.0) + cpu_seconds(pid)
        return found


def cpu_seconds(pid: int) -> float:
    """Return what a process and its children that ended have used, user and system."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def waited_seconds(pid: int) -> float:
    """Return how long a process was ready to run, but others ran."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def resident_bytes(pid: int) -> int:
    """Return the memory that a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


@contextmanager
def running_stack(**limits: str) -> Iterator[Stack]:
    """Run everything in a home of its own until the block ends; ``limits``: settings of the environment."""
    with tempfile.TemporaryDirectory(prefix="arbitrax-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root, the servers' own account must be able to enter it
        servers = embedded_servers(folder, "process")  # those that the store of this process uses too
        try:
            stack = Stack(folder, servers, limits)
            try:
                yield stack
            finally:
                stack.stop()
        finally:
            servers.release()
