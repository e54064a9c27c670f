"""The Python client's web socket on a running exchange, over a proxy that cuts, drops, doubles and damages."""

import asyncio
import itertools
import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from arbitrax.client import AsyncClient, Book, Client, NewIngestion, NewOrder
from arbitrax.domain.errors import ArbitraxError, NotAuthenticated, UnknownNameError
from arbitrax.services.identity_ports import User
from tests.exchange_processes import Exchange
from tests.frame_proxy import FrameProxy, damaged, payload
from tests.gateway import PASSWORD, Gateway, running_gateway
from tests.patience import eventually

_ids = itertools.count()


def order(side: str = "buy", price: str = "10", quantity: str = "1", symbol: str = "COIN") -> NewOrder:
    return NewOrder(symbol=symbol, side=side, quantity=quantity, price=price, client_order_id=f"stream-{next(_ids)}")


@pytest.fixture
def key(gateway: Gateway, exchange: Exchange, trader: User) -> str:
    return gateway.key(trader, "read", "trade")


@pytest.fixture
def client(gateway: Gateway, key: str) -> Iterator[Client]:
    """One that goes straight to the gateway, and trades."""
    with Client(gateway.url, api_key=key) as made:
        made.orders.submit(replace(order(price="1"), account="mine"))
        yield made
        for account in ("mine", "mine too"):
            made.orders.cancel_all(account=account)


@pytest.fixture
def proxy(gateway: Gateway) -> Iterator[FrameProxy]:
    made = FrameProxy(gateway.url)
    yield made
    made.close()


def stir(client: Client, draw: random.Random, rounds: int = 10, between: Callable[[int], object] = id) -> None:
    """Change the book in many places."""
    with client.stream() as stream:
        for each in range(rounds):
            orders = [
                order(side, f"{(90 if side == 'buy' else 110) + draw.randrange(-900, 900) / 100:.2f}")
                for side in draw.choices(("buy", "sell"), k=8)
            ]
            made = stream.submit(orders, account="mine")
            assert {one.status for one in made} == {"open"}
            stream.cancel([one.id for one in draw.sample(made, 3)], account="mine")
            between(each)


def sides(client: Client, depth: int = 1000) -> tuple[list[Any], list[Any]]:
    found = client.books.get("COIN", depth=depth)
    return [tuple(each) for each in found.bids], [tuple(each) for each in found.asks]


class Follower:
    """Reads a subscription in a thread; `last` is what came last, `got` everything."""

    def __init__(self, subscription: Any) -> None:
        self.subscription = subscription
        self.got: list[Any] = []
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for each in self.subscription:
                self.got.append(each)
        except ArbitraxError as error:
            self.error = error

    @property
    def last(self) -> Any:
        return self.got[-1] if self.got else None

    def reaches(self, client: Client, depth: int | None = None) -> Book:
        """Wait until the book is the one that REST shows."""

        def same() -> bool:
            bids, asks = sides(client)
            found = self.last
            return found is not None and (list(found.bids), list(found.asks)) == (bids[:depth], asks[:depth])

        eventually(same)
        return self.last


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("depth", [10, "full"])
def test_a_book_is_followed(client: Client, packed: bool, depth: Any) -> None:
    with client.stream(packed=packed) as stream, stream.book("COIN", depth=depth) as book:
        follower = Follower(book)
        stir(client, random.Random(1))  # noqa: S311 - the same each time
        found = follower.reaches(client, None if depth == "full" else depth)
        assert found.bid == found.bids[0]
        assert stream.connections == 1
        assert book.resyncs == 0
        numbers = [each.seq for each in follower.got]
        assert numbers == sorted(set(numbers))


def test_connections_that_are_cut_leave_no_gap(client: Client, proxy: FrameProxy, key: str) -> None:
    draw = random.Random(2)  # noqa: S311 - the same each time
    with Client(proxy.url, api_key=key) as other, other.stream() as stream:
        book, tape = Follower(stream.book("COIN", depth="full")), Follower(stream.trades("COIN"))
        eventually(lambda: book.last)
        # The tape begins with the next trade once it is followed.
        eventually(lambda: traded(client, "100") or tape.last)

        def cut(each: int) -> None:
            traded(client, "100")
            if each % 3 == 0:
                before = stream.connections
                proxy.cut()
                eventually(lambda: stream.connections > before)

        stir(client, draw, 12, cut)
        book.reaches(client)
        assert proxy.cuts == 4
        assert stream.connections == 5
        eventually(lambda: sum(len(each.data) for each in tape.got) >= 13)
        numbers = [trade.number for each in tape.got for trade in each.data]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        # It went on from the last message, and needed no new beginning.
        assert (book.subscription.resyncs, tape.subscription.resyncs) == (0, 0)


def traded(client: Client, price: str) -> None:
    for account, side in (("mine too", "sell"), ("mine", "buy")):
        one = order(side, price)
        client.orders.submit(replace(one, account=account))


def test_frames_that_are_lost_or_doubled_are_noticed(client: Client, proxy: FrameProxy, key: str) -> None:
    draw, faults = random.Random(3), {"lost": 0, "doubled": 0}  # noqa: S311 - the same each time

    def fault(frame: bytes) -> list[bytes]:
        if b"book" not in payload(frame) or b"heartbeat" in payload(frame) or b"ack" in payload(frame):
            return [frame]
        drawn = draw.random()
        if drawn < 0.2:
            faults["lost"] += 1
            return []
        if drawn < 0.5:
            faults["doubled"] += 1
            return [frame, frame]
        return [frame]

    proxy.fault = fault
    with Client(proxy.url, api_key=key) as other, other.stream() as stream:
        follower = Follower(stream.book("COIN", depth="full"))
        eventually(lambda: follower.last)
        while not all(faults.values()):
            stir(client, draw, 3)
        lost = faults["lost"]
        follower.reaches(client)
        assert lost
        assert follower.subscription.resyncs > 0
        assert stream.connections == 1


def test_a_book_that_is_wrong_is_read_anew(client: Client, proxy: FrameProxy, key: str) -> None:
    draw, faults = random.Random(4), [0]  # noqa: S311 - the same each time

    def fault(frame: bytes) -> list[bytes]:
        body = payload(frame)
        if faults[0] < 3 and b"delta" in body and b"ack" not in body:
            other = damaged(frame, draw)
            faults[0] += other != frame
            return [other]
        return [frame]

    proxy.fault = fault
    with Client(proxy.url, api_key=key) as other, other.stream(packed=False) as stream:
        follower = Follower(stream.book("COIN", depth=10))
        eventually(lambda: follower.last)
        while faults[0] < 3:
            stir(client, draw, 3)
        follower.reaches(client, 10)
        assert follower.subscription.resyncs >= 1


def test_what_cannot_be_read_ends_the_connection_not_the_stream(client: Client, proxy: FrameProxy, key: str) -> None:
    broken = [0]

    def fault(frame: bytes) -> list[bytes]:
        if b"heartbeat" in payload(frame) and not broken[0]:
            broken[0] += 1
            body = payload(frame)
            return [frame[: len(frame) - len(body)] + b"\xc1" * len(body)]  # no MessagePack has this byte
        return [frame]

    proxy.fault = fault
    with Client(proxy.url, api_key=key) as other, other.stream() as stream:
        follower = Follower(stream.book("COIN"))
        eventually(lambda: stream.connections == 2)
        traded(client, "101")
        follower.reaches(client, 10)


def test_a_connection_that_is_silent_is_left(
    client: Client, proxy: FrameProxy, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arbitrax.client.connection.SILENCE", 3.0)
    silent = [False]

    def fault(frame: bytes) -> list[bytes]:
        if b"hello" in payload(frame):
            silent[0] = False  # of the next connection
        return [] if silent[0] else [frame]

    proxy.fault = fault
    with Client(proxy.url, api_key=key) as other, other.stream() as stream:
        follower = Follower(stream.book("COIN", depth="full"))
        eventually(lambda: follower.last)
        before, silent[0] = stream.connections, True
        stir(client, random.Random(9), 3)  # noqa: S311 - the same each time
        eventually(lambda: stream.connections > before)
        follower.reaches(client)


def test_orders_are_done_once_whatever_is_cut(client: Client, proxy: FrameProxy, key: str) -> None:
    """The answer to a frame of orders is lost with its connection; they are sent again on the next one."""
    lost = [0]

    def fault(frame: bytes) -> list[bytes]:
        if b"result" in payload(frame) and lost[0] < 2:
            lost[0] += 1
            proxy._loop.create_task(proxy._cut())
            return []
        return [frame]

    with Client(proxy.url, api_key=key) as other, other.stream() as stream:
        orders = Follower(stream.orders("mine"))
        eventually(lambda: orders.last)
        proxy.fault = fault
        made = stream.submit([order(price="5") for _ in range(30)], account="mine")
        assert lost[0] == 2
        assert {each.status for each in made} == {"open"}
        assert len({each.id for each in made}) == 30
        opened = {each.id for each in client.orders.list(account="mine") if each.price == "5.00"}
        assert opened == {each.id for each in made}
        gone = stream.cancel([each.id or "" for each in made], account="mine")
        assert {each.status for each in gone} == {"cancelled"}
        eventually(lambda: {each.status for update in orders.got for each in update.data} >= {"open", "cancelled"})
        assert stream.cancel_all(account="mine").orders is not None
        assert stream.cancel_all_after(0, account="mine").orders == []
        refused = stream.submit([order(price="5.001")], account="mine")
        assert (refused[0].status, refused[0].reason) == ("refused", "order.price_off_tick")
        amended = stream.submit([order(price="6")], account="mine")[0]
        assert stream.amend(amended.id or "", quantity="0.5", account="mine").open_quantity == "0.50"


def test_an_account_is_told_everything(client: Client) -> None:
    with client.stream() as stream:
        followers = {
            "orders": Follower(stream.orders("mine")),
            "fills": Follower(stream.fills("mine")),
            "positions": Follower(stream.positions("mine")),
            "account": Follower(stream.account("mine")),
            "prices": Follower(stream.prices("COIN")),
            "statistics": Follower(stream.statistics("COIN")),
        }
        for each in ("orders", "fills", "positions", "account"):
            eventually(lambda each=each: followers[each].last)
            assert followers[each].got[0].type == "snapshot"
        traded(client, "100")
        fill = eventually(lambda: [one for each in followers["fills"].got for one in each.data])[0]
        assert (fill.side, fill.price, fill.quantity) == ("buy", "100.00", "1.00")
        eventually(lambda: any(one.status == "filled" for each in followers["orders"].got for one in each.data))
        eventually(lambda: len(followers["account"].got) > 1)
        assert followers["account"].last.data.currency == "USD"
        assert followers["positions"].last.data[0].symbol == "COIN"
        eventually(lambda: followers["statistics"].last.data.last == "100.00")
        eventually(lambda: followers["prices"].last)


def test_jobs_and_the_exchange_are_followed_through_a_cut(client: Client, proxy: FrameProxy, key: str) -> None:
    brought = NewIngestion(symbols=["SYN-FOLLOWED"], source="synthetic", start="2020-01-01", end="2020-01-31")
    with Client(proxy.url, api_key=key) as cut, cut.stream() as stream:
        jobs, exchange = Follower(stream.jobs()), Follower(stream.exchange())
        eventually(lambda: jobs.last)
        made = client.ingestions.submit(brought)

        def told(status: str) -> bool:
            return any((one.id, one.status) == (made.id, status) for each in jobs.got for one in each.data)

        eventually(lambda: told("queued"))
        first = eventually(lambda: exchange.last)
        assert {each.symbol for each in first.data.instruments} >= {"COIN"}
        proxy.cut()
        client.ingestions.cancel(made.id)
        eventually(lambda: stream.connections > 1)
        eventually(lambda: [each.type for each in jobs.got].count("snapshot") > 1)
        # It ended before the second snapshot, or was told to after it.
        eventually(lambda: told("cancelled") or jobs.last.data == [])
        eventually(lambda: exchange.last.seq > first.seq)


def test_bars_grow_and_close(client: Client) -> None:
    with client.stream() as stream:
        bars = Follower(stream.bars("COIN", "1s"))
        eventually(lambda: traded(client, "100") or bars.last)
        # Of this test's trades: another one's may be told first.
        closed = eventually(
            lambda: [each.data for each in bars.got if each.data.closed and each.data.close == "100.00"]
        )
        assert closed[0].trades > 0


def test_a_stream_lives_on_when_its_gateway_is_killed(
    gateway: Gateway, client: Client, key: str, proxy: FrameProxy
) -> None:
    """Two gateways: the one that is spoken to dies at once, then the other one ends as for a release."""
    with (
        running_gateway(gateway.settings) as second,
        Client([proxy.url, second.url], api_key=key) as other,
        other.stream() as stream,
    ):
        follower = Follower(stream.book("COIN", depth="full"))
        eventually(lambda: follower.last)
        hub = gateway.parts.hub
        assert len(second.parts.hub.sessions) == 0
        proxy.close_gateway()
        stir(client, random.Random(5), 5)  # noqa: S311 - the same each time
        follower.reaches(client)
        assert len(second.parts.hub.sessions) == 1
        assert follower.subscription.resyncs == 0
        proxy.open_gateway()
        connections = stream.connections
        (session,) = second.parts.hub.sessions
        session.parts.hub.drain(5.0)
        eventually(lambda: stream.connections > connections and len(hub.sessions) > 0)
        stir(client, random.Random(6), 5)  # noqa: S311 - the same each time
        follower.reaches(client)
        assert follower.subscription.resyncs == 0


def test_a_token_is_renewed_before_it_ends(gateway: Gateway, exchange: Exchange, client: Client) -> None:
    async def follow() -> None:
        async with AsyncClient(gateway.url, name="tom", password=PASSWORD) as other, other.stream() as stream:
            book = stream.book("COIN")
            await anext(book)
            credentials = other._transport.credentials
            (session,) = (
                each
                for each in gateway.parts.hub.sessions
                if each._principal.name == "tom" and len(each._credential) > 100
            )
            first = session._credential
            while session._credential == first:  # tokens of one second are the same
                access = credentials._tokens.access._replace(renew_at=0.0)
                credentials._tokens = credentials._tokens._replace(access=access)
                await stream._authenticate(stream._connection)
            assert credentials._tokens.access.text == session._credential
            assert stream.connections == 1

    asyncio.run(follow())


def test_authority_that_ends_ends_the_stream(gateway: Gateway, trader: User, client: Client) -> None:
    store = gateway.parts.store
    made, secret = store.keys.add(trader, "to be revoked", scopes=["read"])
    with Client(gateway.url, api_key=secret) as other, other.stream() as stream:
        follower = Follower(stream.book("COIN"))
        eventually(lambda: follower.last)
        with pytest.raises(ArbitraxError) as forbidden:
            stream.submit([order()], account="mine")
        assert forbidden.value.code == "access.forbidden"
        store.keys.revoke(made.id, of=None)
        assert isinstance(eventually(lambda: follower.error), NotAuthenticated)
        with pytest.raises(NotAuthenticated):
            stream.book("TIN")
    with Client(gateway.url) as nobody, nobody.stream() as stream, pytest.raises(NotAuthenticated):
        next(stream.book("COIN"))


def test_what_cannot_be_followed_is_told_to_its_reader(client: Client) -> None:
    with client.stream() as stream:
        with pytest.raises(UnknownNameError, match="NOPE"):
            next(stream.book("NOPE"))
        with pytest.raises(UnknownNameError):
            next(stream.orders("theirs"))
        book = stream.book("COIN")
        with pytest.raises(ArbitraxError, match="followed already"):
            stream.book("COIN")
        next(book)
        book.close()
        assert list(book) == []
        next(stream.book("COIN"))  # again


def test_a_book_that_nothing_is_published_of_yet_comes_when_there_is_something(client: Client) -> None:
    with client.stream() as stream:
        follower = Follower(stream.book("GOLD"))
        found = stream.submit([order(symbol="GOLD", price="10.5", quantity="7")], account="mine")
        assert found[0].status == "open"
        eventually(lambda: follower.last is not None and ("10.5", "7") in follower.last.bids)
