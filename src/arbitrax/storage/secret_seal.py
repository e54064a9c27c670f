"""Seals secrets for the database: AES-256-GCM (NIST SP 800-38D) under a key in a file of the home."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from arbitrax.domain.errors import StoreError

NAME = "vendor_keys.key"
BYTES = 32
NONCE = 12


class HomeSeal:
    """See `arbitrax.services.vendor_keys.Seal`. The file is made with the first secret; its owner alone reads it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def seal(self, secret: str, about: str) -> bytes:
        """Return a secret as only this home reads it; what it is about is sealed with it.

        Raises:
            StoreError: the file cannot be made, is damaged, or others may read it.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._key(make=True)).encrypt(nonce, secret.encode(), about.encode())

    def open(self, sealed: bytes, about: str) -> str:
        """Return the secret.

        Raises:
            StoreError: it was sealed under another home's key, about something else, or was changed since.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self._key()).decrypt(sealed[:NONCE], sealed[NONCE:], about.encode()).decode()
        except InvalidTag:
            raise StoreError(
                f"The stored key of {about} was sealed with another file than {self._path}; set it again, or bring the "
                "file of the home where it was set."
            ) from None

    @property
    def _path(self) -> Path:
        return self._folder / NAME

    def _key(self, *, make: bool = False) -> bytes:
        try:
            if make:
                self._make()
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise StoreError(f"Others may read {self._path}; delete it and set the vendors' keys again.")
                found = file.read()
        except OSError as error:
            raise StoreError(
                f"{self._path}, which opens the vendors' keys, cannot be read: {error.strerror}."
            ) from None
        if len(found) != BYTES:
            raise StoreError(f"{self._path} is damaged; delete it and set the vendors' keys again.")
        return found

    def _make(self) -> None:
        """Make the file whole, unless another process was first."""
        if self._path.exists():
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = self._path.with_suffix(f".{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(BYTES))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(made, self._path)
        finally:
            made.unlink(missing_ok=True)
