"""One connection to a server that speaks the Redis protocol: words out, replies in, nothing tried again.

A client that repeats a command by itself, or takes a new connection in the middle, hides exactly what the exchange
must know. Here every fault ends the connection and is raised.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from arbitrax.domain.errors import Fenced, Gap, StoreError, StoreUnavailableError
from arbitrax.kernels.stream_reply import end_of_reply

if TYPE_CHECKING:
    from valkey.connection import AbstractConnection

TIMEOUT_SECONDS = 5.0
READ_SIZE = 1 << 18
"""Bytes taken from the socket at once: batches are large."""

SEND_BUFFER = 4 << 20
"""Of a socket on this machine, bytes: a batch goes out at once, without waiting for the server to take a part of it."""

Word = str | bytes | memoryview | int
_OURS = {"FENCED": Fenced, "GAP": Gap}


class Channel:
    """A connection, opened at once. Commands may be sent ahead; replies come in their order."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        from valkey import ConnectionPool, ValkeyError  # a third of a second: only when used

        self.where = address(url)
        self._faults = (ValkeyError, OSError)
        self.owed = 0
        """Replies to commands sent."""
        self._may_hold = False
        """Whether a reply may have come along with another one."""
        try:
            pool = ConnectionPool.from_url(  # type: ignore[no-untyped-call]
                url, socket_timeout=timeout, socket_connect_timeout=timeout, socket_read_size=READ_SIZE
            )
            self._connection: AbstractConnection | None = pool.make_connection()
            self._connection.connect()
            sock = self._connection._sock
            if sock is not None and sock.family == socket.AF_UNIX:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        except (*self._faults, ValueError) as error:
            raise self._unavailable(error) from None

    def send(self, *words: Word) -> None:
        """Send a command.

        Raises:
            StoreUnavailableError: the connection is gone.
        """
        try:
            self._open().send_command(*words)  # type: ignore[no-untyped-call]
        except self._faults as error:
            self.close()
            raise self._unavailable(error) from None
        self._may_hold = self._may_hold and self.owed > 0
        self.owed += 1

    def expect(self) -> None:
        """Count on one more reply that no command asks for: a message of a subscription."""
        self.owed += 1

    def receive(self) -> Any:
        """Return the reply to the oldest command without one.

        Raises:
            Fenced, Gap: a function of ours said so.
            StoreError: the server refuses.
            StoreUnavailableError: the connection is gone, or the server silent.
        """
        from valkey.exceptions import ConnectionError as Lost
        from valkey.exceptions import ResponseError

        self.owed -= 1
        self._may_hold = True
        try:
            return self._open().read_response()  # type: ignore[no-untyped-call]
        except ResponseError as error:
            word, _, text = str(error).partition(" ")
            if word in _OURS:
                raise _OURS[word](text) from None
            if isinstance(error, Lost):
                raise self._unavailable(error) from None
            raise StoreError(f"The Valkey at {self.where} refuses the exchange: {str(error).rstrip('.')}.") from None
        except self._faults as error:
            self.close()
            raise self._unavailable(error) from None

    def receive_bytes(self, buffer: bytearray) -> int:
        """Put the reply to the oldest command without one into a buffer as it comes; return its length.

        No other command may be on its way. Raises like `receive`.
        """
        self.owed -= 1
        taking, size, at, pending = self._open()._sock, 0, 0, 1
        try:
            while pending > 0:
                if len(buffer) - size < READ_SIZE:
                    buffer.extend(bytes(max(len(buffer), READ_SIZE)))
                with memoryview(buffer) as view:
                    read = taking.recv_into(view[size:]) if taking is not None else 0
                if not read:
                    raise ConnectionError("the server ended the connection")
                size += read
                at, pending = end_of_reply(buffer, size, at, pending)
        except self._faults as error:
            self.close()
            raise self._unavailable(error) from None
        if pending or not buffer.startswith(b"*"):
            self.close()
            told = bytes(buffer[: min(size, 200)]).decode(errors="replace").strip()
            raise StoreError(f"The Valkey at {self.where} refuses the exchange: {told.lstrip('-').rstrip('.')}.")
        return size

    def has_reply(self) -> bool:
        """Whether the next reply is there already, and its socket need not be waited for.

        Raises:
            StoreUnavailableError: the connection is gone.
        """
        try:
            return self._may_hold and self.owed > 0 and bool(self._open().can_read(0))  # type: ignore[no-untyped-call]
        except self._faults as error:
            self.close()
            raise self._unavailable(error) from None

    def fileno(self) -> int:
        """Return the number of its socket, for who waits for one of several."""
        found = self._open()._sock
        return -1 if found is None else found.fileno()

    def ask(self, *words: Word) -> Any:
        """Send a command and return its reply; raises like both."""
        self.send(*words)
        return self.receive()

    def load(self, script: str) -> str:
        """Give a function to the server; return the name that EVALSHA calls it by."""
        name = self.ask("SCRIPT", "LOAD", script)
        return name.decode() if isinstance(name, bytes) else str(name)

    def close(self) -> None:
        """End the connection; what was sent may or may not be executed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()  # type: ignore[no-untyped-call]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> AbstractConnection:
        if self._connection is None:
            raise StoreUnavailableError(f"The connection to the Valkey at {self.where} is closed.")
        return self._connection

    def _unavailable(self, error: Exception) -> StoreUnavailableError:
        return StoreUnavailableError(
            f"The Valkey at {self.where} does not answer or refuses us ({type(error).__name__}: {error}); start it, or "
            "correct or unset its URL."
        )


def address(url: str) -> str:
    """Return where a URL leads, without its password."""
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname or ''}:{parts.port or 6379}"
