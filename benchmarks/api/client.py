"""Ask a gateway from a process of its own: python -m benchmarks.api.client < PLAN, which prints what it saw as JSON.

With ``rate`` requests are due at fixed times, whatever became of those before, and each counts from when it was due: a
stall counts for all that it delayed. Without it each connection asks again as soon as it is answered.
"""

import asyncio
import random
import sys
import time

import msgspec
import uvloop

from arbitrax.trading.client_ids import new_client_order_id

MOST_CONNECTIONS = 512


class Plan(msgspec.Struct):
    """What to ask."""

    port: int
    token: str
    seconds: float
    kinds: list[str]
    """Of order, book, bars, post, and market, an order as matching-engine takes it; in turn."""
    orders: list[str]
    account: str
    symbols: list[str]
    series: list[str]
    year: tuple[str, str]
    rate: float | None = None
    connections: int = 64


class Seen(msgspec.Struct):
    """What was answered: ms by kind, and how many answers were others than wanted."""

    seconds: float
    milliseconds: dict[str, list[float]]
    failed: int
    example: str
    """Of a failed one."""


class Asking(asyncio.Protocol):
    """A connection: one request at a time."""

    def __init__(self) -> None:
        self.transport = None
        self.answer = None
        self._held = bytearray()
        self._needed = None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self._held += data
        if self._needed is None:
            end = self._held.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._held[:end]).lower()
            at = head.find(b"content-length:")
            length = head[at + 15 :].split(b"\r\n", 1)[0] if at >= 0 else b"0"
            self._needed = end + 4 + int(length)
        if len(self._held) >= self._needed:
            status, text = int(self._held[9:12]), bytes(self._held[: self._needed])
            del self._held[: self._needed]
            self._needed = None
            self.answer.set_result((status, text))

    def connection_lost(self, exc):
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionError(f"The connection ended: {exc}"))

    async def ask(self, request):
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer


class Client:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.seen = Seen(0.0, {kind: [] for kind in plan.kinds}, 0, "")
        self._random = random.Random(7)
        self._head = f"host: 127.0.0.1\r\nauthorization: Bearer {plan.token}\r\n"
        self._free = []
        self._opened = 0
        self._waiting = asyncio.Semaphore(MOST_CONNECTIONS)

    def request(self, kind: str) -> bytes:
        plan, choose = self.plan, self._random.choice
        if kind in ("post", "market"):
            buys = self._random.random() < 0.5
            step = self._random.randrange(100) / 100
            order = {
                "account": plan.account,
                "symbol": choose(plan.symbols),
                "side": "buy" if buys else "sell",
                "quantity": "0.01",
                "price": f"{90 - step if buys else 110 + step:.2f}",
                "client_order_id": new_client_order_id(time.time_ns() // 1_000_000),
            }
            path = "/api/v1/orders"
            if kind == "market":
                path = f"/markets/{order['symbol']}/orders"
                order = {"account": 1} | {name: order[name] for name in ("side", "quantity", "price")}
            body = msgspec.json.encode(order).decode()
            more = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
            return f"POST {path} HTTP/1.1\r\n{self._head}{more}\r\n{body}".encode()
        path = {
            "order": lambda: f"/api/v1/orders/{choose(plan.orders)}?account={plan.account}",
            "book": lambda: f"/api/v1/books/{choose(plan.symbols)}",
            "bars": lambda: f"/api/v1/bars?symbol={choose(plan.series)}&start={plan.year[0]}&end={plan.year[1]}",
        }[kind]()
        return f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode()

    async def one(self, kind: str, due: float, request: bytes) -> None:
        async with self._waiting:
            connection = self._free.pop() if self._free else await self._connect()
            status, text = await connection.ask(request)
            self.seen.milliseconds[kind].append((time.perf_counter() - due) * 1000)
            self._free.append(connection)
        if status != (201 if kind == "post" else 200):
            self.seen.failed += 1
            self.seen.example = text.decode("latin-1")[-400:]

    async def run(self) -> Seen:
        plan = self.plan
        begun = time.perf_counter()
        if plan.rate is None:
            await asyncio.gather(*(self._again_and_again(at, begun + plan.seconds) for at in range(plan.connections)))
        else:
            self._free = [await self._connect() for _ in range(plan.connections)]
            # Made before, for what they take would be time of the core that the exchange is on.
            kinds = [plan.kinds[number % len(plan.kinds)] for number in range(int(plan.rate * plan.seconds))]
            requests = [(kind, self.request(kind)) for kind in kinds]
            begun = time.perf_counter()
            tasks = []
            for number, (kind, request) in enumerate(requests):
                due = begun + number / plan.rate
                if (wait := due - time.perf_counter()) > 0:
                    await asyncio.sleep(wait)
                tasks.append(asyncio.create_task(self.one(kind, due, request)))
            await asyncio.gather(*tasks)
        self.seen.seconds = time.perf_counter() - begun
        return self.seen

    async def _again_and_again(self, number: int, end: float) -> None:
        kinds = self.plan.kinds
        while (now := time.perf_counter()) < end:
            kind = kinds[number % len(kinds)]
            await self.one(kind, now, self.request(kind))
            number += 1

    async def _connect(self) -> Asking:
        _, protocol = await asyncio.get_running_loop().create_connection(Asking, "127.0.0.1", self.plan.port)
        return protocol


def main() -> None:
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(Client(plan).run())))


if __name__ == "__main__":
    main()
