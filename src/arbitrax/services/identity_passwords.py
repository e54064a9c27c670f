"""Passwords: what is allowed, and their argon2id hashes (RFC 9106, the second recommended option of section 4)."""

from __future__ import annotations

import secrets
import threading
from functools import cache
from typing import TYPE_CHECKING

from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12
LONGEST = 256
AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB and a core for a moment: a crowd at the door must not take them all."""


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_hex())


def check_password(password: str, name: str) -> None:
    """Refuse a password that is too short, too long, or the user's name.

    Raises:
        InputError: it is.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}.")
    if name and name in password.lower() and len(password) - len(name) < SHORTEST // 2:
        raise InputError("The password is little more than the user's name; choose another.")
    if len(set(password)) < 5:
        raise InputError("The password repeats too few characters; choose another.")


def hash_password(password: str) -> str:
    """Return the hash to store."""
    with AT_ONCE:
        return _hasher().hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Say whether a password is the one behind a hash; None, for nobody, takes as long and is False."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    if len(password) > LONGEST:
        return False
    with AT_ONCE:
        try:
            return _hasher().verify(stored or _nobodys_hash(), password) and stored is not None
        except (Argon2Error, InvalidHashError):
            return False


def new_password() -> str:
    """Return a random password that can be read aloud: 20 characters, 100 bits."""
    from arbitrax.domain.ids import ALPHABET

    letters = "".join(secrets.choice(ALPHABET.lower()) for _ in range(20))
    return "-".join(letters[at : at + 5] for at in range(0, 20, 5))
