"""The client of the rows of sockets, in a process of its own: python -m benchmarks.api.sockets_client < job.json

Frames are read below any library, so that 500 connections with 100 updates a second each leave room on the core it
shares with the servers. Client frames are masked with zeros, which the protocol allows and costs nothing.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import socket
import sys
import time
from array import array
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec
import uvloop

from arbitrax.api.websocket.limits import allowed_descriptors
from arbitrax.trading.client_ids import new_client_order_id
from benchmarks.api.sockets_stack import MAKER, SYMBOL, TAKER, resident_bytes
from benchmarks.api.stack import cpu_seconds, waited_seconds

MOST_MS = 60_000
"""Of a delay that is told apart."""
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Data(msgspec.Struct):
    trades: list[tuple[int, str, str, str, int]] = []
    fills: list[msgspec.Raw] = []
    orders: list[msgspec.Raw] = []


class Message(msgspec.Struct):
    type: str = ""
    id: int | None = None
    channel: str = ""
    seq: int = 0
    prev_seq: int | None = None
    ts_event: msgspec.Raw = msgspec.Raw()
    data: Data | None = None
    results: list[dict[str, Any]] = []


_decode = msgspec.json.Decoder(list[Message] | Message).decode


class Connection(asyncio.Protocol):
    """A web socket; `on_frame` gets each payload."""

    def __init__(self, on_frame: Callable[[bytes], None], path: str, key: str | None) -> None:
        self._on_frame, self._rest, self._open = on_frame, b"", False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._path, self._key, self._code = path, key, 1006
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        words = [
            f"GET {self._path} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}", "Sec-WebSocket-Version: 13",
        ]  # fmt: skip
        words += [] if self._key is None else [f"Authorization: Bearer {self._key}"]
        transport.write("\r\n".join([*words, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at, end = 0, len(data)
        if not self._open:
            at = data.find(b"\r\n\r\n") + 4
            if at < 4:
                self._rest = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                self.transport.close()
                return
            self._open = True
            self.ready.set_result(None)
        while end - at >= 2:
            length, head = data[at + 1], 2
            if length == 126:
                length, head = int.from_bytes(data[at + 2 : at + 4]), 4
            elif length == 127:
                length, head = int.from_bytes(data[at + 2 : at + 10]), 10
            begin = at + head
            if end < begin or end < begin + length:
                break
            opcode, payload = data[at] & 15, data[begin : begin + length]
            at = begin + length
            if opcode <= 2:
                self._on_frame(payload)
            elif opcode == PING:
                self.send(payload, PONG)
            elif opcode == CLOSE:
                self._code = int.from_bytes(payload[:2])
                self.transport.close()
        self._rest = data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError("refused"))
        self.closed.set_result(self._code)

    def send(self, payload: bytes, opcode: int = TEXT) -> None:
        length = len(payload)
        if length < 126:
            head = bytes([0x80 | opcode, 0x80 | length])
        elif length < 1 << 16:
            head = bytes([0x80 | opcode, 0xFE]) + length.to_bytes(2)
        else:
            head = bytes([0x80 | opcode, 0xFF]) + length.to_bytes(8)
        self.transport.write(head + b"\0\0\0\0" + payload)

    def ask(self, **request: Any) -> None:
        self.send(msgspec.json.encode(request))


async def connected(
    port: int, on_frame: Callable[[bytes], None], key: str | None = None, *, receive_bytes: int = 0
) -> Connection:
    loop = asyncio.get_running_loop()
    plain = socket.socket()
    if receive_bytes:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    plain.setblocking(False)
    await loop.sock_connect(plain, ("127.0.0.1", port))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _, made = await loop.create_connection(lambda: Connection(on_frame, "/api/v1/ws", key), sock=plain)
    await made.ready
    return made


def messages(frame: bytes) -> list[Message]:
    found = _decode(frame)
    return found if isinstance(found, list) else [found]


# Orders


class Flow:
    """Frames of orders: the maker's rest on both sides, the taker's trade with half of them."""

    def __init__(self, per_frame: int) -> None:
        self.per_frame, self._turn, self._number = per_frame, 0, 0
        self._tag = secrets.token_hex(4)

    def frame(self) -> dict[str, Any]:
        self._turn += 1
        makes = self._turn % 2 == 1
        return {
            "op": "submit",
            "id": self._turn,
            "account": MAKER if makes else TAKER,
            "orders": [self._order(makes, place) for place in range(self.per_frame)],
        }

    def _order(self, makes: bool, place: int) -> dict[str, Any]:
        self._number += 1
        buys = (place + self._turn // 2) % 2 == 0
        away = (self._number // 2) % 16 if makes else 20
        price = 10_000 - 1 - away if buys == makes else 10_000 + 1 + away
        order = {
            "symbol": SYMBOL,
            "side": "buy" if buys else "sell",
            "price": f"{price // 100}.{price % 100:02}",
            "quantity": "0.01",
            "client_order_id": f"t_{time.time_ns() // 1_000_000:011x}_{self._tag}{self._number:08x}",
        }
        return order if makes else order | {"time_in_force": "ioc"}


async def orders(job: dict[str, Any]) -> dict[str, Any]:
    """Keep so many frames of so many orders in flight."""
    flow, sent, late, states = Flow(job["per_frame"]), dict[int, float](), array("d"), Counter[str]()
    encode, over, frames = msgspec.json.encode, asyncio.Event(), 0
    begun = end = 0.0

    def go() -> None:
        frame = flow.frame()
        sent[frame["id"]] = time.perf_counter()
        connection.send(encode(frame))

    def came(frame: bytes) -> None:
        nonlocal frames
        for each in messages(frame):
            if each.id not in sent:
                continue
            now = time.perf_counter()
            late.append(now - sent.pop(each.id))
            frames += 1
            if each.type != "result":
                states[f"error: {frame[:200]!r}"] += 1
            states.update(one["status"] if one["reason"] is None else one["reason"] for one in each.results)
            if now < end:
                go()
            elif not sent:
                over.set()

    connection = await connected(job["port"], came, job["key"])
    await asyncio.sleep(0.5)
    before, begun = time.process_time(), time.perf_counter()
    end = begun + job["seconds"]
    for _ in range(job["in_flight"]):
        go()
    await asyncio.wait_for(over.wait(), job["seconds"] + 60)
    seconds = time.perf_counter() - begun
    connection.transport.close()
    found = sorted(late)
    return {
        "seconds": seconds,
        "frames": frames,
        "states": states,
        "p50": found[len(found) // 2],
        "p99": found[int(len(found) * 0.99)],
        "cpu": time.process_time() - before,
        "prefix": flow._tag,
    }


# Updates


class Follower:
    """A connection that counts: each trade by its number, each message by the one before it."""

    def __init__(self, delays: array[int]) -> None:
        self.delays = delays
        self.trades = self.deltas = self.events = self.frames = self.fills = self.orders = 0
        self.left_out = 0
        """Places where trades were left out, and the message said so."""
        self.broken = 0
        """Places where something is missing and nobody said so."""
        self.answered = asyncio.Event()
        self.connection: Connection | None = None
        self._trade = self._book = 0

    def came(self, frame: bytes) -> None:
        now = time.time_ns() // 1_000_000
        self.frames += 1
        for each in messages(frame):
            if each.type in ("ack", "error"):
                if each.type == "error":
                    print(frame[:300].decode(), file=sys.stderr)
                if each.id is not None:  # not that of the key
                    self.answered.set()
            elif each.data is None:
                continue
            elif each.channel == "trades":
                self._take_trades(each, now)
            elif each.channel == "book":
                if each.type == "delta":
                    self.broken += each.prev_seq != self._book
                    self.deltas += 1
                    self.events += each.seq - self._book
                self._book = each.seq
            else:
                self.fills += len(each.data.fills)
                self.orders += len(each.data.orders)

    def _take_trades(self, message: Message, now: int) -> None:
        assert message.data is not None
        first = message.data.trades[0][0]
        if self._trade:
            self.broken += message.prev_seq != self._trade
            self.left_out += first != self._trade + 1
        for number, _, _, _, ms in message.data.trades:
            self.broken += number != first
            first += 1
            self.trades += 1
            self.delays[min(max(now - ms, 0), MOST_MS)] += 1
        self._trade = message.seq

    @property
    def is_closed(self) -> bool:
        return self.connection is not None and self.connection.closed.done()

    async def doze(self, seconds: float, awake: float) -> None:
        """Read nothing for a while, then for a moment, and so on."""
        assert self.connection is not None
        while True:
            self.connection.transport.pause_reading()
            await asyncio.sleep(seconds)
            self.connection.transport.resume_reading()
            await asyncio.sleep(awake)


class Desk:
    """Makes trades: one order of the taker each, against one large order of the maker."""

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self._numbers = count()
        self.states = Counter[str]()
        self.left = 0

    def came(self, frame: bytes) -> None:
        for each in messages(frame):
            if each.results or each.type == "error":
                self.left -= 1
                self.states.update(one["status"] if one["reason"] is None else one["reason"] for one in each.results)

    def send(self, account: str, side: str, quantity: str) -> None:
        self.left += 1
        order = {
            "symbol": SYMBOL, "side": side, "price": "100.00", "quantity": quantity,
            "client_order_id": new_client_order_id(time.time_ns() // 1_000_000),
        }  # fmt: skip
        assert self.connection is not None
        self.connection.ask(op="submit", id=next(self._numbers), account=account, orders=[order])

    async def answered(self) -> None:
        async with asyncio.timeout(30):
            while self.left:
                await asyncio.sleep(0.01)

    async def trade(self, trades: int, rate: float) -> float:
        """Make trades at a rate; return how late one left at most, s."""
        begun, late = time.perf_counter(), 0.0
        for number in range(trades):
            due = begun + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            late = max(late, time.perf_counter() - due)
            self.send(TAKER, "buy", "0.01")
        return late


async def followed(
    job: dict[str, Any], follower: Follower, channels: list[dict[str, Any]], *, receive_bytes: int = 0
) -> None:
    follower.connection = made = await connected(job["port"], follower.came, job["key"], receive_bytes=receive_bytes)
    for each in channels:
        follower.answered.clear()
        made.ask(op="subscribe", id=2, **each)
        await asyncio.wait_for(follower.answered.wait(), 30)


async def opened_desk(job: dict[str, Any], trades: int) -> Desk:
    """Return a desk whose maker's order stands, and has traded once, so that there is something to follow."""
    desk = Desk()
    desk.connection = await connected(job["desk"], desk.came, job["key"])
    desk.send(MAKER, "sell", f"{(trades + 1000) / 100:.2f}")
    desk.send(TAKER, "buy", "0.01")
    await desk.answered()
    await asyncio.sleep(1)
    desk.states.clear()
    return desk


async def updates(job: dict[str, Any]) -> dict[str, Any]:
    """Follow with many connections while one trade is made each 10 ms; count what came."""
    made = int(job["seconds"] * job["rate"])
    desk = await opened_desk(job, made)
    delays, others = array("q", bytes(8 * (MOST_MS + 1))), array("q", bytes(8 * (MOST_MS + 1)))
    market = [{"channel": each, "symbols": [SYMBOL]} for each in job["channels"]]
    followers = [Follower(delays) for _ in range(job["connections"])]
    for begin in range(0, len(followers), 50):
        await asyncio.gather(*(followed(job, each, market) for each in followers[begin : begin + 50]))
    own, slow, dozing = [Follower(others) for _ in range(10)], Follower(others), None
    if job["slow"]:
        private = [{"channel": each, "account": TAKER} for each in ("orders", "fills")]
        await asyncio.gather(*(followed(job, each, private) for each in own))
        await followed(job, slow, market, receive_bytes=4096)
        dozing = asyncio.create_task(slow.doze(28.0, 2.0))
    await asyncio.sleep(1)
    own_before = [(each.orders, each.fills) for each in own]
    for each in followers:
        each.frames = 0
    before, begun = time.process_time(), time.perf_counter()
    server, waited = cpu_seconds(job["pid"]), waited_seconds(job["pid"])
    late = await desk.trade(made, job["rate"])
    end = time.perf_counter() + job["patience"]
    while any(each.trades < made for each in followers) and time.perf_counter() < end:
        await asyncio.sleep(0.05)
    took = time.perf_counter() - begun
    cpu, server = time.process_time() - before, cpu_seconds(job["pid"]) - server
    waited, frames = waited_seconds(job["pid"]) - waited, sum(each.frames for each in followers)
    await desk.answered()
    if dozing is not None and slow.connection is not None:
        dozing.cancel()
        slow.connection.transport.resume_reading()
    await asyncio.sleep(3.0)  # the slow one reads what it was spared; what was sent twice would show
    return {
        "took": took,
        "states": desk.states,
        "made": made,
        "late_ms": late * 1000,
        "trades": sum(each.trades for each in followers),
        "least": min(each.trades for each in followers),
        "most": max(each.trades for each in followers),
        "deltas": min(each.deltas for each in followers),
        "events": [min(each.events for each in followers), max(each.events for each in followers)],
        "broken": sum(each.broken for each in followers),
        "left_out": sum(each.left_out for each in followers),
        "closed": sum(each.is_closed for each in followers),
        "frames": frames,
        **{f"p{share:g}".replace(".", "_"): at(delays, share / 100) for share in (50, 99, 99.9, 100)},
        "own": [[each.orders - o, each.fills - f] for each, (o, f) in zip(own, own_before, strict=True)],
        "slow": [slow.trades, slow.left_out, slow.broken, slow.is_closed],
        "cpu": cpu,
        "server_cpu": server,
        "server_waited": waited,
    }


# Idle


async def idle(job: dict[str, Any]) -> dict[str, Any]:
    """Open many connections that follow a book in which nothing happens; see what they cost."""
    allowed_descriptors()
    first = await connected(job["port"], lambda _: None, job["key"])
    first.ask(op="submit", id=1, account=MAKER, orders=[Flow(1).frame()["orders"][0]])  # something to follow
    await asyncio.sleep(1)
    before, begun = resident_bytes(job["pid"]), time.perf_counter()
    followers = [Follower(array("q", bytes(8))) for _ in range(job["connections"])]
    book = [{"channel": "book", "symbols": [SYMBOL]}]
    for at_once in range(0, len(followers), 100):
        await asyncio.gather(*(followed(job, each, book) for each in followers[at_once : at_once + 100]))
    opened, bytes_each = time.perf_counter() - begun, (resident_bytes(job["pid"]) - before) / len(followers)
    for each in followers:
        each.frames = 0
    server, begun, late = cpu_seconds(job["pid"]), time.perf_counter(), array("d")
    while (seconds := time.perf_counter() - begun) < job["seconds"]:
        asked = time.perf_counter()
        ping = Follower(array("q", bytes(8)))
        ping.connection = await connected(job["port"], ping.came, job["key"])
        late.append(time.perf_counter() - asked)
        ping.connection.transport.close()
        await asyncio.sleep(0.1)
    found = sorted(late)
    return {
        "connections": len(followers),
        "opened": opened,
        "bytes_each": bytes_each,
        "heartbeats": sum(each.frames for each in followers) / seconds / len(followers),
        "least_heartbeats": min(each.frames for each in followers) / seconds,
        "server_cpu": (cpu_seconds(job["pid"]) - server) / seconds,
        "closed": sum(each.is_closed for each in followers),
        "handshake_p50": found[len(found) // 2],
        "handshake_p99": found[int(len(found) * 0.99)],
    }


def at(delays: array[int], share: float) -> int:
    """Return the delay, ms, below or at which a share of all were."""
    left = sum(delays) * share
    for ms, these in enumerate(delays):
        left -= these
        if left <= 0 and (these or share < 1):
            return ms
    return MOST_MS


def main() -> None:
    job = json.load(sys.stdin)
    print(json.dumps(uvloop.run({"orders": orders, "updates": updates, "idle": idle}[job["work"]](job))))


if __name__ == "__main__":
    main()
