"""The client of the rows of sockets, in a process of its own: python -m benchmarks.api.sockets_client < job.json

Frames are read below any library, so that 500 connections with 100 updates a second each leave room on the core it
shares with the servers. Client frames are masked with zeros, which the protocol allows and costs nothing.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import sys
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

import msgspec
import uvloop

from arbitrax.trading.client_ids import new_client_order_id
from benchmarks.api.sockets_stack import MAKER, SYMBOL, TAKER, cpu_seconds

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


async def connected(job: dict[str, Any], on_frame: Callable[[bytes], None], key: str | None = None) -> Connection:
    loop = asyncio.get_running_loop()
    _, made = await loop.create_connection(
        lambda: Connection(on_frame, job.get("path", "/api/v1/ws"), key), "127.0.0.1", job["port"]
    )
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

    connection = await connected(job, came, job["key"])
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
    """A connection that counts: each trade by its number, each message of a book by the one before it."""

    def __init__(self, delays: array[int]) -> None:
        self.trades = self.first = self.last = self.deltas = self.events = self.gaps = self.frames = 0
        self.book = self.fills = self.orders = 0
        self.answered = asyncio.Event()
        self._delays = delays
        self.connection: Connection | None = None

    def came(self, frame: bytes) -> None:
        now = time.time_ns() // 1_000_000
        self.frames += 1
        delays = self._delays
        for each in messages(frame):
            if each.type in ("ack", "error"):
                if each.type == "error":
                    print(frame[:300], file=sys.stderr)
                if each.id is not None:  # not that of the key
                    self.answered.set()
            elif each.channel == "trades":
                for trade in each.data.trades if each.data else ():
                    number = trade[0]
                    if number == self.last + 1 or not self.last:
                        self.trades += 1
                        delays[min(max(now - trade[4], 0), MOST_MS)] += 1
                        self.first = self.first or number
                    else:
                        self.gaps += 1
                    self.last = number
            elif each.channel == "book":
                if each.type == "delta":
                    self.gaps += each.prev_seq != self.book
                    self.deltas += 1
                    self.events += each.seq - self.book
                self.book = each.seq
            elif each.channel == "fills":
                self.fills += len(each.data.fills) if each.data else 0
            elif each.channel == "orders":
                self.orders += len(each.data.orders) if each.data else 0


class Slow(Follower):
    """Reads for a moment, then nothing for a while."""

    async def doze(self, seconds: float, awake: float) -> None:
        assert self.connection is not None
        while True:
            self.connection.transport.pause_reading()
            await asyncio.sleep(seconds)
            self.connection.transport.resume_reading()
            await asyncio.sleep(awake)


async def followed(job: dict[str, Any], follower: Follower, channels: list[dict[str, Any]]) -> None:
    follower.connection = made = await connected(job, follower.came, job["key"])
    for each in channels:
        follower.answered.clear()
        made.ask(op="subscribe", id=2, **each)
        await asyncio.wait_for(follower.answered.wait(), 30)


async def updates(job: dict[str, Any]) -> dict[str, Any]:
    """Follow with many connections while one trade is made each 10 ms; count what came."""
    delays = array("q", bytes(8 * (MOST_MS + 1)))
    market = [{"channel": each, "symbols": [SYMBOL]} for each in job["channels"]]
    private = [{"channel": each, "account": TAKER} for each in ("orders", "fills")]
    done = dict[int, asyncio.Event]()
    states = Counter[str]()

    def answered(frame: bytes) -> None:
        for each in messages(frame):
            if each.id in done:
                states.update(one["status"] if one["reason"] is None else one["reason"] for one in each.results)
                done.pop(each.id).set()

    desk = await connected(job | {"port": job["desk"], "path": "/api/v1/ws"}, answered, job["key"])
    await asyncio.sleep(0.5)
    numbers = iter(range(1, 1 << 60))

    def submit(account: str, side: str, quantity: str) -> asyncio.Event:
        id = next(numbers)
        one = {
            "symbol": SYMBOL, "side": side, "price": "100.00", "quantity": quantity,
            "client_order_id": new_client_order_id(time.time_ns() // 1_000_000),
        }  # fmt: skip
        done[id] = asyncio.Event()
        desk.ask(op="submit", id=id, account=account, orders=[one])
        return done.get(id) or asyncio.Event()

    count = int(job["seconds"] * job["rate"])
    await asyncio.wait_for(submit(MAKER, "sell", f"{(count + 1000) / 100:.2f}").wait(), 30)
    await asyncio.wait_for(submit(TAKER, "buy", "0.01").wait(), 30)  # something was published then
    await asyncio.sleep(1)
    followers = [Follower(delays) for _ in range(job["connections"])]
    for begin in range(0, len(followers), 50):
        await asyncio.gather(*(followed(job, each, market) for each in followers[begin : begin + 50]))
    own: list[Follower] = []
    dozing: list[asyncio.Task[None]] = []
    slow = None
    if job["slow"]:
        own = [Follower(array("q", delays)) for _ in range(10)]
        await asyncio.gather(*(followed(job, each, private) for each in own))
        slow = Slow(array("q", delays))
        await followed(job, slow, market)
        dozing.append(asyncio.create_task(slow.doze(9.0, 1.0)))
    states.clear()
    await asyncio.sleep(1)
    before, begun = time.process_time(), time.perf_counter()
    server, late = cpu_seconds(job["pid"]), 0.0
    pending = deque[asyncio.Event]()
    for number in range(count):
        due = begun + number / job["rate"]
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        late = max(late, time.perf_counter() - due)
        pending.append(submit(TAKER, "buy", "0.01"))
    for each in pending:
        await asyncio.wait_for(each.wait(), 30)
    seconds = time.perf_counter() - begun
    end = time.perf_counter() + job["patience"]
    while any(each.trades < count for each in followers) and "trades" in job["channels"]:
        if time.perf_counter() > end:
            break
        await asyncio.sleep(0.05)
    took = time.perf_counter() - begun
    cpu, server = time.process_time() - before, cpu_seconds(job["pid"]) - server
    await asyncio.sleep(1.0)
    for task in dozing:
        task.cancel()
    if slow is not None and slow.connection is not None:
        slow.connection.transport.resume_reading()
        await asyncio.sleep(1.0)
    return {
        "seconds": seconds,
        "took": took,
        "states": states,
        "made": count,
        "driver_late_ms": late * 1000,
        "connections": len(followers),
        "trades": [min(each.trades for each in followers), max(each.trades for each in followers)],
        "trades_total": sum(each.trades for each in followers),
        "deltas": [min(each.deltas for each in followers), max(each.deltas for each in followers)],
        "book_events": [min(each.events for each in followers), max(each.events for each in followers)],
        "gaps": sum(each.gaps for each in followers),
        "frames": sum(each.frames for each in followers),
        "closed": sum(bool(each.connection and each.connection.closed.done()) for each in followers),
        "p50": at(delays, 0.5),
        "p99": at(delays, 0.99),
        "p99_9": at(delays, 0.999),
        "max": at(delays, 1.0),
        "own": [[each.orders, each.fills] for each in own],
        "slow": None
        if slow is None or slow.connection is None
        else {
            "trades": slow.trades,
            "gaps": slow.gaps,
            "deltas": slow.deltas,
            "closed": slow.connection.closed.result() if slow.connection.closed.done() else None,
        },
        "cpu": cpu,
        "server_cpu": server,
    }


def at(delays: array[int], share: float) -> int:
    """Return the delay, ms, below or at which a share of all were."""
    left = sum(delays) * share
    for ms, count in enumerate(delays):
        left -= count
        if left <= 0 and (count or share < 1):
            return ms
    return MOST_MS


def main() -> None:
    job = json.load(sys.stdin)
    print(json.dumps(uvloop.run({"orders": orders, "updates": updates}[job["work"]](job))))


if __name__ == "__main__":
    main()
