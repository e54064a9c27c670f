"""The same for the rows of sockets: two accounts that may do nearly all, and a gateway on the cores of everything."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arbitrax import bootstrap
from arbitrax.settings import Settings
from benchmarks.api.stack import CORES, PROGRAM, begin_exchange, cpu_seconds, free_port, started
from benchmarks.api.stack import Stack as Started

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


class SocketsStack:
    """Where things answer; `processes` by name."""

    def __init__(self, stack: Started) -> None:
        self.settings = Settings(
            home=stack.home,
            database_url=bootstrap.database_url(stack.settings),
            redis_url=bootstrap.journal_url(stack.settings),
            cache_url=bootstrap.cache_url(stack.settings),
        )
        with bootstrap.open_store(stack.settings, seed=False) as store:
            trader = store.users.add("bench", "a long enough password", role="trader")
            self.key = store.keys.add(trader, "bench", scopes=["read", "trade"])[1]
        self.processes = begin_exchange(stack, EXCHANGE, set(CORES))
        with bootstrap.open_store(stack.settings, seed=False) as store:
            for each in store.registry.accounts():
                store.registry.give_account(each.id, trader.id)
        self.port = free_port()
        words = (*PROGRAM, "serve", "api", "--port", str(self.port))
        self.pid = self.processes["api"] = stack.start(words, "gateway.ready", set(CORES)).pid

    def cpu(self) -> dict[str, float]:
        """Return the seconds of the processor that each part has used, those of the servers together by name."""
        found = {name: cpu_seconds(pid) for name, pid in self.processes.items()}
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


def resident_bytes(pid: int) -> int:
    """Return the memory that a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


@contextmanager
def running_stack(**limits: str) -> Iterator[SocketsStack]:
    """Run everything in a home of its own until the block ends; ``limits``: settings of the environment."""
    with started(limits) as stack:
        yield SocketsStack(stack)
