"""A slot of a worker: a warm process that does one job at a time in a child of its own."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from subprocess import DEVNULL, Popen
from typing import TYPE_CHECKING

from arbitrax.domain.errors import JobError
from arbitrax.jobs.messages import FromSlot, Line, Ready, Start, Started, Stop

if TYPE_CHECKING:
    from collections.abc import Callable

START_SECONDS = 60.0

_log = logging.getLogger(__name__)


class Slot:
    """The process, restarted when it is gone."""

    def __init__(self) -> None:
        self._open()
        self._child: Callable[[], None] | None = None

    def _open(self) -> None:
        ours, theirs = socket.socketpair()
        words = [sys.executable, "-m", "arbitrax.jobs.slot_process", str(theirs.fileno())]
        with theirs:
            # A session of its own: Ctrl-C in a terminal is for the worker, which then ends its jobs in order.
            self._process = Popen(words, stdin=DEVNULL, pass_fds=[theirs.fileno()], start_new_session=True)  # noqa: S603
        self._line = Line(ours)
        self._ready = False

    def wait_ready(self) -> None:
        """Return when the process can start children.

        Raises:
            JobError: it cannot be started.
        """
        while not self._ready:
            try:
                self._ready = isinstance(self._line.receive(FromSlot, START_SECONDS), Ready)  # type: ignore[arg-type]
            except EOFError:
                raise JobError(
                    f"The process for jobs ended with status {self._process.wait()} while it was starting; see above."
                ) from None

    def start(self, message: Start) -> None:
        """Begin a job; a process that is gone is replaced first.

        Raises:
            JobError: it cannot be started.
        """
        self.wait_ready()
        try:
            self._line.send(message)
        except OSError:
            self.replace()
            self.wait_ready()
            self._line.send(message)

    def receive(self, seconds: float) -> FromSlot | None:
        """Return what the child or the process says next, None when that takes longer.

        Raises:
            EOFError: the process is gone, and the child with it.
        """
        message: FromSlot | None = self._line.receive(FromSlot, seconds)  # type: ignore[arg-type]  # a union is a type
        if isinstance(message, Started):
            self._child = _killer(message.pid)
        return message

    def ask_to_stop(self) -> None:
        """Tell the child to end its job."""
        with suppress(OSError):
            self._line.send(Stop())

    def kill_child(self) -> None:
        """End the child at once."""
        if self._child is not None:
            self._child()
            self._child = None

    def replace(self) -> None:
        """Start the process anew."""
        self.close()
        self._open()

    def close(self) -> None:
        """End the process and its child."""
        self.kill_child()
        self._line.socket.close()
        self._process.kill()
        self._process.wait()


def _killer(pid: int) -> Callable[[], None]:
    """Return what kills a process, and never another that got its number."""
    if sys.platform != "linux":
        return lambda: _quietly(lambda: os.kill(pid, signal.SIGKILL))
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return lambda: None

    def kill() -> None:
        _quietly(lambda: signal.pidfd_send_signal(handle, signal.SIGKILL))
        os.close(handle)

    return kill


def _quietly(kill: Callable[[], None]) -> None:
    with suppress(ProcessLookupError):
        kill()
