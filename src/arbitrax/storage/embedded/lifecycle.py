"""Start a server, wait until it is ready, stop it: the same for every server.

A server's life lock tells whether anything of it is left. Whoever starts it takes the lock, launches the
server with the locked descriptor, and closes its own copy; from then on the kernel keeps the books.
"""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Protocol

from arbitrax.domain.errors import StoreError, StoreUnavailableError
from arbitrax.storage.embedded import failures
from arbitrax.storage.embedded.locks import FileLock
from arbitrax.storage.embedded.processes import launch, send, workers_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from arbitrax.storage.embedded.account import Account
    from arbitrax.storage.embedded.binaries import Binaries
    from arbitrax.storage.embedded.directory import ServersDirectory

START_SECONDS = 120.0
"""How long a server may recover before we give up waiting; it goes on, the next try finds it further."""

STOP_SECONDS = 60.0
REMNANT_SECONDS = 3.0
"""How long the children of a crashed server get to notice; they usually do within milliseconds."""

_LOG_LIMIT = 8 << 20


class Server(Protocol):
    """What a server must tell to be started and stopped."""

    name: str
    title: str
    program: str
    place: ServersDirectory
    stop_signal: signal.Signals
    urgent_signal: signal.Signals | None

    def is_ready(self) -> bool:
        """Say whether the server answers; milliseconds, no subprocess."""

    def pid(self) -> int | None:
        """Return the running server's process id, checked to be that server."""

    def prepare(self, binaries: Binaries, account: Account | None, life: FileLock) -> None:
        """Bring data directory and settings into a state the server can start from."""

    def command(self, binaries: Binaries) -> Sequence[str]:
        """Return the server's command line."""


def start(server: Server, binaries: Binaries, account: Account | None) -> None:
    """Start a server, under the start lock, unless one that was already starting becomes ready."""
    with FileLock(server.place.life_lock(server.name)) as life:
        if not _await_turn(server, life):
            return
        server.prepare(binaries, account, life)
        log = server.place.log(server.name)
        _shorten(log)
        printed_before = log.stat().st_size if log.exists() else 0
        launch(
            server.command(binaries),
            account=account,
            directory=server.place.data(server.name),
            log=log,
            life=life.descriptor,
        )
    _await_ready(server, printed_before)


def is_alive(server: Server) -> bool:
    """Say whether any process of a server is left."""
    path = server.place.life_lock(server.name)
    if not path.exists():
        return False
    with FileLock(path) as life:
        return not life.try_own()


def _await_turn(server: Server, life: FileLock) -> bool:
    """Wait until nothing of an earlier server is left (True) or it is ready after all (False)."""
    began = time.monotonic()
    ended_remnants = False

    def settled() -> bool:
        nonlocal ended_remnants
        if not ended_remnants and time.monotonic() - began > REMNANT_SECONDS:
            _end_remnants(server)
            ended_remnants = True
        return life.try_own() or server.is_ready()

    if not _poll(settled, START_SECONDS):
        raise _unavailable(server, f"an earlier {server.title} neither answers nor ends")
    return life.try_own()


def _await_ready(server: Server, printed_before: int) -> None:
    def settled() -> bool:
        return server.is_ready() or not is_alive(server)

    if not _poll(settled, START_SECONDS):
        raise _unavailable(server, f"{server.title} is not ready after {START_SECONDS:.0f} s")
    if not server.is_ready():
        raise failed_start(server, _printed_since(server.place.log(server.name), printed_before))


def _unavailable(server: Server, what: str) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"{what[0].upper()}{what[1:]} (data in {server.place.data(server.name)}); "
        f"see {server.place.log(server.name)} and try again"
    )


def stop(servers: Iterable[Server]) -> None:
    """Stop servers side by side, under the start lock, and wait until nothing of them is left."""
    living = [server for server in servers if is_alive(server)]
    for server in living:
        _signal(server, server.stop_signal)
    for server in living:
        _await_end(server)


def _await_end(server: Server) -> None:
    def gone() -> bool:
        return not is_alive(server)

    if _poll(gone, REMNANT_SECONDS):
        return
    # A server that was starting when its starter died may not have told its pid the first time.
    _signal(server, server.stop_signal)
    _end_remnants(server)
    if _poll(gone, STOP_SECONDS):
        return
    if server.urgent_signal is not None:
        _signal(server, server.urgent_signal)
    if not _poll(gone, STOP_SECONDS / 6):
        raise _unavailable(server, f"{server.title} (process {server.pid()}) does not stop")


def _end_remnants(server: Server) -> None:
    """Kill what outlived a crashed server.

    It blocks a new one and its work is safe: PostgreSQL's in the write-ahead log, a Valkey's child only
    rewrites files that are still there.
    """
    if server.pid() is None:
        for worker in workers_in(server.place.data(server.name), server.program):
            send(worker, signal.SIGKILL)


def _signal(server: Server, number: signal.Signals) -> None:
    if (pid := server.pid()) is not None:
        send(pid, number)


def _poll(settled: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    pause = 0.002
    while not settled():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.3, 0.05)
    return True


def _shorten(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))


def _printed_since(log: Path, offset: int) -> str:
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")


def failed_start(server: Server, output: str) -> StoreError:
    """Explain a start that failed, from what the server printed."""
    return failures.did_not_start(server.title, server.place.data(server.name), server.place.log(server.name), output)
