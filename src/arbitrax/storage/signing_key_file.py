"""The private signing key of a home: a file that only its owner reads."""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from arbitrax.domain.errors import StoreError
from arbitrax.services.identity_tokens import SigningKey

NAME = "signing_key.json"


class _Stored(Struct, frozen=True):
    id: str
    private_key: str
    created_at: datetime


class HomeSigningKey:
    """See `arbitrax.services.identity_tokens.SigningKeyFile`. Processes of a home share the key, one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self, made_after: datetime, make: Callable[[], SigningKey]) -> SigningKey:
        """Return the newest key, or keep and return one of ``make`` when none was made after a time.

        Raises:
            StoreError: the file cannot be written, is damaged, or others may read it.
        """
        path = self._folder / NAME
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                found = _read(path)
                if found is None or found.created_at <= made_after:
                    found = make()
                    _write(path, found)
                return found
            finally:
                os.close(lock)
        except OSError as error:
            raise StoreError(f"The signing key {path} cannot be kept: {error.strerror}.") from None


def _read(path: Path) -> SigningKey | None:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                raise StoreError(f"Others may read the signing key {path}; delete it, and a new one is made.")
            text = file.read()
    except FileNotFoundError:
        return None
    try:
        stored = msgspec.json.decode(text, type=_Stored)
        private = base64.b64decode(stored.private_key, validate=True)
    except (msgspec.MsgspecError, binascii.Error):
        private = b""
    if len(private) != 32:
        raise StoreError(f"The signing key {path} is damaged; delete it, and a new one is made.")
    return SigningKey(stored.id, private, stored.created_at)


def _write(path: Path, key: SigningKey) -> None:
    stored = _Stored(key.id, base64.b64encode(key.private).decode(), key.created_at)
    made = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(stored))
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
