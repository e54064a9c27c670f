"""The client of the exchange, on a real Valkey and a real worker: what is told is true, once, whatever breaks."""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import UUID

import pytest
import valkey

from arbitrax.exchange import commands
from arbitrax.exchange.journal import EntryId, read_command_entry, read_event_entry
from arbitrax.exchange.records import Happening, Kind
from arbitrax.storage.redis.client_journal import ValkeyClientJournal
from arbitrax.trading.exchange_broker import ExchangeBroker
from arbitrax.trading.gateway import Gateway
from arbitrax.trading.orders import Done, NewOrder, OrderState, Refused, Unknown
from arbitrax.trading.registry import Account, Instrument, Registry
from tests.journal_proxy import JournalProxy

ROOT = Path(__file__).parents[2]
CLIENT = [sys.executable, "-m", "tests.exchange_client"]
SHARDS = itertools.count(200)  # other tests on this server count from below
BUY = NewOrder("AAPL", "buy", "3", price="100.00", client_order_id="mine")


class Exchange:
    """A shard of its own for a test, with a worker."""

    def __init__(self, url: str, home: Path) -> None:
        self.url, self._home = url, home
        self.shard = next(SHARDS)
        self._workers: list[subprocess.Popen] = []
        self.server = valkey.Valkey.from_url(url)
        self.registry = Registry(
            [Instrument("AAPL", self.shard, 1, "0.01", "1", "0.01", "USD")],
            [Account(UUID(int=1), "alice", self.shard, 1, "USD", "0.01", "margin")],
        )

    def start_worker(self) -> subprocess.Popen:
        environment = {**os.environ, "ARBITRAX_HOME": str(self._home), "ARBITRAX_REDIS_URL": self.url}
        worker = subprocess.Popen(
            [sys.executable, "-m", "arbitrax.cli.main", "serve", "exchange", "--shard", str(self.shard)],
            env=environment, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._workers.append(worker)
        for line in worker.stderr:
            if "recovery.done" in line:
                break
        return worker

    async def configure(self) -> None:
        async with self.gateway() as gateway:
            rows = [
                commands.instrument(1, tick_value=1),
                commands.open_account(1, "margin"),
                commands.deposit(1, 10**12),
            ]
            answers = await asyncio.gather(*(gateway.channels[self.shard].send(row, 20) for row in rows))
        assert [rows[0][10] for rows in answers] == [Happening.CONFIGURED, Happening.CONFIGURED, Happening.CASH]

    @asynccontextmanager
    async def gateway(self, url: str | None = None, timeout: float = 2.0):
        gateway = Gateway(ValkeyClientJournal(url or self.url, timeout=timeout), {self.shard})
        await gateway.open()
        try:
            yield gateway
        finally:
            await gateway.close()

    @asynccontextmanager
    async def broker(self, url: str | None = None, *, deadline: int = 20_000):
        async with self.gateway(url) as gateway:
            yield ExchangeBroker(gateway, self.registry, deadline=deadline)

    def submissions(self) -> list[bytes]:
        found = []
        for name, fields in self.server.xrange(f"commands:{self.shard}"):
            rows = read_command_entry(EntryId.parse(name), fields).commands
            found += rows["client"][rows["kind"] == Kind.SUBMIT].tolist()
        return found

    def accepted(self) -> list[int]:
        found = []
        for name, fields in self.server.xrange(f"events:{self.shard}"):
            rows = read_event_entry(EntryId.parse(name), fields).events
            found += rows["order"][rows["kind"] == Happening.ACCEPTED].tolist()
        return found

    def close(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.wait()
            worker.stderr.close()
        self.server.close()


@contextmanager
def an_exchange(servers, tmp_path):
    exchange = Exchange(servers.journal_url(), tmp_path)
    try:
        yield exchange
    finally:
        exchange.close()


@pytest.fixture
def exchange(embedded_servers, tmp_path):
    with an_exchange(embedded_servers, tmp_path) as made:
        made.worker = made.start_worker()
        asyncio.run(made.configure())
        yield made


def test_an_order_lives_from_submission_to_cancel(exchange):
    async def run():
        async with exchange.broker() as broker:
            bought = await broker.submit("alice", BUY)
            assert isinstance(bought, Done)
            assert (bought.status, bought.open, bought.client_order_id) == ("open", "3", "mine")
            again = await broker.submit("alice", BUY)
            assert again == Done(bought.order, "mine", repeated=True)
            assert (await broker.depth("AAPL")).bids[0].quantity == "3"
            amended = await broker.amend("alice", bought.order, quantity="2")
            assert (amended.open, amended.quantity) == ("2", "2")
            assert [each.open for each in await broker.open_orders("alice")] == ["2"]
            ended = await broker.cancel("alice", bought.order)
            assert (ended.status, ended.reason) == ("cancelled", "ended.by_owner")
            refused = await broker.cancel("alice", bought.order)
            assert isinstance(refused, Refused)
            assert refused.code == "order.closed"
            found = await broker.find("alice", "mine")
            assert isinstance(found, OrderState)
            assert (found.order, found.status) == (bought.order, "cancelled")
            other = await broker.submit("alice", NewOrder("AAPL", "buy", "4", price="1", client_order_id="mine"))
            assert other.code == "order.client_id_used"

    asyncio.run(run())
    assert len(exchange.accepted()) == 1


def test_both_sides_of_a_trade_add_up(exchange):
    exchange.registry.accounts["bob"] = bob = Account(UUID(int=2), "bob", exchange.shard, 2, "USD", "0.01", "cash")

    async def run():
        async with exchange.broker() as broker:
            channel = broker._gateway.channels[exchange.shard]
            for row in (commands.open_account(2), commands.deposit(2, bob.cash.read("1000"))):
                assert await channel.send(row, 20)
            await broker.submit("alice", NewOrder("AAPL", "sell", "3", price="99.50"))
            taken = await broker.submit("bob", NewOrder("AAPL", "buy", "2", price="101", time_in_force="ioc"))
            assert (taken.status, taken.filled) == ("filled", "2")
            assert [(each.price, each.quantity, each.maker) for each in taken.fills] == [("99.50", "2", False)]
            assert (await broker.account("bob")).cash == "801.00"
            assert [(each.quantity, each.cost) for each in await broker.positions("bob")] == [("2", "199.00")]
            assert [each.quantity for each in await broker.positions("alice")] == ["-2"]
            poor = await broker.submit("bob", NewOrder("AAPL", "buy", "100", price="100"))
            assert (poor.code, poor.exit_code) == ("risk.no_buying_power", 4)

    asyncio.run(run())


def test_two_processes_have_each_acknowledgement_once_and_one_order_of_events(exchange):
    count = 10_000
    clients = [
        subprocess.Popen(
            [*CLIENT, exchange.url, str(exchange.shard), name, str(count), str(2 * count)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )
        for name in ("a", "b")
    ]  # fmt: skip
    try:
        assert [each.stdout.readline() for each in clients] == ["ready\n"] * 2
        for each in clients:
            each.stdin.write("go\n")
            each.stdin.flush()
        first, second = (json.loads(each.communicate(timeout=300)[0]) for each in clients)
    finally:
        for each in clients:
            each.kill()
            each.wait()
    assert first["seen"] == second["seen"] == exchange.accepted()
    assert len(first["told"]) == len(second["told"]) == count
    assert sorted([*first["told"].values(), *second["told"].values()]) == sorted(first["seen"])


def test_two_gateways_that_send_the_same_order_make_it_once(exchange):
    async def run():
        async with exchange.broker() as one, exchange.broker() as other:
            outcomes = await asyncio.gather(*(each.submit("alice", BUY) for each in (one, other) * 10))
        assert len({each.order for each in outcomes}) == 1
        assert sum(not each.repeated for each in outcomes) == 1

    asyncio.run(run())
    assert len(exchange.submissions()) == 20
    assert len(exchange.accepted()) == 1


def test_a_lost_reply_is_asked_again_and_executed_once(exchange, tmp_path):
    async def run():
        async with JournalProxy(exchange.url, tmp_path / "p") as proxy, exchange.broker(proxy.url) as broker:
            proxy.lose = 2
            found = await broker.submit("alice", BUY)
            assert proxy.lost == 2
            assert isinstance(found, Done)
            assert (found.status, found.repeated) == ("open", False)
            assert (await broker.submit("alice", BUY)).order == found.order

    asyncio.run(run())
    assert exchange.submissions() == [b"mine"] * 4  # thrice the first, and the one that asked
    assert len(exchange.accepted()) == 1


def test_connections_killed_under_load_lose_and_double_nothing(exchange):
    async def run():
        async with exchange.broker(deadline=60_000) as broker:

            async def send(number):
                return await broker.submit(
                    "alice", NewOrder("AAPL", "buy", "1", price="9", client_order_id=f"o{number}")
                )

            async def batch(number):
                sent = [asyncio.ensure_future(send(each)) for each in range(100 * number, 100 * number + 100)]
                await asyncio.sleep(0)
                await asyncio.to_thread(exchange.server.client_kill_filter, _type="normal", skipme=True)
                return await asyncio.gather(*sent)

            return [each for number in range(10) for each in await batch(number)]

    told = asyncio.run(run())
    assert {type(each) for each in told} == {Done}
    assert not any(each.repeated for each in told)
    assert len({each.order for each in told}) == len(told) == len(exchange.accepted()) == 1000


def test_a_client_killed_before_its_reply_finds_the_outcome_later(exchange, tmp_path):
    async def run():
        async with JournalProxy(exchange.url, tmp_path / "p") as proxy:
            client = await asyncio.create_subprocess_exec(
                *CLIENT, proxy.url, str(exchange.shard), "k", "1", "1",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
            )  # fmt: skip
            assert await client.stdout.readline() == b"ready\n"
            proxy.lose, proxy.on_loss = 1, client.kill
            client.stdin.write(b"go\n")
            assert await client.wait() == -signal.SIGKILL
        async with exchange.broker() as broker:
            same = NewOrder("AAPL", "buy", "1", price="1.00", client_order_id="k-0")
            again = await broker.submit("alice", same)
            assert again.repeated
            assert (await broker.find("alice", "k-0")).order == again.order

    asyncio.run(run())
    assert len(exchange.accepted()) == 1


def test_a_worker_killed_in_between_is_waited_for(exchange):
    async def run():
        async with exchange.broker() as broker:
            exchange.worker.kill()
            sent = asyncio.ensure_future(broker.submit("alice", BUY))
            await asyncio.to_thread(exchange.start_worker)
            found = await sent
            assert isinstance(found, Done)
            assert found.status == "open"

    asyncio.run(run())
    assert len(exchange.accepted()) == 1


def test_silence_is_an_unknown_outcome_that_can_be_asked_for(exchange):
    async def run():
        async with exchange.broker(deadline=1) as broker:
            exchange.worker.send_signal(signal.SIGSTOP)
            found = await broker.submit("alice", BUY)
            assert isinstance(found, Unknown)
            assert found.client_order_id == "mine"
            assert isinstance(await broker.find("alice", "mine"), Unknown)
            exchange.worker.send_signal(signal.SIGCONT)
        async with exchange.broker() as broker:
            assert isinstance(await broker.submit("alice", BUY), Done | Refused)  # after it, in the journal's order
            assert not isinstance(await broker.find("alice", "mine"), Unknown)

    asyncio.run(run())
    assert len(exchange.accepted()) <= 1


def test_a_process_that_slept_sends_under_another_number(exchange):
    async def run():
        async with exchange.gateway() as sleeper:
            channel = sleeper.channels[exchange.shard]
            mine = sleeper._producer.current
            exchange.server.delete(f"producer:{mine.number}")  # as if its lease had run out
            async with exchange.gateway() as other:
                assert other._producer.current.number == mine.number
                assert other._producer.current.epoch == mine.epoch + 1
                for gateway in (other, sleeper):
                    row = commands.submit("buy", symbol=1, account=1, quantity=1, price=5)
                    ((_, *_, code, kind, _),) = await gateway.channels[exchange.shard].send(row, 20)
                    assert (code, kind) == (0, Happening.ACCEPTED)
                assert sleeper._producer.current != mine
            assert channel is sleeper.channels[exchange.shard]

    asyncio.run(run())
    assert len(exchange.accepted()) == 2


def test_entry_pauses_when_the_recorder_is_far_behind_and_cancels_pass(exchange, monkeypatch):
    monkeypatch.setattr("arbitrax.trading.gateway.MOST_RECORDER_LAG", 0)

    async def run():
        async with exchange.broker() as broker:
            bought = await broker.submit("alice", BUY)
        exchange.server.hset(f"marks:{exchange.shard}", "recorded", "1-0")
        async with exchange.broker() as broker:
            paused = await broker.submit("alice", NewOrder("AAPL", "buy", "1", price="1"))
            assert (paused.code, paused.retryable, paused.http_status) == ("exchange.paused", True, 503)
            assert (await broker.cancel("alice", bought.order)).status == "cancelled"

    asyncio.run(run())


def test_without_a_worker_nothing_enters(embedded_servers, tmp_path):
    with an_exchange(embedded_servers, tmp_path) as exchange:

        async def run():
            async with exchange.broker() as broker:
                return await broker.submit("alice", BUY)

        found = asyncio.run(run())
        assert (found.code, found.retryable) == ("exchange.no_worker", True)
        assert exchange.submissions() == []


def test_a_closed_session_takes_its_orders_along(exchange):
    async def run():
        async with exchange.broker() as broker:
            broker.connect("alice")
            broker.connect("alice")
            order = NewOrder("AAPL", "buy", "1", price="1", cancel_on_disconnect=True)
            await broker.submit("alice", order)
            assert await broker.disconnect("alice") is None
            assert len(await broker.open_orders("alice")) == 1
            gone = await broker.disconnect("alice")
            assert len(gone.cancelled) == 1
            assert await broker.open_orders("alice") == []

    asyncio.run(run())
