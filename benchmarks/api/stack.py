"""What the gateway's rows are measured on: real stores with 100k orders and 1M bars, an exchange, a gateway.

The gateway, ours or a peer's, has one core for itself; stores, exchange and the client that asks share the other.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from arbitrax import bootstrap
from arbitrax.settings import Settings, read_settings
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database
from arbitrax.trading.client_ids import new_client_order_id
from arbitrax.trading.orders import Done, NewOrder
from benchmarks.data.stored import daily

CORES = sorted(os.sched_getaffinity(0))
GATEWAY, OTHERS = {CORES[0]}, set(CORES[1:]) or {CORES[0]}
SYMBOLS = [f"COIN{number}" for number in range(20)]
ORDERS, OPEN, TOGETHER = 100_000, 5_000, 1_000
"""So many orders are stored, so many of them are open, so many were sent together."""
SERIES = 397
"""Of 2,520 daily bars: 1,000,440."""
LEVELS = 100
"""Prices a side of a book that orders rest at."""
ACCOUNT, USER, PASSWORD = "desk", "bench", "a password of the benchmark"
UNLIMITED = {f"ARBITRAX_RATE_LIMIT_{name}": "1000000" for name in ("KEY", "USER", "ADDRESS")}
"""The three limits are counted like any others; the load is just not above them."""
PROGRAM = (sys.executable, "-m", "arbitrax.cli.main")
PATIENCE = 120
LIFETIME = 300.0
"""Seconds that a token is used."""


def today() -> int:
    return time.time_ns() // 86_400_000_000_000


class Stack:
    """Addresses of what runs, and what the load names."""

    def __init__(self, home: Path, limits: dict[str, str]) -> None:
        self.home = home
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ARBITRAX_")}
        self.environment |= {"ARBITRAX_HOME": str(home), **limits}
        self.settings: Settings = read_settings({"ARBITRAX_HOME": str(home), **limits})
        self.bars: list[str] = []
        self.orders: list[str] = []
        self.account = ""
        self._processes: list[subprocess.Popen[str]] = []

    def start(
        self, words: Sequence[str], ready: str | None, cores: set[int] = OTHERS, **more: str
    ) -> subprocess.Popen[str]:
        """Start a process on cores, and wait for a line of it."""
        with tempfile.TemporaryFile("w+") as log:
            process = subprocess.Popen(words, env=self.environment | more, stderr=log, stdout=log, text=True)
            os.sched_setaffinity(process.pid, cores)
            self._processes.append(process)
            end = time.monotonic() + PATIENCE
            while ready is not None:
                log.seek(0)
                said = log.read()
                if ready in said:
                    break
                if process.poll() is not None or time.monotonic() > end:
                    raise SystemExit(f"{' '.join(words)} did not start:\n{said}")
                time.sleep(0.05)
        return process

    def stop(self, process: subprocess.Popen[str]) -> None:
        """End a process."""
        self._processes.remove(process)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()

    def close(self) -> None:
        """End all."""
        for process in reversed(self._processes[:]):
            self.stop(process)

    @contextmanager
    def gateway(self) -> Iterator["Address"]:
        """Serve ours until the block ends."""
        port = free_port()
        with self._serving((*PROGRAM, "serve", "api", "--port", str(port)), "gateway.ready", port) as address:
            yield address

    @contextmanager
    def peer(self, python: str) -> Iterator["Address"]:
        """Serve the peer until the block ends; ours has signed somebody in before, so that the key is known."""
        port = free_port()
        urls = {
            "PEER_DATABASE_URL": bootstrap.database_url(self.settings),
            "PEER_CACHE_URL": bootstrap.cache_url(self.settings),
        }
        with self._serving((python, "-m", "benchmarks.api.peer_fastapi", str(port)), "peer.ready", port, **urls) as it:
            yield it

    @contextmanager
    def matching_engine(self, python: str) -> Iterator["Address"]:
        """Serve matching-engine's gateway until the block ends: engine and log, synced before it answers, are in it."""
        port = free_port()
        words = (python, "-m", "uvicorn", "--factory", "matching_engine.gateway.app:create_app", "--port", str(port))
        settings = {
            "ME_MARKETS": ",".join(f"{each}:0.01:0.01" for each in SYMBOLS),
            "ME_DATA_DIR": str(self.home / "matching-engine"),
        }
        with self._serving((*words, "--no-access-log"), "Application startup complete", port, **settings) as address:
            yield address

    @contextmanager
    def _serving(self, words: Sequence[str], ready: str, port: int, **more: str) -> Iterator["Address"]:
        process = self.start(words, ready, GATEWAY, **more)
        try:
            yield Address(port, process.pid)
        finally:
            self.stop(process)


class Address:
    """Where a gateway answers."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid
        self._token, self._signed_in = "", -LIFETIME

    def cpu(self) -> float:
        """Return the seconds of processor that it has used."""
        return cpu_seconds(self.pid)

    def waited(self) -> float:
        """Return the seconds that its event loop was ready to run while something else ran."""
        return waited_seconds(self.pid)

    def token(self) -> str:
        """Return an access token of the user, good for five minutes at least."""
        if time.monotonic() - self._signed_in < LIFETIME:
            return self._token
        body = json.dumps({"name": USER, "password": PASSWORD}).encode()
        url = f"http://127.0.0.1:{self.port}/api/v1/auth/login"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self._token, self._signed_in = str(json.load(answer)["access_token"]), time.monotonic()
        return self._token


@contextmanager
def started(limits: dict[str, str]) -> Iterator[Stack]:
    """Start servers in a home of their own; end them, and what was started with them, with the block."""
    with tempfile.TemporaryDirectory(prefix="arbitrax-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # as root, the servers' own account must be able to enter it
        stack = Stack(home, limits)
        with bootstrap.start_servers(stack.settings):
            try:
                yield stack
            finally:
                stack.close()
                bootstrap.embedded_servers(home, stack.settings.durability).release()  # before their folder goes


@contextmanager
def running(*, orders: int = ORDERS, series: int = SERIES) -> Iterator[Stack]:
    """Start everything but gateways, with data; end it with the block."""
    os.sched_setaffinity(0, OTHERS)
    with started(UNLIMITED) as stack:
        _fill_bars(stack, series)
        _begin_exchange(stack)
        asyncio.run(_fill_orders(stack, orders))
        _wait_for_recorder(stack)
        yield stack


def _fill_bars(stack: Stack, series: int) -> None:
    with bootstrap.open_store(stack.settings, seed=False) as store:
        store.users.add(USER, PASSWORD, role="trader")
    with Database(bootstrap.database_url(stack.settings)) as database:
        bars = PostgresBarStore(database)
        for number in range(series):
            stack.bars.append(f"D{number:05}")
            made = daily(stack.bars[-1], today(), number)
            bars.store([made], source="synthetic", received=time.time_ns(), rows_done=lambda _rows: None)


def _begin_exchange(stack: Stack) -> None:
    instruments = [f'[[instruments]]\nsymbol = "{each}"\ntick_size = "0.01"\nlot_size = "0.01"' for each in SYMBOLS]
    account = f'[[accounts]]\nname = "{ACCOUNT}"\nkind = "margin"\ncash = "1000000000"'
    begin_exchange(stack, "\n".join(["shard = 0", *instruments, account]), OTHERS)
    with bootstrap.open_store(stack.settings, seed=False) as store:
        account_row = store.registry.accounts()[0]
        store.registry.give_account(account_row.id, store.users.list(1)[0].id)
        stack.account = account_row.text


def begin_exchange(stack: Stack, configuration: str, cores: set[int]) -> dict[str, int]:
    """Start an exchange that has this configuration, its recorder and its feed on cores; return their processes."""
    found = {"exchange": stack.start((*PROGRAM, "serve", "exchange"), "recovery.done", cores).pid}
    file = stack.home / "exchange.toml"
    file.write_text(configuration)
    subprocess.run(
        (*PROGRAM, "exchange", "configure", str(file)),
        env=stack.environment, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    found["recorder"] = stack.start((*PROGRAM, "serve", "recorder"), None, cores).pid
    found["feed"] = stack.start((*PROGRAM, "serve", "feed"), "feed.published_anew", cores).pid
    return found


async def _fill_orders(stack: Stack, count: int) -> None:
    """Rest orders on both sides of all books, at prices that never cross; all but the last are cancelled."""
    registry = bootstrap.read_registry(stack.settings)
    async with bootstrap.open_broker(stack.settings, registry, {0}) as broker:
        for begin in range(0, count, TOGETHER):
            if begin == count - OPEN:
                await broker.cancel_all(stack.account)
            orders = [resting(number) for number in range(begin, min(begin + TOGETHER, count))]
            found = await broker.submit_all(stack.account, orders)
            if any(not isinstance(each, Done) for each in found):
                raise SystemExit(f"An order was refused: {next(each for each in found if not isinstance(each, Done))}")
            stack.orders += [str(each.order) for each in found if isinstance(each, Done)]


def resting(number: int) -> NewOrder:
    """Return an order that rests."""
    step = number // len(SYMBOLS) % LEVELS + 1
    buys = number // len(SYMBOLS) // LEVELS % 2 == 0
    return NewOrder(
        SYMBOLS[number % len(SYMBOLS)],
        "buy" if buys else "sell",
        "0.01",
        price=f"{100 - step / 100 if buys else 100 + step / 100:.2f}",
        client_order_id=new_client_order_id(time.time_ns() // 1_000_000),
    )


def _wait_for_recorder(stack: Stack) -> None:
    end = time.monotonic() + PATIENCE
    with psycopg.connect(bootstrap.database_url(stack.settings), autocommit=True) as connection:
        while recorded(connection) < len(stack.orders):
            if time.monotonic() > end:
                raise SystemExit("The recorder has not recorded the orders in time.")
            time.sleep(0.2)
        connection.execute("VACUUM ANALYZE")


def recorded(connection: psycopg.Connection[tuple[int]]) -> int:
    """Return how many orders PostgreSQL has."""
    (count,) = connection.execute("SELECT count(*) FROM orders").fetchone() or (0,)
    return count


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def cpu_seconds(pid: int) -> float:
    """Return what a process has used, user and system; 0 when it is gone."""
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
