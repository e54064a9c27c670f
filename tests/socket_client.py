"""A client of the web socket for tests: sends requests, keeps a book from what comes and checks it."""

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from arbitrax.exchange.feed.checksum import checksum

PATIENCE = 15.0


class Socket:
    """Reads in a thread; `messages` has all that came."""

    def __init__(self, url: str, token: str | None = None, *, packed: bool = False, **options: Any) -> None:
        self.packed, self.messages, self.frames = packed, list[dict[str, Any]](), 0
        if packed:
            options["subprotocols"] = ["arbitrax.msgpack"]
        self._stack = ExitStack()
        self.connection: ClientConnection = self._stack.enter_context(
            connect(url.replace("http", "ws", 1) + "/api/v1/ws", compression=None, **options)
        )
        self._came, self._ids = threading.Condition(), 0
        self.closed: tuple[int, str] | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if token is not None:
            assert self.ask(op="authenticate", token=token)["type"] == "ack"

    def _read(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                frame = self.connection.recv()
                found = msgspec.msgpack.decode(frame) if self.packed else json.loads(frame)
                with self._came:
                    self.frames += 1
                    self.messages += found if isinstance(found, list) else [found]
                    self._came.notify_all()
        with self._came:
            self.closed = (self.connection.protocol.close_code or 0, self.connection.protocol.close_reason or "")
            self._came.notify_all()

    def send(self, **request: Any) -> int:
        """Send a request; return its id."""
        self._ids += 1
        request = {"id": self._ids} | request
        self.connection.send(msgspec.msgpack.encode(request) if self.packed else json.dumps(request))
        return self._ids

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and return its answer."""
        id = self.send(**request)
        return self.wait_for(lambda each: each.get("id") == id)

    def wait_for(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the first message that fits."""
        with self._came:
            found = self._came.wait_for(
                lambda: next((each for each in self.messages if fits(each)), None) or self.closed, PATIENCE
            )
        assert isinstance(found, dict), (self.closed, self.messages[-5:])
        return found

    def wait_closed(self) -> tuple[int, str]:
        """Return code and reason when the server has closed it."""
        with self._came:
            assert self._came.wait_for(lambda: self.closed is not None, PATIENCE), self.messages[-5:]
        assert self.closed is not None
        return self.closed

    def first_of(self, channel: str, after: int = -1) -> dict[str, Any]:
        """Return the first message of a channel after a number."""
        return self.wait_for(lambda each: each.get("channel") == channel and "ts_sent" in each and each["seq"] > after)

    def of(self, channel: str) -> list[dict[str, Any]]:
        """Return the messages of a channel."""
        return [each for each in list(self.messages) if each.get("channel") == channel and "seq" in each]

    def close(self) -> None:
        """End."""
        self._stack.close()
        self._reader.join(PATIENCE)


Side = list[list[str]]


def book_of(messages: list[dict[str, Any]]) -> tuple[int, Side, Side]:
    """Return seq and both sides that messages of a book make, each checked: no gap, and the checksum."""
    seq = 0
    bids: Side = []
    asks: Side = []
    sides: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for each in messages:
        if each["type"] == "resync_required":
            continue
        if each["type"] == "snapshot":
            sides = ({}, {})
        else:
            assert each["prev_seq"] == seq
        seq = each["seq"]
        for side, levels in zip(sides, (each["data"]["bids"], each["data"]["asks"]), strict=True):
            for price, quantity in levels:
                if quantity == "0":
                    del side[price]
                else:
                    side[price] = quantity
        bids = sorted(([*level] for level in sides[0].items()), key=lambda level: -float(level[0]))
        asks = sorted(([*level] for level in sides[1].items()), key=lambda level: float(level[0]))
        text = [",".join(f"{price}:{quantity}" for price, quantity in side[:10]) for side in (bids, asks)]
        assert checksum(*text) == each["data"]["crc"]
    return seq, bids, asks
