"""The house's market maker on a running exchange: what it quotes, and what becomes of its quotes."""

import asyncio
import itertools
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from arbitrax.bootstrap import open_broker, read_registry
from arbitrax.settings import Settings
from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.trading import house_maker
from arbitrax.trading.exchange_broker import ExchangeBroker
from arbitrax.trading.house_maker import LEVELS, HouseMaker, Quoted
from arbitrax.trading.orders import Done, NewOrder, OrderState, Side
from arbitrax.trading.synthetic_price import SyntheticPrice
from tests.exchange_processes import Exchange
from tests.integration.conftest import TEMPLATE, new_database

COIN = Quoted("COIN", "100", "0.05", "1", "20", 2e-4)
START = 1_795_775_981.0
_ids = itertools.count()


@pytest.fixture(scope="module")
def settings(
    embedded_servers: EmbeddedServers, postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    with new_database(postgres_server, TEMPLATE) as url:
        yield Settings(
            home=tmp_path_factory.mktemp("home"),
            database_url=url,
            redis_url=embedded_servers.journal_url(),
            cache_url=embedded_servers.cache_url(),
        )


@pytest.fixture(scope="module")
def exchange(settings: Settings) -> Iterator[Exchange]:
    running = Exchange(settings, ["maker", "taker"])
    yield running
    running.close()


class Desk:
    """A maker whose clock is ours, and who trades with it."""

    def __init__(self, broker: ExchangeBroker) -> None:
        self.broker, self.said, self.now, self.phase = broker, list[str](), START, "continuous"
        self.maker = self.another()

    def another(self) -> HouseMaker:
        return HouseMaker(self.broker, "maker", [COIN], self._phase, self.said.append, clock=lambda: self.now)

    async def _phase(self, symbol: str) -> str:
        return self.phase

    async def turns(self, count: int, seconds: float = 0.5) -> None:
        for _ in range(count):
            await self.maker.turn()
            self.now += seconds

    async def open(self, side: Side) -> list[OrderState]:
        """Return its orders of a side, best first."""
        found = [each for each in await self.broker.open_orders("maker") if each.side == side]
        return sorted(found, key=lambda each: Decimal(str(each.price)), reverse=side == "buy")

    async def take(self, side: Side, quantity: str) -> Done:
        order = NewOrder("COIN", side, quantity, type="market", time_in_force="ioc", client_order_id=f"m{next(_ids)}")
        found = await self.broker.submit("taker", order)
        assert isinstance(found, Done)
        return found


Story = Callable[[Desk], Coroutine[Any, Any, None]]


@pytest.fixture
def tell(settings: Settings, exchange: Exchange) -> Callable[[Story], None]:
    """A function that runs a story with the exchange as the last one has left it, without its orders."""

    @asynccontextmanager
    async def desk() -> AsyncIterator[Desk]:
        async with open_broker(settings, read_registry(settings), {exchange.shard}) as broker:
            found = Desk(broker)
            await found.maker.begin()
            yield found
            await broker.revive("maker")
            for account in ("maker", "taker"):
                await broker.cancel_all(account)
            held = {each.symbol: Decimal(each.quantity) for each in await broker.positions("maker")}.get("COIN", 0)
            if held:  # give it back at one price
                side: Side = "buy" if held < 0 else "sell"
                other: Side = "sell" if held < 0 else "buy"
                for account, way in (("taker", other), ("maker", side)):
                    order = NewOrder("COIN", way, f"{abs(held)}", price="100", client_order_id=f"b{next(_ids)}")
                    assert isinstance(await broker.submit(account, order), Done)

    def run(story: Story) -> None:
        async def all_of_it() -> None:
            async with desk() as found:
                await story(found)

        asyncio.run(all_of_it())

    return run


def grid(orders: list[OrderState]) -> list[Decimal]:
    return [Decimal(str(each.price)) for each in orders]


def test_five_a_side_stand_on_the_grid_around_the_price_and_follow_it(tell: Callable[[Story], None]) -> None:
    async def story(desk: Desk) -> None:
        price, seen, kept = SyntheticPrice("COIN", 100.0, COIN.volatility, 0), set[Decimal](), 0
        before = set[str]()
        for _ in range(40):
            await desk.turns(1)
            bids, asks = await desk.open("buy"), await desk.open("sell")
            assert len(bids) == len(asks) == LEVELS
            step, fair = Decimal(COIN.step), price.at(desk.now - 0.5)
            assert all(each % step == 0 for each in grid(bids) + grid(asks))
            assert float(grid(bids)[0]) < fair < float(grid(asks)[0])
            assert grid(asks)[0] - grid(bids)[0] <= 2 * step
            assert all(above - below == step for above, below in itertools.pairwise(grid(bids)))
            ids = {each.order for each in bids + asks}
            kept += len(ids & before) > LEVELS  # orders that need not move keep their place in the queue
            before = ids
            seen.add(grid(bids)[0])
        assert len(seen) > 3
        assert kept > 30
        assert desk.said == []

    tell(story)


def test_what_is_taken_comes_back_and_what_it_holds_bends_its_prices(tell: Callable[[Story], None]) -> None:
    async def story(desk: Desk) -> None:
        await desk.turns(1, 0)
        plain = grid(await desk.open("sell"))
        done = await desk.take("buy", "9")
        assert done.filled == "9.00"
        await desk.turns(1, 0)
        leaning = grid(await desk.open("sell"))
        assert len(leaning) == LEVELS
        assert leaning[0] > plain[0]  # it owes: it asks for more
        await desk.turns(1, 0)
        while Decimal((await desk.take("buy", "5")).filled or "0"):
            await desk.turns(1, 0)
            if not await desk.open("sell"):
                break
        assert await desk.open("sell") == []  # it owes all that it may
        assert len(await desk.open("buy")) == LEVELS
        await desk.take("sell", "3")
        await desk.turns(1, 0)
        assert len(await desk.open("sell")) == LEVELS or await desk.open("buy")

    tell(story)


def test_the_next_one_takes_away_what_the_last_one_left(tell: Callable[[Story], None]) -> None:
    async def story(desk: Desk) -> None:
        await desk.turns(1)
        left = {each.order for each in await desk.broker.open_orders("maker")}
        assert len(left) == 2 * LEVELS
        desk.maker = desk.another()
        await desk.maker.begin()
        assert await desk.broker.open_orders("maker") == []
        await desk.turns(1)
        again = {each.order for each in await desk.broker.open_orders("maker")}
        assert len(again) == 2 * LEVELS
        assert not again & left
        await desk.maker.end()
        assert await desk.broker.open_orders("maker") == []

    tell(story)


def test_when_it_is_gone_its_orders_go(tell: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(desk: Desk) -> None:
        await desk.turns(1)
        assert len(await desk.open("buy")) == LEVELS
        # Its last word comes with no orders: those that a slow turn sends after the switch acted would stay.
        monkeypatch.setattr(house_maker, "DEAD_MAN", 50)
        desk.phase, desk.now = "closed", desk.now + house_maker.POSTPONE_SECONDS
        await desk.turns(1)
        end = time.monotonic() + 30
        while await desk.broker.open_orders("maker"):
            assert time.monotonic() < end
            await asyncio.to_thread(threading.Event().wait, 0.02)

    tell(story)


def test_it_leaves_a_closed_market_alone(tell: Callable[[Story], None]) -> None:
    async def story(desk: Desk) -> None:
        desk.phase = "closed"
        await desk.turns(3)
        assert await desk.broker.open_orders("maker") == []
        desk.phase = "auction"
        await desk.turns(1)
        assert len(await desk.broker.open_orders("maker")) == 2 * LEVELS

    tell(story)


def test_refused_it_says_so_once_and_rests_and_goes_on_when_it_may(tell: Callable[[Story], None]) -> None:
    async def story(desk: Desk) -> None:
        await desk.broker.kill("maker")
        await desk.turns(30)
        assert desk.said == ["maker.refused symbol=COIN code=risk.killed"]
        await desk.broker.revive("maker")
        await desk.turns(11)
        assert desk.said[1:] == ["maker.quotes symbol=COIN"]
        assert len(await desk.broker.open_orders("maker")) == 2 * LEVELS

    tell(story)
