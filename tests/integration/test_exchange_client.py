"""The client of the exchange, on a real Valkey and a real worker: what is told is true, once, whatever breaks."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import valkey
from msgspec import structs
from msgspec.structs import replace

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.exchange import commands
from arbitrax.exchange.journal import EntryId, read_command_entry, read_event_entry
from arbitrax.exchange.recording.recorder import Recorder
from arbitrax.exchange.records import COMMAND, WINDOW_TIME, Happening, Kind
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.exchange_accounts import PostgresAccounts
from arbitrax.storage.postgres.exchange_records import PostgresRecords
from arbitrax.storage.postgres.exchange_registry import PostgresRegistryStore
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.redis.client_journal import ValkeyClientJournal
from arbitrax.storage.redis.feed_source import ValkeyFeedSource
from arbitrax.storage.redis.recorder_server import ValkeyShardStreams
from arbitrax.trading.client_ids import new_client_order_id
from arbitrax.trading.command_channel import NotSentError
from arbitrax.trading.exchange_broker import ExchangeBroker
from arbitrax.trading.gateway import Gateway
from arbitrax.trading.order_form import encode
from arbitrax.trading.orders import BookDepth, DepthLevel, Done, NewOrder, OrderState, Refused, Unknown
from arbitrax.trading.registry import Account, Instrument, Registry
from tests.exchange_processes import SHARDS
from tests.integration.exchange_service.shard import until
from tests.journal_proxy import JournalProxy

ROOT = Path(__file__).parents[2]
CLIENT = [sys.executable, "-m", "tests.exchange_client"]
BUY = NewOrder("AAPL", "buy", "3", price="100.00", client_order_id="mine")


class Exchange:
    """A shard of its own for a test, with a worker."""

    def __init__(self, url: str, home: Path, database_url: str, cache_url: str) -> None:
        self.url, self._home, self._cache_url = url, home, cache_url
        self.shard = next(SHARDS)
        self._processes: list[subprocess.Popen] = []
        self.server = valkey.Valkey.from_url(url)
        self.database = Database(database_url)
        store = PostgresRegistryStore(self.database)
        instruments = [Instrument("AAPL", self.shard, 1, "0.01", "1", "0.01", "USD")]
        accounts = [
            Account(uuid4(), name, self.shard, number, "USD", "0.01", kind)
            for number, (name, kind) in enumerate([("alice", "margin"), ("bob", "cash")], 1)
        ]
        self.registry = Registry(store.add_instruments(instruments), store.add_accounts(accounts))

    def serve(self, what: str, ready: str) -> subprocess.Popen:
        urls = {
            "ARBITRAX_REDIS_URL": self.url,
            "ARBITRAX_DATABASE_URL": self.database.url,
            "ARBITRAX_CACHE_URL": self._cache_url,
        }
        log = self._home / f"{what}-{len(self._processes)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "arbitrax.cli.main", "serve", what, "--shard", str(self.shard)],
                env={**os.environ, "ARBITRAX_HOME": str(self._home), **urls}, stderr=file,
            )  # fmt: skip
        self._processes.append(process)
        until(lambda: ready in log.read_text(), f"{what} is ready")
        return process

    def start_worker(self) -> subprocess.Popen:
        return self.serve("exchange", "recovery.done")

    def record(self) -> None:
        """Record all there is, as `serve recorder` does."""
        with ValkeyShardStreams(self.url, self.shard) as streams:
            recorder = Recorder(self.shard, streams, PostgresRecords(self.database, self.shard), [].append)
            while recorder.step(0):
                pass

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
        async with self.gateway(url) as gateway, ValkeyFeedSource(self._cache_url) as source:
            records = PostgresAccounts(self.database)
            yield ExchangeBroker(gateway, self.registry, records, partial(opened, source), deadline=deadline)

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
        for process in self._processes:
            process.kill()
            process.wait()
        self.server.close()
        self.database.close()


async def opened(source):
    return source


@pytest.fixture
def idle(embedded_servers, tmp_path, postgres_url, cache_url):
    """A shard without a worker."""
    exchange = Exchange(embedded_servers.journal_url(), tmp_path, postgres_url, cache_url)
    try:
        yield exchange
    finally:
        exchange.close()


@pytest.fixture
def exchange(idle):
    idle.worker = idle.start_worker()
    asyncio.run(idle.configure())
    return idle


def test_an_order_asked_for_by_its_number_is_the_one_that_is_listed(exchange):
    async def run():
        bob = exchange.registry.account("bob")
        async with exchange.broker() as broker, exchange.gateway() as gateway:
            for row in (commands.open_account(2), commands.deposit(2, bob.cash.read("1000"))):
                await gateway.channels[exchange.shard].send(row, 20)
            prices = ("100.00", "101.00", "102.00")
            sold = [replace(BUY, side="sell", client_order_id=f"s-{each}", price=each) for each in prices]
            sold = await broker.submit_all("alice", sold)
            await broker.submit("bob", replace(BUY, price="101.00", quantity="4"))
            await broker.cancel("alice", sold[-1].order)

    asyncio.run(run())
    exchange.record()
    keys = {"shard": exchange.shard, "account": None, "everything": True, "client": None}
    with exchange.database.connection() as connection:
        listed = connection.execute(statement("exchange_orders_find"), keys).fetchall()
        ids = [row[4] for row in listed]
        by_id = {"shard": exchange.shard, "orders": ids}
        found = connection.execute(statement("exchange_orders_by_id"), by_id).fetchall()
        none = connection.execute(statement("exchange_orders_by_id"), by_id | {"orders": [uuid4()]}).fetchall()
    assert len(listed) == 4
    assert sorted(found, key=str) == sorted(listed, key=str)
    assert [row[:5] for row in none] == [(*listed[0][:4], None)]


def test_an_order_lives_from_submission_to_cancel(exchange):
    async def run():
        async with exchange.broker() as broker:
            bought = await broker.submit("alice", BUY)
            assert isinstance(bought, Done)
            assert (bought.status, bought.open, bought.client_order_id) == ("open", "3", "mine")
            again = await broker.submit("alice", BUY)
            assert again == structs.replace(bought, repeated=True)
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
    bob = exchange.registry.account("bob")

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


def test_without_a_worker_nothing_enters(idle):
    async def run():
        async with idle.broker() as broker:
            return await broker.submit("alice", BUY)

    found = asyncio.run(run())
    assert (found.code, found.retryable) == ("exchange.no_worker", True)
    assert idle.submissions() == []


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


def forget(exchange):
    """Let the engine forget client order ids of closed orders at once, as it does in time, and record all there is."""

    async def run():
        async with exchange.gateway() as gateway:
            row = np.zeros(1, COMMAND)
            row["kind"] = Kind.WINDOW
            assert await gateway.channels[exchange.shard].send(row.tobytes(), 20)

    asyncio.run(run())
    exchange.record()


def test_what_the_exchange_forgot_postgresql_remembers_with_the_first_outcome(exchange, monkeypatch):
    poor = NewOrder("AAPL", "buy", "9000000", price="9000.00", client_order_id="poor")

    async def first():
        async with exchange.broker() as broker:
            bought = await broker.submit("alice", BUY)
            await broker.amend("alice", bought.order, quantity="2", price="90.00")
            await broker.cancel("alice", bought.order)
            return bought, await broker.submit("alice", poor)

    bought, refused = asyncio.run(first())
    assert refused.code == "risk.no_buying_power"
    forget(exchange)

    async def again():
        async with exchange.broker() as broker:
            return [await broker.submit("alice", each) for each in (BUY, poor, structs.replace(BUY, quantity="4"))]

    monkeypatch.setattr("arbitrax.trading.past_orders.REMEMBERED", 0)
    repeated, still_poor, other = asyncio.run(again())
    assert repeated == structs.replace(bought, repeated=True)
    assert still_poor == structs.replace(refused, repeated=True)
    assert other.code == "order.client_id_used"
    assert len(exchange.accepted()) == 1
    monkeypatch.setattr("arbitrax.trading.past_orders.REMEMBERED", 10**15)  # without the look it would be bought again
    assert asyncio.run(again())[0].status == "open"
    assert len(exchange.accepted()) == 2


def test_only_ids_that_may_be_old_are_looked_up_and_those_that_wait_go_together(exchange, monkeypatch):
    looks = []
    look = PostgresAccounts.first_outcomes
    monkeypatch.setattr(PostgresAccounts, "first_outcomes", lambda self, ids: looks.append(len(ids)) or look(self, ids))

    async def run():
        async with exchange.broker() as broker:
            now = broker._gateway.now()
            made = [new_client_order_id(now) for _ in range(100)] + [f"mine-{number}" for number in range(100)]
            orders = [NewOrder("AAPL", "buy", "1", price="1", client_order_id=each) for each in made]
            told = await asyncio.gather(*(broker.submit("alice", each) for each in orders))
            assert {each.status for each in told} == {"open"}
            assert sum(looks) == 100
            assert len(looks) <= 3
            old = structs.replace(BUY, client_order_id=new_client_order_id(now - WINDOW_TIME))
            assert (await broker.submit("alice", old)).status == "open"
            assert sum(looks) == 101
            early = structs.replace(BUY, client_order_id=new_client_order_id(now + WINDOW_TIME))
            assert (await broker.submit("alice", early)).code == "order.client_id_misdated"
            assert sum(looks) == 101

            def away(self, ids):
                raise StoreUnavailableError("PostgreSQL is away.")

            monkeypatch.setattr(PostgresAccounts, "first_outcomes", away)
            paused = await broker.submit("alice", BUY)
            assert (paused.code, paused.retryable) == ("exchange.paused", True)
            fresh = structs.replace(BUY, client_order_id=new_client_order_id(now))
            assert (await broker.submit("alice", fresh)).status == "open"

    asyncio.run(run())


def test_reads_are_the_recorded_past_and_the_events_since(exchange):
    async def run():
        async with exchange.broker() as broker:
            await broker.submit("bob", NewOrder("AAPL", "buy", "5", price="100.00", client_order_id="b"))
            sold = await broker.submit("alice", NewOrder("AAPL", "sell", "2", price="100.00", client_order_id="s"))
            await asyncio.to_thread(exchange.record)
            await asyncio.to_thread(trim, exchange)
            await broker.submit("alice", NewOrder("AAPL", "sell", "1", price="99.00", client_order_id="t"))
            stop = NewOrder("AAPL", "buy", "4", type="stop", stop="120.00", client_order_id="u")
            stop = await broker.submit("alice", stop)
            (left,) = await broker.open_orders("bob")
            assert (left.client_order_id, left.filled, left.open, left.average_price) == ("b", "3", "2", "100.000000")
            (waits,) = await broker.open_orders("alice")
            assert (waits.order, waits.type, waits.stop, waits.price) == (stop.order, "stop", "120.00", None)
            assert (await broker.order("alice", sold.order)).status == "filled"
            assert await broker.order("bob", sold.order) is None
            assert (await broker.find("alice", "t")).status == "filled"
            assert (await broker.find("bob", "b")).order == left.order
            assert isinstance(await broker.find("bob", "nothing"), Unknown)
            assert [(each.quantity, each.cost) for each in await broker.positions("bob")] == [("3", "300.00")]
            assert [(each.quantity, each.cost) for each in await broker.positions("alice")] == [("-3", "-300.00")]
            assert (await broker.account("bob")).cash == "9700.00"
            before = await broker.account("alice"), await broker.positions("alice"), await broker.open_orders("alice")
            await asyncio.to_thread(exchange.record)
            await asyncio.to_thread(trim, exchange)
            after = await broker.account("alice"), await broker.positions("alice"), await broker.open_orders("alice")
            assert [each.recorded for each in before[2]] == [None] * len(before[2])
            assert all(each.recorded is not None for each in after[2])
            assert (*after[:2], [replace(each, recorded=None) for each in after[2]]) == before

    async def fund():
        async with exchange.gateway() as gateway:
            for row in (commands.open_account(2), commands.deposit(2, 1_100_000), commands.withdraw(2, 100_000)):
                assert await gateway.channels[exchange.shard].send(row, 20)

    asyncio.run(fund())
    asyncio.run(run())


def test_orders_that_are_read_together_are_each_as_of_now(exchange):
    async def run():
        async with exchange.broker() as broker, exchange.broker() as other:

            async def made(number):
                sent = await broker.submit("alice", NewOrder("AAPL", "buy", "3", price=f"{50 + number}.00"))
                reader = other if number % 2 else broker
                new, cash = await asyncio.gather(reader.order("alice", sent.order), reader.account("alice"))
                assert (new.order, new.price, new.open) == (sent.order, f"{50 + number}.00", "3")
                assert cash.open_orders
                assert await reader.order("bob", sent.order) is None
                await broker.amend("alice", sent.order, quantity="2")
                assert (await reader.order("alice", sent.order)).open == "2"
                if number == 20:
                    await asyncio.to_thread(exchange.record)
                if number % 3:
                    await broker.cancel("alice", sent.order)
                return await reader.order("alice", sent.order)

            found = await asyncio.gather(*(made(number) for number in range(40)))
            assert [each.status for each in found] == ["cancelled" if number % 3 else "open" for number in range(40)]
            assert await other.order("alice", "ord_00000000000000ff") is None
            assert (await other.account("alice")).open_orders == 14

    asyncio.run(run())


def test_a_journal_that_lost_its_end_between_two_reads_is_told_not_mixed(exchange):
    async def run():
        async with exchange.broker() as broker:
            first = await broker.submit("alice", BUY)
            await asyncio.to_thread(exchange.record)
            second = await broker.submit("alice", NewOrder("AAPL", "buy", "1", price="99.00"))
            assert (await broker.order("alice", second.order)).status == "open"
            newest = (await asyncio.to_thread(exchange.server.xrevrange, f"events:{exchange.shard}", count=1))[0][0]
            await asyncio.to_thread(exchange.server.xdel, f"events:{exchange.shard}", newest)
            assert (await broker.order("alice", first.order)).status == "open"
            assert await broker.order("alice", second.order) is None
            await asyncio.to_thread(exchange.server.delete, f"events:{exchange.shard}")
            with pytest.raises(StoreUnavailableError, match="do not meet"):
                await broker.order("alice", first.order)

    asyncio.run(run())


def trim(exchange):
    """Let the server keep nothing that is recorded and archived."""
    mark = exchange.server.hget(f"marks:{exchange.shard}", "recorded")
    for stream in ("commands", "events"):
        exchange.server.xtrim(f"{stream}:{exchange.shard}", minid=mark, approximate=False)


def test_a_database_that_is_of_another_history_is_told_not_mixed(exchange):
    async def run():
        async with exchange.broker() as broker:
            await broker.submit("alice", BUY)
            await asyncio.to_thread(exchange.record)
            await asyncio.to_thread(exchange.server.delete, f"events:{exchange.shard}")
            with pytest.raises(StoreUnavailableError, match="do not meet"):
                await broker.open_orders("alice")

    asyncio.run(run())


def test_the_book_is_read_from_the_feed(exchange):
    async def run():
        async with exchange.broker() as broker:
            with pytest.raises(StoreUnavailableError, match="when the feed of shard"):
                await broker.depth("AAPL")
            await asyncio.to_thread(exchange.serve, "feed", "from=")
            await broker.submit("alice", BUY)
            async with asyncio.timeout(60):
                while not (await depth(broker)).bids:
                    await asyncio.sleep(0.01)
            assert (await broker.depth("AAPL")).bids == (DepthLevel("100.00", "3"),)

    async def depth(broker):
        try:
            return await broker.depth("AAPL")
        except StoreUnavailableError:
            return BookDepth("AAPL", (), (), None)

    asyncio.run(run())


def test_what_never_left_is_told_as_not_sent(exchange, tmp_path):
    async def run():
        async with JournalProxy(exchange.url, tmp_path / "p") as proxy, exchange.gateway(proxy.url) as gateway:
            channel = gateway.channels[exchange.shard]
            proxy.lose = 1_000  # the first hangs until its time is up, the second behind it never leaves
            row = commands.submit("buy", symbol=1, account=1, quantity=1, price=5, client_id="first")
            first = asyncio.ensure_future(channel.send(row, 3))
            await asyncio.sleep(0.5)
            row = commands.submit("buy", symbol=1, account=1, quantity=1, price=5, client_id="second")
            with pytest.raises(NotSentError, match="was not"):
                await channel.send(row, 0.5)
            await first

    asyncio.run(run())
    assert b"second" not in exchange.submissions()


def test_an_order_sent_again_while_its_entry_is_unanswered_waits_for_that_entry(exchange):
    async def run():
        async with exchange.broker(deadline=1) as broker:
            exchange.worker.send_signal(signal.SIGSTOP)
            row = encode(BUY, broker._registry.account("alice"), broker._registry.instrument("AAPL"))
            channel = broker._gateway.channels[exchange.shard]
            assert await channel.send(row, 0.2) is None
            again = asyncio.ensure_future(channel.send(row, 60))
            await asyncio.sleep(0)
            exchange.worker.send_signal(signal.SIGCONT)
            (answer,) = await again
            assert answer[10] == Happening.ACCEPTED

    asyncio.run(run())
    assert exchange.submissions() == [b"mine"]


def test_answers_that_a_busy_process_did_not_read_in_time_are_found(exchange):
    async def run():
        async with exchange.broker() as broker:
            row = encode(BUY, broker._registry.account("alice"), broker._registry.instrument("AAPL"))
            channel = broker._gateway.channels[exchange.shard]
            sent = asyncio.ensure_future(channel.send(row, 0.5))
            while not exchange.submissions():
                await asyncio.sleep(0)
            until(exchange.accepted, "executed, while this process does nothing else")
            end = asyncio.get_running_loop().time() + 0.6
            until(lambda: asyncio.get_running_loop().time() > end, "its time is up")
            (answer,) = await sent
            assert answer[10] == Happening.ACCEPTED

    asyncio.run(run())


def test_orders_that_are_sent_together_enter_in_their_order(exchange):
    async def run():
        async with exchange.broker() as broker:
            now = broker._gateway.now()
            ids = [new_client_order_id(now) if number % 2 else f"own-{number}" for number in range(200)]
            orders = [NewOrder("AAPL", "buy", "1", price="1.00", client_order_id=each) for each in ids]
            orders[7] = structs.replace(orders[7], price="1.005")
            told = await broker.submit_all("alice", orders)
            assert told[7].code == "order.price_off_tick"
            del told[7], ids[7]
            assert [each.client_order_id for each in told] == ids
            numbers = [each.order for each in told]
            assert numbers == sorted(numbers)
            again = await broker.submit_all("alice", orders[:7])
            assert [(each.order, each.repeated) for each in again] == [(each.order, True) for each in told[:7]]

    asyncio.run(run())
    assert len(exchange.accepted()) == 199


def test_while_the_journal_is_silent_entry_closes(exchange, monkeypatch):
    async def run():
        async with exchange.broker() as broker:
            monkeypatch.setattr("arbitrax.trading.gateway.WITHOUT_JOURNAL", -1.0)
            closed = await broker.submit("alice", BUY)
            assert (closed.code, closed.http_status, closed.retryable) == ("exchange.no_journal", 503, True)

    asyncio.run(run())
    assert exchange.submissions() == []


def test_who_follows_an_account_hears_how_it_is_and_then_all_that_happens(exchange):
    async def run():
        async with exchange.broker() as broker:
            rested = await broker.submit("alice", BUY)
            await asyncio.to_thread(exchange.record)
            async with asyncio.timeout(60), aclosing(broker.follow("alice")) as updates:
                first = await anext(updates)
                assert [each.order for each in first.orders] == [rested.order]
                assert (first.fills, first.positions, first.cash) == ((), (), "10000000000.00")
                async with exchange.gateway() as other:
                    channel = other.channels[exchange.shard]
                    assert await channel.send(commands.open_account(2), 20)
                    assert await channel.send(commands.deposit(1, 500), 20)
                    await broker.submit("alice", NewOrder("AAPL", "sell", "1", price="200.00", client_order_id="s"))
                    sold = await broker.submit("alice", NewOrder("AAPL", "sell", "2", price="100.00"))
                paid, second, third = [await anext(updates) for _ in range(3)]
                assert paid.cash == "10000000005.00"
                assert [(each.client_order_id, each.status) for each in second.orders] == [("s", "open")]
                assert (third.fills, third.positions) == ((), ())
                assert [(each.order, each.reason) for each in third.orders] == [(sold.order, "order.self_trade")]
                await broker.cancel("alice", rested.order)
                last = await anext(updates)
                assert [(each.order, each.status) for each in last.orders] == [(rested.order, "cancelled")]
                assert (await broker.account("alice")).cash == last.cash

    asyncio.run(run())
