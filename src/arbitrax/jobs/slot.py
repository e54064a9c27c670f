"""A slot of a worker: a warm process that does one job at a time in a child of its own."""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import suppress
from subprocess import DEVNULL, Popen

from arbitrax.domain.errors import JobError
from arbitrax.jobs.messages import Ended, FromSlot, Line, Ready, Start, Started, Stop

START_SECONDS = 60.0


class Slot:
    """The process, restarted when it is gone."""

    def __init__(self) -> None:
        self._open()
        self._child: _Child | None = None

    def _open(self) -> None:
        ours, theirs = socket.socketpair()
        words = [sys.executable, "-m", "arbitrax.jobs.slot_process", str(theirs.fileno())]
        with theirs:
            # A session of its own: Ctrl-C in a terminal is for the worker, which then ends its jobs in order.
            self._process = Popen(words, stdin=DEVNULL, pass_fds=[theirs.fileno()], start_new_session=True)  # noqa: S603 - our own program
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
        try:
            self.wait_ready()
            self._line.send(message)
        except (JobError, OSError):
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
            self._child = _Child(message.pid)
        elif isinstance(message, Ended):
            self._let_go()
        return message

    def ask_to_stop(self) -> None:
        """Tell the child to end its job."""
        with suppress(OSError):
            self._line.send(Stop())

    def kill_child(self) -> None:
        """End the child at once."""
        if self._child is not None:
            self._child.kill()

    def replace(self) -> None:
        """Start the process anew."""
        self.close()
        self._open()

    def _let_go(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None

    def close(self) -> None:
        """End the process and its child."""
        self.kill_child()
        self._let_go()
        self._line.socket.close()
        self._process.kill()
        self._process.wait()


class _Child:
    """The process of a job, held so that a kill never hits another that got its number."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._handle: int | None = None
        if sys.platform == "linux":
            with suppress(ProcessLookupError):  # it has ended already
                self._handle = os.pidfd_open(pid)

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        with suppress(ProcessLookupError):
            if self._handle is not None:
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            elif sys.platform != "linux":
                os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        """Let go of it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
