"""Whose account is whose, and when the registry is read again."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from arbitrax.domain.errors import InputError, StoreUnavailableError, UnknownNameError
from arbitrax.domain.ids import new_uuid
from arbitrax.services import trading_desk
from arbitrax.services.trading_desk import TradingDesk
from arbitrax.trading.registry import Account

ADA, BOB = new_uuid(1), new_uuid(2)


def account(number, name, owner=None, shard=0):
    return Account(new_uuid(number * 1_000_000), name, shard, number, "USD", "0.01", "cash", owner)


class Broker:
    """Notes which shards it was asked to reach."""

    def __init__(self):
        self.reached = []

    async def reach(self, shard):
        self.reached.append(shard)


class Store:
    """Rows that change, and reads that are counted."""

    def __init__(self, *accounts):
        self.accounts, self.reads, self.broker, self.failure = list(accounts), 0, Broker(), None

    def desk(self):
        async def load():
            self.reads += 1
            if self.failure is not None:
                raise self.failure
            return [], list(self.accounts)

        @asynccontextmanager
        async def opened(registry, shards):
            yield self.broker

        return TradingDesk(load, opened)


@pytest.fixture
def always_fresh_enough(monkeypatch):
    monkeypatch.setattr(trading_desk, "REFRESH_SECONDS", 0.0)


def test_an_account_is_found_by_its_owner_only():
    adas, bobs, operators = account(1, "demo", ADA), account(2, "demo", BOB), account(3, "house")
    desk = Store(adas, bobs, operators).desk()

    async def run():
        assert await desk.account("demo", ADA) == adas
        assert await desk.account(None, BOB) == bobs
        assert await desk.account(operators.text, None) == operators
        for name in (bobs.text, "house", operators.text):
            with pytest.raises(UnknownNameError):
                await desk.account(name, ADA)
        for name in ("demo", None):
            with pytest.raises(InputError, match="several"):
                await desk.account(name, None)
        assert await desk.accounts(ADA) == [adas]

    asyncio.run(run())


def test_what_came_since_is_found_and_its_shard_reached(always_fresh_enough):
    store = Store(account(1, "first", ADA))
    desk = store.desk()

    async def run():
        await desk.account("first", ADA)
        second = account(2, "second", ADA, shard=7)
        store.accounts.append(second)
        assert await desk.account("second", ADA) == second
        await desk.account("second", ADA)

    asyncio.run(run())
    assert store.broker.reached == [7]


def test_names_that_nobody_has_do_not_read_the_store_each_time():
    store = Store()
    desk = store.desk()

    async def ask():
        with pytest.raises(UnknownNameError):
            await desk.account("nobody", ADA)

    async def run():
        await asyncio.gather(*(ask() for _ in range(50)))

    asyncio.run(run())
    assert store.reads == 2  # as they began, and once more for all of them


def test_an_account_made_a_moment_ago_is_found():
    store = Store(account(1, "first", ADA))
    desk = store.desk()

    async def run():
        await desk.account("first", ADA)
        second = account(2, "second", ADA)
        store.accounts.append(second)
        assert await asyncio.gather(*(desk.account("second", ADA) for _ in range(5))) == [second] * 5

    asyncio.run(run())
    assert store.reads == 2


def test_what_is_known_is_found_while_the_store_is_down(monkeypatch):
    monkeypatch.setattr(trading_desk, "STALE_SECONDS", 0.0)
    store = Store(account(1, "first", ADA))
    desk = store.desk()

    async def run():
        await desk.account("first", ADA)
        store.failure = StoreUnavailableError("down")
        assert (await desk.account("first", ADA)).name == "first"
        await asyncio.sleep(0)
        assert (await desk.account("first", ADA)).name == "first"

    asyncio.run(run())
