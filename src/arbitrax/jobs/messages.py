"""What a worker and the processes of a slot say to each other: a JSON text a line, over a socket pair."""

from __future__ import annotations

import select
import socket
from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from arbitrax.services.jobs import Lease, Problem
from arbitrax.services.run_log import RunLog

RECEIVED = 1 << 16

T = TypeVar("T")


class Start(Struct, frozen=True, tag=True):
    """To the slot: do a job in a child."""

    job: UUID
    kind: str
    spec: msgspec.Raw
    owner: UUID | None
    created_at: int
    """When the job was asked for, ns UTC."""
    lease: Lease
    database_url: str
    cache_url: str
    seconds: int
    megabytes: int


class Stop(Struct, frozen=True, tag=True):
    """To the child: end the job."""


class Ready(Struct, frozen=True, tag=True):
    """From the slot: it can start children."""


class Started(Struct, frozen=True, tag=True):
    """From the slot: the child of the job."""

    pid: int


class Tick(Struct, frozen=True, tag=True):
    """From the child: how far it is; a tile of the equity curve, and what is held."""

    done: int
    bars: int
    times: list[int]
    """ns UTC."""
    equity: list[float]
    held: dict[str, tuple[float, float, float]]
    """By symbol: quantity, average price, unrealised profit."""


class Log(Struct, frozen=True, tag=True):
    """From the child: a line to show, and the bar at which it was said, ns UTC."""

    text: str
    bar: int | None = None


class Outcome(Struct, frozen=True, tag=True):
    """From the child: how the job ended. ``given_back``: it may be tried again."""

    status: str
    problem: Problem | None = None
    log: RunLog | None = None
    """What was said until then, where it is not stored already."""


class Ended(Struct, frozen=True, tag=True):
    """From the slot: the child is gone; the status is that of `os.waitpid`."""

    status: int


ToSlot = Start | Stop
FromSlot = Ready | Started | Tick | Log | Outcome | Ended


class Line(Struct):
    """One end of the socket pair."""

    socket: socket.socket
    rest: bytes = b""

    def send(self, message: ToSlot | FromSlot) -> None:
        """Send a message.

        Raises:
            OSError: the other end is gone.
        """
        self.socket.sendall(msgspec.json.encode(message) + b"\n")

    def receive(self, kind: type[T], timeout: float | None = None) -> T | None:
        """Return the next message, None when none came in time.

        Raises:
            EOFError: the other end is gone.
        """
        while b"\n" not in self.rest:
            # Not by the socket's own timeout: another thread may be sending.
            waiting = select.poll()
            waiting.register(self.socket, select.POLLIN)
            if not waiting.poll(None if timeout is None else int(timeout * 1000)):
                return None
            try:
                piece = self.socket.recv(RECEIVED)
            except OSError:
                piece = b""
            if not piece:
                raise EOFError
            self.rest += piece
        line, _, self.rest = self.rest.partition(b"\n")
        return msgspec.json.decode(line, type=kind)
