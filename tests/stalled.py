"""Servers that hang without ending, as with a disk that does not answer: their processes are stopped for a while."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from arbitrax.storage.embedded import EmbeddedServers

needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks processes up in /proc")


@contextmanager
def stalled(servers: EmbeddedServers, name: str) -> Iterator[None]:
    """Stop a server and what it has started until the block ends."""
    server = next(each.pid for each in servers.status() if each.name == name)
    assert server is not None
    stopped = [server]
    try:
        os.kill(server, signal.SIGSTOP)  # first: it starts no more
        for each in _children(server):
            stopped.append(each)
            _send(each, signal.SIGSTOP)
        yield
    finally:
        for each in stopped:
            _send(each, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(each.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(each.parent.name))
    return found


def _send(process: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)
