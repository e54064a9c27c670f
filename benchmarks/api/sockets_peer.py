"""Peers that hand out the same trades: python -m benchmarks.api.sockets_peer fastapi|raw PORT CACHE_URL STREAM

`fastapi` is the broadcast of FastAPI's documentation, on uvicorn and uvloop: one send a connection and update. `raw` is
the floor: uvloop's transports, to which a frame that was made once is written, one a connection and update; it speaks
no more of the protocol than that. Neither knows limits, users, resuming, slow clients or conflation.
"""

import asyncio
import base64
import hashlib
import json
import sys
import time

import uvloop
import valkey.asyncio

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def stamp(ms: int) -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(ms / 1000))}.{ms % 1000:03}Z"


async def trades(url: str, stream: str):
    """Yield messages as our gateway writes them, each once."""
    client, at = valkey.asyncio.Valkey.from_url(url), "$"
    while True:
        for _, rows in await client.xread({stream: at}, block=1000, count=100) or ():
            for name, fields in rows:
                at = name
                found = json.loads(fields[b"m"])
                yield json.dumps(
                    {
                        "channel": "trades",
                        "type": "event",
                        "symbol": found["symbol"],
                        "seq": found["seq"],
                        "prev_seq": found["prev_seq"],
                        "ts_event": stamp(found["time"]),
                        "ts_sent": stamp(time.time_ns() // 1_000_000),
                        "data": {"trades": found["trades"], "epoch": found["epoch"]},
                    }
                )


def fastapi(port: int, url: str, stream: str) -> None:
    from contextlib import asynccontextmanager

    import uvicorn
    from fastapi import FastAPI, WebSocket, WebSocketDisconnect

    active: list[WebSocket] = []

    async def broadcast() -> None:
        async for message in trades(url, stream):
            for each in active[:]:
                await each.send_text(message)

    @asynccontextmanager
    async def lifespan(_: FastAPI):
        task = asyncio.create_task(broadcast())
        print("ready", flush=True)
        yield
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.websocket("/api/v1/ws")
    async def follow(socket: WebSocket) -> None:
        await socket.accept()
        try:
            asked = await socket.receive_json()
            await socket.send_json({"type": "ack", "id": asked["id"]})
            active.append(socket)
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            if socket in active:
                active.remove(socket)

    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", log_level="error", ws_per_message_deflate=False)


def raw(port: int, url: str, stream: str) -> None:
    active: set[asyncio.Transport] = set()

    def framed(payload: bytes) -> bytes:
        size = len(payload)
        return bytes((0x81, size)) + payload if size < 126 else b"\x81\x7e" + size.to_bytes(2) + payload

    class Connection(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport, self.is_open = transport, False

        def data_received(self, data: bytes) -> None:
            if self.is_open:  # it asks
                self.transport.write(framed(b'{"type":"ack","id":2}'))
                active.add(self.transport)
                return
            key = data.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
            accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
            head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            self.transport.write(head + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
            self.is_open = True

        def connection_lost(self, exc: Exception | None) -> None:
            active.discard(self.transport)

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
        print("ready", flush=True)
        async with server:
            async for message in trades(url, stream):
                frame = framed(message.encode())
                for each in active:
                    each.write(frame)

    uvloop.run(run())


if __name__ == "__main__":
    {"fastapi": fastapi, "raw": raw}[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:5])
