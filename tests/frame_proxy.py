"""A proxy before a gateway that cuts connections, and drops, doubles or damages what its web sockets send."""

import asyncio
import random
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

HEADER = 2
Fault = Callable[[bytes], list[bytes]]
"""What becomes of a frame: none, the same twice, another one."""


class FrameProxy:
    """`url` leads through it. ``fault`` is asked about each frame of text or data that the gateway sends."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self.fault: Fault = lambda frame: [frame]
        self.seen = self.cuts = 0
        self._gone = False
        self._writers = set[asyncio.StreamWriter]()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.url = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def cut(self) -> None:
        """End every connection as a broken cable does."""
        asyncio.run_coroutine_threadsafe(self._cut(), self._loop).result()

    def close_gateway(self) -> None:
        """Be as if the gateway's machine was gone, until `open_gateway`."""
        self._gone = True
        self.cut()

    def open_gateway(self) -> None:
        """Be there again."""
        self._gone = False

    def close(self) -> None:
        """End."""
        self.cut()
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _end(self) -> None:
        self._server.close()
        tasks = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _cut(self) -> None:
        self.cuts += bool(self._writers)
        for each in list(self._writers):
            each.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._gone:
            writer.transport.abort()
            return
        try:
            from_gateway, to_gateway = await asyncio.open_connection(self._target.hostname, self._target.port)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, to_gateway}
        tasks = [
            asyncio.create_task(each) for each in (self._forth(reader, to_gateway), self._back(from_gateway, writer))
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for each in (writer, to_gateway):
                self._writers.discard(each)
                each.close()

    async def _forth(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            await self._forth(reader, writer)
            return
        while True:
            first = await reader.readexactly(HEADER)
            size, more = first[1] & 0x7F, b""
            if size > 125:
                more = await reader.readexactly(2 if size == 126 else 8)
                size = int.from_bytes(more)
            frame = first + more + await reader.readexactly(size)
            if first[0] & 0x0F in (1, 2):
                self.seen += 1
                frames = self.fault(frame)
            else:
                frames = [frame]  # pings and closing
            for each in frames:
                writer.write(each)
            await writer.drain()


def payload(frame: bytes) -> bytes:
    """Return what a frame carries."""
    size = frame[1] & 0x7F
    return frame[HEADER + {126: 2, 127: 8}.get(size, 0) :]


def damaged(frame: bytes, draw: random.Random) -> bytes:
    """Return a frame with another digit in a price or quantity, of the same length: it can still be read."""
    body = payload(frame)
    digits = [at for at, each in enumerate(body) if chr(each).isdigit() and body[at - 1 : at] in (b".", b'"')]
    if not digits:
        return frame
    at = draw.choice(digits)
    other = bytes([body[at] ^ 1])  # 0 and 1, 2 and 3, ... : a digit again
    return frame[: len(frame) - len(body)] + body[:at] + other + body[at + 1 :]
