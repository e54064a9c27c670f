"""Users whose first password is made here: kept in a file that only its owner reads, and changed at the first login."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from arbitrax.domain.errors import StoreError, UnknownNameError
from arbitrax.services.identity_passwords import new_password

if TYPE_CHECKING:
    from arbitrax.services.identity import Users
    from arbitrax.services.identity_ports import User

log = logging.getLogger("arbitrax.identity")

FIRST = "admin"
"""Name of the first user."""

_SUFFIX = ".password"

Around = Callable[[Callable[[], "User"]], "User"]
"""Makes a change and notes it in the audit log, in one transaction."""


def add_with_made_password(users: Users, name: str, role: str, home: Path, around: Around) -> tuple[User, Path]:
    """Add a user with a password made here; return it and the file with the password.

    Raises:
        InputError: the name is not allowed.
        ConflictError: it is taken.
        StoreError: the file cannot be written.
    """
    password = new_password()
    written: list[Path] = []

    def add() -> User:
        user = users.add(name, password, role=role, must_change=True)
        written.append(_keep(_file(home, user.name), password))
        return user

    return around(add), written[0]


def add_first_admin(
    users: Users, home: Path, around: Around, shown: Callable[[str, str], None] | None
) -> tuple[User, Path | None] | None:
    """Add the user ``admin`` when there is nobody yet; return it, None when there is somebody.

    The password must be changed at the first login. shown: puts name and password on a terminal; None: there is none,
    and the password goes into a file, which is returned.
    """
    if users.list(limit=1):
        return None
    if shown is None:
        return add_with_made_password(users, FIRST, "admin", home, around)
    password = new_password()
    user = around(lambda: users.add(FIRST, password, role="admin", must_change=True))
    shown(user.name, password)
    return user, None


def forget_made_password(home: Path, name: str) -> None:
    """Remove the file with a user's first password, if this home has it: the password was changed."""
    path = _file(home, name)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("password.file_kept path=%s reason=%s", path, error.strerror)


def forget_changed_passwords(users: Users, home: Path) -> None:
    """Remove the files with first passwords that were changed, by another home's gateway say."""
    for path in home.glob(f"identity/*{_SUFFIX}"):
        name = path.name.removesuffix(_SUFFIX)
        with suppress(UnknownNameError):  # or it is being added at this moment
            if not users.named(name).must_change_password:
                forget_made_password(home, name)


def _file(home: Path, name: str) -> Path:
    return home / "identity" / f"{name}{_SUFFIX}"


def _keep(path: Path, password: str) -> Path:
    """Write a password where only the owner reads it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(password + "\n")
    except OSError as error:
        raise StoreError(f"The password cannot be kept in {path}: {error.strerror}.") from None
    return path
