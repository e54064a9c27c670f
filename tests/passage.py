"""Another way to a server's unix socket, which can be shut: for who comes by it the server is gone, for others not."""

import shutil
import socket
import tempfile
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote, urlsplit, urlunsplit


class Passage:
    """`url` leads through it; open from the beginning."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = unquote(parts.path)
        self._folder = Path(tempfile.mkdtemp(prefix="arbitrax-passage-"))
        self._path = self._folder / "socket"
        user = f":{parts.password}@" if parts.password else ""
        self.url = urlunsplit(parts._replace(netloc=user, path=quote(str(self._path))))
        self._held = list[socket.socket]()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()
        shutil.rmtree(self._folder)

    def open(self) -> None:
        """Let everybody through."""
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        """End every connection, and take no more."""
        with self._lock:
            listener, self._listener = self._listener, None
            held, self._held = self._held, []
        if listener is not None:
            self._path.unlink()
            _end(listener)
        for each in held:
            _end(each)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with ExitStack() as stack:
                    stack.enter_context(client)
                    server = stack.enter_context(socket.socket(socket.AF_UNIX))
                    server.connect(self._target)
                    with self._lock:
                        if self._listener is not listener:
                            return
                        self._held += [client, server]
                    stack.pop_all()
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=_carry, args=pair, daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    _end(source)
    _end(sink)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
