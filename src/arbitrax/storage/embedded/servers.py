"""The public surface: URLs of servers that run, whoever started them."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from arbitrax.domain.errors import StoreError, StoreUnavailableError
from arbitrax.storage.embedded import failures
from arbitrax.storage.embedded.binaries import find_binaries, reachable_binaries
from arbitrax.storage.embedded.credentials import (
    NAMES,
    Credentials,
    new_credentials,
    read_credentials,
    write_credentials,
)
from arbitrax.storage.embedded.directory import (
    ServersDirectory,
    expected_directory,
    open_directory,
    prepare_sockets,
    require_entry,
)
from arbitrax.storage.embedded.lifecycle import is_alive, start, stop
from arbitrax.storage.embedded.locks import FileLock, UserShare
from arbitrax.storage.embedded.postgres import Postgres
from arbitrax.storage.embedded.processes import run
from arbitrax.storage.embedded.valkey import CACHE, JOURNAL, Valkey


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One server as `arbitrax doctor` shows it; version is None where the wheel holds no program for us."""

    name: str
    version: str | None
    running: bool
    pid: int | None
    data: Path
    socket: Path


class EmbeddedServers:
    """The servers of one home: each starts on first use, all stop with the last process that uses any.

    A process counts as a user from its first URL to `release()` or its end, however it ends.
    """

    def __init__(self, home: Path, *, durability: str = "process") -> None:
        """Take a home; ``durability`` is what a journal that starts here survives (`ARBITRAX_DURABILITY`)."""
        self._durability = durability
        self._home = Path(os.path.abspath(home))  # noqa: PTH100 -- Path.absolute keeps `..`
        self._mutex = threading.Lock()
        self._share: UserShare | None = None
        self._place: ServersDirectory | None = None
        _instances.add(self)

    def postgres_url(self) -> str:
        """Return the URL of a running PostgreSQL, for psycopg.

        Raises:
            StoreError: it cannot run here; the message says what to do.
            StoreUnavailableError: it does not run now; trying again may help.
        """
        return self._url_of("postgres")

    def journal_url(self) -> str:
        """Return the URL of a running Valkey that keeps every write; raises like `postgres_url`."""
        return self._url_of("journal")

    def cache_url(self) -> str:
        """Return the URL of a running Valkey that may forget; raises like `postgres_url`."""
        return self._url_of("cache")

    def status(self) -> tuple[ServerStatus, ...]:
        """Return how each server is, starting and creating nothing."""
        with _sentences(self._home):
            place = expected_directory(self._home)
            credentials = read_credentials(place.credentials) or dict.fromkeys(NAMES, "")
            return tuple(_status(_server(place, name, credentials)) for name in NAMES)

    def release(self) -> None:
        """Stop using the servers; the last user stops them and waits until they are gone."""
        with self._mutex, _sentences(self._home):
            share, self._share = self._share, None
            if share is None or not share.held or self._place is None:
                return
            atexit.unregister(self._release_at_exit)
            share.release()
            _stop_if_last(self._place)

    def _release_at_exit(self) -> None:
        try:
            self.release()
        except StoreError as error:
            print(f"arbitrax: {error}", file=sys.stderr)  # noqa: T201 -- no one is left to catch it

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _url_of(self, name: str) -> str:
        with self._mutex, _sentences(self._home):
            place = self._joined()
            credentials = read_credentials(place.credentials)
            if credentials is not None:
                server = _server(place, name, credentials)
                if server.is_ready():
                    return server.url()
            return _started(place, name, self._durability).url()

    def _joined(self) -> ServersDirectory:
        """Become a user, before looking at any server: from now on nobody stops one."""
        if self._place is None or self._share is None or not self._share.held:
            self._place = open_directory(self._home)
            self._share = UserShare(self._place.users_lock)
            atexit.register(self._release_at_exit)
        return self._place

    def renew_mutex(self) -> None:
        """Forget, in a forked child, a thread that held the mutex in the parent."""
        self._mutex = threading.Lock()


_instances: weakref.WeakSet[EmbeddedServers] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for instance in tuple(_instances):
        instance.renew_mutex()


os.register_at_fork(after_in_child=_after_fork_in_child)


@contextmanager
def _sentences(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise failures.from_os_error(error, home) from error


def _server(
    place: ServersDirectory, name: str, credentials: Credentials, durability: str = "process"
) -> Postgres | Valkey:
    """Return a server; the durability only matters to one that starts."""
    if name == "postgres":
        return Postgres(place, credentials[name])
    return Valkey(place, name, JOURNAL[durability] if name == "journal" else CACHE, credentials[name])


def _started(place: ServersDirectory, name: str, durability: str) -> Postgres | Valkey:
    """Start a server, unless another process did while we waited for the start lock."""
    with FileLock(place.start_lock) as starting:
        starting.own()
        credentials = read_credentials(place.credentials)
        if credentials is not None and (ready := _server(place, name, credentials)).is_ready():
            return ready
        account = place.account()
        require_entry(account, place)
        prepare_sockets(place, account)
        binaries = reachable_binaries(place.copies(), account)
        server = _server(place, name, credentials or _renewed_credentials(place), durability)
        start(server, binaries, account)
        return server


def _renewed_credentials(place: ServersDirectory) -> Credentials:
    """Make new passwords where the file is missing or damaged, and tell PostgreSQL; the data stays."""
    credentials = new_credentials()
    servers = [_server(place, name, credentials) for name in NAMES]
    if any(is_alive(server) for server in servers):
        raise StoreUnavailableError(
            f"{place.credentials} is missing or damaged while servers still run with the passwords it held"
            "; end the other ArbitraX processes of this home and try again"
        )
    account = place.account()
    postgres = Postgres(place, credentials["postgres"])
    with FileLock(place.life_lock(postgres.name)) as life:
        life.own()
        postgres.set_password(reachable_binaries(place.copies(), account), account, life)
    write_credentials(place.credentials, credentials)
    return credentials


def _stop_if_last(place: ServersDirectory) -> None:
    if not place.users_lock.exists():  # the home was deleted under us: there is nothing to stop by
        return
    with FileLock(place.users_lock) as users:
        if not users.try_own():
            return
        with FileLock(place.start_lock) as starting:
            starting.own()
            unused = dict.fromkeys(NAMES, "")  # stopping is by signal: it works with damaged credentials too
            stop([_server(place, name, unused) for name in NAMES])
            if place.sockets.parent != place.path:  # the short directory elsewhere; the next start makes it again
                with suppress(OSError):
                    place.sockets.rmdir()


def _status(server: Postgres | Valkey) -> ServerStatus:
    running = server.place.path.is_dir() and is_alive(server)
    return ServerStatus(
        name=server.name,
        version=_version(server.name),
        running=running,
        pid=server.pid() if running else None,
        data=server.data,
        socket=server.socket,
    )


@cache
def _version(name: str) -> str | None:
    try:
        found = find_binaries()
    except StoreError:
        return None
    program = found.postgres if name == "postgres" else found.valkey
    code, output = run([str(program), "--version"], account=None)
    words = [word.removeprefix("v=") for word in output.split()]
    return next((word for word in words if code == 0 and word[0].isdecimal()), None)
