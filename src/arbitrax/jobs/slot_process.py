"""The process of a slot: loaded once, it forks a child for each job. Run by the worker with one end of a socket pair.

A fork of a process that has everything loaded costs milliseconds; a fresh process costs the loading. Nothing of one job
is left for the next, because each is a child of its own.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import sys

from arbitrax.jobs.child import run_child, warm_up
from arbitrax.jobs.messages import Ended, Line, Ready, Start, Started, Stop, ToSlot
from arbitrax.settings import read_settings

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve the socket whose number is the only argument, until the worker is gone."""
    _die_with_parent()
    line = Line(socket.socket(fileno=int(sys.argv[1])))
    warm_up()
    settings = read_settings()  # once: a secret may come from afar
    gc.collect()
    gc.freeze()  # pages of what is loaded stay shared with the children
    try:
        line.send(Ready())
        while True:
            message: Start | Stop | None = line.receive(ToSlot)  # type: ignore[arg-type]  # a union is a type
            if not isinstance(message, Start):
                continue  # an end asked for too late
            pid = os.fork()
            if pid == 0:
                _die_with_parent()
                run_child(line, message, settings)
            line.send(Started(pid))
            _, status = os.waitpid(pid, 0)
            line.send(Ended(status))
    except (EOFError, OSError):
        pass


def _die_with_parent() -> None:
    """Let the kernel kill this process with its parent, where it can; elsewhere the closed socket ends it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
