"""A proxy before a Valkey's unix socket that loses the reply to an XADD, which the server has executed."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit


class JournalProxy:
    """`url` leads through it. ``lose`` replies to XADD are still to be lost; ``on_loss`` is called at each."""

    def __init__(self, url: str, path: Path) -> None:
        parts = urlsplit(url)
        self._target, self._path = unquote(parts.path), path
        self.url = f"unix://:{parts.password}@{quote(str(path))}"
        self.lose = 0
        self.lost = 0
        self.on_loss: Callable[[], None] = lambda: None

    async def __aenter__(self):
        self._server = await asyncio.start_unix_server(self._serve, str(self._path))
        return self

    async def __aexit__(self, *_):
        self._server.close()

    async def _serve(self, reader, writer):
        from_server, to_server = await asyncio.open_unix_connection(self._target)

        async def back():
            while data := await from_server.read(1 << 16):
                writer.write(data)

        backwards = asyncio.create_task(back())
        try:
            while data := await reader.read(1 << 16):
                losing = self.lose and b"XADD" in data
                if losing:
                    backwards.cancel()
                    await asyncio.wait([backwards])
                to_server.write(data)
                if losing:
                    self.lose -= 1
                    await from_server.read(1 << 16)  # executed; nobody hears of it
                    self.lost += 1
                    self.on_loss()
                    break
        finally:
            backwards.cancel()
            writer.close()
            to_server.close()
