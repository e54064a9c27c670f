"""The unprivileged account that runs the servers of root; PostgreSQL refuses uid 0."""

import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from arbitrax.domain.errors import StoreError

CANDIDATES = ("postgres", "nobody")
"""Existing accounts, best first. No account is ever created."""


@dataclass(frozen=True, slots=True)
class Account:
    """An existing system account."""

    name: str
    uid: int
    gid: int


def server_account(data_directories: Iterable[Path]) -> Account | None:
    """Return the account for the servers, or None for our own.

    Data that exists keeps its owner: PostgreSQL refuses the files of another account, and a `postgres`
    account may appear after the first start as `nobody`.
    """
    if os.geteuid() != 0:
        return None
    for directory in data_directories:
        if directory.is_dir() and (owner := directory.stat()).st_uid != 0:
            return Account(_name(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise StoreError(
        "PostgreSQL refuses to run as root and this system has none of the accounts "
        f"{', '.join(CANDIDATES)}; run ArbitraX as a plain user or set ARBITRAX_DATABASE_URL"
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
