"""Every reason to refuse, by a real worker, as its code outside; nothing changes and nobody crashes."""

import asyncio
from contextlib import asynccontextmanager
from uuid import UUID

import numpy as np
import pytest

from arbitrax.exchange import commands
from arbitrax.exchange.records import COMMAND, Code, Happening
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.exchange_accounts import PostgresAccounts
from arbitrax.storage.redis.client_journal import ValkeyClientJournal
from arbitrax.trading.answers import read_answer
from arbitrax.trading.command_channel import Own
from arbitrax.trading.exchange_broker import ExchangeBroker
from arbitrax.trading.gateway import Gateway
from arbitrax.trading.orders import Done, NewOrder, Refused
from arbitrax.trading.refusals import REFUSALS
from arbitrax.trading.registry import Account, Instrument, Registry
from tests.journal_proxy import JournalProxy

RULES = {"tick_value": 1, "price_step": 5, "quantity_step": 2, "min_notional": 3_000, "max_quantity": 50}
PLAIN, HALTED, CLOSED, AUCTION, RULED = 1, 2, 3, 4, 5
RICH, CASH, LIMITED, KILLED, BUSY = 1, 2, 3, 4, 5
OPENING = [
    commands.instrument(RULED, reference=1_000, band=1_000, **RULES),
    *(commands.instrument(each, reference=100) for each in (PLAIN, HALTED, CLOSED, AUCTION)),
    commands.halt(HALTED), commands.close(CLOSED), commands.auction(AUCTION),
    *(commands.open_account(each, "margin") for each in (RICH, LIMITED, KILLED, BUSY)), commands.open_account(CASH),
    *(commands.deposit(each, 1_000_000) for each in (RICH, LIMITED, KILLED, BUSY)), commands.deposit(CASH, 1_000),
    commands.limits(LIMITED, max_position=100, max_notional=500), commands.limits(BUSY, max_orders=1),
    commands.kill(KILLED),
    commands.submit("sell", symbol=PLAIN, account=RICH, quantity=5, price=101, client_id="resting"),
    commands.submit("buy", symbol=PLAIN, account=BUSY, quantity=1, price=10),
    commands.submit("buy", symbol=PLAIN, account=RICH, quantity=1, price=10, client_id="gone"),
]  # fmt: skip


def changed(row, **fields):
    """Return a command with other fields, that no function would make."""
    one = np.frombuffer(bytearray(row), COMMAND)
    for name, value in fields.items():
        one[name] = value
    return one.tobytes()


def submit(side="buy", *, symbol=PLAIN, account=RICH, quantity=1, price=90, **more):
    return commands.submit(side, symbol=symbol, account=account, quantity=quantity, price=price, **more)


def ruled(price=1_000, quantity=4):
    return submit(symbol=RULED, price=price, quantity=quantity)


REFUSED = {
    "UNKNOWN_KIND": lambda ids: changed(submit(), kind=99),
    "UNKNOWN_SYMBOL": lambda ids: submit(symbol=77),
    "UNKNOWN_ACCOUNT": lambda ids: submit(account=77),
    "BAD_FIELD": lambda ids: changed(submit(), side=7),
    "STALE": lambda ids: changed(submit(), deadline=1),
    "PRICE_NOT_POSITIVE": lambda ids: changed(submit(), price=0),
    "PRICE_OUT_OF_BAND": lambda ids: ruled(price=1_105),
    "QUANTITY_NOT_POSITIVE": lambda ids: changed(submit(), quantity=0),
    "QUANTITY_TOO_LARGE": lambda ids: ruled(quantity=52),
    "NOTIONAL_TOO_SMALL": lambda ids: ruled(quantity=2),
    "OFF_TICK": lambda ids: ruled(price=1_001),
    "OFF_LOT": lambda ids: ruled(quantity=5),
    "UNKNOWN_ORDER": lambda ids: commands.cancel(ids["resting"] + 1_000_000, account=RICH),
    "NOT_OWNER": lambda ids: commands.cancel(ids["resting"], account=CASH),
    "CLIENT_ID_USED": lambda ids: submit("sell", price=102, client_id="resting"),
    "NOTHING_OPEN": lambda ids: commands.cancel(ids["gone"], account=RICH),
    "WOULD_TRADE": lambda ids: submit(account=CASH, price=101, post_only=True),
    "NOT_ALL_AT_ONCE": lambda ids: submit(account=CASH, price=101, quantity=6, time_in_force="fok"),
    "NOT_REDUCING": lambda ids: submit(reduce_only=True),
    "NO_BUYING_POWER": lambda ids: submit(account=CASH, price=90, quantity=12),
    "POSITION_LIMIT": lambda ids: submit(account=LIMITED, price=1, quantity=101),
    "ORDER_LIMIT": lambda ids: submit(account=BUSY, price=10),
    "NOTIONAL_LIMIT": lambda ids: submit(account=LIMITED, price=90, quantity=6),
    "KILLED": lambda ids: submit(account=KILLED),
    "NO_SHORTING": lambda ids: submit("sell", account=CASH, price=102),
    "HALTED": lambda ids: submit(symbol=HALTED),
    "CLOSED": lambda ids: submit(symbol=CLOSED),
    "IN_AUCTION": lambda ids: submit(symbol=AUCTION, time_in_force="ioc"),
    "NOT_IN_AUCTION": lambda ids: commands.uncross(PLAIN),
}  # fmt: skip


@asynccontextmanager
async def gateway_to(shard, url=None):
    gateway = Gateway(ValkeyClientJournal(url or shard.url), {shard.number})
    await gateway.open()
    try:
        yield gateway, gateway.channels[shard.number]
    finally:
        await gateway.close()


async def opened(channel):
    """Send the opening; return ids of orders by client id."""
    answers = [await channel.send(row, 30) for row in OPENING]
    assert not [rows for rows in answers if rows[0][10] == Happening.REFUSED]
    ids = {"resting": answers[-3][0][0], "gone": answers[-1][0][0]}
    await channel.send(commands.cancel(ids["gone"], account=RICH), 30)
    return ids


def test_every_filter_refuses_with_its_code_and_changes_nothing(shard):
    worker = shard.started()

    async def run():
        async with gateway_to(shard) as (_, channel):
            ids = await opened(channel)
            found = {}
            for name, make in REFUSED.items():
                rows = await channel.send(make(ids), 30)
                answer = read_answer(rows, None, "")
                assert len(rows) == 1
                assert isinstance(answer, Refused), (name, answer)
                found[name] = answer.code
            limits = commands.limits(CASH, max_rate=1)
            assert (await channel.send(limits, 30))[0][10] == Happening.CONFIGURED
            many = await asyncio.gather(*(channel.send(submit(account=CASH, price=1), 30) for _ in range(3)))
            codes = {Code(rows[0][9]) for rows in many}
            return found, codes

    found, codes = asyncio.run(run())
    assert found == {name: REFUSALS[Code[name]].code for name in REFUSED}
    assert Code.RATE_LIMIT in codes
    shard.finish(worker)
    events = shard.audit()
    assert (events["kind"] == Happening.FILLED).sum() == 0


def registry(shard):
    return Registry(
        [Instrument("PLAIN", shard.number, PLAIN, "0.01", "1", "0.01", "USD")],
        [Account(UUID(int=1), "rich", shard.number, RICH, "USD", "0.01", "margin")],
    )


@pytest.fixture
def database(postgres_url):
    with Database(postgres_url) as found:
        yield found


def broker_of(shard, gateway, database, **more):
    return ExchangeBroker(gateway, registry(shard), PostgresAccounts(database), None, **more)


class HoldingProxy(JournalProxy):
    """Keeps what goes to the server until it may go on."""

    def __init__(self, url, path):
        super().__init__(url, path)
        self.free = asyncio.Event()
        self.free.set()

    async def _serve(self, reader, writer):
        await super()._serve(HeldReader(reader, self.free), writer)


class HeldReader:
    """What a client sends, an XADD not before it is free to go."""

    def __init__(self, reader, free):
        self._reader, self._free = reader, free

    async def read(self, size):
        data = await self._reader.read(size)
        if b"XADD" in data:
            await self._free.wait()
        return data


def test_an_order_that_is_on_its_way_beyond_its_deadline_is_stale(shard, tmp_path, database):
    worker = shard.started()

    async def run():
        async with gateway_to(shard) as (_, channel):
            await opened(channel)
        async with HoldingProxy(shard.url, tmp_path / "p") as proxy, gateway_to(shard, proxy.url) as (gateway, _):
            broker, order = (
                broker_of(shard, gateway, database, deadline=200),
                NewOrder("PLAIN", "buy", "1", price="0.90"),
            )
            proxy.free.clear()
            sent = asyncio.ensure_future(broker.submit("rich", order))
            late = gateway.now() + 250
            while gateway.now() < late:
                await asyncio.sleep(0)
            proxy.free.set()
            stale = await sent
            return stale, await broker_of(shard, gateway, database).submit("rich", order)

    stale, again = asyncio.run(run())
    assert (stale.code, stale.http_status, stale.retryable) == ("order.stale", 409, True)
    assert isinstance(again, Done)
    shard.finish(worker)
    shard.audit()


def test_beyond_the_memory_mark_entry_answers_503_and_cancels_pass(shard, database):
    worker = shard.started()

    async def run():
        async with gateway_to(shard) as (gateway, channel):
            await opened(channel)
            broker = broker_of(shard, gateway, database)
            order = NewOrder("PLAIN", "buy", "1", price="0.90")
            bought = await broker.submit("rich", order)
            used = int(dict(_pairs(shard.channel.ask("INFO", "memory")))["used_memory"])
            shard.channel.ask("CONFIG", "SET", "maxmemory", used * 8 // 7)
            try:
                while gateway.closed(shard.number) is None:
                    await asyncio.sleep(0.01)
                paused = await broker.submit("rich", order)
                amended = await broker.amend("rich", bought.order, quantity="2")
                cancelled = await broker.cancel("rich", bought.order)
            finally:
                shard.channel.ask("CONFIG", "SET", "maxmemory", 0)
            while gateway.closed(shard.number) is not None:
                await asyncio.sleep(0.01)
            return paused, amended, cancelled, await broker.submit("rich", order)

    paused, amended, cancelled, after = asyncio.run(run())
    assert (paused.code, paused.http_status, paused.retryable) == ("exchange.paused", 503, True)
    assert "the journal's memory is" in paused.sentence
    assert amended.code == "exchange.paused"
    assert cancelled.status == "cancelled"
    assert after.status == "open"
    shard.finish(worker)
    shard.audit()


def _pairs(text):
    return [line.split(":", 1) for line in text.decode().split("\r\n") if ":" in line]


def test_copies_of_entries_that_arrive_late_and_out_of_order_are_not_executed(shard):
    worker = shard.started()
    dice = np.random.default_rng(5)

    async def run():
        async with gateway_to(shard) as (_, channel):
            await opened(channel)
            answers = []
            for number in range(20):
                rows = [submit(price=80 - number, client_id=f"o{number}-{each}") for each in range(5)]
                answers += await asyncio.gather(*(channel.send(row, 30) for row in rows))
                there = shard.channel.ask("XRANGE", shard.journal.key, "-", "+")
                for at in dice.integers(1, len(there), 3):  # any but the one that opened the epoch
                    shard.channel.ask("XADD", shard.journal.key, "*", *there[at][1])
            return answers

    answers = asyncio.run(run())
    assert [rows[0][10] for rows in answers] == [Happening.ACCEPTED] * 100
    shard.finish(worker)
    events = shard.audit()
    assert (events["kind"] == Happening.ACCEPTED).sum() == 103
    assert (events["code"] == Code.REPEATED).sum() > 0


def test_a_copy_of_the_entry_that_opened_the_epoch_is_refused(shard):
    worker = shard.started()
    first = shard.channel.ask("XRANGE", shard.journal.key, "-", "+", "COUNT", 1)[0][1]
    shard.channel.ask("XADD", shard.journal.key, "*", *first)
    shard.finish(worker)
    events = shard.audit()
    assert events["kind"].tolist() == [Happening.CONFIGURED, Happening.REFUSED]


def test_a_batch_with_another_identitys_old_number_is_not_sent_again(shard):
    """What a deposit of an older number is told concerns that deposit, not those that travel with it."""
    worker = shard.started()

    async def run():
        async with gateway_to(shard) as (_, channel):
            await opened(channel)
            paid = await channel.send(commands.deposit(RICH, 5), 30, Own(9_000_000, 1, 2))
            both = await asyncio.gather(
                channel.send(submit(price=50), 30), channel.send(commands.deposit(RICH, 5), 30, Own(9_000_000, 1, 1))
            )
            return paid, both

    paid, (order, old) = asyncio.run(run())
    assert paid[0][10] == Happening.CASH
    assert order[0][10] == Happening.ACCEPTED
    assert (old[0][10], old[0][9]) == (Happening.REFUSED, Code.REPEATED)
    shard.finish(worker)
    events = shard.audit()
    assert (events["kind"] == Happening.ACCEPTED).sum() == 4
