"""The TypeScript client on a running gateway and exchange, and over the proxy that does harm."""

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from arbitrax.client import Client, NewIngestion, NewOrder
from arbitrax.services.identity_ports import User
from tests.exchange_processes import Exchange
from tests.frame_proxy import FrameProxy, damaged, payload
from tests.gateway import PASSWORD, Gateway, running_gateway
from tests.patience import eventually

FOLDER = Path(__file__).parents[3] / "clients" / "typescript"
NODE_FOLDER = Path(sys.prefix) / "node"
"""Node and npm, as `make .venv/.node` puts them there."""
NODE = [str(NODE_FOLDER / "node"), "--no-warnings"]
PATHS = f"{NODE_FOLDER}{os.pathsep}{os.environ['PATH']}"

pytestmark = pytest.mark.skipif(
    not NODE_FOLDER.exists(), reason="make .venv/.node was not run: the TypeScript client is not tested."
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client and its tests as JavaScript; its compiler is installed first, if that was not done."""
    if not (FOLDER / "node_modules" / ".bin" / "tsc").exists():
        npm("ci")
    npm("run", "build")
    return FOLDER / "dist" / "test"


def npm(*words: str) -> None:
    command = [str(NODE_FOLDER / "npm"), "--silent", *words]
    subprocess.run(command, cwd=FOLDER, check=True, env={**os.environ, "PATH": PATHS})


@pytest.fixture
def client(gateway: Gateway, exchange: Exchange, trader: User) -> Iterator[Client]:
    with Client(gateway.url, api_key=gateway.key(trader, "read", "trade")) as made:
        made.orders.submit(order(price="1"))
        yield made
        for account in ("mine", "mine too"):
            made.orders.cancel_all(account=account)


@pytest.fixture
def proxy(gateway: Gateway) -> Iterator[FrameProxy]:
    made = FrameProxy(gateway.url)
    yield made
    made.close()


def order(side: str = "buy", price: str = "10", quantity: str = "1") -> NewOrder:
    return NewOrder(symbol="COIN", side=side, quantity=quantity, price=price, account="mine")


class Program:
    """`test/live/follow.ts`: is told what to follow, and tells what it sees."""

    def __init__(self, built: Path, urls: list[str], key: str) -> None:
        self._process = subprocess.Popen(
            [*NODE, str(built / "live" / "follow.js"), ",".join(urls)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "GATEWAY_KEY": key},
        )  # fmt: skip
        self.lines: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._states = 0

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout:
            for line in self._process.stdout:
                self.lines.append(json.loads(line))

    def tell(self, **command: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def of(self, channel: str) -> list[Any]:
        return [each["found"] for each in list(self.lines) if each.get("channel") == channel and "found" in each]

    def connections(self) -> int:
        self._states += 1
        self.tell(state=self._states)
        return int(self.answer("state", self._states)["connections"])

    def answer(self, name: str, value: object = None) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            return next((each for each in list(self.lines) if name in each and value in (None, each[name])), None)

        return eventually(found)

    def reaches(self, client: Client, depth: int = 1000) -> None:
        """Wait until its book is the one that REST shows."""

        def same() -> bool:
            now, books = client.books.get("COIN", depth=depth), self.of("book")
            return bool(books) and (books[-1]["bids"], books[-1]["asks"]) == (
                [list(each) for each in now.bids],
                [list(each) for each in now.asks],
            )

        eventually(same)

    def close(self) -> None:
        if self._process.poll() is None:
            self.tell(close=True)
        assert self._process.wait(60) == 0
        self._reader.join(60)
        assert self._process.stdin is not None
        self._process.stdin.close()


@pytest.fixture
def follow(built: Path, gateway: Gateway, trader: User, proxy: FrameProxy) -> Iterator[Any]:
    made: list[Program] = []

    def start(*urls: str) -> Program:
        made.append(Program(built, list(urls or (proxy.url,)), gateway.key(trader, "read", "trade")))
        return made[-1]

    yield start
    for each in made:
        each.close()


def stir(client: Client, draw: random.Random, rounds: int = 6) -> None:
    with client.stream() as stream:
        for _ in range(rounds):
            orders = [
                replace(
                    order(side, f"{(90 if side == 'buy' else 110) + draw.randrange(-900, 900) / 100:.2f}"), account=None
                )
                for side in draw.choices(("buy", "sell"), k=8)
            ]
            made = stream.submit(orders, account="mine")
            stream.cancel([one.id or "" for one in draw.sample(made, 3)], account="mine")


def traded(client: Client) -> None:
    for account, side in (("mine too", "sell"), ("mine", "buy")):
        client.orders.submit(replace(order(side, "100"), account=account))


def test_jobs_and_the_exchange_are_followed_through_a_cut(client: Client, proxy: FrameProxy, follow: Any) -> None:
    program = follow()
    program.tell(follow="jobs")
    program.tell(follow="exchange")
    eventually(lambda: program.of("jobs"))
    first = eventually(lambda: program.of("exchange"))[0]
    assert "COIN" in [each["symbol"] for each in first["data"]["instruments"]]
    made = client.ingestions.submit(NewIngestion(symbols=["SYN-FOLLOWED"], source="synthetic", start="2020-01-01"))
    queued = {"kind": "ingestion", "id": made.id, "status": "queued", "cancel_asked": False}
    eventually(lambda: queued in program.of("jobs")[-1]["data"]["jobs"])
    proxy.cut()
    client.ingestions.cancel(made.id)
    eventually(lambda: [each["type"] for each in program.of("jobs")].count("snapshot") > 1)
    # It ended before the second snapshot, or was told to after it.
    cancelled = queued | {"status": "cancelled", "cancel_asked": True}
    eventually(lambda: program.of("jobs")[-1]["data"]["jobs"] in ([], [cancelled]))
    eventually(lambda: program.of("exchange")[-1]["seq"] > first["seq"])


def test_its_book_is_the_other_clients(built: Path) -> None:
    done = subprocess.run(
        [*NODE, "--test", "--test-reporter=tap", str(built / "book.test.js")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 9" in done.stdout


def test_requests(built: Path, gateway: Gateway, exchange: Exchange, trader: User, admin: User) -> None:
    done = subprocess.run(
        [*NODE, "--test", "--test-reporter=tap", str(built / "live" / "rest.test.js")],
        capture_output=True, text=True, check=False, timeout=500,
        env={
            **os.environ, "GATEWAY_URL": gateway.url, "GATEWAY_KEY": gateway.key(trader, "read", "trade"),
            "GATEWAY_PASSWORD": PASSWORD,
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# skipped 0" in done.stdout


def test_connections_that_are_cut_leave_no_gap(client: Client, proxy: FrameProxy, follow: Any) -> None:
    program = follow()
    program.tell(follow="book", name="COIN")
    program.tell(follow="trades", name="COIN")
    eventually(lambda: traded(client) or program.of("trades"))
    draw = random.Random(12)  # noqa: S311 - the same each time
    for cuts in range(1, 4):
        proxy.cut()
        traded(client)
        stir(client, draw, 3)
        eventually(lambda cuts=cuts: program.connections() > cuts)
        program.reaches(client)
    traded(client)
    last = client.books.get("COIN").last
    assert last == "100.00"
    eventually(lambda: len(trades(program)) >= 5)
    numbers = [each[0] for each in trades(program)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def trades(program: Program) -> list[Any]:
    return [trade for each in program.of("trades") for trade in each["data"]["trades"]]


def test_frames_that_are_lost_doubled_or_wrong_are_noticed(client: Client, proxy: FrameProxy, follow: Any) -> None:
    draw, faults = random.Random(13), {"lost": 0, "doubled": 0, "damaged": 0}  # noqa: S311 - the same each time

    def fault(frame: bytes) -> list[bytes]:
        body = payload(frame)
        if b"delta" not in body or b"heartbeat" in body or b"ack" in body:
            return [frame]
        kind = draw.choice(("lost", "doubled", "damaged", "", "", ""))
        other = {"lost": [], "doubled": [frame, frame], "damaged": [damaged(frame, draw)], "": [frame]}[kind]
        if kind and other != [frame]:
            faults[kind] += 1
        return other

    proxy.fault = fault
    program = follow()
    program.tell(follow="book", name="COIN", depth=10)  # all of them under the checksum
    eventually(lambda: program.of("book"))
    for _ in range(200):
        if all(faults.values()):
            break
        stir(client, draw, 3)
        client.orders.cancel_all(account="mine")  # or its cash is used up, and nothing changes any more
    assert all(faults.values()), faults
    proxy.fault = lambda frame: [frame]
    stir(client, draw, 2)
    program.reaches(client, 10)
    assert program.connections() == 1


def test_the_other_gateway_is_asked_when_one_dies(
    gateway: Gateway, client: Client, proxy: FrameProxy, follow: Any
) -> None:
    with running_gateway(gateway.settings) as second:
        program = follow(proxy.url, second.url)
        program.tell(follow="book", name="COIN")
        eventually(lambda: program.of("book"))
        proxy.close_gateway()
        stir(client, random.Random(14))  # noqa: S311 - the same each time
        program.reaches(client)
        assert program.connections() == 2
        program.close()


def test_orders_are_done_once_and_accounts_told(client: Client, proxy: FrameProxy, follow: Any) -> None:
    lost = [0]

    def fault(frame: bytes) -> list[bytes]:
        if b"result" in payload(frame) and not lost[0]:
            lost[0] += 1
            proxy._loop.create_task(proxy._cut())
            return []
        return [frame]

    program = follow()
    for channel in ("orders", "fills", "positions", "account"):
        program.tell(follow=channel, name="mine")
    program.tell(follow="bars", name="COIN")
    eventually(lambda: program.of("orders"))
    proxy.fault = fault
    plain = {"symbol": "COIN", "side": "buy", "quantity": "1"}
    program.tell(submit=[plain | {"price": "5"}] * 20 + [plain | {"price": "5.001"}], account="mine")
    outcomes = program.answer("submitted")["submitted"]
    assert lost == [1]
    assert [each["status"] for each in outcomes] == ["open"] * 20 + ["refused"]
    program.tell(validate=plain | {"price": "5.001"}, account="mine")
    assert program.answer("validated")["validated"]["code"] == "order.price_off_tick"
    program.tell(submit=[plain | {"price": 5}], account="mine")
    assert program.answer("failed")["errors"][0]["pointer"] == "/orders/0/price"
    opened = {each.id for each in client.orders.list(account="mine") if each.price == "5.00"}
    assert opened == {each["id"] for each in outcomes[:-1]}
    traded(client)
    eventually(lambda: [one for each in program.of("fills") for one in each["data"]["fills"]])
    assert program.of("account")[-1]["data"]["currency"] == "USD"
    eventually(lambda: [each for each in program.of("bars") if each["data"]["closed"]])


def test_what_cannot_be_followed_is_told(client: Client, follow: Any, gateway: Gateway, built: Path) -> None:
    program = follow()
    program.tell(follow="book", name="NOPE")
    assert program.answer("error")["error"] == "input.unknown_name"
    stranger = Program(built, [gateway.url], "ax_nobody")
    stranger.tell(follow="book", name="COIN")
    assert stranger.answer("error")["error"] == "access.not_authenticated"
    stranger.close()
