"""Orders through the async client, from decimal strings to the typed answer: python benchmarks/exchange_client.py

A real Valkey and worker, in a home of their own. Throughput: so many orders always in flight. Latency: orders offered
at half of that rate, counted from when each was due, so that a stall counts for all that it delayed.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from arbitrax.exchange import commands
from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.exchange_accounts import PostgresAccounts
from arbitrax.storage.redis.client_journal import ValkeyClientJournal
from arbitrax.storage.redis.feed_source import ValkeyFeedSource
from arbitrax.trading.exchange_broker import ExchangeBroker
from arbitrax.trading.gateway import Gateway
from arbitrax.trading.orders import Done, NewOrder
from arbitrax.trading.registry import Account, Instrument, Registry

SECONDS = 5.0
REGISTRY = Registry(
    [Instrument("AAPL", 0, 1, "0.01", "1", "0.01", "USD")],
    [Account(UUID(int=1), "alice", 0, 1, "USD", "0.01", "margin")],
)
ORDERS = [NewOrder("AAPL", side, "1", price=price) for side, price in (("buy", "100.00"), ("sell", "100.00"))]


async def closed(broker: ExchangeBroker, together: int) -> float:
    done, end = 0, time.perf_counter() + SECONDS

    async def one() -> None:
        nonlocal done
        while time.perf_counter() < end:
            found = await broker.submit("alice", ORDERS[done & 1])
            assert isinstance(found, Done)
            done += 1

    await asyncio.gather(*(one() for _ in range(together)))
    return done / SECONDS


async def offered(broker: ExchangeBroker, together: int, rate: float) -> list[float]:
    late: list[float] = []
    free, start = asyncio.Semaphore(together), time.perf_counter()

    async def one(number: int, due: float) -> None:
        found = await broker.submit("alice", ORDERS[number & 1])
        assert isinstance(found, Done)
        late.append(time.perf_counter() - due)
        free.release()

    tasks = []
    for number in range(int(rate * SECONDS)):
        due = start + number / rate
        if (wait := due - time.perf_counter()) > 0.0005:
            await asyncio.sleep(wait)
        await free.acquire()
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    return sorted(late)


async def measure(url: str, database: Database) -> None:
    gateway = Gateway(ValkeyClientJournal(url), {0})
    await gateway.open()
    rows = [commands.instrument(1, tick_value=1, margin=100), commands.open_account(1, "margin")]
    for row in [*rows, commands.deposit(1, 10**15)]:
        assert await gateway.channels[0].send(row, 20)

    async def no_feed() -> ValkeyFeedSource:
        raise LookupError("nothing here asks for market data")

    broker = ExchangeBroker(gateway, REGISTRY, PostgresAccounts(database), no_feed)
    print("in flight  orders/s   offered/s  p50 ms  p99 ms  p99.9 ms  max ms")
    for together in (1, 10, 100, 1000):
        rate = await closed(broker, together)
        late = await offered(broker, together, rate / 2)
        p50, p99, p999 = (1e3 * late[int(len(late) * share)] for share in (0.5, 0.99, 0.999))
        figures = f"{p50:6.2f}  {p99:6.2f}  {p999:8.2f}  {1e3 * late[-1]:6.1f}"
        print(f"{together:9,}  {rate:8,.0f}  {rate / 2:10,.0f}  {figures}")
    await broker.close()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="arbitrax-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)  # as root, the servers' own account must be able to enter it
        with EmbeddedServers(home) as servers:
            url = servers.journal_url()
            worker = subprocess.Popen(
                [sys.executable, "-m", "arbitrax.cli.main", "serve", "exchange"],
                env={**os.environ, "ARBITRAX_HOME": folder, "ARBITRAX_REDIS_URL": url},
                stderr=subprocess.PIPE,
                text=True,
            )
            try:
                assert worker.stderr is not None
                next(line for line in worker.stderr if "recovery.done" in line)
                asyncio.run(measure(url, Database(servers.postgres_url())))
            finally:
                worker.terminate()
                worker.wait()


if __name__ == "__main__":
    main()
