"""What is particular to PostgreSQL."""

from __future__ import annotations

import shutil
import signal
import socket
from pathlib import Path
from urllib.parse import quote

from arbitrax.domain.errors import StoreError
from arbitrax.storage.embedded import failures
from arbitrax.storage.embedded.account import Account
from arbitrax.storage.embedded.binaries import Binaries
from arbitrax.storage.embedded.credentials import write_private
from arbitrax.storage.embedded.directory import ServersDirectory, make_private
from arbitrax.storage.embedded.lifecycle import failed_start
from arbitrax.storage.embedded.locks import FileLock
from arbitrax.storage.embedded.processes import exists, run, works_in

ROLE = "arbitrax"
DATABASE = "arbitrax"
_SOCKET = ".s.PGSQL.5432"
_READY_LINE = 7
"""postmaster.pid: pid, data, start, port, socket directory, address, shared memory, status."""

_SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
"""Written to postgresql.conf once, for the user to change; what guards the data is on the command line."""


class Postgres:
    """The PostgreSQL of a home."""

    name = "postgres"
    title = "PostgreSQL"
    program = "postgres"
    stop_signal = signal.SIGINT  # fast: sessions end, a checkpoint is written
    urgent_signal: signal.Signals | None = signal.SIGQUIT  # nothing committed is lost: the next start recovers

    def __init__(self, place: ServersDirectory, password: str) -> None:
        self.place = place
        self.data = place.data(self.name)
        self.socket = place.sockets / _SOCKET
        self._password = password

    def url(self) -> str:
        """Return the libpq URL; the port is there so that PGPORT cannot change the socket's name."""
        host = quote(str(self.socket.parent), safe="")
        return f"postgresql://{ROLE}:{self._password}@/{DATABASE}?host={host}&port=5432"

    def is_ready(self) -> bool:
        """Say whether the server accepts connections."""
        lines = self._pid_file()
        if len(lines) <= _READY_LINE or lines[_READY_LINE].strip() != "ready":
            return False
        return _number(lines) is not None and exists(int(lines[0])) and _accepts(self.socket)

    def pid(self) -> int | None:
        """Return the postmaster's process id."""
        number = _number(self._pid_file())
        return number if number is not None and works_in(number, self.data, self.program) else None

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(errors="replace").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []

    def prepare(self, binaries: Binaries, account: Account | None, life: FileLock) -> None:
        """Make the data directory once; later, clear away what a crash left."""
        draft = self.data.with_name("postgres.new")
        if draft.exists():  # its initdb ended half-way: nothing holds the life lock any more
            shutil.rmtree(draft)
        if self.data.is_dir() and not any(self.data.iterdir()):
            self.data.rmdir()
        if self.data.exists():
            self._check_version(binaries)
            self._clear_stale_locks()
        else:
            self._create(binaries, account, draft, life)

    def _check_version(self, binaries: Binaries) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except OSError:
            raise StoreError(
                f"{self.data} holds no PostgreSQL data (no readable PG_VERSION); "
                "move it away to start with an empty database, or restore it from a backup"
            ) from None
        if found != (ours := binaries.postgres_major()):
            raise StoreError(
                f"The data in {self.data} was made by PostgreSQL {found} and this is PostgreSQL {ours}; "
                f"dump it with PostgreSQL {found}, move the directory away and load the dump"
            )

    def _clear_stale_locks(self) -> None:
        """Remove lock files of a dead postmaster: PostgreSQL takes any live process of that number for it."""
        if self.pid() is None:  # else somebody started it by hand, and PostgreSQL will say so
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            for leftover in (self.socket, self.socket.with_name(f"{_SOCKET}.lock")):
                leftover.unlink(missing_ok=True)

    def _create(self, binaries: Binaries, account: Account | None, draft: Path, life: FileLock) -> None:
        """Make the data directory aside and rename it: it is there complete or not at all."""
        make_private(draft, account)
        password_file = self.place.path / "initdb.password"
        owner = None if account is None else (account.uid, account.gid)
        try:
            write_private(password_file, self._password, owner=owner)
            for command, text in _creation(binaries, draft, password_file):
                code, output = run(command, account=account, directory=draft, text=text, life=life.descriptor)
                if code != 0:
                    raise self._why_not_created(output)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)  # gives a full disk its room back
            raise
        finally:
            password_file.unlink(missing_ok=True)
        draft.rename(self.data)

    def _why_not_created(self, output: str) -> StoreError:
        if failures.is_disk_full(self.place.path, output):
            return failures.disk_full(self.place.path)
        return StoreError(
            f"PostgreSQL could not create its data in {self.data}: {failures.last_reason(output)!r}; "
            "correct that and try again"
        )

    def set_password(self, binaries: Binaries, account: Account | None, life: FileLock) -> None:
        """Give the role this password, while the server is down."""
        if not self.data.exists():
            return
        self._clear_stale_locks()
        statement = f"ALTER ROLE {ROLE} PASSWORD '{self._password}';\n"  # letters, digits, - and _ only
        command = _single_user(binaries, self.data)
        code, output = run(command, account=account, directory=self.data, text=statement, life=life.descriptor)
        if code != 0:
            raise failed_start(self, output)

    def command(self, binaries: Binaries) -> list[str]:
        """Return the server's command line: no network, a private socket."""
        options = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": _quoted(str(self.socket.parent)),
            "unix_socket_permissions": "0700",
            "logging_collector": "off",
            "log_destination": "stderr",
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [str(binaries.postgres), "-D", str(self.data), *settings]


def _creation(binaries: Binaries, draft: Path, password_file: Path) -> list[tuple[list[str], str]]:
    initdb = [str(binaries.initdb), "-D", str(draft)]
    options = [
        f"--username={ROLE}",
        f"--pwfile={password_file}",
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-instructions",
        "--no-sync",  # everything is synced at the end, once
    ]
    settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
    return [
        ([*initdb, *options, *settings], ""),
        (_single_user(binaries, draft), f"CREATE DATABASE {DATABASE};\n"),
        ([*initdb, "--sync-only"], ""),
    ]


def _single_user(binaries: Binaries, data: Path) -> list[str]:
    return [str(binaries.postgres), "--single", "-c", "exit_on_error=on", "-D", str(data), "postgres"]


def _quoted(directory: str) -> str:
    """Quote one directory for a setting that holds a comma-separated list."""
    return '"' + directory.replace('"', '""') + '"'


def _number(lines: list[str]) -> int | None:
    return int(lines[0]) if lines and lines[0].strip().isdecimal() else None


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2.0)
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True
